from __future__ import annotations

from typing import Any

import pytest

from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.forms.models import FormVersion
from motcua.service.forms.tests.sample import published


@pytest.fixture
def world(db: Any) -> World:
    seed_law()
    return build_world()


@pytest.fixture
def second(world: World) -> User:
    """Another administrator, who may publish what the first has drafted."""
    person = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    assert post
    appoint(person, post=post, valid_from=factories.START, by=None, at=factories.AT)
    return person


@pytest.fixture
def version(world: World, second: User) -> FormVersion:
    return published(world, second)
