"""Hàng chờ lúc này: who waits where, who comes next, how long it will take; read, never written."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from motcua.core.periods import Period
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.service.procedures.models import Offering
from motcua.service.procedures.querysets import OfferingQuerySet
from motcua.service.queueing.forecasting import Forecast, OpenDesk, forecast
from motcua.service.queueing.models import Desk, QueueField, QueueRule, Slot, SlotRule, Ticket
from motcua.service.queueing.ordering import LineRule, in_order, next_in_line
from motcua.service.queueing.slotting import FreeSlot, slots_of
from motcua.service.queueing.states import AT_DESK, IN_LINE, TicketState

MEASURED_OVER = timedelta(weeks=4)
MOST_MEASURED = 400
LONGEST_SERVICE = timedelta(hours=3)  # longer ones were forgotten, not served
NEVER = 1_000_000  # no person of priority was called yet: it is their turn


@dataclass(frozen=True)
class Standing:
    """Chỗ đứng của một số: how many of its line come before, how many desks are open, the forecast or why there is none."""

    ahead: int
    desks: int
    forecast: Forecast | None
    silence: str = ""


@dataclass(frozen=True)
class DayFigures:
    """Số liệu trong ngày của một đơn vị. Waits are whole minutes; None when there is nothing to measure."""

    waiting: int
    at_desks: int
    done: int
    missed: int
    left: int
    mean_wait: int | None
    longest_wait: int | None  # of those who wait now


def rule_of(unit_id: int, on: date) -> LineRule:
    """Luật gọi số in force; the house's own where the unit has set none."""
    found = QueueRule.objects.filter(unit=unit_id, valid_from__lte=on).order_by("-valid_from").first()
    return found.as_rule() if found else LineRule()


def next_ticket(desk: Desk, fields: Sequence[QueueField], at: datetime) -> Ticket | None:
    """Số sẽ được gọi ở quầy này."""
    day = local_date(at)
    tickets = {
        ticket.pk: ticket
        for ticket in Ticket.objects.in_line(day).for_fields([field.pk for field in fields], desk.pk)
    }
    found = next_in_line(
        [ticket.as_waiting() for ticket in tickets.values()],
        rule_of(desk.unit_id, day),
        at,
        normal_since_priority=_since_priority({field.pk for field in fields}, day),
    )
    return tickets[found.key] if found else None


def line_at(
    fields: Collection[UUID], unit_id: int, at: datetime, desk_id: UUID | None = None
) -> list[Ticket]:
    """Những số đang chờ ở các lĩnh vực này, in the order in which they would be called now."""
    day = local_date(at)
    tickets = {
        ticket.pk: ticket
        for ticket in Ticket.objects.in_line(day).for_fields(list(fields), desk_id).with_names()
    }
    ordered = in_order(
        [ticket.as_waiting() for ticket in tickets.values()],
        rule_of(unit_id, day),
        at,
        normal_since_priority=_since_priority(fields, day),
    )
    return [tickets[one.key] for one in ordered]


def standing_of(ticket: Ticket, at: datetime) -> Standing:
    """Còn bao nhiêu người trước số này ở cùng lĩnh vực, and when it will probably be called."""
    hall = _hall(ticket.unit_id, at)
    place = next((place for place, one in enumerate(hall.line) if one.pk == ticket.pk), None)
    before = hall.line[:place] if place is not None else []
    served = _served_at(list(hall.fields), at)
    return _told([*(one.field_id for one in before), ticket.field_id], hall.desks, served)


def expected(fields: Sequence[QueueField], at: datetime) -> list[Standing]:
    """Chờ bao lâu nếu lấy số bây giờ, for each of these lines of one unit; asks the same however many lines."""
    if not fields:
        return []
    hall = _hall(fields[0].unit_id, at)
    served = _served_at([*{*hall.fields, *(field.pk for field in fields)}], at)
    return [_told([*(one.field_id for one in hall.line), field.pk], hall.desks, served) for field in fields]


@dataclass(frozen=True)
class _Hall:
    """Sảnh lúc này: everybody who waits in the order of the calls, and the desks that are open."""

    line: list[Ticket]
    desks: list[OpenDesk]
    fields: set[UUID]


def _hall(unit_id: int, at: datetime) -> _Hall:
    day = local_date(at)
    serves: dict[UUID, set[UUID]] = {}
    for desk, field in Desk.objects.open_on(day).filter(unit=unit_id).values_list("pk", "fields"):
        serves.setdefault(desk, set()).add(field)
    tickets = {ticket.pk: ticket for ticket in Ticket.objects.of_unit(unit_id, day).in_line(day)}
    fields = {ticket.field_id for ticket in tickets.values()}.union(*serves.values())
    ordered = in_order(
        [ticket.as_waiting() for ticket in tickets.values()],
        rule_of(unit_id, day),
        at,
        normal_since_priority=_since_priority(fields, day),
    )
    busy = set(Ticket.objects.at_desks(day).filter(desk__in=list(serves)).values_list("desk", flat=True))
    desks = [OpenDesk(frozenset(lines), desk in busy) for desk, lines in serves.items()]
    return _Hall([tickets[one.key] for one in ordered], desks, fields)


