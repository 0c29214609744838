"""Từ quầy đến kết quả: five people carry one dossier of three papers until its result is handed over."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice
from pypdf import PdfReader

from motcua.foundation.identity.models import Applicant
from motcua.foundation.ledger.commands import ledger
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.service.dossiers.models import Dossier, Result
from motcua.service.dossiers.states import State
from motcua.service.workflows.models import Task
from tests.journeys.conftest import enter, tick_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NAME, NUMBER, PHONE = "Lò Thị Hòa", "011190001234", "0987654321"


class Walk:
    """One browser window: every page that it stops at is photographed and asked for barriers."""

    def __init__(self, page: Any, axe: Any, picture: Any) -> None:
        self.page, self.axe, self.picture = page, axe, picture

    def stop(self, name: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.axe(self.page)
        self.picture(self.page, f"hanh-trinh-{name}")


@pytest.fixture
def walk(open_page: Any, axe: Any, picture: Any) -> Any:
    def begin(username: str) -> Walk:
        page = open_page()
        enter(page, username)
        return Walk(page, axe, picture)

    return begin


def pdf_text(page: Any, address: str) -> str:
    answer = page.request.get(address)
    assert answer.status == 200, answer.text()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    return " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)


def verify_ledger() -> Any:
    return CliRunner().invoke(ledger, ["verify"])


def receive(walk: Walk, world: Any, scan: str) -> Dossier:
    """The clerk: a person who has never come before, the procedure, the papers with a scan, the appointment."""
    page = walk.page
    assert page.url.endswith("/quay/")
    walk.stop("01-quay")
    page.click("text=Tiếp nhận hồ sơ >> nth=0")
    page.fill("#f-q", NUMBER)
    page.keyboard.press("Enter")
    assert page.input_value("#f-personal_number") == NUMBER
    page.fill("#f-name", NAME)
    page.fill("#f-phone", PHONE)
    page.fill("#f-birth", "1990")
    walk.stop("02-nguoi-nop")
    page.click("button:has-text('Tiếp tục')")
    page.fill("#f-q", "trich luc")
    page.wait_for_selector("#found .pick-list a")
    walk.stop("03-thu-tuc")
    page.click("#found .pick-list a")
    if not page.locator("#receive").count():
        walk.stop("04-truong-hop")
        page.click(".pick-list a >> nth=0")
    page.set_input_files("input[data-scan] >> nth=0", scan)
    page.wait_for_selector(".scans li a")
    tick_all(page)
    appointment = page.locator(".appointment-day time").get_attribute("datetime")
    page.click("summary:has-text('Vì sao ngày này?')")
    assert page.locator(".count tbody tr").count() >= 5
    walk.stop("05-giay-to-va-hen-tra")
    page.click("#receive")
    page.wait_for_selector("#done-title")
    walk.stop("06-da-tiep-nhan")

    dossier = Dossier.objects.get()
    assert NAME in page.inner_text("#done-title")
    assert dossier.code in page.inner_text("main")
    assert dossier.due_at == datetime.fromisoformat(appointment)
    assert dossier.applicant == Applicant.objects.get(name_folded="lo thi hoa")
    assert dossier.parts.count() == 3
    assert dossier.scans.count() == 1
    return dossier


def read_papers(page: Any, dossier: Dossier) -> None:
    """The receipt says what the page said, and opens as a PDF."""
    receipt = pdf_text(page, f"/quay/ho-so/{dossier.pk}/in/giay-hen/")
    assert dossier.code in receipt
    assert NAME.upper() in receipt.upper()
    assert re.search(rf"{dossier.due_at:%d}\D+{dossier.due_at:%m}\D+{dossier.due_at:%Y}", receipt)
    assert "Giấy tờ tùy thân" in receipt


def hand_over(walk: Walk, dossier: Dossier) -> None:
    page = walk.page
    page.goto(f"/quay/ho-so/{dossier.pk}/")
    walk.stop("07-ho-so-tai-quay")
    page.goto("/quay/ban-giao/")
    page.check("input[name=id] >> nth=0")
    walk.stop("08-ban-giao")
    page.click("[data-bulk] button:has-text('Bàn giao')")
    page.wait_for_selector("text=Đã bàn giao 1 hồ sơ")
    walk.stop("09-da-ban-giao")
    dossier.refresh_from_db()
    assert dossier.state == State.TRANSFERRED


def act(page: Any, dossier: Dossier, **typed: str) -> None:
    """Open the dossier at the desk, fill what the act asks and press the one primary button."""
    page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    for name, value in typed.items():
        field = page.locator(f"#act [name={name}]").first
        kind = field.evaluate("e => e.type")
        if kind == "radio":
            page.check(f"#act [name={name}][value={value}]")
        elif kind.startswith("select"):
            field.select_option(value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)


def press_primary(page: Any, sentence: str) -> None:
    page.click(".act-bar .button-primary")
    page.wait_for_selector(f"text={sentence}")


def settle(walk: Any, world: Any, dossier: Dossier, scan: str) -> None:
    """The department: distribute, propose, review, sign (after the second factor), give the number."""
    head = walk("truongphong")
    head.page.goto("/ban-lam-viec/?muc=cho-nhan")
    head.stop("10-viec-cho-nhan")
    act(head.page, dossier, holder=str(world.officer.pk), note="Làm sớm giúp chị Hòa.")
    head.stop("11-phan-cong")
    press_primary(head.page, "Đã phân công Hoàng Minh Em")

    officer = walk("chuyenvien")
    officer.page.goto("/ban-lam-viec/")
    assert NAME in officer.page.inner_text("main")
    officer.stop("12-viec-cua-toi")
    officer.page.click(".desk-name a")
    officer.page.wait_for_selector("#beside .sheet")
    officer.stop("13-ho-so-ben-canh")
    act(officer.page, dossier, outcome="APPROVE", reason="Đủ điều kiện theo Điều 63 Luật Hộ tịch.")
    officer.page.click(".paper-file summary")
    officer.stop("14-trinh-ket-qua")
    press_primary(officer.page, "Đã trình hồ sơ")

    head.page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    head.stop("15-xem-xet")
    press_primary(head.page, "Đã trình ký hồ sơ")

    leader = walk("lanhdao")
    assert TOTPDevice.objects.filter(user=world.leader, confirmed=True).exists()
    leader.page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
    leader.stop("16-ky")
    press_primary(leader.page, "Đã ký hồ sơ")

    records = walk("vanthu")
    act(records.page, dossier, number="12/TL-HT", file=scan)
    records.stop("17-phat-hanh")
    press_primary(records.page, "Đã phát hành kết quả số 12/TL-HT")


def give_back(walk: Walk, dossier: Dossier) -> None:
    page = walk.page
    page.goto("/quay/tra-ket-qua/")
    walk.stop("18-ket-qua-cho-tra")
    page.fill("main #f-q", dossier.code)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã trao kết quả")
    walk.stop("19-tra-ket-qua")
    page.click("button:has-text('Đã trao kết quả')")
    page.wait_for_selector("text=Đã trả kết quả hồ sơ")
    walk.stop("20-da-tra")
    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert Result.objects.get(dossier=dossier).number == "12/TL-HT"
    assert not Task.objects.of(dossier.pk).filter(completed_at=None).exists()


def track(citizen: Walk, dossier: Dossier) -> None:
    """The applicant sees how it ended, and nobody's numbers."""
    citizen.stop("21-tra-cuu")
    citizen.page.fill("#f-so", PHONE[-4:])
    citizen.page.click("main button[type=submit]")
    citizen.page.wait_for_selector("text=Kết quả đã trả")
    citizen.stop("22-theo-doi")
    told = citizen.page.inner_text("main")
    assert dossier.code in told
    assert NUMBER not in told
    assert PHONE not in told


