"""A citizen fills in a form: on a phone, with and without a script; conditions and sums follow while one types."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import build_world
from motcua.service.forms.asking import answers_of
from motcua.service.forms.operations.answering import begin
from motcua.service.forms.tests.sample import AT, published

pytestmark = pytest.mark.urls("motcua.web.ui.tests.eform_urls")
GOES_ON = ".form-actions button[type=submit]"


@pytest.fixture
def subject(transactional_db: None) -> UUID:
    seed_law()
    world = build_world()
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    key = uuid4()
    version = published(world, second)
    begin(subject_id=key, version=version, by=None, at=AT, known={"account.name": "Nguyễn Văn An"})
    return key


def test_conditions_and_sums_follow_while_one_types(
    subject: UUID, open_page: Any, axe: Any, picture: Any
) -> None:
    page = open_page(f"/thu/{subject}/person/", width=390)
    guardian = page.locator("[name=guardian]")
    assert not guardian.is_visible()
    page.fill("[name=born]", "5/3/2015")
    assert guardian.is_visible()
    assert page.locator("[data-output]").inner_text().isdecimal()
    page.fill("[name=born]", "1985")
    assert not guardian.is_visible()
    page.get_by_label("Địa chỉ trước 01/07/2025").check()
    assert page.get_by_label("Huyện, quận, thị xã").is_visible()
    assert not page.get_by_label("Xã, phường, đặc khu").is_visible()
    page.get_by_label("Địa chỉ hiện nay").check()
    page.get_by_label("Tỉnh, thành phố", exact=True).select_option("31")
    with page.expect_response(lambda answer: "dia-danh" in answer.url):
        page.get_by_label("Xã, phường, đặc khu").press_sequentially("tu ky", delay=20)
    page.wait_for_selector("datalist option[value='Xã Tứ Kỳ']", state="attached")
    picture(page, "bieu-mau-nguoi-khai")
    page.click(GOES_ON)
    page.wait_for_url("**/family/")
    assert not page.locator("[data-row]").first.is_visible()
    page.get_by_label("Có", exact=True).check()
    assert page.locator("[data-row]").first.is_visible()
    page.click(GOES_ON)
    page.wait_for_selector(".error-summary")
    axe(page)
    picture(page, "bieu-mau-gia-dinh-loi")
    page.fill("[name='children.0.child']", "Nguyễn Thị Bé")
    page.get_by_label("Nữ").check()
    with page.expect_navigation():
        page.click("button[name=_add]")
    with page.expect_navigation():
        page.click("button[name=_drop][value='children.1']")
    assert page.locator("[data-row]").count() == 1
    page.click(GOES_ON)
    page.wait_for_url("**/money/")
    _ask_and_check(page, axe, picture)
    found = answers_of(subject)
    assert found
    assert found.data["children"] == [{"child": "Nguyễn Thị Bé", "sex": "NU"}]  # hidden, not thrown away


def _ask_and_check(page: Any, axe: Any, picture: Any) -> None:
    """The last page, the confirm page, and back to change an answer."""
    free = page.locator(".eform-field[data-name=why] .field-optional")
    page.fill("[name=amount]", "500000")
    assert free.is_visible()
    page.fill("[name=amount]", "1500000")
    assert not free.is_visible()  # more than a million: now the reason must be told
    page.press("[name=amount]", "Tab")
    assert page.input_value("[name=amount]") == "1.500.000"
    page.get_by_label("Lý do").fill("Mua giống")
    page.get_by_label("Tôi cam đoan khai đúng").check()
    page.click(GOES_ON)
    page.wait_for_url("**/kiem-tra/")
    axe(page)
    picture(page, "bieu-mau-kiem-tra")
    page.get_by_role("link", name="Sửa Gia đình").click()
    page.get_by_label("Không", exact=True).check()
    page.click(GOES_ON)
    page.wait_for_url("**/kiem-tra/")
    assert "Nguyễn Thị Bé" not in page.inner_text("main")


def test_goes_on_without_a_script(subject: UUID, open_page: Any) -> None:
    page = open_page(f"/thu/{subject}/person/", width=390, javascript=False)
    page.fill("[name=born]", "05/03/2015")
    page.select_option("[name='home.province']", "31")
    page.fill("[name='home.ward']", "tu ky")
    page.click(GOES_ON)
    assert "Hãy ghi: người giám hộ." in page.inner_text(".error-summary")
    page.fill("[name=guardian]", "Trần Thị Mẹ")
    page.press("[name=guardian]", "Enter")
    page.wait_for_url("**/family/")
