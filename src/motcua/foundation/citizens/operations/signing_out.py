"""Đăng xuất: this device, another one, all others; links are taken away here too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.citizens.events import CitizenSignedOut, ProviderUnlinked
from motcua.foundation.citizens.models import CitizenAccount, CitizenLink, CitizenSession
from motcua.foundation.citizens.sessions import idle

End = CitizenSession.End


class LastLink(DomainError):
    """Không bỏ được liên kết cuối cùng."""


@transaction.atomic
def sign_out(session: CitizenSession, *, at: datetime) -> None:
    """Đăng xuất thiết bị này; a second press changes nothing."""
    end_session_row(session, end=End.SIGNED_OUT, at=at)


@transaction.atomic
def end_session(account: CitizenAccount, *, session_id: UUID, at: datetime) -> None:
    """Đăng xuất một thiết bị khác của mình. Raises DomainError."""
    if not end_sessions(account, rows=account.sessions.filter(pk=session_id), end=End.ELSEWHERE, at=at):
        raise DomainError("Thiết bị này đã đăng xuất rồi.")


@transaction.atomic
def end_other_sessions(account: CitizenAccount, *, here: UUID, at: datetime) -> int:
    """Đăng xuất mọi thiết bị khác; returns how many."""
    return end_sessions(account, rows=account.sessions.exclude(pk=here), end=End.ELSEWHERE, at=at)


@transaction.atomic
def unlink_provider(account: CitizenAccount, *, link_id: UUID, at: datetime) -> CitizenLink:
    """Bỏ liên kết: its open sessions end with it. The last one stays, or nobody could come in. Raises LastLink."""
    links = list(account.links.select_for_update().filter(unlinked_at=None))
    link = next((found for found in links if found.pk == link_id), None)
    if link is None:
        raise DomainError("Liên kết này đã được bỏ rồi.")
    if len(links) == 1:
        raise LastLink(
            "Đây là cách đăng nhập duy nhất của bạn. Hãy liên kết thêm một tài khoản khác trước khi bỏ."
        )
    link.unlinked_at = at
    link.save(update_fields=["unlinked_at"])
    end_sessions(account, rows=account.sessions.filter(link=link), end=End.UNLINKED, at=at)
    events.record(
        ProviderUnlinked(
            subject_id=account.pk, actor_id=account.pk, at=at, link=link.pk, provider=link.provider
        )
    )
    return link


def close_expired(at: datetime) -> int:
    """Hằng ngày: sessions that have run out are written off, their tokens forgotten."""
    over = CitizenSession.objects.filter(ended_at=None).exclude(
        expires_at__gt=at, last_seen_at__gt=at - idle()
    )
    return over.update(ended_at=at, end=End.EXPIRED, tokens_sealed=None)


def end_session_row(session: CitizenSession, *, end: str, at: datetime) -> None:
    """End one session inside the act of a caller."""
    end_sessions(session.account, rows=CitizenSession.objects.filter(pk=session.pk), end=end, at=at)


@transaction.atomic
def end_sessions(
    account: CitizenAccount,
    *,
    rows: QuerySet[CitizenSession],
    end: str,
    at: datetime,
    actor_id: UUID | None = None,
    reason: str = "",
) -> int:
    """Kết thúc những phiên này, those of them that are open; returns how many. `actor_id`: of the staff who did it."""
    ended = list(rows.filter(ended_at=None).select_for_update(of=("self",)).values_list("pk", flat=True))
    if not ended:
        return 0
    CitizenSession.objects.filter(pk__in=ended).update(ended_at=at, end=end, tokens_sealed=None)
    events.record(
        CitizenSignedOut(
            subject_id=account.pk,
            actor_id=actor_id or account.pk,
            at=at,
            sessions=ended,
            end=end,
            reason=reason,
        )
    )
    return len(ended)
