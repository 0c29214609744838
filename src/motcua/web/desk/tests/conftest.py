"""The small world of the dossiers' tests, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import MONDAY, World, build_world
from motcua.web.ui.pages import SECOND_FACTOR

TUESDAY = MONDAY + timedelta(days=1, hours=2)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    """Every page is opened on the same Tuesday morning of the dossiers' week."""
    with patch("motcua.web.ui.pages.now", return_value=TUESDAY):
        yield


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page works until all is done, however slow the machine is just now."""
    monkeypatch.setattr("motcua.web.ui.together.AT_ONCE", 60.0)


@pytest.fixture
def enter() -> Callable[[User], Client]:
    """A browser in which this person is signed in, second factor included."""

    def entered(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        return client

    return entered


def transferred(world: World) -> Dossier:
    dossier = world.receive()
    return transfer(dossier_id=dossier.pk, by=world.clerk, at=MONDAY + timedelta(hours=1))


def in_work(world: World) -> Dossier:
    dossier = transferred(world)
    return assign_work(
        dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2)
    )


def proposed(world: World) -> Dossier:
    dossier = in_work(world)
    return propose(
        dossier_id=dossier.pk,
        outcome="APPROVE",
        reason="Đủ điều kiện",
        by=world.officer,
        at=MONDAY + timedelta(hours=3),
    )


def to_sign(world: World) -> Dossier:
    dossier = proposed(world)
    return review(dossier_id=dossier.pk, by=world.head, at=MONDAY + timedelta(hours=4))


def signed(world: World) -> Dossier:
    dossier = to_sign(world)
    return sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY + timedelta(hours=5))
