"""Hàng chờ cho mọi người: the kiosk, the board on the wall, one's own number, appointments."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import DomainError, Forbidden
from motcua.core.ids import as_key, new_id
from motcua.core.time import VIETNAM, local, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.queueing.lines import Standing, bookable, expected, offerings_of, standing_of
from motcua.service.queueing.models import (
    Appointment,
    PriorityKind,
    QueueField,
    QueueMachine,
    SlotRule,
    Ticket,
)
from motcua.service.queueing.operations.booking import book, cancel, check_in, found
from motcua.service.queueing.operations.machines import machine_with
from motcua.service.queueing.operations.ticketing import leave, take_ticket
from motcua.service.queueing.states import AT_DESK, AppointmentState, TicketState
from motcua.web.portal.attempts import may_try
from motcua.web.ui.pages import Page

MACHINE = "hang-cho-may"  # the cookie of a screen that belongs to a unit
MACHINE_FOR = 400 * 24 * 3600
CALLED_SHOWN = 8
STAMP = "%Y%m%d%H%M"
TOO_OFTEN = "Bạn đã thử nhiều lần. Hãy chờ 10 phút rồi thử lại, hoặc gọi Bộ phận Một cửa."


class QueuePage(Page):
    """What the open pages of the queue know: the unit, and whether this screen stands in its hall."""

    abstract = True
    public = True

    def unit(self, unit_id: int) -> OneStopUnit:
        known = OneStopUnit.objects.valid_on(local_date(self.at)).select_related("agency")
        unit: OneStopUnit | None = known.filter(pk=unit_id).first()
        if unit is None:
            raise self.missing("Không có Bộ phận Một cửa này.")
        return unit

    def lines(self, unit: OneStopUnit) -> list[QueueField]:
        lines = list(QueueField.objects.valid_on(local_date(self.at)).filter(unit=unit))
        for line in lines:
            line.unit = unit
        return lines

    def waits(self, unit: OneStopUnit) -> list[tuple[QueueField, Standing]]:
        """Mỗi lĩnh vực, with how many wait and how long."""
        lines = self.lines(unit)
        return list(zip(lines, expected(lines, self.at), strict=True))

    @cached_property
    def machine(self) -> QueueMachine | None:
        """The screen in the hall that was given a key."""
        try:
            key = signing.loads(self.request.COOKIES.get(MACHINE, ""), salt=MACHINE, max_age=MACHINE_FOR)
        except signing.BadSignature:
            return None
        return QueueMachine.objects.filter(pk=key, revoked_at=None).first()

    def hands(self, unit: OneStopUnit) -> dict[str, Any] | None:
        """Who gives numbers here: this screen, or a clerk who is signed in; None for everybody else."""
        if self.machine and self.machine.unit_id == unit.pk and self.machine.may(QueueMachine.Right.TAKE):
            return {"machine": self.machine, "by": None}
        user = self.request.user
        if isinstance(user, User) and access_of(user, self.at).may(Permission.RECEIVE, unit.agency_id):
            return {"machine": None, "by": user}
        return None

    def hands_or_refuse(self, unit: OneStopUnit) -> dict[str, Any]:
        hands = self.hands(unit)
        if hands is None:
            raise Forbidden("Số thứ tự chỉ lấy tại Bộ phận Một cửa. Ở nhà, bạn có thể đặt lịch hẹn.")
        return hands


class Units(QueuePage):
    """Nơi có lấy số, đặt hẹn."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        day = local_date(self.at)
        with_lines = QueueField.objects.valid_on(day).values("unit")
        units = OneStopUnit.objects.valid_on(day).filter(pk__in=with_lines).order_by("code")
        bookable_units = set(
            SlotRule.objects.filter(capacity__gt=0, field__unit__in=units).values_list(
                "field__unit", flat=True
            )
        )
        return self.render("portal/queue/index.html", units=units, bookable_units=bookable_units)


class Board(QueuePage):
    """Bảng gọi số."""

    public = True

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        today = Ticket.objects.of_unit(unit.pk, local_date(self.at))
        called = list(
            today.filter(state__in=sorted(AT_DESK))
            .select_related("desk")
            .order_by("-called_at")[:CALLED_SHOWN]
        )
        lines = self.waits(unit)
        facts = [(ticket.code, ticket.calls, ticket.state) for ticket in called]
        waits = [(line.prefix, told.ahead, told.forecast) for line, told in lines]
        version = sha256(repr([facts, waits]).encode()).hexdigest()[:16]
        if self.is_fragment and request.GET.get("v") == version:
            return HttpResponse(status=204)
        response = self.render(
            "portal/queue/_board.html" if self.is_fragment else "portal/queue/board.html",
            unit=unit,
            called=called,
            lines=lines,
            version=version,
            latest=f"{called[0].code}-{called[0].calls}" if called else "",
        )
        add_never_cache_headers(response)
        return response


