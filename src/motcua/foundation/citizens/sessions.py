"""Phiên của công dân: a key of its own in a cookie of its own, apart from the staff's session."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from motcua.foundation.citizens.models import CitizenSession
from motcua.foundation.identity.sealing import seal, unseal
from motcua.foundation.identity.sessions import digest

COOKIE = "mc-cong-dan"
SEEN_EVERY = timedelta(minutes=1)


def new_key() -> str:
    return secrets.token_urlsafe(32)


def lasts() -> timedelta:
    """Dài nhất: after this the person signs in again, however busy."""
    return timedelta(hours=settings.CITIZEN_SESSION_HOURS)


def idle() -> timedelta:
    """Để không: after this without a page the session is over."""
    return timedelta(minutes=settings.CITIZEN_IDLE_MINUTES)


def session_of(key: str, at: datetime) -> CitizenSession | None:
    """Phiên đang mở của khóa này, with everything a page asks of it, in one query; None when it is over."""
    found = (
        CitizenSession.objects.open_at(at, at - idle())
        .filter(key_digest=digest(key), account__is_active=True)
        .select_related(
            "account__applicant", "account__level", "level", "link", "representative__organisation__applicant"
        )
        .first()
    )
    if found is not None and at - found.last_seen_at > SEEN_EVERY:
        CitizenSession.objects.filter(pk=found.pk).update(last_seen_at=at)
    return found


def keep_tokens(session: CitizenSession, tokens: Mapping[str, Any]) -> None:
    """Giữ khóa của nơi cấp, sealed and bound to this session."""
    session.tokens_sealed = seal(json.dumps(dict(tokens)), bound_to=session.pk.bytes) if tokens else None


def tokens_of(session: CitizenSession) -> dict[str, str]:
    if not session.tokens_sealed:
        return {}
    held: dict[str, str] = json.loads(unseal(bytes(session.tokens_sealed), bound_to=session.pk.bytes))
    return held
