"""Mức thu: what is asked of whom, and the ways to pay it; dated."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import DatedQuerySet
from motcua.service.payments import rules
from motcua.service.payments.models.columns import by_whom, ends_after_it_starts, labelled
from motcua.service.payments.querysets import FeeRuleQuerySet, PaymentChannelQuerySet
from motcua.service.payments.states import DueKind, Occasion, TariffState, Way


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


def tariff_state() -> Any:
    """Tình trạng, of a tariff and of a channel alike."""
    return models.CharField(
        "tình trạng", max_length=9, choices=labelled(TariffState), default=TariffState.DRAFT
    )


class FeeRule(models.Model):
    """Mức thu: what one charge of a procedure costs from a day on; it goes before what the procedure says.

    `offering` None: everywhere the procedure is done; where one place has rules of its own, they alone count there.
    `amount` is whole đồng for each `per` (fixed when empty); 0: free. Reductions are per cent of the whole.
    `answer` names the question of the form that says how many; empty: the payer is asked.
    Legal: L97-2015 Đ4, Đ10
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey("procedures.Procedure", models.PROTECT, related_name="fee_rules")
    offering = models.ForeignKey("procedures.Offering", models.PROTECT, null=True, related_name="fee_rules")
    state = tariff_state()
    occasion = models.CharField("thu khi", max_length=6, choices=labelled(Occasion), default=Occasion.FILING)
    kind = models.CharField("loại", max_length=6, choices=labelled(DueKind))
    name = models.CharField("tên khoản thu", max_length=200)
    amount = models.PositiveBigIntegerField("mức thu (đồng)")
    per = models.CharField("tính theo", max_length=30, blank=True)
    answer = models.CharField("câu hỏi của biểu mẫu cho số lượng", max_length=80, blank=True)
    least = models.PositiveBigIntegerField("tối thiểu (đồng)", default=0)
    most = models.PositiveBigIntegerField("tối đa (đồng)", null=True, blank=True)
    online_percent_off = models.PositiveSmallIntegerField("giảm khi nộp trực tuyến (%)", default=0)
    basis = models.CharField("căn cứ", max_length=300)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    set_by = by_whom("người soạn")
    set_at = models.DateTimeField("soạn lúc")
    published_by = by_whom("người ban hành")
    published_at = models.DateTimeField("ban hành lúc", null=True)
    ended_reason = models.CharField("lý do thôi áp dụng", max_length=300, blank=True)

    objects = FeeRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "mức thu"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "offering", "kind", "name", "valid_from"],
                condition=Q(state="PUBLISHED"),
                nulls_distinct=False,
                name="one_fee_rule_begins_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("set_by")),
                name="a_second_person_publishes_a_fee_rule",
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
            self.answer,
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
    state = tariff_state()
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name="thay cho", related_name="+", db_index=False
    )
    adapter = models.CharField("cách nối", max_length=20)
    way = models.CharField("cách trả", max_length=8, choices=labelled(Way))
    name = models.CharField("tên người dân thấy", max_length=120)
    details = models.JSONField("thông số", default=dict, blank=True)
    secret_name = models.CharField("tên khóa trong môi trường", max_length=40, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    drafted_by = by_whom("người soạn")
    drafted_at = models.DateTimeField("soạn lúc", null=True)
    published_by = by_whom("người ban hành")
    published_at = models.DateTimeField("ban hành lúc", null=True)

    objects = PaymentChannelQuerySet.as_manager()

    class Meta:
        verbose_name = "kênh thanh toán"
        constraints = [
            ends_after_it_starts("a_payment_channel_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="a_second_person_publishes_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return self.name
