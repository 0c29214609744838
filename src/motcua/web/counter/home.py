"""Trang đầu của quầy: the queue of today in sentences, and the one search box."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.time import local, local_date
from motcua.foundation.identity.operations.applicants import search_applicants
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.searching import MOST, code_in, search
from motcua.service.filing.models import Filing
from motcua.service.forms.models import CorrectionWish
from motcua.service.postal.possible import still_here
from motcua.service.results.models import Certification
from motcua.web.counter.acts import late_here, rows_of
from motcua.web.ui.deadlines import alarmed
from motcua.web.ui.pages import Page

AT_COUNTER = (Permission.RECEIVE, Permission.RETURN, Permission.TRANSFER)


class Home(Page):
    any_of = AT_COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Dossier.objects.visible_to(self.user, self.at)
        midnight = local(self.at).replace(hour=0, minute=0, second=0, microsecond=0)
        units = sorted(self.access.where(Permission.RECEIVE) | self.access.where(Permission.RETURN))
        today = seen.filter(reception_agency__in=units, received_at__gte=midnight)
        waiting = seen.waiting_to_transfer(self.access.agencies(Permission.TRANSFER))
        filed = Filing.objects.visible_to(self.user, self.at).waiting()
        latest = today.with_names().order_by("-received_at", "-id")[:8]
        return self.render(
            "counter/home/show.html",
            waiting=waiting.count(),
            late=waiting.filter(transfer_due_at__lt=self.at).count(),
            ready=still_here(seen.ready_to_return(self.access.agencies(Permission.RETURN))).count(),
            received=today.count(),
            filed=filed.count(),
            filed_late=filed.overdue(at=self.at).count(),
            wrong=CorrectionWish.objects.visible_to(self.user, self.at).waiting().count(),
            certify_again=Certification.objects.visible_to(self.user, self.at).sent_back().count(),
            overdue=late_here(self.access, self.at).count(),
            forgotten=late_here(self.access, self.at).without_apology().count(),
            awaited=seen.standing_still().filter(reception_agency__in=units).count(),
            **alarmed(self.user, self.at).aggregate(
                soon=Count("pk", filter=Q(due_at__gte=self.at)),
                passed=Count("pk", filter=Q(due_at__lt=self.at)),
            ),
            rows=rows_of(latest, self.access, self.at),
            today=local_date(self.at),
        )


class Search(Page):
    """Tìm hồ sơ: a whole code goes straight to its dossier."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:300]
        found = search(text, user=self.user, at=self.at) if text else []
        if len(found) == 1 and found[0].code == code_in(text).upper():
            return self.go("counter:dossier", found[0].pk)
        may_receive = self.access.may(Permission.RECEIVE)
        people = search_applicants(text, limit=5) if text and may_receive and not found else []
        return self.render(
            "counter/search/index.html",
            text=text,
            rows=rows_of(found, self.access, self.at),
            people=people,
            may_receive=may_receive,
            is_full=len(found) == MOST,
        )
