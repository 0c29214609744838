"""Trọn một việc trên điện thoại: found in plain words, filed, paid, completed, received, verified, and carried home."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from pyzbar.pyzbar import decode

from motcua.config.apps import _connect_channels
from motcua.core.time import local_date, now
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.signing.tests.world import picture as drawn
from motcua.integrations.sign_in.tests.world import prepare
from motcua.service.dossiers.models import Delivery, Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.delivering import look_at_delivery
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.supplementing import ItemIn, ask_supplement
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import accept
from motcua.service.holdings.models import PaperUse
from motcua.service.holdings.operations.keeping import match, set_paper_type
from motcua.service.holdings.tests.conftest import kept
from motcua.service.paperwork.operations.charging import open_series
from motcua.service.payments import books
from motcua.service.payments.models import Due, Payment, PaymentChannel
from motcua.service.postal.operations import carrying
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import carrier, ordered
from motcua.service.procedures.operations.finding import index_missing
from motcua.service.results.models import IssuedResult
from motcua.service.results.operations.drafting import put_draft
from motcua.service.results.tests.world import equip, upload
from tests.journeys.test_filing_online import GO, online_world, photo  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = 390


def worker_works() -> None:
    """Whatever waits in the outbox, until nothing does; in a thread of its own: the browser's loop runs in this one."""

    def work() -> None:
        try:
            while deliver_due():
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        worker.submit(work).result()


@dataclass
class Province:
    """The world as the citizen meets it: with providers, a platform, a post, and a paper of theirs in the store."""

    office: World
    me: Applicant
    files: Path


@pytest.fixture
def province(
    online_world: World,  # noqa: F811
    live_server: Any,
    settings: Any,
    tmp_path: Path,
) -> Iterator[Province]:
    prepare(settings, live_server)
    settings.SITE_URL = live_server.url
    world = online_world
    equip(world, tmp_path / "keys", settings)
    index_missing(on=local_date(now()))
    me = find_or_create_applicant(
        ApplicantInput(name="Nguyễn Văn An", personal_number="033088000101"), by=None, at=BEGINNING
    )
    kind = set_paper_type(
        code="CT", name="Xác nhận cư trú", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
    )  # fmt: skip
    match(kind, world.papers[2].name)
    kept(me, kind, title="Xác nhận cư trú", number="77/XN")
    PaymentChannel.objects.create(
        agency=world.centre, adapter="dvcqg", way="PLATFORM", state="PUBLISHED", name="Cổng thanh toán",
        position=1,
        details={"endpoint": "mo-phong", "ma_doi_tac": "DT01"}, valid_from=LONG_AGO,
    )  # fmt: skip
    for kind_of_due, symbol in (("FEE", "P-26"), ("CHARGE", "L-26")):
        open_series(
            agency_id=world.centre.pk, kind=kind_of_due, template="01BLP", symbol=symbol, tax_code="0900000001",
            valid_from=LONG_AGO, by=world.admin, at=BEGINNING,
        )  # fmt: skip
    _connect_channels()
    yield Province(world, me, tmp_path)
    _connect_channels()


class Finger:
    """Who touches a screen that runs scripts."""

    has_scripts = True

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, target: Any, *, stays: bool = False) -> None:
        """Press what leads to another page, or `stays` on this one."""
        self.there(target).click()

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def mark(self, target: Any) -> None:
        self.there(target).check()

    def attach(self, selector: str, path: str) -> None:
        self.page.set_input_files(selector, path)

    def there(self, target: Any) -> Any:
        return self.page.locator(target).first if isinstance(target, str) else target.first


