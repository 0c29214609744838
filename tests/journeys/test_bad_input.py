"""Đầu vào xấu, at the pages: a sentence by its field, nothing typed or uploaded is lost, nothing happens twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import localtime

from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.documents.models import Document, StoredFile
from motcua.foundation.documents.tests import samples
from motcua.foundation.documents.tests.conftest import Clamd, Talk, running
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.org.models import Post
from motcua.service.dossiers.models import Dossier, Result
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY
from motcua.service.procedures.models import Revision
from motcua.service.workflows.models import Task
from tests.journeys.conftest import PASSWORD, enter, open_reception, tick_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk(world: Any, open_page: Any) -> Any:
    page = open_page()
    enter(page, "motcua")
    return page


@pytest.fixture
def clamd(world: Any, settings: Any) -> Iterator[Any]:
    """A scanner that knows only EICAR."""
    server = Clamd(("127.0.0.1", 0), Talk)
    settings.CLAMAV = f"127.0.0.1:{server.server_address[1]}"
    yield from running(server)


def bad_file(folder: Path, kind: str) -> str:
    path = (
        folder
        / {"empty": "trống.pdf", "huge": "nặng.pdf", "program": "giấy.pdf", "two faces": "ảnh.pdf"}[kind]
    )
    if kind == "huge":
        with path.open("wb") as target:
            target.write(b"%PDF-1.7\n")
            target.truncate(200 * 1024 * 1024)
    else:
        path.write_bytes(
            {"empty": b"", "program": b"MZ" + b"\0" * 400, "two faces": b"GIF89a" + b"\0" * 99}[kind]
        )
    return str(path)


FILES = [
    ("empty", "rỗng (0 byte)"),
    ("huge", "nặng 200 MB, vượt mức 50 MB"),
    ("program", "giấy.pdf"),
    ("two faces", "ảnh.pdf"),
]
GOOD = {
    "name": "Lò Thị Hòa",
    "personal_number": "011190001234",
    "birth": "05/03/1990",
    "phone": "0987654321",
    "street": "12 Trần Phú",
}
PEOPLE = [
    ("name", "A", "ít nhất 2 chữ cái"),
    ("name", "Nguyễn " * 42 + "Nguyễn", "tối đa 200 ký tự; bạn vừa nhập 300"),
    ("name", "", "Hãy nhập họ và tên"),
    ("personal_number", "01119000123", "đúng 12 chữ số; bạn vừa nhập 11"),
    ("birth", "31/02/1990", "Không có ngày 31/02/1990"),
    ("phone", "123", "Số điện thoại chưa đúng"),
]


def names(page: Any) -> list[str]:
    """The scans that wait on the page."""
    return list(page.locator(".scans li a:not(:has(img))").all_inner_texts())


class TestBadFile:
    def test_is_refused_beside_its_paper_and_nothing_is_lost(
        self, clerk: Any, world: Any, scan: str, tmp_path: Path, axe: Any
    ) -> None:
        open_reception(clerk, world)
        tick_all(clerk)
        clerk.fill("#f-fee_note", "Biên lai 12")
        paper = clerk.locator("fieldset:has(input[data-scan]) >> nth=0")
        paper.locator("input[data-scan]").set_input_files(scan)
        clerk.wait_for_selector(".scans li a")
        for kind, said in FILES:
            paper.locator("input[data-scan]").set_input_files(bad_file(tmp_path, kind))
            paper.locator(f".field-error:has-text('{said}')").wait_for()
            assert names(clerk) == ["tờ khai.pdf"]
        axe(clerk)
        assert clerk.input_value("#f-fee_note") == "Biên lai 12"
        assert clerk.locator(".ticks input:checked").count() == 3
        clerk.click("#receive")
        clerk.wait_for_selector("#done-title")
        dossier = Dossier.objects.get()
        assert (dossier.fee_note, dossier.scans.count(), StoredFile.objects.count()) == ("Biên lai 12", 1, 1)

    def test_without_javascript_too(self, world: Any, open_page: Any, scan: str, tmp_path: Path) -> None:
        page = open_page(javascript=False)
        enter(page, "motcua")
        open_reception(page, world)
        tick_all(page)
        page.fill("#f-fee_note", "Biên lai 12")
        page.set_input_files("input[data-scan] >> nth=1", scan)
        for kind, said in FILES:
            page.set_input_files("input[data-scan] >> nth=0", bad_file(tmp_path, kind))
            page.click("#receive")
            assert said in page.locator("fieldset .field-error").first.inner_text()
            assert names(page) == ["tờ khai.pdf"]
            assert page.input_value("#f-fee_note") == "Biên lai 12"
            assert Dossier.objects.count() == 0
        page.click("#receive")
        assert page.locator("#done-title").count() == 1
        assert (Dossier.objects.get().scans.count(), StoredFile.objects.count()) == (1, 1)

    def test_infected_is_kept_away_from_everybody(
        self, clerk: Any, world: Any, clamd: Any, tmp_path: Path, axe: Any, picture: Any
    ) -> None:
        infected = tmp_path / "đơn.pdf"
        infected.write_bytes(samples.pdf() + b"\n" + samples.EICAR + b"\n")
        open_reception(clerk, world)
        tick_all(clerk)
        clerk.set_input_files("input[data-scan] >> nth=0", str(infected))
        clerk.wait_for_selector(".scans li a")
        while deliver_due():
            pass
        clerk.click("#receive")
        clerk.wait_for_selector("#done-title")
        dossier = Dossier.objects.get()
        clerk.goto(f"/quay/ho-so/{dossier.pk}/")

        assert "đã cách ly" in clerk.inner_text("#giay-to .tone-late")
        axe(clerk)
        picture(clerk, "dau-vao-xau-eicar")
        assert Document.objects.get().quarantined_at is not None
        answer = clerk.goto(f"/quay/tep/{Document.objects.get().pk}/")
        assert answer.status == 422
        assert "cách ly" in clerk.inner_text("main")
        assert samples.EICAR not in answer.body()


class TestBadPerson:
    def test_is_refused_beside_its_field_and_keeps_the_rest(self, clerk: Any, axe: Any) -> None:
        people = Applicant.objects.count()
        clerk.goto("/quay/tiep-nhan/?moi=1")
        for field, typed, said in PEOPLE:
            given = {**GOOD, field: typed}
            for name, text in given.items():
                clerk.fill(f"#f-{name}", text)
            clerk.click("button:has-text('Tiếp tục')")
            clerk.wait_for_selector(f"#f-{field}-error:has-text('{said}')")
            assert clerk.locator(".field-error").count() == 1
            assert clerk.get_attribute(f"#f-{field}", "aria-invalid") == "true"
            assert {name: clerk.input_value(f"#f-{name}") for name in given} == given
            assert Applicant.objects.count() == people
        axe(clerk)
        clerk.fill(f"#f-{field}", GOOD[field])
        clerk.click("button:has-text('Tiếp tục')")
        clerk.wait_for_selector("text=Nộp để làm gì?")
        assert Applicant.objects.count() == people + 1

    def test_in_decomposed_letters_is_the_same_person(self, clerk: Any) -> None:
        name = "Đặng Thị Hòa"
        clerk.goto("/quay/tiep-nhan/?moi=1")
        clerk.fill("#f-name", unicodedata.normalize("NFD", name))
        clerk.click("button:has-text('Tiếp tục')")
        clerk.wait_for_selector("text=Nộp để làm gì?")

        assert Applicant.objects.filter(name=name).count() == 1
        for text in (unicodedata.normalize("NFD", name), "dang thi hòa", "DANG THI HÒA"):
            clerk.goto("/quay/tiep-nhan/")
            clerk.fill("#f-q", text)
            clerk.keyboard.press("Enter")
            clerk.wait_for_selector(".pick-list a")
            assert name in clerk.inner_text(".pick-list")


class TestTwice:
    def test_two_clerks_who_receive_the_same_form_in_the_same_second(
        self, clerk: Any, world: Any, open_page: Any
    ) -> None:
        neighbour = create_staff(
            username="quay.hai", full_name="Lý Thị Mận", password=PASSWORD, by=None, at=BEGINNING
        )
        post = Post.objects.get(agency=world.centre, role__code="CLERK")
        appoint(neighbour, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
        other = open_page()
        enter(other, "quay.hai")
        address = open_reception(clerk, world)
        other.goto(address)
        for page in (clerk, other):
            tick_all(page)
        for page in (clerk, other):  # neither waits for the other
            page.evaluate("setTimeout(() => document.getElementById('receive').click(), 50)")
        for page in (clerk, other):
            page.wait_for_url("**/quay/ho-so/**")

        dossier = Dossier.objects.get()
        assert Task.objects.of(dossier.pk).count() == 1
        assert Line.objects.filter(name="DossierReceived").count() == 1
        told = [page.inner_text("main") for page in (clerk, other)]
        assert all(dossier.code in one for one in told)
        second = next(page for page in (clerk, other) if "vua-nhan" not in page.url)
        assert "Không tiếp nhận lần hai" in second.inner_text(".messages")

    def test_going_back_and_receiving_again_leads_to_the_one_dossier(self, clerk: Any, world: Any) -> None:
        address = open_reception(clerk, world)
        tick_all(clerk)
        clerk.locator("#receive").dblclick()
        clerk.wait_for_selector("#done-title")
        for again in (clerk.go_back, lambda: clerk.goto(address)):
            again()
            clerk.wait_for_load_state()
            if clerk.locator("#receive").count():
                tick_all(clerk)
                clerk.click("#receive")
                clerk.wait_for_url("**/quay/ho-so/**")
            assert Dossier.objects.get().code in clerk.inner_text("body")

    def test_a_step_that_is_completed_twice_is_done_once(
        self, world: Any, open_page: Any, axe: Any, picture: Any
    ) -> None:
        dossier = in_work(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/"
        first, second = open_page(), open_page()
        for page in (first, second):
            enter(page, "chuyenvien")
            page.goto(address)
            page.check("[name=outcome][value=APPROVE]")
            page.fill("#act [name=reason]", "Đủ điều kiện.")
        first.locator(".act-bar .button-primary").dblclick()
        first.wait_for_selector("text=Đã trình hồ sơ")
        second.click(".act-bar .button-primary")
        second.wait_for_load_state()

        assert "đã sang bước “Xem xét, trình ký”" in second.inner_text("main")
        assert "Đủ điều kiện." in second.inner_text("main")  # what was written is not lost
        axe(second)
        picture(second, "dau-vao-xau-trang-cu")
        assert dossier.decisions.count() == 1
        assert Task.objects.of(dossier.pk).filter(step_key="work").count() == 1
        assert Task.objects.of(dossier.pk).filter(step_key="review").count() == 1
        assert Line.objects.filter(subject_id=dossier.pk, name="DecisionProposed").count() == 1

    def test_two_officers_take_one_waiting_dossier_and_one_gets_it(self, world: Any, open_page: Any) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(holder=None)
        Task.objects.open().filter(dossier_id=dossier.pk).update(holder=None)
        pages = []
        for username in ("chuyenvien", "chuyenvien2"):
            page = open_page()
            enter(page, username)
            page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/nhan-viec/")
            pages.append(page)
        for page in pages:
            page.evaluate("setTimeout(() => document.querySelector('.form-actions button').click(), 50)")
        for page in pages:
            page.wait_for_selector("text=/Bạn đã nhận hồ sơ|vừa có người khác nhận|vừa có người nhận/")
        told = " ".join(page.inner_text("body") for page in pages)

        dossier.refresh_from_db()
        assert dossier.holder in {world.officer, world.colleague}
        assert told.count("Bạn đã nhận hồ sơ") == 1
        assert Line.objects.filter(subject_id=dossier.pk, name="DossierClaimed").count() == 1


class TestBadResult:
    def test_a_day_that_does_not_exist_loses_neither_number_nor_file(
        self, world: Any, open_page: Any, scan: str, axe: Any
    ) -> None:
        dossier = signed(world)
        page = open_page()
        enter(page, "vanthu")
        page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        page.fill("#act [name=number]", "12/TL-HT")
        page.fill("#act [name=issued_on]", "31/02/2026")
        page.set_input_files("#act [name=file]", scan)
        page.click(".act-bar .button-primary")
        page.wait_for_selector("#f-issued_on-error")

        assert "“31/02/2026” chưa phải là một ngày" in page.inner_text("#f-issued_on-error")
        axe(page)
        assert page.input_value("#f-number") == "12/TL-HT"
        assert page.input_value("#f-issued_on") == "31/02/2026"
        assert "tờ khai.pdf" in page.inner_text("main")
        assert not Result.objects.exists()
        page.fill("#f-issued_on", f"{dossier.received_at:%d/%m/%Y}")
        page.click("main button[type=submit]:has-text('Phát hành')")
        page.wait_for_selector("text=Đã phát hành kết quả số 12/TL-HT")
        assert Result.objects.get().document.name == "tờ khai.pdf"
        assert Document.objects.count() == 1

    def test_the_wrong_four_digits_say_nothing(self, world: Any, open_page: Any, axe: Any) -> None:
        dossier = world.receive()
        page = open_page("/tra-cuu/")
        page.fill("#f-ma", dossier.code)
        page.fill("#f-so", "0000")
        page.click("main button[type=submit]")
        page.wait_for_selector("text=Không tìm thấy hồ sơ")

        axe(page)
        assert page.input_value("#f-ma") == dossier.code
        assert "Ánh" not in page.inner_text("body")


class TestBadAppointment:
    def test_a_day_of_ones_own_is_refused_by_its_field(
        self, clerk: Any, world: Any, axe: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A procedure without a number: the clerk may promise a day, with a reason."""
        monkeypatch.setattr(Revision, "limit_for", lambda *_: Limit(None, Unit.NONE))
        open_reception(clerk, world)
        tick_all(clerk)
        for day, reason, field, said in (
            ("31/02/2027", "Theo lịch kiểm tra", "due_on", "“31/02/2027” chưa phải là một ngày"),
            ("05/01/2026", "Theo lịch kiểm tra", "due_on", "phải sau lúc tiếp nhận"),
            ("", "Theo lịch kiểm tra", "due_on", "Hãy nhập cả ngày hẹn trả và lý do"),
            ("05/01/2027", "", "due_reason", "Hãy nhập cả ngày hẹn trả và lý do"),
        ):
            clerk.fill("#f-due_on", day)
            clerk.fill("#f-due_reason", reason)
            clerk.click("#receive")
            clerk.wait_for_selector(f"#f-{field}-error:has-text('{said}')")
            assert clerk.input_value("#f-due_on") == day
            assert clerk.input_value("#f-due_reason") == reason
            assert clerk.locator(".ticks input:checked").count() == 3
        axe(clerk)
        clerk.fill("#f-due_reason", "Theo lịch kiểm tra thực địa")
        clerk.click("#receive")
        clerk.wait_for_selector("#done-title")
        assert f"{localtime(Dossier.objects.get().due_at):%d/%m/%Y}" == "05/01/2027"


def in_work(world: Any) -> Dossier:
    """Distributed to the officer."""
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=MONDAY)
    assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY)
    dossier.refresh_from_db()
    assert dossier.state == State.IN_WORK
    return dossier  # type: ignore[no-any-return]


def signed(world: Any) -> Dossier:
    """Waiting for its number."""
    dossier = in_work(world)
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY)
    review(dossier_id=dossier.pk, by=world.head, at=MONDAY)
    sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY)
    dossier.refresh_from_db()
    return dossier
