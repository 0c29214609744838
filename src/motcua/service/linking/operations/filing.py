"""Nộp một lần cho cả nhóm: one filing, one receipt; each part becomes a dossier at its own agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.codes import dossier_code
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import hold, next_number
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier, Part
from motcua.service.dossiers.operations.linked import await_output
from motcua.service.dossiers.operations.receiving import (
    BROUGHT,
    IncompleteDossier,
    Linked,
    PartIn,
    book_of,
    code_series,
    receive,
    register_series,
)
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.store import Demand, Reuse
from motcua.service.linking.events import BundleFiled
from motcua.service.linking.models import Bundle, BundlePart, LinkedGroup
from motcua.service.linking.plan import Plan
from motcua.service.linking.reading import Asked, Branch, Checklist, checklist_of


@dataclass(frozen=True)
class PaperIn:
    """Một giấy tờ của cả bộ: what was ticked for it, once, with its scans."""

    key: str  # of reading.Asked
    form: str = Part.Form.ORIGINAL
    quantity: int = 1
    status: str = Part.Status.PROVIDED
    note: str = ""
    document_ids: tuple[UUID, ...] = ()
    demand: Demand = field(default_factory=Demand)  # why it was taken although the store holds it


class GroupNotInForce(DomainError):
    """Nhóm liên thông không áp dụng hôm nay."""


class AlreadyFiled(DomainError):
    """Bộ hồ sơ này đã được tiếp nhận: the same page was sent twice."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(f"Bộ hồ sơ này đã được tiếp nhận với mã {bundle.code}. Không tiếp nhận lần hai.")
        self.bundle = bundle


def file_bundle(
    *,
    group: LinkedGroup,
    reception: Agency,
    applicant: Applicant,
    papers: Sequence[PaperIn],
    by: User,
    at: datetime,
    bundle_id: UUID | None = None,
    cases: Mapping[str, int | None] | None = None,
    representative: Applicant | None = None,
    authorisation: str = "",
    mandate: Mandate | None = None,
    fee_amount: int = 0,
    fee_note: str = "",
    besides: Mapping[str, Sequence[PartIn]] | None = None,
    reuse: Mapping[str, Reuse] | None = None,
) -> Bundle:
    """Tiếp nhận bộ hồ sơ liên thông: nothing is asked twice, each paper is stored once and given to who needs it.

    `bundle_id` is chosen when the form is opened, so that a form sent twice is taken once (AlreadyFiled). The fee stands
    on the first part. `besides`: papers of no procedure, by the key of the part that keeps them. `reuse`: papers of the
    store that need not be brought, by the key of the part; what is held is not asked for without a reason.
    Raises Forbidden, GroupNotInForce, NotSettledHere, IncompleteDossier, InvalidInput, AlreadyFiled.
    Legal: ND118-2025 Đ17, Đ20.2, Đ28.2; ND63-2024
    """
    bundle_id = bundle_id or new_id()
    if earlier := Bundle.objects.filter(pk=bundle_id).first():
        raise AlreadyFiled(earlier)
    try:
        return _file(
            group=group, reception=reception, applicant=applicant, papers=papers, by=by, at=at, bundle_id=bundle_id,
            cases=cases or {}, representative=representative, authorisation=authorisation, mandate=mandate,
            fee_amount=fee_amount, fee_note=fee_note, besides=besides or {}, reuse=reuse or {},
        )  # fmt: skip
    except IntegrityError:
        if earlier := Bundle.objects.filter(pk=bundle_id).first():
            raise AlreadyFiled(earlier) from None
        raise


@transaction.atomic
def _file(
    *,
    group: LinkedGroup,
    reception: Agency,
    applicant: Applicant,
    papers: Sequence[PaperIn],
    by: User,
    at: datetime,
    bundle_id: UUID,
    cases: Mapping[str, int | None],
    representative: Applicant | None,
    authorisation: str,
    mandate: Mandate | None,
    fee_amount: int,
    fee_note: str,
    besides: Mapping[str, Sequence[PartIn]],
    reuse: Mapping[str, Reuse],
) -> Bundle:
    access_of(by, at).require(Permission.RECEIVE, reception.pk)
    day = local_date(at)
    group = _in_force(group, at)
    checklist = checklist_of(group, reception, day, cases=cases)
    told = {paper.key: paper for paper in papers}
    _refuse_incomplete(checklist, told)
    planned = checklist.planned(at)
    _hold_numbers(checklist, reception, at)
    bundle = Bundle.objects.create(
        id=bundle_id, group=group, applicant=applicant, reception_agency=reception, received_at=at, received_by=by,
        due_at=planned.due_at,
        code=dossier_code(
            settings.DOSSIER_CODE_PATTERN, reception.code, day, next_number(code_series(reception.pk, day))
        ),
    )  # fmt: skip
    dossiers: list[Dossier] = []
    for branch in checklist.branches:
        part = planned.part(branch.key)
        dossier = _received(
            checklist, reuse=reuse.get(branch.key), offering=branch.offering, applicant=applicant, by=by, at=at,
            parts=[*_parts_of(branch, checklist, told), *besides.get(branch.key, ())],
            case_id=branch.case.pk if branch.case else None, representative=representative,
            authorisation=authorisation, mandate=mandate, reception=reception,
            fee_amount=0 if dossiers else fee_amount, fee_note="" if dossiers else fee_note,
            linked=Linked(bundle_id, branch.key, branch.limit, part.start_at, part.due_at),
        )  # fmt: skip
        dossiers.append(dossier)
    BundlePart.objects.bulk_create(
        BundlePart(
            bundle=bundle, part=branch.part, dossier=dossier, position=branch.part.position,
            planned_start_at=planned.part(branch.key).start_at, planned_due_at=planned.part(branch.key).due_at,
            is_critical=branch.key in planned.critical,
        )
        for branch, dossier in zip(checklist.branches, dossiers, strict=True)
    )  # fmt: skip
    for branch, dossier in zip(checklist.branches, dossiers, strict=True):
        _send_on(branch, dossier, checklist, planned, by, at)
    events.record(
        BundleFiled(
            subject_id=bundle.pk, actor_id=by.pk, at=at, code=bundle.code, group=group.code,
            reception_agency=reception.pk, dossiers=[dossier.code for dossier in dossiers], due_at=bundle.due_at,
            critical=list(planned.critical),
        )
    )  # fmt: skip
    return bundle