def figures_of(unit_id: int, at: datetime) -> DayFigures:
    """Số liệu hôm nay."""
    rows = list(
        Ticket.objects.of_unit(unit_id, local_date(at)).values_list("state", "queued_at", "first_called_at")
    )
    waits = [called - queued for _, queued, called in rows if called]
    now = [at - queued for state, queued, _ in rows if state in IN_LINE]
    states = [state for state, _, _ in rows]
    return DayFigures(
        waiting=sum(state in IN_LINE for state in states),
        at_desks=sum(state in AT_DESK for state in states),
        done=states.count(TicketState.DONE),
        missed=states.count(TicketState.MISSED),
        left=states.count(TicketState.LEFT),
        mean_wait=_minutes(sum(waits, timedelta()) / len(waits)) if waits else None,
        longest_wait=_minutes(max(now)) if now else None,
    )


def free_slots(field: QueueField, day: date, at: datetime) -> list[FreeSlot]:
    """Các khung giờ của ngày, by the plan in force that day and the hours that the unit works; full ones as well."""
    return slots_between(field, day, day, at).get(day, [])


def slots_between(field: QueueField, first: date, last: date, at: datetime) -> dict[date, list[FreeSlot]]:
    """Các khung giờ theo ngày; days without any are left out. Two questions, however many days."""
    rules = list(SlotRule.objects.filter(field=field, valid_from__lte=last).order_by("-valid_from"))
    taken = dict(
        Slot.objects.filter(field=field, starts_at__date__range=(first, last)).values_list(
            "starts_at", "taken"
        )
    )
    found: dict[date, list[FreeSlot]] = {}
    for day in Period(first, last).days():
        rule = next((one for one in rules if one.valid_from <= day), None)
        if rule is None or rule.capacity == 0:
            continue
        worked = work_calendar(field.unit.agency_id, day).plain.day(day)
        hours = [(session.start, session.end) for session in worked.sessions]
        if slots := slots_of(day, hours, rule.as_plan(), at=at, taken=taken):
            found[day] = slots
    return found


def bookable(field: QueueField, at: datetime) -> dict[date, list[FreeSlot]]:
    """Mọi khung giờ còn đặt được, from today on."""
    today = local_date(at)
    farthest = max(SlotRule.objects.filter(field=field).values_list("days_ahead", flat=True), default=0)
    return slots_between(field, today, today + timedelta(days=farthest), at)


def offerings_of(field: QueueField, on: date) -> OfferingQuerySet:
    """Thủ tục của lĩnh vực này tại đơn vị: those it names, or those that no other line of the unit names."""
    offered = Offering.objects.received_at(field.unit.agency_id, on).select_related("procedure", "agency")
    if field.subjects:
        return offered.filter(procedure__current__field__in=field.subjects)
    lines = QueueField.objects.valid_on(on).filter(unit=field.unit_id).values_list("subjects", flat=True)
    return offered.exclude(procedure__current__field__in={one for subjects in lines for one in subjects})


def _served_at(fields: Sequence[UUID], at: datetime) -> dict[Hashable, list[timedelta]]:
    """Thời gian phục vụ thật của những tuần qua, by line."""
    served = Ticket.objects.filter(
        field__in=fields,
        state=TicketState.DONE,
        ended_at__gte=at - MEASURED_OVER,
        ended_at__lte=at,
        ended_at__lt=F("started_at") + LONGEST_SERVICE,
    )
    found: dict[Hashable, list[timedelta]] = {}
    rows = served.order_by("-ended_at").values_list("field", "started_at", "ended_at")
    for field, started, ended in rows[: MOST_MEASURED * len(fields)]:
        if started and ended:
            found.setdefault(field, []).append(ended - started)
    return found


def _told(
    order: Sequence[UUID], desks: Sequence[OpenDesk], served: Mapping[Hashable, Sequence[timedelta]]
) -> Standing:
    own = order[-1]
    ahead, open_for_it = order[:-1].count(own), sum(own in desk.lines for desk in desks)
    if not open_for_it:
        return Standing(ahead, 0, None, "Chưa có quầy nào mở.")
    told = forecast(order=order, desks=desks, served=served)
    return Standing(ahead, open_for_it, told, "" if told else "Chưa đủ dữ liệu để dự báo giờ gọi.")


def _since_priority(fields: Collection[UUID], day: date) -> int:
    """How many others were called since the last person of priority, at these lines today."""
    called = (
        Ticket.objects.filter(field__in=fields, day=day, first_called_at__isnull=False)
        .order_by("-first_called_at")
        .values_list("priority_id", "appointment_id")[:200]
    )
    since = 0
    for priority, appointment in called:
        if priority and not appointment:
            return since
        since += appointment is None
    return NEVER


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)
