"""Tệp: a scan of a dossier that one may see, its pages as pictures, and the data of the paper that it shows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.linking.models import Bundle
from motcua.web.counter.home import AT_COUNTER
from motcua.web.ui.files import DocumentPage, FilePage, PicturePage
from motcua.web.ui.forms import Reader


class File(FilePage):
    any_of = AT_COUNTER


class Picture(PicturePage):
    any_of = AT_COUNTER


class PaperData(DocumentPage):
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
        facts = read_facts(reader, document.holder_id)
        described = describe(document_id=document.pk, facts=facts, by=self.user, at=self.at)
        missing = described.missing
        said = (
            f"Đã ghi dữ liệu. Còn thiếu: {', '.join(missing)}."
            if missing
            else "Đã ghi đủ dữ liệu của giấy tờ."
        )
        return self.done(said, self.back(document))

    def back(self, document: Document) -> str:
        if document.subject_id is None:
            return reverse("counter:index")
        dossier = Dossier.objects.visible_to(self.user, self.at).filter(pk=document.subject_id).first()
        if dossier:
            return reverse("counter:dossier", args=[dossier.pk])
        bundle = Bundle.objects.visible_to(self.user, self.at).filter(pk=document.subject_id).first()
        if bundle:
            return reverse("counter:bundle", args=[bundle.pk])
        return reverse("counter:index")


def read_facts(reader: Reader, holder_id: UUID | None) -> PaperFacts:
    """Dữ liệu của giấy as typed: what a page has no field for stays empty. Raises InvalidInput."""
    facts = PaperFacts(
        holder_id=holder_id,
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
    return facts
