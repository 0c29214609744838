"""Khoản phải nộp và các lần nộp: what is owed, each try to pay it, each word of a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from motcua.core.ids import new_id
from motcua.service.payments.models.columns import by_whom, labelled
from motcua.service.payments.models.tariffs import PayerGroup, PaymentChannel
from motcua.service.payments.querysets import (
    DueQuerySet,
    PaymentQuerySet,
)
from motcua.service.payments.states import (
    LIVE,
    DueKind,
    DueState,
    PaymentState,
    Verdict,
    Way,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Due(models.Model):
    """Khoản phải nộp: one sum that a dossier (or a draft, by the same key) owes. Paid once, whole, be it in parts.

    `agency` is owed the money, `collector` takes it. `reason` says in words how it was computed.
    """

    booked: int | None = None  # told by `with_booked`; None: not asked
    received: int | None = None  # told by `with_received`; None: not asked

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_id = models.UUIDField("hồ sơ hoặc bản nháp", db_index=True)
    code = models.CharField("mã hồ sơ", max_length=64, blank=True, db_index=True)
    procedure = models.CharField("thủ tục", max_length=1000, blank=True)
    procedure_code = models.CharField("mã thủ tục", max_length=40, blank=True)
    payer_name = models.CharField("người nộp", max_length=250, blank=True)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan được nộp", related_name="+", db_index=False
    )
    collector = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi thu", related_name="+")
    kind = models.CharField("loại", max_length=6, choices=labelled(DueKind))
    name = models.CharField("tên khoản thu", max_length=300)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    quantity = models.PositiveIntegerField("số lượng", default=1)
    reason = models.CharField("cách tính", max_length=300, blank=True)
    state = models.CharField("trạng thái", max_length=9, choices=labelled(DueState), default=DueState.OPEN)
    raised_at = models.DateTimeField("phát sinh lúc")
    raised_by = by_whom("người ghi")
    paid_at = models.DateTimeField("nộp lúc", null=True)
    way = models.CharField("cách trả", max_length=8, choices=labelled(Way), blank=True)
    receipt = models.OneToOneField(
        "paperwork.IssuedFeeReceipt", models.PROTECT, null=True, related_name="due", verbose_name="biên lai"
    )
    ended_at = models.DateTimeField("thôi phải nộp lúc", null=True)
    ended_reason = models.CharField("lý do", max_length=300, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = "khoản phải nộp"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_due_states_an_amount"),
            models.CheckConstraint(
                condition=~Q(state="PAID") | (Q(paid_at__isnull=False) & ~Q(way="")),
                name="a_paid_due_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["CANCELLED", "REFUNDED"]) | ~Q(ended_reason=""),
                name="a_due_that_ended_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "paid_at"], name="due_by_day_of_payment"),
            models.Index(fields=["collector", "raised_at"], condition=Q(state="OPEN"), name="due_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}".strip()

    @property
    def left(self) -> int:
        """Còn phải nộp: the whole less the parts that came; of rows that were asked `with_received`."""
        if self.received is None:
            raise ValueError("Ask with_received() first.")
        return self.amount - self.received


class ConfirmedGroup(models.Model):
    """Diện miễn, giảm đã xác nhận: an officer has seen the paper that proves it; of a filing or dossier, by its key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_id = models.UUIDField("hồ sơ", unique=True)
    group = models.ForeignKey(
        PayerGroup, models.PROTECT, verbose_name="diện", related_name="+", db_index=False
    )
    proof = models.CharField("giấy tờ đã xem", max_length=300)
    confirmed_by = by_whom("người xác nhận")
    confirmed_at = models.DateTimeField("xác nhận lúc")

    class Meta:
        verbose_name = "diện miễn, giảm đã xác nhận"
        constraints = [
            models.CheckConstraint(condition=~Q(proof=""), name="a_confirmed_group_names_its_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.proof}"


class PaymentOrder(models.Model):
    """Lệnh thanh toán chung: several dues of one agency paid by one act; the outside knows its reference and its sum alone.

    Each due has a `Payment` of its own in it, which is settled, receipted and refunded by itself; what comes for the
    order is shared out among them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField("mã tham chiếu", max_length=30, unique=True)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    pay_url = models.CharField("trang thanh toán", max_length=2000, blank=True)
    qr_payload = models.CharField("nội dung mã QR", max_length=1000, blank=True)
    created_at = models.DateTimeField("tạo lúc")

    if TYPE_CHECKING:
        payments: RelatedManager[Payment]

    class Meta:
        verbose_name = "lệnh thanh toán chung"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="an_order_states_an_amount")]

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def members(self) -> list[Payment]:
        """Các lần thanh toán trong lệnh, in the order of their dues."""
        return list(self.payments.select_related("due__agency", "channel").order_by("created_at", "id"))

    @property
    def due(self) -> Due:
        """The first of its dues: all of them are of one agency."""
        return self.members[0].due

    @property
    def lines(self) -> list[tuple[Due, int]]:
        """Each due with what is paid of it."""
        return [(one.due, one.amount) for one in self.members]

    @property
    def code(self) -> str:
        """What the outside calls the matter."""
        return self.reference

    @property
    def words(self) -> str:
        return f"{len(self.members)} khoản phải nộp"


class Payment(models.Model):
    """Lần thanh toán: one try to pay one due through one channel, with a reference of its own that is never used again.

    `applied_at`: its money settled the due. A try whose money came for nothing has an exception instead.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    due = models.ForeignKey(Due, models.PROTECT, related_name="payments")
    channel = models.ForeignKey(
        PaymentChannel, models.PROTECT, null=True, related_name="payments", db_index=False
    )
    order = models.ForeignKey(
        PaymentOrder, models.PROTECT, null=True, verbose_name="lệnh chung", related_name="payments"
    )
    way = models.CharField("cách trả", max_length=8, choices=labelled(Way))
    reference = models.CharField("mã tham chiếu", max_length=40, unique=True)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    state = models.CharField(
        "trạng thái", max_length=14, choices=labelled(PaymentState), default=PaymentState.CREATED
    )
    pay_url = models.CharField("trang thanh toán", max_length=2000, blank=True)
    qr_payload = models.CharField("nội dung mã QR", max_length=1000, blank=True)
    transaction = models.CharField("mã giao dịch của cổng", max_length=100, blank=True)
    created_at = models.DateTimeField("tạo lúc")
    finished_at = models.DateTimeField("ngã ngũ lúc", null=True)
    applied_at = models.DateTimeField("ghi vào khoản phải nộp lúc", null=True)
    next_query_at = models.DateTimeField("hỏi lại lúc", null=True)
    queries = models.PositiveSmallIntegerField("số lần đã hỏi", default=0)
    note = models.CharField("lời báo gần nhất", max_length=300, blank=True)
    taken_by = by_whom("người thu tiền mặt")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "lần thanh toán"
        constraints = [
            models.UniqueConstraint(
                fields=["due"],
                condition=Q(applied_at__isnull=False) & ~Q(state="REFUNDED"),
                name="a_due_is_paid_once",
            ),
            models.UniqueConstraint(
                fields=["due"],
                condition=Q(state__in=["CREATED", "REDIRECTED", "PENDING"]),
                name="one_living_payment_of_a_due",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_payment_states_an_amount"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True)
                | Q(state__in=["SUCCEEDED", "REFUND_PENDING", "REFUNDED"]),
                name="only_money_that_came_settles_a_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_query_at"], condition=Q(next_query_at__isnull=False), name="payment_to_ask"
            ),
            models.Index(fields=["channel", "finished_at"], name="payment_by_channel_and_day"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def outer_reference(self) -> str:
        """Mã mà cổng, ngân hàng biết."""
        return self.order.reference if self.order else self.reference

    @property
    def lines(self) -> list[tuple[Due, int]]:
        """What it pays, as a platform is told it."""
        return [(self.due, self.due.amount)]

    @property
    def code(self) -> str:
        return self.due.code or self.reference

    @property
    def words(self) -> str:
        return str(self.due.name)


class PaymentSignal(models.Model):
    """Lời báo: what the outside said of a reference, as it came; also what was forged. Never changed."""

    class Source(models.TextChoices):
        CALLBACK = "CALLBACK", "Cổng gọi về"
        QUERY = "QUERY", "Hỏi cổng"
        STATEMENT = "STATEMENT", "Sao kê"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="signals")
    source = models.CharField("nguồn", max_length=9, choices=Source.choices)
    reference = models.CharField("mã tham chiếu", max_length=100)
    verdict = models.CharField("lời báo", max_length=8, choices=labelled(Verdict))
    amount = models.PositiveBigIntegerField("số tiền (đồng)", null=True)
    transaction = models.CharField("mã giao dịch", max_length=100, blank=True)
    is_authentic = models.BooleanField("đúng chữ ký")
    outcome = models.CharField("đã xử lý thế nào", max_length=200, blank=True)
    told_at = models.DateTimeField("báo lúc")

    class Meta:
        verbose_name = "lời báo của cổng"

    def __str__(self) -> str:
        return f"{self.reference}: {self.verdict}"
