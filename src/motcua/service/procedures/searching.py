"""Tìm bằng lời thường: how a typed phrase becomes what the index is asked for. Pure.

The index holds folded syllables and joined pairs of them ("khaisinh"), because a Vietnamese word is most often two
syllables. A word that nobody has written is compared with those one slip away: both have a letter less in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from motcua.core.text import fold

MOST_WORDS = 12
LONGEST_SLIPPED = 24  # letters: a longer run of syllables is looked for as it stands
NAMED, SAID, TOLD, NEAR = (
    3.0,
    2.0,
    1.2,
    0.6,
)  # everyday name, name of the law, result or keyword, field or event


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people say around the thing they want; dropped unless nothing else is left.
FILLERS = _set(
    "a ai anh biet chau chi cho co cua da dau de den duoc em gi gio giup hay hoi hom hoac khi khong"
    " kieu la lam len luc luon ma minh mot muon nao nay nen neu nghin nhe nhi nhu nhung nhieu o phai qua roi"
    " sao se thi toi va vay ve vi viec voi xin can"
)
# Whom it is for: they help to choose, but nothing has to have them.
SOFT = _set("be bo con me nguoi vo chong ong ba nha so")
TONES = "sfrxj"


@dataclass(frozen=True)
class Slot:
    """Một điều được hỏi: what may stand for it in the index, and which words of the phrase it speaks of (bits)."""

    forms: tuple[str, ...]
    mask: int
    weight: float = 1.0


@dataclass(frozen=True)
class Question:
    """Câu hỏi đã đọc."""

    slots: tuple[Slot, ...]
    words: int
    needed: int
    beginning: str = ""  # of a word still being typed

    @property
    def forms(self) -> list[str]:
        return sorted({form for slot in self.slots for form in slot.forms})


def read(text: str, *, is_being_typed: bool = False) -> Question:
    """Đọc câu hỏi: its words, their neighbours as pairs, and the phrase as a whole."""
    written = fold(text).split()[:MOST_WORDS]
    kept = [word for word in written if word not in FILLERS] or written
    bits = _bits(kept)
    meant = [(word, plain) if (plain := untyped(word)) != word else (word,) for word in kept]
    slots = [Slot(forms, bit, 1.0 if bit else 0.3) for forms, bit in zip(meant, bits, strict=True)]
    for (first, here), (second, there) in pairwise(zip(meant, bits, strict=True)):
        slots.append(Slot(tuple(sorted({a + b for a in first for b in second})), here | there, 1.3))
    wholes = {"".join(words) for words in (written, kept) if len(words) > 2}
    wholes -= {form for slot in slots for form in slot.forms}
    if wholes:
        slots.append(Slot(tuple(sorted(wholes)), sum(bits), 1.6))
    beginning = written[-1] if is_being_typed and written else ""
    return Question(tuple(slots), len(kept), sum(1 for bit in bits if bit), beginning)


def _bits(words: Sequence[str]) -> list[int]:
    """A bit for each word that an answer must have; none for the soft ones, unless there are no others."""
    hard = [word not in SOFT for word in words]
    if not any(hard):
        hard = [True] * len(words)
    places = iter(range(len(words)))
    return [1 << next(places) if is_hard else 0 for is_hard in hard]


def untyped(word: str) -> str:
    """The word without the keys that write marks: "ddaats" is "dat", "khai" stays "khai" (Telex)."""
    plain = word.replace("dd", "d").replace("w", "")
    for double in ("aa", "ee", "oo"):
        plain = plain.replace(double, double[0])
    return plain[:-1] if len(plain) > 2 and plain[-1] in TONES and plain[-2] not in TONES else plain


def slips(word: str) -> list[str]:
    """The word and all that is left of it without one letter; only itself when it is too short or long to slip."""
    if not 3 <= len(word) <= LONGEST_SLIPPED or word.isdecimal():
        return [word]
    return sorted({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})


def distance(one: str, other: str) -> int:
    """Số lần lỡ tay: letters put in, left out, mistaken or exchanged with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        further = [place]
        for seat, found in enumerate(other, start=1):
            cost = min(row[seat] + 1, further[-1] + 1, row[seat - 1] + (letter != found))
            if place > 1 and seat > 1 and letter == other[seat - 2] and one[place - 2] == found:
                cost = min(cost, before[seat - 2] + 1)
            further.append(cost)
        before, row = row, further
    return row[-1]


