"""Giấy tờ của tôi: one's own and nobody else's."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world
from motcua.service.holdings.models import Consent
from motcua.service.holdings.operations.keeping import set_paper_type
from motcua.service.holdings.operations.using import Actor, consent, mark_looked
from motcua.service.holdings.tests.conftest import kept


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def inside(client: Client, applicant: Applicant) -> Client:
    """The same person, signed in at the portal."""
    account = a_citizen(name=applicant.name, personal_number=applicant.personal_number)
    assert account.applicant_id == applicant.pk
    enter(client, account)
    return client


PAPERS, USES = "portal:my-papers", "portal:my-papers-uses"


@pytest.fixture
def held(world: World):
    kind = set_paper_type(
        code="HC", name="Hộ chiếu", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
    )
    return kept(world.applicant, kind, title="Hộ chiếu", number="B7654321")


class TestMyPapers:
    def test_shows_what_is_held_to_its_holder_alone(self, client: Client, world: World, held) -> None:
        assert "B7654321" in inside(client, world.applicant).get(reverse(PAPERS)).content.decode()
        enter(client, a_citizen(name="Trần Văn Bình"))
        page = client.get(reverse(PAPERS)).content.decode()
        assert "B7654321" not in page
        assert "Kho chưa có giấy tờ nào của bạn" in page

    def test_asks_a_stranger_to_sign_in(self, client: Client, held) -> None:
        for name in (PAPERS, USES):
            assert client.get(reverse(name)).url.startswith(reverse("portal:citizen-sign-in"))

    def test_only_the_giver_takes_a_consent_back(self, client: Client, world: World, held) -> None:
        given = consent(
            holder_id=world.applicant.pk, subject_id=new_id(), means="ORAL", by=world.clerk, at=now()
        )
        enter(client, a_citizen(name="Trần Văn Bình"))
        assert client.post(reverse(USES), {"consent": str(given.pk)}).status_code == 403
        assert Consent.objects.get().withdrawn_at is None
        assert (
            inside(client, world.applicant).post(reverse(USES), {"consent": str(given.pk)}).status_code == 302
        )
        assert Consent.objects.get().withdrawn_at is not None

    def test_says_who_has_looked(self, client: Client, world: World, held) -> None:
        mark_looked([held], kind="LISTED", actor=Actor.officer(world.clerk, world.centre.pk), at=now())
        page = inside(client, world.applicant).get(reverse(USES)).content.decode()
        assert world.clerk.full_name in page
        assert world.centre.name in page
