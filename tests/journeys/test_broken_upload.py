"""Mạng đứt giữa chừng: what was sent stays, goes on by itself, and after the page was read again with one press."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from motcua.foundation.documents import content
from motcua.foundation.documents.models import Document, IncomingFile
from motcua.foundation.documents.tests import samples
from motcua.service.filing.models import Draft
from motcua.service.filing.tests.conftest import online

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ADDRESS = "/nop-ho-so/2.000635/"


def cut_after(page: Any, parts: int) -> None:
    """So many parts pass, then the line is dead."""
    passed = []

    def judge(route: Any) -> None:
        if route.request.method != "PATCH" and len(passed) < parts:
            return route.continue_()
        passed.append(route.request.method)
        return route.continue_() if len(passed) <= parts else route.abort()

    page.route("**/giay-to/**", judge)


def test_a_photo_arrives_whole_over_a_line_that_breaks_twice(
    open_page: Any, world: Any, tmp_path: Path
) -> None:
    online(world)
    picture = samples.image()
    sent = picture + b"\0" * (3_500_000 - len(picture))
    photo = tmp_path / "ảnh căn cước.jpg"
    photo.write_bytes(sent)

    page = open_page(ADDRESS, width=390)
    page.click("main .form-actions button[type=submit] >> nth=0")
    page.wait_for_url("**/nguoi-nop/**")
    draft = Draft.objects.get()
    page.goto(f"{ADDRESS}{draft.pk}/giay-to/")
    paper = page.locator(".filing-paper >> nth=0")

    cut_after(page, 2)
    paper.locator("input[type=file]").set_input_files(str(photo))
    paper.get_by_text("tự gửi tiếp khi có mạng").wait_for()
    assert IncomingFile.objects.get().received == 2 * 1024 * 1024
    page.unroute("**/giay-to/**")
    page.reload()  # the phone slept, the browser threw the page away
    paper.get_by_text("Còn gửi dở “ảnh căn cước.jpg”, đã được 59%").wait_for()

    cut_after(page, 1)
    with page.expect_file_chooser() as chooser:
        paper.get_by_role("button", name="Tiếp tục tải").click()
    chooser.value.set_files(str(photo))
    paper.get_by_text("tự gửi tiếp khi có mạng").wait_for()
    page.unroute("**/giay-to/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    paper.get_by_role("link", name="ảnh căn cước.jpg").wait_for()

    document = Document.objects.get(subject_id=draft.dossier_key)
    with content.opened(document.file.sha256) as stream:
        assert stream.read() == sent
    assert IncomingFile.objects.get().document_id == document.pk
    page.reload()
    assert not paper.get_by_text("Còn gửi dở").count()
