"""Trả kết quả: the results that wait at the counter, given to their owners or to whom they send."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import InvalidInput
from motcua.core.text import fold, reversed_fold
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import BulkAct, Dossier
from motcua.service.dossiers.operations import together
from motcua.service.dossiers.operations.returning import return_result
from motcua.service.dossiers.operations.together import Chosen, progress_of
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.searching import code_in
from motcua.service.dossiers.states import State
from motcua.service.paperwork.operations.printing import print_result_list
from motcua.service.postal.possible import parcel_of, parcels_carrying, still_here, where_it_is
from motcua.web.counter.acts import promise
from motcua.web.counter.dossiers import dossier_of
from motcua.web.counter.handovers import refusals_of
from motcua.web.counter.paging import known, slice_of
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response
from motcua.web.ui.together import begun

WHO = [("APPLICANT", "Chính chủ hồ sơ"), ("OTHER", "Người khác nhận thay")]
LONGEST_NAME = 200


class Results(Page):
    """Kết quả chờ trả; a whole code or a scanned receipt goes straight to its return."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest) -> HttpResponse:
        ready = ready_for(self)
        whole = seen_ready(self)  # what is asked for by name may be with the post
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:300]
        shown = matching(whole, text) if text else ready
        page = slice_of(
            shown.with_names().select_related("result"), by="finished_at", after=request.GET.get("after", "")
        )
        if text and len(page.dossiers) == 1 and page.dossiers[0].code == code_in(text).upper():
            return self.go("counter:return", page.dossiers[0].pk)
        parcels = parcels_carrying([dossier.pk for dossier in page.dossiers]) if text else {}
        elsewhere = None
        if text and not page.dossiers and "-" in text:
            elsewhere = Dossier.objects.visible_to(self.user, self.at).with_code(code_in(text)).first()
        return self.render(
            "counter/results/index.html",
            text=text,
            rows=[(dossier, promise(dossier, self.at), parcels.get(dossier.pk)) for dossier in page.dossiers],
            next=page.next,
            total=shown.count(),
            elsewhere=elsewhere,
            agencies=list(
                ready.order_by("agency__name").values_list("agency_id", "agency__name").annotate(Count("pk"))
            )
            if not text
            else [],
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Several results to one receiver; each is returned by itself and says why when it cannot be."""
        reader = self.read()
        receiver = reader.text("receiver_name", longest=LONGEST_NAME)
        wanted = known(request.POST.getlist("id"))
        if not wanted:
            reader.refuse("", "Hãy đánh dấu ít nhất một kết quả để trả.")
        reader.check()
        act = begun(self, BulkAct.Kind.RETURN, [Chosen(pk) for pk in wanted], {"receiver_name": receiver})
        progress = progress_of(act)
        if progress.left:
            return self.go("counter:bulk-act", act.pk)
        for sentence in refusals_of(self, act):
            messages.error(request, sentence)
        if not progress.done:
            return self.go("counter:results")
        to_whom = f" cho {receiver}" if receiver else ""
        return self.done(f"Đã trả {progress.done} kết quả{to_whom}.", "counter:results")


class ResultList(Page):
    """Danh sách bàn giao kết quả: what waits here from one settling agency, with a number."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        waiting = ready_for(self).at_agency(agency_id).order_by("finished_at", "id")[: together.MOST]
        keys = [dossier.pk for dossier in waiting]
        return paper_response(print_result_list(dossier_ids=keys, by=self.user, at=self.at), request)


class Return(Page):
    """Trả một kết quả."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        parcel = parcel_of(dossier)
        if parcel and request.method == "GET":
            messages.info(request, where_it_is(parcel))
            return self.go("counter:parcel", parcel.pk)
        if dossier.state != State.RESULT_READY and request.method == "GET":
            sentence = (
                "Kết quả đã trả rồi." if dossier.state == State.RETURNED else "Hồ sơ chưa có kết quả để trả."
            )
            messages.info(request, sentence)
            return self.go("counter:dossier", dossier.pk)
        return self.render(
            "counter/results/edit.html",
            dossier=dossier,
            result=getattr(dossier, "result", None),
            promise=promise(dossier, self.at),
            who=WHO,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponseBase:
        dossier = dossier_of(self, dossier_id)
        reader = self.read()
        who = reader.choice("who", [key for key, _ in WHO]) or "APPLICANT"
        receiver = reader.text("receiver_name", longest=LONGEST_NAME)
        note = reader.text("note", longest=300)
        if who == "OTHER" and not receiver:
            reader.refuse("receiver_name", "Hãy ghi họ tên người nhận thay.")
        reader.check()
        returned = return_result(
            dossier_id=dossier.pk,
            by=self.user,
            at=self.at,
            receiver_name=receiver if who == "OTHER" else "",
            note=note,
            step=request.POST.get("step", ""),
        )
        to_whom = receiver if who == "OTHER" else returned.applicant_name
        return self.done(
            f"Đã trả kết quả hồ sơ {returned.code} cho {to_whom}.", "counter:dossier", returned.pk
        )


def seen_ready(page: Page) -> DossierQuerySet:
    """Có kết quả, of this person's units: at the counter, or with the post."""
    seen = Dossier.objects.visible_to(page.user, page.at)
    return seen.ready_to_return(page.access.agencies(Permission.RETURN))


def ready_for(page: Page) -> DossierQuerySet:
    """Kết quả chờ trả tại quầy."""
    return still_here(seen_ready(page))


def matching(ready: DossierQuerySet, text: str) -> DossierQuerySet:
    """A code, a number, a phone or a name, as in the one search box, among what is ready."""
    wanted = code_in(text)
    digits = sum(character.isdigit() for character in wanted)
    if "-" in wanted and digits:
        return ready.with_code(wanted)
    if digits >= 9 and not any(character.isalpha() for character in wanted):
        return ready.with_number(wanted)
    folded = fold(wanted)
    if not folded:
        raise InvalidInput({"q": "Hãy gõ mã hồ sơ, số hoặc tên."})
    return ready.filter(Q(name_folded__contains=folded) | Q(name_reversed__startswith=reversed_fold(wanted)))
