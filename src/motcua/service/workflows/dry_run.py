"""Chạy thử: a proposed workflow replayed on finished dossiers: what would come late, and where work piles up.

Two questions, answered apart. *When would each be finished?* Every step takes the working minutes that it really took in
that dossier; a step that the dossier never had takes its planned minutes. *Where does work pile up?* A simulation of
events: each role has the people that it has, who take the oldest work first; how long a hand is really on one dossier is
read from who finished what, one after the other. Pure: the facts are given, nothing is asked.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import add_working_minutes, working_minutes_between
from motcua.service.workflows.blueprint import (
    AT_COUNTER,
    WORKING_DAY,
    Blueprint,
    Step,
    StepKind,
    usual_outcome,
)
from motcua.service.workflows.engine import Run as Tokens
from motcua.service.workflows.engine import Trace
from motcua.service.workflows.timing import step_due

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock import CompiledCalendar

MOST_STEPS = 300  # of one dossier: what turns round longer than that is no workflow
Pool = tuple[int, str]  # who does it: (agency, role)


class NothingToReplay(DomainError):
    """Không có hồ sơ nào đã xong để chạy thử."""


@dataclass(frozen=True)
class Visit:
    """Lượt qua bước: one task of the past, as it really went; `minutes` are working minutes from open to done."""

    step: str
    kind: str
    role: str
    opened_at: datetime
    completed_at: datetime
    outcome: str
    minutes: int
    name: str = ""
    by: Hashable = None
    agency: int = 0  # where it was done; 0: where steps of its kind usually are


@dataclass(frozen=True)
class Past:
    """Hồ sơ đã xong: its promise, its end and the steps it went through; `agency` settled it, `counter` received it."""

    key: Hashable
    received_at: datetime
    due_at: datetime | None
    finished_at: datetime
    visits: tuple[Visit, ...]
    agency: int = 0
    counter: int = 0

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.finished_at > self.due_at


@dataclass(frozen=True)
class Run:
    """Bước đã chạy thử; `visit` None: the dossier never had this step, so its planned minutes are taken."""

    step: Step
    opened_at: datetime
    ended_at: datetime
    visit: Visit | None
    after: tuple[int, ...] = ()  # the runs that must have ended before


@dataclass(frozen=True)
class Replayed:
    """Hồ sơ đã chạy thử: the same dossier on the proposed workflow."""

    past: Past
    runs: tuple[Run, ...]
    finished_at: datetime

    @property
    def is_late(self) -> bool:
        return self.past.due_at is not None and self.finished_at > self.past.due_at

    @property
    def is_newly_late(self) -> bool:
        return self.is_late and not self.past.is_late


@dataclass(frozen=True)
class Spread:
    """Trung vị và phân vị 90, in minutes of an eight-hour day, as a workflow plans them."""

    median: int
    ninety: int


@dataclass(frozen=True)
class StepLine:
    """Một bước trong kết quả: how often it ran, how long it took, how often longer than planned."""

    step: Step
    times: int
    measured: int  # of them, how many are known from the past
    took: Spread
    over: int


@dataclass(frozen=True)
class Queue:
    """Hàng việc của một vai trò: how many dossiers lay with it at the close of each day, simulated and real."""

    pool: Pool
    people: int
    days: tuple[tuple[datetime, int, int], ...]  # (close of the day, simulated, real)

    @property
    def peak(self) -> tuple[datetime, int, int]:
        return max(self.days, key=lambda day: day[1])

    @property
    def real_peak(self) -> int:
        return max(real for _, _, real in self.days)


@dataclass(frozen=True)
class Outlook:
    """Kết quả chạy thử."""

    replayed: tuple[Replayed, ...]
    steps: tuple[StepLine, ...]
    queues: tuple[Queue, ...]
    before: Spread
    after: Spread
    late: tuple[Replayed, ...] = field(default=())  # the latest first

    @property
    def late_before(self) -> int:
        return sum(one.past.is_late for one in self.replayed)

    @property
    def newly_late(self) -> int:
        return sum(one.is_newly_late for one in self.replayed)

    @property
    def saved(self) -> int:
        return sum(one.past.is_late and not one.is_late for one in self.replayed)

    @property
    def without_promise(self) -> int:
        return sum(one.past.due_at is None for one in self.replayed)


def dry_run(
    blueprint: Blueprint,
    pasts: Sequence[Past],
    calendars: Mapping[int, CompiledCalendar],
    people: Mapping[Pool, int],
) -> Outlook:
    """Chạy thử a workflow on finished dossiers. `calendars` by agency; `people` is how many bear a role at an agency.

    Raises NothingToReplay.
    """
    if not pasts:
        raise NothingToReplay(
            "Không có hồ sơ nào đã có kết quả trong thời gian này để chạy thử. Hãy chọn khoảng thời gian khác."
        )
    walks = Walks(blueprint)
    replayed = tuple(replay(blueprint, past, calendars[past.agency], walks) for past in pasts)
    late = sorted((one for one in replayed if one.is_late), key=_lateness, reverse=True)
    return Outlook(
        replayed=replayed,
        steps=tuple(_lines(blueprint, replayed, calendars)),
        queues=tuple(queues(replayed, calendars, people)),
        before=spread(
            desk_minutes(_begun(one.past), one.past.finished_at, calendars[one.past.agency])
            for one in replayed
        ),
        after=spread(
            desk_minutes(_begun(one.past), one.finished_at, calendars[one.past.agency]) for one in replayed
        ),
        late=tuple(late),
    )


# --- when each would be finished -----------------------------------------------------------------------------------


def replay(
    blueprint: Blueprint, past: Past, calendar: CompiledCalendar, walks: Walks | None = None
) -> Replayed:
    """Chạy lại một hồ sơ: the outcomes are those of the past; the result is ready when the step of return opens.

    `walks` keeps the ways that other dossiers have gone through the same workflow.
    """
    known = Walks(blueprint) if walks is None else walks
    memory, begun = _Memory(blueprint, past), _begun(past)
    trace: Trace = ()
    runs: list[Run] = []
    going: dict[str, Run] = {}
    while True:
        tokens = known.after(trace)
        going = {
            key: run for key, run in going.items() if key in tokens.open
        }  # a refusal stops other branches
        for key in tokens.open:
            step = blueprint.by_key[key]
            if key not in going and step.kind is not StepKind.RETURN:
                past_runs = tuple(sorted(tokens.open[key].past))
                at = max((runs[place].ended_at for place in past_runs), default=begun)
                visit = memory.take(step)
                going[key] = Run(step, at, _ended(step, visit, at, calendar), visit, past_runs)
        if not going:
            return Replayed(past, tuple(runs), _ready(blueprint, tokens, runs, begun))
        if len(runs) >= MOST_STEPS:
            raise NothingToReplay(f"Quy trình “{blueprint.name}” quay vòng mãi nên không chạy thử được.")
        key = min(going, key=lambda one: going[one].ended_at)
        runs.append(going.pop(key))
        trace = (*trace, (key, _outcome(blueprint, runs[-1].step, runs[-1].visit)))


class Walks:
    """Các đường đã đi: where the tokens are after each trace, walked once for all dossiers."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.kept: dict[Trace, Tokens] = {}
        self.blueprint = blueprint

    def after(self, trace: Trace) -> Tokens:
        known = self.kept.get(trace)
        if known is None:
            if trace:
                known = self.after(trace[:-1]).copy()
                known.complete(*trace[-1])
            else:
                known = Tokens(self.blueprint)
                known.begin()
            self.kept[trace] = known
        return known


