"""Báo về tài khoản: its owner hears that it was locked or opened again, and why."""

from __future__ import annotations

from motcua.core.events import Event
from motcua.foundation.citizens.events import AccountLocked, AccountUnlocked
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.models import User
from motcua.foundation.notices.operations.telling import Addressee, tell

CALL = "Có gì chưa rõ, hãy gọi Bộ phận Một cửa nơi bạn nộp hồ sơ."


def tell_of_lock(event: Event) -> None:
    """Khóa, mở khóa."""
    assert isinstance(event, AccountLocked | AccountUnlocked)  # noqa: S101  said in config/subscriptions.py
    account = CitizenAccount.objects.select_related("applicant").get(pk=event.subject_id)
    what = "bị khóa" if isinstance(event, AccountLocked) else "được mở lại"
    code = account.code
    tell(
        subject_id=account.pk, code=code, kind="ACCOUNT_LOCKED", is_tracked=False, at=event.at,
        to=Addressee(account.name, account.email, account.phone, account.applicant_id),
        title=f"Tài khoản {code} {what}", by=User.objects.filter(pk=event.actor_id).first(),
        text=f"Tài khoản {code} của bạn trên Cổng vừa {what}. Lý do: {event.reason.rstrip('.')}. {CALL}",
    )  # fmt: skip
