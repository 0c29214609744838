"""Biên lai: open a series, issue one number of it for one sum, cancel a wrong one. No number is ever skipped or reused.

Legal: ND123-2020 Đ32
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.paperwork.events import FeeReceiptCancelled, FeeReceiptIssued, FeeSeriesOpened
from motcua.service.paperwork.models import FeeSeries, IssuedFeeReceipt


class NoSeries(DomainError):
    """Chưa có ký hiệu biên lai for this unit and this kind of money."""


class MoreThanCollected(DomainError):
    """Biên lai vượt số tiền đã thu của hồ sơ."""


@transaction.atomic
def open_series(
    *,
    agency_id: int,
    kind: str,
    template: str,
    symbol: str,
    tax_code: str,
    valid_from: date,
    by: User,
    at: datetime,
) -> FeeSeries:
    """Mở ký hiệu biên lai of a unit for one kind of money; the open one before it ends the day before."""
    if kind not in FeeSeries.Kind.values:
        raise DomainError("Hãy chọn phí hoặc lệ phí.", field="kind")
    template, symbol, tax_code = template.strip(), symbol.strip(), tax_code.strip()
    if not (template and symbol):
        raise DomainError("Hãy ghi ký hiệu mẫu và ký hiệu biên lai.", field="symbol")
    before = FeeSeries.objects.select_for_update().filter(agency=agency_id, kind=kind, valid_to=None).first()
    if before:
        if valid_from <= before.valid_from:
            raise DomainError("Ký hiệu mới phải bắt đầu sau ký hiệu đang dùng.", field="valid_from")
        before.valid_to = valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
    try:
        with transaction.atomic():
            series = FeeSeries.objects.create(
                agency_id=agency_id, kind=kind, template=template, symbol=symbol, tax_code=tax_code,
                valid_from=valid_from, set_by=by, set_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError("Đơn vị đã có ký hiệu biên lai này.", field="symbol") from error
    events.record(
        FeeSeriesOpened(
            subject_id=series.pk, actor_id=by.pk, at=at, agency=agency_id, kind=kind, template=template, symbol=symbol,
            valid_from=valid_from,
        )
    )  # fmt: skip
    return series


@transaction.atomic
def issue_fee_receipt(
    *,
    dossier_id: UUID,
    kind: str,
    charge: str,
    amount: int,
    by: User,
    at: datetime,
    way: str = IssuedFeeReceipt.Way.CASH,
    payer_name: str = "",
) -> IssuedFeeReceipt:
    """Lập biên lai for money that a dossier brought; all its valid receipts together state no more than was collected.

    Raises NoSuchDossier, Forbidden without RECEIVE, NoSeries, MoreThanCollected. Legal: ND123-2020 Đ32
    """
    dossier: Dossier = first_or_refuse(
        Dossier.objects.visible_to(by, at).filter(pk=dossier_id).select_for_update(of=("self",))
    )
    access_of(by, at).require(Permission.RECEIVE, dossier.reception_agency_id)
    day = local_date(at)
    if amount <= 0:
        raise DomainError("Số tiền phải lớn hơn 0.", field="amount")
    if not charge.strip():
        raise DomainError("Hãy ghi tên loại phí, lệ phí.", field="charge")
    left = dossier.fee_amount - receipted(dossier)
    if amount > left:
        raise MoreThanCollected(
            f"Hồ sơ đã thu {vnd(dossier.fee_amount)}, còn {vnd(max(left, 0))} chưa lập biên lai.",
            field="amount",
        )
    series = _series(dossier.reception_agency_id, kind, day)
    return _issue(dossier, series, charge=charge, amount=amount, way=way, payer_name=payer_name, by=by, at=at)


@transaction.atomic
def issue_for_payment(
    *,
    dossier_id: UUID,
    kind: str,
    charge: str,
    amount: int,
    way: str,
    payer_name: str,
    by: User | None,
    at: datetime,
) -> IssuedFeeReceipt:
    """Lập biên lai for a payment that has settled a charge of the dossier; `by` None: the system, for money on line.

    The caller answers for the money having come. Raises NoSeries. Legal: ND123-2020 Đ32
    """
    dossier: Dossier = Dossier.objects.get(pk=dossier_id)
    series = _series(dossier.reception_agency_id, kind, local_date(at))
    return _issue(dossier, series, charge=charge, amount=amount, way=way, payer_name=payer_name, by=by, at=at)


@transaction.atomic
def void_fee_receipt(
    *, receipt_id: UUID, reason: str, by: User | None, at: datetime
) -> IssuedFeeReceipt | None:
    """Hủy biên lai because its money went back; the caller answers for that. None: it was cancelled before."""
    issued: IssuedFeeReceipt = (
        IssuedFeeReceipt.objects.select_for_update(of=("self",)).select_related("series").get(pk=receipt_id)
    )
    return None if issued.cancelled_at else _cancel(issued, reason, by, at)


@transaction.atomic
def cancel_fee_receipt(*, receipt_id: UUID, reason: str, by: User, at: datetime) -> IssuedFeeReceipt:
    """Hủy biên lai: its number stays used and its paper stays readable. Raises Forbidden without RECEIVE."""
    issued: IssuedFeeReceipt = first_or_refuse(
        IssuedFeeReceipt.objects.filter(pk=receipt_id, dossier__in=Dossier.objects.visible_to(by, at))
        .select_for_update(of=("self",))
        .select_related("series", "dossier")
    )
    access_of(by, at).require(Permission.RECEIVE, issued.dossier.reception_agency_id)
    if issued.cancelled_at:
        raise Stale("Biên lai này đã hủy rồi.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do hủy.", field="reason")
    return _cancel(issued, reason, by, at)


def _cancel(issued: IssuedFeeReceipt, reason: str, by: User | None, at: datetime) -> IssuedFeeReceipt:
    issued.cancelled_at, issued.cancelled_by, issued.cancelled_reason = at, by, reason.strip()[:300]
    issued.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    events.record(
        FeeReceiptCancelled(
            subject_id=issued.dossier_id, actor_id=by.pk if by else None, at=at, symbol=issued.series.symbol,
            number=issued.serial, amount=issued.amount, reason=issued.cancelled_reason,
        )
    )  # fmt: skip
    return issued


def _issue(
    dossier: Dossier,
    series: FeeSeries,
    *,
    charge: str,
    amount: int,
    way: str,
    payer_name: str,
    by: User | None,
    at: datetime,
) -> IssuedFeeReceipt:
    """The next number of the series, as late as the act allows."""
    year = local_date(at).year
    issued = IssuedFeeReceipt.objects.create(
        dossier=dossier,
        series=series,
        year=year,
        number=next_number(f"fee:{series.pk}:{year}"),
        charge=charge.strip()[:300],
        amount=amount,
        way=way,
        payer_name=payer_name.strip()[:250] or dossier.applicant_name,
        issued_at=at,
        issued_by=by,
    )
    events.record(
        FeeReceiptIssued(
            subject_id=dossier.pk, actor_id=by.pk if by else None, at=at, symbol=series.symbol, number=issued.serial,
            amount=amount, charge=issued.charge, way=way,
        )
    )  # fmt: skip
    return issued


def receipted(dossier: Dossier) -> int:
    """Tổng số tiền đã lập biên lai, without the cancelled ones."""
    valid = IssuedFeeReceipt.objects.filter(dossier=dossier, cancelled_at__isnull=True)
    return int(valid.aggregate(total=Sum("amount"))["total"] or 0)


def _series(agency_id: int, kind: str, day: date) -> FeeSeries:
    for series in FeeSeries.objects.filter(agency=agency_id, kind=kind).order_by("-valid_from"):
        if series.is_valid_on(day):
            return series
    label = FeeSeries.Kind(kind).label.lower() if kind in FeeSeries.Kind.values else "khoản thu"
    raise NoSeries(
        f"Nơi tiếp nhận chưa có ký hiệu biên lai thu {label}. Quản trị mở ký hiệu ở Quản trị, Giấy tờ.",
        field="kind",
    )
