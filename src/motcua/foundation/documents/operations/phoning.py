"""Chụp bằng điện thoại: a page on a large screen lends its camera field to one phone, for one paper and some minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from motcua.core.errors import DomainError
from motcua.foundation.documents.models import IncomingFile, PhoneLink

LASTS = timedelta(minutes=10)
SIGN = 20  # letters; with the key of 74 random bits nobody meets one by guessing


class LinkOver(DomainError):
    """Mã đã hết hạn, đã thôi dùng, hay thuộc điện thoại khác."""


@transaction.atomic
def open_link(*, place: str, title: str, at: datetime, sent_by_id: UUID | None = None) -> PhoneLink:
    """Mở: an earlier one of the same field ends."""
    PhoneLink.objects.filter(place=place, sent_by_id=sent_by_id, ended_at=None).update(ended_at=at)
    return PhoneLink.objects.create(
        place=place, title=title[:300], sent_by_id=sent_by_id, begun_at=at, expires_at=at + LASTS
    )


def sign_of(link_id: UUID) -> str:
    """What the address bears beside the key; made from the installation's secret, kept nowhere."""
    return salted_hmac("motcua.phone", str(link_id)).hexdigest()[:SIGN]


def live_link(link_id: UUID, sign: str, at: datetime) -> PhoneLink:
    """The link of that address while it holds. Raises LinkOver."""
    link = PhoneLink.objects.filter(pk=link_id).first()
    if link is None or not constant_time_compare(sign, sign_of(link_id)) or not link.holds(at):
        raise LinkOver("Mã này đã hết hạn hoặc đã thôi dùng. Hãy tạo mã mới trên máy tính rồi quét lại.")
    return link


@transaction.atomic
def take_hold(*, link_id: UUID, device: str, at: datetime) -> PhoneLink:
    """Gắn với một điện thoại: the first that sends; no other may. Raises LinkOver."""
    link = PhoneLink.objects.select_for_update().get(pk=link_id)
    if not link.holds(at) or link.device not in {"", device}:
        raise LinkOver("Mã này đã dùng trên điện thoại khác. Hãy tạo mã mới trên máy tính rồi quét lại.")
    if not link.device:
        link.device = device
        link.save(update_fields=["device"])
    return link


@transaction.atomic
def hand_over(*, link_id: UUID, at: datetime) -> int:
    """Gửi các ảnh đã chụp to the page that has lent itself; returns how many. Pressed twice, nothing happens twice."""
    return taken_with(link_id).filter(handed_at=None).update(handed_at=at)


def taken_with(link_id: UUID) -> models.QuerySet[IncomingFile]:
    """Ảnh đã lên đủ from that phone and not yet stored."""
    whole = IncomingFile.objects.filter(link_id=link_id, used_at=None, received=models.F("size"))
    return whole.order_by("begun_at", "id")


def handed_to(places: Sequence[str], sent_by_id: UUID | None, at: datetime) -> models.QuerySet[IncomingFile]:
    """Ảnh điện thoại đã gửi mà trang chưa lưu, of those fields; also when the link is over by now."""
    waiting = IncomingFile.objects.filter(
        place__in=places, sent_by_id=sent_by_id, used_at=None, expires_at__gt=at
    )
    return waiting.exclude(handed_at=None).order_by("begun_at", "id")


def end_link(*, link_id: UUID, at: datetime) -> None:
    """Thôi dùng điện thoại: what it has handed over stays."""
    PhoneLink.objects.filter(pk=link_id, ended_at=None).update(ended_at=at)


def forget_links(*, at: datetime) -> int:
    """Xóa các mã đã hết hạn of which no picture is left."""
    over = PhoneLink.objects.filter(expires_at__lt=at - timedelta(days=1), pictures=None)
    return over.delete()[0]
