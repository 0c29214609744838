"""Những lối khác: refused at the counter, sent back for more work, asked about elsewhere, done with many others."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from motcua.service.dossiers.models import Consultation, Dossier, IntakeRefusal
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY
from tests.journeys.conftest import enter, open_reception
from tests.journeys.test_bad_input import in_work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class TestOtherWays:
    def test_refuses_at_the_counter_in_writing(
        self, world: Any, open_page: Any, axe: Any, picture: Any
    ) -> None:
        page = open_page()
        enter(page, "motcua")
        open_reception(page, world)
        page.click(".ticks >> nth=0 >> label.tick-provided")
        page.click(".ticks >> nth=1 >> label.tick-missing")
        page.click("text=lập phiếu từ chối")
        page.wait_for_selector("text=Vì sao không nhận được?")
        assert page.locator("input[name=missing]:checked").count() >= 1
        while page.locator("input[name=missing]:checked").count():
            page.uncheck("input[name=missing]:checked >> nth=0")
        page.click("text=Lập phiếu từ chối")
        page.wait_for_selector(".error-summary, .message")
        axe(page)
        picture(page, "loi-khac-tu-choi")
        page.check("input[name=missing] >> nth=1")
        page.fill("#f-reasons", "Bản sao đã hết giá trị.")
        page.locator("button:has-text('Lập phiếu từ chối')").dblclick()
        page.wait_for_url("**/quay/tu-choi/**")
        axe(page)
        picture(page, "loi-khac-phieu-tu-choi")

        refusal = IntakeRefusal.objects.get()
        assert Dossier.objects.count() == 0
        printed = page.request.get(f"/quay/tu-choi/{refusal.pk}/in/").body()
        text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(printed)).pages)
        assert "Bản sao đã hết giá trị" in text

    def test_sends_back_and_asks_elsewhere(self, world: Any, open_page: Any, axe: Any, picture: Any) -> None:
        dossier = in_work(world)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY)
        head = open_page()
        enter(head, "truongphong")
        head.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        head.click(".act-bar a:has-text('Trả lại')")
        head.click("main button[type=submit]:has-text('Trả lại')")
        head.wait_for_selector("#f-reason-error")
        axe(head)
        picture(head, "loi-khac-tra-lai")
        head.fill("#f-reason", "Bổ sung xác minh nơi cư trú.")
        head.click("main button[type=submit]:has-text('Trả lại')")
        head.wait_for_selector("text=Đã trả lại hồ sơ")

        officer = open_page()
        enter(officer, "chuyenvien")
        officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        assert "Bổ sung xác minh nơi cư trú." in officer.inner_text("main")
        officer.click(".act-bar summary")
        officer.click(".act-bar a:has-text('Lấy ý kiến')")
        officer.fill("#f-question", "Công dân có đăng ký cư trú tại địa bàn không?")
        officer.fill("#f-due_at", "31/02/2027")
        officer.click("main button[type=submit]:has-text('Lấy ý kiến')")
        officer.wait_for_selector("#f-due_at-error")
        axe(officer)
        picture(officer, "loi-khac-lay-y-kien")
        assert "Công dân" in officer.input_value("#f-question")
        officer.select_option("#f-agency", str(world.other.pk))
        officer.fill("#f-due_at", "26/11/2029")
        officer.click("main button[type=submit]:has-text('Lấy ý kiến')")
        officer.wait_for_selector("text=Đã gửi câu hỏi")
        dossier.refresh_from_db()
        assert dossier.state == State.CONSULTING
        assert Consultation.objects.get().agency == world.other

    def test_takes_many_at_once(self, world: Any, open_page: Any, axe: Any, picture: Any) -> None:
        for _ in range(3):
            dossier = in_work(world)
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY)
        head = open_page()
        enter(head, "truongphong")
        head.goto("/ban-lam-viec/?muc=cho-nhan")
        head.check("[data-all]")
        assert head.inner_text("[data-bulk-count]") == "3"
        axe(head)
        picture(head, "loi-khac-nhieu-ho-so")
        head.click("[data-bulk] button[value=review]")
        head.wait_for_load_state("networkidle")
        axe(head)
        picture(head, "loi-khac-nhieu-ho-so-xac-nhan")
        if head.locator("main .form-actions button[type=submit]").count():
            head.click("main .form-actions button[type=submit]")
        head.wait_for_selector("text=/3 hồ sơ/")
        assert Dossier.objects.filter(step_key="sign").count() == 3
