"""Hàng chờ: from the kiosk to the dossier that is tied to the number; from a booking at home to the number in the hall."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from motcua.core.time import now
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.queueing.models import Appointment, Slot, Ticket, TicketDossier
from motcua.service.queueing.operations.machines import make_machine
from motcua.service.queueing.tests.world import Hall, build_hall
from tests.journeys.conftest import enter, open_reception, tick_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hall(world: Any) -> Hall:
    return build_hall(world)


def pair(page: Any, hall: Hall) -> None:
    """The screen in the hall gets its key."""
    _machine, key = make_machine(
        unit=hall.unit, name="Cửa chính", rights=["TAKE"], by=hall.world.admin, at=now()
    )
    page.goto("/hang-cho/may/")
    page.fill("#f-key", key)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/lay-so/$"))


class TestQueue:
    def test_from_the_kiosk_to_the_dossier(self, hall: Hall, open_page: Any, axe: Any, picture: Any) -> None:
        kiosk, board, phone, clerk = (open_page() for _ in range(4))
        pair(kiosk, hall)
        axe(kiosk)
        picture(kiosk, "hang-cho-lay-so")
        kiosk.click("label:has-text('Người cao tuổi')")
        kiosk.keyboard.press("Tab")
        kiosk.locator(".kiosk-line").first.focus()
        kiosk.keyboard.press("Enter")  # by keyboard as by touch
        kiosk.wait_for_selector("#ticket-number")
        assert kiosk.inner_text("#ticket-number") == "A001"
        axe(kiosk)
        picture(kiosk, "hang-cho-phieu-so")
        assert kiosk.evaluate("top.printed") == 1
        ticket = Ticket.objects.get()

        phone.goto(f"/hang-cho/so/{ticket.pk}/")
        assert "Không còn ai trước bạn" in phone.inner_text("#ticket")
        axe(phone)
        picture(phone, "hang-cho-so-cua-toi")
        board.goto(f"/hang-cho/{hall.unit.pk}/bang/")
        assert "Chưa gọi số nào" in board.inner_text("main")

        enter(clerk, "motcua", next_page="/quay/goi-so/")
        clerk.goto("/quay/goi-so/")
        axe(clerk)
        picture(clerk, "hang-cho-chon-quay")
        clerk.click("button:has-text('Mở quầy') >> nth=0")
        clerk.wait_for_selector("text=Quầy đang trống")
        clerk.keyboard.press("n")
        clerk.wait_for_selector(".now-code")
        assert clerk.inner_text(".now-code") == "A001"
        axe(clerk)
        picture(clerk, "hang-cho-dang-goi")
        board.wait_for_selector("text=mời đến", timeout=12_000)  # it has renewed itself
        assert "Mời số A001 đến quầy 1." in board.inner_text("[role=status]")
        axe(board)
        picture(board, "hang-cho-bang")

        self.receive(clerk, hall, ticket)
        picture(clerk, "hang-cho-dang-phuc-vu")
        clerk.keyboard.press("e")
        clerk.wait_for_selector("text=Đã phục vụ xong số A001.")
        names = list(
            Line.objects.filter(subject_id=ticket.pk).order_by("number").values_list("name", flat=True)
        )
        assert names == ["TicketTaken", "TicketCalled", "TicketStarted", "TicketTied", "TicketFinished"]
        assert verify().is_intact

    @staticmethod
    def receive(clerk: Any, hall: Hall, ticket: Ticket) -> None:
        """The dossier of the person who was called, received from the page of the queue."""
        clerk.keyboard.press("F2")
        clerk.wait_for_url(re.compile("/tiep-nhan/"))
        open_reception(clerk, hall.world)
        tick_all(clerk)
        clerk.click("#receive")
        clerk.wait_for_selector("#done-title")
        tied = TicketDossier.objects.get()
        assert tied.ticket == ticket
        clerk.goto("/quay/goi-so/")
        assert tied.dossier.code in clerk.inner_text(".now-serving")

    def test_from_home_to_the_hall_without_javascript(
        self, hall: Hall, open_page: Any, axe: Any, picture: Any
    ) -> None:
        home = open_page(javascript=False, width=390)
        home.goto("/")
        home.click("a:has-text('Đặt lịch hẹn')")
        picture(home, "dat-hen-noi-den")
        home.click("main a:has-text('Đặt lịch hẹn') >> nth=0")
        home.click("a:has-text('Hộ tịch, chứng thực')")
        picture(home, "dat-hen-gio")
        home.click(".slot >> nth=0")
        home.fill("#f-name", "Lê Thị Hoa")
        home.fill("#f-phone", "12")
        home.click("main button[type=submit]")
        assert "Số điện thoại chưa đúng" in home.inner_text(".error-summary")
        picture(home, "dat-hen-nguoi-den")
        home.fill("#f-phone", "0912 345 678")
        home.click("main button[type=submit]")
        assert "Đã đặt lịch hẹn" in home.inner_text("h1")
        picture(home, "dat-hen-xong")
        appointment = Appointment.objects.get()

        at = now() + timedelta(minutes=5)
        Slot.objects.update(starts_at=at, ends_at=at + timedelta(minutes=30))  # the day has come
        kiosk = open_page(javascript=False)
        pair(kiosk, hall)
        kiosk.click("a:has-text('Tôi đã đặt lịch hẹn')")
        kiosk.fill("#f-code", appointment.code)
        kiosk.fill("#f-tail", "5678")
        kiosk.click("main button[type=submit]")
        assert kiosk.inner_text("#ticket-number") == "A001"
        assert "Hẹn" in kiosk.inner_text("main")
        appointment.refresh_from_db()
        assert appointment.state == "CHECKED_IN"
        home.reload()
        assert "Bạn đã lấy số theo lịch hẹn" in home.inner_text("h1")

    def test_organised_by_the_administrator(
        self, hall: Hall, open_page: Any, sign_in: Any, axe: Any, picture: Any
    ) -> None:
        page = open_page()
        sign_in(page, hall.world.admin)
        page.goto(f"/quan-tri/hang-cho/{hall.unit.pk}/")
        axe(page)
        picture(page, "hang-cho-quan-tri")
        for link, name in (("Thêm lĩnh vực", "linh-vuc"), ("Thêm quầy", "quay"), ("Đặt luật mới", "luat")):
            page.goto(f"/quan-tri/hang-cho/{hall.unit.pk}/")
            page.click(f"a:has-text('{link}')")
            axe(page)
            picture(page, f"hang-cho-quan-tri-{name}")