class Keys(Finger):
    """Who has neither finger nor mouse, in a browser that runs no script: Tab, Space, Enter and letters."""

    has_scripts = False
    MOST = 90  # presses of Tab until one gives up

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.choosers: list[
            Any
        ] = []  # kept from the start: asked for only as the key is pressed, it may come too late
        page.on("filechooser", self.opens)

    def opens(self, chooser: Any) -> None:
        self.choosers.append(chooser)

    def press(self, target: Any, *, stays: bool = False) -> None:
        self.go_to(target)
        with nullcontext() if stays else self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.go_to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def mark(self, target: Any) -> None:
        """A mark by Space; among choices of which one is to be made, Tab leads to the group and an arrow on to it."""
        if self.there(target).get_attribute("type") == "radio":
            self.choose(target)
        elif not self.there(target).is_checked():
            self.go_to(target)
            self.page.keyboard.press("Space")

    def attach(self, selector: str, path: str) -> None:
        self.go_to(selector)
        self.choosers.clear()
        for wait in range(150):
            if not wait % 50:
                self.page.keyboard.press("Space")  # again after five seconds: a busy browser may lose a key
            self.page.wait_for_timeout(100)
            if self.choosers:
                return self.choosers[0].set_files(path)
        pytest.fail(f"{selector} opens no choice of files on {self.page.url}")

    def choose(self, target: Any) -> None:
        wanted = self.there(target)
        group = f"input[type=radio][name='{wanted.get_attribute('name')}']"
        self.go_to(group, any_of=True)
        self.page.keyboard.press("Space")
        for _ in range(self.page.locator(group).count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"{target} is not reached by the arrows on {self.page.url}")

    def go_to(self, target: Any, *, any_of: bool = False) -> None:
        self.page.evaluate("document.activeElement.blur()")
        wanted = self.page.locator(target) if any_of else self.there(target)
        for _ in range(self.MOST):
            self.page.keyboard.press("Tab")
            found = wanted.evaluate_all("all => all.includes(document.activeElement)")
            if found:
                return
        pytest.fail(f"{target} is not reached by Tab on {self.page.url}")


