"""A hall to queue in: one unit, two lines, two desks, two clerks and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import OneStopUnit, Role
from motcua.foundation.org.operations.posts import open_post, open_unit
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World, build_world
from motcua.service.queueing.models import Desk, QueueField, Ticket
from motcua.service.queueing.operations.arranging import set_desk, set_field, set_slots
from motcua.service.queueing.operations.seeding import seed_priority_kinds
from motcua.service.queueing.operations.serving import call_next, finish, open_desk, start
from motcua.service.queueing.operations.ticketing import take_ticket

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)  # a Monday


def minutes(number: float) -> datetime:
    return MORNING + timedelta(minutes=number)


@dataclass
class Hall:
    world: World
    unit: OneStopUnit
    civil: QueueField
    land: QueueField
    first: Desk
    second: Desk
    clerk: User
    other_clerk: User

    def take(self, at: datetime = MORNING, field: QueueField | None = None, **changes: Any) -> Ticket:
        return take_ticket(field_id=(field or self.civil).pk, **{"by": self.clerk, "at": at, **changes})

    def open(self, at: datetime = MORNING) -> None:
        open_desk(desk_id=self.first.pk, by=self.clerk, at=at)

    def call(self, at: datetime = MORNING, **changes: Any) -> Ticket | None:
        return call_next(**{"desk_id": self.first.pk, "by": self.clerk, "at": at, **changes})

    def serve(self, at: datetime, lasting: float = 5) -> Ticket:
        """Somebody who waits is called, served and goes."""
        ticket = self.call(at)
        assert ticket
        start(ticket_id=ticket.pk, by=self.clerk, at=at)
        return finish(ticket_id=ticket.pk, by=self.clerk, at=at + timedelta(minutes=lasting))


def build_hall(world: World | None = None, *, since: date = LONG_AGO) -> Hall:
    world = world or build_world()
    seed_priority_kinds()
    unit = open_unit(
        agency=world.centre,
        code="H31.1.MC",
        name="Bộ phận Một cửa tỉnh Mẫu",
        valid_from=since,
        by=None,
        at=BEGINNING,
    )
    given: dict[str, Any] = {"unit": unit, "by": None, "at": BEGINNING, "valid_from": since}
    civil = set_field(name="Hộ tịch, chứng thực", prefix="A", subjects=["Hộ tịch"], **given)
    land = set_field(name="Đất đai", prefix="B", subjects=[], **given)
    for field in (civil, land):
        set_slots(
            field=field, minutes=30, capacity=2, days_ahead=14, notice_minutes=60, by=None, at=BEGINNING,
            valid_from=since,
        )  # fmt: skip
    first = set_desk(number=1, fields=[civil, land], **given)
    second = set_desk(number=2, fields=[civil], **given)
    other = create_staff(
        username="tiepnhan", full_name="Mai Thị Nga", password="Mot-cua-2026!", by=None, at=BEGINNING
    )
    post = open_post(
        agency=world.centre, title="Công chức Một cửa 2", role=Role.objects.get(code="CLERK"), valid_from=since,
        by=None, at=BEGINNING,
    )  # fmt: skip
    appoint(other, post=post, valid_from=since, by=None, at=BEGINNING)
    return Hall(world, unit, civil, land, first, second, world.clerk, other)
