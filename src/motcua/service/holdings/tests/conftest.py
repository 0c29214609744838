from __future__ import annotations

from datetime import date

import pytest

from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world
from motcua.service.holdings.models import HeldPaper, PaperType
from motcua.service.holdings.operations.keeping import PaperIn, keep, match, set_paper_type

FIRST_DAY = date(2025, 7, 1)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def identity_card(world: World) -> PaperType:
    """The second paper of the procedure: one for each person, valid until the day that it bears."""
    card = set_paper_type(
        code="CCCD", name="Thẻ căn cước", validity="PRINTED", is_single=True, valid_from=FIRST_DAY, by_id=None,
        at=BEGINNING,
    )  # fmt: skip
    match(card, "Giấy tờ tùy thân")
    return card


def kept(holder: Applicant, kind: PaperType | None, **changes: object) -> HeldPaper:
    given = {
        "holder_id": holder.pk,
        "title": "Thẻ căn cước",
        "source": f"test:{HeldPaper.objects.count()}",
        "provenance": "DIGITISED",
        "trust": "CHECKED",
        "paper_type": kind,
        "number": "033190001234",
        "issued_on": date(2021, 5, 4),
        "printed_until": date(2030, 1, 1),
        **changes,
    }
    return keep(PaperIn(**given), by_id=None, at=BEGINNING)  # type: ignore[arg-type]
