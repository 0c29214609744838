"""Đưa giấy tờ vào kho, thu hồi: a paper that was confirmed, a result that was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.text import fold, tidy
from motcua.service.holdings.events import PaperClassified, PaperKept, PaperTypeSet, PaperWithdrawn
from motcua.service.holdings.finding import type_named
from motcua.service.holdings.models import NAMED, HeldPaper, PaperMatch, PaperType
from motcua.service.holdings.validity import Rule, Validity, validity_of

Role = PaperMatch.Role
PERSONAL_DIGITS, SHOWN_DIGITS = 12, 3
MOST_TITLE, MOST_NUMBER, MOST_ISSUER = 500, 100, 300


@dataclass(frozen=True, kw_only=True)
class PaperIn:
    """Giấy tờ đưa vào kho. `source` names where it comes from, so that the same thing told twice is kept once."""

    holder_id: UUID
    title: str
    source: str
    provenance: str
    trust: str
    paper_type: PaperType | None = None
    number: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    printed_until: date | None = None
    dossier_id: UUID | None = None
    document_id: UUID | None = None


@transaction.atomic
def keep(paper: PaperIn, *, by_id: UUID | None, at: datetime) -> HeldPaper:
    """Đưa vào kho: kept once for each source; what it replaces points to it. Legal: ND118-2025 Đ19.2, Đ22.1"""
    earlier = HeldPaper.objects.select_for_update().filter(source=paper.source).first()
    if earlier:
        return _corrected(earlier, paper)
    validity = _validity(paper)
    held = HeldPaper.objects.create(
        holder_id=paper.holder_id,
        paper_type=paper.paper_type,
        title=tidy(paper.title)[:MOST_TITLE],
        number=_number(paper),
        issued_by=tidy(paper.issued_by)[:MOST_ISSUER],
        issued_on=paper.issued_on,
        valid_until=validity.until,
        lacks=validity.lacks,
        provenance=paper.provenance,
        trust=paper.trust,
        dossier_id=paper.dossier_id,
        document_id=paper.document_id,
        source=paper.source,
        kept_at=at,
    )
    replaced = _supersede(held)
    events.record(
        PaperKept(
            subject_id=held.pk,
            actor_id=by_id,
            at=at,
            holder=held.holder_id,
            paper_type=paper.paper_type.code if paper.paper_type else "",
            provenance=held.provenance,
            trust=held.trust,
            valid_until=held.valid_until,
            dossier=held.dossier_id,
            document=held.document_id,
            supersedes=replaced,
        )
    )
    return held


@transaction.atomic
def withdraw(*, held_id: UUID, reason: str, by_id: UUID | None, at: datetime) -> HeldPaper:
    """Thu hồi khỏi kho: nobody is told any more that it is held. Raises InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do thu hồi giấy tờ khỏi kho."})
    held = HeldPaper.objects.select_for_update().get(pk=held_id)
    if held.withdrawn_at:
        return held
    held.withdrawn_at, held.withdrawn_reason = at, reason.strip()[:300]
    held.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    events.record(PaperWithdrawn(subject_id=held.pk, actor_id=by_id, at=at, reason=held.withdrawn_reason))
    return held


@transaction.atomic
def set_paper_type(
    *,
    code: str,
    name: str,
    validity: str,
    valid_from: date,
    months: int = 0,
    issued_by: str = "",
    is_single: bool = False,
    by_id: UUID | None,
    at: datetime,
) -> PaperType:
    """Ghi loại giấy tờ vào danh mục; the same code again changes nothing that stands there."""
    paper_type, is_new = PaperType.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "validity": validity,
            "months": months,
            "issued_by": issued_by,
            "is_single": is_single,
            "valid_from": valid_from,
        },
    )
    if is_new:
        events.record(
            PaperTypeSet(
                subject_id=paper_type.uid, actor_id=by_id, at=at, code=code, name=name, validity=validity, months=months
            )
        )  # fmt: skip
    return paper_type


@transaction.atomic
def classify(*, by_id: UUID | None, at: datetime) -> int:
    """Xếp loại lại: what was kept before its type was in the catalogue; returns how many have one now."""
    waiting = HeldPaper.objects.standing().filter(paper_type=None).select_related("dossier")
    done = 0
    for held in waiting.order_by("id").iterator():
        role = Role.RESULT if held.provenance == HeldPaper.Provenance.RESULT else Role.ASKED
        procedure_id = held.dossier.procedure_id if held.dossier else None
        if (kind := type_named(held.title, procedure_id=procedure_id, role=role)) is None:
            continue
        validity = validity_of(kind.rule, issued_on=held.issued_on, printed_until=held.valid_until)
        held.paper_type, held.valid_until, held.lacks = kind, validity.until, validity.lacks
        held.save(update_fields=["paper_type", "valid_until", "lacks"])
        events.record(PaperClassified(subject_id=held.pk, actor_id=by_id, at=at, paper_type=kind.code))
        done += 1
    return done


def match(
    paper_type: PaperType,
    name: str = "",
    *,
    role: str = PaperMatch.Role.ASKED,
    procedure_id: int | None = None,
) -> PaperMatch:
    """Khớp tên: this is what a procedure (None: every one) calls a paper of that type."""
    what: dict[str, Any] = {"role": role, "procedure_id": procedure_id, "name_folded": fold(name)[:NAMED]}
    found, _ = PaperMatch.objects.get_or_create(**what, defaults={"paper_type": paper_type})
    return found


def _validity(paper: PaperIn) -> Validity:
    rule = paper.paper_type.rule if paper.paper_type else Rule()
    return validity_of(rule, issued_on=paper.issued_on, printed_until=paper.printed_until)


def _corrected(held: HeldPaper, paper: PaperIn) -> HeldPaper:
    """The same source told again: its data were corrected meanwhile, or nothing has changed."""
    validity = _validity(paper)
    held.paper_type = paper.paper_type or held.paper_type
    held.title, held.number = tidy(paper.title)[:MOST_TITLE], _number(paper)
    held.issued_by, held.issued_on = tidy(paper.issued_by)[:MOST_ISSUER], paper.issued_on
    held.valid_until, held.lacks = validity.until, validity.lacks
    held.save(
        update_fields=["paper_type", "title", "number", "issued_by", "issued_on", "valid_until", "lacks"]
    )
    return held


def _number(paper: PaperIn) -> str:
    """The number of the paper; the holder's personal number, which an identity card bears, stays in its one place."""
    number = tidy(paper.number)[:MOST_NUMBER]
    digits = number.replace(" ", "")
    if not is_personal_number(digits):
        return number
    return "•" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:]


def is_personal_number(digits: str) -> bool:
    """Twelve digits and nothing else: whoever's it is, it is not written down a second time."""
    return len(digits) == PERSONAL_DIGITS and digits.isdecimal()


def _supersede(held: HeldPaper) -> list[UUID]:
    """Thay bản cũ: the same number once more, or a kind of which a person has only one. An older paper replaces none."""
    if held.paper_type is None:
        return []
    same = (
        HeldPaper.objects.of(held.holder_id).standing().filter(paper_type=held.paper_type).exclude(pk=held.pk)
    )
    if not held.paper_type.is_single:
        same = same.filter(number=held.number) if held.number else same.none()
    older = [one for one in same.select_for_update() if _is_newer(held, one)]
    HeldPaper.objects.filter(pk__in=[one.pk for one in older]).update(superseded_by=held)
    return [one.pk for one in older]


def _is_newer(held: HeldPaper, other: HeldPaper) -> bool:
    return held.issued_on is None or other.issued_on is None or held.issued_on >= other.issued_on
