from __future__ import annotations

import pytest

from motcua.foundation.citizens.operations.seeding import seed_levels


@pytest.fixture(autouse=True)
def levels(db):
    seed_levels()
