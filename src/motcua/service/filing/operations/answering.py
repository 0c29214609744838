"""Trả lời hồ sơ trực tuyến: taken in, to be completed, not taken in, or sent to the wrong place; each is told.

Legal: ND118-2025 Đ17.2
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.time import local
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers import store
from motcua.service.dossiers.models import Channel, Dossier, Part
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.dossiers.store import Demand, Occasion, Reuse, Wanted
from motcua.service.dossiers.telling import own_page
from motcua.service.filing.costs import owe_no_more
from motcua.service.filing.events import (
    AnswerRunsOut,
    FilingAccepted,
    FilingMisaddressed,
    FilingRefused,
    FilingSupplementAsked,
    OfficerAlerted,
)
from motcua.service.filing.models import Filing, FilingPart
from motcua.service.filing.operations.grouping import confirm_accepted
from motcua.service.filing.states import ACCEPT, ASK, REDIRECT, REFUSE, Move
from motcua.service.filing.telling import tell_owner
from motcua.service.holdings.models import PaperUse
from motcua.service.holdings.operations.demanding import names_within
from motcua.service.payments.states import RefundCause
from motcua.service.procedures.models import Paper

V = FilingPart.Verdict
WARN_AT = 0.75  # of the time to answer: then whoever has not answered is warned


class AskedAlready(DomainError):
    """Đã yêu cầu bổ sung."""


@dataclass(frozen=True)
class Judged:
    """Kết luận về một giấy tờ đã nộp."""

    verdict: str
    instruction: str = ""
    demand: Demand = field(default_factory=Demand)  # why it is asked for although the store holds it


@transaction.atomic
def accept(*, filing_id: UUID, by: User, at: datetime, came_on_paper: Collection[UUID] = ()) -> Dossier:
    """Tiếp nhận: the filing becomes a dossier of the channel “trực tuyến”; its limit runs from now.

    `came_on_paper`: the parts that were to follow on paper and are here. Raises Forbidden, IllegalAnswer and what
    `receive` raises. Legal: ND118-2025 Đ17.2, Đ17.3
    """
    filing = _to_answer(filing_id, by, at, ACCEPT)
    filing.parts.filter(is_on_paper=True, paper_came_at=None, pk__in=came_on_paper).update(paper_came_at=at)
    dossier = receive(
        offering=filing.offering,
        applicant=filing.applicant,
        parts=parts_of(filing),
        by=by,
        at=at,
        dossier_id=filing.dossier_key,
        case_id=filing.case_id,
        matter=filing.matter,
        channel=Channel.ONLINE,
        return_channel=filing.return_channel,
        representative=filing.representative,
        authorisation=filing.authorisation,
        mandate=filing.mandate,
        reuse=Reuse(held_of(filing)),
    )
    filing.dossier = dossier
    _answered(filing, by, at, ["dossier"])
    confirm_accepted(filing, by, at)
    events.record(
        FilingAccepted(
            subject_id=filing.pk,
            actor_id=by.pk,
            at=at,
            dossier=dossier.pk,
            dossier_code=dossier.code,
            is_in_time=filing.answer_due_at is None or at <= filing.answer_due_at,
        )
    )
    promised = f" Hẹn trả kết quả {_moment(dossier.due_at)}." if dossier.due_at else ""
    tell_owner(
        filing,
        "FILING_ACCEPTED",
        "đã được tiếp nhận",
        f"đã được tiếp nhận, mã hồ sơ {dossier.code}.{promised}",
        by=by,
        at=at,
    )
    return dossier


@transaction.atomic
def ask_supplement(
    *,
    filing_id: UUID,
    judged: Mapping[UUID, Judged],
    missing: Sequence[str],
    by: User,
    at: datetime,
    missing_demand: Demand | None = None,
) -> Filing:
    """Yêu cầu bổ sung: every part is judged and everything lacking is said in one go.

    `missing`: what was not sent at all, with what to do; `missing_demand`: why, where the store holds one of them.
    Raises Forbidden, IllegalAnswer, InvalidInput, AskedAlready.
    Legal: ND118-2025 Đ17.1, Đ17.2
    """
    filing = _to_answer(filing_id, by, at, ASK)
    if filing.supplements:
        raise AskedAlready(
            f"Hồ sơ {filing.code} đã được yêu cầu bổ sung một lần. Hãy tiếp nhận, hoặc từ chối có lý do.",
            legal="ND118-2025 Đ17.2",
        )
    parts = list(filing.parts.all())
    wrong, asked = {}, []
    for part in parts:
        said = judged.get(part.pk)
        if said is None or said.verdict not in {V.FINE, V.ADD, V.MEND}:
            wrong[f"part-{part.pk}"] = f"Hãy kết luận về “{part.name}”, để yêu cầu một lần là đủ."
        elif said.verdict != V.FINE and not said.instruction.strip():
            wrong[f"instruction-{part.pk}"] = f"Hãy ghi phải làm gì với “{part.name}”."
        else:
            part.verdict, part.instruction = said.verdict, said.instruction.strip()[:500]
            if said.verdict != V.FINE:
                asked.append(f"{part.name}: {_unpointed(part.instruction)}")
    asked += [line for text in missing if (line := _unpointed(text))]
    if not wrong and not asked:
        wrong["missing"] = "Chưa có gì phải bổ sung. Nếu đủ cả, hãy tiếp nhận."
    if wrong:
        raise InvalidInput(wrong)
    store.refuse_needless(
        _wanted(filing, parts, judged, missing, missing_demand or Demand()), _occasion(filing), by=by, at=at
    )
    FilingPart.objects.bulk_update(parts, ["verdict", "instruction"])
    filing.reasons, filing.supplements = asked, filing.supplements + 1
    _answered(filing, by, at, ["reasons", "supplements"])
    events.record(FilingSupplementAsked(subject_id=filing.pk, actor_id=by.pk, at=at, reasons=asked))
    wanted = f"cần bổ sung: {'; '.join(asked)}. Gửi ngay tại {own_page(filing.code)}bo-sung/"
    tell_owner(filing, "FILING_SUPPLEMENT", "cần bổ sung", wanted, by=by, at=at)
    return filing


@transaction.atomic
def refuse(*, filing_id: UUID, reasons: Sequence[str], by: User, at: datetime) -> Filing:
    """Từ chối tiếp nhận, with the reasons. Raises Forbidden, IllegalAnswer, InvalidInput. Legal: ND118-2025 Đ17.1"""
    filing = _to_answer(filing_id, by, at, REFUSE)
    filing.reasons = _reasons(reasons)
    _answered(filing, by, at, ["reasons"])
    back = owe_no_more(filing, RefundCause.REFUSED, at)
    events.record(FilingRefused(subject_id=filing.pk, actor_id=by.pk, at=at, reasons=filing.reasons))
    tell_owner(
        filing,
        "FILING_REFUSED",
        "không được tiếp nhận",
        f"không được tiếp nhận: {'; '.join(filing.reasons)}.{back}",
        by=by,
        at=at,
    )
    return filing


@transaction.atomic
def redirect(*, filing_id: UUID, reasons: Sequence[str], right_place: str, by: User, at: datetime) -> Filing:
    """Gửi nhầm nơi: says where it belongs, so that nobody hears “not here” alone.

    Raises Forbidden, IllegalAnswer, InvalidInput. Legal: ND118-2025 Đ17.2
    """
    filing = _to_answer(filing_id, by, at, REDIRECT)
    if not right_place.strip():
        raise InvalidInput({"right_place": "Hãy ghi nơi đúng để người nộp gửi lại."})
    filing.reasons = _reasons(reasons or ["Không thuộc nơi tiếp nhận này"])
    filing.right_place = _unpointed(right_place)[:250]
    _answered(filing, by, at, ["reasons", "right_place"])
    back = owe_no_more(filing, RefundCause.MISADDRESSED, at)
    events.record(
        FilingMisaddressed(
            subject_id=filing.pk,
            actor_id=by.pk,
            at=at,
            reasons=filing.reasons,
            right_place=filing.right_place,
        )
    )
    words = f"đã gửi nhầm nơi. Nơi tiếp nhận đúng: {filing.right_place}. {'; '.join(filing.reasons)}.{back}"
    tell_owner(filing, "FILING_MISADDRESSED", "gửi nhầm nơi", words, by=by, at=at)
    return filing


@transaction.atomic
def alert(*, filing_id: UUID, at: datetime) -> Filing | None:
    """Báo công chức: the filing stands in the unit's list from now on. None when somebody was alerted already.

    Legal: ND118-2025 Đ17.2
    """
    filing = Filing.objects.to_alert(at=at).select_for_update(of=("self",)).filter(pk=filing_id).first()
    if filing is None:
        return None
    filing.alerted_at = at
    filing.save(update_fields=["alerted_at"])
    events.record(
        OfficerAlerted(
            subject_id=filing.pk,
            actor_id=None,
            at=at,
            is_in_time=filing.alert_due_at is None or at <= filing.alert_due_at,
        )
    )
    return filing


@transaction.atomic
def warn(*, filing_id: UUID, at: datetime) -> Filing | None:
    """Báo sắp hết hạn trả lời, once. None when it is answered or warned of already."""
    filing = (
        Filing.objects.waiting().select_for_update(of=("self",)).filter(pk=filing_id, warned_at=None).first()
    )
    if filing is None or filing.answer_due_at is None:
        return None
    filing.warned_at = at
    filing.save(update_fields=["warned_at"])
    events.record(
        AnswerRunsOut(subject_id=filing.pk, actor_id=None, at=at, answer_due_at=filing.answer_due_at)
    )
    return filing


def watch_filings(at: datetime) -> int:
    """Trông hồ sơ trực tuyến: alert for what has come, warn before the answer is due; returns how many."""
    done = sum(
        alert(filing_id=key, at=at) is not None
        for key in list(Filing.objects.to_alert(at=at).values_list("pk", flat=True))
    )
    unwarned = Filing.objects.waiting().filter(warned_at=None, answer_due_at__isnull=False)
    for filing in unwarned:
        if filing.answer_due_at and at >= warn_at(filing.submitted_at, filing.answer_due_at):
            done += warn(filing_id=filing.pk, at=at) is not None
    return done


def warn_at(submitted_at: datetime, answer_due_at: datetime) -> datetime:
    """When whoever has not answered is warned."""
    return submitted_at + (answer_due_at - submitted_at) * WARN_AT


def parts_of(filing: Filing) -> list[PartIn]:
    """The parts as a reception takes them; several for one paper are one part with all files."""
    by_paper: dict[int | None, list[FilingPart]] = {}
    for part in filing.parts.prefetch_related("documents"):
        by_paper.setdefault(part.paper_id, []).append(part)
    taken = [
        PartIn(
            name=some[-1].name,
            paper_id=paper_id,
            form=Part.Form.ORIGINAL if some[-1].is_on_paper else Part.Form.ELECTRONIC,
            status=Part.Status.MISSING
            if all(part.is_still_to_come for part in some)
            else Part.Status.PROVIDED,
            document_ids=[document.pk for part in some for document in part.documents.all()],
            note=some[-1].note,
        )
        for paper_id, some in by_paper.items()
        if paper_id is not None
    ]
    taken += [
        PartIn(
            name=part.name,
            form=Part.Form.ORIGINAL if part.is_on_paper else Part.Form.ELECTRONIC,
            status=Part.Status.MISSING if part.is_still_to_come else Part.Status.PROVIDED,
            document_ids=[document.pk for document in part.documents.all()],
            note=part.note,
        )
        for part in by_paper.get(None, [])
    ]
    here = {part.paper_id for part in taken}
    held = held_of(filing)
    taken += [
        PartIn(paper.name, paper.pk, Part.Form.ELECTRONIC, 1, Part.Status.HELD)
        for paper in papers_of(filing)
        if paper.pk in held and paper.pk not in here
    ]
    here |= set(held)
    return taken + [
        PartIn(name=paper.name, paper_id=paper.pk, status=Part.Status.NOT_NEEDED)
        for paper in papers_of(filing)
        if not paper.is_required and paper.pk not in here
    ]


def held_of(filing: Filing) -> dict[int, UUID]:
    """Giấy trong kho mà người nộp đã chọn dùng lại, by the key of the procedure's paper."""
    uses = PaperUse.objects.used().filter(subject_id=filing.dossier_key, paper__isnull=False)
    return dict(uses.values_list("paper", "held"))


