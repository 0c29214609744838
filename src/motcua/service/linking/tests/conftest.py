from __future__ import annotations

import pytest

from motcua.service.linking.tests.world import Linked, build_linked


@pytest.fixture
def linked(db: None) -> Linked:
    return build_linked()