def likeness(asked: str, known: str) -> float:
    """How much a word of the index may stand for the one that was typed: 1 the same, 0 not at all."""
    if asked == known:
        return 1.0
    if len(asked) < 3 or abs(len(asked) - len(known)) > 1:
        return 0.0
    slipped = distance(asked, known)
    allowed = 1 if len(asked) < 8 else 2
    if slipped > allowed:
        return 0.0
    return max(0.3, 1 - slipped * 1.6 / len(asked))


def matches(question: Question, known: Mapping[str, int]) -> list[tuple[int, int, float, int]]:
    """What to look for: (slot, key of the term, likeness with the slot's weight, mask), the best of each term."""
    found = []
    for number, slot in enumerate(question.slots):
        exact = [form for form in slot.forms if form in known]
        if exact:
            found += [(number, known[form], slot.weight, slot.mask) for form in exact]
        else:
            for word, key in known.items():
                alike = max(likeness(form, word) for form in slot.forms)
                if alike:
                    found.append((number, key, alike * slot.weight, slot.mask))
        if question.beginning and number == question.words - 1:
            begun = question.beginning
            found += [
                (number, key, 0.7 * slot.weight, slot.mask)
                for word, key in known.items()
                if word.startswith(begun) and word not in slot.forms
            ]
    return found


@dataclass(frozen=True)
class Indexed:
    """Một thủ tục để đưa vào bảng tìm."""

    code: str
    name: str
    field: str = ""
    aliases: Sequence[str] = ()
    meant: Sequence[tuple[str, str]] = ()  # what people say, and the words of its name that they mean
    told: Sequence[str] = ()  # results, keywords
    events: Sequence[str] = ()


def weights(one: Indexed) -> dict[str, float]:
    """Trọng số của từng từ: the best that any text of the procedure gives it."""
    found: dict[str, float] = {fold(one.code).replace(" ", ""): NAMED * 2}
    name = fold(one.name).removeprefix("thu tuc ")
    texts = [
        *((alias, NAMED) for alias in one.aliases),
        *((said, NAMED * _share(meaning, name)) for said, meaning in one.meant),
        (name, SAID),
        *((told, TOLD) for told in one.told),
        (one.field, NEAR),
        *((event, NEAR) for event in one.events),
    ]
    for text, weight in texts:
        words = [word for word in fold(text).split() if word]
        shared = weight / (0.7 + 0.3 * len(words) / 6)
        for term in _terms(words):
            found[term] = max(found.get(term, 0.0), shared)
    return found


def _share(meaning: str, name: str) -> float:
    """How far the meaning is all that the name says: "hộ khẩu" is rather the plain "đăng ký thường trú" than others."""
    return 0.4 + 0.6 * min(1.0, len(fold(meaning).split()) / max(1, len(name.split())))


def _terms(words: Sequence[str]) -> Iterator[str]:
    kept = [word for word in words if word not in FILLERS]
    for row in (words, kept):
        yield from row
        yield from (first + second for first, second in pairwise(row))
        if len(row) <= MOST_WORDS and row:
            yield "".join(row)


def countable(text: str) -> str:
    """Lời hỏi để đếm: folded, words with digits left out; nothing of a phrase that opens as a person's name does."""
    words = [word for word in fold(text).split() if word.isalpha()]
    is_a_name = bool(words) and words[0] in FAMILIES and len(words) <= 5 and not LAW_WORDS.intersection(words)
    return "" if is_a_name else " ".join(words[:8])[:80].strip()


FAMILIES = _set("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong trinh")
LAW_WORDS = _set("giay phep dat nha khai con sinh tu hon xe kinh doanh khau ky the bao hiem")
