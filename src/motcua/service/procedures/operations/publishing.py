"""Công bố: a procedure enters the catalogue, is revised, is repealed. A revision is written once and whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.procedures.diff import Change, difference
from motcua.service.procedures.events import (
    ProcedureNicknamed,
    ProcedurePublished,
    ProcedureRepealed,
    ProcedureRevised,
)
from motcua.service.procedures.facts import GroupFacts, LimitFacts, ProcedureFacts
from motcua.service.procedures.models import (
    Case,
    CaseLimit,
    Channel,
    Fee,
    LegalBasis,
    Paper,
    Procedure,
    ResultType,
    Revision,
)
from motcua.service.procedures.questions import write_questions
from motcua.service.procedures.reading import LISTS, SAME_NAMES, facts_of


class Outcome(StrEnum):
    """Kết quả của một lần công bố."""

    CREATED = "CREATED"
    REVISED = "REVISED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True)
class Published:
    """Một lần công bố: what stands now, and what differs from before."""

    procedure: Procedure
    revision: Revision
    outcome: Outcome
    changes: tuple[Change, ...] = ()


class AlreadyRepealed(DomainError):
    """Thủ tục đã bị bãi bỏ."""


class BeforeItBegan(DomainError):
    """Ngày áp dụng không hợp lý."""


@transaction.atomic
def publish(
    *,
    facts: ProcedureFacts,
    by: User | None,
    at: datetime,
    valid_from: date | None = None,
    aliases: Sequence[str] = (),
) -> Published:
    """Công bố thủ tục: a new procedure, a new revision of it, or nothing when nothing differs.

    In force from `valid_from`, else from the day of `at`. `aliases` are taken at the first publication.
    `by` None: the system itself, from the command line. Raises Forbidden, AlreadyRepealed, BeforeItBegan.
    Legal: ND63-2010 Đ8, Đ15
    """
    require_manager(by, at)
    begins = valid_from or local_date(at)
    procedure, is_new = Procedure.objects.select_for_update(of=("self",)).get_or_create(
        code=facts.code, defaults={"name": tidy(facts.name), "name_folded": "", "words": ""}
    )
    latest = procedure.revisions.order_by("-number").first()
    changes: tuple[Change, ...] = ()
    if latest is not None:
        changes = difference(facts_of(latest), facts)
        if not changes:
            return Published(procedure, latest, Outcome.UNCHANGED)
        _refuse_going_back(procedure, latest, begins)
    revision = _write(procedure, facts, number=latest.number + 1 if latest else 1, valid_from=begins, at=at)
    if is_new:
        procedure.aliases = tidied_aliases(aliases)
    if procedure.current is None or begins <= local_date(at):
        show(procedure, revision)
    procedure.save()
    find_by_words(procedure, local_date(at))
    if is_new:
        events.record(
            ProcedurePublished(
                subject_id=procedure.uid,
                actor_id=by.pk if by else None,
                at=at,
                code=procedure.code,
                name=procedure.name,
                valid_from=begins,
                decision=facts.decision,
            )
        )
        return Published(procedure, revision, Outcome.CREATED)
    events.record(
        ProcedureRevised(
            subject_id=procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=procedure.code,
            revision=revision.number,
            valid_from=begins,
            decision=facts.decision,
            changes=[str(change) for change in changes],
        )
    )
    return Published(procedure, revision, Outcome.REVISED, changes)


@transaction.atomic
def repeal(*, procedure: Procedure, valid_to: date, reason: str, by: User | None, at: datetime) -> Procedure:
    """Bãi bỏ thủ tục: `valid_to` is its last day; it stays readable, and dossiers in hand go on.

    Raises Forbidden, AlreadyRepealed, DomainError without a reason. Legal: ND63-2010 Đ14
    """
    require_manager(by, at)
    procedure = Procedure.objects.select_for_update().get(pk=procedure.pk)
    if procedure.valid_to is not None:
        raise AlreadyRepealed(
            f"Thủ tục {procedure.code} đã bãi bỏ từ sau ngày {procedure.valid_to:%d/%m/%Y}."
        )
    if not reason.strip():
        raise DomainError("Hãy ghi quyết định hoặc lý do bãi bỏ.", field="reason")
    procedure.valid_to = valid_to
    procedure.save(update_fields=["valid_to"])
    events.record(
        ProcedureRepealed(
            subject_id=procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=procedure.code,
            valid_to=valid_to,
            reason=reason.strip(),
        )
    )
    return procedure


@transaction.atomic
def nickname(*, procedure: Procedure, aliases: Sequence[str], by: User | None, at: datetime) -> Procedure:
    """Đặt tên thường gọi: the everyday names under which people look for it, all of them anew."""
    require_manager(by, at)
    procedure = (
        Procedure.objects.select_for_update(of=("self",)).select_related("current").get(pk=procedure.pk)
    )
    before, after = procedure.aliases, tidied_aliases(aliases)
    if before == after:
        return procedure
    procedure.aliases = after
    if procedure.current is not None:
        show(procedure, procedure.current)
    procedure.save()
    find_by_words(procedure, local_date(at))
    events.record(
        ProcedureNicknamed(
            subject_id=procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=procedure.code,
            before=before,
            after=after,
        )
    )
    return procedure


@transaction.atomic
def bring_into_force(*, on: date) -> int:
    """Cho phiên bản đến ngày áp dụng hiện ra: the projection of each procedure follows its revisions. Gives the number."""
    moved = 0
    for procedure in Procedure.objects.select_for_update(of=("self",)).select_related("current"):
        revision = Revision.objects.in_force(procedure.pk, on).first()
        if revision is not None and revision.pk != procedure.current_id:
            show(procedure, revision)
            procedure.save()
            find_by_words(procedure, on)
            moved += 1
    return moved


def show(procedure: Procedure, revision: Revision) -> None:
    """Make the revision the current one; what lists and searches read follows it."""
    procedure.current = revision
    procedure.name = tidy(revision.name)
    procedure.name_folded = fold(revision.name).removeprefix("thu tuc ")
    procedure.aliases_folded = f"|{'|'.join(map(fold, procedure.aliases))}|" if procedure.aliases else ""
    texts = (procedure.code, revision.name, revision.field, *procedure.aliases, *revision.keywords)
    procedure.words = f" {' '.join(filter(None, map(fold, texts)))} "


def find_by_words(procedure: Procedure, on: date) -> None:
    """Citizens find it by what it is called now."""
    from motcua.service.procedures.operations.finding import index  # which stands on this module

    index([procedure.pk], on=on)


def tidied_aliases(aliases: Sequence[str]) -> list[str]:
    tidied = list(dict.fromkeys(filter(None, map(tidy, aliases))))
    if too_long := next((alias for alias in tidied if len(alias) > 200), None):
        raise DomainError(
            f"Tên thường gọi dài quá 200 chữ: “{too_long[:60]}…”. Hãy rút ngắn.", field="aliases"
        )
    return tidied


def require_manager(by: User | None, at: datetime) -> None:
    """Only who manages procedures somewhere may change the catalogue; None is the system itself. Raises Forbidden."""
    if by is not None and not access_of(by, at).may(Permission.MANAGE_PROCEDURES):
        raise Forbidden(
            "Bạn không có quyền quản lý danh mục thủ tục. Hãy nhờ người kiểm soát thủ tục hành chính."
        )


def _refuse_going_back(procedure: Procedure, latest: Revision, begins: date) -> None:
    if procedure.valid_to is not None and begins > procedure.valid_to:
        raise AlreadyRepealed(
            f"Thủ tục {procedure.code} đã bãi bỏ từ sau ngày {procedure.valid_to:%d/%m/%Y}."
        )
    if begins < latest.valid_from:
        raise BeforeItBegan(
            f"Phiên bản {latest.number} của thủ tục {procedure.code} áp dụng từ {latest.valid_from:%d/%m/%Y}; "
            "phiên bản mới không được áp dụng sớm hơn. Hãy chọn lại ngày áp dụng.",
            field="valid_from",
        )


def _write(
    procedure: Procedure, facts: ProcedureFacts, *, number: int, valid_from: date, at: datetime
) -> Revision:
    revision = Revision.objects.create(
        procedure=procedure,
        number=number,
        valid_from=valid_from,
        published_at=at,
        questions=write_questions(facts.questions),
        **{name: getattr(facts, name) for name in SAME_NAMES},
        **{name: list(getattr(facts, name)) for name in LISTS},
    )
    groups = _write_groups(revision, facts.groups)
    _write_channels(revision, facts, groups)
    ResultType.objects.bulk_create(
        ResultType(revision=revision, position=position, code=result.code, name=result.name)
        for position, result in enumerate(facts.results, start=1)
    )
    LegalBasis.objects.bulk_create(
        LegalBasis(
            revision=revision,
            position=position,
            number=basis.number,
            issued_on=basis.issued_on,
            title=basis.title,
            issuer=basis.issuer,
        )
        for position, basis in enumerate(facts.legal, start=1)
    )
    return revision


def _write_groups(revision: Revision, groups: Sequence[GroupFacts]) -> list[Case]:
    cases = Case.objects.bulk_create(
        Case(revision=revision, position=position, name=group.name, kind=group.kind)
        for position, group in enumerate(groups, start=1)
    )
    papers = [(case, paper) for case, group in zip(cases, groups, strict=True) for paper in group.papers]
    Paper.objects.bulk_create(
        Paper(
            revision=revision,
            case=case,
            position=position,
            name=paper.name,
            originals=paper.originals,
            copies=paper.copies,
            template_code=paper.template_code,
            is_required=paper.is_required,
            is_note=paper.is_note,
            note=paper.note,
            held_in=paper.held_in,
        )
        for position, (case, paper) in enumerate(papers, start=1)
    )
    return cases


def _write_channels(revision: Revision, facts: ProcedureFacts, groups: Sequence[Case]) -> None:
    channels = Channel.objects.bulk_create(
        Channel(
            revision=revision,
            position=position,
            kind=channel.kind,
            name=channel.name,
            note=channel.note,
            **_columns(channel.limit),
        )
        for position, channel in enumerate(facts.channels, start=1)
    )
    pairs = list(zip(channels, facts.channels, strict=True))
    CaseLimit.objects.bulk_create(
        CaseLimit(channel=row, case=groups[place], **_columns(limit))
        for row, channel in pairs
        for place, limit in channel.case_limits
    )
    Fee.objects.bulk_create(
        Fee(
            channel=row,
            position=position,
            kind=fee.kind,
            label=fee.label,
            amount=fee.amount,
            currency=fee.currency,
            is_estimate=fee.is_estimate,
            note=fee.note,
            case=None if fee.case is None else groups[fee.case],
        )
        for row, channel in pairs
        for position, fee in enumerate(channel.fees, start=1)
    )


def _columns(limit: LimitFacts) -> dict[str, object]:
    return {"limit_value": limit.value, "limit_unit": limit.unit, "limit_text": limit.text}
