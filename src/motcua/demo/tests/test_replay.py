"""The demo's year has every kind of interruption, each by the real operations, and nothing of it is untrue."""

from __future__ import annotations

from datetime import datetime

import pytest

from motcua.config.commands import seed
from motcua.core.time import VIETNAM
from motcua.demo.loading import load
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier, Pause, Stop, Supplement
from motcua.service.dossiers.states import WAITING


@pytest.mark.slow
@pytest.mark.django_db
def test_a_year_is_interrupted_and_stays_true() -> None:
    seed()
    load(lambda _: None, dossiers=90, until=datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM))
    assert Supplement.objects.exclude(completed_at=None).exists()
    assert Stop.objects.exists()
    assert Pause.objects.exists()
    for dossier in Dossier.objects.all():
        assert dossier.due_at == rebuilt(dossier)
        assert dossier.state not in WAITING or dossier.due_at is None
    interrupted = Supplement.objects.values_list("dossier", flat=True)[:10]
    assert all(faults_of(key) == [] for key in interrupted)
