"""Tờ in: how a printed paper leaves, as PDF to issue or as DOCX to go on writing in, for every audience alike."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.service.dossiers.models import Apology, Dossier, PaperTransfer, Stop, Supplement
from motcua.service.dossiers.states import State
from motcua.service.paperwork.models import PrintedForm
from motcua.service.paperwork.operations import printing
from motcua.service.paperwork.registry import Form
from motcua.web.ui.pages import Page

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRINTS: dict[str, tuple[Form, Callable[..., PrintedForm]]] = {
    "giay-hen": (Form.RECEIPT, printing.print_receipt),
    "phieu-kiem-soat": (Form.CONTROL_SHEET, printing.print_control_sheet),
    "phieu-qua-trinh": (Form.PROCESS_REPORT, printing.print_process_report),
    "phieu-yeu-cau-bo-sung": (Form.SUPPLEMENT, printing.print_supplement),
    "phieu-xin-loi": (Form.APOLOGY, printing.print_apology),
    "thong-bao-dung": (Form.STOP, printing.print_stop),
    "phieu-giao-ho-so-giay": (Form.PAPER_SLIP, printing.print_paper_slip),
    "phieu-tra-ket-qua": (Form.RETURN_SLIP, printing.print_return_slip),
}


def prints_of(dossier: Dossier) -> list[tuple[str, str]]:
    """What can be printed of it now: (part of the address, name)."""
    may_have = dossier.is_interrupted is not False
    sent = Apology.objects.filter(state=Apology.State.SENT)
    has = {
        "phieu-yeu-cau-bo-sung": may_have and Supplement.objects.filter(dossier=dossier).exists(),
        "phieu-xin-loi": may_have and sent.filter(dossier=dossier).exists(),
        "thong-bao-dung": may_have and Stop.objects.filter(dossier=dossier).exists(),
        "phieu-giao-ho-so-giay": dossier.is_boundary_free
        and PaperTransfer.objects.filter(dossier=dossier, sent_at__isnull=False).exists(),
        "phieu-tra-ket-qua": dossier.state == State.RETURNED,
    }
    return [(name, form.label) for name, (form, _) in PRINTS.items() if has.get(name, True)]


class PrintPage(Page):
    """In một tờ giấy của hồ sơ: asking for it is printing it, and the ledger says so."""

    abstract = True

    def get(self, request: HttpRequest, dossier_id: UUID, paper: str) -> HttpResponse:
        if paper not in PRINTS:
            raise self.missing("Không có biểu mẫu này.")
        printed = PRINTS[paper][1](dossier_id=dossier_id, by=self.user, at=self.at)
        return paper_response(printed, request)


def paper_response(printed: PrintedForm, request: HttpRequest) -> HttpResponse:
    """The paper; `?docx=1`: to go on writing in, `?hai-lien=1`: a receipt once for each keeper."""
    if "docx" in request.GET:
        return docx_response(printed.docx(), printed.file_name.removesuffix(".pdf") + ".docx")
    return pdf_response(printed.pdf(is_in_copies="hai-lien" in request.GET), printed.file_name)


def pdf_response(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def docx_response(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
