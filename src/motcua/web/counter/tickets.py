"""Gọi số: the desk of a clerk, the one who is there now, who waits, and everything one does with a number."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key
from motcua.core.time import local, local_date
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.queueing.lines import DayFigures, figures_of, line_at
from motcua.service.queueing.models import Appointment, Desk, PriorityKind, QueueField, Sitting, Ticket
from motcua.service.queueing.operations import serving
from motcua.service.queueing.operations.booking import check_in
from motcua.service.queueing.operations.ticketing import leave, take_ticket
from motcua.service.queueing.states import AT_DESK, IN_LINE, TicketState
from motcua.web.ui.pages import Page

SERVED = "ticket"  # key in the session: the number for which this clerk receives dossiers
SHOWN = 40
KINDS: dict[str, tuple[str, frozenset[TicketState]]] = {
    "cho": ("Đang chờ", IN_LINE),
    "quay": ("Đang ở quầy", AT_DESK),
    "xong": ("Đã xong", frozenset({TicketState.DONE})),
    "vang": ("Gọi vắng mặt", frozenset({TicketState.MISSED})),
    "bo": ("Không chờ nữa", frozenset({TicketState.LEFT})),
    "da-goi": ("Đã được gọi", frozenset(TicketState)),
}


class QueuePage(Page):
    """What the pages of the queue know: the unit of this clerk and the desk where the clerk sits."""

    abstract = True
    permission = Permission.RECEIVE

    @cached_property
    def sitting(self) -> Sitting | None:
        held = Sitting.objects.filter(clerk=self.user, closed_at=None)
        return held.select_related("desk__unit").first()

    @cached_property
    def unit(self) -> OneStopUnit | None:
        """Where the clerk sits, or the first unit with lines where the clerk may sit."""
        if self.sitting:
            return self.sitting.desk.unit
        day = local_date(self.at)
        lines = QueueField.objects.valid_on(day).filter(
            unit__agency__in=self.access.agencies(Permission.RECEIVE)
        )
        first = lines.select_related("unit").order_by("unit_id").first()
        return first.unit if first else None

    def my_desk(self) -> Desk:
        if self.sitting is None:
            raise DomainError("Bạn chưa mở quầy. Hãy chọn quầy bạn đang ngồi.")
        return self.sitting.desk

    def forget_served(self) -> None:
        self.request.session.pop(SERVED, None)


class Hall(QueuePage):
    """Hàng chờ và người đang ở quầy."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.unit is None:
            return self.render("counter/tickets/none.html")
        context = self.line()
        if self.is_fragment:
            return self.render("counter/tickets/_line.html", **context)
        current = self.current()
        return self.render(
            "counter/tickets/index.html",
            **context,
            current=current,
            received=Dossier.objects.visible_to(self.user, self.at)
            .filter(from_ticket__ticket=current)
            .order_by("id")
            if current
            else [],
            desks=self.desks() if self.sitting is None else [],
            fields_list=list(QueueField.objects.valid_on(local_date(self.at)).filter(unit=self.unit)),
            kinds=list(PriorityKind.objects.valid_on(local_date(self.at)).filter(is_by_appointment=False)),
        )

    def line(self) -> dict[str, Any]:
        """Who waits, in the order of the calls; at a desk: only those whom this desk would call."""
        assert self.unit is not None  # noqa: S101  asked before
        desk = self.sitting.desk if self.sitting else None
        lines = QueueField.objects.filter(desks=desk) if desk else QueueField.objects.filter(unit=self.unit)
        keys = list(lines.values_list("pk", flat=True))
        waiting = line_at(keys, self.unit.pk, self.at, desk.pk if desk else None)
        missed = (
            Ticket.objects.visible_to(self.user, self.at).missed(local_date(self.at)).filter(field__in=keys)
        )
        return {
            "unit": self.unit,
            "sitting": self.sitting,
            "waiting": waiting[:SHOWN],
            "more": max(0, len(waiting) - SHOWN),
            "missed": list(missed.with_names().order_by("-called_at")[:10]),
            "figures_list": figures_list(figures_of(self.unit.pk, self.at)),
            "appointments": self.appointments().count(),
        }

    def current(self) -> Ticket | None:
        if self.sitting is None:
            return None
        there = Ticket.objects.visible_to(self.user, self.at).at_desks(local_date(self.at))
        return there.filter(desk=self.sitting.desk).with_names().select_related(
            "appointment__offering__procedure"
        ).first()  # fmt: skip

    def desks(self) -> list[tuple[Desk, Sitting | None]]:
        """Quầy hôm nay, each with who sits there."""
        desks = Desk.objects.valid_on(local_date(self.at)).filter(unit=self.unit).prefetch_related("fields")
        taken = Sitting.objects.filter(desk__in=desks, closed_at=None).select_related("clerk")
        by_desk = {sitting.desk_id: sitting for sitting in taken}
        return [(desk, by_desk.get(desk.pk)) for desk in desks]

    def appointments(self) -> Any:
        return todays_appointments(self)


