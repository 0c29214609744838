"""Giao diện: what the script adds, tried in a browser: keys, ticks, days, money, appearance."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
STYLE = "/giao-dien/"


def press(page, *keys):
    """As a hand presses: a machine that types faster is taken for a reader of codes."""
    for key in keys:
        page.wait_for_timeout(60)
        page.keyboard.press(key)


def focused(page):
    return page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('a').textContent ?? ''")


class TestList:
    def test_is_walked_and_ticked_by_keys(self, open_page):
        page = open_page(STYLE)
        page.evaluate("document.activeElement.blur()")
        press(page, "j")
        assert focused(page) == "H15.13-261120-0031"
        press(page, "k")
        assert focused(page) == "H15.13-261120-0012"
        press(page, "x", "j", "j", "Shift+X")
        assert page.inner_text("[data-bulk-count]") == "3"

    def test_ticks_all_from_its_head_and_hides_the_bar_when_none_is_left(self, open_page):
        page = open_page(STYLE)
        assert not page.is_visible("[data-bulk]")
        page.check("[data-all]")
        assert page.inner_text("[data-bulk-count]") == "4"
        page.uncheck("[data-all]")
        assert not page.is_visible("[data-bulk]")


class TestKeys:
    def test_never_act_while_one_writes(self, open_page):
        page = open_page(STYLE)
        page.click("#f-full_name")
        page.keyboard.type("xjk?/")
        assert page.input_value("#f-full_name") == "xjk?/"
        assert not page.is_visible("[data-bulk]")


class TestFields:
    def test_write_days_and_money_as_the_house_does(self, open_page):
        page = open_page(STYLE)
        page.fill("#f-birth", "1-2-1990")
        page.fill("#f-fee", "1250000")
        page.click("h1 >> nth=0")
        assert page.input_value("#f-birth") == "01/02/1990"
        assert page.input_value("#f-fee") == "1.250.000"

    def test_lead_from_the_summary_to_the_field(self, open_page):
        page = open_page(STYLE)
        assert page.evaluate("document.activeElement.className") == "error-summary"
        page.click(".error-summary a >> nth=0")
        assert page.evaluate("document.activeElement.id") == "f-name"


class TestAppearance:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_stays_on_the_next_page(self, open_page, javascript):
        page = open_page("/", javascript=javascript, width=390)
        page.click(".identity .menu summary")
        page.click("button[name=theme][value=dark]")
        page.goto("/tra-cuu/")
        assert page.locator("html").get_attribute("data-theme") == "dark"
        background = (
            page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") if javascript else ""
        )
        assert background in {"", "rgb(23, 21, 19)"}

    @pytest.mark.parametrize(
        "address", ["/", "/tra-cuu/", "/tinh-ngay-hen-tra/?ngay=13/02/2026&gio=15:01&so=3"]
    )
    def test_in_large_letters_fits_the_smallest_phone(self, open_page, address):
        page = open_page(width=320)
        page.goto("/")
        page.context.add_cookies([{"name": "size", "value": "large", "url": page.url}])
        page.goto(address)
        assert page.locator("html").get_attribute("data-size") == "large"
        assert page.locator("html").evaluate("page => page.scrollWidth") <= 320
