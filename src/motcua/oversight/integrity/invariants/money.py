"""Tiền: what was paid is receipted and counted, the ledger says what the facts say, nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from motcua.core.money import vnd
from motcua.oversight.integrity.breaches import Breach, Invariant
from motcua.oversight.integrity.invariants.telling import each
from motcua.service.dossiers.models import Dossier
from motcua.service.paperwork.models import IssuedFeeReceipt
from motcua.service.payments.models import Due, MoneyException, Payment
from motcua.service.payments.operations.charging import AT_RECEPTION
from motcua.service.payments.states import DueKind, PaymentState, Way

ACCOUNTANT = "ACCOUNTANT"
TIME_TO_RECEIPT = timedelta(hours=1)
TIME_TO_KNOW = timedelta(hours=24)
TIME_TO_RESOLVE = timedelta(days=5)
MOST = 1000


def paid_without_receipt(at: datetime) -> Iterator[Breach]:
    """A due paid an hour ago that no receipt states; those of a dossier receipted whole by hand are left out."""
    valid = IssuedFeeReceipt.objects.filter(dossier=OuterRef("pk"), cancelled_at__isnull=True).order_by()
    total = Subquery(valid.values("dossier").annotate(total=Sum("amount")).values("total"))
    lacking = Dossier.objects.annotate(receipted=Coalesce(total, 0)).filter(receipted__lt=F("fee_amount"))
    dues = Due.objects.paid().filter(
        receipt__isnull=True, paid_at__lt=at - TIME_TO_RECEIPT, subject_id__in=lacking.values("pk")
    )
    dues = dues.exclude(kind=DueKind.FINE).exclude(way=Way.CASH, name=AT_RECEPTION)
    for due in dues[:MOST]:
        yield Breach(
            str(due.pk), (due.code or str(due.pk))[:250], f"Đã nộp {vnd(due.amount)} “{due.name}” mà chưa có biên lai.",
            agency_id=due.collector_id, dossier_id=due.subject_id,
        )  # fmt: skip


def paid_more_than_counted(at: datetime) -> Iterator[Breach]:
    """What the dues of a dossier brought is never more than the dossier counts as collected."""
    paid = Due.objects.paid().filter(subject_id=OuterRef("pk")).order_by().values("subject_id")
    total = Subquery(paid.annotate(total=Sum("amount")).values("total"), output_field=BigIntegerField())
    dossiers = Dossier.objects.filter(pk__in=Due.objects.paid().values("subject_id")).annotate(
        paid=Coalesce(total, 0)
    )
    yield from each(
        dossiers.filter(paid__gt=F("fee_amount")),
        lambda one: f"Các khoản đã nộp {vnd(one.paid)}, hồ sơ chỉ ghi đã thu {vnd(one.fee_amount)}.",
    )


def ledger_differs(at: datetime) -> Iterator[Breach]:
    """Each due stands in the ledger of money with what its state says: the whole when paid, nothing otherwise."""
    for due in Due.objects.booked_wrongly()[:MOST]:
        yield Breach(
            str(due.pk), (due.code or str(due.pk))[:250],
            f"Khoản {vnd(due.amount)} “{due.get_state_display()}” nhưng sổ tiền ghi {vnd(due.booked or 0)}.",
            agency_id=due.collector_id,
        )  # fmt: skip


def pending_for_long(at: datetime) -> Iterator[Breach]:
    rows = Payment.objects.filter(state=PaymentState.PENDING, created_at__lt=at - TIME_TO_KNOW)
    for row in rows.select_related("due")[:MOST]:
        yield Breach(
            str(row.pk), row.reference, f"Chờ ngân hàng xác nhận {vnd(row.amount)} đã hơn một ngày.",
            agency_id=row.due.collector_id,
        )  # fmt: skip


def exception_for_long(at: datetime) -> Iterator[Breach]:
    rows = MoneyException.objects.standing().filter(found_at__lt=at - TIME_TO_RESOLVE)
    for row in rows[:MOST]:
        yield Breach(
            str(row.pk), row.reference[:250], f"{row.get_kind_display()}, đang giữ {vnd(row.amount)}, quá 5 ngày.",
            agency_id=row.agency_id,
        )  # fmt: skip


INVARIANTS = (
    Invariant(
        "paid-without-receipt",
        "Khoản đã nộp của hồ sơ thì có biên lai.",
        "Mở ký hiệu biên lai cho nơi thu, rồi lập biên lai ở trang thu tiền của hồ sơ.",
        ACCOUNTANT,
        paid_without_receipt,
    ),
    Invariant(
        "paid-more-than-counted",
        "Hồ sơ ghi đã thu không ít hơn các khoản đã nộp của nó.",
        "Đối chiếu các khoản phải nộp với số đã thu của hồ sơ.",
        ACCOUNTANT,
        paid_more_than_counted,
    ),
    Invariant(
        "money-ledger-differs",
        "Sổ tiền khớp từng khoản phải nộp.",
        "Đối chiếu bút toán của khoản này; tìm ai đã sửa dữ liệu ngoài hệ thống.",
        ACCOUNTANT,
        ledger_differs,
    ),
    Invariant(
        "payment-pending-for-long",
        "Lần thanh toán ngã ngũ trong một ngày.",
        "Hỏi cổng thanh toán và ngân hàng; nhập sao kê của ngày ấy.",
        ACCOUNTANT,
        pending_for_long,
    ),
    Invariant(
        "exception-for-long",
        "Tiền chưa khớp được giải quyết trong 5 ngày.",
        "Giải quyết ở Quản trị, Đối soát.",
        ACCOUNTANT,
        exception_for_long,
    ),
)
