"""Khác nhau giữa hai phiên bản: what a new revision changes, in sentences that a person reads. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from motcua.service.procedures.facts import (
    ChannelFacts,
    FeeFacts,
    GroupFacts,
    LegalFacts,
    LimitFacts,
    PaperFacts,
    ProcedureFacts,
    ResultFacts,
)
from motcua.service.procedures.wording import amount_in_words, join_split_labels, limit_in_words

LONGEST = 160
ALIKE = 0.6

LABELS = {
    "name": "Tên thủ tục",
    "ministry": "Bộ, ngành",
    "decision": "Quyết định công bố",
    "levels": "Cấp thực hiện",
    "kind": "Loại thủ tục",
    "field": "Lĩnh vực",
    "subjects": "Đối tượng thực hiện",
    "settling": "Cơ quan thực hiện",
    "competent": "Cơ quan có thẩm quyền",
    "receiving": "Nơi tiếp nhận",
    "cooperating": "Cơ quan phối hợp",
    "conditions": "Yêu cầu, điều kiện",
    "steps": "Trình tự thực hiện",
    "keywords": "Từ khóa",
    "source": "Nguồn",
    "sets": "Số bộ hồ sơ",
    "needs_no_receipt": "Giải quyết ngay, không cần giấy hẹn",
    "starts_next_day_after_cutoff": "Nhận sau 15 giờ thì tính từ ngày làm việc sau",
    "has_financial_pause": "Dừng tính giờ khi chờ nghĩa vụ tài chính",
    "has_sector_pause": "Dừng tính giờ theo pháp luật chuyên ngành",
    "online_level": "Mức độ trực tuyến",
    "questions": "Câu hỏi trường hợp",
    "other": "Thông tin khác của nguồn",
}
WORDS = {
    "COMMON": "chung",
    "ALTERNATIVE": "trường hợp để chọn",
    "CONDITIONAL": "khi có",
    "NOTE": "lưu ý",
    "NONE": "chưa trực tuyến",
    "INFORMATION": "cung cấp thông tin",
    "PARTIAL": "một phần",
    "FULL": "toàn trình",
}


@dataclass(frozen=True)
class Change:
    """Một điểm khác: `before` empty: added; `after` empty: removed."""

    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if not self.before and not self.after:
            return self.what
        if not self.before:
            return f"{self.what}: thêm “{self.after}”"
        if not self.after:
            return f"{self.what}: bỏ “{self.before}”"
        return f"{self.what}: “{self.before}” → “{self.after}”"


def difference(before: ProcedureFacts, after: ProcedureFacts) -> tuple[Change, ...]:
    """Những điểm khác, field by field, in the order of a procedure's page; empty exactly when the two are equal."""
    if before == after:
        return ()
    changes = (
        *_plain_fields(before, after),
        *_channels(before, after),
        *_papers(before, after),
        *_listed("Kết quả", before.results, after.results, _result),
        *_listed("Căn cứ pháp lý", before.legal, after.legal, _legal),
    )
    return changes or (Change("Thứ tự hoặc cách ghi của các mục thay đổi"),)


def _plain_fields(before: ProcedureFacts, after: ProcedureFacts) -> Iterator[Change]:
    for name, label in LABELS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name == "subjects":
            old, new = join_split_labels(old), join_split_labels(new)
        if isinstance(old, tuple | list):
            yield from _listed(label, old, new, str)
        else:
            yield _change(label, _shown(old), _shown(new))


def _channels(before: ProcedureFacts, after: ProcedureFacts) -> Iterator[Change]:
    olds, news = _numbered(before.channels), _numbered(after.channels)
    for label in dict.fromkeys((*olds, *news)):
        old, new = olds.get(label), news.get(label)
        if old is None or new is None:
            yield Change("Cách thức thực hiện", _channel(old, label), _channel(new, label))
            continue
        if old.limit != new.limit:
            yield _change(f"Thời hạn ({label})", _limit(old.limit), _limit(new.limit))
        yield from _listed(f"Phí, lệ phí ({label})", old.fees, new.fees, _fee)
        if old.note != new.note:
            yield _change(f"Mô tả ({label})", old.note, new.note)
        yield from _listed(
            f"Thời hạn theo trường hợp ({label})",
            _case_limits(old, before.groups),
            _case_limits(new, after.groups),
            str,
        )


def _papers(before: ProcedureFacts, after: ProcedureFacts) -> Iterator[Change]:
    old_groups, new_groups = [group.name for group in before.groups], [group.name for group in after.groups]
    yield from _listed("Nhóm giấy tờ, trường hợp", tuple(old_groups), tuple(new_groups), _heading)
    kinds = {group.name: group.kind for group in before.groups}
    for group in after.groups:
        if group.name in kinds and kinds[group.name] != group.kind:
            what = f"Loại của nhóm “{_heading(group.name)}”"
            yield Change(what, WORDS[kinds[group.name]], WORDS[group.kind])
    olds, news = _placed(before.groups), _placed(after.groups)
    same, gone, come = _matched(olds, news, key=lambda item: (item[0], item[1].name))
    moved, gone, come = _matched(gone, come, key=lambda item: item[1].name)
    for (old_group, old), (new_group, new) in (*same, *moved):
        what = f"Giấy tờ “{_short(new.name)}”"
        if old_group != new_group:
            yield Change(f"{what}, nhóm", _heading(old_group), _heading(new_group))
        yield from _paper(what, old, new)
    for (_, old), (_, new) in list(_reworded(gone, come)):
        yield _change("Giấy tờ sửa lời", old.name, new.name)
        yield from _paper(f"Giấy tờ “{_short(new.name)}”", old, new)
    yield from (Change("Giấy tờ", before=_short(f"{old.name}{_quantity(old)}")) for _, old in gone)
    yield from (Change("Giấy tờ", after=_short(f"{new.name}{_quantity(new)}")) for _, new in come)


