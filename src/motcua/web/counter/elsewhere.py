"""Phi địa giới tại quầy: take in for the agency of another place; send the paper file, with its slip."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import PaperTransfer
from motcua.service.dossiers.operations.receiving_elsewhere import send_paper
from motcua.service.paperwork.operations.printing import print_paper_slip
from motcua.service.procedures.models import Offering
from motcua.web.counter.applicants import applicant_or_404
from motcua.web.counter.mandates import chosen_mandate
from motcua.web.counter.paging import known
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response

MOST = 30
MOST_PAPERS = 200


class Elsewhere(Page):
    """Chọn thủ tục phi địa giới và cơ quan giải quyết ở nơi khác."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:
        applicant = applicant_or_404(self, applicant_id)
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
        agency = " ".join(request.GET.get("co-quan", "").replace("\0", "").split())[:200]
        units = self.access.agencies(Permission.RECEIVE)
        offered = Offering.objects.boundary_free(local_date(self.at)).exclude(receiving_agency__in=units)
        if agency:
            offered = offered.filter(agency__name_folded__contains=fold(agency))
        found = list(offered.search(text).for_pages()[:MOST]) if text or agency else []
        return self.render(
            "counter/elsewhere/index.html",
            applicant=applicant,
            text=text,
            agency=agency,
            found=found,
            is_full=len(found) == MOST,
            mandate=request.GET.get("uy-quyen", ""),
            acting=chosen_mandate(self, applicant),
            paper_days=regime_on(local_date(self.at)).paper_transfer_days,
        )


class PaperFiles(Page):
    """Hồ sơ giấy phải giao: what is late first; several at once, each with its own slip number."""

    permission = Permission.TRANSFER

    def get(self, request: HttpRequest) -> HttpResponse:
        units = self.access.agencies(Permission.TRANSFER)
        seen = PaperTransfer.objects.visible_to(self.user, self.at)
        waiting = seen.to_send(units)
        sent = seen.filter(from_agency__in=units, sent_at__isnull=False, received_at__isnull=True)
        return self.render(
            "counter/elsewhere/papers.html",
            rows=list(waiting.for_pages().order_by("due_at", "id")[:MOST_PAPERS]),
            on_the_way=list(sent.for_pages().order_by("-sent_at")[:MOST_PAPERS]),
            total=waiting.count(),
            late=waiting.overdue(at=self.at).count(),
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        reader = self.read()
        wanted = known(request.POST.getlist("id"))
        carrier = reader.text("carrier", longest=120)
        if not wanted:
            raise InvalidInput({"": "Hãy đánh dấu ít nhất một hồ sơ giấy để giao."})
        reader.check()
        seen = PaperTransfer.objects.visible_to(self.user, self.at).filter(dossier__in=wanted[:MOST_PAPERS])
        done = 0
        for papers in seen.select_related("dossier").order_by("id"):
            try:
                send_paper(dossier_id=papers.dossier_id, by=self.user, at=self.at, carrier=carrier)
                done += 1
            except DomainError as refusal:
                messages.error(request, f"{papers.dossier.code}: {refusal.message}")
        if not done:
            return self.go("counter:paper-files")
        return self.done(f"Đã giao {done} hồ sơ giấy. Hãy in phiếu giao gửi kèm.", "counter:paper-files")


class Slip(Page):
    """Phiếu giao hồ sơ giấy, to put into the envelope: asking for it is printing it."""

    any_of = (Permission.TRANSFER, Permission.SEE)

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        return paper_response(print_paper_slip(dossier_id=dossier_id, by=self.user, at=self.at), request)
