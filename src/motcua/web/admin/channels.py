"""Kênh thanh toán: which platform or account an agency uses, from when; its key is named here and kept elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments import gateways
from motcua.service.payments.gateways import GatewayTrouble, Tried
from motcua.service.payments.models import PaymentChannel
from motcua.service.payments.operations import channels
from motcua.service.payments.states import TariffState
from motcua.web.admin.base import AdminPage, history

LONGEST_DETAIL = 200


class ChannelPage(AdminPage):
    abstract = True
    section = "admin:channels"
    any_of = (Permission.RECONCILE, Permission.MANAGE_ORG)

    def seen(self) -> Any:
        found = PaymentChannel.objects.visible_to(self.user, self.at)
        return found.select_related("agency", "replaces", "drafted_by", "published_by")

    def channel(self, channel_id: UUID) -> PaymentChannel:
        found: PaymentChannel | None = self.seen().filter(pk=channel_id).first()
        if found is None:
            raise self.missing("Không có kênh thanh toán này.")
        return found

    def places(self) -> list[int]:
        return sorted(self.access.where(Permission.RECONCILE) | self.access.where(Permission.MANAGE_ORG))


class Channels(ChannelPage):
    """Các kênh: drafts first, then by the agency that collects."""

    def get(self, request: HttpRequest) -> HttpResponse:
        shows_old = request.GET.get("xem") == "cu"
        rows = list(self.seen().order_by("agency__path", "position", "-valid_from")[:500])
        return self.render(
            "admin/channels/index.html",
            shows_old=shows_old,
            drafts=[row for row in rows if row.state == TariffState.DRAFT],
            rows=[
                row
                for row in rows
                if row.state == TariffState.PUBLISHED
                and (row.valid_to is not None and row.valid_to < self.today) == shows_old
            ],
            adapters=adapters(),
        )


class NewChannel(ChannelPage):
    """Soạn kênh: first how it is connected, then what that asks for. `?tu=` begins from a known one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        start = as_key(request.GET.get("tu", ""))
        source = self.channel(start) if start else None
        adapter = request.POST.get("adapter") or request.GET.get("cach") or (source.adapter if source else "")
        known = gateways.described(adapter)
        if known is None:
            return self.render("admin/channels/choose.html", adapters=adapters())
        standing = self.seen().filter(state=TariffState.PUBLISHED, valid_to__isnull=True)
        return self.render(
            "admin/channels/edit.html",
            adapter=adapter,
            known=known,
            source=source,
            agency_list=self.agency_names(self.places()),
            standing=[(str(one.pk), f"{one.name} ({one.agency.name})") for one in standing],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        adapter = reader.choice("adapter", gateways.names(), required="Hãy chọn cách nối.")
        agency = self.read_agency(reader, "agency", required="Hãy chọn nơi thu.")
        begins = reader.day("valid_from", required="Hãy ghi ngày bắt đầu dùng.")
        name = reader.text("name", longest=120)
        secret_name = reader.text("secret_name", longest=200)
        position = reader.integer("position", least=0, most=99) or 0
        known = gateways.described(adapter)
        details = {
            asked.name: given
            for asked in (known.asked if known else ())
            if (given := reader.text(f"detail-{asked.name}", longest=LONGEST_DETAIL))
        }
        reader.check()
        assert agency is not None  # noqa: S101  checked
        assert begins is not None  # noqa: S101  checked
        channel = channels.draft_channel(
            agency_id=agency.pk, adapter=adapter, name=name, details=details, secret_name=secret_name,
            position=position, valid_from=begins, replaces=as_key(request.POST.get("replaces", "")),
            by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(
            "Đã soạn. Thử nối, rồi nhờ kế toán khác kiểm tra và ban hành.", "admin:channel", channel.pk
        )


class ChannelShow(ChannelPage):
    """Một kênh: where the money goes, whether its key is there, what it answers; publish, drop or end it."""

    tried: Tried | None = None
    trouble = ""

    def get(self, request: HttpRequest, channel_id: UUID) -> HttpResponse:
        channel = self.channel(channel_id)
        known = gateways.described(channel.adapter)
        tried = self.tried
        return self.render(
            "admin/channels/show.html",
            channel=channel,
            known=known,
            details=[
                (asked.label, str(channel.details.get(asked.name, "")))
                for asked in (known.asked if known else ())
            ],
            secrets=secrets_of(channel),
            callback=request.build_absolute_uri(reverse("api:payment-callback", args=[channel.pk])),
            is_own=channel.drafted_by_id == self.user.pk,
            may_publish=self.access.may(Permission.RECONCILE, channel.agency_id),
            is_open=channel.valid_to is None or channel.valid_to >= self.today,
            tried=tried,
            trouble=self.trouble,
            qr=segno.make(tried.qr_payload, error="m").svg_data_uri(scale=4, border=3)
            if tried and tried.qr_payload
            else "",
            history=history(channel.pk),
        )

    def post(self, request: HttpRequest, channel_id: UUID) -> HttpResponse:
        reader = self.read()
        act = reader.choice("act", ("try", "publish", "drop", "end"), required="Hãy chọn việc.")
        reader.check()
        channel = self.channel(channel_id)
        if act == "try":
            return self.try_out(channel)
        if act == "publish":
            channels.publish_channel(channel_id=channel.pk, by=self.user, at=self.at)
            return self.done(
                f"Đã ban hành, dùng từ {channel.valid_from:%d/%m/%Y}.", "admin:channel", channel.pk
            )
        if act == "drop":
            channels.drop_channel(channel_id=channel.pk, by=self.user, at=self.at)
            return self.done("Đã bỏ bản soạn.", "admin:channels")
        last = reader.day("last_day", required="Hãy ghi ngày cuối cùng còn dùng.")
        reason = reader.text("reason", longest=300)
        reader.check()
        assert last is not None  # noqa: S101  checked
        channels.end_channel(channel_id=channel.pk, last_day=last, reason=reason, by=self.user, at=self.at)
        return self.done(f"Thôi dùng sau ngày {last:%d/%m/%Y}.", "admin:channel", channel.pk)

    def try_out(self, channel: PaymentChannel) -> HttpResponse:
        """The answer stands on the page itself: it is of this moment."""
        try:
            self.tried = channels.try_channel(channel=channel, by=self.user, at=self.at)
        except GatewayTrouble as trouble:
            self.trouble = trouble.message
        return self.get(self.request, channel.pk)


def adapters() -> list[tuple[str, str]]:
    """Cách nối mà bản cài đặt này có: [(name, title)]."""
    known = [(name, gateways.described(name)) for name in gateways.names()]
    return [(name, one.title) for name, one in known if one]


def secrets_of(channel: PaymentChannel) -> list[tuple[str, bool]]:
    """Tên các biến giữ khóa, and whether each is set; never what it holds."""
    told = (
        getattr(gateways.gateway_of(channel), "secrets", None)
        if gateways.described(channel.adapter)
        else None
    )
    return told() if told else []