class TestCounterToResult:
    def test_walks_from_the_counter_to_the_returned_result(
        self, world: Any, scan: str, walk: Any, open_page: Any, axe: Any, picture: Any
    ) -> None:
        clerk = walk("motcua")
        dossier = receive(clerk, world, scan)
        read_papers(clerk.page, dossier)
        hand_over(clerk, dossier)
        while deliver_due():  # the worker: previews of the scan
            pass
        settle(walk, world, dossier, scan)
        give_back(clerk, dossier)
        sheet = pdf_text(clerk.page, f"/quay/ho-so/{dossier.pk}/in/phieu-kiem-soat/")
        for person in (world.clerk, world.head, world.officer, world.leader, world.records):
            assert person.full_name in sheet
        track(Walk(open_page(f"/tra-cuu/?ma={dossier.code}"), axe, picture), dossier)
        self.check_ledger(dossier)

    def check_ledger(self, dossier: Dossier) -> None:
        """Green as it stands; red as soon as somebody changes one line behind its back."""
        names = list(
            Line.objects.filter(subject_id=dossier.pk).order_by("number").values_list("name", flat=True)
        )
        assert names[0] == "DossierReceived"
        for name in (
            "DossierTransferred",
            "WorkAssigned",
            "DecisionProposed",
            "DecisionSigned",
            "ResultIssued",
        ):
            assert names.count(name) == 1
        assert "ResultReturned" in names
        verdict = verify_ledger()
        assert verdict.exit_code == 0, verdict.output
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_line SET payload = jsonb_set(payload, '{code}', '\"H31.2-260101-9999\"') "
                "WHERE subject_id = %s AND number = 1",
                [dossier.pk],
            )
        verdict = verify_ledger()
        assert verdict.exit_code == 1
        assert str(dossier.pk) in verdict.output
        assert "dòng 1" in verdict.output
