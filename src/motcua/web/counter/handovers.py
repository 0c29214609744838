"""Bàn giao: what was received and must go to the settling agencies today; many at once, each with its own answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.paperwork.gathering import hand_over_list_of
from motcua.service.paperwork.operations.printing import print_hand_over
from motcua.service.paperwork.registry import Form as Paper
from motcua.service.paperwork.rendering import render
from motcua.web.counter.paging import known, slice_of
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response, pdf_response

LAST = "counter_handed_over"  # key in the session: what was handed over together the last time
MOST = 200
SIZE = 100


@dataclass(frozen=True)
class Waiting:
    """Một hồ sơ chờ bàn giao, and how its time stands."""

    dossier: Dossier
    is_late: bool
    is_due_today: bool


class HandOvers(Page):
    permission = Permission.TRANSFER

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = waiting_for(self)
        agencies = dict(waiting.order_by("agency__name").values_list("agency_id", "agency__name").distinct())
        chosen = request.GET.get("co-quan", "")
        if chosen.isdecimal() and int(chosen) in agencies:
            waiting = waiting.at_agency(int(chosen))
        page = slice_of(
            waiting.with_names(), by="transfer_due_at", after=request.GET.get("after", ""), size=SIZE
        )
        return self.render(
            "counter/handovers/index.html",
            rows=[self.row(dossier) for dossier in page.dossiers],
            next=page.next,
            agencies=list(agencies.items()),
            chosen=chosen,
            total=waiting.count(),
            late=waiting.filter(transfer_due_at__lt=self.at).count(),
            last=self.last(),
            cutoff=regime_on(local_date(self.at)).transfer_cutoff,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Each dossier is handed over by itself: one that cannot go never holds the others up."""
        wanted = known(request.POST.getlist("id"))
        if not wanted:
            raise InvalidInput({"": "Hãy đánh dấu ít nhất một hồ sơ để bàn giao."})
        done, refusals = [], []
        for dossier in (
            Dossier.objects.visible_to(self.user, self.at).filter(pk__in=wanted[:MOST]).order_by("id")
        ):
            try:
                transfer(dossier_id=dossier.pk, by=self.user, at=self.at)
                done.append(dossier)
            except DomainError as refusal:
                refusals.append(f"{dossier.code} ({dossier.applicant_name}): {refusal.message}")
        for sentence in refusals:
            messages.error(request, sentence)
        if not done:
            return self.go(request.get_full_path())
        request.session[LAST] = [str(dossier.pk) for dossier in done]
        return self.done(f"Đã bàn giao {len(done)} hồ sơ.", request.get_full_path())

    def row(self, dossier: Dossier) -> Waiting:
        is_late = dossier.transfer_due_at < self.at
        return Waiting(
            dossier, is_late, not is_late and local_date(dossier.transfer_due_at) == local_date(self.at)
        )

    def last(self) -> list[tuple[str, str, int]]:
        """The last hand-over by receiving agency: (address part, name, how many), for its printed list."""
        handed = known(self.request.session.get(LAST, []))
        if not handed:
            return []
        rows = Dossier.objects.visible_to(self.user, self.at).filter(pk__in=handed).order_by("agency__name")
        counts: dict[tuple[int, str], int] = {}
        for key in rows.values_list("agency_id", "agency__name"):
            counts[key] = counts.get(key, 0) + 1
        return [(str(pk), name, count) for (pk, name), count in counts.items()]


class HandOverList(Page):
    """Danh sách bàn giao: what waits for one agency, or (`vua-giao`) the numbered list of what was handed over last."""

    permission = Permission.TRANSFER

    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        if "vua-giao" in request.GET:
            handed = Dossier.objects.filter(pk__in=known(request.session.get(LAST, [])), agency=agency_id)
            keys = list(handed.values_list("pk", flat=True))
            return paper_response(print_hand_over(dossier_ids=keys, by=self.user, at=self.at), request)
        dossiers = waiting_for(self).at_agency(agency_id).order_by("transfer_due_at", "id")[:MOST]
        facts = hand_over_list_of(dossiers, giver=self.user, at=self.at)
        forms = regime_on(local_date(self.at)).forms
        code = Agency.objects.values_list("code", flat=True).get(pk=agency_id)
        name = f"danh-sach-ban-giao-{code}-{local_date(self.at):%y%m%d}.pdf"
        return pdf_response(render(Paper.HAND_OVER, facts, regime_forms=forms, at=self.at), name)


def waiting_for(page: Page) -> DossierQuerySet:
    seen = Dossier.objects.visible_to(page.user, page.at)
    return seen.waiting_to_transfer(page.access.agencies(Permission.TRANSFER))
