"""A dry run: what stays as it was ends as it did, more minutes never help, and piles stand where hands are few."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import OFFICE_WEEK, WorkCalendar, add_working_minutes
from motcua.service.workflows.blueprint import (
    Blueprint,
    Flow,
    Gate,
    GateKind,
    Outcome,
    Step,
    StepKind,
    settled,
)
from motcua.service.workflows.dry_run import (
    NothingToReplay,
    Outlook,
    Past,
    Visit,
    dry_run,
    measured,
    replay,
    spread,
)
from motcua.service.workflows.templates import short_blueprint, standard_blueprint

CALENDAR = WorkCalendar(sessions=OFFICE_WEEK).compiled
CALENDARS = {0: CALENDAR}
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
SHORT = settled(short_blueprint(3 * 480))
LONG = settled(standard_blueprint(5 * 480))
USUAL = {
    "receive": "DONE",
    "assign": "DONE",
    "work": "DONE",
    "review": "AGREE",
    "sign": "AGREE",
    "issue": "DONE",
}


def past(
    blueprint: Blueprint = SHORT,
    *,
    key: int = 0,
    at: datetime = MONDAY,
    minutes: dict[str, int] | None = None,
    outcomes: list[tuple[str, str]] | None = None,
    due: datetime | None = None,
    by: str = "",
    extra: timedelta = timedelta(0),
) -> Past:
    """A dossier that has walked through the workflow; `extra`: each step was ended that much later on the clock."""
    took, begun, visits = minutes or {}, at, []
    way = outcomes or [(step.key, USUAL[step.key]) for step in blueprint.steps if step.key in USUAL]
    for name, outcome in way:
        step = blueprint.step(name)
        ended = max(at, add_working_minutes(at, took.get(name, 60), CALENDAR)) + extra
        lasted = measured(at, ended, CALENDAR)
        hand = f"{by}{step.role}" if by else None
        visits.append(Visit(name, step.kind, step.role, at, ended, outcome, lasted, step.name, hand))
        at = ended
    promised = due or add_working_minutes(begun, 3 * 480, CALENDAR)
    return Past(key, begun, promised, at, tuple(visits))


def run(blueprint: Blueprint, pasts: list[Past], people: int = 9) -> Outlook:
    return dry_run(blueprint, pasts, CALENDARS, {(0, step.role): people for step in blueprint.steps})


class TestReplay:
    def test_the_present_version_ends_when_it_really_did(self) -> None:
        for extra in (timedelta(0), timedelta(hours=10), timedelta(days=2)):
            one = past(extra=extra)
            assert replay(SHORT, one, CALENDAR).finished_at == one.finished_at

    def test_goes_back_as_often_as_it_did(self) -> None:
        outcomes = [
            ("receive", "DONE"),
            ("work", "DONE"),
            ("sign", "SEND_BACK"),
            ("work", "DONE"),
            ("sign", "AGREE"),
            ("issue", "DONE"),
        ]
        one = past(outcomes=outcomes)
        again = replay(SHORT, one, CALENDAR)

        assert [run.step.key for run in again.runs] == [key for key, _ in outcomes]
        assert again.finished_at == one.finished_at

    def test_a_new_step_takes_its_planned_minutes(self) -> None:
        one = past()
        again = replay(LONG, one, CALENDAR)

        planned = [run.step.key for run in again.runs if run.visit is None]
        assert planned == ["assign", "review"]
        assert again.finished_at > one.finished_at

    def test_a_step_that_is_gone_takes_no_time(self) -> None:
        one = past(LONG)
        again = replay(SHORT, one, CALENDAR)

        assert sum(run.visit.minutes for run in again.runs if run.visit) == 4 * 60
        assert again.finished_at < one.finished_at

    def test_a_renamed_step_keeps_its_past(self) -> None:
        steps = tuple(replace(step, key="tham_dinh") if step.key == "work" else step for step in SHORT.steps)
        name = {"work": "tham_dinh"}
        flows = tuple(
            Flow(name.get(f.source, f.source), name.get(f.target, f.target), f.outcome) for f in SHORT.flows
        )
        again = replay(replace(SHORT, steps=steps, flows=flows), past(minutes={"work": 700}), CALENDAR)

        assert [run.visit.minutes for run in again.runs if run.step.key == "tham_dinh" and run.visit] == [700]

    def test_an_outcome_without_a_way_is_taken_as_the_usual_one(self) -> None:
        flows = tuple(flow for flow in SHORT.flows if flow.outcome is not Outcome.SEND_BACK)
        steps = tuple(
            replace(step, outcomes=(Outcome.AGREE,)) if step.kind is StepKind.SIGN else step
            for step in SHORT.steps
        )
        outcomes = [("receive", "DONE"), ("work", "DONE"), ("sign", "SEND_BACK")]
        again = replay(replace(SHORT, steps=steps, flows=flows), past(outcomes=outcomes), CALENDAR)

        assert [run.step.key for run in again.runs] == ["receive", "work", "sign", "issue"]


PARTED = settled(
    Blueprint(
        "Hai nhánh",
        (
            Step("receive", "Tiếp nhận", StepKind.RECEIVE, "CLERK", 60),
            Step("map", "Kiểm tra bản đồ", StepKind.WORK, "OFFICER", 240),
            Step("tax", "Kiểm tra thuế", StepKind.WORK, "OFFICER", 240),
            Step("sign", "Ký", StepKind.SIGN, "LEADER", 60),
            Step("return", "Trả", StepKind.RETURN, "CLERK"),
        ),
        (
            Flow("receive", "split"),
            Flow("split", "map"),
            Flow("split", "tax"),
            Flow("map", "join"),
            Flow("tax", "join"),
            Flow("join", "sign"),
            Flow("sign", "return"),
            Flow("return", "end"),
        ),
        "receive",
        gates=(Gate("split", GateKind.PARALLEL), Gate("join", GateKind.PARALLEL)),
    )
)


class TestBranches:
    """What runs side by side is as long as the longer branch."""

    def one(self, **minutes: int) -> Past:
        """A dossier whose two branches really ran side by side."""
        begun = add_working_minutes(MONDAY, minutes["receive"], CALENDAR)
        visits = [self.visit("receive", MONDAY, minutes["receive"])]
        visits += [self.visit(key, begun, minutes[key]) for key in ("map", "tax")]
        joined = max(visit.completed_at for visit in visits)
        visits.append(self.visit("sign", joined, minutes["sign"]))
        return Past(1, MONDAY, None, visits[-1].completed_at, tuple(visits))

    def visit(self, key: str, at: datetime, minutes: int) -> Visit:
        step = PARTED.step(key)
        done = add_working_minutes(at, minutes, CALENDAR)
        return Visit(key, step.kind, step.role, at, done, USUAL.get(key, "DONE"), minutes, step.name)

    def test_identical_durations_give_the_real_finish(self) -> None:
        past_ = self.one(receive=30, map=500, tax=90, sign=45)
        again = replay(PARTED, past_, CALENDAR)

        assert again.finished_at == past_.finished_at
        assert {run.step.key: run.after for run in again.runs}["sign"] == (0, 1, 2)

    def test_only_the_longer_branch_counts(self) -> None:
        short, long_ = (self.one(receive=30, map=500, tax=tax, sign=45) for tax in (10, 499))
        assert replay(PARTED, short, CALENDAR).finished_at == replay(PARTED, long_, CALENDAR).finished_at

    def test_the_step_after_the_join_waits_for_both_in_the_simulation_too(self) -> None:
        found = run(PARTED, [self.one(receive=30, map=500, tax=90, sign=45)])
        officers = next(queue for queue in found.queues if queue.pool[1] == "OFFICER")

        assert officers.days[0][1] == 1  # the other branch is done before the first day closes


class TestOutlook:
    def test_counts_what_would_be_late_and_what_no_longer(self) -> None:
        slow = past(LONG, key=1, minutes={"review": 1200, "work": 300})
        quick = past(LONG, key=2)
        found = run(SHORT, [slow, quick])

        assert (found.late_before, len(found.late), found.saved, found.newly_late) == (1, 0, 1, 0)

    def test_lists_the_latest_first(self) -> None:
        pasts = [past(key=key, minutes={"work": 1300 + key * 100}) for key in range(4)]
        assert [one.past.key for one in run(SHORT, pasts).late] == [3, 2, 1, 0]

    def test_a_dossier_without_a_promise_is_never_late(self) -> None:
        found = run(SHORT, [replace(past(minutes={"work": 9000}), due_at=None)])
        assert (len(found.late), found.without_promise) == (0, 1)

    def test_says_how_long_each_step_lastedand_how_often_longer_than_planned(self) -> None:
        steps = tuple(replace(step, minutes=240) if step.key == "sign" else step for step in SHORT.steps)
        half_day = 225  # of an agency that is open for seven hours and a half: four hours of a workflow
        pasts = [past(key=key, minutes={"sign": half_day + 15 * (key - 2)}) for key in range(10)]
        found = run(replace(SHORT, steps=steps), pasts)
        line = next(line for line in found.steps if line.step.key == "sign")

        assert (line.times, line.measured, line.over) == (10, 10, 7)
        assert (line.took.median, line.took.ninety) == (240 + 2 * 16, 240 + 6 * 16)

    def test_needs_something_to_replay(self) -> None:
        with pytest.raises(NothingToReplay):
            run(SHORT, [])

    @pytest.mark.parametrize(
        ("minutes", "median", "ninety"),
        [([5], 5, 5), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), (list(range(1, 101)), 50, 90), ([], 0, 0)],
    )
    def test_the_spread_is_of_values_that_occurred(
        self, minutes: list[int], median: int, ninety: int
    ) -> None:
        assert (spread(minutes).median, spread(minutes).ninety) == (median, ninety)


class TestQueues:
    def lying(self, people: int) -> int:
        """The highest pile at the officers when twenty dossiers come at once, each four hours of one hand."""
        pasts = [past(key=key, minutes={"receive": 0, "work": 240}) for key in range(20)]
        found = run(SHORT, pasts, people)
        return next(queue.peak[1] for queue in found.queues if queue.pool[1] == "OFFICER")

    def test_pile_up_where_hands_are_few(self) -> None:
        assert self.lying(1) == 19  # seven hours of the first day are left: one is done
        assert self.lying(5) == 15
        assert self.lying(20) == 0

    def test_one_person_who_works_in_order_is_simulated_as_it_was(self) -> None:
        """Dossiers that one officer finished one after the other: the simulated pile is the real one, day by day."""
        free, pasts = MONDAY, []
        for key in range(12):
            came = MONDAY + timedelta(minutes=key)
            done = add_working_minutes(max(free, came), 150, CALENDAR)
            visit = Visit(
                "work", "WORK", "OFFICER", came, done, "DONE", measured(came, done, CALENDAR), by="A"
            )
            pasts.append(Past(key, came, None, done, (visit,)))
            free = done
        only = settled(Blueprint("Một bước", (SHORT.step("work"),), (Flow("work", "end"),), "work"))
        (queue,) = run(only, pasts, 1).queues

        assert [simulated for _, simulated, _ in queue.days] == [real for _, _, real in queue.days]
        assert queue.days[0][1] == 12 - 420 // 150


durations = st.fixed_dictionaries({key: st.integers(0, 1500) for key in ("receive", "work", "sign", "issue")})


@given(st.lists(durations, min_size=1, max_size=8), st.integers(0, 20), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_identical_durations_give_the_real_finish(took: list[dict[str, int]], hours: int, extra: int) -> None:
    pasts = [
        past(
            key=key, at=MONDAY + timedelta(hours=hours * key), minutes=minutes, extra=timedelta(minutes=extra)
        )
        for key, minutes in enumerate(took)
    ]
    for one in run(SHORT, pasts).replayed:
        assert one.finished_at == one.past.finished_at
        assert one.is_late == one.past.is_late


@given(
    st.lists(st.tuples(durations, durations), min_size=1, max_size=8),
    st.sampled_from([SHORT, LONG]),
    st.integers(0, 900),
)
@settings(max_examples=100, deadline=None)
def test_more_minutes_never_make_fewer_late(
    took: list[tuple[dict[str, int], dict[str, int]]], proposed: Blueprint, extra: int
) -> None:
    pasts = [past(key=key, minutes=one, extra=timedelta(minutes=extra)) for key, (one, _) in enumerate(took)]
    longer = [
        replace(
            one,
            visits=tuple(replace(visit, minutes=visit.minutes + more[visit.step]) for visit in one.visits),
        )
        for one, (_, more) in zip(pasts, took, strict=True)
    ]
    few, many = run(proposed, pasts), run(proposed, longer)

    assert len(many.late) >= len(few.late)
    for before, after in zip(few.replayed, many.replayed, strict=True):
        assert after.finished_at >= before.finished_at


@given(st.lists(durations, min_size=1, max_size=12), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_nothing_comes_twice_or_stays_for_ever(took: list[dict[str, int]], people: int) -> None:
    pasts = [past(key=key, minutes=minutes, by="x") for key, minutes in enumerate(took)]
    for queue in run(SHORT, pasts, people).queues:
        assert all(0 <= simulated <= len(pasts) for _, simulated, _ in queue.days)
