from __future__ import annotations

import pytest

from motcua.service.queueing.tests.world import Hall, build_hall


@pytest.fixture
def hall(db: None) -> Hall:
    return build_hall()
