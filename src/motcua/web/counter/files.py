"""Tệp: a scan of a dossier that one may see, or one's own that waits for its dossier."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.service.dossiers.models import Dossier
from motcua.web.counter.home import AT_COUNTER
from motcua.web.ui.files import file_response
from motcua.web.ui.pages import Page


class File(Page):
    any_of = AT_COUNTER

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        document = Document.objects.filter(pk=document_id).first()
        if document is None or not self.may_open(document):
            raise self.missing("Không có tệp này.")
        opened = open_document(
            document_id=document.pk, by=self.user, at=self.at, inline="tai-ve" not in request.GET
        )
        return file_response(request, opened)

    def may_open(self, document: Document) -> bool:
        if document.subject_id is None:
            return bool(document.uploaded_by_id == self.user.pk)
        return Dossier.objects.visible_to(self.user, self.at).filter(pk=document.subject_id).exists()
