"""Phi địa giới: taken in at one place for the agency of another; the paper file follows within the time of the regime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.events import PaperFileReceived, PaperFileSent
from motcua.service.dossiers.models import DeadlineKind, Dossier, PaperTransfer, Part
from motcua.service.dossiers.operations import deadlines
from motcua.service.procedures.models import BoundaryFreeListing, Offering


class NotBoundaryFree(DomainError):
    """Thủ tục không tiếp nhận phi địa giới tại đây."""


class PaperTransferRefused(DomainError):
    """Chưa giao, nhận được hồ sơ giấy."""


def refuse_unlisted(*, offering: Offering, reception: Agency, on: date) -> None:
    """Only what is on the list of the day is taken in elsewhere, within its scope. Raises NotBoundaryFree.

    Legal: ND118-2025 Đ14.2; ND309-2026 Đ7
    """
    listing = BoundaryFreeListing.objects.in_force(on).filter(procedure=offering.procedure_id).first()
    if listing is None:
        raise NotBoundaryFree(
            f"Thủ tục {offering.procedure.code} chưa có trong danh mục phi địa giới. "
            f"Hãy hướng dẫn người nộp đến {offering.receiving_agency.name}.",
            field="procedure",
            legal="ND118-2025 Đ14.2",
        )
    is_same_province = root_of(reception) == root_of(offering.agency)
    if listing.scope == BoundaryFreeListing.Scope.PROVINCE and not is_same_province:
        raise NotBoundaryFree(
            f"Thủ tục {offering.procedure.code} chỉ tiếp nhận phi địa giới trong tỉnh. "
            f"Hãy hướng dẫn người nộp đến {offering.receiving_agency.name}.",
            field="procedure",
            legal="ND309-2026 Đ7",
        )


def root_of(agency: Agency) -> str:
    """The key of the root of its tree: the province that it belongs to."""
    return agency.path.strip("/").split("/")[0]


def open_paper_transfer(dossier: Dossier, parts: Sequence[Part], at: datetime) -> None:
    """Hồ sơ giấy phải chuyển: where papers were handed in, a line to send with its deadline.

    Nothing when all is electronic. Part of `receive`, which records the event. Legal: ND118-2025 Đ20.1
    """
    papers = [
        part for part in parts if part.status == Part.Status.PROVIDED and part.form != Part.Form.ELECTRONIC
    ]
    if not papers:
        return
    calendar = work_calendar(dossier.reception_agency_id, local_date(at))
    due_at = clock.paper_due(at, calendar, regime_named(dossier.regime))
    PaperTransfer.objects.create(
        dossier=dossier, from_agency_id=dossier.reception_agency_id, to_agency_id=dossier.agency_id,
        papers=len(papers), due_at=due_at,
    )  # fmt: skip
    deadlines.open_deadline(
        dossier, DeadlineKind.PAPER_TRANSFER, due_at, at=at, agency_id=dossier.reception_agency_id
    )


@transaction.atomic
def send_paper(*, dossier_id: UUID, by: User, at: datetime, carrier: str = "") -> PaperTransfer:
    """Giao hồ sơ giấy: they leave with a numbered slip; the deadline is met, or was missed and says so.

    Raises Forbidden, PaperTransferRefused, NoSuchDossier. Legal: ND118-2025 Đ20.1
    """
    papers = PaperTransfer.objects.lock(dossier_id)
    access_of(by, at).require(Permission.TRANSFER, papers.from_agency_id)
    if papers.sent_at:
        raise PaperTransferRefused(
            f"Hồ sơ giấy của {papers.dossier.code} đã giao theo phiếu số {papers.number}. Không giao lần hai."
        )
    papers.number = next_number(f"paper-slip:{papers.from_agency_id}:{local_date(at).year}")
    papers.sent_at, papers.sent_by, papers.carrier = at, by, tidy(carrier)[:120]
    papers.save(update_fields=["number", "sent_at", "sent_by", "carrier"])
    deadlines.meet(papers.dossier, DeadlineKind.PAPER_TRANSFER, at=at)
    events.record(
        PaperFileSent(
            subject_id=dossier_id, actor_id=by.pk, at=at, number=papers.number, to_agency=papers.to_agency_id,
            papers=papers.papers, due_at=papers.due_at, carrier=papers.carrier,
        )
    )  # fmt: skip
    return papers


@transaction.atomic
def receive_paper(*, dossier_id: UUID, by: User, at: datetime, note: str = "") -> PaperTransfer:
    """Nhận hồ sơ giấy at the settling agency, counted against the slip; what lacks is written down.

    Raises Forbidden, PaperTransferRefused, NoSuchDossier. Legal: ND118-2025 Đ20.1
    """
    papers = PaperTransfer.objects.lock(dossier_id)
    _require_receiver(by, at, papers.to_agency_id)
    if papers.sent_at is None or papers.number is None:
        raise PaperTransferRefused(
            f"Nơi tiếp nhận chưa giao hồ sơ giấy của {papers.dossier.code}. Hãy nhận khi phiếu giao đã lập."
        )
    if papers.received_at:
        raise PaperTransferRefused(f"Hồ sơ giấy của {papers.dossier.code} đã nhận rồi.")
    papers.received_at, papers.received_by, papers.received_note = at, by, tidy(note)[:300]
    papers.save(update_fields=["received_at", "received_by", "received_note"])
    events.record(
        PaperFileReceived(
            subject_id=dossier_id, actor_id=by.pk, at=at, number=papers.number, from_agency=papers.from_agency_id,
            papers=papers.papers, note=papers.received_note,
        )
    )  # fmt: skip
    return papers


RECEIVERS = (Permission.ISSUE, Permission.ASSIGN, Permission.PROCESS)


def _require_receiver(by: User, at: datetime, agency_id: int) -> None:
    access = access_of(by, at)
    if not any(access.may(permission, agency_id) for permission in RECEIVERS):
        access.require(RECEIVERS[0], agency_id)
