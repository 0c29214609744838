"""Đời hồ sơ: rows of made-up dossiers in the shape that COPY takes, as the operations would have left them.

Time is counted in working minutes from the first of them, so that the end of a step is an addition. Of a dossier that
is still on its way every step is written, so that it can be carried on; of one that was returned only the ends of its
life are: what lists, searches and the tracking page read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings

from motcua.core.codes import dossier_code
from motcua.core.text import fold
from motcua.demo.copying import NULL, Rows, line
from motcua.demo.crowd import Crowd
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Answer, CompiledCalendar, Limit, Regime
from motcua.foundation.ledger.chain import GENESIS, line_hash
from motcua.foundation.ledger.writing import chain_key
from motcua.service.dossiers import events
from motcua.service.workflows.blueprint import Step, StepKind
from motcua.service.workflows.timing import step_due

STUCK_SHARE, CLAIMED_SHARE = 0.012, 0.8

STATES: Mapping[str, str] = {  # what a dossier is called while a step of this kind is open
    StepKind.RECEIVE: "RECEIVED",
    StepKind.ASSIGN: "TRANSFERRED",
    StepKind.WORK: "IN_WORK",
    StepKind.REVIEW: "DECIDED",
    StepKind.SIGN: "DECIDED",
    StepKind.ISSUE: "SIGNED",
    StepKind.RETURN: "RESULT_READY",
}
FACTS: Mapping[str, type[events.StepEvent]] = {
    StepKind.RECEIVE: events.DossierTransferred,
    StepKind.ASSIGN: events.WorkAssigned,
    StepKind.WORK: events.DecisionProposed,
    StepKind.REVIEW: events.DecisionReviewed,
    StepKind.SIGN: events.DecisionSigned,
    StepKind.ISSUE: events.ResultIssued,
    StepKind.RETURN: events.ResultReturned,
}


@dataclass(frozen=True)
class Plan:
    """Một việc có thể nộp: an offering with a case, its workflow and its people, ready to be written many times."""

    procedure_id: int
    procedure_code: str
    revision_id: int
    revision_number: int
    case_id: int | None
    name: str
    field: str
    sets: int
    limit: Limit
    fee: int
    starts_next_day: bool
    agency_id: int
    agency_code: str
    reception_id: int
    workflow_id: int
    steps: Sequence[Step]
    papers: Sequence[tuple[int, str, str, int]]  # key, name, form, quantity
    people: Mapping[str, Sequence[UUID]]  # by the key of the step: who may end it
    lexemes: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "lexemes", fold(self.name).split())


@dataclass(slots=True)
class Moment:
    """Một phút làm việc, and what is the same for everything received in it."""

    at: datetime
    text: str
    head: str
    day: date
    transfer_due: str
    regime: Regime
    answers: dict[tuple[Limit, bool], Answer] = field(default_factory=dict)


@dataclass
class Lives:
    """Sinh hồ sơ: the same `seed` and the same `minutes` give the same dossiers. `number_in` gives running numbers."""

    plans: Sequence[Plan]
    weights: Sequence[float]
    minutes: Sequence[datetime]  # every working minute up to the present one
    calendar: CompiledCalendar
    regime_on: Callable[[date], Regime]
    number_in: Callable[[str], int]
    people_before: int
    seed: int

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311  a demo wants the same crowd each time
        self.crowd = Crowd(self.chance, self.people_before)
        self.key = chain_key()

    def write(self, number: int, rows: Rows) -> Iterator[None]:
        """Add the rows of each dossier in turn, evenly over all minutes, first to last."""
        cumulated = list(accumulate(self.weights))
        moment, minute = self._moment(0), 0
        chosen: list[Plan] = []
        for place in range(number):
            if (now := place * len(self.minutes) // number) != minute:
                moment, minute = self._moment(now), now
            if not chosen:
                chosen = self.chance.choices(self.plans, cum_weights=cumulated, k=1000)
            Life(self, chosen.pop(), moment, minute, rows).write()
            yield

    def _moment(self, minute: int) -> Moment:
        at = self.minutes[minute]
        regime = self.regime_on(at.date())
        stamp = f"{int(at.timestamp() * 1000):012x}"
        transfer_due = clock.transfer_due(at, self.calendar, regime).isoformat()
        return Moment(at, at.isoformat(), f"{stamp[:8]}-{stamp[8:]}-7", at.date(), transfer_due, regime)


@dataclass
class Life:
    """Đời của một hồ sơ: from its reception as far as the present lets it go."""

    lives: Lives
    plan: Plan
    moment: Moment
    minute: int
    rows: Rows
    previous: str = GENESIS
    lines: int = 0

    def write(self) -> None:
        plan, moment, chance = self.plan, self.moment, self.lives.chance
        self.tail = f"-{0x8000 | chance.getrandbits(14):04x}-{chance.getrandbits(48):012x}"
        self.id = f"{moment.head}000{self.tail}"
        self.person = self.lives.crowd.next(f"{moment.head}001{self.tail}", self.rows)
        self.uuid = UUID(self.id)
        answer = moment.answers.get((plan.limit, plan.starts_next_day))
        if answer is None:
            answer = moment.answers[plan.limit, plan.starts_next_day] = clock.due(
                moment.at, plan.limit, self.lives.calendar, moment.regime,
                starts_after_cutoff_next_day=plan.starts_next_day,
            )  # fmt: skip
        self.answer = answer
        self.due = answer.due_at
        ends = self._ends()
        self.actors = [chance.choice(plan.people[step.key]) for step in plan.steps]
        self._dossier(ends)
        self._parts()
        self._received()
        self._walk(ends)

    def _ends(self) -> list[datetime]:
        """When each step that is done ended: most in time, some late, those of the future not at all."""
        chance, minutes = self.lives.chance, self.lives.minutes
        pace = chance.lognormvariate(-0.85, 0.4)
        if chance.random() < STUCK_SHARE:
            pace = chance.uniform(4, 15)
        at, ends = self.minute, []
        for step in self.plan.steps:
            takes = step.minutes * pace if step.minutes else chance.expovariate(1 / 700)
            at += 1 + int(takes)
            if at >= len(minutes):
                break
            ends.append(minutes[at])
        return ends

    def _dossier(self, ends: Sequence[datetime]) -> None:
        plan, moment, person, steps = self.plan, self.moment, self.person, self.plan.steps
        done = len(ends)
        self.step = step = steps[done] if done < len(steps) else None
        self.since = ends[-1] if ends else moment.at
        self.holder = self._holder_of(done) if step else None
        state = STATES[step.kind] if step else "RETURNED"
        if state == "IN_WORK" and self.holder is None:
            state = "TRANSFERRED"
        reached = {step.kind: end.isoformat() for step, end in zip(steps, ends, strict=False)}
        self.code = dossier_code(
            settings.DOSSIER_CODE_PATTERN, plan.agency_code, moment.day,
            self.lives.number_in(f"dossier:{plan.agency_id}:{moment.day:%Y%m%d}"),
        )  # fmt: skip
        book = f"{plan.field[:240]} {moment.day.year}".strip()
        words = [*person.name.folded.split(), *plan.lexemes]
        due = self.due.isoformat() if self.due else NULL
        # What the plan says is the same for thousands; the rest is of this dossier alone.
        self.rows["dossiers_dossier"].append(
            line(
                self.id, self.code, state, "NORMAL", "COUNTER", "COUNTER", plan.procedure_id, plan.revision_id,
                plan.case_id, plan.name[:500], plan.sets, plan.agency_id, plan.reception_id, person.id, "",
                person.name.written, person.name.folded, person.name.reversed, person.number_key, person.phone,
                " ".join([f"{word}:{place}" for place, word in enumerate(words, 1)]),
                moment.regime.code, plan.limit.value, plan.limit.unit, moment.text, self.actors[0],
                self.answer.start_at.isoformat(), due, due, "", moment.transfer_due, reached.get(StepKind.SIGN, NULL),
                reached.get(StepKind.ISSUE, NULL), reached.get(StepKind.RETURN, NULL), plan.workflow_id,
                step.key if step else "", step.name if step else "", step.kind if step else "",
                step.role if step else "", self._step_due(step, self.since) if step else NULL, self.holder,
                self.since.isoformat(), plan.fee, "", book,
                self.lives.number_in(f"register:{plan.reception_id}:{book}"),
            )
        )  # fmt: skip

    def _holder_of(self, place: int) -> UUID | None:
        """The clerk holds what was received, the officer what was assigned or claimed; the rest waits for its role."""
        kind = self.plan.steps[place].kind
        if kind == StepKind.RECEIVE:
            return self.actors[place]
        if kind != StepKind.WORK:
            return None
        if self.plan.steps[place - 1].kind == StepKind.ASSIGN or self.lives.chance.random() < CLAIMED_SHARE:
            return self.actors[place]
        return None

    def _parts(self) -> None:
        for position, (paper_id, name, form, quantity) in enumerate(self.plan.papers, start=1):
            self.rows["dossiers_part"].append(
                line(
                    f"{self.moment.head}1{position:02x}{self.tail}", self.id, position, paper_id, name, form,
                    quantity, "PROVIDED", "",
                )
            )  # fmt: skip

    def _received(self) -> None:
        plan = self.plan
        self._record(
            events.DossierReceived,
            self.actors[0],
            self.moment.at,
            code=self.code,
            procedure=plan.procedure_code,
            revision=plan.revision_number,
            agency=plan.agency_id,
            reception_agency=plan.reception_id,
            channel="COUNTER",
            regime=self.moment.regime.code,
            limit=str(plan.limit),
            clock_starts_at=self.answer.start_at.isoformat(),
            due_at=self.due.isoformat() if self.due else None,
            due_reason="",
            parts=[name for _, name, _, _ in plan.papers],
            fee_amount=plan.fee,
        )

    def _walk(self, ends: Sequence[datetime]) -> None:
        """Tasks, hands and lines of the steps, as far as they have come."""
        steps = self.plan.steps
        kept = range(len(steps)) if self.step else (0, len(steps) - 2, len(steps) - 1)
        for place in kept:
            opened = ends[place - 1] if place else self.moment.at
            if place == len(ends):
                self._open(place, opened)
                break
            self._ended(place, opened, ends[place])

    def _open(self, place: int, opened: datetime) -> None:
        self._task(place, opened, None, self.holder)
        if self.holder:
            self._hold(place, self.holder, opened, None)
            if place and self.plan.steps[place - 1].kind != StepKind.ASSIGN:
                self._claimed(place, opened)

    def _ended(self, place: int, opened: datetime, ended: datetime) -> None:
        step, actor = self.plan.steps[place], self.actors[place]
        is_held = step.kind in {StepKind.RECEIVE, StepKind.WORK}
        self._task(place, opened, ended, actor if is_held else None)
        if is_held:
            self._hold(place, actor, opened, ended)
            if place and self.plan.steps[place - 1].kind != StepKind.ASSIGN:
                self._claimed(place, opened)
        following = self.plan.steps[place + 1] if place + 1 < len(self.plan.steps) else None
        due = self._step_due(step, opened)
        self._record(
            FACTS[step.kind],
            actor,
            ended,
            step=step.key,
            held_since=opened.isoformat(),
            step_due_at=None if due == NULL else due,
            next_step=following.key if following else "",
            next_holder=str(self.actors[place + 1]) if step.kind == StepKind.ASSIGN else None,
            note="",
            **self._said(step, place, ended),
        )

    def _said(self, step: Step, place: int, ended: datetime) -> dict[str, Any]:
        """What the fact of this kind of step says besides; the paper that it leaves is written too."""
        if step.kind == StepKind.WORK:
            self._decision(place, ended)
            return {"outcome": "APPROVE", "reason": ""}
        if step.kind == StepKind.SIGN:
            return {"outcome": "APPROVE"}
        if step.kind == StepKind.ISSUE:
            number = f"{self.code[-4:]}/KQ-{self.plan.agency_code.replace('.', '')}"
            self._result(place, ended, number)
            return {"number": number, "issued_on": ended.date().isoformat()}
        if step.kind == StepKind.RETURN:
            return {"receiver": self.person.name.written}
        return {}

    def _decision(self, place: int, proposed: datetime) -> None:
        is_signed = self.step is None or self.step.kind in {StepKind.ISSUE, StepKind.RETURN}
        signing = next(number for number, step in enumerate(self.plan.steps) if step.kind == StepKind.SIGN)
        self.rows["dossiers_decision"].append(
            line(
                f"{self.moment.head}500{self.tail}", self.id, "APPROVE", "", self.actors[place],
                proposed.isoformat(), "", self.actors[signing] if is_signed else NULL,
                self.since.isoformat() if is_signed else NULL,
            )
        )  # fmt: skip

    def _result(self, place: int, issued: datetime, number: str) -> None:
        is_returned = self.step is None
        self.rows["dossiers_result"].append(
            line(
                f"{self.moment.head}600{self.tail}", self.id, f"Kết quả: {self.plan.name}"[:500], number,
                issued.date(), self.actors[place], issued.isoformat(), self.since.isoformat() if is_returned else NULL,
                self.actors[-1] if is_returned else NULL, self.person.name.written if is_returned else "", "t", "",
            )
        )  # fmt: skip

    def _task(self, place: int, opened: datetime, ended: datetime | None, holder: UUID | None) -> None:
        step = self.plan.steps[place]
        is_decided = step.kind in {StepKind.REVIEW, StepKind.SIGN}
        at_counter = step.kind in {StepKind.RECEIVE, StepKind.RETURN}
        self.rows["workflows_task"].append(
            line(
                f"{self.moment.head}3{place:02x}{self.tail}", self.id, place + 1, self.plan.workflow_id, step.key,
                step.name, step.kind, step.role, self.plan.reception_id if at_counter else self.plan.agency_id,
                holder, opened.isoformat(), self._step_due(step, opened), ended.isoformat() if ended else NULL,
                self.actors[place] if ended else NULL, ("AGREE" if is_decided else "DONE") if ended else "", "",
            )
        )  # fmt: skip

    def _hold(self, place: int, holder: UUID, since: datetime, until: datetime | None) -> None:
        self.rows["dossiers_assignment"].append(
            line(
                f"{self.moment.head}4{place:02x}{self.tail}", self.id, self.plan.steps[place].key, holder,
                self.actors[max(place - 1, 0)], since.isoformat(), until.isoformat() if until else NULL, "",
            )
        )  # fmt: skip

    def _claimed(self, place: int, at: datetime) -> None:
        holder = self.actors[place]
        self._record(events.DossierClaimed, holder, at, step=self.plan.steps[place].key, holder=str(holder))

    def _step_due(self, step: Step, opened: datetime) -> str:
        """A step without a time of its own is due with the dossier, and none is due later."""
        due = step_due(opened, step.minutes, self.lives.calendar) if step.minutes else None
        earliest = min((moment for moment in (due, self.due) if moment), default=None)
        return earliest.isoformat() if earliest else NULL

    def _record(self, kind: type[events.DossierEvent], actor: UUID, at: datetime, **payload: Any) -> None:
        """One line of the ledger, chained as `ledger.writing.write` chains it."""
        self.lines += 1
        signature = line_hash(
            self.lives.key,
            subject_type=kind.subject_type,
            subject_id=self.uuid,
            number=self.lines,
            name=kind.__name__,
            label=kind.label,
            actor_id=actor,
            at=at,
            payload=payload,
            previous=self.previous,
        )
        self.rows["ledger_line"].append(
            line(
                f"{self.moment.head}2{self.lines:02x}{self.tail}", kind.subject_type, self.id, self.lines,
                kind.__name__, kind.label, actor, at.isoformat(), json.dumps(payload, ensure_ascii=False),
                self.previous, signature,
            )
        )  # fmt: skip
        self.previous = signature


def working_minutes(first: datetime, last: datetime, calendar: CompiledCalendar) -> list[datetime]:
    """Every working minute of the span, first to last."""
    found = []
    day = first.date()
    while day <= last.date():
        for session in calendar.plain.day(day).sessions:
            at = datetime.combine(day, session.start, first.tzinfo)
            end = datetime.combine(day, session.end, first.tzinfo)
            while at < end and at <= last:
                found.append(at)
                at += timedelta(minutes=1)
        day += timedelta(days=1)
    return [at for at in found if at >= first]
