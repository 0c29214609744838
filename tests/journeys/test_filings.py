"""Hồ sơ trực tuyến và kết quả sai, as the counter and the leader meet them in a browser."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from motcua.service.dossiers.models import Correction, Dossier
from motcua.service.dossiers.operations.deciding import sign
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.tests.world import MONDAY
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import watch_filings
from motcua.service.filing.operations.submitting import FiledPart, submit
from motcua.service.procedures.models import Channel, LimitUnit
from tests.journeys.conftest import enter
from tests.journeys.test_bad_input import signed

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LATER = MONDAY + timedelta(hours=1)


def test_a_filing_is_completed_and_taken_in(world: Any, open_page: Any, axe: Any, picture: Any) -> None:
    Channel.objects.create(
        revision=world.revision,
        position=2,
        kind="ONLINE",
        limit_value=Decimal(4),
        limit_unit=LimitUnit.WORKING_DAY,
    )
    for number in (2, 3):
        parts = [FiledPart(paper.name, paper.pk) for paper in world.papers[:number]]
        submit(offering=world.offering, applicant=world.applicant, parts=parts, at=MONDAY)
    watch_filings(MONDAY)
    lacking, whole = Filing.objects.order_by("code")
    with patch("motcua.web.ui.pages.now", return_value=LATER):
        page = open_page()
        enter(page, "motcua")
        page.click("text=2 hồ sơ trực tuyến")
        axe(page)
        picture(page, "truc-tuyen-danh-sach")
        page.goto(f"/quay/truc-tuyen/{lacking.pk}/")
        page.click("button:has-text('Tiếp nhận')")
        page.wait_for_selector(".error-summary")
        axe(page)
        for part in lacking.parts.all():
            page.select_option(f"#f-part-{part.pk} select", "FINE")
        picture(page, "truc-tuyen-tra-loi")
        page.click("button:has-text('Yêu cầu bổ sung')")
        page.wait_for_selector("text=Đã yêu cầu bổ sung")
        page.goto(f"/quay/truc-tuyen/{whole.pk}/")
        page.click("button:has-text('Tiếp nhận')")
        page.wait_for_selector("text=Đã tiếp nhận hồ sơ trực tuyến")
    assert set(Filing.objects.values_list("state", flat=True)) == {"SUPPLEMENT_ASKED", "ACCEPTED"}
    assert Dossier.objects.get().channel == "ONLINE"


def test_a_wrong_result_is_mended_and_given_again(world: Any, open_page: Any, axe: Any, picture: Any) -> None:
    dossier = signed(world)
    if dossier.state != "SIGNED":
        sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY)
    issue(dossier_id=dossier.pk, number="12/TL", issued_on=date(2026, 3, 2), by=world.records, at=MONDAY)
    return_result(dossier_id=dossier.pk, by=world.clerk, at=MONDAY)
    with patch("motcua.web.ui.pages.now", return_value=LATER):
        clerk = open_page()
        enter(clerk, "motcua")
        clerk.goto(f"/quay/ho-so/{dossier.pk}/")
        clerk.click("text=Kết quả bị sai")
        clerk.check("input[name=fault][value=AGENCY]")
        clerk.fill("#f-wrong", "Sai ngày sinh: đúng là 12/5/1990.")
        axe(clerk)
        picture(clerk, "ket-qua-sai")
        clerk.click("button:has-text('Ghi nhận')")
        clerk.wait_for_selector("text=Đã ghi nhận kết quả sai")
        axe(clerk)
        picture(clerk, "ket-qua-sai-tai-quay")

        leader = open_page()
        enter(leader, "lanhdao")
        leader.goto("/ban-lam-viec/ket-qua-sai/")
        axe(leader)
        picture(leader, "ket-qua-sai-danh-sach")
        leader.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/sua-ket-qua/")
        leader.fill("#f-number", "13/TL")
        leader.fill("#f-cost_amount", "8000")
        axe(leader)
        picture(leader, "ket-qua-sai-sua")
        leader.click("button:has-text('Ký, chuyển về Một cửa')")
        leader.wait_for_selector("text=Đã ký kết quả sửa")

        clerk.goto(f"/quay/ho-so/{dossier.pk}/tra-ket-qua/")
        clerk.click("main button[type=submit] >> nth=0")
        clerk.wait_for_selector("text=Đã trả kết quả")
    dossier.refresh_from_db()
    assert dossier.state == "RETURNED"
    assert Correction.objects.get().cost_amount == 8000
