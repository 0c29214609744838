"""Tệp: a scan of a dossier that one may see, its pages as pictures, and the data of the paper that it shows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import opened_preview, refuse_unsafe
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.previewing import NoPreview, page_preview
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.web.counter.home import AT_COUNTER
from motcua.web.ui.files import file_response
from motcua.web.ui.pages import Page


class Opened(Page):
    """A file that this person may open: of a visible dossier, or one's own that waits for its dossier."""

    abstract = True
    any_of = AT_COUNTER

    def document(self, document_id: UUID) -> Document:
        document = Document.objects.select_related("file").filter(pk=document_id).first()
        if document is None or not self.may_open(document):
            raise self.missing("Không có tệp này.")
        return document

    def may_open(self, document: Document) -> bool:
        if document.subject_id is None:
            return bool(document.uploaded_by_id == self.user.pk)
        return Dossier.objects.visible_to(self.user, self.at).filter(pk=document.subject_id).exists()


class File(Opened):
    any_of = AT_COUNTER

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        opened = open_document(
            document_id=self.document(document_id).pk,
            by=self.user,
            at=self.at,
            inline="tai-ve" not in request.GET,
        )
        return file_response(request, opened)


class Picture(Opened):
    """Ảnh một trang."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, document_id: UUID, page: int) -> HttpResponseBase:
        document = self.document(document_id)
        refuse_unsafe(document)
        try:
            preview = page_preview(file=document.file, page=page)
        except NoPreview as reason:
            raise self.missing(reason.message) from None
        return file_response(request, opened_preview(preview))


class PaperData(Opened):
    """Dữ liệu đặc tả: the minimum that the law asks of a digitised paper. Legal: ND118-2025 Đ19.2"""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        document = self.document(document_id)
        return self.render(
            "counter/files/edit.html", document=document, facts=document.facts, back=self.back(document)
        )

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        document = self.document(document_id)
        reader = self.read()
        facts = PaperFacts(
            holder_id=document.holder_id,
            paper_type_code=reader.text("paper_type_code"),
            title=reader.text("title"),
            number=reader.text("number"),
            abstract=reader.text("abstract", longest=2000),
            issuer=reader.text("issuer"),
            validity_scope=reader.text("validity_scope"),
            holder_name=reader.text("holder_name"),
            holder_birth_year=reader.integer("holder_birth_year"),
            issued_on=reader.day("issued_on"),
            valid_from=reader.day("valid_from"),
            valid_to=reader.day("valid_to"),
        )
        reader.check()
        described = describe(document_id=document.pk, facts=facts, by=self.user, at=self.at)
        missing = described.missing
        said = (
            f"Đã ghi dữ liệu. Còn thiếu: {', '.join(missing)}."
            if missing
            else "Đã ghi đủ dữ liệu của giấy tờ."
        )
        return self.done(said, self.back(document))

    def back(self, document: Document) -> str:
        if document.subject_id:
            return reverse("counter:dossier", args=[document.subject_id])
        return reverse("counter:index")
