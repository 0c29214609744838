"""Số hóa đúng quy trình: the figures by agency, what lies behind each, and nobody else's dossiers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.core.time import local_date, now
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import User
from motcua.oversight.digitisation import FIGURES, behind, papers_by_agency, results_by_agency
from motcua.service.dossiers.models import Dossier, Scan
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.holdings.models import Digitisation, HeldPaper
from motcua.service.holdings.tests.conftest import kept
from motcua.web.board.tests.test_holdings import controller, enter  # noqa: F401  a fixture
from motcua.web.counter.tests.acting import received, text_of

ADDRESS = "/giam-sat/so-hoa/"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def dossier(world: World) -> Dossier:
    """Three papers: one in the right order, one scanned by hand, one sealed before it was read."""
    found = received(world)
    parts = list(found.parts.order_by("position"))
    day = now()
    held: HeldPaper = kept(world.applicant, None)
    document = Document.objects.order_by("-pk").first() or _document(world)
    for part in parts[:3]:
        Scan.objects.create(dossier=found, part=part, document=document, added_at=day, added_by=world.clerk)
    steps = ["scanned_at", "read_at", "confirmed_at", "signed_at", "sealed_at", "kept_at"]
    right = {name: day + timedelta(minutes=place) for place, name in enumerate(steps)}
    for part, times in ((parts[0], right), (parts[1], right | {"read_at": day + timedelta(hours=1)})):
        Digitisation.objects.create(
            dossier=found, part=part, state="KEPT", document=document, held=held, started_by=world.clerk,
            started_at=day, **times,
        )  # fmt: skip
    return found


def _document(world: World) -> Document:
    from motcua.foundation.documents.models import StoredFile

    file = StoredFile.objects.create(
        sha256="0" * 64, size=1, media_type="application/pdf", stored_at=now(), scan_state="CLEAN",
        preview_state="NONE",
    )  # fmt: skip
    return Document.objects.create(file=file, name="a.pdf", uploaded_at=now())


def figures(user: User) -> dict[str, int]:
    today = local_date(now())
    first = today.replace(day=1)
    lines = [*papers_by_agency(user, now(), first, today), *results_by_agency(user, now(), first, today)]
    return {key: sum(line.counts.get(key, 0) for line in lines) for key in FIGURES}


def test_counts_each_step_and_only_the_right_order_as_right(world: World, dossier: Dossier) -> None:
    found = figures(controller())
    papers = dossier.parts.filter(status="PROVIDED").count()
    assert found["papers"] == papers
    assert (found["digitised"], found["lacking"]) == (3, papers - 3)
    assert (found["signed"], found["sealed"], found["right"]) == (2, 2, 1)


def test_what_lies_behind_adds_up_to_the_figure(world: World, dossier: Dossier) -> None:
    received(world)
    today = local_date(now())
    for key, count in figures(controller()).items():
        rows = behind(key, controller(), now(), today.replace(day=1), today)
        assert sum(row.counted for row in rows) == count, key  # type: ignore[attr-defined]


def test_the_page_leads_to_the_dossier(
    world: World,
    dossier: Dossier,
    enter: Callable[[User], Client],  # noqa: F811
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = enter(controller())
    page = text_of(client.get(ADDRESS))
    assert "giấy tờ nhận bản giấy được số hóa đúng quy trình" in page
    with django_assert_max_num_queries(25):
        page = text_of(client.get(f"{ADDRESS}?so=right&noi={dossier.reception_agency_id}"))
    assert dossier.code in page
    assert dossier.code not in text_of(client.get(f"{ADDRESS}?so=right&noi=999999"))
    earlier = local_date(now()).replace(day=1) - timedelta(days=1)
    assert "chưa nhận giấy tờ bản giấy nào" in text_of(client.get(f"{ADDRESS}?thang={earlier:%Y-%m}"))
    assert client.get(f"{ADDRESS}?so=x&noi=²&sau=x").status_code == 200


def test_is_closed_to_the_counter_and_empty_for_who_sees_nothing(
    world: World,
    dossier: Dossier,
    enter: Callable[[User], Client],  # noqa: F811
) -> None:
    assert enter(world.clerk).get(ADDRESS).status_code == 403
    assert "chưa được xem hồ sơ của nơi nào" in text_of(enter(world.admin).get(ADDRESS))
    Dossier.objects.update(received_at=F("received_at") - timedelta(days=400))
    assert figures(controller())["papers"] == 0
