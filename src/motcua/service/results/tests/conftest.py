from __future__ import annotations

import pytest

from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.results.tests.world import Signers, equip


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def signers(world, tmp_path, settings) -> Signers:
    settings.SITE_URL = "https://motcua.example.vn"
    return equip(world, tmp_path, settings)