class Sittings(QueuePage):
    """Mở quầy."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, desk_id: UUID) -> HttpResponse:
        sitting = serving.open_desk(desk_id=desk_id, by=self.user, at=self.at)
        return self.done(f"Đã mở {sitting.desk}.", "counter:queue")


class SittingEnd(QueuePage):
    """Đóng quầy."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest) -> HttpResponse:
        desk = self.my_desk()
        serving.close_desk(desk_id=desk.pk, by=self.user, at=self.at)
        self.forget_served()
        return self.done(f"Đã đóng {desk}.", "counter:queue")

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.go("counter:queue")


class Next(SittingEnd):
    """Gọi số tiếp theo; whoever is at the desk is finished first."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest) -> HttpResponse:
        ticket = serving.call_next(desk_id=self.my_desk().pk, by=self.user, at=self.at, ends_current=True)
        self.forget_served()
        if ticket is None:
            messages.info(request, "Không còn ai chờ ở quầy của bạn.")
        return self.go("counter:queue")


class TicketAct(SittingEnd):
    """Một việc với một số, by the last word of the address."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, ticket_id: UUID, act: str) -> HttpResponse:  # type: ignore[override]
        if act not in ACTS:
            raise self.missing("Không có việc này.")
        sentence = ACTS[act](self, ticket_id)
        return self.done(sentence, "counter:queue") if sentence else self.go("counter:queue")

    def call_again(self, ticket_id: UUID) -> str:
        ticket = serving.call_again(ticket_id=ticket_id, by=self.user, at=self.at)
        return f"Đã gọi lại số {ticket.code}, lần {ticket.calls}."

    def start(self, ticket_id: UUID) -> str:
        serving.start(ticket_id=ticket_id, by=self.user, at=self.at)
        self.request.session[SERVED] = str(ticket_id)
        return ""

    def finish(self, ticket_id: UUID) -> str:
        ticket = serving.finish(ticket_id=ticket_id, by=self.user, at=self.at)
        self.forget_served()
        return f"Đã phục vụ xong số {ticket.code}."

    def miss(self, ticket_id: UUID) -> str:
        ticket = serving.miss(ticket_id=ticket_id, by=self.user, at=self.at)
        return f"Đã ghi vắng số {ticket.code}. Có thể mời lại khi người đó quay lại."

    def recall(self, ticket_id: UUID) -> str:
        desk = self.my_desk()
        serving.recall(ticket_id=ticket_id, desk_id=desk.pk, by=self.user, at=self.at)
        return ""

    def call(self, ticket_id: UUID) -> str:
        serving.call_ticket(ticket_id=ticket_id, desk_id=self.my_desk().pk, by=self.user, at=self.at)
        return ""

    def leave(self, ticket_id: UUID) -> str:
        ticket = leave(ticket_id=seen(self, ticket_id).pk, by=self.user, at=self.at)
        return f"Đã bỏ số {ticket.code} khỏi hàng chờ."


ACTS: dict[str, Callable[[TicketAct, UUID], str]] = {
    "goi": TicketAct.call,
    "goi-lai": TicketAct.call_again,
    "bat-dau": TicketAct.start,
    "xong": TicketAct.finish,
    "vang": TicketAct.miss,
    "moi-lai": TicketAct.recall,
    "bo": TicketAct.leave,
}


