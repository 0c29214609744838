"""Tệp của hồ sơ: the file itself, and the pictures of its pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import opened_preview, refuse_unsafe
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.previewing import NoPreview, page_preview
from motcua.service.dossiers.models import Dossier
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.ui.files import file_response


class FilePage(DeskPage):
    abstract = True
    any_of = READERS

    def document(self, document_id: UUID) -> Document:
        document = Document.objects.select_related("file").filter(pk=document_id).first()
        if document is None or not self.may_open(document):
            raise self.missing("Không có tệp này.")
        return document

    def may_open(self, document: Document) -> bool:
        """Of a dossier that one may see or is asked about, or one's own upload."""
        if document.subject_id is None:
            return bool(document.uploaded_by_id == self.user.pk)
        return Dossier.objects.readable_by(self.user, self.at).filter(pk=document.subject_id).exists()


class File(FilePage):
    """Tệp, shown in the browser or taken home."""

    any_of = READERS

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        document = self.document(document_id)
        opened = open_document(
            document_id=document.pk, by=self.user, at=self.at, inline="tai-ve" not in request.GET
        )
        return file_response(request, opened)


class PagePicture(FilePage):
    """Ảnh một trang."""

    any_of = READERS

    def get(self, request: HttpRequest, document_id: UUID, page: int) -> HttpResponseBase:
        document = self.document(document_id)
        refuse_unsafe(document)
        try:
            preview = page_preview(file=document.file, page=page)
        except NoPreview as reason:
            raise self.missing(reason.message) from None
        return file_response(request, opened_preview(preview))
