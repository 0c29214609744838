"""The facts of money: what is owed, each try to pay it, each đồng that moved, and what does not agree."""

from motcua.service.payments.models.books import Account, Entry
from motcua.service.payments.models.exceptions import (
    MoneyException,
    Refund,
    RefundAccount,
    RefundRule,
    TillClosing,
)
from motcua.service.payments.models.matching import (
    MoneyStatement,
    MoneyStatementLine,
    ReconciliationRow,
    Settlement,
)
from motcua.service.payments.models.owing import ConfirmedGroup, Due, Payment, PaymentOrder, PaymentSignal
from motcua.service.payments.models.tariffs import FeeExemption, FeeRule, PayerGroup, PaymentChannel

__all__ = [
    "Account",
    "ConfirmedGroup",
    "Due",
    "Entry",
    "FeeExemption",
    "FeeRule",
    "MoneyException",
    "MoneyStatement",
    "MoneyStatementLine",
    "PayerGroup",
    "Payment",
    "PaymentChannel",
    "PaymentOrder",
    "PaymentSignal",
    "ReconciliationRow",
    "Refund",
    "RefundAccount",
    "RefundRule",
    "Settlement",
    "TillClosing",
]
