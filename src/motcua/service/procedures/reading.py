"""Đọc một phiên bản thành giá trị: rows to facts, the way back from `operations.publishing`."""

from __future__ import annotations

from typing import Any

from motcua.service.procedures.diff import Change, difference
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
from motcua.service.procedures.models import CaseLimit, Channel, Paper, Revision, known_revision
from motcua.service.procedures.questions import read_questions
from motcua.service.procedures.source import to_source

SAME_NAMES = (
    *("name", "ministry", "decision", "kind", "field", "settling", "competent", "receiving", "cooperating"),
    *("conditions", "steps", "source", "sets", "needs_no_receipt", "starts_next_day_after_cutoff"),
    *("has_financial_pause", "has_sector_pause", "online_level", "other"),
)
LISTS = ("levels", "subjects", "keywords")


def facts_of(revision: Revision) -> ProcedureFacts:
    """Nội dung của phiên bản, whole."""
    revision = known_revision(revision.pk)
    groups = list(revision.groups.all())
    places = {group.pk: place for place, group in enumerate(groups)}
    papers: dict[int, list[PaperFacts]] = {group.pk: [] for group in groups}
    for paper in revision.papers.all():
        papers[paper.case_id].append(_paper(paper))
    plain: dict[str, Any] = {name: getattr(revision, name) for name in SAME_NAMES}
    lists: dict[str, Any] = {name: tuple(getattr(revision, name)) for name in LISTS}
    return ProcedureFacts(
        code=revision.procedure.code,
        questions=read_questions(revision.questions, papers=len(revision.papers.all()), groups=len(groups)),
        **plain,
        **lists,
        groups=tuple(GroupFacts(group.name, group.kind, tuple(papers[group.pk])) for group in groups),
        channels=tuple(_channel(channel, places) for channel in revision.channels.all()),
        results=tuple(ResultFacts(result.name, result.code) for result in revision.result_types.all()),
        legal=tuple(
            LegalFacts(basis.number, basis.issued_on, basis.title, basis.issuer)
            for basis in revision.legal_bases.all()
        ),
    )


def changes_of(revision: Revision) -> tuple[Change, ...]:
    """Phiên bản này khác phiên bản trước ở đâu; nothing for the first."""
    before = Revision.objects.filter(procedure_id=revision.procedure_id, number__lt=revision.number)
    earlier = before.order_by("-number").first()
    return difference(facts_of(earlier), facts_of(revision)) if earlier else ()


def export_procedure(revision: Revision) -> dict[str, Any]:
    """Xuất thủ tục theo khuôn của tệp danh mục mà `motcua import procedures` đọc."""
    return to_source(facts_of(revision))


def _paper(paper: Paper) -> PaperFacts:
    return PaperFacts(
        name=paper.name,
        originals=paper.originals,
        copies=paper.copies,
        is_required=paper.is_required,
        is_note=paper.is_note,
        template_code=paper.template_code,
        note=paper.note,
        held_in=paper.held_in,
    )


def _channel(channel: Channel, places: dict[int, int]) -> ChannelFacts:
    return ChannelFacts(
        kind=channel.kind,
        name=channel.name,
        limit=_limit(channel),
        note=channel.note,
        fees=tuple(
            FeeFacts(
                amount=fee.amount,
                currency=fee.currency,
                label=fee.label,
                kind=fee.kind,
                is_estimate=fee.is_estimate,
                note=fee.note,
                case=None if fee.case_id is None else places[fee.case_id],
            )
            for fee in channel.fees.all()
        ),
        case_limits=tuple(sorted((places[row.case_id], _limit(row)) for row in channel.case_limits.all())),
    )


def _limit(row: Channel | CaseLimit) -> LimitFacts:
    return LimitFacts(row.limit_value, row.limit_unit, row.limit_text)
