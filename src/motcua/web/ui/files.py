"""Tệp của hồ sơ: who may open a file, and how it or the picture of a page leaves, for every audience alike."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import Opened, opened_preview, refuse_unsafe
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.previewing import NoPreview, page_preview
from motcua.service.dossiers.models import Dossier
from motcua.service.holdings.models import CampaignItem
from motcua.web.ui.pages import Page


class DocumentPage(Page):
    """A page about one file that this person may open."""

    abstract = True

    def document(self, document_id: UUID) -> Document:
        document = Document.objects.select_related("file").filter(pk=document_id).first()
        if document is None or not self.may_open(document):
            raise self.missing("Không có tệp này.")
        return document

    def may_open(self, document: Document) -> bool:
        """Of a dossier that one may see or is asked about, or one's own upload that waits for its dossier.

        A paper of a linked group belongs to the whole filing: who has a dossier that uses it may open it.
        """
        if document.subject_id is None:
            return bool(document.uploaded_by_id == self.user.pk)
        readable = Dossier.objects.readable_by(self.user, self.at)
        return (
            readable.filter(pk=document.subject_id).exists()
            or readable.filter(scans__document=document.pk).exists()
            or CampaignItem.objects.visible_to(self.user, self.at).filter(pk=document.subject_id).exists()
        )


class FilePage(DocumentPage):
    """Tệp, shown in the browser or taken home."""

    abstract = True

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        opened = open_document(
            document_id=self.document(document_id).pk,
            by=self.user,
            at=self.at,
            inline="tai-ve" not in request.GET,
        )
        return file_response(request, opened)


class PicturePage(DocumentPage):
    """Ảnh một trang."""

    abstract = True

    def get(self, request: HttpRequest, document_id: UUID, page: int) -> HttpResponseBase:
        document = self.document(document_id)
        refuse_unsafe(document)
        try:
            preview = page_preview(file=document.file, page=page)
        except NoPreview as reason:
            raise self.missing(reason.message) from None
        return file_response(request, opened_preview(preview))


def file_response(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """The answer to a request for a file; "unchanged" when the browser holds the same content already."""
    tag = f'"{opened.sha256}"'
    answer: HttpResponseBase
    if request.headers.get("If-None-Match") == tag:
        opened.stream.close()
        answer = HttpResponseNotModified()
    else:
        answer = FileResponse(opened.stream, content_type=opened.media_type)
        answer["Content-Length"] = str(opened.size)
    answer["ETag"] = tag
    for name, value in opened.headers.items():
        answer[name] = value
    return answer