@dataclass
class Citizen:
    """Somebody with a phone."""

    hand: Finger
    province: Province
    look: Callable[[str], None]

    @property
    def page(self) -> Any:
        return self.hand.page

    def go_on(self, until: str) -> None:
        self.hand.press(GO)
        self.page.wait_for_url(until)

    def is_refused(self, shown: str = "") -> None:
        """Press on and be told what is wrong, on the same page."""
        self.hand.press(GO)
        self.page.wait_for_selector(f".error-summary:has-text('{shown}')")

    def finds_it(self) -> None:
        page = self.page
        self.look("trang-dau")
        self.hand.write("#find", "xin ban sao trich luc")
        self.hand.press(".finder button")
        page.wait_for_url(re.compile("/thu-tuc/"))
        self.look("tim-thay")
        self.hand.press(".found a")
        page.wait_for_url("**/thu-tuc/2.000635/")
        self.look("thu-tuc")
        self.hand.press(page.get_by_role("link", name="Nộp trực tuyến"))
        page.wait_for_url("**/nop-ho-so/2.000635/")
        self.look("bat-dau")

    def signs_in(self) -> None:
        page = self.page
        self.hand.press(page.get_by_role("link", name="Đăng nhập", exact=True))
        self.hand.press(page.get_by_role("link", name="VNeID (mô phỏng)"))
        self.hand.press(page.get_by_role("button", name="Nguyễn Văn An"))
        self.hand.press(page.get_by_role("button", name="Đúng là tôi"))
        page.wait_for_url("**/nop-ho-so/2.000635/")
        self.look("da-dang-nhap")

    def fills_in(self) -> None:
        page = self.page
        self.go_on("**/nguoi-nop/**")
        self.look("nguoi-nop")
        assert page.input_value("#f-name") == "Nguyễn Văn An"
        self.hand.write("#f-phone", "0912000111")
        self.go_on("**/to-khai/**")
        self.is_refused()
        self.look("to-khai-loi")
        self.hand.write("[name=copies]", "2")
        self.go_on("**/giay-to/**")

    def gives_papers(self, photo: str) -> None:  # noqa: F811
        page, (_, second, third) = self.page, self.province.office.papers
        self.hand.attach(f"#file-{second.pk}", photo)
        if not self.hand.has_scripts:
            self.hand.press(f"#paper-{second.pk} .drop button")
        page.wait_for_selector(f"#paper-{second.pk} .filing-file")
        assert page.is_checked(f"input[name=held-{third.pk}]")
        self.is_refused("Hãy đánh dấu đồng ý")
        self.look("giay-to-loi")
        self.hand.mark("#f-consent")
        self.go_on("**/nhan-ket-qua/**")
        self.hand.mark(page.get_by_role("radio", name="Qua bưu chính"))
        self.is_refused()
        self.look("nhan-ket-qua-loi")
        self.hand.write("#f-return_address", "Thôn Đông, xã Mẫu")
        self.go_on("**/kiem-tra/**")
        self.look("kiem-tra")

    def files(self) -> None:
        self.hand.mark("#f-truth")
        self.go_on("**/da-nop/**")
        self.look("da-nop")

    def pays(self) -> None:
        page = self.page
        self.hand.press(page.get_by_role("link", name="Nộp tiền"))
        page.wait_for_url("**/thanh-toan/**")
        self.look("nop-tien")
        self.hand.press(GO)
        page.wait_for_url("**/mo-phong/thanh-toan/**")
        # The money has gone, and nobody has told us.
        self.hand.press(page.get_by_role("button", name="Thành công nhưng cổng không báo"))
        page.wait_for_url("**/thanh-toan/**")
        assert "không thành công" not in page.inner_text("main")
        worker_works()
        page.reload()
        assert "Bạn đã nộp 4.000 đồng" in page.inner_text("h1")
        self.look("da-nop-tien")

    def sees(self, code: str) -> None:
        self.page.goto(f"/cong-dan/ho-so/{code}/")

    def completes(self, photo: str) -> None:  # noqa: F811
        page = self.page
        self.hand.press(page.get_by_role("link", name="Bổ sung trực tuyến"))
        page.wait_for_url("**/bo-sung/")
        self.is_refused()
        self.look("bo-sung-loi")
        self.hand.attach("main input[type=file]", photo)
        self.go_on("**/cong-dan/ho-so/*/")
        told = page.inner_text("main")
        assert "Bạn đã gửi phần bổ sung" in told
        assert "Một cửa xem phần bổ sung" in told
        assert "Bạn cần bổ sung" not in told
        self.look("da-bo-sung")

    def takes_receipt(self) -> None:
        page = self.page
        self.hand.press(page.get_by_role("link", name="Xem, tải biên lai"))
        paper = page.get_by_role("link", name="Tải biên lai (PDF)").get_attribute("href")
        assert page.request.get(paper).body().startswith(b"%PDF-")
        self.look("bien-lai")
        self.hand.press(page.get_by_role("link", name="Xem hồ sơ"))
        page.wait_for_url("**/cong-dan/ho-so/**")  # without being asked for the four digits

    def takes(self, link: str) -> bytes:
        with self.page.expect_download() as taken:
            self.hand.press(self.page.get_by_role("link", name=link), stays=True)
        return Path(taken.value.path()).read_bytes()


