"""Hàng chờ của tỉnh mẫu: some days at the province's centre, replayed by the real operations until now; bookings ahead.

People come, are called by the rule, served by whoever sits there, sometimes missed; a dossier that the clerk received in
that time is tied to the number. What would happen after now does not happen, so that the hall is full in working hours.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from uuid import UUID

from motcua.core.time import VIETNAM, local_date
from motcua.demo.people import a_person
from motcua.demo.province import Province
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import OneStopUnit
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.queueing.lines import bookable
from motcua.service.queueing.models import Appointment, Desk, QueueField, Ticket
from motcua.service.queueing.operations.arranging import set_desk, set_field, set_rule, set_slots
from motcua.service.queueing.operations.booking import SlotFull, book, check_in
from motcua.service.queueing.operations.serving import (
    call_next,
    close_desk,
    finish,
    miss,
    open_desk,
    start,
    tie_dossier,
)
from motcua.service.queueing.operations.ticketing import take_ticket

DAYS = 3  # replayed before today
PER_DAY = 60
AHEAD = 3  # working days with bookings
AT_CENTRE = (
    ("A", "Hộ tịch, tư pháp", ("Hộ tịch", "Chứng thực", "Lý lịch tư pháp", "Nuôi con nuôi", "Luật sư")),
    (
        "B",
        "Đất đai, nông nghiệp, môi trường",
        ("Đất đai", "Môi trường", "Thú y", "Chăn nuôi", "Bảo vệ thực vật"),
    ),
    ("C", "Việc khác", ()),
)
AT_COMMUNE = (("A", "Hộ tịch, chứng thực", ("Hộ tịch", "Chứng thực")), ("B", "Việc khác", ()))
PRIORITIES = ("ELDERLY", "ELDERLY", "CHILD", "PREGNANT", "DISABLED", "MERIT")
Act = Callable[[datetime], None]


def arrange(made: Province, at: datetime) -> None:
    """Lập hàng chờ: lines, desks, the rule and the slots, at the centre and in the first commune."""
    commune = made.centres[made.communes[0].pk]
    for centre, plan, served in (
        (made.centre, AT_CENTRE, ("AC", "BC", "ABC")),
        (commune, AT_COMMUNE, ("AB", "AB")),
    ):
        unit, day = made.units[centre.pk], local_date(at)
        lines = {}
        for position, (prefix, name, subjects) in enumerate(plan, start=1):
            line = lines[prefix] = set_field(
                unit=unit, name=name, prefix=prefix, subjects=subjects, position=position, by=None, at=at, valid_from=day,
            )  # fmt: skip
            set_slots(
                field=line,
                minutes=30,
                capacity=2,
                days_ahead=14,
                notice_minutes=60,
                by=None,
                at=at,
                valid_from=day,
            )
        for number, letters in enumerate(served, start=1):
            set_desk(
                unit=unit, number=number, fields=[lines[one] for one in letters], by=None, at=at, valid_from=day,
            )  # fmt: skip
        set_rule(
            unit=unit, normal_per_priority=2, longest_wait_minutes=45, early_minutes=10, late_minutes=15, by=None, at=at,
            valid_from=day,
        )  # fmt: skip


@dataclass
class Hall:
    """Sảnh Một cửa of the centre on its last days. The same seed gives the same days."""

    province: Province
    until: datetime
    chance: Random = field(default_factory=lambda: Random(13))  # noqa: S311  a demo wants the same days each time

    def __post_init__(self) -> None:
        self.unit: OneStopUnit = self.province.units[self.province.centre.pk]
        self.lines = list(QueueField.objects.filter(unit=self.unit).order_by("position"))
        self.clerks: list[User] = self.province.people(self.province.centre, "CLERK")
        desks = Desk.objects.filter(unit=self.unit).order_by("number")
        self.seats: dict[UUID, User] = {
            desk.pk: clerk for desk, clerk in zip(desks, self.clerks, strict=False)
        }
        self._queue: list[tuple[datetime, int, Act]] = []
        self._idle: dict[UUID, User] = {}
        self._order = count()

    def run(self) -> None:
        """Replay the last days and today; then book for the days to come."""
        for day in self.days(-DAYS):
            self.live(day)
        for day in self.days(AHEAD):
            self.book_for(day, self.until, 4)

    def days(self, number: int) -> list[date]:
        """So many working days before today with today, or after it."""
        calendar = work_calendar(self.province.centre.pk, local_date(self.until))
        today, found = local_date(self.until), []
        step = 1 if number > 0 else -1
        day = today + timedelta(days=1) if number > 0 else today
        for _ in range(40):
            if calendar.is_working(day):
                found.append(day)
            if len(found) == abs(number) + (number < 0):
                break
            day += timedelta(days=step)
        return sorted(found)

    def live(self, day: date) -> None:
        """One day, as far as now."""
        worked = work_calendar(self.province.centre.pk, day).plain.day(day)
        morning = datetime.combine(day, worked.sessions[0].start, VIETNAM)
        evening = datetime.combine(day, worked.sessions[-1].end, VIETNAM)
        evening_before = min(morning - timedelta(hours=14), self.until)
        for appointment in self.book_for(day, evening_before, 2):
            self.plan(
                appointment.slot.starts_at - timedelta(minutes=self.chance.randint(-5, 20)),
                partial(self.arrive, appointment),
            )
        for desk_id, clerk in self.seats.items():
            self.plan(morning, partial(self.sit_down, desk_id, clerk))
        for _ in range(PER_DAY):
            session = self.chance.choice(worked.sessions)
            minute = int(
                self.chance.triangular(
                    session.first_minute, session.last_minute - 20, session.first_minute + 40
                )
            )
            self.plan(
                datetime.combine(day, time(minute // 60, minute % 60, self.chance.randint(0, 59)), VIETNAM),
                self.come,
            )
        while self._queue and self._queue[0][0] <= min(self.until, evening + timedelta(hours=2)):
            at, _, act = heapq.heappop(self._queue)
            act(at)
        self._queue.clear()
        self._idle.clear()
        if self.until > evening:
            self.go_home(evening + timedelta(hours=2))

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._queue, (at, next(self._order), act))

    # People

    def come(self, at: datetime) -> None:
        priority = self.chance.choice(PRIORITIES) if self.chance.random() < 0.18 else ""
        line = self.chance.choices(self.lines, (4, 4, 3))[0]
        take_ticket(
            field_id=line.pk, priority=priority, source=Ticket.Source.COUNTER, by=self.clerks[0], at=at
        )
        self.wake(at)

    def wake(self, at: datetime) -> None:
        """Whoever sits idle looks who has come."""
        for desk_id, clerk in self._idle.items():
            self.plan(at + timedelta(seconds=20), partial(self.call, desk_id, clerk))
        self._idle.clear()

    def arrive(self, appointment: Appointment, at: datetime) -> None:
        if self.chance.random() < 0.85:
            check_in(
                unit_id=self.unit.pk, code=appointment.code, phone_tail=appointment.phone[-4:], by=self.clerks[0],
                source=Ticket.Source.COUNTER, at=at,
            )  # fmt: skip
            self.wake(at)

    def book_for(self, day: date, at: datetime, number: int) -> list[Appointment]:
        """So many people book each line of the unit for that day."""
        booked = []
        for line in self.lines:
            line.unit = self.unit
            free = [slot for slot in bookable(line, at).get(day, []) if slot.free]
            for slot in self.chance.sample(free, min(number, len(free))):
                person = a_person(self.chance)
                try:
                    booked.append(
                        book(
                            field_id=line.pk, starts_at=slot.starts_at, name=person.name, phone=person.phone, by=None,
                            at=at,
                        )
                    )  # fmt: skip
                except SlotFull:  # pragma: no cover - nobody else books here
                    continue
        return booked

    # Clerks

    def sit_down(self, desk_id: UUID, clerk: User, at: datetime) -> None:
        open_desk(desk_id=desk_id, by=clerk, at=at)
        self.plan(at + timedelta(minutes=2), partial(self.call, desk_id, clerk))

    def call(self, desk_id: UUID, clerk: User, at: datetime) -> None:
        ticket = call_next(desk_id=desk_id, by=clerk, at=at)
        if ticket is None:
            self._idle[desk_id] = clerk
        elif self.chance.random() < 0.06:
            self.plan(at + timedelta(minutes=3), partial(self.give_up, ticket, desk_id, clerk))
        else:
            walk = timedelta(seconds=self.chance.randint(20, 80))
            self.plan(at + walk, partial(self.serve, ticket, desk_id, clerk))

    def give_up(self, ticket: Ticket, desk_id: UUID, clerk: User, at: datetime) -> None:
        miss(ticket_id=ticket.pk, by=clerk, at=at)
        self.call(desk_id, clerk, at)

    def serve(self, ticket: Ticket, desk_id: UUID, clerk: User, at: datetime) -> None:
        start(ticket_id=ticket.pk, by=clerk, at=at)
        minutes = min(self.chance.lognormvariate(2.65, 0.5), 45)
        ends = at + timedelta(minutes=minutes)
        lately = Dossier.objects.filter(
            received_by=clerk, channel=Channel.COUNTER, received_at__gte=at, received_at__lte=ends, from_ticket=None,
            reception_agency=self.province.centre,
        )  # fmt: skip
        for dossier_id, received_at in lately.values_list("pk", "received_at"):
            self.plan(
                received_at,
                partial(self.tie, ticket, dossier_id, clerk),
            )
        self.plan(ends, partial(self.end, ticket, desk_id, clerk))

    def tie(self, ticket: Ticket, dossier_id: UUID, clerk: User, at: datetime) -> None:
        tie_dossier(ticket_id=ticket.pk, dossier_id=dossier_id, by=clerk, at=at)

    def end(self, ticket: Ticket, desk_id: UUID, clerk: User, at: datetime) -> None:
        finish(ticket_id=ticket.pk, by=clerk, at=at)
        self.call(desk_id, clerk, at + timedelta(seconds=self.chance.randint(10, 90)))

    def go_home(self, at: datetime) -> None:
        """The evening: who is at a desk is finished, desks are closed."""
        for desk_id, clerk in self.seats.items():
            for ticket in Ticket.objects.at_desks(local_date(at)).filter(desk=desk_id):
                (finish if ticket.state == "SERVING" else miss)(ticket_id=ticket.pk, by=clerk, at=at)
            close_desk(desk_id=desk_id, by=clerk, at=at)