def _ready(blueprint: Blueprint, tokens: Tokens, runs: Sequence[Run], begun: datetime) -> datetime:
    """When the step of return opens; where there is none, when the last step has ended."""
    returning = [token for key, token in tokens.open.items() if blueprint.by_key[key].kind is StepKind.RETURN]
    places = returning[0].past if returning else range(len(runs))
    return max((runs[place].ended_at for place in places), default=begun)


class _Memory:
    """What a dossier remembers of each step: its visits under the same key, else under the step that this one replaces."""

    def __init__(self, blueprint: Blueprint, past: Past) -> None:
        self.own: dict[str, deque[Visit]] = {}
        self.gone: list[Visit] = []  # of steps that the proposed workflow does not have
        for visit in past.visits:
            known = blueprint.by_key.get(visit.step)
            if known is not None and known.kind == visit.kind:
                self.own.setdefault(visit.step, deque()).append(visit)
            else:
                self.gone.append(visit)
        self.known = {visit.step for visit in past.visits}

    def take(self, step: Step) -> Visit | None:
        if step.key in self.own:
            return self.own[step.key].popleft() if self.own[step.key] else None
        if step.key in self.known:  # it was another kind of step then
            return None
        alike = [visit for visit in self.gone if visit.kind == step.kind and visit.role == step.role]
        named = [visit for visit in alike if fold(visit.name) == fold(step.name)]
        found = next(iter(named or alike), None)
        if found:
            self.gone.remove(found)
        return found


def _begun(past: Past) -> datetime:
    return past.visits[0].opened_at if past.visits else past.received_at