class Office:
    """What the people of the agencies do meanwhile, by operations."""

    def __init__(self, province: Province) -> None:
        self.world = province.office

    @property
    def dossier(self) -> Dossier:
        return Dossier.objects.get()

    def takes_in(self) -> Dossier:
        world = self.world
        dossier = accept(filing_id=Filing.objects.get().pk, by=world.clerk, at=now())
        transfer(dossier_id=dossier.pk, by=world.clerk, at=now())
        assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=now())
        return dossier

    def asks(self) -> None:
        items = [
            ItemIn(
                verdict="MEND" if part.position == 2 else "FINE",
                instruction="Chụp lại cho rõ bốn góc" if part.position == 2 else "",
                part_id=part.pk,
            )
            for part in self.dossier.parts.order_by("position")
        ]
        ask_supplement(
            dossier_id=self.dossier.pk, items=items, reason="Ảnh giấy tờ tùy thân bị mờ", contact_name="Hoàng Minh Em",
            contact_phone="02203123456", by=self.world.officer, at=now(),
        )  # fmt: skip

    def is_content(self) -> None:
        look_at_delivery(delivery_id=Delivery.objects.get().pk, faults={}, by=self.world.clerk, at=now())

    def settles(self) -> None:
        world, dossier = self.world, self.dossier
        draft = upload(world.officer, text="Trích lục khai sinh của Nguyễn Văn An")
        put_draft(dossier_id=dossier.pk, document_id=draft.pk, by=world.officer, at=now())
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=now())
        review(dossier_id=dossier.pk, by=world.head, at=now())
        sign(dossier_id=dossier.pk, by=world.leader, at=now())
        issue(
            dossier_id=dossier.pk, number="12/TL", issued_on=local_date(now()), by=world.records, at=now()
        )  # fmt: skip
        worker_works()

    def posts(self) -> None:
        world = self.world
        parcel = ordered(world, self.dossier, carrier(), now())
        carrying.hand_over(shipment_ids=[parcel.pk], by=world.clerk, at=now())
        carrying.note_by_hand(
            shipment_id=parcel.pk, meaning=Meaning.IN_TRANSIT, words="Đến bưu cục phát", happened_at=now(),
            key=parcel.pk, by=world.clerk, at=now(),
        )  # fmt: skip


def go_the_whole_way(me: Citizen, office: Office, photo: str) -> None:  # noqa: F811
    """From the plain words to the parcel; what the offices do meanwhile stands between."""
    page, look = me.page, me.look
    me.finds_it()
    me.signs_in()
    me.fills_in()
    me.gives_papers(photo)
    me.files()
    assert PaperUse.objects.used().get().paper == me.province.office.papers[2]
    me.pays()

    dossier = office.takes_in()
    me.sees(dossier.code)
    assert "Bạn cần nộp" not in page.inner_text("main")
    look("da-tiep-nhan")
    due = Due.objects.get()
    assert (due.state, due.subject_id, Payment.objects.count()) == ("PAID", dossier.pk, 1)
    me.takes_receipt()
    office.asks()
    page.reload()
    look("can-bo-sung")
    me.completes(photo)
    office.is_content()
    office.settles()

    page.reload()
    look("co-ket-qua")
    [code] = decode(drawn(me.takes("Tải bản có chữ ký số")))
    address = code.data.decode()
    page.goto(urlsplit(address).path)
    assert "Giấy thật, đang có hiệu lực" in page.inner_text("h1")
    assert address.lower().startswith(page.url.split("/X/")[0].lower())
    look("xac-thuc")

    office.posts()
    me.sees(dossier.code)
    for line in ("Đã giao Bưu điện tỉnh", "Đến bưu cục phát", "Hẹn phát"):
        assert line in page.inner_text("main")
    look("buu-chinh")
    assert books.faults() == []


def test_the_whole_way(
    province: Province,
    photo: str,  # noqa: F811
    open_page: Any,
    axe: Any,
    picture: Any,
) -> None:
    page = open_page("/", width=PHONE)

    def look(name: str) -> None:
        axe(page)
        picture(page, f"tron-duong-{name}")

    go_the_whole_way(Citizen(Finger(page), province, look), Office(province), photo)


def test_the_whole_way_by_keyboard_alone_without_javascript(
    province: Province,
    photo: str,  # noqa: F811
    open_page: Any,
) -> None:
    page = open_page("/", width=PHONE, javascript=False)
    go_the_whole_way(Citizen(Keys(page), province, lambda _: None), Office(province), photo)
    page.goto("/xac-thuc/")
    hand = Keys(page)
    hand.write("#f-ma", IssuedResult.objects.get().paper_id.lower())
    hand.press("main button[type=submit]")
    page.wait_for_selector("h1:has-text('Giấy thật, đang có hiệu lực')")
