"""The small world with its procedure on line too, and files in a folder of the test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.procedures.models import Channel, LimitUnit


@pytest.fixture
def files(settings, tmp_path) -> None:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


def online(world: World, days: int = 4) -> None:
    Channel.objects.create(
        revision=world.revision,
        position=2,
        kind="ONLINE",
        limit_value=Decimal(days),
        limit_unit=LimitUnit.WORKING_DAY,
    )


@pytest.fixture
def world(db: None, files: None) -> World:
    built = build_world()
    online(built)
    return built
