"""Ghi chú, mức ưu tiên, số hóa: what may be added to an open dossier without moving it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import NoteAdded, PaperDigitised, PriorityChanged
from motcua.service.dossiers.models import Dossier, Note, Part, Priority, Scan

P = Permission
AT_WORK = frozenset({P.ASSIGN, P.PROCESS, P.REVIEW, P.SIGN, P.ISSUE})
AT_COUNTER = frozenset({P.RECEIVE, P.TRANSFER, P.RETURN})


class ClosedDossier(DomainError):
    """Hồ sơ đã đóng."""


@transaction.atomic
def add_note(*, dossier_id: UUID, text: str, by: User, at: datetime) -> Note:
    """Ghi chú nghiệp vụ: a remark for colleagues. Raises Forbidden, InvalidInput."""
    dossier = _open_to(dossier_id, by, at, AT_WORK, AT_COUNTER)
    if not text.strip():
        raise InvalidInput({"text": "Hãy nhập nội dung ghi chú."})
    note = Note.objects.create(dossier=dossier, author=by, text=text.strip(), at=at)
    events.record(NoteAdded(subject_id=dossier.pk, actor_id=by.pk, at=at, note=note.pk))
    return note


@transaction.atomic
def prioritise(*, dossier_id: UUID, priority: str, reason: str, by: User, at: datetime) -> Dossier:
    """Đổi mức ưu tiên, with the reason. Raises Forbidden, InvalidInput, ClosedDossier."""
    dossier = _open_to(dossier_id, by, at, {Permission.ASSIGN}, {Permission.RECEIVE})
    if priority not in Priority.values:
        raise InvalidInput({"priority": "Hãy chọn một mức ưu tiên trong danh sách."})
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do đổi mức ưu tiên."})
    if not dossier.is_open:
        raise ClosedDossier(f"Hồ sơ {dossier.code} đã có kết quả, không đổi mức ưu tiên nữa.")
    before, dossier.priority = dossier.priority, priority
    dossier.save(update_fields=["priority"])
    events.record(
        PriorityChanged(
            subject_id=dossier.pk, actor_id=by.pk, at=at, before=before, after=priority, reason=reason.strip()
        )
    )
    return dossier


@transaction.atomic
def attach_scan(*, part_id: UUID, document: Document, by: User, at: datetime) -> Scan:
    """Số hóa giấy tờ: tie a digitised paper to the component that it proves. Raises Forbidden, ClosedDossier,
    Stale when the file is somebody else's or used elsewhere.

    Legal: ND118-2025 Đ17.1, Đ19.2
    """
    part = Part.objects.filter(pk=part_id).first()
    if part is None:
        raise InvalidInput({"part": "Không tìm thấy thành phần hồ sơ. Hãy tải lại trang."})
    dossier = _open_to(part.dossier_id, by, at, {Permission.PROCESS}, {Permission.RECEIVE})
    if not dossier.is_open:
        raise ClosedDossier(f"Hồ sơ {dossier.code} đã có kết quả, không thêm giấy tờ nữa.")
    attach(document_ids=[document.pk], subject_id=dossier.pk, by=by)
    scan = Scan.objects.create(dossier=dossier, part=part, document=document, added_at=at, added_by=by)
    events.record(
        PaperDigitised(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            part=part.pk,
            document=document.pk,
            sha256=document.file.sha256,
        )
    )
    return scan


def may_prioritise(dossier: Dossier, user: User, access: Access) -> bool:
    """Được đổi mức ưu tiên: who holds it, who distributes the work, or the counter that received it."""
    return _may(dossier, user, access, {Permission.ASSIGN}, {Permission.RECEIVE})


def _open_to(
    dossier_id: UUID,
    by: User,
    at: datetime,
    at_work: AbstractSet[Permission],
    at_counter: AbstractSet[Permission],
) -> Dossier:
    """Lock the dossier for somebody who works on it; seeing it is not enough. Raises Forbidden."""
    dossier = Dossier.objects.lock(dossier_id)
    if not _may(dossier, by, access_of(by, at), at_work, at_counter):
        raise Forbidden(
            f"Bạn chỉ được xem hồ sơ {dossier.code}. Hãy đề nghị người đang giải quyết hồ sơ làm việc này."
        )
    return dossier


def _may(
    dossier: Dossier,
    user: User,
    access: Access,
    at_work: AbstractSet[Permission],
    at_counter: AbstractSet[Permission],
) -> bool:
    return (
        dossier.holder_id == user.pk
        or any(access.may(permission, dossier.agency_id) for permission in at_work)
        or any(access.may(permission, dossier.reception_agency_id) for permission in at_counter)
    )
