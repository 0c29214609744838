from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.service.dossiers.tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def clerk(client: Client, world: World) -> Client:
    """The counter clerk, signed in."""
    client.force_login(world.clerk)
    return client


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page works until all is done, however slow the machine is just now."""
    monkeypatch.setattr("motcua.web.ui.together.AT_ONCE", 60.0)
