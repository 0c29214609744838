"""Báo cho người nộp trực tuyến: at the address of this filing; also when money that was paid for it has gone back."""

from __future__ import annotations

from datetime import datetime

from motcua.core.events import Event
from motcua.core.money import vnd
from motcua.foundation.identity.models import User
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.filing.models import Filing
from motcua.service.payments.events import RefundAccountGiven
from motcua.service.payments.models import Refund
from motcua.service.payments.states import RefundCause


def tell_owner(filing: Filing, kind: str, title: str, words: str, *, by: User | None, at: datetime) -> None:
    """Báo người nộp, with the number of the filing in each word."""
    person = filing.applicant
    tell(
        subject_id=filing.pk,
        code=filing.code,
        kind=kind,
        to=Addressee(
            (filing.representative or person).name,
            filing.contact_email or ("" if filing.contact_phone else person.email),
            filing.contact_phone or person.phone,
            person.pk,
        ),
        title=f"Hồ sơ nộp trực tuyến {filing.code} {title}",
        text=f"Hồ sơ nộp trực tuyến {filing.code} ({filing.matter}) {words}",
        by=by,
        at=at,
    )


def tell_of_refund(event: Event) -> None:
    """Tiền hoàn đã trả: of refunds that the system asked for, since nobody else has told of them."""
    refund = Refund.objects.select_related("payment__due", "exception__due").get(pk=event.subject_id)
    if refund.occasion == RefundCause.BY_HAND:
        return
    filing = _filing_of(refund)
    if filing is not None:
        words = f"có {vnd(refund.amount)} đã được trả lại. Chứng từ: {refund.proof}."
        tell_owner(filing, "REFUND_DONE", "đã được hoàn tiền", words, by=None, at=event.at)


def _filing_of(refund: Refund) -> Filing | None:
    due = refund.payment.due if refund.payment else refund.exception.due if refund.exception else None
    if due is None:
        return None
    found = Filing.objects.select_related("applicant", "representative", "reception_agency")
    return found.filter(dossier_key=due.subject_id).first()


def tell_of_account(event: Event) -> None:
    """Tài khoản nhận tiền hoàn vừa được ghi: its owner hears of it, so that nobody else writes one unseen."""
    assert isinstance(event, RefundAccountGiven)  # noqa: S101  said in config/subscriptions.py
    filing = _filing_of(
        Refund.objects.select_related("payment__due", "exception__due").get(pk=event.subject_id)
    )
    if filing is not None:
        words = (
            f"có {vnd(event.amount)} sẽ được hoàn về tài khoản {event.bank} …{event.tail}. Nếu không phải bạn ghi, hãy gọi "
            f"{filing.reception_agency.name} ngay."
        )
        tell_owner(filing, "REFUND_ACCOUNT", "đã ghi tài khoản nhận tiền hoàn", words, by=None, at=event.at)
