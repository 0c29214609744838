"""The board of integrity: for those who watch, of the agencies that they watch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.identity.models import User
from motcua.oversight.integrity.models import Finding
from motcua.oversight.integrity.operations.checking import check
from motcua.oversight.integrity.tests.plants import NOW, PLANTS
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import World, build_world
from motcua.web.ui.pages import SECOND_FACTOR


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with patch("motcua.web.ui.pages.now", return_value=NOW):
        yield


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


class TestIndex:
    def test_is_closed_to_the_counter(self, world: World, enter: Callable[[User], Client]) -> None:
        assert enter(world.clerk).get(reverse("board:index")).status_code == 403

    def test_checks_at_a_press_and_tells_what_is_wrong(
        self, world: World, enter: Callable[[User], Client]
    ) -> None:
        PLANTS["first-promise-lost"](world)
        client = enter(world.admin)
        assert "Chưa kiểm lần nào" in client.get(reverse("board:index")).text
        answer = client.post(reverse("board:index"), follow=True)
        assert "1 sai lệch" in answer.text
        assert "Ngày hẹn lần đầu được giữ mãi." in answer.text

    def test_shows_what_could_not_be_checked(self, world: World, enter: Callable[[User], Client]) -> None:
        done = check(by=None, at=NOW, codes=["dead-letters"])
        done.failures = {"dead-letters": "hỏng"}
        done.save()
        assert "Chưa kiểm được" in enter(world.admin).get(reverse("board:index")).text


class TestFindings:
    def test_lead_to_the_dossier_and_mend_it(self, world: World, enter: Callable[[User], Client]) -> None:
        code = PLANTS["task-in-other-hands"](world)
        check(by=None, at=NOW, codes=["task-in-other-hands"])
        client, finding = enter(world.admin), Finding.objects.get()
        assert code in client.get(reverse("board:findings", args=[finding.code])).text
        answer = client.post(reverse("board:mending", args=[finding.pk]), follow=True)
        assert f"Đã sửa: {code}" in answer.text
        assert Dossier.objects.get(code=code).holder == world.officer

    def test_of_other_agencies_are_not_seen(self, world: World, enter: Callable[[User], Client]) -> None:
        PLANTS["task-in-other-hands"](world)
        check(by=None, at=NOW, codes=["task-in-other-hands"])
        finding = Finding.objects.get()
        assert not Finding.objects.visible_to(world.officer, NOW).exists()
        assert enter(world.officer).post(reverse("board:mending", args=[finding.pk])).status_code == 403

    def test_turn_pages_by_keyset(self, world: World, enter: Callable[[User], Client]) -> None:
        Finding.objects.bulk_create(
            Finding(code="number-gap", key=str(n), label=f"Sổ {n}", detail="Thiếu", found_at=NOW, seen_at=NOW)
            for n in range(120)
        )
        client, address, seen = enter(world.admin), reverse("board:findings", args=["number-gap"]), []
        query = ""
        for _ in range(3):
            page = client.get(address + query)
            seen += re.findall(r">(Sổ \d+)<", page.text)
            following = re.search(r'rel="next" href="([^"]+)"', page.text)
            query = unescape(following[1]) if following else ""
        assert len(seen) == len(set(seen)) == 120

    def test_an_unknown_invariant_is_missing(self, world: World, enter: Callable[[User], Client]) -> None:
        assert enter(world.admin).get(reverse("board:findings", args=["khong-co"])).status_code == 404

    def test_ask_the_same_number_of_statements_for_many(
        self, world: World, enter: Callable[[User], Client], django_assert_max_num_queries
    ) -> None:
        Finding.objects.bulk_create(
            Finding(
                code="number-gap", key=str(n), label=f"Sổ {n}", detail="Thiếu", found_at=NOW - timedelta(hours=n),
                seen_at=NOW, agency=world.department,
            )
            for n in range(50)
        )  # fmt: skip
        client = enter(world.admin)
        with django_assert_max_num_queries(6):
            client.get(reverse("board:findings", args=["number-gap"]))
