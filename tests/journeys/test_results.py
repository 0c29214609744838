"""Kết quả điện tử: a paper is verified on a telephone, with a network and without; its holder takes it home."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from motcua.foundation.signing.tests.world import png
from motcua.service.results.models import IssuedResult
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.tests.world import at, bytes_of, equip, published
from tests.journeys.conftest import enter

KEPT = """navigator.serviceWorker.getRegistrations()
    .then((all) => all.length === 2 && all.every((one) => one.active))"""
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def published_by_the_worker(world: Any) -> IssuedResult:
    """In a thread of its own, as the worker's process: the browser's loop runs in this one."""

    def work() -> IssuedResult:
        try:
            return published(world)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        return worker.submit(work).result()


class TestVerifying:
    def test_on_a_telephone_with_and_without_a_network(
        self, world: Any, open_page: Any, axe: Any, picture: Any, tmp_path: Path, settings: Any
    ) -> None:
        equip(world, tmp_path / "keys", settings)
        paper = published_by_the_worker(world)
        page = open_page("/xac-thuc/", width=390)
        axe(page)
        picture(page, "xac-thuc")
        page.fill("#f-ma", paper.paper_id.lower())
        page.click("main button[type=submit]")
        assert "Giấy thật, đang có hiệu lực" in page.inner_text("h1")
        axe(page)
        picture(page, "xac-thuc-co-hieu-luc")

        photograph = tmp_path / "anh.png"
        photograph.write_bytes(png(bytes_of(paper.document)))
        page.goto("/xac-thuc/")
        page.set_input_files("#f-tep", str(photograph))
        page.click("main button[type=submit]")
        assert "Đây là bản chụp" in page.inner_text("main")

        # the page is kept, then the network goes: a code opened by the camera is still judged
        page.wait_for_function(
            "navigator.serviceWorker.getRegistrations().then((all) => all.length === 2 && all.every((one) => one.active))"
        )
        page.context.set_offline(True)
        page.goto(f"/X/{paper.payload}")
        page.wait_for_selector("[data-said]:has-text('Chữ ký đúng')")
        assert "Chưa biết giấy có bị thu hồi" in page.inner_text("[data-said]")
        assert paper.paper_id in page.inner_text("[data-facts]")
        axe(page)
        picture(page, "xac-thuc-ngoai-tuyen")
        forged = paper.payload[:-20] + paper.payload[-20:][::-1]
        page.fill("#f-ma", forged)
        page.click("main button[type=submit]")
        page.wait_for_selector("[data-said]:has-text('Chữ ký sai')")
        page.fill("#f-ma", "xin chào")
        page.click("main button[type=submit]")
        page.wait_for_selector("[data-said]:has-text('Mã này không đúng')")
        page.context.set_offline(False)

        revoke_result(
            issued_id=paper.pk, reason="Khai gian", decision_number="9/QĐ", by=world.leader, at=at(6)
        )
        page.goto(f"/X/{paper.payload}")
        assert "Đã bị thu hồi" in page.inner_text("h1")
        axe(page)
        picture(page, "xac-thuc-thu-hoi")

    def test_without_javascript(self, world: Any, open_page: Any, tmp_path: Path, settings: Any) -> None:
        equip(world, tmp_path / "keys", settings)
        paper = published_by_the_worker(world)
        page = open_page("/xac-thuc/", width=390, javascript=False)
        page.fill("#f-ma", paper.paper_id)
        page.click("main button[type=submit]")
        assert "Giấy thật" in page.inner_text("h1")

    def test_the_holder_and_the_desk(
        self, world: Any, open_page: Any, axe: Any, picture: Any, tmp_path: Path, settings: Any
    ) -> None:
        equip(world, tmp_path / "keys", settings)
        paper = published_by_the_worker(world)
        page = open_page("/tra-cuu/", width=390)
        page.fill("#f-ma", paper.dossier.code)
        page.fill("#f-so", "1234")
        page.click("main button[type=submit]")
        with page.expect_download() as taken:
            page.click("text=Tải bản có chữ ký số")
        assert Path(taken.value.path()).read_bytes() == bytes_of(paper.document)
        axe(page)
        picture(page, "tra-cuu-ket-qua-dien-tu")
        desk = open_page(width=1280)
        enter(desk, world.leader.username, next_page=f"/ban-lam-viec/ho-so/{paper.dossier_id}/")
        assert paper.paper_id in desk.inner_text("main")
        axe(desk)
        picture(desk, "ban-lam-viec-chu-ky-so")
