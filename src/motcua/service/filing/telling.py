"""Báo cho người nộp trực tuyến: at the address of this filing; also when money that was paid for it has gone back."""

from __future__ import annotations

from datetime import datetime

from motcua.core.events import Event
from motcua.core.money import vnd
from motcua.foundation.identity.models import User
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.telling import tell_owner as tell_owner_of_dossier
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
    refund = _refund(event)
    if refund.occasion != RefundCause.BY_HAND:
        words = f"có {vnd(refund.amount)} đã được trả lại. Chứng từ: {refund.proof}."
        _tell_payer(refund, "REFUND_DONE", "đã được hoàn tiền", words, event.at)


def tell_of_account(event: Event) -> None:
    """Tài khoản nhận tiền hoàn vừa được ghi: its owner hears of it, so that nobody else writes one unseen."""
    assert isinstance(event, RefundAccountGiven)  # noqa: S101  said in config/subscriptions.py
    refund = _refund(event)
    words = (
        f"có {vnd(event.amount)} sẽ được hoàn về tài khoản {event.bank} …{event.tail}. Nếu không phải bạn ghi, hãy gọi "
        f"{refund.agency.name} ngay."
    )
    _tell_payer(refund, "REFUND_ACCOUNT", "đã ghi tài khoản nhận tiền hoàn", words, event.at)


def _refund(event: Event) -> Refund:
    return Refund.objects.select_related("payment__due", "exception__due", "agency").get(pk=event.subject_id)


def _tell_payer(refund: Refund, kind: str, title: str, words: str, at: datetime) -> None:
    """Who filed on line is told at the address of the filing; who came to the counter, as the owner of the dossier."""
    due = refund.payment.due if refund.payment else refund.exception.due if refund.exception else None
    if due is None:
        return
    known = Filing.objects.select_related("applicant", "representative")
    if filing := known.filter(dossier_key=due.subject_id).first():
        tell_owner(filing, kind, title, words, by=None, at=at)
    elif dossier := Dossier.objects.select_related("applicant").filter(pk=due.subject_id).first():
        tell_owner_of_dossier(
            dossier, kind=kind, title=f"Hồ sơ {dossier.code} {title}", by=None, at=at,
            text=f"Hồ sơ {dossier.code} ({dossier.matter}) {words}",
        )  # fmt: skip