def _ended(step: Step, visit: Visit | None, at: datetime, calendar: CompiledCalendar) -> datetime:
    """A step that begins when it did and takes what it took ends when it did, off hours or not."""
    if visit is None:
        return step_due(at, step.minutes, calendar)
    if at == visit.opened_at and visit.minutes == measured(visit.opened_at, visit.completed_at, calendar):
        return visit.completed_at
    return max(at, add_working_minutes(at, visit.minutes, calendar))


def measured(opened_at: datetime, completed_at: datetime, calendar: CompiledCalendar) -> int:
    """Số phút làm việc that a task took."""
    return max(0, working_minutes_between(opened_at, completed_at, calendar))


def desk_minutes(first: datetime, last: datetime, calendar: CompiledCalendar) -> int:
    """The working time between two instants as a workflow counts it: the sessions of a day are eight hours."""
    begun = first.astimezone(VIETNAM)
    calendar.units_at(begun)  # may grow the calendar backwards, which moves its beginning
    units = calendar.units_at(last.astimezone(VIETNAM)) - calendar.units_at(begun)
    return max(0, round(units * WORKING_DAY / calendar.unit))


def _outcome(blueprint: Blueprint, step: Step, visit: Visit | None) -> str:
    """What came of the step then, where the proposed workflow has a way for it; else what usually comes of it."""
    if visit and visit.outcome in step.outcomes and blueprint.has_way(step.key, visit.outcome):
        return visit.outcome
    return usual_outcome(step.kind)


def _lateness(one: Replayed) -> float:
    return (one.finished_at - one.past.due_at).total_seconds() if one.past.due_at else 0.0


def _lines(
    blueprint: Blueprint, replayed: Iterable[Replayed], calendars: Mapping[int, CompiledCalendar]
) -> list[StepLine]:
    took: dict[str, list[int]] = {}
    known: dict[str, int] = {}
    over: dict[str, int] = {}
    for one in replayed:
        calendar = calendars[one.past.agency]
        for run in one.runs:
            took.setdefault(run.step.key, []).append(desk_minutes(run.opened_at, run.ended_at, calendar))
            known[run.step.key] = known.get(run.step.key, 0) + (run.visit is not None)
            is_over = (
                run.visit is not None
                and run.step.minutes
                and run.ended_at > step_due(run.opened_at, run.step.minutes, calendar)
            )
            over[run.step.key] = over.get(run.step.key, 0) + bool(is_over)
    return [
        StepLine(step, len(took[step.key]), known[step.key], spread(took[step.key]), over[step.key])
        for step in blueprint.steps
        if step.key in took
    ]


