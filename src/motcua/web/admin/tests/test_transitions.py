from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, Transition
from motcua.service.dossiers.tests.test_migrating import BASIS, to_review, to_work, with_legal_check
from motcua.service.dossiers.tests.world import World
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import draft
from motcua.web.admin.tests.conftest import Entering, page_of


@pytest.fixture
def controller(world: World) -> User:
    return User.objects.get(username="kiemsoat")


@pytest.fixture
def proposed(world: World, controller: User) -> Workflow:
    return draft(
        procedure_id=world.procedure.pk,
        agency_id=None,
        blueprint=with_legal_check(minutes=480),
        by=controller,
        at=now(),
    )


def publish(client: Client, workflow: Workflow, **given: str) -> Any:
    typed = {"valid_from": f"{local_date(now()):%d/%m/%Y}", **given}
    return client.post(reverse("admin:publish-workflow", args=[workflow.pk]), typed)


def preview(client: Client, workflow: Workflow, **asked: str) -> str:
    return page_of(client.get(reverse("admin:transition-workflow", args=[workflow.pk]), asked))


class TestPreview:
    def test_counts_before_anything_is_published(
        self, world: World, proposed: Workflow, controller: User, enter: Entering
    ) -> None:
        dossier = to_work(world)
        to_review(world)
        client = enter(controller)

        assert "2 hồ sơ sẽ chuyển." in preview(client, proposed)
        page = preview(client, proposed, rule="BEFORE_STEP", before_step="review")
        assert "1 hồ sơ sẽ chuyển, 1 giữ phiên bản cũ." in page
        assert dossier.code in page
        assert "Không hồ sơ nào chuyển; 2 hồ sơ" in preview(client, proposed, rule="NEW_ONLY")

    def test_lists_a_group_alone(self, admin: Client, world: World, proposed: Workflow) -> None:
        first, second = to_work(world), to_review(world)
        page = preview(admin, proposed, group=f"{second.workflow_id}.review.DECIDED")

        assert second.code in page
        assert first.code not in page

    def test_pages_by_key(self, admin: Client, world: World, proposed: Workflow, monkeypatch: Any) -> None:
        monkeypatch.setattr("motcua.web.admin.transitions.SHOWN", 2)
        codes = {to_work(world).code for _ in range(3)}
        first = preview(admin, proposed)
        keys = sorted(Dossier.objects.values_list("pk", flat=True))
        rest = preview(admin, proposed, after=str(keys[1]))

        assert sum(code in first for code in codes) == 2
        assert sum(code in rest for code in codes) == 1

    def test_tells_no_names_to_who_may_not_see_the_dossiers(
        self, admin: Client, world: World, proposed: Workflow
    ) -> None:
        dossier = to_work(world)
        page = preview(admin, proposed)

        assert dossier.code in page
        assert dossier.applicant_name not in page

    def test_not_by_a_clerk(self, clerk: Client, proposed: Workflow) -> None:
        address = reverse("admin:transition-workflow", args=[proposed.pk])
        assert clerk.get(address).status_code == 403
        assert clerk.post(address, {"rule": "ALL_OPEN"}).status_code == 403


class TestPublishing:
    def test_asks_for_the_basis_beside_its_field_and_publishes_nothing(
        self, admin: Client, world: World, proposed: Workflow
    ) -> None:
        answer = publish(admin, proposed, rule="ALL_OPEN", decision="Quyết định số 12")

        page = page_of(answer)
        assert answer.status_code == 422
        assert "Hãy ghi căn cứ" in page
        assert "Quyết định số 12" in page
        assert Workflow.objects.get(pk=proposed.pk).state == "DRAFT"

    def test_goes_to_the_transition_and_carries_it_out(
        self, admin: Client, world: World, proposed: Workflow
    ) -> None:
        dossier = to_work(world)
        answer = publish(admin, proposed, rule="ALL_OPEN", legal_basis=BASIS)
        ordered = Transition.objects.get()
        assert answer.url == reverse("admin:transition", args=[ordered.pk])
        assert "Còn 1 hồ sơ chờ chuyển." in page_of(admin.get(answer.url))

        admin.post(answer.url)

        page = page_of(admin.get(answer.url))
        assert "Đã xét hết hồ sơ" in page
        assert "Đã chuyển" in page
        assert Dossier.objects.get(pk=dossier.pk).workflow_id == proposed.pk

    def test_without_a_rule_says_so(self, admin: Client, world: World, proposed: Workflow) -> None:
        assert "Hãy chọn quy tắc" in page_of(publish(admin, proposed))


class TestCarrying:
    @pytest.fixture
    def ordered(self, admin: Client, world: World, proposed: Workflow) -> Transition:
        to_work(world), to_work(world), to_work(world)
        publish(admin, proposed, rule="ALL_OPEN", legal_basis=BASIS)
        return Transition.objects.get()

    def test_goes_on_part_by_part(self, admin: Client, ordered: Transition, monkeypatch: Any) -> None:
        from motcua.service.dossiers.operations import migrating

        whole = migrating.carry_on
        monkeypatch.setattr(migrating, "carry_on", lambda **given: whole(**given, most=2))
        address = reverse("admin:transition", args=[ordered.pk])

        part = page_of(admin.post(address, headers={"HX-Request": "true"}))
        assert 'hx-trigger="load' in part
        assert "Còn 1 hồ sơ chờ chuyển." in part
        assert "Đã xét hết hồ sơ." in page_of(admin.post(address, headers={"HX-Request": "true"}))

    def test_is_taken_back_within_a_day(self, admin: Client, ordered: Transition, world: World) -> None:
        admin.post(reverse("admin:transition", args=[ordered.pk]))
        assert "Hoàn lại đợt này" in page_of(admin.get(reverse("admin:transition", args=[ordered.pk])))

        answer = admin.post(reverse("admin:take-back-transition", args=[ordered.pk]), follow=True)

        assert "Đã đưa 3 hồ sơ về phiên bản cũ." in page_of(answer)
        assert not Dossier.objects.filter(workflow_id=ordered.workflow_id).exists()

    def test_not_without_the_right_to_publish(
        self, ordered: Transition, controller: User, enter: Entering
    ) -> None:
        client = enter(controller)
        assert client.post(reverse("admin:transition", args=[ordered.pk])).status_code == 403
        assert client.post(reverse("admin:take-back-transition", args=[ordered.pk])).status_code == 403

    def test_there_is_none(self, admin: Client) -> None:
        missing = reverse("admin:transition", args=["0190f0a0-0000-7000-8000-000000000000"])
        assert admin.get(missing).status_code == 404