class TicketReception(SittingEnd):
    """Tiếp nhận hồ sơ của người mang số này: the service begins, and what is received is tied to the number."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:  # type: ignore[override]
        ticket = seen(self, ticket_id)
        if ticket.state == TicketState.CALLED:
            serving.start(ticket_id=ticket_id, by=self.user, at=self.at)
        request.session[SERVED] = str(ticket_id)
        asked: dict[str, str] = {}
        if ticket.appointment:
            asked["q"] = ticket.appointment.phone
            if ticket.appointment.offering_id:
                asked["thu-tuc"] = str(ticket.appointment.offering_id)
        return self.go(reverse("counter:receive") + (f"?{urlencode(asked)}" if asked else ""))


class TicketTransfer(QueuePage):
    """Chuyển số sang lĩnh vực hoặc quầy khác."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = seen(self, ticket_id)
        day = local_date(self.at)
        lines = QueueField.objects.valid_on(day).filter(unit=ticket.unit_id)
        desks = Desk.objects.open_on(day).filter(unit=ticket.unit_id).prefetch_related("fields")
        return self.render(
            "counter/tickets/transfer.html",
            ticket=ticket,
            lines_list=[(str(line.pk), line.name) for line in lines],
            desks=[
                (str(desk.pk), f"{desk}: {', '.join(line.name for line in desk.fields.all())}")
                for desk in desks
            ],
        )

    def post(self, request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        ticket = seen(self, ticket_id)
        reader = self.read()
        field_id = as_key(reader.text("field", required="Hãy chọn lĩnh vực chuyển đến."))
        desk_id = as_key(reader.text("desk"))
        reason = reader.text("reason", longest=300)
        reader.check()
        if field_id is None:
            reader.refuse("field", "Chọn một trong các mục đã cho.")
            reader.check()
        assert field_id is not None  # noqa: S101  checked
        serving.transfer_ticket(
            ticket_id=ticket.pk, field_id=field_id, desk_id=desk_id, reason=reason, by=self.user, at=self.at
        )
        self.forget_served()
        return self.done(f"Đã chuyển số {ticket.code}.", "counter:queue")


class Taking(QueuePage):
    """Lấy số hộ: for who cannot use the kiosk."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("counter:queue")

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        field_id = as_key(reader.text("field", required="Hãy chọn lĩnh vực."))
        priority = reader.text("priority", longest=20)
        reader.check()
        if field_id is None:
            raise DomainError("Hãy chọn lĩnh vực.")
        ticket = take_ticket(
            field_id=field_id, priority=priority, source=Ticket.Source.COUNTER, by=self.user, at=self.at
        )
        return self.go("portal:kiosk-ticket", ticket.unit_id, ticket.pk)

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.error(self.request, refusal.message)
        return self.go("counter:queue")


class Tickets(QueuePage):
    """Các số đứng sau một con số của ngày."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("loai", "cho")
        if self.unit is None:
            return self.render("counter/tickets/none.html")
        if kind not in KINDS:
            raise self.missing("Không có danh sách này.")
        word, states = KINDS[kind]
        tickets = Ticket.objects.visible_to(self.user, self.at).of_unit(self.unit.pk, local_date(self.at))
        tickets = tickets.filter(state__in=sorted(states))
        if kind == "da-goi":
            tickets = tickets.filter(first_called_at__isnull=False)
        after = as_key(request.GET.get("after", ""))
        page = tickets.filter(pk__gt=after) if after else tickets
        rows = list(page.with_names().order_by("pk")[: SHOWN + 1])
        return self.render(
            "counter/tickets/list.html",
            unit=self.unit,
            word=word,
            rows=[(ticket, round(ticket.waited(self.at).total_seconds() / 60)) for ticket in rows[:SHOWN]],
            next=str(rows[SHOWN - 1].pk) if len(rows) > SHOWN else "",
            total=tickets.count(),
        )


class Appointments(QueuePage):
    """Lịch hẹn hôm nay, and the number for who has come."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.unit is None:
            return self.render("counter/tickets/none.html")
        rows = todays_appointments(self).select_related("slot__field", "offering__procedure", "ticket")
        return self.render(
            "counter/tickets/appointments.html", unit=self.unit, rows=rows.order_by("slot__starts_at", "pk")
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã hẹn.", longest=20)
        tail = reader.text("tail", required="Hãy nhập 4 số cuối điện thoại.", longest=4)
        reader.check()
        if self.unit is None:
            raise self.missing("Nơi này chưa có hàng chờ.")
        ticket = check_in(
            unit_id=self.unit.pk,
            code=code,
            phone_tail=tail,
            source=Ticket.Source.COUNTER,
            by=self.user,
            at=self.at,
        )
        return self.go("portal:kiosk-ticket", ticket.unit_id, ticket.pk)


def todays_appointments(page: QueuePage) -> Any:
    assert page.unit is not None  # noqa: S101  asked before
    midnight = local(page.at).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Appointment.objects.visible_to(page.user, page.at).of_unit(page.unit.pk)
    return mine.exclude(state="CANCELLED").filter(slot__starts_at__date=midnight.date())


def seen(page: Page, ticket_id: UUID) -> Ticket:
    """The ticket, if it is the clerk's to see."""
    ticket = Ticket.objects.visible_to(page.user, page.at).with_names().filter(pk=ticket_id).first()
    if ticket is None:
        raise page.missing("Không có số thứ tự này.")
    return ticket


def figures_list(told: DayFigures) -> list[tuple[str, str, str]]:
    """Số liệu trong ngày, each with its words and the tickets behind it."""

    def address(kind: str) -> str:
        return f"{reverse('counter:tickets')}?loai={kind}"

    mean = f"{told.mean_wait} phút" if told.mean_wait is not None else "–"
    longest = f"{told.longest_wait} phút" if told.longest_wait is not None else "–"
    return [
        (str(told.waiting), "đang chờ", address("cho")),
        (longest, "chờ lâu nhất lúc này", address("cho")),
        (mean, "chờ trung bình đến khi gọi", address("da-goi")),
        (str(told.at_desks), "đang ở quầy", address("quay")),
        (str(told.done), "đã xong", address("xong")),
        (str(told.missed), "gọi vắng", address("vang")),
        (str(told.left), "không chờ nữa", address("bo")),
    ]


def tie_to_number(page: Page, dossier: Dossier) -> None:
    """The dossier just received goes with the number that this clerk serves, when it was handed over the counter."""
    ticket_id = as_key(page.request.session.get(SERVED, ""))
    if ticket_id is None or dossier.channel != Channel.COUNTER:
        return
    try:
        serving.tie_dossier(ticket_id=ticket_id, dossier_id=dossier.pk, by=page.user, at=page.at)
    except DomainError as refusal:
        page.request.session.pop(SERVED, None)
        messages.warning(page.request, f"Hồ sơ đã nhận nhưng chưa gắn được với số thứ tự: {refusal.message}")