def _paper(what: str, old: PaperFacts, new: PaperFacts) -> Iterator[Change]:
    for name, label in (
        ("originals", "bản chính"),
        ("copies", "bản sao"),
        ("is_required", "bắt buộc"),
        ("is_note", "là lời lưu ý"),
        ("template_code", "mã mẫu"),
        ("note", "ghi chú"),
        ("held_in", "cơ sở dữ liệu đã có"),
    ):
        if getattr(old, name) != getattr(new, name):
            yield _change(f"{what}, {label}", _shown(getattr(old, name)), _shown(getattr(new, name)))


Placed = tuple[str, PaperFacts]


def _placed(groups: Iterable[GroupFacts]) -> list[Placed]:
    return [(group.name, paper) for group in groups for paper in group.papers]


def _matched(
    olds: Sequence[Placed], news: Sequence[Placed], *, key: Callable[[Placed], Any]
) -> tuple[list[tuple[Placed, Placed]], list[Placed], list[Placed]]:
    """Pairs with the same key, in order; then what is left on either side."""
    waiting: dict[Any, list[Placed]] = {}
    for old in olds:
        waiting.setdefault(key(old), []).append(old)
    pairs, come = [], []
    for new in news:
        found = waiting.get(key(new))
        if found:
            pairs.append((found.pop(0), new))
        else:
            come.append(new)
    return pairs, [old for rest in waiting.values() for old in rest], come


def _reworded(gone: list[Placed], come: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Papers of which only the words changed; each pair leaves both lists."""
    for old in list(gone):
        likeness = [
            (SequenceMatcher(None, old[1].name, new[1].name).ratio(), place) for place, new in enumerate(come)
        ]
        best, place = max(likeness, default=(0.0, -1))
        if best >= ALIKE:
            gone.remove(old)
            yield old, come.pop(place)


def _listed(
    what: str, old: Sequence[Any], new: Sequence[Any], show: Callable[[Any], str]
) -> Iterator[Change]:
    """Items that went and came; one for one when a single item changed."""
    gone = [item for item in old if item not in new]
    come = [item for item in new if item not in old]
    if len(gone) == len(come) == 1:
        yield _change(what, show(gone[0]), show(come[0]))
        return
    yield from (Change(what, before=_short(show(item))) for item in gone)
    yield from (Change(what, after=_short(show(item))) for item in come)


def _numbered(channels: Iterable[ChannelFacts]) -> dict[str, ChannelFacts]:
    """Ways by name; a second row of one way is told apart by its number."""
    named: dict[str, ChannelFacts] = {}
    for channel in channels:
        label, number = channel.name or channel.kind, 2
        while label in named:
            label, number = f"{channel.name or channel.kind} {number}", number + 1
        named[label] = channel
    return named


def _case_limits(channel: ChannelFacts, groups: Sequence[GroupFacts]) -> tuple[str, ...]:
    return tuple(f"{_heading(groups[place].name)}: {_limit(limit)}" for place, limit in channel.case_limits)


def _channel(channel: ChannelFacts | None, label: str) -> str:
    return f"{label}, {_limit(channel.limit)}" if channel else ""


def _limit(limit: LimitFacts) -> str:
    return limit_in_words(limit.value, limit.unit, limit.text)


def _fee(fee: FeeFacts) -> str:
    return amount_in_words(fee.amount, fee.currency, fee.label, fee.note)


def _result(result: ResultFacts) -> str:
    return f"{result.name} ({result.code})" if result.code else result.name


def _legal(basis: LegalFacts) -> str:
    return f"{basis.number} {basis.title}".strip()


def _heading(name: str) -> str:
    return _short(name.strip("*-• \n:;.") or "Thành phần hồ sơ")


def _quantity(paper: PaperFacts) -> str:
    return f" ({paper.originals} bản chính, {paper.copies} bản sao)"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return WORDS.get(str(value), str(value))


def _change(what: str, old: str, new: str) -> Change:
    """Two long texts are shown around the place where they part."""
    if len(old) <= LONGEST and len(new) <= LONGEST:
        return Change(what, old, new) if old != new else Change(f"{what}: cách ghi thay đổi")
    start = next(
        (place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, start - 40)
    return Change(what, _window(old, start), _window(new, start))


def _window(text: str, start: int) -> str:
    if not text:
        return ""
    return ("…" if start else "") + _short(text[start:])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
