from __future__ import annotations

from collections.abc import Iterator

import pytest

from motcua.service.payments import gateways
from motcua.service.payments.tests.world import Money, build


@pytest.fixture
def money(db: None) -> Iterator[Money]:
    before = dict(gateways._adapters)
    yield build()
    gateways.install(before)
