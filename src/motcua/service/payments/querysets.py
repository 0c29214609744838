"""Questions about money, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Sum

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import valid_on
from motcua.service.payments.states import LIVE, AccountKind, DueState

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.payments.models import (  # noqa: F401  named in the bases
        Due,
        MoneyException,
        Payment,
        PaymentChannel,
    )

COLLECTORS = (Permission.RECEIVE, Permission.RETURN, Permission.RECONCILE)


class NoSuchDue(DomainError):
    """Không có khoản này, or it is not the reader's to see: the answer is the same."""


def collecting_agencies(user: User, at: datetime) -> list[int]:
    """Where the user takes money or reconciles it."""
    access = access_of(user, at)
    return sorted(frozenset().union(*(access.where(permission) for permission in COLLECTORS)))


class DueQuerySet(models.QuerySet["Due"]):
    """Khoản phải nộp, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: where the user collects, or settles the dossier."""
        seen = access_of(user, at).agencies(Permission.SEE)
        return self.filter(Q(collector__in=collecting_agencies(user, at)) | Q(agency__in=seen))

    def of(self, subject_id: UUID) -> Self:
        """Của một hồ sơ hay bản nháp, in the order in which they arose."""
        return self.filter(subject_id=subject_id).order_by("raised_at", "id")

    def open(self) -> Self:
        """Còn phải nộp."""
        return self.filter(state=DueState.OPEN)

    def paid(self) -> Self:
        """Đã nộp."""
        return self.filter(state=DueState.PAID)

    def with_booked(self) -> Self:
        """Each with `booked`: what the ledger of money holds of it."""
        into = Q(entries__credit__kind=AccountKind.COLLECTED)
        out = Q(entries__debit__kind=AccountKind.COLLECTED)
        return self.annotate(
            booked=Sum("entries__amount", filter=into, default=0)
            - Sum("entries__amount", filter=out, default=0)
        )

    def booked_wrongly(self) -> Self:
        """Sổ ghi khác sự việc: a paid one not with its whole amount, another one with anything."""
        paid = Q(state=DueState.PAID)
        return self.with_booked().filter(paid & ~Q(booked=F("amount")) | ~paid & ~Q(booked=0))


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Lần thanh toán, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: where the user collects or reconciles."""
        return self.filter(channel__agency__in=collecting_agencies(user, at))

    def live(self) -> Self:
        """Chưa ngã ngũ."""
        return self.filter(state__in=sorted(LIVE))

    def to_ask(self, at: datetime) -> Self:
        """Đến lúc hỏi lại: what the outside has not told us yet."""
        return self.filter(next_query_at__lte=at).order_by("next_query_at")


class PaymentChannelQuerySet(models.QuerySet["PaymentChannel"]):
    """Kênh thanh toán, hỏi bằng lời của nghiệp vụ."""

    def valid_on(self, day: date) -> Self:
        """Đang dùng vào ngày."""
        return self.filter(valid_on(day))

    def of(self, agency_id: int, day: date) -> Self:
        """Của nơi thu vào ngày, in the order in which they are offered."""
        return self.valid_on(day).filter(agency=agency_id).order_by("position", "pk")


class MoneyExceptionQuerySet(models.QuerySet["MoneyException"]):
    """Tiền chưa khớp, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: where the user reconciles."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.RECONCILE))

    def standing(self) -> Self:
        """Chưa giải quyết."""
        return self.filter(resolved_at__isnull=True)