class Kiosk(QueuePage):
    """Màn hình lấy số."""

    public = True

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        kinds = PriorityKind.objects.valid_on(local_date(self.at)).filter(is_by_appointment=False)
        return self.render(
            "portal/queue/kiosk.html",
            unit=unit,
            lines=self.waits(unit),
            kinds=[("", "Không"), *kinds.values_list("code", "name")],
            ticket_id=new_id(),
            may_take=self.hands(unit) is not None,
            serves=self.machine is not None and self.machine.may(QueueMachine.Right.SELF),
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        hands = self.hands_or_refuse(unit)
        reader = self.read()
        field_id = as_key(reader.text("field", required="Hãy chọn việc bạn cần làm."))
        ticket_id = as_key(reader.text("ticket"))
        priority = reader.text("priority", longest=20)
        reader.check()
        if field_id is None:
            raise DomainError("Hãy chọn việc bạn cần làm.", field="field")
        ticket = take_ticket(field_id=field_id, priority=priority, ticket_id=ticket_id, at=self.at, **hands)
        return self.go("portal:kiosk-ticket", unit.pk, ticket.pk)


class CheckIn(QueuePage):
    """Đến theo lịch hẹn: the code and the phone give the number."""

    public = True

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        return self.render(
            "portal/queue/check_in.html",
            unit=unit,
            code=request.GET.get("ma", "")[:20],
            may_take=self.hands(unit) is not None,
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        hands = self.hands_or_refuse(unit)
        code, tail = read_code(self)
        ticket = check_in(unit_id=unit.pk, code=code, phone_tail=tail, at=self.at, **hands)
        return self.go("portal:kiosk-ticket", unit.pk, ticket.pk)


class KioskTicket(QueuePage):
    """Phiếu số vừa lấy: shown, printed by itself, then the screen is free for the next."""

    public = True

    def get(self, request: HttpRequest, unit_id: int, ticket_id: UUID) -> HttpResponse:
        ticket = ticket_of(self, ticket_id)
        if ticket.unit_id != unit_id:
            raise self.missing("Không có số thứ tự này.")
        address = settings.SITE_URL + reverse("portal:ticket", args=[ticket.pk])
        response = self.render(
            "portal/queue/kiosk_ticket.html",
            ticket=ticket,
            unit=self.unit(unit_id),
            told=standing_of(ticket, self.at),
            qr=segno.make(address, error="m").svg_data_uri(scale=5, border=2),
            is_kiosk=self.machine is not None,
        )
        add_never_cache_headers(response)
        return response


class Pairing(QueuePage):
    """Gắn màn hình này với một Bộ phận Một cửa, by the key that the administrator made."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/queue/pairing.html", machine=self.machine)

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        key = reader.text("key", required="Hãy nhập khóa của máy.", longest=100)
        reader.check()
        if not may_try(request, "queue-machine", self.at):
            raise DomainError(TOO_OFTEN, field="key")
        machine = machine_with(key)
        if machine is None:
            raise DomainError("Khóa này không đúng hoặc đã bị thu hồi.", field="key")
        own = {QueueMachine.Right.TAKE: "portal:kiosk", QueueMachine.Right.SELF: "portal:self-service"}
        route = next((address for right, address in own.items() if machine.may(right)), "portal:board")
        response = self.go(route, machine.unit_id)
        response.set_cookie(
            MACHINE, signing.dumps(str(machine.pk), salt=MACHINE), max_age=MACHINE_FOR, httponly=True,
            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, path="/hang-cho/",
        )  # fmt: skip
        return response


class TicketPage(QueuePage):
    """Số của tôi: who is before me, how long, where I am called to. Whoever has its address may see it."""

    public = True

    def get(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = ticket_of(self, ticket_id)
        response = self.render(
            "portal/queue/_ticket.html" if self.is_fragment else "portal/queue/ticket.html",
            ticket=ticket,
            told=standing_of(ticket, self.at) if ticket.is_in_line else None,
            is_over=ticket.state in {TicketState.DONE, TicketState.LEFT} or ticket.day != local_date(self.at),
        )
        add_never_cache_headers(response)
        return response


class Leaving(QueuePage):
    """Tôi không chờ nữa."""

    public = True

    def post(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = leave(ticket_id=ticket_id, by=None, at=self.at)
        return self.done(f"Đã bỏ số {ticket.code}. Cảm ơn bạn đã báo.", "portal:ticket", ticket.pk)


class BookingLines(QueuePage):
    """Đặt hẹn, bước 1: việc gì."""

    public = True

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        open_to_book = set(
            SlotRule.objects.filter(field__unit=unit, capacity__gt=0).values_list("field", flat=True)
        )
        lines = [line for line in self.lines(unit) if line.pk in open_to_book]
        return self.render("portal/queue/booking_lines.html", unit=unit, lines=lines)


class BookingPage(QueuePage):
    """What the steps of booking know: the line."""

    abstract = True

    def line(self, unit_id: int, field_id: UUID) -> QueueField:
        unit = self.unit(unit_id)
        line = next((one for one in self.lines(unit) if one.pk == field_id), None)
        if line is None:
            raise self.missing("Không có lĩnh vực này.")
        return line


class BookingSlots(BookingPage):
    """Đặt hẹn, bước 2: ngày, giờ."""

    public = True

    def get(self, request: HttpRequest, unit_id: int, field_id: UUID) -> HttpResponse:
        line = self.line(unit_id, field_id)
        days = [
            (day, [(slot, slot.starts_at.strftime(STAMP)) for slot in slots if slot.free])
            for day, slots in bookable(line, self.at).items()
        ]
        return self.render(
            "portal/queue/booking_slots.html", line=line, days=[(day, slots) for day, slots in days if slots]
        )


class Booking(BookingPage):
    """Đặt hẹn, bước 3: ai đến."""

    public = True

    def get(self, request: HttpRequest, unit_id: int, field_id: UUID, stamp: str) -> HttpResponse:
        line, starts_at = self.line(unit_id, field_id), self.instant(stamp)
        offered = offerings_of(line, local_date(starts_at)).order_by("procedure__name_folded")
        return self.render(
            "portal/queue/booking.html",
            line=line,
            starts_at=starts_at,
            offered=[(one.pk, one.procedure.name) for one in offered],
            appointment_id=self.form.value("appointment") or new_id(),
        )

    def post(self, request: HttpRequest, unit_id: int, field_id: UUID, stamp: str) -> HttpResponse:
        line, starts_at = self.line(unit_id, field_id), self.instant(stamp)
        reader = self.read()
        name = reader.text("name", required="Hãy nhập họ và tên người đến.", longest=120)
        phone = reader.text("phone", required="Hãy nhập số điện thoại.", longest=20)
        offering = reader.integer("offering")
        reader.check()
        if not may_try(request, f"booking:{phone}", self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request, unit_id, field_id, stamp)
        appointment = book(
            field_id=line.pk, starts_at=starts_at, name=name, phone=phone, offering_id=offering,
            appointment_id=as_key(reader.text("appointment")), by=None, at=self.at,
        )  # fmt: skip
        return self.go("portal:appointment", appointment.pk)

    def instant(self, stamp: str) -> datetime:
        try:
            return datetime.strptime(stamp, STAMP).replace(tzinfo=VIETNAM)
        except ValueError:
            raise self.missing("Không có khung giờ này.") from None


class AppointmentSearch(QueuePage):
    """Tìm lại lịch hẹn của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/queue/appointment_search.html")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        code, tail = read_code(self)
        if not may_try(request, f"appointment:{code}", self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request)
        return self.go("portal:appointment", found(code=code, phone_tail=tail).pk)


class AppointmentPage(QueuePage):
    """Lịch hẹn của tôi. Whoever has its address may see it; it shows no phone."""

    public = True

    def get(self, request: HttpRequest, appointment_id: UUID) -> HttpResponse:
        appointment = (
            Appointment.objects.select_related("slot__field__unit", "offering__procedure", "ticket")
            .filter(pk=appointment_id)
            .first()
        )
        if appointment is None:
            raise self.missing("Không có lịch hẹn này.")
        response = self.render(
            "portal/queue/appointment.html",
            appointment=appointment,
            unit=appointment.slot.field.unit,
            may_cancel=appointment.state == AppointmentState.BOOKED and self.at < appointment.slot.ends_at,
            is_past=local(appointment.slot.ends_at) < local(self.at),
            qr=segno.make(appointment.code, error="m", micro=False).svg_data_uri(scale=5, border=2),
        )
        add_never_cache_headers(response)
        return response


class Cancelling(QueuePage):
    """Hủy lịch hẹn."""

    public = True

    def post(self, request: HttpRequest, appointment_id: UUID) -> HttpResponse:
        cancel(appointment_id=appointment_id, by=None, at=self.at)
        return self.done(
            "Đã hủy lịch hẹn. Chỗ này dành cho người khác.", "portal:appointment", appointment_id
        )


def read_code(page: Page) -> tuple[str, str]:
    reader = page.read()
    code = reader.text("code", required="Hãy nhập mã hẹn 8 chữ số.", longest=20)
    tail = reader.text("tail", required="Hãy nhập 4 số cuối điện thoại.", longest=4)
    reader.check()
    return code, tail


def ticket_of(page: Page, ticket_id: UUID) -> Ticket:
    ticket = (
        Ticket.objects.with_names().select_related("unit", "field", "desk", "priority").filter(pk=ticket_id)
    )
    found_one = ticket.first()
    if found_one is None:
        raise page.missing("Không có số thứ tự này.")
    return found_one
