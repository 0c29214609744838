"""Kênh gửi: how a notice leaves the house. A channel without an adapter says so, and nothing is pretended.

Whoever connects an SMS or Zalo gateway writes a class with these three names and registers it at start.
"""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.mail import EmailMessage

if TYPE_CHECKING:
    from motcua.foundation.notices.models import Notice


class Undeliverable(Exception):
    """Địa chỉ không nhận: trying again would not help."""


class Gateway(Protocol):
    """Một kênh gửi."""

    @property
    def is_connected(self) -> bool: ...

    def send(self, notice: Notice) -> None:
        """Raises Undeliverable when the address is refused, anything else when trying again may help."""


class Mail:
    """Thư điện tử, by Django's own mail backend."""

    @property
    def is_connected(self) -> bool:
        return bool(settings.MAIL_IS_CONNECTED)

    def send(self, notice: Notice) -> None:
        message = EmailMessage(
            notice.title, notice.text, to=[notice.address], headers={"X-Motcua-Notice": str(notice.pk)}
        )
        try:
            message.send()
        except SMTPRecipientsRefused as refusal:
            raise Undeliverable("Máy chủ thư không nhận địa chỉ này.") from refusal


class Unconnected:
    """Kênh chưa kết nối: no gateway is installed for it."""

    is_connected = False

    def send(self, notice: Notice) -> None:
        raise Undeliverable(f"Kênh {notice.get_channel_display()} chưa kết nối.")


_gateways: dict[str, Gateway] = {"EMAIL": Mail()}
_none = Unconnected()


def gateway(channel: str) -> Gateway:
    """The way out for a channel."""
    return _gateways.get(channel, _none)


def register(channel: str, adapter: Gateway) -> None:
    """Kết nối một kênh: called when the process starts."""
    _gateways[channel] = adapter
