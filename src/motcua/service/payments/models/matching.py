"""Đối soát, quyết toán: statements of others held against our own rows, month owed to each agency."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.payments.models.columns import by_whom, labelled
from motcua.service.payments.models.owing import Payment
from motcua.service.payments.models.tariffs import PaymentChannel
from motcua.service.payments.states import (
    Outcome,
)


class MoneyStatement(models.Model):
    """Sao kê: a file of the bank or of the platform, read once."""

    class Source(models.TextChoices):
        BANK = "BANK", "Ngân hàng"
        PLATFORM = "PLATFORM", "Cổng thanh toán"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, related_name="+", db_index=False)
    source = models.CharField("của", max_length=8, choices=Source.choices)
    file_name = models.CharField("tên tệp", max_length=200)
    sha256 = models.CharField("mã băm", max_length=64)
    imported_at = models.DateTimeField("nhập lúc")
    imported_by = by_whom("người nhập")

    class Meta:
        verbose_name = "sao kê"
        constraints = [
            models.UniqueConstraint(fields=["channel", "source", "sha256"], name="one_statement_is_read_once")
        ]

    def __str__(self) -> str:
        return self.file_name


class MoneyStatementLine(models.Model):
    """Dòng sao kê: one credit as the bank or the platform tells it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(MoneyStatement, models.PROTECT, related_name="lines")
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, related_name="+", db_index=False)
    source = models.CharField("của", max_length=8, choices=MoneyStatement.Source.choices)
    external = models.CharField("mã giao dịch", max_length=100)
    reference = models.CharField("mã tham chiếu", max_length=100, blank=True)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    day = models.DateField("ngày")
    memo = models.CharField("nội dung", max_length=500, blank=True)

    class Meta:
        verbose_name = "dòng sao kê"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "source", "external"], name="one_line_of_a_transaction_per_source"
            )
        ]
        indexes = [models.Index(fields=["channel", "day"], name="statement_line_by_day")]

    def __str__(self) -> str:
        return f"{self.external}: {self.amount}"


class ReconciliationRow(models.Model):
    """Dòng đối soát: one reference of a day as the three tell it, the dossier's ledger, the platform and the bank."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("ngày")
    reference = models.CharField("mã tham chiếu", max_length=100)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+", db_index=False)
    own = models.PositiveBigIntegerField("ở đây (đồng)", null=True)
    platform = models.PositiveBigIntegerField("cổng (đồng)", null=True)
    bank = models.PositiveBigIntegerField("ngân hàng (đồng)", null=True)
    outcome = models.CharField("kết quả", max_length=14, choices=labelled(Outcome))
    detail = models.CharField("chi tiết", max_length=200, blank=True)
    owner = by_whom("người xử lý")
    matched_at = models.DateTimeField("đối soát lúc")
    reason = models.CharField("lý do giải quyết", max_length=300, blank=True)
    resolved_at = models.DateTimeField("giải quyết lúc", null=True)
    resolved_by = by_whom("người giải quyết")

    class Meta:
        verbose_name = "dòng đối soát"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "day", "reference"], name="one_reconciliation_of_a_reference_per_day"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | ~Q(reason=""), name="a_resolved_difference_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.outcome}"


class Settlement(models.Model):
    """Quyết toán tháng: what a one-stop unit collected for one agency in a month, and that it was handed over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    collector = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi thu", related_name="+")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan được nộp", related_name="+", db_index=False
    )
    month = models.DateField("tháng (ngày đầu)")
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    proof = models.CharField("chứng từ chuyển tiền", max_length=200)
    settled_at = models.DateTimeField("quyết toán lúc")
    settled_by = by_whom("người quyết toán")

    class Meta:
        verbose_name = "quyết toán tháng"
        constraints = [
            models.UniqueConstraint(
                fields=["collector", "agency", "month"], name="one_settlement_of_an_agency_per_month"
            ),
            models.CheckConstraint(condition=~Q(proof=""), name="a_settlement_has_its_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.collector_id} nộp {self.agency_id} tháng {self.month:%m/%Y}"
