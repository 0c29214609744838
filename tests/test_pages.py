"""Mọi trang: each page that stands by itself answers, is usable by everybody, and fits a phone.

Walks the addresses that name no dossier, the open ones as a visitor and the others as somebody who holds every role.
What needs a dossier is walked by the journeys.
"""

from __future__ import annotations

import re

import pytest

from motcua.web.ui.pages import Page
from tests import test_house_rules

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SKIPPED = {
    "tai-khoan/dang-xuat/",  # leaves; walked by the journey of signing in
    "quay/so-theo-doi/giay-tiep-nhan/",  # a paper about the dossiers that are chosen, not a page
    ".well-known/motcua-keys.json",  # read by programs
    "xac-thuc/sw.js",  # a script
    "quan-tri/doi-soat/thang/bang-ke.csv",  # a file
    "quan-tri/doi-soat/thang/bang-ke.xlsx",
    "quan-tri/doi-soat/thang/bang-ke.pdf",
    "giao-dien/dia-danh/",  # names of places for a script
    "tu-phuc-vu/con-day/",  # a sign of life from a screen
}


def addresses(*, public):
    found = []
    for address, view in test_house_rules.TestRoutes.routes():
        page = getattr(view, "view_class", None)
        is_page = isinstance(page, type) and issubclass(page, Page)
        if not is_page or "<" in address or address in SKIPPED or not hasattr(page, "get"):
            continue
        if bool(page.public) is public:
            found.append(f"/{address}")
    return sorted(set(found))


def name_of(address):
    return re.sub(r"\W+", "-", address).strip("-") or "trang-chu"


def walk(page, asked, kind, axe, picture):
    """Every address in one visit, because a fresh office for each would take longer than the pages; all faults told."""
    faults = []
    for address in asked:
        try:
            status = page.goto(address).status
            assert status == 200, f"{address}: {status}"
            axe(page)
            picture(page, f"{kind}-{name_of(address)}")
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            axe(page, only=("color-contrast",))
            page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        except AssertionError as fault:
            faults.append(str(fault))
    assert asked
    assert not faults, "\n\n".join(faults)


class TestOpenPages:
    def test_answer_without_barriers_at_both_widths_and_in_the_dark(self, seeded, open_page, axe, picture):
        walk(open_page(), addresses(public=True), "mo", axe, picture)


class TestStaffPages:
    def test_answer_without_barriers_at_both_widths_and_in_the_dark(
        self, everybody, sign_in, open_page, axe, picture
    ):
        page = open_page()
        sign_in(page, everybody)
        walk(page, addresses(public=False), "can-bo", axe, picture)

    def test_ask_a_visitor_to_sign_in(self, seeded, client):
        answers = {address: client.get(address) for address in addresses(public=False)}
        let_in = [
            address
            for address, answer in answers.items()
            if answer.status_code != 302 or "dang-nhap" not in answer["Location"]
        ]
        assert let_in == []


class TestUnknownPages:
    def test_say_so(self, seeded, open_page, axe, picture):
        page = open_page()
        assert page.goto("/khong-co-trang-nay/").status == 404
        axe(page)
        picture(page, "khong-co-trang")
