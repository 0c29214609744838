"""Giấy tờ của tôi: one's own and nobody else's."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.base import BaseStorage
from django.test import Client, RequestFactory
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.service.dossiers.tests.world import BEGINNING, World, build_world
from motcua.service.holdings.models import Consent
from motcua.service.holdings.operations.keeping import set_paper_type
from motcua.service.holdings.operations.using import Actor, consent, mark_looked
from motcua.service.holdings.tests.conftest import kept
from motcua.web.portal.holdings import MyPapers, WhoLooked


@pytest.fixture
def world(db: None) -> World:
    return build_world()


class Heard(BaseStorage):
    def _get(self, *args, **kwargs):
        return [], True

    def _store(self, messages, response, *args, **kwargs):
        return []


def asked(view, applicant, *, typed=None):
    factory = RequestFactory()
    request = factory.post("/", typed) if typed else factory.get("/")
    request.citizen = SimpleNamespace(pk=new_id(), applicant=applicant)
    request.user = SimpleNamespace(is_authenticated=False, pk=None)
    request.session = {}
    request._messages = Heard(request)
    return view.as_view()(request)


@pytest.fixture
def held(world: World):
    kind = set_paper_type(
        code="HC", name="Hộ chiếu", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
    )
    return kept(world.applicant, kind, title="Hộ chiếu", number="B7654321")


class TestMyPapers:
    def test_shows_what_is_held_to_its_holder_alone(self, world: World, held) -> None:
        assert "B7654321" in asked(MyPapers, world.applicant).content.decode()
        other = find_or_create_applicant(ApplicantInput(name="Trần Văn Bình"), by=None, at=BEGINNING)
        page = asked(MyPapers, other).content.decode()
        assert "B7654321" not in page
        assert "Kho chưa có giấy tờ nào của bạn" in page

    def test_asks_a_stranger_to_sign_in(self, client: Client, held) -> None:
        for name in ("portal:my-papers", "portal:my-papers-uses"):
            page = client.get(reverse(name), follow=True)
            assert "B7654321" not in page.content.decode()
            assert "đăng nhập" in page.content.decode().lower()

    def test_an_organisation_of_another_does_not_take_a_consent_back(self, world: World, held) -> None:
        given = consent(
            holder_id=world.applicant.pk, subject_id=new_id(), means="ORAL", by=world.clerk, at=now()
        )
        other = find_or_create_applicant(ApplicantInput(name="Trần Văn Bình"), by=None, at=BEGINNING)
        refused = asked(WhoLooked, other, typed={"consent": str(given.pk)})
        assert refused.status_code == 403
        assert Consent.objects.get().withdrawn_at is None
        assert asked(WhoLooked, world.applicant, typed={"consent": str(given.pk)}).status_code == 302
        assert Consent.objects.get().withdrawn_at is not None

    def test_says_who_has_looked(self, world: World, held) -> None:
        mark_looked([held], kind="LISTED", actor=Actor.officer(world.clerk, world.centre.pk), at=now())
        page = asked(WhoLooked, world.applicant).content.decode()
        assert world.clerk.full_name in page
        assert world.centre.name in page
