"""A small province to walk through, and hands to do it with: somebody signs in, brings a scan, presses keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from motcua.config.commands import seed
from motcua.core.tests.laying import laid_once
from motcua.core.text import fold
from motcua.foundation.documents.tests import samples
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.procedures.models import Procedure

PASSWORD = "Mot-cua-2026!"  # of everybody in the world of service.dossiers.tests


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    """One centre, one department, a procedure of three papers; files in a folder of this test; no scanner."""
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""
    return office()


@laid_once
def office() -> World:
    """The world with what the law fixes, its procedure found by words."""
    seed()
    built: World = build_world()
    Procedure.objects.update(words=f" {fold(built.procedure.code)} {built.procedure.name_folded}")
    return built


@pytest.fixture
def scan(tmp_path: Path) -> str:
    """A scanned paper on the clerk's disk."""
    path = tmp_path / "tờ khai.pdf"
    path.write_bytes(samples.pdf(2, title="Tờ khai"))
    return str(path)


def enter(page: Any, username: str, *, next_page: str = "") -> None:
    """Sign in as a person does, with the second factor where it is asked; the demo shows its code."""
    page.goto(f"/tai-khoan/dang-nhap/{'?next=' + next_page if next_page else ''}")
    page.fill("#f-username", username)
    page.fill("#f-password", PASSWORD)
    page.click("main button[type=submit]")
    if "/hai-lop/" in page.url or page.locator("#f-code").count():
        page.click("main button[type=submit] >> nth=0")
        if page.get_by_role("link", name="Tôi đã cất, tiếp tục").count():
            page.get_by_role("link", name="Tôi đã cất, tiếp tục").click()


def open_reception(page: Any, world: World) -> str:
    """The page where the dossier of the world's applicant is taken in; returns its address, which keeps the key."""
    page.goto(f"/quay/tiep-nhan/{world.applicant.pk}/{world.offering.pk}/")
    if page.locator(".pick-list a").count() and not page.locator("#receive").count():
        page.click(".pick-list a >> nth=0")
    return str(page.url)


def tick_all(page: Any) -> None:
    for group in page.locator(".ticks").all():
        group.locator("label.tick-provided").click()
