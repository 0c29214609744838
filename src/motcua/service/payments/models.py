"""The facts of money: what is owed, each try to pay it, each đồng that moved, and what does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import DatedQuerySet
from motcua.service.payments import rules
from motcua.service.payments.querysets import (
    DueQuerySet,
    MoneyExceptionQuerySet,
    PaymentChannelQuerySet,
    PaymentQuerySet,
)
from motcua.service.payments.states import (
    LIVE,
    AccountKind,
    DueKind,
    DueState,
    ExceptionKind,
    Outcome,
    PaymentState,
    RefundState,
    Resolution,
    Verdict,
    Way,
)

if TYPE_CHECKING:
    from enum import StrEnum


def labelled(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, getattr(one, "label", one.value)) for one in kind]


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


def by_whom(verbose_name: str, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=verbose_name,
        related_name="+",
        db_index=False,
        null=True,
        **more,
    )


class PayerGroup(models.Model):
    """Diện được miễn, giảm phí: who pays less, as data. Legal: L97-2015 Đ10"""

    code = models.CharField("mã", max_length=20, primary_key=True)
    name = models.CharField("tên", max_length=150)
    proof = models.CharField("giấy tờ chứng minh", max_length=200, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "diện miễn, giảm phí"
        ordering = ["code"]
        constraints = [ends_after_it_starts("a_payer_group_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class FeeRule(models.Model):
    """Mức thu nơi này: what one charge of an offering costs from a day on; it goes before what the procedure says.

    `amount` is whole đồng for each `per` (fixed when empty); 0: free. Reductions are per cent of the whole.
    Legal: L97-2015 Đ4, Đ10
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offering = models.ForeignKey("procedures.Offering", models.PROTECT, related_name="fee_rules")
    kind = models.CharField("loại", max_length=6, choices=labelled(DueKind))
    name = models.CharField("tên khoản thu", max_length=200)
    amount = models.PositiveBigIntegerField("mức thu (đồng)")
    per = models.CharField("tính theo", max_length=30, blank=True)
    least = models.PositiveBigIntegerField("tối thiểu (đồng)", default=0)
    most = models.PositiveBigIntegerField("tối đa (đồng)", null=True, blank=True)
    online_percent_off = models.PositiveSmallIntegerField("giảm khi nộp trực tuyến (%)", default=0)
    basis = models.CharField("căn cứ", max_length=300)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    set_by = by_whom("người đặt")
    set_at = models.DateTimeField("đặt lúc")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "mức thu"
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "kind", "name", "valid_from"], name="one_fee_rule_begins_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(online_percent_off__lte=100), name="a_reduction_is_at_most_whole"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="a_fee_rule_says_its_basis"),
            ends_after_it_starts("a_fee_rule_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_rule(self) -> rules.Rule:
        return rules.Rule(
            self.kind,
            self.name,
            self.amount,
            self.per,
            self.online_percent_off,
            self.least,
            self.most,
            tuple(
                rules.Exemption(one.group_id, one.group.name, one.percent_off)
                for one in self.exemptions.all()
            ),
        )


class FeeExemption(models.Model):
    """Miễn, giảm: what one group pays less under one rule."""

    rule = models.ForeignKey(FeeRule, models.PROTECT, related_name="exemptions", db_index=False)
    group = models.ForeignKey(PayerGroup, models.PROTECT, related_name="+", db_index=False)
    percent_off = models.PositiveSmallIntegerField("giảm (%)")

    class Meta:
        verbose_name = "mức miễn, giảm"
        constraints = [
            models.UniqueConstraint(fields=["rule", "group"], name="one_exemption_of_a_group_per_rule"),
            models.CheckConstraint(
                condition=Q(percent_off__gte=1, percent_off__lte=100), name="an_exemption_takes_something_off"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.percent_off} %"


class PaymentChannel(models.Model):
    """Kênh thanh toán: how one collecting agency takes money in a time, by which adapter. Secrets stand only in the
    environment, under `MOTCUA_PAY_<secret_name>`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi thu", related_name="+")
    adapter = models.CharField("cách nối", max_length=20)
    way = models.CharField("cách trả", max_length=8, choices=labelled(Way))
    name = models.CharField("tên người dân thấy", max_length=120)
    details = models.JSONField("thông số", default=dict, blank=True)
    secret_name = models.CharField("tên khóa trong môi trường", max_length=40, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = PaymentChannelQuerySet.as_manager()

    class Meta:
        verbose_name = "kênh thanh toán"
        constraints = [ends_after_it_starts("a_payment_channel_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class Due(models.Model):
    """Khoản phải nộp: one sum that a dossier (or a draft, by the same key) owes. Paid once, whole.

    `agency` is owed the money, `collector` takes it. `reason` says in words how it was computed.
    """

    booked: int | None = None  # told by `with_booked`; None: not asked

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


class Payment(models.Model):
    """Lần thanh toán: one try to pay one due through one channel, with a reference of its own that is never used again.

    `applied_at`: its money settled the due. A try whose money came for nothing has an exception instead.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    due = models.ForeignKey(Due, models.PROTECT, related_name="payments")
    channel = models.ForeignKey(
        PaymentChannel, models.PROTECT, null=True, related_name="payments", db_index=False
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


class Account(models.Model):
    """Tài khoản của sổ tiền: a place where đồng lie, or a hand to whom they are owed."""

    kind = models.CharField("loại", max_length=9, choices=labelled(AccountKind))
    holder = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi giữ", related_name="+")
    owner = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="phải nộp cho", null=True, related_name="+", db_index=False
    )
    channel = models.ForeignKey(PaymentChannel, models.PROTECT, null=True, related_name="+", db_index=False)
    charge = models.CharField("loại khoản thu", max_length=6, choices=labelled(DueKind), blank=True)

    class Meta:
        verbose_name = "tài khoản sổ tiền"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "holder", "owner", "channel", "charge"],
                nulls_distinct=False,
                name="one_account_for_each_purpose",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.holder_id})"


class Entry(models.Model):
    """Bút toán: an amount taken from one account and put to another, in one row, so the ledger cannot be out of balance.

    Rows are only added (a trigger of the database holds it). `key` makes one fact one row, however often it is told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField("khóa", max_length=200, unique=True)
    debit = models.ForeignKey(Account, models.PROTECT, verbose_name="ghi nợ", related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, verbose_name="ghi có", related_name="credits")
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    due = models.ForeignKey(Due, models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="entries", db_index=False)
    memo = models.CharField("diễn giải", max_length=300)
    at = models.DateTimeField("lúc", db_index=True)
    by = by_whom("người ghi")

    class Meta:
        verbose_name = "bút toán"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_entry_moves_an_amount"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="an_entry_moves_between_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.memo}: {self.amount}"


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


class Refund(models.Model):
    """Phiếu hoàn tiền: asked by one person, approved by another, then sent by the channel or paid by hand with proof."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="refunds")
    exception = models.ForeignKey(MoneyException, models.PROTECT, null=True, related_name="refunds")
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi hoàn", related_name="+")
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    reason = models.CharField("lý do", max_length=300)
    state = models.CharField(
        "trạng thái", max_length=8, choices=labelled(RefundState), default=RefundState.ASKED
    )
    asked_by = by_whom("người đề nghị")
    asked_at = models.DateTimeField("đề nghị lúc")
    decided_by = by_whom("người duyệt")
    decided_at = models.DateTimeField("duyệt lúc", null=True)
    decided_reason = models.CharField("ý kiến", max_length=300, blank=True)
    is_by_hand = models.BooleanField("trả bằng tay", default=False)
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
