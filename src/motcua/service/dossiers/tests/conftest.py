from __future__ import annotations

import pytest

from motcua.service.dossiers.tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def land(db: None) -> World:
    """The same small world, whose procedure waits for the land tax."""
    return build_world(has_financial_pause=True)
