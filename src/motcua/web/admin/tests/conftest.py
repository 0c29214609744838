"""Who opens the pages: people of a small world, signed in with their second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.identity.models import User
from motcua.service.dossiers.tests.world import World, build_world
from motcua.web.ui.pages import SECOND_FACTOR

Entering = Callable[[User], Client]


@pytest.fixture
def world(db: Any) -> World:
    seed_law()
    return build_world()


@pytest.fixture
def enter() -> Entering:
    def entered(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="motcua.foundation.identity.backends.StaffBackend")
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        return client

    return entered


@pytest.fixture
def admin(world: World, enter: Entering) -> Client:
    return enter(world.admin)


@pytest.fixture
def clerk(world: World, enter: Entering) -> Client:
    return enter(world.clerk)


def page_of(answer: Any) -> str:
    """The text of a page."""
    return str(answer.content.decode())
