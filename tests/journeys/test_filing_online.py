"""Nộp hồ sơ từ điện thoại: from the first page to the tracking of what was taken in, as a guest on a small screen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from motcua.core.time import now
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.models import Dossier
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.answering import Judged, accept, ask_supplement
from motcua.service.filing.tests.conftest import online
from motcua.service.forms.definition import Definition, Field, Group, Page, Widget
from motcua.service.forms.tests.sample import published
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.payments.states import DueKind

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE, ADDRESS = 390, "/nop-ho-so/2.000635/"
GO = "main .form-actions button[type=submit] >> nth=0"
ASKED = Definition(
    title="Tờ khai cấp bản sao",
    pages=(
        Page(
            key="request",
            title="Đề nghị",
            groups=(
                Group(
                    key="what",
                    fields=(
                        Field(name="copies", label="Số bản cần cấp", widget=Widget.NUMBER),
                        Field(name="why", label="Dùng để làm gì", widget=Widget.PARAGRAPH, is_required=False),
                    ),
                ),
            ),
        ),
    ),
)


@pytest.fixture
def online_world(world: Any) -> Any:
    """The world's procedure on line, with an electronic form and a fee that is halved on line."""
    online(world)
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    published(world, second, ASKED)
    set_fee_rule(
        offering=world.offering, kind=DueKind.CHARGE, name="Lệ phí cấp bản sao", amount=8000, online_percent_off=50,
        basis="Nghị quyết thử", valid_from=date(2026, 1, 1), at=now(),
    )  # fmt: skip
    return world


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "ảnh căn cước.jpg"
    path.write_bytes(samples.image())
    return str(path)


def tell_who(page: Any) -> None:
    page.fill("#f-name", "Lò Thị Hòa")
    page.fill("#f-personal_number", "014190001237")
    page.fill("#f-phone", "0987654321")
    page.click(GO)


def fill_form(page: Any) -> None:
    page.fill("[name=copies]", "2")
    page.click(GO)
    page.wait_for_url("**/giay-to/**")


def test_from_the_first_page_to_what_was_taken_in(
    online_world: Any, photo: str, open_page: Any, axe: Any, picture: Any
) -> None:
    def look(name: str) -> None:
        axe(page)
        picture(page, f"nop-{name}")

    page = open_page(ADDRESS, width=PHONE)
    look("bat-dau")
    page.click(GO)
    page.wait_for_url("**/nguoi-nop/**")
    page.click(GO)
    assert "Hãy nhập số định danh" in page.inner_text(".error-summary")
    look("nguoi-nop-loi")
    tell_who(page)
    page.wait_for_url("**/to-khai/**")
    look("to-khai")
    fill_form(page)
    page.click(GO)  # with nothing there
    assert page.locator(".error-summary li").count() == 2
    look("giay-to-loi")
    page.goto(page.url)
    second, third = online_world.papers[1:3]
    page.set_input_files(f"#file-{second.pk}", photo)
    page.wait_for_selector(f"#paper-{second.pk} .filing-file")
    page.check(f"input[name=on-paper-{third.pk}]")
    look("giay-to")
    page.click(GO)
    page.wait_for_url("**/nhan-ket-qua/**")
    look("nhan-ket-qua")
    page.get_by_label("Tại Bộ phận Một cửa").check()
    page.click(GO)
    page.wait_for_url("**/kiem-tra/**")
    assert "4.000 đồng" in page.inner_text("main")
    look("kiem-tra")
    page.check("#f-truth")
    page.click(GO)
    page.wait_for_url("**/da-nop/**")
    assert "Bạn cần nộp 4.000 đồng" in page.inner_text("main")
    look("da-nop")
    page.get_by_role("link", name="Theo dõi hồ sơ").click()
    page.wait_for_url("**/cong-dan/ho-so/TT-**")
    look("theo-doi")
    _complete(page, online_world, photo, look)
    filing = Filing.objects.get()
    came = filing.parts.filter(is_on_paper=True).values_list("pk", flat=True)
    accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=list(came))
    page.goto(f"/cong-dan/ho-so/{filing.code}/")
    dossier = Dossier.objects.get()
    page.wait_for_url(f"**/cong-dan/ho-so/{dossier.code}/")
    assert "Bạn cần nộp 4.000 đồng" in page.inner_text("main")
    assert page.get_by_text("Đã tiếp nhận hồ sơ", exact=True).count() == 1
    look("da-tiep-nhan")


def _complete(page: Any, world: Any, photo: str, look: Any) -> None:
    """The clerk asks for one paper again; it is sent from the phone."""
    filing = Filing.objects.get()
    judged = {
        part.pk: Judged("MEND", "Chụp lại cho rõ bốn góc") if part.documents.exists() else Judged("FINE")
        for part in filing.parts.all()
    }
    ask_supplement(filing_id=filing.pk, judged=judged, missing=[], by=world.clerk, at=now())
    page.reload()
    page.get_by_role("link", name="Bổ sung ngay").click()
    page.wait_for_url("**/bo-sung/**")
    page.click(GO)
    assert "Chưa có tệp" in page.inner_text(".error-summary")
    look("bo-sung-loi")
    page.set_input_files("main input[type=file]", photo)
    page.click(GO)
    page.wait_for_url(f"**/cong-dan/ho-so/{filing.code}/")
    assert "Đã gửi phần bổ sung" in page.inner_text("body")
    filing.refresh_from_db()
    assert filing.state == "SUBMITTED"
