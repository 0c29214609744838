from __future__ import annotations

import pytest

from motcua.integrations.sign_in.tests.world import prepare


@pytest.fixture
def provider(settings, live_server, transactional_db):
    """The simulated providers, answering over HTTP."""
    prepare(settings, live_server)
