"""Tìm thủ tục trên điện thoại: from a sentence to the papers of one's own case, by keyboard alone and without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("offered"),
]


class TestFinding:
    def test_by_keyboard_alone(self, open_page: Any, axe: Any, picture: Any) -> None:
        page = open_page("/", width=390)
        axe(page)
        picture(page, "cong-trang-chu")
        page.focus("#find")
        page.keyboard.type("lam khai sinh")
        page.wait_for_selector(".suggestions a")
        assert "Đăng ký khai sinh" in page.inner_text(".suggestions")
        axe(page)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/thu-tuc/\?q=lam"))
        axe(page)
        picture(page, "cong-tim-thay")
        page.locator(".found a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/thu-tuc/1.001193/")
        axe(page)
        picture(page, "cong-thu-tuc")
        page.locator("input[name=c0]").first.focus()
        page.keyboard.press("Space")
        page.locator("input[name=c1]").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("c0=0.*c1=2"))
        assert "Bạn cần nộp 4 giấy tờ" in page.inner_text("#papers-title")
        assert "Văn bản ủy quyền" in page.inner_text("#papers")
        axe(page)
        picture(page, "cong-thu-tuc-truong-hop")

    def test_without_a_script_in_the_dark_and_in_large_letters(
        self, open_page: Any, picture: Any, live_server: Any
    ) -> None:
        page = open_page(width=390, javascript=False, dark=True)
        page.context.add_cookies([{"name": "size", "value": "large", "url": live_server.url}])
        page.goto("/")
        page.click("text=Sinh con")
        assert page.inner_text("h1") == "Sinh con"
        page.goto("/")
        page.fill("#find", "doi ten cho con")
        page.click(".finder button")
        page.click(".found a >> nth=0")
        assert "Thay đổi, cải chính" in page.inner_text("h1")
        page.check("input[name=c0][value='2']")
        page.click("text=Xem giấy tờ của tôi")
        assert "Giấy tờ có thông tin cần bổ sung" in page.inner_text("#papers")
        picture(page, "cong-khong-script")
