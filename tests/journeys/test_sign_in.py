"""Công dân đăng nhập trên điện thoại: from a page, to the provider, back to that page; and out again."""

from __future__ import annotations

import re

import pytest

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.integrations.sign_in.tests.world import prepare

pytestmark = pytest.mark.journey
PHONE = 390
MINE = ("/cong-dan/", "/cong-dan/tai-khoan/", "/cong-dan/thiet-bi/", "/cong-dan/uy-quyen/", "/cong-dan/uy-quyen/moi/",
        "/cong-dan/ai-da-xem/")  # fmt: skip


@pytest.fixture
def provider(settings, live_server, seeded):
    prepare(settings, live_server)


def test_from_a_page_and_back_to_it(provider, open_page, axe, picture):
    data = ApplicantInput(name="Nguyễn Văn An", personal_number="033088000101")
    find_or_create_applicant(data, by=None, at=now())
    page = open_page("/tinh-ngay-hen-tra/?ngay=26/11/2026&gio=10:00&so=5", width=PHONE)
    page.get_by_role("link", name="Đăng nhập", exact=True).click()
    axe(page)
    picture(page, "cong-dan-dang-nhap")
    page.get_by_role("link", name="VNeID (mô phỏng)").click()
    axe(page)
    picture(page, "cong-dan-mo-phong")
    page.get_by_role("button", name="Nguyễn Văn An").first.click()
    assert "Có phải là bạn không?" in page.get_by_role("heading", level=1).inner_text()
    axe(page)
    picture(page, "cong-dan-xac-nhan")
    page.get_by_role("button", name="Đúng là tôi").click()
    page.wait_for_url(re.compile(r"/tinh-ngay-hen-tra/\?ngay=26/11/2026"))
    assert CitizenAccount.objects.get().name == "Nguyễn Văn An"
    for address in MINE:
        page.goto(address)
        axe(page)
        picture(page, f"cong-dan-{address.strip('/').split('/', 1)[-1].replace('/', '-')}")
    page.locator("header summary", has_text="Nguyễn Văn An").click()  # shown as “An” on a phone
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url(re.compile("dang-xuat"))
    assert "Bạn đã đăng xuất" in page.content()
    axe(page)
    page.get_by_role("link", name="đăng xuất cả VNeID").click()
    page.wait_for_url(re.compile(r"/\?state="))
    assert CitizenSession.objects.get().end == "SIGNED_OUT"


def test_a_fault_loses_nothing_without_javascript(provider, open_page):
    page = open_page("/cong-dan/dang-nhap/?next=/hang-cho/", width=PHONE, javascript=False)
    page.get_by_role("link", name="VNeID (mô phỏng)").click()
    page.get_by_text("Dựng thử sự cố").click()
    page.get_by_label("Sự cố xảy ra").select_option("WRONG_NONCE")
    page.get_by_role("button", name="Nguyễn Văn An").first.click()
    assert "trả lời không đúng" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Thử lại với VNeID").click()
    page.get_by_role("button", name="Nguyễn Văn An").first.click()
    page.wait_for_url(re.compile(r"/hang-cho/$"))


def test_the_page_of_a_fault_can_be_read_by_all(provider, open_page, axe, picture):
    page = open_page("/cong-dan/dang-nhap/ve/?state=la&code=la", width=PHONE)
    assert "không bắt đầu từ trình duyệt của bạn" in page.get_by_role("alert").inner_text()
    axe(page)
    picture(page, "cong-dan-loi")