def papers_of(filing: Filing) -> list[Paper]:
    """What the procedure asks for, as it stood on the day of the filing."""
    return filing.offering.revision_on(local(filing.submitted_at).date()).papers_of(filing.case)


def _occasion(filing: Filing) -> Occasion:
    return Occasion(
        filing.dossier_key,
        filing.applicant_id,
        filing.offering.procedure_id,
        filing.reception_agency_id,
        "ONLINE",
    )


def _wanted(
    filing: Filing,
    parts: Sequence[FilingPart],
    judged: Mapping[UUID, Judged],
    missing: Sequence[str],
    reason: Demand,
) -> list[Wanted]:
    """What is asked for: parts to add or to mend, and the papers that the lines of free text name."""
    asked = [
        Wanted(part.name, f"part-{part.pk}", judged[part.pk].demand)
        for part in parts
        if judged[part.pk].verdict != V.FINE
    ]
    names = [paper.name for paper in papers_of(filing)]
    return asked + [Wanted(name, "missing", reason) for name in names_within(missing, names)]


def _to_answer(filing_id: UUID, by: User, at: datetime, move: Move) -> Filing:
    """Lock the filing for its answer, and make the move."""
    filing = Filing.objects.select_for_update(of=("self",)).filter(pk=filing_id).first()
    if filing is None:
        raise DomainError("Không tìm thấy hồ sơ nộp trực tuyến này.")
    access_of(by, at).require(Permission.RECEIVE, filing.reception_agency_id)
    filing.state = move.apply(filing.state)
    return filing


def _answered(filing: Filing, by: User, at: datetime, fields: Sequence[str]) -> None:
    filing.answered_at, filing.answered_by = at, by
    filing.alerted_at = filing.alerted_at or at
    filing.save(update_fields=["state", "answered_at", "answered_by", "alerted_at", *fields])


def _reasons(given: Sequence[str]) -> list[str]:
    reasons = [said for reason in given if (said := _unpointed(reason))]
    if not reasons:
        raise InvalidInput({"reasons": "Hãy ghi lý do, để người nộp biết phải làm gì tiếp theo."})
    return reasons


def _unpointed(line: str) -> str:
    """Một lý do, without the stop that the sentence around it brings."""
    return line.strip().rstrip(".;, ")


def _moment(at: datetime) -> str:
    return f"{local(at):%H:%M ngày %d/%m/%Y}"
