"""The demo's hall: full in working hours, empty by night, every fact by a real operation."""

from __future__ import annotations

from datetime import datetime

import pytest

from motcua.config.commands import seed
from motcua.core.time import VIETNAM
from motcua.demo import loading
from motcua.foundation.ledger.verifying import verify
from motcua.service.queueing.lines import expected
from motcua.service.queueing.models import Appointment, QueueField, Sitting, Ticket

MORNING = datetime(2026, 11, 25, 9, 40, tzinfo=VIETNAM)


@pytest.mark.slow
@pytest.mark.django_db
class TestHall:
    def test_is_full_in_the_morning(self) -> None:
        seed()
        loading.load(lambda _said: None, dossiers=20, until=MORNING)
        today = Ticket.objects.filter(day=MORNING.date())
        assert today.in_line(MORNING.date()).exists()
        assert today.filter(state="DONE").exists()
        assert Sitting.objects.filter(closed_at=None).count() == 3
        earlier = Ticket.objects.exclude(day=MORNING.date())
        assert earlier.filter(state="DONE").count() > 120
        assert not Ticket.objects.filter(queued_at__gt=MORNING).exists()
        assert Appointment.objects.filter(state="BOOKED", slot__starts_at__gt=MORNING).count() >= 12
        lines = list(QueueField.objects.filter(prefix="A").select_related("unit").order_by("unit_id"))
        told = [one.forecast is not None for one in expected(lines[:1], MORNING)]
        assert told == [True]
        assert verify().is_intact
