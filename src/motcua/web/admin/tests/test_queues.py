"""The queue is organised: lines, desks, rules, slots, keys."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from motcua.service.dossiers.tests.world import World
from motcua.service.queueing.models import Desk, QueueField, QueueMachine, QueueRule, SlotRule
from motcua.service.queueing.operations.machines import machine_with
from motcua.service.queueing.tests.world import Hall, build_hall
from motcua.web.admin.tests.conftest import page_of


@pytest.fixture
def hall(world: World) -> Hall:
    return build_hall(world)


class TestQueue:
    def test_is_for_who_organises_it(self, clerk: Client, hall: Hall) -> None:
        for address in ("/quan-tri/hang-cho/", f"/quan-tri/hang-cho/{hall.unit.pk}/"):
            assert clerk.get(address).status_code == 403
        assert clerk.post(f"/quan-tri/hang-cho/{hall.unit.pk}/may/", {"name": "x"}).status_code == 403

    def test_shows_its_parts(self, admin: Client, hall: Hall) -> None:
        assert hall.unit.name in page_of(admin.get("/quan-tri/hang-cho/"))
        page = page_of(admin.get(f"/quan-tri/hang-cho/{hall.unit.pk}/"))
        for word in (
            "Hộ tịch, chứng thực",
            "Quầy 2",
            "2 người mỗi 30 phút",
            "Chưa đặt. Hệ thống dùng mặc định",
        ):
            assert word in page
        assert admin.get("/quan-tri/hang-cho/999999/").status_code == 404

    def test_gets_a_line_and_a_desk(self, admin: Client, hall: Hall) -> None:
        address = f"/quan-tri/hang-cho/{hall.unit.pk}/"
        answer = admin.post(f"{address}linh-vuc/", {"name": "Doanh nghiệp", "prefix": "A"})
        assert answer.status_code == 422
        assert "đang dùng" in page_of(answer)
        admin.post(f"{address}linh-vuc/", {"name": "Doanh nghiệp", "prefix": "c"})
        line = QueueField.objects.get(prefix="C")
        assert admin.post(f"{address}quay/", {"number": "0", "fields": [str(line.pk)]}).status_code == 422
        admin.post(f"{address}quay/", {"number": "2", "fields": [str(line.pk)], "name": "Ưu tiên"})
        desk = Desk.objects.get(number=2)
        assert (list(desk.fields.all()), desk.name) == ([line], "Ưu tiên")
        assert "Ưu tiên" in page_of(admin.get(f"{address}quay/?so=2"))
        admin.post(f"{address}quay/{desk.pk}/thoi/")
        admin.post(f"{address}linh-vuc/{line.pk}/thoi/")
        assert QueueField.objects.get(prefix="C").valid_to
        assert admin.post(f"{address}la/{desk.pk}/thoi/").status_code == 404

    def test_gets_rules_from_tomorrow(self, admin: Client, hall: Hall) -> None:
        address = f"/quan-tri/hang-cho/{hall.unit.pk}/"
        rule = {
            "normal_per_priority": "3",
            "longest_wait_minutes": "1",
            "early_minutes": "5",
            "late_minutes": "5",
        }
        answer = admin.post(f"{address}luat/", rule)
        assert answer.status_code == 422
        assert "từ 5 đến 480" in page_of(answer)
        admin.post(f"{address}luat/", {**rule, "longest_wait_minutes": "45"})
        assert QueueRule.objects.get().longest_wait_minutes == 45
        slots = {"minutes": "20", "capacity": "4", "days_ahead": "7", "notice_minutes": "30"}
        admin.post(f"{address}linh-vuc/{hall.civil.pk}/khung-gio/", slots)
        assert SlotRule.objects.filter(field=hall.civil).order_by("-valid_from")[0].capacity == 4

    def test_gives_a_machine_its_key_once(self, admin: Client, hall: Hall) -> None:
        address = f"/quan-tri/hang-cho/{hall.unit.pk}/"
        answer = admin.post(f"{address}may/", {"name": "Cửa chính"})
        assert answer.status_code == 422
        answer = admin.post(f"{address}may/", {"name": "Cửa chính", "rights": ["TAKE"]})
        key = re.search(r'data-copy="([^"]+)"', page_of(answer))
        assert key
        machine = machine_with(key[1])
        assert machine
        assert key[1] not in str(QueueMachine.objects.values())
        assert key[1] not in page_of(admin.get(address))
        admin.post(f"{address}may/{machine.pk}/thoi/")
        assert machine_with(key[1]) is None
