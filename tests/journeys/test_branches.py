"""Nhánh song song: two assess and another agency is asked, all at once; then the same with a refusal in one branch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.dossiers.operations.assigning import assign_work, claim
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.test_branches import BRANCHES
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish
from tests.journeys.conftest import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dossier(world: World) -> Dossier:
    """Three steps are open: one of each officer, and the opinion of another department."""
    procedure = Workflow.objects.get().procedure_id
    made = draft(procedure_id=procedure, agency_id=None, blueprint=BRANCHES, by=world.head, at=BEGINNING)
    publish(workflow_id=made.pk, by=world.admin, at=BEGINNING, valid_from=MONDAY.date())
    received = world.receive()
    transfer(dossier_id=received.pk, by=world.clerk, at=MONDAY + timedelta(hours=1))
    assign_work(dossier_id=received.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2))
    return claim(dossier_id=received.pk, by=world.colleague, at=MONDAY + timedelta(hours=3), step="two")


def still_open(dossier: Dossier) -> set[str]:
    return set(Task.objects.of(dossier.pk).open().values_list("step_key", flat=True))


def propose_as(page: Any, dossier: Dossier, username: str, outcome: str, reason: str = "") -> None:
    enter(page, username)
    page.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/trinh/")
    page.check(f"input[name=outcome][value={outcome}]")
    page.fill("#f-reason", reason)
    page.click("main .form-actions button[type=submit]")
    page.wait_for_load_state("networkidle")


class TestBranches:
    def test_wait_for_each_other(
        self, world: World, dossier: Dossier, open_page: Any, axe: Any, picture: Any
    ) -> None:
        officer = open_page()
        enter(officer, world.officer.username)
        officer.goto("/ban-lam-viec/")
        assert "Thẩm định chuyên môn" in officer.inner_text("tbody")  # the reader's own branch
        officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        assert "Các bước đang làm song song (3)" in officer.inner_text("main")
        axe(officer)
        picture(officer, "nhanh-song-song")
        propose_as(open_page(), dossier, world.officer.username, "APPROVE")
        propose_as(open_page(), dossier, world.colleague.username, "APPROVE")
        assert still_open(dossier) == {"ask"}

        expert = open_page()
        enter(expert, world.stranger.username)
        question = Consultation.objects.get(dossier=dossier)
        expert.goto(f"/ban-lam-viec/y-kien/{question.pk}/")
        axe(expert)
        expert.fill("#f-answer", "Thống nhất, không vướng quy hoạch.")
        expert.click("main .form-actions button[type=submit]")
        expert.wait_for_load_state("networkidle")
        assert still_open(dossier) == {"review"}

        head = open_page()
        enter(head, world.head.username)
        head.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        assert "Thống nhất, không vướng quy hoạch." in head.inner_text("main")

    def test_end_when_one_refuses(self, world: World, dossier: Dossier, open_page: Any) -> None:
        propose_as(open_page(), dossier, world.colleague.username, "REFUSE", "Không phù hợp quy hoạch.")
        assert still_open(dossier) == {"review"}
        head = open_page()
        enter(head, world.head.username)
        head.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/")
        assert "Không phù hợp quy hoạch." in head.inner_text("main")
        officer = open_page()
        enter(officer, world.officer.username)
        officer.goto(f"/ban-lam-viec/ho-so/{dossier.pk}/trinh/")  # the address of an act that is over
        assert "Chưa làm được việc này" in officer.inner_text("main")
