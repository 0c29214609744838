"""Bàn giao: what was received and must go to the settling agencies today; many at once, each with its own answer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import BulkAct, BulkItem, Dossier
from motcua.service.dossiers.operations import together
from motcua.service.dossiers.operations.together import Chosen, progress_of
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.paperwork.gathering import hand_over_list_of
from motcua.service.paperwork.operations.printing import print_hand_over
from motcua.service.paperwork.registry import Form as Paper
from motcua.service.paperwork.rendering import render
from motcua.web.counter.paging import known, slice_of
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response, pdf_response
from motcua.web.ui.together import TogetherPage, begun

LAST = "counter_handed_over"  # key in the session: what was handed over together the last time
MOST = together.MOST
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
        act = begun(self, BulkAct.Kind.TRANSFER, [Chosen(pk) for pk in wanted], {})
        request.session[LAST] = str(act.pk)
        progress = progress_of(act)
        if progress.left:
            return self.go("counter:bulk-act", act.pk)
        for sentence in refusals_of(self, act):
            messages.error(request, sentence)
        if not progress.done:
            return self.go(request.get_full_path())
        return self.done(f"Đã bàn giao {progress.done} hồ sơ.", request.get_full_path())

    def row(self, dossier: Dossier) -> Waiting:
        is_late = dossier.transfer_due_at < self.at
        return Waiting(
            dossier, is_late, not is_late and local_date(dossier.transfer_due_at) == local_date(self.at)
        )

    def last(self) -> list[tuple[str, str, int]]:
        """The last hand-over by receiving agency: (address part, name, how many), for its printed list."""
        handed = last_handed(self)
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
            handed = Dossier.objects.visible_to(self.user, self.at).filter(
                pk__in=last_handed(self), agency=agency_id
            )
            keys = list(handed.values_list("pk", flat=True))
            return paper_response(print_hand_over(dossier_ids=keys, by=self.user, at=self.at), request)
        dossiers = waiting_for(self).at_agency(agency_id).order_by("transfer_due_at", "id")[:MOST]
        facts = hand_over_list_of(dossiers, giver=self.user, at=self.at)
        forms = regime_on(local_date(self.at)).forms
        code = Agency.objects.values_list("code", flat=True).get(pk=agency_id)
        name = f"danh-sach-ban-giao-{code}-{local_date(self.at):%y%m%d}.pdf"
        return pdf_response(render(Paper.HAND_OVER, facts, regime_forms=forms, at=self.at), name)


class BulkShow(TogetherPage):
    """Tiến độ và kết quả của một lần bàn giao hay trả kết quả nhiều hồ sơ."""

    any_of = (Permission.TRANSFER, Permission.RETURN)
    template = "counter/handovers/together.html"

    def dossier_route(self, act: BulkAct) -> str:
        return "counter:dossier"

    def list_address(self, act: BulkAct) -> str:
        return reverse("counter:handover" if act.kind == BulkAct.Kind.TRANSFER else "counter:results")


def last_handed(page: Page) -> list[UUID]:
    """What went to the agencies in this browser's last hand-over."""
    act = known([str(page.request.session.get(LAST, ""))])
    done = BulkItem.objects.filter(bulk__in=act, bulk__asked_by=page.user, state=BulkItem.State.DONE)
    return list(done.values_list("dossier_id", flat=True))


def refusals_of(page: Page, act: BulkAct) -> list[str]:
    """Why some could not be done, each with its dossier; what one may not see stays unnamed."""
    refused = dict(act.items.filter(state=BulkItem.State.REFUSED).values_list("dossier_id", "sentence"))
    seen = Dossier.objects.visible_to(page.user, page.at).filter(pk__in=refused).order_by("id")
    return [f"{one.code} ({one.applicant_name}): {refused[one.pk]}" for one in seen]


def waiting_for(page: Page) -> DossierQuerySet:
    seen = Dossier.objects.visible_to(page.user, page.at)
    return seen.waiting_to_transfer(page.access.agencies(Permission.TRANSFER))
