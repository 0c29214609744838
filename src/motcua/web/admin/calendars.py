"""Lịch làm việc: the year as it is, a change of it seen first with the dates it would move, then done, with who and why."""

from __future__ import annotations

import calendar as months
import time as clock
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.text import sort_key
from motcua.foundation.calendars.clock import DayKind, Session
from motcua.foundation.calendars.clock.weeks import WEEKDAYS
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.calendars.models import (
    Calendar,
    CalendarDay,
    CalendarSession,
    CalendarVersion,
    RegimeRule,
)
from motcua.foundation.calendars.operations import changing
from motcua.foundation.calendars.operations.changing import DayChange
from motcua.foundation.calendars.operations.previewing import Plan, plan, plan_hours
from motcua.foundation.calendars.operations.regulating import subject_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier, Rescheduling
from motcua.service.dossiers.operations.rescheduling import Moved, preview, reschedule_all
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.web.admin.base import AdminPage, history, names_of
from motcua.web.ui.forms import Reader

FIRST_YEAR, LAST_YEAR = 2018, 2100
AT_ONCE = 2.0  # seconds that one request spends on moving dates; the page asks again for the rest
SHOWN = 200
COUNTED = 20_000  # open promises that a page still counts through before anything is done
NEEDS_DAY = "Hãy nhập ngày."
REASON = "Hãy ghi lý do, ví dụ số thông báo hoặc quyết định."
CHANGES = {
    "OFF": "Nghỉ lễ, Tết",
    "SWAP": "Hoán đổi",
    "CLOSED": "Đơn vị nghỉ",
    "SHORT": "Làm một phần ngày",
    "ORDINARY": "Trở lại ngày thường",
}
LETTERS = {DayKind.HOLIDAY: "L", DayKind.MADE_UP: "B", DayKind.CLOSED: "N", DayKind.SHORT: "½"}
Week = dict[int, list[Session]]


@dataclass(frozen=True)
class Cell:
    """Một ngày trên lịch năm."""

    day: date
    kind: str
    letter: str
    words: str
    is_own: bool


class CalendarsPage(AdminPage):
    abstract = True
    section = "admin:calendars"
    permission = Permission.MANAGE_CALENDARS

    def calendar(self, calendar_id: UUID) -> Calendar:
        found = Calendar.objects.filter(pk=calendar_id).first()
        if found is None:
            raise self.missing("Không có lịch này.")
        return found

    def mine(self, calendar_id: UUID) -> Calendar:
        """To be changed: the common one only by who administers all, an agency's own by who administers there."""
        found = self.calendar(calendar_id)
        if found.agency_id is None:
            self.require_everywhere(Permission.MANAGE_CALENDARS)
        else:
            self.access.require(Permission.MANAGE_CALENDARS, found.agency_id)
        return found

    def may_change(self, calendar: Calendar) -> bool:
        if calendar.agency_id is None:
            return self.may_everywhere(Permission.MANAGE_CALENDARS)
        return self.access.may(Permission.MANAGE_CALENDARS, calendar.agency_id)


