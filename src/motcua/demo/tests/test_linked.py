"""Tỉnh mẫu diễn cả liên thông và phi địa giới bằng chính các thao tác thật."""

from __future__ import annotations

from datetime import datetime

import pytest
from pytest_django import Settings

from motcua.config.commands import seed
from motcua.core.time import VIETNAM
from motcua.demo import loading
from motcua.foundation.org.models import VerticalSeat
from motcua.service.dossiers.models import Dossier, PaperTransfer
from motcua.service.dossiers.states import State
from motcua.service.linking.models import Bundle, LinkedGroup
from motcua.service.linking.reading import standing_of
from motcua.service.procedures.models import Entrustment

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


class TestLinked:
    def test_bundles_go_through_three_agencies(self, settings: Settings) -> None:
        settings.DEMO = True
        seed()
        loading.load(lambda _said: None, dossiers=4, until=NOW)
        assert LinkedGroup.objects.filter(state="PUBLISHED").count() == 2
        bundles = list(Bundle.objects.with_parts())
        assert len(bundles) >= 12
        agencies = {
            len({part.dossier.agency_id for part in bundle.parts.all()})
            for bundle in bundles
            if bundle.group.code == "LT-KHAISINH"
        }
        assert agencies == {3}
        standings = [standing_of(bundle) for bundle in bundles]
        assert any(standing.is_closed for standing in standings)
        assert any(standing.now for standing in standings)
        waiting = Dossier.objects.filter(state=State.AWAITING_OUTPUT)
        assert all(dossier.bundle_id for dossier in waiting)
        assert PaperTransfer.objects.filter(received_at__isnull=False).exists()
        assert VerticalSeat.objects.count() == 2
        assert Entrustment.objects.get().offerings.exists()
