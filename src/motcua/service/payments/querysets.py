"""Questions about money, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import valid_on
from motcua.service.payments.states import (
    LIVE,
    AccountKind,
    DueState,
    ExceptionKind,
    RefundState,
    TariffState,
    Way,
)

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.payments.models import (  # noqa: F401  named in the bases
        Due,
        FeeRule,
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

    def with_received(self) -> Self:
        """Each with `received`: parts that came for it and wait for the rest."""
        exceptions = apps.get_model("payments", "MoneyException").objects
        parts = exceptions.parts().filter(due=OuterRef("pk")).order_by().values("due")
        total = Subquery(parts.annotate(total=Sum("amount")).values("total"), output_field=BigIntegerField())
        return self.annotate(received=Coalesce(total, 0))

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


class FeeRuleQuerySet(models.QuerySet["FeeRule"]):
    """Mức thu, hỏi bằng lời của nghiệp vụ."""

    def in_force(self, day: date) -> Self:
        """Áp dụng vào ngày: published, and of that day."""
        return self.filter(valid_on(day), state=TariffState.PUBLISHED)

    def kept(self) -> Self:
        """Không kể bản đã bỏ."""
        return self.exclude(state=TariffState.DROPPED)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of everywhere, or of a place where the user manages procedures."""
        places = access_of(user, at).agencies(Permission.MANAGE_PROCEDURES)
        return self.filter(Q(offering__isnull=True) | Q(offering__agency__in=places))


class PaymentChannelQuerySet(models.QuerySet["PaymentChannel"]):
    """Kênh thanh toán, hỏi bằng lời của nghiệp vụ."""

    def valid_on(self, day: date) -> Self:
        """Đang dùng vào ngày."""
        return self.filter(valid_on(day), state=TariffState.PUBLISHED)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of an agency that the user manages or whose money the user reconciles."""
        access = access_of(user, at)
        places = access.where(Permission.MANAGE_ORG) | access.where(Permission.RECONCILE)
        return self.filter(agency__in=sorted(places)).exclude(state=TariffState.DROPPED)

    def of(self, agency_id: int, day: date) -> Self:
        """Của nơi thu vào ngày, in the order in which they are offered."""
        return self.valid_on(day).filter(agency=agency_id).exclude(way=Way.POSTAL).order_by("position", "pk")


class MoneyExceptionQuerySet(models.QuerySet["MoneyException"]):
    """Tiền chưa khớp, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: where the user reconciles."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.RECONCILE))

    def standing(self) -> Self:
        """Chưa giải quyết."""
        return self.filter(resolved_at__isnull=True)

    def parts(self) -> Self:
        """Phần đã chuyển, chờ chuyển nốt: counted towards its due, unless it is going back."""
        return self.standing().not_going_back().filter(kind=ExceptionKind.UNDERPAID)

    def not_going_back(self) -> Self:
        """Không có phiếu hoàn, but one that was refused."""
        return self.exclude(
            refunds__state__in=[one.value for one in RefundState if one != RefundState.REFUSED]
        )
