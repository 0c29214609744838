"""Hỏi đáp với người nộp at the desk: what they ask waits until it is answered; no paper is asked for that way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, Message
from motcua.service.dossiers.operations.talking import write_to_office
from motcua.service.dossiers.tests.world import World
from motcua.web.desk.tests.conftest import TUESDAY, in_work

QUESTION = "Bao giờ tôi được trả kết quả?"


@pytest.fixture
def asked(world: World) -> Dossier:
    dossier = in_work(world)
    write_to_office(dossier_id=dossier.pk, text=QUESTION, at=TUESDAY - timedelta(hours=1))
    return dossier


def write(dossier: Dossier) -> str:
    return reverse("desk:write", args=[dossier.pk])


def test_a_question_waits_until_it_is_answered(
    world: World, asked: Dossier, enter: Callable[[User], Client]
) -> None:
    officer = enter(world.officer)
    page = officer.get(reverse("desk:questions-of-people")).content.decode()
    assert QUESTION in page
    assert write(asked) in page
    assert QUESTION in officer.get(write(asked)).content.decode()
    given = {"text": "Chiều mai có kết quả.", "message": str(uuid4())}
    for _ in range(2):  # pressed twice
        assert officer.post(write(asked), given).status_code == 302
    assert Message.objects.of(asked.pk).filter(is_from_office=True).count() == 1
    assert QUESTION not in officer.get(reverse("desk:questions-of-people")).content.decode()


def test_what_is_wrong_is_said_and_kept(
    world: World, asked: Dossier, enter: Callable[[User], Client]
) -> None:
    officer = enter(world.officer)
    empty = officer.post(write(asked), {"text": "  "})
    assert empty.status_code == 422
    assert "Hãy viết nội dung." in empty.content.decode()
    demand = officer.post(write(asked), {"text": "Anh nộp thêm bản sao căn cước nhé"})
    assert demand.status_code == 422
    page = demand.content.decode()
    assert "Yêu cầu bổ sung" in page
    assert "Anh nộp thêm bản sao căn cước nhé" in page
    assert not Message.objects.of(asked.pk).filter(is_from_office=True).exists()


def test_belongs_to_who_works_on_the_dossier(
    world: World, asked: Dossier, enter: Callable[[User], Client]
) -> None:
    stranger = enter(world.stranger)
    assert QUESTION not in stranger.get(reverse("desk:questions-of-people")).content.decode()
    for answer in (stranger.get(write(asked)), stranger.post(write(asked), {"text": "Chào bạn"})):
        assert answer.status_code >= 400
        assert QUESTION not in answer.content.decode()
    assert Message.objects.of(asked.pk).count() == 1
