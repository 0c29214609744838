"""Nhiều hồ sơ một lúc, trên trang."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.service.dossiers.models import BulkAct, Dossier, Reminder
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import World
from motcua.web.desk.tests.conftest import in_work, proposed, to_sign
from motcua.web.ui import together

KEY = str(UUID(int=7))


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page has no moment to work itself: everything is left to the worker."""
    monkeypatch.setattr(together, "AT_ONCE", -1.0)


def press(client: Client, act: str, dossiers: list[Dossier], **fields: str):
    chosen = [f"{dossier.pk}~{dossier.step_key}" for dossier in dossiers]
    return client.post(reverse("desk:bulk"), {"act": act, "id": chosen, **fields}, follow=True)


def said(answer) -> str:
    return answer.content.decode()


class TestProgress:
    def test_is_shown_until_the_worker_has_done_it(self, world: World, enter, busy: None) -> None:
        client = enter(world.leader)
        answer = press(client, "signature", [to_sign(world), to_sign(world)], tu="don-vi")
        page = said(answer)
        assert "Đã xử lý 0 trong 2 hồ sơ" in page
        assert 'hx-trigger="load delay:1s"' in page
        assert "Xem lại tiến độ" in page  # the way without scripts
        deliver_due()
        address = answer.request["PATH_INFO"]
        part = said(client.get(address, headers={"HX-Request": "true"}))
        assert part.lstrip().startswith('<div id="together"')
        assert "2 xong" in part
        assert "hx-get" not in part
        assert "xong 2 trong 2 hồ sơ" in said(client.get(address))

    def test_is_one_act_when_the_same_form_is_sent_twice(self, world: World, enter) -> None:
        client, dossiers = enter(world.leader), [to_sign(world), to_sign(world)]
        for _ in range(2):
            assert "xong 2 trong 2 hồ sơ" in said(press(client, "signature", dossiers, key=KEY))
        assert "xong 1 trong 1 hồ sơ" in said(press(client, "signature", [to_sign(world)], key=KEY))
        assert BulkAct.objects.count() == 2
        assert Line.objects.filter(name="DecisionSigned").count() == 3

    def test_is_for_nobody_else(self, world: World, enter) -> None:
        press(enter(world.leader), "signature", [to_sign(world)])
        address = reverse("desk:bulk-act", args=[BulkAct.objects.get().pk])
        assert enter(world.head).get(address).status_code == 404
        assert enter(world.head).post(address).status_code == 404

    def test_goes_on_by_hand_with_what_was_refused(
        self, world: World, enter, busy: None, monkeypatch
    ) -> None:
        client = enter(world.leader)
        address = press(client, "signature", [to_sign(world)]).request["PATH_INFO"]
        monkeypatch.setattr(together, "AT_ONCE", 5.0)
        assert "xong 1 trong 1" in said(client.post(address, follow=True))

    def test_shows_five_hundred_with_as_many_questions_as_for_one(self, world: World, enter) -> None:
        client = enter(world.leader)
        counts = []
        for count in (1, 500):
            many = [f"{new_id()}~sign" for _ in range(count)]
            answer = client.post(reverse("desk:bulk"), {"act": "signature", "id": many}, follow=True)
            address = answer.request["PATH_INFO"]
            deliver_due()
            with CaptureQueriesContext(connection) as captured:
                page = said(client.get(address))
            assert page.count("Không tìm thấy hồ sơ") == count
            counts.append(sum("calendarversion" not in one["sql"] for one in captured.captured_queries))
        assert counts[0] == counts[1]


class TestActs:
    def test_sends_back_with_one_reason(self, world: World, enter) -> None:
        client, dossiers = enter(world.leader), [to_sign(world), to_sign(world)]
        asked = press(client, "return-to-work", dossiers)
        assert "Phải làm thêm gì" in said(asked)
        refused = press(client, "return-to-work", dossiers, ready="1", reason=" ")
        assert refused.status_code == 422
        page = press(client, "return-to-work", dossiers, ready="1", reason="Thiếu căn cứ")
        assert "xong 2 trong 2" in said(page)
        assert Dossier.objects.filter(state=State.IN_WORK).count() == 2

    def test_reminds_and_the_holder_sees_it(self, world: World, enter) -> None:
        client, dossier = enter(world.head), in_work(world)
        assert "Được nhắc" not in said(enter(world.officer).get(reverse("desk:index")))
        page = press(client, "reminder", [dossier], ready="1", text="Sắp đến hạn")
        assert "Đã nhắc Hoàng Minh Em." in said(page)
        assert "Được nhắc ngày 03/03/2026" in said(enter(world.officer).get(reverse("desk:index")))
        assert "hôm nay đã được nhắc" in said(press(client, "reminder", [dossier], ready="1", text=""))

    def test_reminds_of_one(self, world: World, enter) -> None:
        dossier = in_work(world)
        client = enter(world.head)
        assert reverse("desk:reminder", args=[dossier.pk]) in said(
            client.get(reverse("desk:dossier", args=[dossier.pk]))
        )
        answer = client.post(reverse("desk:reminder", args=[dossier.pk]), {"text": ""}, follow=True)
        assert "Đã nhắc Hoàng Minh Em" in said(answer)
        assert Reminder.objects.get().holder == world.officer

    def test_mixes_what_can_and_cannot_be_done(self, world: World, enter) -> None:
        ready, early = proposed(world), in_work(world)
        page = said(press(enter(world.head), "review", [ready, early]))
        assert "xong 1 trong 2 hồ sơ" in page
        assert "1 chưa làm được" in page
        assert "Làm lại 1 hồ sơ chưa làm được" in page


class TestBar:
    def test_each_row_says_which_acts_it_can_take(self, world: World, enter) -> None:
        """The bar then offers only what one of the ticked rows can take."""
        mine, theirs = to_sign(world), in_work(world)
        page = said(enter(world.leader).get(reverse("desk:index"), {"muc": "don-vi"}))
        acts = {
            pk: kinds.split()
            for pk, kinds in re.findall(r'value="([0-9a-f-]{36})~[^"]*"[^>]*data-acts="([^"]*)"', page)
        }
        assert "signature" in acts[str(mine.pk)]
        assert acts[str(theirs.pk)] == ["reminder"]
