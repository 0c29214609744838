"""Chậm thì xin lỗi: foreseen by the system, signed by the leader, read by the applicant; then explained and published."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest

from motcua.core.time import VIETNAM
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Apology, Dossier, StepPace
from motcua.service.dossiers.operations.apologising import foresee_lateness
from motcua.service.dossiers.tests.world import MONDAY
from tests.journeys.conftest import enter
from tests.journeys.test_bad_input import in_work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
THURSDAY = datetime(2026, 3, 5, 9, tzinfo=VIETNAM)  # two working days before the letter must be out
AFTER = datetime(2026, 3, 30, 9, tzinfo=VIETNAM)
DUE = datetime(2026, 3, 6, 17, tzinfo=VIETNAM)
CAUSE = "Phải kiểm tra, xác minh thực tế nhiều lần"


def due_on_friday(world: Any) -> Dossier:
    """At work, with four working days to its end."""
    dossier = in_work(world)
    Dossier.objects.filter(pk=dossier.pk).update(
        due_at=DUE, first_due_at=DUE, received_at=MONDAY, clock_starts_at=MONDAY
    )
    dossier.refresh_from_db()
    return dossier


def test_is_foreseen_signed_and_read(world: Any, open_page: Any, axe: Any, picture: Any) -> None:
    dossier = due_on_friday(world)
    StepPace.objects.create(
        workflow_id=dossier.workflow_id, step_key=dossier.step_key, minutes=6 * 480, samples=40, as_of=MONDAY
    )
    with patch("motcua.web.ui.pages.now", return_value=THURSDAY):
        assert foresee_lateness(THURSDAY) == 1
        leader = open_page()
        enter(leader, "lanhdao")
        leader.goto("/ban-lam-viec/")
        axe(leader)
        leader.click("text=1 hồ sơ cần xin lỗi")
        picture(leader, "xin-loi-danh-sach")
        axe(leader)
        leader.click(f"a:has-text('{dossier.applicant_name}')")
        assert leader.locator("text=Vì sao dự báo chậm").count()
        leader.click("button:has-text('Ký và gửi')")
        leader.wait_for_selector(".error-summary")
        axe(leader)
        leader.select_option("#f-cause", label=CAUSE)
        leader.fill("#f-explanation", "Hẹn đo lại thửa đất với các hộ liền kề.")
        picture(leader, "xin-loi-thu")
        leader.click("button:has-text('Ký và gửi')")
        leader.wait_for_selector("text=hẹn lại hồ sơ")

        letter = Apology.objects.get()
        dossier.refresh_from_db()
        assert letter.extends
        assert (dossier.due_at, dossier.first_due_at) == (letter.due_after, DUE)
        assert Notice.objects.filter(subject_id=dossier.pk, channel="PORTAL").exists()
        read_by_all(dossier, open_page, axe, picture)


def read_by_all(dossier: Dossier, open_page: Any, axe: Any, picture: Any) -> None:
    """The applicant reads the letter and both dates; the officer reads that there is no second one."""
    citizen = open_page()
    citizen.goto("/tra-cuu/")
    citizen.fill("#f-ma", dossier.code)
    citizen.fill("#f-so", "1234")
    citizen.click("main button[type=submit]")
    citizen.wait_for_selector("text=xin lỗi vì hồ sơ chậm")
    assert citizen.locator("text=Hẹn đo lại thửa đất").count()
    axe(citizen)
    picture(citizen, "xin-loi-tra-cuu")
    officer = open_page()
    enter(officer, "chuyenvien")
    officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/")
    officer.wait_for_selector("text=chỉ cho hẹn lại một lần")
    officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    officer.wait_for_selector("text=Đã báo người nộp")
    axe(officer)
    picture(officer, "xin-loi-ho-so")


def test_is_explained_judged_and_published(world: Any, open_page: Any, axe: Any, picture: Any) -> None:
    dossier = due_on_friday(world)
    with patch("motcua.web.ui.pages.now", return_value=AFTER):
        officer = open_page()
        enter(officer, "chuyenvien")
        officer.goto("/ban-lam-viec/ho-so-cham/")
        picture(officer, "ho-so-cham")
        officer.click(f"a:has-text('{dossier.code}')")
        officer.select_option("#f-cause", label=CAUSE)
        officer.fill("#f-explanation", "Đo lại hai lần do mưa.")
        officer.click("button:has-text('Gửi giải trình')")
        officer.wait_for_selector("text=Đã giải trình")

        controller = open_page()
        enter(controller, "kiemsoat")
        controller.goto("/ban-lam-viec/ho-so-cham/?muc=cho-xem-xet")
        controller.click(f"a:has-text('{dossier.code}')")
        controller.check("input[name=verdict][value=REMINDED]")
        controller.fill("#f-outcome", "Đơn vị rút kinh nghiệm trong việc hẹn đo đạc.")
        controller.click("button:has-text('Ghi kết quả')")
        controller.wait_for_selector("text=Đã ghi kết quả xem xét")
        controller.click("button:has-text('Công khai')")
        controller.wait_for_selector("text=Đã công khai")
        axe(controller)
        picture(controller, "giai-trinh")
        controller.goto("/ban-lam-viec/ho-so-cham/nguyen-nhan/")
        axe(controller)
        picture(controller, "nguyen-nhan-cham")

        citizen = open_page()
        citizen.goto("/ho-so-cham/")
        citizen.wait_for_selector("text=Đơn vị rút kinh nghiệm")
        assert dossier.code not in citizen.content()
        assert dossier.applicant_name not in citizen.content()
        axe(citizen)
        picture(citizen, "ho-so-cham-cong-khai")
