"""Không có JavaScript: the counter, the desk and the tracking page do everything with plain forms."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import State
from tests.journeys.conftest import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NAME, PHONE = "Lò Thị Hòa", "0987654321"


@pytest.fixture
def sit_down(open_page: Any) -> Any:
    def begin(username: str) -> Any:
        page = open_page(javascript=False)
        enter(page, username)
        return page

    return begin


def receive(page: Any, scan: str) -> Dossier:
    page.click("a:has-text('Tiếp nhận hồ sơ')")
    page.fill("main #f-q", NAME)
    page.click("main form[role=search] button")
    assert page.input_value("#f-name") == NAME
    page.fill("#f-phone", PHONE)
    page.click("button:has-text('Tiếp tục')")
    page.fill("main #f-q", "trich luc")
    page.click("main form[role=search] button")
    if not page.locator("#receive").count():
        page.click(".pick-list a >> nth=0")
    page.fill("#f-fee_note", "Miễn theo diện chính sách")
    page.set_input_files("input[data-scan] >> nth=1", scan)
    page.click("button[name=all]")  # sends the form, keeps the file, ticks every paper
    assert page.locator(".scans li a").inner_text() == "tờ khai.pdf"
    assert page.locator(".ticks input:checked").count() == 3
    assert page.input_value("#f-fee_note") == "Miễn theo diện chính sách"
    page.click("summary:has-text('Vì sao ngày này?')")
    assert page.locator(".count tbody tr").first.is_visible()
    page.click("#receive")
    assert NAME in page.inner_text("#done-title")
    dossier = Dossier.objects.get()
    assert dossier.scans.count() == 1
    assert dossier.fee_note == "Miễn theo diện chính sách"
    return dossier


class TestWithoutJavascript:
    def test_goes_all_the_way(self, world: Any, scan: str, sit_down: Any, open_page: Any) -> None:
        clerk = sit_down("motcua")
        dossier = receive(clerk, scan)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/"
        clerk.click("main button:has-text('Bàn giao')")
        assert "Đã bàn giao" in clerk.inner_text(".messages")

        officer = sit_down("chuyenvien")
        officer.goto("/ban-lam-viec/?muc=cho-nhan")
        officer.goto(address)

        head = sit_down("truongphong")
        head.goto("/ban-lam-viec/")
        head.click(f"a:has-text('{NAME}')")
        head.select_option("#act [name=holder]", str(world.officer.pk))
        head.click(".act-bar .button-primary")
        assert "Đã phân công" in head.inner_text(".messages")

        officer.goto("/ban-lam-viec/")
        officer.click(f"a:has-text('{NAME}')")
        assert officer.url.startswith(officer.url.split("/ban-lam-viec")[0] + address)
        officer.check("#act [name=outcome][value=APPROVE]")
        officer.fill("#act [name=reason]", "Đủ điều kiện.")
        officer.click(".act-bar .button-primary")
        assert "Đã trình hồ sơ" in officer.inner_text(".messages")

        head.goto(address)
        head.click(".act-bar .button-primary")
        assert "Đã trình ký" in head.inner_text(".messages")
        leader = sit_down("lanhdao")
        leader.goto(address)
        leader.click(".act-bar .button-primary")
        assert "Đã ký" in leader.inner_text(".messages")
        records = sit_down("vanthu")
        records.goto(address)
        records.fill("#act [name=number]", "12/TL-HT")
        records.set_input_files("#act [name=file]", scan)
        records.click(".act-bar .button-primary")
        assert "Đã phát hành" in records.inner_text(".messages")

        clerk.goto("/quay/tra-ket-qua/")
        clerk.click("td a:has-text('Trả')")
        clerk.click("button:has-text('Đã trao kết quả')")
        assert "Đã trả kết quả" in clerk.inner_text(".messages")
        dossier.refresh_from_db()
        assert dossier.state == State.RETURNED

        citizen = open_page(f"/tra-cuu/?ma={dossier.code}", javascript=False)
        citizen.fill("#f-so", PHONE[-4:])
        citizen.click("main button[type=submit]")
        assert "Kết quả đã trả" in citizen.inner_text("main")

    def test_lists_act_on_several_at_once(self, world: Any, sit_down: Any) -> None:
        """The bar of ticked rows shows itself by script; without one it must simply be there."""
        for _ in range(2):
            world.receive()
        clerk = sit_down("motcua")
        clerk.goto("/quay/ban-giao/")
        for box in clerk.locator("input[name=id]").all():
            box.check()
        clerk.click("[data-bulk] button:has-text('Bàn giao')")
        assert "Đã bàn giao 2 hồ sơ" in clerk.inner_text(".messages")
        assert Dossier.objects.filter(state=State.TRANSFERRED).count() == 2
