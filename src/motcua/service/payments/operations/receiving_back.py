"""Tài khoản nhận tiền hoàn: written by who is owed it, checked, changed until somebody has approved it as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from motcua.core import events
from motcua.core.errors import InvalidInput, Stale
from motcua.core.text import fold, tidy
from motcua.service.payments.banks import banks
from motcua.service.payments.events import RefundAccountGiven
from motcua.service.payments.models import Refund, RefundAccount
from motcua.service.payments.states import RefundState

NUMBER = re.compile(r"\d{6,19}")
WAITING = frozenset({RefundState.ASKED, RefundState.APPROVED})
FIXED = "Tiền hoàn đang được trả về tài khoản đã ghi, nên không đổi được nữa. Cần đổi gấp, hãy gọi nơi thu."
ONCE = (
    "Đã có tài khoản nhận tiền hoàn. Muốn đổi, hãy đăng nhập bằng tài khoản của người nộp, hoặc đến nơi thu."
)
OTHER_NAME = "Hãy xem lại; nếu vẫn đúng tài khoản bạn muốn nhận, đánh dấu ô bên dưới."
SIGN_IN = "Muốn nhận vào tài khoản tên khác, hãy đăng nhập bằng tài khoản của người nộp, hoặc đến nơi thu."


@dataclass(frozen=True)
class Typed:
    """Tài khoản như người nộp ghi."""

    bank: str
    number: str
    holder: str
    accepts_name: bool = False  # although the holder is called otherwise than the payer


def refunds_to(subject_id: UUID) -> list[Refund]:
    """Tiền đang hoặc đã hoàn của một hồ sơ, as its owner follows it."""
    of_it = Q(payment__due__subject_id=subject_id) | Q(exception__due__subject_id=subject_id)
    found = Refund.objects.filter(of_it).exclude(state=RefundState.REFUSED).order_by("asked_at")
    return list(found.select_related("payment__due", "exception__due", "agency").prefetch_related("accounts"))


def account_of(refund: Refund) -> RefundAccount | None:
    """Tài khoản đang dùng: the last that was written."""
    return next(iter(refund.accounts.all()), None)


def may_give(refund: Refund) -> bool:
    """Còn ghi được: it is not on its way, and nobody has approved another account."""
    approved_so = refund.state == RefundState.APPROVED and account_of(refund) is not None
    return refund.state in WAITING and not approved_so


@transaction.atomic
def give_account(
    *, subject_id: UUID, typed: Typed, at: datetime, by_owner: bool, account_id: UUID | None = None
) -> Sequence[RefundAccount]:
    """Ghi tài khoản cho mọi khoản hoàn còn chờ của hồ sơ; written as it stands already, nothing is added.

    Whose the dossier is, the caller has asked; `by_owner`: signed in as such. Who has its number and some digits alone
    writes the payer's own account, once. Raises InvalidInput, Stale.
    """
    keys = [one.pk for one in refunds_to(subject_id)]
    waiting = Refund.objects.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    refunds = [one for one in waiting.select_related("payment__due", "exception__due") if may_give(one)]
    if not refunds:
        raise Stale(FIXED)
    number, holder = re.sub(r"[\s.-]", "", typed.number), tidy(typed.holder).upper()[:120]
    written = [account for one in refunds if (account := account_of(one))]
    if not by_owner and any(
        (one.bank, one.number, one.holder) != (typed.bank, number, holder) for one in written
    ):
        raise Stale(ONCE)
    payers = {payer for one in refunds if (payer := payer_of(one))}
    is_other = bool(payers or not by_owner) and not any(same_name(holder, payer) for payer in payers)
    typed = typed if by_owner else replace(typed, accepts_name=False)
    _refuse_unclear(typed, number, holder, min(payers, default=""), is_other=is_other, by_owner=by_owner)
    return [_given(one, typed.bank, number, holder, is_other, account_id, at) for one in refunds]


def payer_of(refund: Refund) -> str:
    """Người đã nộp khoản này."""
    due = refund.payment.due if refund.payment else refund.exception.due if refund.exception else None
    return due.payer_name if due else ""


def same_name(one: str, other: str) -> bool:
    """Cùng tên: banks write names without diacritics."""
    return fold(one) == fold(other)


def _refuse_unclear(
    typed: Typed, number: str, holder: str, payer: str, *, is_other: bool, by_owner: bool
) -> None:
    wrong = {}
    if typed.bank not in banks():
        wrong["bank"] = "Hãy chọn ngân hàng trong danh sách."
    if not NUMBER.fullmatch(number):
        wrong["number"] = "Số tài khoản gồm 6 đến 19 chữ số, không có chữ."
    if not holder:
        wrong["holder"] = "Hãy ghi tên chủ tài khoản như ngân hàng ghi."
    elif is_other and not typed.accepts_name:
        what_to_do = OTHER_NAME if by_owner else SIGN_IN
        wrong["holder"] = f"Tên này khác tên người nộp{f' ({payer})' if by_owner else ''}. {what_to_do}"
    if wrong:
        raise InvalidInput(wrong)


def _given(  # noqa: PLR0917  what an account is
    refund: Refund, bank: str, number: str, holder: str, is_other: bool, account_id: UUID | None, at: datetime
) -> RefundAccount:
    before = account_of(refund)
    if before and (before.bank, before.number, before.holder) == (bank, number, holder):
        return before
    made = RefundAccount(
        refund=refund, bank=bank, bank_name=banks()[bank][:100], holder=holder, is_other_name=is_other,
        given_by_id=account_id, given_at=at,
    )  # fmt: skip
    made.number = number
    made.save(force_insert=True)
    events.record(
        RefundAccountGiven(
            subject_id=refund.pk, actor_id=account_id, at=at, amount=refund.amount, bank=made.bank_name, tail=made.tail,
            is_other_name=is_other, is_changed=before is not None,
        )
    )  # fmt: skip
    return made
