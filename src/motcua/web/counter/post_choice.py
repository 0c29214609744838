"""Chọn đơn vị bưu chính tại quầy: after the reception, or later, with each price told to the person."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.filing.posting import choice_of
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.operations.choosing import choose_post, why_not_choose
from motcua.service.postal.operations.ordering import Place
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.possible import carriers_on
from motcua.web.counter.dossiers import dossier_of
from motcua.web.ui.pages import Page
from motcua.web.ui.posting import AsksPost


class PostChoice(AsksPost):
    """Giao kết quả đến đâu, đơn vị nào."""

    permission = Permission.RECEIVE

    @cached_property
    def dossier(self) -> Dossier:
        return dossier_of(self, self.kwargs["dossier_id"])

    @cached_property
    def known(self) -> Place:
        return place_of_applicant(self.dossier)

    @cached_property
    def unit(self) -> Place:
        return place_of_unit(self.dossier.reception_agency, local_date(self.at))

    def onward(self) -> str:
        return self.next_address(reverse("counter:dossier", args=[self.dossier.pk]))

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        chosen = choice_of(self.dossier)
        return self.render(
            "counter/post/choice.html",
            dossier=self.dossier,
            refusal=why_not_choose(self.dossier),
            post=self.post_context(chosen.carrier if chosen else None) if self.carriers else None,
            owed=must_pay(self.dossier.pk),
            onward=self.onward(),
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        wish = self.read_wish(self.read())
        if wish is None:
            return self.get(
                request, dossier_id
            )  # the price for this address first; pressed again, it is kept
        choose_post(dossier_id=self.dossier.pk, wish=wish, by=self.user, at=self.at)
        said = f"Có kết quả là hệ thống tự đặt {wish.carrier.name}, cước {vnd(wish.postage)}."
        return self.done(said, self.onward())


def asks_post(page: Page, dossier: Dossier) -> bool:
    """Cần hỏi người nộp đơn vị bưu chính: none is chosen yet, and there is one to choose."""
    return (
        not why_not_choose(dossier) and choice_of(dossier) is None and bool(carriers_on(local_date(page.at)))
    )


def choice_page(dossier: Dossier, onward: str) -> str:
    """The address of the page that asks, and where it leads."""
    return f"{reverse('counter:post-choice', args=[dossier.pk])}?{urlencode({'next': onward})}"
