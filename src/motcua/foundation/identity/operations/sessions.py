"""Sign-ins and the sessions of one person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.events import SessionEnded, SignedIn
from motcua.foundation.identity.models import StaffSession, User
from motcua.foundation.identity.sessions import digest


@transaction.atomic
def note_sign_in(user: User, *, ip: str, at: datetime) -> None:
    """Ghi lần đăng nhập."""
    events.record(SignedIn(subject_id=user.pk, actor_id=user.pk, at=at, ip=ip))


def open_sessions(user: User, at: datetime) -> list[StaffSession]:
    """Các thiết bị đang đăng nhập, the last used first."""
    return list(StaffSession.objects.filter(user=user, expires_at__gt=at).order_by("-last_seen_at"))


@transaction.atomic
def end_session(user: User, *, session_id: UUID, at: datetime) -> None:
    """Đăng xuất một thiết bị của mình."""
    deleted, _ = StaffSession.objects.filter(user=user, pk=session_id).delete()
    if not deleted:
        raise DomainError("Phiên đăng nhập này đã kết thúc.")
    events.record(SessionEnded(subject_id=user.pk, actor_id=user.pk, at=at, sessions=1))


@transaction.atomic
def end_other_sessions(user: User, *, key: str, at: datetime) -> int:
    """Đăng xuất mọi thiết bị khác."""
    deleted, _ = StaffSession.objects.filter(user=user).exclude(key_digest=digest(key)).delete()
    if deleted:
        events.record(SessionEnded(subject_id=user.pk, actor_id=user.pk, at=at, sessions=deleted))
    return deleted