class Calendars(CalendarsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(Calendar.objects.all())
        names = dict(
            Agency.objects.filter(pk__in=[row.agency_id for row in rows if row.agency_id]).values_list(
                "pk", "name"
            )
        )
        own = [(row, names.get(row.agency_id or 0, row.name)) for row in rows if row.agency_id]
        return self.render(
            "admin/calendars/index.html",
            national=next((row for row in rows if row.is_national), None),
            own=sorted(own, key=lambda pair: sort_key(pair[1])),
            regimes=list(RegimeRule.objects.order_by("-valid_from")),
            may_regulate=self.may_everywhere(Permission.MANAGE_CALENDARS),
        )


class NewCalendar(CalendarsPage):
    """Lập lịch riêng of an agency."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/calendars/new.html",
            agency_list=self.agency_names(self.access.agencies(Permission.MANAGE_CALENDARS)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        agency = self.read_agency(reader, "agency_id", required="Hãy chọn cơ quan.")
        reader.check()
        assert agency is not None  # noqa: S101  reader.check() has refused it
        self.access.require(Permission.MANAGE_CALENDARS, agency.pk)
        made = changing.open_calendar(
            agency_id=agency.pk, name=f"Lịch của {agency.name}", by=self.user, at=self.at
        )
        return self.done(
            f"{agency.name} có lịch riêng; ngày nào không ghi khác thì theo lịch chung.",
            "admin:calendar",
            made.pk,
        )


class CalendarYear(CalendarsPage):
    def get(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar = self.calendar(calendar_id)
        typed = request.GET.get("year", "")
        year = int(typed) if typed.isdecimal() and len(typed) == 4 else self.today.year
        year = min(max(year, FIRST_YEAR), LAST_YEAR)
        special = {row.day: row for row in calendar.days.filter(day__year=year)}
        worked = work_calendar(calendar.agency_id, self.today)
        common = work_calendar(None, self.today)
        return self.render(
            "admin/calendars/show.html",
            calendar=calendar,
            owner=owner(calendar),
            year=year,
            months=year_of(worked.plain, year, set(special) if calendar.agency_id else set()),
            special=sorted(special.values(), key=lambda row: row.day),
            weeks=weeks_of(calendar),
            is_known=common.knows_year(year),
            changes=[(kind, label) for kind, label in CHANGES.items() if kind != "ORDINARY"],
            may_change=self.may_change(calendar),
            history=history(calendar.pk),
        )


class Changing(CalendarsPage):
    """Xem trước, rồi mới đổi: shared by a change of days and a change of hours."""

    abstract = True
    noun = ""

    def answer(self, calendar: Calendar, made: Plan, told: list[Any], reason: str) -> HttpResponse:
        plans = made.calendars(self.concerned(calendar), self.today)
        shifts = list(preview(plans, agency_ids=reach(calendar)))
        return self.render(
            "admin/calendars/preview.html",
            calendar=calendar,
            owner=owner(calendar),
            told=told,
            reason=reason,
            shifts=shifts[:SHOWN],
            total=len(shifts),
            earlier=sum(shift.after < shift.before for shift in shifts),
            typed=self._typed(),
            token=version(),
            sees_names=self.access.may(Permission.SEE),
            back=self.request.get_full_path(),
            is_old=bool(self.request.POST.get("apply")),
        )

    def is_to_apply(self) -> bool:
        """The person has seen the dates that move, and nobody has changed any calendar meanwhile."""
        return bool(self.request.POST.get("apply")) and self.request.POST.get("token") == version()

    def applied(self, calendar: Calendar, sentence: str) -> HttpResponse:
        stand = move_some(calendar, by=self.user, at=self.at)
        if stand.after or stand.busy:
            return self.done(f"{sentence} Đang dời ngày hẹn.", address_of(calendar, stand))
        told = (
            f" Đã dời ngày hẹn của {stand.moved} hồ sơ." if stand.moved else " Không ngày hẹn nào phải dời."
        )
        return self.done(
            sentence + told, "admin:reschedule" if stand.moved else "admin:calendar", calendar.pk
        )

    def concerned(self, calendar: Calendar) -> list[int]:
        """The agencies whose open dossiers may be touched."""
        if calendar.agency_id is not None:
            return [calendar.agency_id]
        return list(Dossier.objects.open().order_by().values_list("agency_id", flat=True).distinct())

    def _typed(self) -> list[tuple[str, str]]:
        hidden = {"csrfmiddlewaretoken", "apply", "token"}
        return [(name, self.request.POST[name]) for name in self.request.POST if name not in hidden]


class CalendarChange(Changing):
    def get(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar = self.mine(calendar_id)
        day = Reader(request.GET).day("day")
        known = calendar.days.filter(day=day).first() if day else None
        usual = "ORDINARY" if known else "OFF" if calendar.is_national else "CLOSED"
        kind = request.POST.get("kind") or request.GET.get("kind", "")
        return self.render(
            "admin/calendars/change.html",
            calendar=calendar,
            owner=owner(calendar),
            kind=kind if kind in CHANGES else usual,
            kinds=list(CHANGES.items()),
            day=day,
            known=known,
        )

    def post(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar, reader = self.mine(calendar_id), self.read()
        kind = reader.choice("kind", list(CHANGES), required="Hãy chọn loại thay đổi.")
        day = reader.day("day", required=NEEDS_DAY)
        last, worked = reader.day("last"), reader.day("worked")
        opens, closes = reader.time("opens"), reader.time("closes")
        name = reader.text("name", longest=200)
        decision = reader.text("decision", longest=200)
        reason = reader.text("reason", required=REASON, longest=300)
        if kind == "SWAP" and worked is None and "worked" not in reader.errors:
            reader.refuse("worked", "Hãy nhập ngày làm bù.")
        if kind in {"OFF", "CLOSED", "SHORT"} and not name:
            reader.refuse("name", "Hãy ghi tên ngày nghỉ hoặc lý do.")
        reader.check()
        assert day is not None  # noqa: S101  reader.check() has refused an empty day
        if kind == "SWAP" and worked is not None:
            changes = changing.swap(day, worked, decision=decision)
        elif kind == "ORDINARY":
            changes = self._ordinary(calendar, day)
        elif kind == "SHORT":
            changes = [DayChange(day, kind, name, decision, opens=opens, closes=closes)]
        else:
            span = changing.closure(day, last or day, name, decision=decision)
            changes = [DayChange(one.day, kind, name, decision) for one in span]
        made = plan(calendar_id=calendar.pk, changes=changes, reason=reason)
        if self.is_to_apply():
            changing.change_days(
                calendar_id=calendar.pk, changes=changes, reason=reason, by=self.user, at=self.at
            )
            return self.applied(calendar, f"Đã đổi {len(changes)} ngày của lịch.")
        return self.answer(calendar, made, told_days(calendar, changes), reason)

    def _ordinary(self, calendar: Calendar, day: date) -> list[DayChange]:
        """A day that was swapped becomes ordinary together with the day it was swapped with."""
        known = calendar.days.filter(day=day).first()
        if known is None:
            raise DomainError(f"Ngày {day:%d/%m/%Y} không có gì khác thường trong lịch này.", field="day")
        other = known.swapped_with
        pair = [other] if other and calendar.days.filter(day=other, swapped_with=day).exists() else []
        return changing.ordinary(day, *pair)


class HoursChange(Changing):
    """Giờ làm việc trong tuần, from a day on."""

    def get(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar = self.mine(calendar_id)
        weeks = weeks_of(calendar) or weeks_of(national())
        now = weeks[-1][1] if weeks else {}
        return self.render(
            "admin/calendars/hours.html",
            calendar=calendar,
            owner=owner(calendar),
            rows=[(number, name, now.get(number, [])) for number, name in enumerate(WEEKDAYS)],
            parts=(("am", "Sáng"), ("pm", "Chiều")),
        )

    def post(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar, reader = self.mine(calendar_id), self.read()
        first = reader.day("valid_from", required=NEEDS_DAY)
        reason = reader.text("reason", required=REASON, longest=300)
        week = read_week(reader)
        reader.check()
        assert first is not None  # noqa: S101  reader.check() has refused an empty day
        made = plan_hours(calendar_id=calendar.pk, valid_from=first, week=week, reason=reason)
        if self.is_to_apply():
            changing.set_hours(
                calendar_id=calendar.pk, valid_from=first, week=week, reason=reason, by=self.user, at=self.at
            )
            return self.applied(calendar, f"Đã đặt giờ làm việc từ {first:%d/%m/%Y}.")
        told: list[tuple[str, str, str]] = [
            (f"{WEEKDAYS[number]}, từ {first:%d/%m/%Y}", "", said(week.get(number, [])))
            for number in range(7)
        ]
        return self.answer(calendar, made, told, reason)


class Reschedulings(CalendarsPage):
    """Dời ngày hẹn: how far it is, what has moved, and the rest of it at a press (by itself where scripts run)."""

    def get(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar = self.mine(calendar_id)
        stand = self._stand()
        left = None
        if stand is None and promises_of(calendar).count() <= COUNTED:
            left = sum(1 for _ in preview({}, agency_ids=reach(calendar)))
        return self._show("admin/calendars/reschedulings.html", calendar, stand, left)

    def post(self, request: HttpRequest, calendar_id: UUID) -> HttpResponse:
        calendar = self.mine(calendar_id)
        stand = move_some(calendar, by=self.user, at=self.at, since=self._stand())
        if self.is_fragment:
            return self._show("admin/calendars/_progress.html", calendar, stand)
        if not stand.after and not stand.busy:
            return self.done("Mọi ngày hẹn đang khớp với lịch.", "admin:reschedule", calendar.pk)
        return self.go(address_of(calendar, stand))

    def _stand(self) -> Moved | None:
        """How far the requests before have come; None: it begins."""
        typed = self.request.POST if self.request.method == "POST" else self.request.GET
        numbers = [typed.get(name, "") for name in ("total", "looked", "moved", "busy")]
        if not all(number.isdecimal() and len(number) < 10 for number in numbers):
            return None
        try:
            after = str(UUID(typed["after"])) if typed.get("after") else ""
        except ValueError:
            return None
        if not after and self.request.method == "POST":
            return None
        total, looked, moved, busy = map(int, numbers)
        return Moved(total, looked, moved, busy, after)

    def _show(
        self, template: str, calendar: Calendar, stand: Moved | None, left: int | None = None
    ) -> HttpResponse:
        why = last_change(calendar)
        moved = Rescheduling.objects.filter(reason=why["reason"][:300], at__gte=why["at"]) if why else None
        if moved is not None and calendar.agency_id is not None:
            moved = moved.filter(dossier__agency=calendar.agency_id)
        rows = (
            list(moved.select_related("dossier").order_by("-at", "-id")[:SHOWN]) if moved is not None else []
        )
        return self.render(
            template,
            calendar=calendar,
            owner=owner(calendar),
            why=why,
            stand=stand,
            left=left,
            moved=rows,
            moved_count=moved.count() if moved is not None else 0,
        )


def owner(calendar: Calendar) -> str:
    """Whose calendar this is, as the pages call it."""
    if calendar.agency_id is None:
        return "Lịch chung"
    agency = Agency.objects.filter(pk=calendar.agency_id).first()
    return agency.name if agency else calendar.name


def national() -> Calendar | None:
    return Calendar.objects.filter(agency_id=None).first()


def version() -> str:
    return str(CalendarVersion.objects.values_list("token", flat=True).first() or "")


def reach(calendar: Calendar) -> list[int] | None:
    """The agencies whose dossiers follow this calendar; None: all of them, each by its own."""
    return None if calendar.agency_id is None else [calendar.agency_id]


def move_some(calendar: Calendar, *, by: User, at: datetime, since: Moved | None = None) -> Moved:
    """Dời ngày hẹn for some seconds, from where the requests before have stopped; gives how far it is."""
    why = last_change(calendar)
    reason = why["reason"] if why else "Tính lại theo lịch làm việc"
    return move_waiting(reason, reach(calendar), by=by, at=at, since=since)


def move_waiting(
    reason: str, agency_ids: list[int] | None, *, by: User, at: datetime, since: Moved | None = None
) -> Moved:
    """Dời những ngày hẹn chưa khớp for some seconds, with the reason that is written beside each."""
    until = clock.monotonic() + AT_ONCE
    return reschedule_all(
        by=by,
        at=at,
        reason=reason,
        agency_ids=agency_ids,
        since=since,
        should_stop=lambda: clock.monotonic() > until,
    )


def address_of(calendar: Calendar, stand: Moved) -> str:
    """Where the moving of dates goes on, with how far it is."""
    return f"{reverse('admin:reschedule', args=[calendar.pk])}?{urlencode(asdict(stand))}"


def promises_of(calendar: Calendar) -> DossierQuerySet:
    """The open promises that follow this calendar."""
    open_ones = Dossier.objects.open().filter(due_at__isnull=False)
    return open_ones if calendar.agency_id is None else open_ones.at_agency(calendar.agency_id)


def last_change(calendar: Calendar) -> dict[str, Any] | None:
    """Lần đổi lịch gần nhất that a date moves for: who, when and why. A change of the common one counts for all."""
    names = ("CalendarDaysChanged", "WorkingHoursChanged", "RegimeChanged")
    subjects = [calendar.pk]
    if calendar.is_national:
        subjects += [subject_of(code) for code in RegimeRule.objects.values_list("code", flat=True)]
    lines = Line.objects.filter(subject_id__in=subjects, name__in=names)
    line = lines.order_by("-at").first()
    if line is None:
        return None
    by = names_of([line.actor_id]).get(line.actor_id, "Hệ thống") if line.actor_id else "Hệ thống"
    return {"reason": line.payload["reason"], "by": by, "at": line.at, "label": line.label}


def year_of(plain: Any, year: int, own: set[date]) -> list[tuple[int, list[list[Cell | None]]]]:
    """Twelve months of weeks from Monday; None where another month's day would stand."""
    weeks_from_monday = months.Calendar(firstweekday=0)
    return [
        (
            month,
            [
                [cell_of(plain, day, day in own) if day.month == month else None for day in week]
                for week in weeks_from_monday.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def cell_of(plain: Any, day: date, is_own: bool) -> Cell:
    known = plain.day(day)
    hours = said(known.sessions)
    words = f"{known.reason}. {hours}." if known.is_worked and known.kind != DayKind.WORKING else known.reason
    return Cell(day, known.kind.value.lower(), LETTERS.get(known.kind, ""), words, is_own)


def weeks_of(calendar: Calendar | None) -> list[tuple[date, Week]]:
    """Giờ làm việc theo thời kỳ, oldest first."""
    weeks: dict[date, Week] = {}
    rows = CalendarSession.objects.filter(calendar=calendar) if calendar else ()
    for row in rows:
        weeks.setdefault(row.valid_from, {}).setdefault(row.weekday, []).append(Session(row.start, row.end))
    return sorted(weeks.items())


def read_week(reader: Reader) -> Week:
    """Two halves a day, each with both its hours or with none."""
    week: Week = {}
    for number in range(7):
        for part in ("am", "pm"):
            start, end = (reader.time(f"{part}-{edge}-{number}") for edge in ("start", "end"))
            if (start is None) != (end is None):
                reader.refuse(
                    f"{part}-end-{number}", f"{WEEKDAYS[number]}: cần cả giờ bắt đầu và giờ kết thúc."
                )
            elif start and end and start >= end:
                reader.refuse(
                    f"{part}-end-{number}", f"{WEEKDAYS[number]}: giờ kết thúc phải sau giờ bắt đầu."
                )
            elif start and end:
                week.setdefault(number, []).append(Session(start, end))
    return week


def told_days(calendar: Calendar, changes: Iterable[DayChange]) -> list[tuple[str, str, str]]:
    """What each day is and what it becomes, in words."""
    listed = list(changes)
    known = {row.day: row for row in calendar.days.filter(day__in=[change.day for change in listed])}
    kinds = dict(CalendarDay.Kind.choices)
    usual = work_calendar(calendar.agency_id, min(change.day for change in listed)).plain
    told = []
    for change in listed:
        row = known.get(change.day)
        before = f"{kinds[row.kind]}: {row.name}" if row else usual.day(change.day).reason
        after = f"{kinds[change.kind]}: {change.name}" if change.kind else "Ngày thường"
        if change.opens and change.closes:
            after += f" ({change.opens:%H:%M}–{change.closes:%H:%M})"
        told.append((f"{WEEKDAYS[change.day.weekday()]} {change.day:%d/%m/%Y}", before, after))
    return told


def said(sessions: Iterable[Session]) -> str:
    return ", ".join(map(str, sessions)) or "nghỉ"
