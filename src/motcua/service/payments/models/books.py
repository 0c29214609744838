"""Sổ tiền: each đồng that moved, an entry one row that is debit and credit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.payments.models.columns import by_whom, labelled
from motcua.service.payments.models.owing import Due, Payment
from motcua.service.payments.models.tariffs import PaymentChannel
from motcua.service.payments.states import (
    AccountKind,
    DueKind,
)


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
