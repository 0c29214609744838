"""Đặt kênh thanh toán: where the money of payers goes is drafted by one person and published by a second, from a day on.

The key of a channel stands in the environment; here stands only its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.payments.events import ChannelDrafted, ChannelDropped, ChannelEnded, ChannelSet
from motcua.service.payments.gateways import Tried, described, gateway_of
from motcua.service.payments.models import PaymentChannel
from motcua.service.payments.operations.drafts import refuse_ended, refuse_unfit
from motcua.service.payments.states import TariffState

SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
SIMULATED = "mo-phong"  # the address of the simulator, where there is one
A_DAY = timedelta(days=1)


@transaction.atomic
def set_channel(
    *,
    agency: Agency,
    adapter: str,
    name: str,
    details: Mapping[str, str],
    valid_from: date,
    at: datetime,
    secret_name: str = "",
    position: int = 0,
) -> PaymentChannel:
    """Đặt kênh by the system itself, in use at once from its day."""
    channel = _made(agency, adapter, name, details, secret_name, position, valid_from, None, None, at)
    return _put_in_use(channel, None, at)


@transaction.atomic
def draft_channel(
    *,
    agency_id: int,
    adapter: str,
    name: str,
    details: Mapping[str, str],
    secret_name: str,
    position: int,
    valid_from: date,
    by: User,
    at: datetime,
    replaces: UUID | None = None,
) -> PaymentChannel:
    """Soạn kênh: payers see it only after a second person has published it. Raises Forbidden, InvalidInput."""
    _require(agency_id, by, at)
    _refuse_unclear(adapter, name, details, secret_name, valid_from, local_date(at))
    agency = Agency.objects.get(pk=agency_id)
    return _made(agency, adapter, name, details, secret_name, position, valid_from, replaces, by, at)


@transaction.atomic
def publish_channel(*, channel_id: UUID, by: User, at: datetime) -> PaymentChannel:
    """Ban hành kênh, by a second person of the accountants; what it replaces ends the day before.

    Raises Forbidden, Stale, DomainError.
    """
    channel = _channel(channel_id)
    access_of(by, at).require(Permission.RECONCILE, channel.agency_id)
    refuse_unfit(channel, by, at, advice="Hãy nhờ kế toán khác kiểm tra tài khoản rồi ban hành.")
    return _put_in_use(channel, by, at)


@transaction.atomic
def drop_channel(*, channel_id: UUID, by: User, at: datetime) -> PaymentChannel:
    """Bỏ bản soạn. Raises Forbidden, Stale."""
    channel = _channel(channel_id)
    _require(channel.agency_id, by, at)
    refuse_ended(channel)
    channel.state = TariffState.DROPPED
    channel.save(update_fields=["state"])
    events.record(ChannelDropped(**_said(channel), actor_id=by.pk, at=at))
    return channel


@transaction.atomic
def end_channel(*, channel_id: UUID, last_day: date, reason: str, by: User, at: datetime) -> PaymentChannel:
    """Thôi dùng hết một ngày; what was begun by it is still heard and asked for. Raises Forbidden, Stale, InvalidInput."""
    channel = _channel(channel_id)
    _require(channel.agency_id, by, at)
    today = local_date(at)
    if channel.state != TariffState.PUBLISHED or (channel.valid_to and channel.valid_to < today):
        raise Stale("Kênh này không còn dùng.")
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do thôi dùng."})
    if last_day < max(channel.valid_from, today):
        raise InvalidInput({"last_day": "Chọn hôm nay hoặc ngày sau, không trước ngày bắt đầu dùng."})
    channel.valid_to = last_day
    channel.save(update_fields=["valid_to"])
    events.record(
        ChannelEnded(**_said(channel), actor_id=by.pk, at=at, valid_to=last_day, reason=tidy(reason)[:300])
    )
    return channel


def try_channel(*, channel: PaymentChannel, by: User, at: datetime) -> Tried:
    """Thử nối, with no money moving. Raises Forbidden, GatewayTrouble in words."""
    _require(channel.agency_id, by, at)
    return gateway_of(channel).try_out(at)


# --- what is common


def _made(  # noqa: PLR0917  what a channel is
    agency: Agency,
    adapter: str,
    name: str,
    details: Mapping[str, str],
    secret_name: str,
    position: int,
    valid_from: date,
    replaces: UUID | None,
    by: User | None,
    at: datetime,
) -> PaymentChannel:
    known = described(adapter)
    if known is None:
        raise InvalidInput({"adapter": "Bản cài đặt này không có cách nối đó."})
    channel = PaymentChannel.objects.create(
        agency=agency, adapter=adapter, way=known.way, name=tidy(name)[:120], details=dict(details),
        secret_name=secret_name, position=position, valid_from=valid_from, drafted_by=by, drafted_at=at,
        replaces=_replaced(agency.pk, replaces),
    )  # fmt: skip
    events.record(
        ChannelDrafted(
            **_said(channel), actor_id=by.pk if by else None, at=at, name=channel.name, details=dict(details),
            secret_name=secret_name, valid_from=valid_from,
        )
    )  # fmt: skip
    return channel


def _replaced(agency_id: int, channel_id: UUID | None) -> PaymentChannel | None:
    if channel_id is None:
        return None
    found = PaymentChannel.objects.filter(
        pk=channel_id, agency=agency_id, state=TariffState.PUBLISHED
    ).first()
    if found is None:
        raise InvalidInput({"replaces": "Chọn một kênh đang dùng của cùng nơi thu."})
    return found


def _put_in_use(channel: PaymentChannel, by: User | None, at: datetime) -> PaymentChannel:
    replaced = channel.replaces
    if replaced and (replaced.valid_to is None or replaced.valid_to >= channel.valid_from):
        replaced.valid_to = max(channel.valid_from - A_DAY, replaced.valid_from)
        replaced.save(update_fields=["valid_to"])
        events.record(
            ChannelEnded(
                **_said(replaced), actor_id=by.pk if by else None, at=at, valid_to=replaced.valid_to,
                reason=f"Thay bằng {channel.name}",
            )
        )  # fmt: skip
    channel.state, channel.published_by, channel.published_at = TariffState.PUBLISHED, by, at
    channel.save(update_fields=["state", "published_by", "published_at"])
    events.record(
        ChannelSet(
            **_said(channel),
            actor_id=by.pk if by else None,
            at=at,
            way=channel.way,
            valid_from=channel.valid_from,
        )
    )
    return channel


def _said(channel: PaymentChannel) -> dict[str, Any]:
    return {"subject_id": channel.pk, "agency": channel.agency_id, "adapter": channel.adapter}


def _channel(channel_id: UUID) -> PaymentChannel:
    found = PaymentChannel.objects.select_for_update(of=("self",)).filter(pk=channel_id).first()
    if found is None:
        raise DomainError("Không có kênh thanh toán này, hoặc nó không thuộc phạm vi của bạn.")
    return found


def _require(agency_id: int, by: User, at: datetime) -> None:
    """Who manages the agency or reconciles its money. Raises Forbidden."""
    access = access_of(by, at)
    if not access.may(Permission.RECONCILE, agency_id):
        access.require(Permission.MANAGE_ORG, agency_id)


def _refuse_unclear(  # noqa: PLR0917  what is typed on the page of a channel
    adapter: str, name: str, details: Mapping[str, str], secret_name: str, valid_from: date, today: date
) -> None:
    """Raises InvalidInput, each sentence beside its field."""
    known = described(adapter)
    if known is None:
        raise InvalidInput({"adapter": "Hãy chọn cách nối."})
    wrong = {
        f"detail-{asked.name}": f"Hãy ghi {asked.label.lower()}."
        for asked in known.asked
        if asked.is_needed and not details.get(asked.name)
    }
    if not tidy(name):
        wrong["name"] = "Hãy ghi tên mà người dân thấy khi chọn cách trả tiền."
    if secret_name and not SECRET_NAME.fullmatch(secret_name):
        wrong["secret_name"] = "Tên khóa gồm chữ hoa không dấu, số, gạch dưới; đừng dán khóa vào đây."  # noqa: S105
    where = details.get("endpoint", "")
    if where and not (where.startswith("https://") or (where == SIMULATED and settings.SIMULATORS)):
        wrong["detail-endpoint"] = "Địa chỉ phải bắt đầu bằng https://."
    if valid_from < today:
        wrong["valid_from"] = "Kênh dùng từ hôm nay hoặc ngày sau."
    if wrong:
        raise InvalidInput(wrong)
