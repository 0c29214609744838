"""Giữ cho tìm thấy: the index follows the catalogue; everyday names, life events and the portal's mode are kept by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.procedures.events import (
    EverydayNameEnded,
    EverydayNameGiven,
    LifeEventArranged,
    PortalModeSet,
)
from motcua.service.procedures.models import (
    EverydayName,
    LifeEvent,
    LifeEventStep,
    PortalMode,
    Procedure,
    SearchMiss,
    SearchPosting,
    SearchTerm,
)
from motcua.service.procedures.operations.publishing import require_manager
from motcua.service.procedures.searching import Indexed, countable, slips, weights

BATCH = 500
MISSES_KEPT = timedelta(days=180)


@transaction.atomic
def index(procedure_ids: Iterable[int], *, on: date) -> int:
    """Đưa vào bảng tìm: the postings of these procedures, written anew. Gives their number."""
    keys = sorted(set(procedure_ids))
    rows = list(
        Procedure.objects.filter(pk__in=keys, current__isnull=False)
        .select_related("current")
        .prefetch_related("current__result_types")
    )
    named = _names(rows, on)
    happening = defaultdict(list)
    steps = LifeEventStep.objects.filter(procedure__in=rows, event__in=LifeEvent.objects.in_force(on))
    for procedure_id, name in steps.values_list("procedure_id", "event__name"):
        happening[procedure_id].append(name)
    found = {
        row.pk: weights(
            Indexed(
                code=row.code,
                name=row.name,
                field=row.current.field,
                aliases=(*row.aliases, *(phrase for phrase, means in named[row.pk] if not means)),
                meant=[(phrase, means) for phrase, means in named[row.pk] if means],
                told=(*(result.name for result in row.current.result_types.all()), *row.current.keywords),
                events=happening[row.pk],
            )
        )
        for row in rows
        if row.current
    }
    words = sorted({word[:160] for held in found.values() for word in held})
    SearchTerm.objects.bulk_create(
        (SearchTerm(word=word, slips=slips(word)) for word in words), ignore_conflicts=True, batch_size=2000
    )
    terms = dict(SearchTerm.objects.filter(word__in=words).values_list("word", "pk"))
    SearchPosting.objects.filter(procedure__in=keys).delete()
    SearchPosting.objects.bulk_create(
        (
            SearchPosting(procedure_id=key, term_id=term, weight=weight)
            for key, held in found.items()
            for term, weight in _strongest(held, terms).items()
        ),
        batch_size=5000,
    )
    return len(found)


def index_missing(*, on: date) -> int:
    """Đưa vào bảng tìm những thủ tục chưa có: after an upgrade. Gives their number."""
    missing = Procedure.objects.filter(current__isnull=False, postings__isnull=True).order_by("pk")
    keys = list(missing.values_list("pk", flat=True))
    return sum(index(keys[start : start + BATCH], on=on) for start in range(0, len(keys), BATCH))


@transaction.atomic
def name_everyday(
    *,
    phrase: str,
    by: User | None,
    at: datetime,
    procedure: Procedure | None = None,
    means: str = "",
    valid_from: date | None = None,
) -> EverydayName:
    """Đặt tên thường gọi, for one procedure or for words of the law. Raises Forbidden, DomainError."""
    require_manager(by, at)
    phrase, means = tidy(phrase)[:120], tidy(means)[:200]
    if not fold(phrase):
        raise DomainError("Hãy ghi cách người dân gọi, ví dụ: sổ đỏ.", field="phrase")
    if bool(procedure) == bool(fold(means)):
        raise DomainError("Hãy chọn một thủ tục, hoặc ghi lời của luật có nghĩa như vậy.", field="means")
    begins = valid_from or local_date(at)
    living = EverydayName.objects.in_force(begins).filter(
        folded=fold(phrase), procedure=procedure, means=means
    )
    if living.exists():
        raise DomainError("Tên này đã có.", field="phrase")
    made = EverydayName.objects.create(
        phrase=phrase, folded=fold(phrase), procedure=procedure, means=means, valid_from=begins
    )
    events.record(
        EverydayNameGiven(
            subject_id=made.pk, actor_id=by.pk if by else None, at=at, phrase=phrase,
            code=procedure.code if procedure else "", means=means, valid_from=begins,
        )
    )  # fmt: skip
    index(_meant_by(made), on=local_date(at))
    SearchMiss.objects.filter(words=countable(phrase)).delete()
    return made


@transaction.atomic
def end_name(*, name_id: UUID, by: User | None, at: datetime) -> EverydayName:
    """Thôi dùng tên thường gọi, from today on. Raises Forbidden, DomainError."""
    require_manager(by, at)
    name = EverydayName.objects.select_for_update(of=("self",)).get(pk=name_id)
    if name.valid_to is not None:
        raise DomainError("Tên này đã thôi dùng.")
    today = local_date(at)
    name.valid_to = max(name.valid_from, today - timedelta(days=1))
    name.save(update_fields=["valid_to"])
    events.record(
        EverydayNameEnded(subject_id=name.pk, actor_id=by.pk if by else None, at=at, phrase=name.phrase)
    )
    index(_meant_by(name), on=today)
    return name


@transaction.atomic
def arrange_event(
    *,
    code: str,
    name: str,
    words: str,
    icon: str,
    steps: Sequence[tuple[Procedure, str]],
    by: User | None,
    at: datetime,
    position: int = 0,
    valid_to: date | None = None,
) -> LifeEvent:
    """Xếp một sự kiện trong đời: new or anew, with its procedures in order. Raises Forbidden, DomainError."""
    require_manager(by, at)
    if not tidy(name):
        raise DomainError("Hãy ghi tên sự kiện, ví dụ: Sinh con.", field="name")
    if len({procedure.pk for procedure, _ in steps}) != len(steps):
        raise DomainError("Có thủ tục ghi hai lần. Hãy bỏ bớt một dòng.", field="steps")
    event, _ = LifeEvent.objects.select_for_update().get_or_create(
        code=code, defaults={"name": tidy(name), "valid_from": local_date(at)}
    )
    event.name, event.words, event.icon = tidy(name)[:80], tidy(words)[:200], icon or event.icon
    event.position, event.valid_to = position, valid_to
    event.save()
    before = list(event.steps.values_list("procedure_id", flat=True))
    event.steps.all().delete()
    LifeEventStep.objects.bulk_create(
        LifeEventStep(event=event, procedure=procedure, position=place, reason=tidy(reason)[:200])
        for place, (procedure, reason) in enumerate(steps, start=1)
    )
    events.record(
        LifeEventArranged(
            subject_id=event.uid, actor_id=by.pk if by else None, at=at, name=event.name,
            procedures=[procedure.code for procedure, _ in steps], valid_to=valid_to,
        )
    )  # fmt: skip
    index([*before, *(procedure.pk for procedure, _ in steps)], on=local_date(at))
    return event


@transaction.atomic
def set_portal_mode(
    *,
    procedure: Procedure | None,
    mode: str,
    reason: str,
    by: User | None,
    at: datetime,
    address: str = "",
    valid_from: date | None = None,
) -> PortalMode:
    """Đặt chế độ của cổng for a procedure, or for all that have no line of their own, from a day on.

    Raises Forbidden, DomainError. Legal: ND224-2026 Đ14
    """
    require_manager(by, at)
    begins = valid_from or local_date(at)
    if mode not in PortalMode.Mode.values:
        raise DomainError("Hãy chọn chế độ của cổng.", field="mode")
    if not tidy(reason):
        raise DomainError("Hãy ghi căn cứ, ví dụ số văn bản.", field="reason")
    if mode == PortalMode.Mode.MIRROR and not address.startswith("https://"):
        raise DomainError("Hãy ghi địa chỉ nộp, bắt đầu bằng https://.", field="address")
    living = PortalMode.objects.select_for_update().filter(procedure=procedure, valid_to__isnull=True).first()
    if living and living.valid_from >= begins:
        raise DomainError(
            f"Chế độ đang ghi áp dụng từ {living.valid_from:%d/%m/%Y}. Hãy chọn ngày sau đó.",
            field="valid_from",
        )
    if living:
        living.valid_to = begins - timedelta(days=1)
        living.save(update_fields=["valid_to"])
    made = PortalMode.objects.create(
        procedure=procedure, mode=mode, address=address if mode == PortalMode.Mode.MIRROR else "",
        reason=tidy(reason)[:250], valid_from=begins,
    )  # fmt: skip
    events.record(
        PortalModeSet(
            subject_id=made.pk, actor_id=by.pk if by else None, at=at, code=procedure.code if procedure else "",
            mode=mode, address=made.address, reason=made.reason, valid_from=begins,
        )
    )  # fmt: skip
    return made


@transaction.atomic
def count_miss(*, text: str, at: datetime) -> None:
    """Đếm một lần tìm không thấy: the words alone, never who asked."""
    words = countable(text)
    if not words:
        return
    today = local_date(at)
    miss, is_new = SearchMiss.objects.get_or_create(
        words=words, defaults={"first_on": today, "last_on": today}
    )
    if not is_new:
        SearchMiss.objects.filter(pk=miss.pk).update(count=F("count") + 1, last_on=today)


@transaction.atomic
def forget_misses(*, on: date) -> int:
    """Quên lời tìm cũ."""
    return SearchMiss.objects.filter(last_on__lt=on - MISSES_KEPT).delete()[0]


def index_turned(*, on: date) -> int:
    """Bảng tìm theo ngày: what names and life events that begin or end these days say is written anew."""
    turned = Q(valid_from=on) | Q(valid_to=on - timedelta(days=1))
    keys = {key for name in EverydayName.objects.filter(turned) for key in _meant_by(name)}
    keys |= set(
        LifeEventStep.objects.filter(event__in=LifeEvent.objects.filter(turned)).values_list(
            "procedure_id", flat=True
        )
    )
    return index(keys, on=on) if keys else 0


def _names(rows: Sequence[Procedure], on: date) -> dict[int, list[tuple[str, str]]]:
    """Everyday names of each procedure, its own and those of words that stand in its name: (phrase, those words)."""
    named: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for name in EverydayName.objects.in_force(on):
        meant = f" {fold(name.means)} " if name.means else ""
        for row in rows:
            if name.procedure_id == row.pk or (meant and meant in row.words):
                named[row.pk].append((name.phrase, name.means))
    return named


def _meant_by(name: EverydayName) -> list[int]:
    if name.procedure_id:
        return [name.procedure_id]
    meant = Procedure.objects.filter(words__contains=f" {fold(name.means)} ")
    return list(meant.values_list("pk", flat=True))


def _strongest(held: dict[str, float], terms: dict[str, int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for word, weight in held.items():
        key = terms[word[:160]]
        found[key] = max(found.get(key, 0.0), weight)
    return found
