"""Vòng bổ sung: asked once for everything, seen by the applicant, brought in two parts, and the clock begins again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.core.time import now
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier, Supplement
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests import world as worlds
from tests.journeys.conftest import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class TestSupplementLoop:
    def test_is_walked_by_officer_applicant_and_counter(  # noqa: PLR0915  one walk, told once
        self, world: Any, open_page: Any, axe: Any, picture: Any, scan: str
    ) -> None:
        dossier = worlds.in_work(world, at=now() - timedelta(hours=3))
        first = dossier.due_at
        officer = open_page()
        enter(officer, "chuyenvien")
        officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        officer.click(".act-bar summary")
        officer.click(".act-bar a:has-text('Yêu cầu bổ sung')")
        officer.click("main button[type=submit]:has-text('Yêu cầu bổ sung')")
        officer.wait_for_selector(".error-summary")
        axe(officer)
        picture(officer, "bo-sung-yeu-cau")
        verdicts = officer.locator(".verdict")
        assert verdicts.count() == 3
        verdicts.nth(0).get_by_label("Cần sửa", exact=True).check()
        verdicts.nth(0).locator("input[type=text]").fill("Ký tên vào trang cuối")
        verdicts.nth(1).get_by_label("Đạt", exact=True).check()
        verdicts.nth(2).get_by_label("Cần nộp thêm", exact=True).check()
        verdicts.nth(2).locator("input[type=text]").fill("Nộp bản sao có chứng thực")
        officer.fill("#f-reason", "Tờ khai chưa ký, thiếu giấy tờ chứng minh nơi cư trú.")
        officer.click("main button[type=submit]:has-text('Yêu cầu bổ sung')")
        officer.wait_for_selector("text=Đã lập phiếu yêu cầu bổ sung số 1/PBS")
        axe(officer)
        picture(officer, "bo-sung-da-yeu-cau")
        officer.goto("/ban-lam-viec/?muc=cho-dan")
        assert "Nguyễn Thị Ánh" in officer.inner_text("main")
        axe(officer)
        picture(officer, "bo-sung-cho-nguoi-dan")
        officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/hai-dong-ho/")
        axe(officer)
        picture(officer, "hai-dong-ho-dang-cho")

        applicant = open_page()
        applicant.goto(f"/tra-cuu/?ma={dossier.code}")
        applicant.fill("#f-so", "1234")
        applicant.click("main button[type=submit]")
        applicant.wait_for_selector("text=Bạn cần bổ sung 2 giấy tờ trước")
        assert "Ký tên vào trang cuối" in applicant.inner_text("main")
        axe(applicant)
        picture(applicant, "bo-sung-tra-cuu")

        clerk = open_page()
        enter(clerk, "motcua")
        clerk.goto("/quay/")
        picture(clerk, "bo-sung-quay")
        clerk.click("a:has-text('chờ người dân')")
        axe(clerk)
        picture(clerk, "bo-sung-quay-danh-sach")
        clerk.click("a:has-text('Nhận bổ sung')")
        axe(clerk)
        picture(clerk, "bo-sung-nhan")
        clerk.click("label:has-text('Tờ khai') >> nth=0")
        clerk.click("main button[type=submit]:has-text('Nhận giấy tờ')")
        clerk.wait_for_selector("text=còn thiếu 1 giấy tờ")
        clerk.set_input_files("main input[type=file] >> nth=0", scan)
        clerk.click("main button[type=submit]:has-text('Nhận giấy tờ')")
        clerk.wait_for_selector("text=Đã nhận đủ hồ sơ bổ sung")
        axe(clerk)
        picture(clerk, "bo-sung-xong")
        clerk.goto(f"/quay/ho-so/{dossier.pk}/hai-dong-ho/")
        axe(clerk)
        picture(clerk, "hai-dong-ho-sau-bo-sung")

        dossier = Dossier.objects.get(pk=dossier.pk)
        assert dossier.state == State.IN_WORK
        assert (dossier.first_due_at, dossier.due_at) == (first, rebuilt(dossier))
        assert dossier.scans.count() == 1

    def test_the_counter_stops_and_amends_and_the_head_opens_again(
        self, world: Any, open_page: Any, axe: Any, picture: Any
    ) -> None:
        dossier = worlds.in_work(world, at=now() - timedelta(hours=3))
        raise_alarms(now() + timedelta(days=6))
        clerk = open_page()
        enter(clerk, "motcua")
        clerk.goto(f"/quay/ho-so/{dossier.pk}/sua/")
        axe(clerk)
        picture(clerk, "sua-ho-so")
        clerk.fill("#f-phone", "0987654321")
        clerk.fill("#f-reason", "Đổi số điện thoại")
        clerk.click("main button[type=submit]:has-text('Ghi sửa đổi')")
        clerk.wait_for_selector("text=Đã sửa hồ sơ")
        clerk.click("summary:has-text('Việc khác')")
        clerk.click("a:has-text('Dừng, rút hồ sơ')")
        clerk.click("main button[type=submit]:has-text('Đóng hồ sơ')")
        clerk.wait_for_selector(".error-summary")
        axe(clerk)
        picture(clerk, "dung-ho-so")
        clerk.get_by_label("Rút hồ sơ").check()
        clerk.fill("#f-reason", "Không còn nhu cầu")
        clerk.fill("#f-papers", "Trả lại 3 bản chính")
        clerk.click("main button[type=submit]:has-text('Đóng hồ sơ')")
        clerk.wait_for_selector("text=thông báo số 1")
        axe(clerk)
        picture(clerk, "dung-ho-so-xong")

        head = open_page()
        enter(head, "truongphong")
        head.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        axe(head)
        picture(head, "mo-lai-ho-so")
        head.fill("#f-reason", "Người nộp đổi ý")
        head.click(".act-bar button:has-text('Mở lại hồ sơ')")
        head.wait_for_selector("text=Đã mở lại hồ sơ")
        assert Dossier.objects.get(pk=dossier.pk).state == State.IN_WORK
        assert not Supplement.objects.exists()

    def test_what_runs_out_soon_is_listed(self, world: Any, open_page: Any, axe: Any, picture: Any) -> None:
        worlds.in_work(world, at=now() - timedelta(hours=3))
        world.receive(at=now() - timedelta(hours=2))
        raise_alarms(now() + timedelta(days=1))
        clerk = open_page()
        enter(clerk, "motcua")
        clerk.goto("/quay/")
        clerk.click("main a[href='/quay/thoi-han/']")
        axe(clerk)
        picture(clerk, "sap-het-thoi-han")