def spread(minutes: Iterable[int]) -> Spread:
    """Trung vị và phân vị 90: the nearest-rank values, which are always values that occurred."""
    ordered = sorted(minutes)
    if not ordered:
        return Spread(0, 0)
    return Spread(ordered[(len(ordered) - 1) // 2], ordered[-(-len(ordered) * 9 // 10) - 1])


# --- where work piles up --------------------------------------------------------------------------------------------


def queues(
    replayed: Sequence[Replayed], calendars: Mapping[int, CompiledCalendar], people: Mapping[Pool, int]
) -> list[Queue]:
    """Hàng việc mô phỏng: every role at every agency, the highest pile first."""
    axis = _Axis(replayed, calendars)
    stays = _simulated(replayed, axis, people)
    real = _real(replayed, axis)
    found = [
        Queue(
            pool,
            max(1, people.get(pool, 0)),
            tuple(
                (close, _lying(*stays[pool], tick), _lying(*real.get(pool, ([], [])), tick))
                for close, tick in axis.closes
            ),
        )
        for pool in stays
    ]
    return sorted(found, key=lambda queue: (-queue.peak[1], queue.pool))


class _Axis:
    """One line of working minutes for everybody: the calendar of the agency that settled most of them."""

    def __init__(self, replayed: Sequence[Replayed], calendars: Mapping[int, CompiledCalendar]) -> None:
        counts: dict[int, int] = {}
        for one in replayed:
            counts[one.past.agency] = counts.get(one.past.agency, 0) + 1
        self.calendar = calendars[max(counts, key=lambda agency: counts[agency])]
        self.first = min(_begun(one.past) for one in replayed)
        last = max(max(one.finished_at, one.past.finished_at) for one in replayed)
        self.kept: dict[datetime, int] = {}
        self.closes: list[tuple[datetime, int]] = []
        day = self.calendar.close(self.first.date())
        while not self.closes or (self.closes[-1][0] < last and len(self.closes) < 400):
            self.closes.append((day, self.at(day)))
            day = self.calendar.nth_close(day.toordinal(), 1)

    def at(self, moment: datetime) -> int:
        known = self.kept.get(moment)
        if known is None:
            known = self.kept[moment] = working_minutes_between(self.first, moment, self.calendar)
        return known


def _pool(done: Step | Visit, past: Past, visit: Visit | None) -> Pool:
    usual = past.counter if done.kind in AT_COUNTER else past.agency
    return (visit.agency if visit and visit.agency else usual, done.role)


def efforts(pasts: Iterable[Past], axis: _Axis) -> dict[int, int]:
    """Phút thật sự cầm tay, by the visit's identity.

    Who works on one dossier at a time, oldest first, begins the next when both it and they are there: so a hand was on
    a dossier since it came or since the same person finished the one before, whichever is later.
    """
    by: dict[Hashable, list[Visit]] = {}
    for past in pasts:
        for visit in past.visits:
            by.setdefault(visit.by if visit.by is not None else id(visit), []).append(visit)
    found = {}
    for visits in by.values():
        free = -1
        for visit in sorted(visits, key=lambda one: one.completed_at):
            ended = axis.at(visit.completed_at)
            found[id(visit)] = max(0, ended - max(axis.at(visit.opened_at), free))
            free = ended
    return found


def _simulated(
    replayed: Sequence[Replayed], axis: _Axis, people: Mapping[Pool, int]
) -> dict[Pool, tuple[list[int], list[int]]]:
    """When each dossier comes to and leaves each pool: sorted arrivals and sorted departures."""
    hands = efforts((one.past for one in replayed), axis)
    usual = _usual(replayed, hands)
    free: dict[Pool, int] = {}
    waiting: dict[Pool, deque[tuple[int, int]]] = {}
    stays: dict[Pool, tuple[list[int], list[int]]] = {}
    left = [[len(run.after) for run in one.runs] for one in replayed]
    following = [_following(one.runs) for one in replayed]
    events: list[tuple[int, int, int, int]] = []  # (minute, 0 leaves | 1 comes, dossier, run)
    for number, one in enumerate(replayed):
        begins = axis.at(_begun(one.past))
        events += [(begins, 1, number, place) for place, run in enumerate(one.runs) if not run.after]
    heapq.heapify(events)

    def begin(now: int, number: int, place: int) -> None:
        run = replayed[number].runs[place]
        effort = (
            hands[id(run.visit)] if run.visit else usual.get((run.step.kind, run.step.role), run.step.minutes)
        )
        heapq.heappush(events, (now + effort, 0, number, place))

    while events:
        now, comes, number, place = heapq.heappop(events)
        one = replayed[number]
        pool = _pool(one.runs[place].step, one.past, one.runs[place].visit)
        arrivals, departures = stays.setdefault(pool, ([], []))
        if comes:
            arrivals.append(now)
            if free.setdefault(pool, max(1, people.get(pool, 0))):
                free[pool] -= 1
                begin(now, number, place)
            else:
                waiting.setdefault(pool, deque()).append((number, place))
            continue
        departures.append(now)
        if waiting.get(pool):
            begin(now, *waiting[pool].popleft())
        else:
            free[pool] += 1
        for next_place in following[number][place]:
            left[number][next_place] -= 1
            if not left[number][next_place]:
                heapq.heappush(events, (now, 1, number, next_place))
    return stays


def _following(runs: Sequence[Run]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in runs]
    for place, run in enumerate(runs):
        for before in run.after:
            found[before].append(place)
    return found


def _usual(replayed: Iterable[Replayed], hands: Mapping[int, int]) -> dict[tuple[str, str], int]:
    """The median effort of each kind of step and role, for steps that have no past."""
    known: dict[tuple[str, str], list[int]] = {}
    for one in replayed:
        for visit in one.past.visits:
            known.setdefault((visit.kind, visit.role), []).append(hands[id(visit)])
    return {key: spread(minutes).median for key, minutes in known.items()}


def _real(replayed: Iterable[Replayed], axis: _Axis) -> dict[Pool, tuple[list[int], list[int]]]:
    stays: dict[Pool, tuple[list[int], list[int]]] = {}
    for one in replayed:
        for visit in one.past.visits:
            if visit.kind == StepKind.RETURN:
                continue
            arrivals, departures = stays.setdefault(_pool(visit, one.past, visit), ([], []))
            arrivals.append(axis.at(visit.opened_at))
            departures.append(axis.at(visit.completed_at))
    for arrivals, departures in stays.values():
        arrivals.sort()
        departures.sort()
    return stays


def _lying(arrivals: Sequence[int], departures: Sequence[int], tick: int) -> int:
    """How many have come and not yet gone."""
    return bisect_right(arrivals, tick) - bisect_right(departures, tick)
