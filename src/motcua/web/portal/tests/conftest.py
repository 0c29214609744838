"""What the pages of drafts and filings stand on: today's world, its procedure on line, files in a folder of the test."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.tests.world import authority
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.filing.tests.conftest import online

NAME = "Lò Văn Một"


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


@pytest.fixture
def ca(tmp_path: Path, settings: Any) -> LocalCa:
    """Nơi cấp chứng thư của bài thử."""
    folder = tmp_path / "keys"
    folder.mkdir()
    return authority(folder, settings, now() - timedelta(hours=1))


@pytest.fixture
def second(online_world: World) -> Any:
    """Who looks a form over before it is in force."""
    person = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=online_world.admin).first()
    assert post
    appoint(person, post=post, valid_from=factories.START, by=None, at=factories.AT)
    return person


@pytest.fixture
def account(client: Client) -> CitizenAccount:
    made = a_citizen(name=NAME, phone="0987654321")
    enter(client, made)
    return made
