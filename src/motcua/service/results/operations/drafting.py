"""Dự thảo kết quả: the PDF that the leader will sign, put by the officer with the proposal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.results.events import ResultDrafted
from motcua.service.results.models import ResultDraft

NOT_PDF = "Dự thảo kết quả phải là tệp PDF thì mới ký số được. Hãy xuất ra PDF rồi tải lên."


@transaction.atomic
def put_draft(*, dossier_id: UUID, document_id: UUID, by: User, at: datetime) -> ResultDraft:
    """Gửi dự thảo kết quả: takes the place of an earlier one. Raises Forbidden, InvalidInput, Stale."""
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.PROCESS, dossier.agency_id)
    [document] = attach(document_ids=[document_id], subject_id=dossier.pk, by=by)
    if document.file.media_type != "application/pdf":
        raise InvalidInput({"draft": NOT_PDF})
    ResultDraft.objects.filter(dossier=dossier, withdrawn_at=None).update(withdrawn_at=at)
    draft = ResultDraft.objects.create(dossier=dossier, document=document, put_by=by, put_at=at)
    events.record(ResultDrafted(subject_id=dossier.pk, actor_id=by.pk, at=at, document=document.pk))
    return draft