def _received(checklist: Checklist, **given: Any) -> Dossier:
    """One part; what is refused of its papers is said beside the paper that stands for all."""
    try:
        return receive(**given)
    except InvalidInput as refusal:
        asked = {
            f"paper-{paper.pk}": f"paper-{one.key}"
            for one in checklist.asked
            for paper in one.papers.values()
        }
        raise InvalidInput(
            {asked.get(name, name): said for name, said in refusal.errors.items()}
        ) from refusal


def _in_force(group: LinkedGroup, at: datetime) -> LinkedGroup:
    """The group as it stands, with its parts. Raises GroupNotInForce."""
    found: LinkedGroup | None = (
        LinkedGroup.objects.in_force(local_date(at)).with_content().filter(pk=group.pk).first()
    )
    if found is None:
        raise GroupNotInForce(
            f"Nhóm “{group.name}” không áp dụng vào ngày {local_date(at):%d/%m/%Y}. Hãy chọn lại trong danh sách nhóm.",
            field="group",
        )
    return found


def _refuse_incomplete(checklist: Checklist, told: Mapping[str, PaperIn]) -> None:
    missing = [
        asked
        for asked in checklist.asked
        if asked.is_required and (asked.key not in told or told[asked.key].status not in BROUGHT)
    ]
    if missing:
        raise IncompleteDossier(
            {
                f"paper-{asked.key}": f"Chưa có “{asked.name}”. Hãy đánh dấu khi người nộp đưa đủ."
                for asked in missing
            }
        )


def _hold_numbers(checklist: Checklist, reception: Agency, at: datetime) -> None:
    """All series that this filing numbers by, in one order, so that no two acts wait for each other in a circle."""
    day = local_date(at)
    codes = {code_series(branch.offering.agency_id, day) for branch in checklist.branches}
    books = {
        register_series(reception.pk, book_of(branch.revision.field, day)) for branch in checklist.branches
    }
    hold(*sorted(codes | {code_series(reception.pk, day)}), *sorted(books))


def _parts_of(branch: Branch, checklist: Checklist, told: Mapping[str, PaperIn]) -> list[PartIn]:
    """The papers of one part: those handed in for the whole that it needs, and those that another part will bring."""
    by_paper: dict[int, Asked] = {
        asked.papers[branch.key].pk: asked for asked in checklist.asked if branch.key in asked.papers
    }
    brought = {one.paper.pk: one.link for one in checklist.supplied if one.link.target_id == branch.part.pk}
    parts = []
    for paper in branch.revision.papers_of(branch.case):
        if link := brought.get(paper.pk):
            note = f"Chờ {link.output} từ phần “{link.source.procedure.name}”."
            parts.append(PartIn(paper.name, paper.pk, Part.Form.ELECTRONIC, 1, Part.Status.HELD, note[:300]))
            continue
        given = told.get(by_paper[paper.pk].key)
        if given is None:
            parts.append(PartIn(paper.name, paper.pk, status=Part.Status.NOT_NEEDED))
        else:
            parts.append(
                PartIn(
                    paper.name,
                    paper.pk,
                    given.form,
                    given.quantity,
                    given.status,
                    given.note,
                    given.document_ids,
                    given.demand,
                )
            )
    return parts


def _send_on(  # noqa: PLR0917  one branch of the filing
    branch: Branch, dossier: Dossier, checklist: Checklist, planned: Plan, by: User, at: datetime
) -> None:  # fmt: skip
    """Electronically every agency has its part at once; what needs another's output waits where it is.

    Legal: ND118-2025 Đ20.2
    """
    if checklist.group.mode == LinkedGroup.Mode.PARALLEL:
        transfer(dossier_id=dossier.pk, by=by, at=at)
    if branch.after:
        await_output(
            dossier_id=dossier.pk, waits_for=[checklist.branch(key).name for key in branch.after],
            planned_start_at=planned.part(branch.key).start_at, by=by, at=at,
        )  # fmt: skip
