"""What the pages of drafts and filings stand on: today's world, its procedure on line, files in a folder of the test."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.filing.tests.conftest import online


@pytest.fixture
def small_store(settings: Any, tmp_path: Any) -> None:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


@pytest.fixture
def online_world(db: None, small_store: None) -> World:
    world = build_world()
    online(world)
    return world
