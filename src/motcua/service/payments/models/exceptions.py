"""Tiền chưa khớp, hoàn tiền, chốt quỹ: what somebody has to settle by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.identity.sealing import seal, unseal
from motcua.service.payments.models.columns import by_whom, labelled
from motcua.service.payments.models.owing import Due, Payment
from motcua.service.payments.models.tariffs import PaymentChannel
from motcua.service.payments.querysets import (
    MoneyExceptionQuerySet,
)
from motcua.service.payments.states import (
    ExceptionKind,
    RefundCause,
    RefundState,
    Resolution,
)


class MoneyException(models.Model):
    """Tiền chưa khớp: money or word of it that does not fit; an accountant answers for it until it is resolved.

    `amount` lies in suspense; 0: only the word does not fit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("vì sao", max_length=20, choices=labelled(ExceptionKind))
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi thu", related_name="+")
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, null=True, related_name="+", db_index=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="exceptions")
    due = models.ForeignKey(Due, models.PROTECT, null=True, related_name="exceptions")
    reference = models.CharField("mã tham chiếu", max_length=100)
    transaction = models.CharField("mã giao dịch", max_length=100, blank=True)
    amount = models.PositiveBigIntegerField("số tiền đang giữ (đồng)")
    detail = models.CharField("chi tiết", max_length=300)
    found_at = models.DateTimeField("phát hiện lúc")
    owner = by_whom("người xử lý")
    resolution = models.CharField("giải quyết", max_length=9, choices=labelled(Resolution), blank=True)
    reason = models.CharField("lý do", max_length=300, blank=True)
    resolved_at = models.DateTimeField("giải quyết lúc", null=True)
    resolved_by = by_whom("người giải quyết")

    objects = MoneyExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "tiền chưa khớp"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "reference", "transaction"],
                nulls_distinct=False,
                condition=Q(resolved_at__isnull=True),
                name="one_standing_exception_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | ~Q(reason="") & ~Q(resolution=""),
                name="a_resolved_exception_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"


class RefundRule(models.Model):
    """Quy định hoàn tiền: the province's own, from a day on. Without one: two people, and no day is promised.

    `needs_two`: of a refund that the system has asked for; one that a person asks for always needs a second one.
    """

    valid_from = models.DateField("từ ngày", unique=True)
    needs_two = models.BooleanField("phiếu tự lập cần hai người", default=True)
    promise_days = models.PositiveSmallIntegerField("hẹn trả trong (ngày)")
    basis = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "quy định hoàn tiền"
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"Từ {self.valid_from:%d/%m/%Y}: {self.promise_days} ngày"


class Refund(models.Model):
    """Phiếu hoàn tiền: asked by one person, approved by another, then sent by the channel or paid by hand with proof.

    The system asks for it itself when a paid filing ends without being taken in (`occasion`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="refunds")
    exception = models.ForeignKey(MoneyException, models.PROTECT, null=True, related_name="refunds")
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi hoàn", related_name="+")
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    reason = models.CharField("lý do", max_length=300)
    occasion = models.CharField(
        "vì sao", max_length=12, choices=labelled(RefundCause), default=RefundCause.BY_HAND
    )
    needs_two = models.BooleanField("cần hai người", default=True)
    promised_on = models.DateField("hẹn trả trước", null=True)
    state = models.CharField(
        "trạng thái", max_length=8, choices=labelled(RefundState), default=RefundState.ASKED
    )
    asked_by = by_whom("người đề nghị")
    asked_at = models.DateTimeField("đề nghị lúc")
    decided_by = by_whom("người duyệt")
    decided_at = models.DateTimeField("duyệt lúc", null=True)
    decided_reason = models.CharField("ý kiến", max_length=300, blank=True)
    is_by_hand = models.BooleanField("trả bằng tay", default=False)
    by_hand_because = models.CharField("vì sao trả bằng tay", max_length=300, blank=True)
    proof = models.CharField("chứng từ đã trả", max_length=200, blank=True)
    done_at = models.DateTimeField("trả lúc", null=True)

    class Meta:
        verbose_name = "phiếu hoàn tiền"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(payment__isnull=False) & ~Q(state="REFUSED"),
                name="one_refund_of_a_payment",
            ),
            models.UniqueConstraint(
                fields=["exception"],
                condition=Q(exception__isnull=False) & ~Q(state="REFUSED"),
                name="one_refund_of_an_exception",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(exception__isnull=False),
                name="a_refund_is_of_something",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="a_second_person_decides_a_refund",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | ~Q(proof=""), name="a_refund_that_was_paid_has_its_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} – {self.reason}"


class RefundAccount(models.Model):
    """Tài khoản nhận tiền hoàn: as its owner has written it; each change is a row of its own, the last one counts.

    The number is sealed; `tail` is what is shown. `is_other_name`: its holder is called otherwise than the payer.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="accounts")
    bank = models.CharField("mã ngân hàng", max_length=6)
    bank_name = models.CharField("ngân hàng", max_length=100)
    number_sealed = models.BinaryField("số tài khoản (đã mã hóa)", editable=False)
    tail = models.CharField("bốn số cuối", max_length=4)
    holder = models.CharField("tên chủ tài khoản", max_length=120)
    is_other_name = models.BooleanField("khác tên người nộp", default=False)
    given_by_id = models.UUIDField("tài khoản công dân đã ghi", null=True)
    given_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "tài khoản nhận tiền hoàn"
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"{self.bank_name} …{self.tail}"

    @property
    def number(self) -> str:
        """Số tài khoản, for who pays it back."""
        return unseal(bytes(self.number_sealed), bound_to=self.pk.bytes)

    @number.setter
    def number(self, given: str) -> None:
        self.number_sealed, self.tail = seal(given, bound_to=self.pk.bytes), given[-4:]


class TillClosing(models.Model):
    """Tổng kết quỹ: what one collecting agency took in cash on a day, by kind, and what was counted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi thu", related_name="+")
    day = models.DateField("ngày")
    expected = models.PositiveBigIntegerField("theo sổ (đồng)")
    counted = models.PositiveBigIntegerField("thực đếm (đồng)")
    lines = models.JSONField("tổng theo loại", default=list)
    note = models.CharField("giải thích chênh lệch", max_length=300, blank=True)
    closed_at = models.DateTimeField("chốt lúc")
    closed_by = by_whom("người chốt")

    class Meta:
        verbose_name = "tổng kết quỹ"
        constraints = [
            models.UniqueConstraint(fields=["agency", "day"], name="one_closing_of_a_till_per_day"),
            models.CheckConstraint(
                condition=Q(counted=F("expected")) | ~Q(note=""), name="a_difference_in_the_till_is_explained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.day:%d/%m/%Y}"
