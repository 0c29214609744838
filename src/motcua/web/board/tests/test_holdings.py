"""Giấy đã có mà vẫn đòi: the figure, what lies behind it, and nobody else's places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world
from motcua.service.holdings.models import Demand
from motcua.service.holdings.operations.keeping import match, set_paper_type
from motcua.service.holdings.tests.conftest import kept
from motcua.web.counter.tests.acting import reception_url, text_of, ticked
from motcua.web.ui.pages import SECOND_FACTOR

ADDRESS = "/giam-sat/giay-da-co/"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def enter() -> Callable[[User], Client]:
    def entered(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        return client

    return entered


def controller() -> User:
    return User.objects.get(username="kiemsoat")


@pytest.fixture
def taken(world: World, enter: Callable[[User], Client]) -> list[Dossier]:
    """One dossier that uses the held paper, then one for which it was asked for all the same."""
    kind = set_paper_type(
        code="CCCD", name="Thẻ căn cước", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
    )  # fmt: skip
    match(kind, "Giấy tờ tùy thân")
    kept(world.applicant, kind)
    key, clerk = world.papers[1].pk, enter(world.clerk)
    for answers in (
        {f"paper-{key}": "HELD", "consent": "ORAL"},
        {f"why-{key}": "DIFFERS", f"words-{key}": "Ảnh trên thẻ không phải người này"},
    ):
        answer = clerk.post(reception_url(world), ticked(world, **answers))
        assert answer.status_code == 302, text_of(answer)
    return list(Dossier.objects.order_by("pk"))


class TestDemands:
    def test_says_the_rate_and_leads_to_each_demand(
        self, world: World, enter: Callable[[User], Client], taken: list[Dossier]
    ) -> None:
        client = enter(controller())
        page = client.get(reverse("board:demands"))
        assert page.request["PATH_INFO"] == ADDRESS
        assert "1 lần đòi giấy đã có trong 2 lần kho có giấy dùng được (50,0 %)" in text_of(page)
        assert "Ảnh trên thẻ không phải người này" in text_of(page)
        demand = Demand.objects.get()
        narrowed = f"noi={demand.agency_id}&thu-tuc={demand.procedure.code}"
        assert narrowed in unescape(page.content.decode())
        assert taken[1].code in text_of(client.get(f"{ADDRESS}?{narrowed}"))
        assert taken[1].code not in text_of(client.get(f"{ADDRESS}?noi={demand.agency_id}&thu-tuc=9.999"))

    def test_another_month_has_its_own_figure(
        self, world: World, enter: Callable[[User], Client], taken: list[Dossier]
    ) -> None:
        earlier = local_date(now()).replace(day=1) - timedelta(days=1)
        page = text_of(enter(controller()).get(f"{ADDRESS}?thang={earlier:%Y-%m}"))
        assert "Chưa có lần nào kho có giấy dùng được trong tháng này" in page
        assert "Không công chức nào đòi giấy đã có" in page

    @pytest.mark.parametrize("asked", ["sau=x", "noi=x&thu-tuc=%00x", "thang=9999-99", "noi=99999999999"])
    def test_an_unreadable_address_is_no_fault(
        self, world: World, enter: Callable[[User], Client], asked: str
    ) -> None:
        assert enter(controller()).get(f"{ADDRESS}?{asked}").status_code in {200, 400}

    def test_who_may_see_no_dossier_is_told_so(
        self, world: World, enter: Callable[[User], Client], taken: list[Dossier]
    ) -> None:
        page = text_of(enter(world.admin).get(ADDRESS))
        assert "Bạn chưa được xem hồ sơ của nơi nào nên trang này không có con số" in page
        assert "Chưa có lần nào" not in page

    def test_is_closed_to_the_counter(self, world: World, enter: Callable[[User], Client]) -> None:
        assert enter(world.clerk).get(ADDRESS).status_code == 403
