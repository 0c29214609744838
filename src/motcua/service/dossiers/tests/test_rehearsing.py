from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from motcua.core.time import VIETNAM
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.rehearsing import last_quarter, pasts_of, people_of, rehearse
from motcua.service.dossiers.tests.world import MONDAY, USUAL, World
from motcua.service.workflows.blueprint import Flow, Outcome, Step, StepKind
from motcua.service.workflows.dry_run import NothingToReplay
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import draft

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
LATER = datetime(2026, 4, 6, 9, 0, tzinfo=VIETNAM)


def settled(world: World, at: datetime = MONDAY, *, sent_back: bool = False, slow: int = 0) -> Dossier:
    """A dossier carried to its result in a week of working hours; `slow`: days more for the assessment."""
    dossier = world.receive(at)
    key = dossier.pk
    transfer(dossier_id=key, by=world.clerk, at=at + timedelta(hours=1))
    assign_work(dossier_id=key, holder=world.officer, by=world.head, at=at + timedelta(hours=2))
    day = at + timedelta(days=1 + slow)
    propose(dossier_id=key, outcome="APPROVE", reason="", by=world.officer, at=day)
    if sent_back:
        send_back(dossier_id=key, reason="Thiếu căn cứ", by=world.head, at=day + timedelta(hours=1))
        propose(dossier_id=key, outcome="APPROVE", reason="", by=world.officer, at=day + timedelta(hours=2))
    review(dossier_id=key, by=world.head, at=day + timedelta(hours=3))
    sign(dossier_id=key, by=world.leader, at=day + timedelta(hours=5))
    issue(dossier_id=key, number="1", issued_on=day.date(), by=world.records, at=day + timedelta(hours=6))
    return Dossier.objects.get(pk=key)


class TestRehearse:
    def test_the_version_in_force_ends_when_it_really_did(self, world: World) -> None:
        dossiers = [
            settled(world),
            settled(world, sent_back=True),
            settled(world, MONDAY + timedelta(days=1), slow=7),
        ]
        return_result(dossier_id=dossiers[0].pk, by=world.clerk, at=LATER)
        made = rehearse(Workflow.objects.published().get(), first=FIRST, last=LAST, at=LATER)

        assert {one.past.key: one.finished_at for one in made.outlook.replayed} == {
            dossier.pk: dossier.finished_at for dossier in dossiers
        }
        assert (made.outlook.late_before, len(made.outlook.late)) == (1, 1)

    def test_a_proposal_with_one_step_more_makes_a_dossier_late(self, world: World) -> None:
        dossier = settled(world, slow=3)
        present = Workflow.objects.published().get()
        extra = Step("legal", "Pháp chế kiểm tra", StepKind.REVIEW, "DIVISION_HEAD", 1440)
        flows = [flow for flow in USUAL.flows if (flow.source, flow.outcome) != ("review", Outcome.AGREE)]
        flows += [
            Flow("review", "legal", Outcome.AGREE),
            Flow("legal", "sign", Outcome.AGREE),
            Flow("legal", "work", Outcome.SEND_BACK),
        ]
        proposed = draft(
            procedure_id=world.procedure.pk,
            agency_id=None,
            blueprint=replace(USUAL, steps=(*USUAL.steps, extra), flows=tuple(flows)),
            by=present.drafted_by,
            at=LATER,
        )
        made = rehearse(proposed, first=FIRST, last=LAST, at=LATER)

        (late,) = made.outlook.late
        assert (late.past.key, late.is_newly_late) == (dossier.pk, True)
        assert [run.step.key for run in late.runs if run.visit is None] == ["legal"]

    def test_counts_what_has_no_result_yet(self, world: World) -> None:
        settled(world)
        world.receive(MONDAY)
        made = rehearse(Workflow.objects.published().get(), first=FIRST, last=LAST, at=LATER)

        assert (len(made.outlook.replayed), made.unfinished, made.left_out) == (1, 1, 0)

    def test_says_when_there_is_nothing(self, world: World) -> None:
        with pytest.raises(NothingToReplay):
            rehearse(Workflow.objects.published().get(), first=FIRST, last=LAST, at=LATER)

    def test_asks_the_same_few_questions_however_many_there_are(
        self, world: World, django_assert_max_num_queries
    ) -> None:
        for number in range(3):
            settled(world, MONDAY + timedelta(days=number))
        workflow = Workflow.objects.published().get()
        with django_assert_max_num_queries(9):
            rehearse(workflow, first=FIRST, last=LAST, at=LATER)


class TestFacts:
    def test_a_visit_is_measured_in_working_minutes(self, world: World) -> None:
        settled(world)
        pasts, _ = pasts_of(Dossier.objects.all())

        took = {visit.step: visit.minutes for visit in pasts[0].visits}
        assert took["receive"] == 60
        assert took["work"] == 30 + 210 + 90  # from 11:00 on Monday, over lunch and the night, to 9:00
        assert [visit.step for visit in pasts[0].visits] == [
            "receive",
            "assign",
            "work",
            "review",
            "sign",
            "issue",
        ]

    def test_counts_who_bears_the_role(self, world: World) -> None:
        pools = {
            (world.department.pk, "OFFICER"),
            (world.department.pk, "LEADER"),
            (world.centre.pk, "OFFICER"),
        }
        assert people_of(pools, date(2026, 3, 2)) == {
            (world.department.pk, "OFFICER"): 2,
            (world.department.pk, "LEADER"): 1,
            (world.centre.pk, "OFFICER"): 0,
        }

    @pytest.mark.parametrize(
        ("on", "first", "last"),
        [
            (date(2026, 11, 25), date(2026, 7, 1), date(2026, 9, 30)),
            (date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
            (date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 31)),
        ],
    )
    def test_the_last_quarter_is_the_one_that_has_ended(self, on: date, first: date, last: date) -> None:
        assert last_quarter(on) == (first, last)
