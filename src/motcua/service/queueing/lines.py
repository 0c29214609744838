"""Hàng chờ lúc này: who waits where, who comes next, how long it will take; read, never written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from motcua.core.periods import Period
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.service.procedures.models import Offering
from motcua.service.procedures.querysets import OfferingQuerySet
from motcua.service.queueing.forecasting import Forecast, forecast
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
    """Chỗ đứng của một số: how many come before, at how many open desks, and the forecast or why there is none."""

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
    """Còn bao nhiêu người trước số này. People of other lines count as well where the same desks serve them."""
    desks, fields = _served_with(ticket.field_id, local_date(at))
    line = line_at(fields, ticket.unit_id, at) if ticket.wanted_desk_id is None else []
    ahead = next((place for place, one in enumerate(line) if one.pk == ticket.pk), 0)
    return _standing(ticket.field_id, ahead, desks, at)


def expected(fields: Sequence[QueueField], at: datetime) -> list[Standing]:
    """Chờ bao lâu nếu lấy số bây giờ, for each of these lines of one unit; in four questions, however many lines."""
    day, keys = local_date(at), [field.pk for field in fields]
    serves: dict[UUID, set[UUID]] = {}
    links = Desk.objects.open_on(day).filter(unit__in={field.unit_id for field in fields})
    for desk, field in links.values_list("pk", "fields"):
        serves.setdefault(desk, set()).add(field)
    waiting = Counter(
        Ticket.objects.in_line(day)
        .filter(unit__in={one.unit_id for one in fields})
        .values_list("field", flat=True)
    )
    busy = set(Ticket.objects.at_desks(day).filter(desk__in=list(serves)).values_list("desk", flat=True))
    served = _served_at(keys, at)
    told = []
    for key in keys:
        desks = {desk for desk, lines in serves.items() if key in lines}
        together = {key}.union(*(serves[desk] for desk in desks))
        ahead = sum(waiting[one] for one in together)
        told.append(_told(ahead, desks, len(busy & desks), served.get(key, ())))
    return told


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


def served_lately(field_id: UUID, at: datetime) -> list[timedelta]:
    """Thời gian phục vụ thật của những tuần qua."""
    return _served_at([field_id], at).get(field_id, [])


def _served_at(fields: Sequence[UUID], at: datetime) -> dict[UUID, list[timedelta]]:
    served = Ticket.objects.filter(
        field__in=fields,
        state=TicketState.DONE,
        ended_at__gte=at - MEASURED_OVER,
        ended_at__lte=at,
        ended_at__lt=F("started_at") + LONGEST_SERVICE,
    )
    found: dict[UUID, list[timedelta]] = {}
    rows = served.order_by("-ended_at").values_list("field", "started_at", "ended_at")
    for field, started, ended in rows[: MOST_MEASURED * len(fields)]:
        if started and ended:
            found.setdefault(field, []).append(ended - started)
    return found


def _standing(field_id: UUID, ahead: int, desks: set[UUID], at: datetime) -> Standing:
    busy = Ticket.objects.at_desks(local_date(at)).filter(desk__in=desks).count() if desks else 0
    return _told(ahead, desks, busy, served_lately(field_id, at) if desks else ())


def _told(ahead: int, desks: Collection[UUID], busy: int, served: Sequence[timedelta]) -> Standing:
    if not desks:
        return Standing(ahead, 0, None, "Chưa có quầy nào mở.")
    told = forecast(ahead=ahead, desks=len(desks), busy=busy, served=served)
    return Standing(ahead, len(desks), told, "" if told else "Chưa đủ dữ liệu để dự báo giờ gọi.")


def _served_with(field_id: UUID, day: date) -> tuple[set[UUID], set[UUID]]:
    """The open desks of a line, and every line that these desks serve."""
    desks = set(Desk.objects.open_on(day).serving(field_id).values_list("pk", flat=True))
    fields = set(QueueField.objects.filter(desks__in=desks).values_list("pk", flat=True)) if desks else set()
    return desks, fields | {field_id}


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
