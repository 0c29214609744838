"""From draft to publication: two people, one version in force, nothing changed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.core.errors import DomainError, Forbidden
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import TreeVersion
from motcua.service.procedures.models import Procedure
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Flow, Step
from motcua.service.workflows.models import Workflow, WorkflowStep
from motcua.service.workflows.operations import drafting, publishing, running
from motcua.service.workflows.templates import short_blueprint, standard_blueprint
from motcua.service.workflows.tests.factories import (
    MONDAY,
    AgencyFactory,
    ProcedureFactory,
    RoleFactory,
    UserFactory,
    seed_roles,
)

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def procedure() -> Procedure:
    seed_roles()
    return ProcedureFactory.create(limit=(3, "WORKING_DAY"))


@pytest.fixture
def drafter() -> User:
    return UserFactory.create()


@pytest.fixture
def publisher() -> User:
    return UserFactory.create()


def draft(
    procedure: Procedure, by: User, blueprint: Blueprint | None = None, agency_id: int | None = None
) -> Workflow:
    return drafting.draft(
        procedure_id=procedure.pk,
        agency_id=agency_id,
        blueprint=blueprint or short_blueprint(3 * 480),
        by=by,
        at=MONDAY,
    )


def published(procedure: Procedure, by: User, publisher: User, **values: object) -> Workflow:
    workflow = draft(procedure, by, **values)
    return publishing.publish(workflow_id=workflow.pk, by=publisher, at=MONDAY)


class TestDraft:
    def test_keeps_the_model_its_steps_and_its_first_step(self, procedure: Procedure, drafter: User) -> None:
        workflow = draft(procedure, drafter)

        assert workflow.state == Workflow.State.DRAFT
        assert workflow.version == 1
        assert workflow.minutes == 3 * 480
        assert (workflow.first_step_key, workflow.first_step_role) == ("receive", "CLERK")
        assert [step.key for step in workflow.steps.all()] == ["receive", "work", "sign", "issue", "return"]
        assert bpmn.read(workflow.bpmn) == workflow.blueprint

    def test_is_told_once(self, procedure: Procedure, drafter: User) -> None:
        workflow = draft(procedure, drafter)

        line = Line.objects.get(subject_id=workflow.uid)
        assert (line.name, line.actor_id, line.payload["version"]) == ("WorkflowDrafted", drafter.pk, 1)

    def test_allows_one_draft_at_a_time(self, procedure: Procedure, drafter: User) -> None:
        draft(procedure, drafter)

        with pytest.raises(drafting.DraftExists):
            draft(procedure, drafter)

    def test_allows_a_draft_for_an_agency_beside_the_general_one(
        self, procedure: Procedure, drafter: User
    ) -> None:
        draft(procedure, drafter)

        assert draft(procedure, drafter, agency_id=AgencyFactory.create().pk).version == 1

    def test_refuses_a_workflow_without_a_name(self, procedure: Procedure, drafter: User) -> None:
        with pytest.raises(DomainError) as refused:
            draft(procedure, drafter, Blueprint("  "))

        assert refused.value.field == "name"

    def test_reads_roles_from_the_lanes_of_a_file(self, procedure: Procedure, drafter: User) -> None:
        RoleFactory.create(code="SURVEYOR", name="Cán bộ Đo đạc")
        model = bpmn.write(Blueprint("Đo", (Step("a", "Đo đạc"),), (Flow("a", "end"),), "a"))
        lane = (
            '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="CÁN BỘ ĐO ĐẠC"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
            "</bpmn:lane></bpmn:laneSet>"
        )
        start = model.index("<bpmn:extensionElements>")
        end = model.index("</bpmn:extensionElements>") + len("</bpmn:extensionElements>")
        plain = model[:start] + model[end:]
        workflow = drafting.draft_from_bpmn(
            procedure_id=procedure.pk,
            agency_id=None,
            model=plain.replace('isExecutable="true">', 'isExecutable="true">' + lane).encode(),
            by=drafter,
            at=MONDAY,
        )
        assert workflow.steps.get().role == "SURVEYOR"


class TestEdit:
    def test_writes_the_steps_anew(self, procedure: Procedure, drafter: User) -> None:
        workflow = draft(procedure, drafter)
        drafting.edit(workflow_id=workflow.pk, blueprint=standard_blueprint(1440), by=drafter, at=LATER)

        assert WorkflowStep.objects.filter(workflow=workflow).count() == 7
        line = Line.objects.filter(subject_id=workflow.uid).latest("number")
        assert line.name == "WorkflowEdited"
        assert any("Thêm bước" in sentence for sentence in line.payload["changes"])

    def test_says_nothing_when_nothing_changed(self, procedure: Procedure, drafter: User) -> None:
        workflow = draft(procedure, drafter)
        drafting.edit(workflow_id=workflow.pk, blueprint=workflow.blueprint, by=drafter, at=LATER)

        assert Line.objects.filter(subject_id=workflow.uid).count() == 1

    def test_makes_the_last_editor_the_drafter(
        self, procedure: Procedure, drafter: User, publisher: User
    ) -> None:
        workflow = draft(procedure, drafter)
        drafting.edit(workflow_id=workflow.pk, blueprint=standard_blueprint(1440), by=publisher, at=LATER)

        with pytest.raises(Forbidden):
            publishing.publish(workflow_id=workflow.pk, by=publisher, at=LATER)

    def test_refuses_a_published_workflow(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        workflow = published(procedure, drafter, publisher)

        with pytest.raises(drafting.NotADraft):
            drafting.edit(workflow_id=workflow.pk, blueprint=standard_blueprint(1440), by=drafter, at=LATER)


class TestDiscard:
    def test_makes_room_for_another_draft_with_its_own_number(
        self, procedure: Procedure, drafter: User
    ) -> None:
        workflow = draft(procedure, drafter)
        drafting.discard(workflow_id=workflow.pk, by=drafter, at=LATER, reason="Soạn nhầm")

        assert draft(procedure, drafter).version == 2


class TestPublish:
    def test_puts_the_draft_in_force_from_today(
        self, procedure: Procedure, drafter: User, publisher: User
    ) -> None:
        workflow = published(procedure, drafter, publisher)

        assert workflow.state == Workflow.State.PUBLISHED
        assert workflow.is_in_force(date(2026, 3, 2))
        assert not workflow.is_in_force(date(2026, 3, 1))
        assert Line.objects.filter(subject_id=workflow.uid).latest("number").name == "WorkflowPublished"

    def test_needs_a_second_person(self, procedure: Procedure, drafter: User) -> None:
        workflow = draft(procedure, drafter)

        with pytest.raises(Forbidden, match="người thứ hai"):
            publishing.publish(workflow_id=workflow.pk, by=drafter, at=LATER)

    def test_refuses_steps_longer_than_the_limit(
        self, procedure: Procedure, drafter: User, publisher: User
    ) -> None:
        workflow = draft(procedure, drafter, short_blueprint(4 * 480))

        with pytest.raises(publishing.NotFit, match="vượt thời hạn giải quyết 3 ngày") as refused:
            publishing.publish(workflow_id=workflow.pk, by=publisher, at=LATER)
        assert [problem.code for problem in refused.value.problems] == ["too-long"]

    def test_refuses_a_role_that_does_not_exist(
        self, procedure: Procedure, drafter: User, publisher: User
    ) -> None:
        blueprint = short_blueprint(480)
        steps = tuple(replace(step, role="KING") if step.key == "work" else step for step in blueprint.steps)
        workflow = draft(procedure, drafter, replace(blueprint, steps=steps))

        with pytest.raises(publishing.NotFit, match="KING"):
            publishing.publish(workflow_id=workflow.pk, by=publisher, at=LATER)

    def test_takes_any_length_where_the_law_sets_none(self, drafter: User, publisher: User) -> None:
        seed_roles()
        free = ProcedureFactory.create(limit=(None, "NONE"))

        assert published(free, drafter, publisher, blueprint=standard_blueprint(48_000)).minutes == 48_000

    def test_refuses_a_day_in_the_past(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        workflow = draft(procedure, drafter)

        with pytest.raises(DomainError) as refused:
            publishing.publish(workflow_id=workflow.pk, by=publisher, at=LATER, valid_from=date(2026, 3, 1))
        assert refused.value.field == "valid_from"

    def test_retires_the_version_before(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        first = published(procedure, drafter, publisher)
        second = drafting.draft_next(workflow_id=first.pk, by=drafter, at=LATER, reason="Rút ngắn")
        publishing.publish(workflow_id=second.pk, by=publisher, at=LATER, valid_from=date(2026, 3, 10))

        first.refresh_from_db()
        assert first.state == Workflow.State.RETIRED
        assert first.valid_to == date(2026, 3, 9)

    def test_tells_what_changed(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        published(procedure, drafter, publisher)
        second = draft(procedure, drafter, short_blueprint(2 * 480))

        assert any(
            "Tổng thời gian từ 3 ngày thành 2 ngày" in sentence for sentence in publishing.changes(second)
        )
        publishing.publish(workflow_id=second.pk, by=publisher, at=LATER)
        line = Line.objects.filter(subject_id=second.uid).latest("number")
        assert line.payload["replaces"] == 1
        assert line.payload["changes"]

    def test_is_kept_by_the_database(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        workflow = published(procedure, drafter, publisher)

        for change in (
            lambda: Workflow.objects.filter(pk=workflow.pk).update(bpmn="<x/>"),
            lambda: Workflow.objects.filter(pk=workflow.pk).update(state="DRAFT"),
            lambda: WorkflowStep.objects.filter(workflow=workflow).update(minutes=1),
            lambda: WorkflowStep.objects.filter(workflow=workflow)._raw_delete("default"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


class TestRetire:
    def test_ends_the_workflow_without_another(
        self, procedure: Procedure, drafter: User, publisher: User
    ) -> None:
        workflow = published(procedure, drafter, publisher)
        publishing.retire(workflow_id=workflow.pk, by=publisher, at=LATER, reason="Bãi bỏ")

        with pytest.raises(running.NoWorkflow):
            running.resolve(
                procedure_id=procedure.pk, agency_id=AgencyFactory.create().pk, on=date(2026, 3, 4)
            )


class TestResolve:
    def test_prefers_the_agencys_own(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        general = published(procedure, drafter, publisher)
        agency, other = AgencyFactory.create(), AgencyFactory.create()
        own = published(procedure, drafter, publisher, agency_id=agency.pk)

        def resolved(agency_id: int) -> Workflow:
            return running.resolve(procedure_id=procedure.pk, agency_id=agency_id, on=date(2026, 3, 5))

        assert resolved(agency.pk) == own
        assert resolved(other.pk) == general

    def test_takes_the_version_of_the_day(self, procedure: Procedure, drafter: User, publisher: User) -> None:
        agency = AgencyFactory.create()
        first = published(procedure, drafter, publisher)
        second = draft(procedure, drafter)
        publishing.publish(workflow_id=second.pk, by=publisher, at=MONDAY, valid_from=date(2026, 3, 10))

        def resolved(day: date) -> Workflow:
            return running.resolve(procedure_id=procedure.pk, agency_id=agency.pk, on=day)

        assert resolved(date(2026, 3, 9)) == first
        assert resolved(date(2026, 3, 10)) == second

    def test_keeps_its_answer_while_the_version_stands_which_a_publication_renews(
        self, procedure: Procedure, drafter: User, publisher: User, django_assert_num_queries
    ) -> None:
        first = published(procedure, drafter, publisher)
        asked = {
            "procedure_id": procedure.pk,
            "agency_id": AgencyFactory.create().pk,
            "on": date(2026, 3, 10),
        }
        version = TreeVersion.objects.get().version

        assert running.resolve(**asked, version=version) == first
        with django_assert_num_queries(0):
            running.resolve(**asked, version=version)
        second = draft(procedure, drafter)
        publishing.publish(workflow_id=second.pk, by=publisher, at=MONDAY, valid_from=date(2026, 3, 10))
        renewed = TreeVersion.objects.get().version
        assert renewed != version
        assert running.resolve(**asked, version=renewed) == second

    def test_reads_one_row_without_its_model(
        self, procedure: Procedure, drafter: User, publisher: User, django_assert_num_queries
    ) -> None:
        published(procedure, drafter, publisher)
        agency = AgencyFactory.create()

        with django_assert_num_queries(1) as queries:
            running.resolve(procedure_id=procedure.pk, agency_id=agency.pk, on=date(2026, 3, 5))
        assert '"bpmn"' not in queries.captured_queries[0]["sql"]

    def test_refuses_in_words_where_there_is_none(self, procedure: Procedure) -> None:
        with pytest.raises(running.NoWorkflow, match="chưa có quy trình nội bộ"):
            running.resolve(
                procedure_id=procedure.pk, agency_id=AgencyFactory.create().pk, on=date(2026, 3, 5)
            )
