"""Kho phiên đăng nhập: Django's session engine over StaffSession.

One query reads the session with its user and their grants. `last_seen_at` is written at most every few minutes; the key
itself is never stored.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db import IntegrityError, transaction

from motcua.core.time import now

SEEN_EVERY = timedelta(minutes=5)
USER_KEY = "_auth_user_id"
IP_KEY = "_ip"
AGENT_KEY = "_agent"


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Phiên: what one browser carries between two pages."""

    @property
    def model(self) -> Any:
        from motcua.foundation.identity.models import StaffSession

        return StaffSession

    def load(self) -> dict[str, Any]:
        at = now()
        row = None
        if self.session_key:
            from motcua.foundation.identity.access import load_session

            row = load_session(digest(self.session_key), at)
        if row is None:
            self._session_key = None
            return {}
        session_id, data, last_seen_at = row
        if at - last_seen_at > SEEN_EVERY:
            self.model.objects.filter(pk=session_id).update(last_seen_at=at)
        return data

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(key_digest=digest(session_key)).exists())

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        at = now()
        values = {
            "user_id": data.get(USER_KEY),
            "data": data,
            "ip": _address(data.get(IP_KEY)),
            "user_agent": str(data.get(AGENT_KEY) or "")[:300],
            "last_seen_at": at,
            "expires_at": self.get_expiry_date(),
        }
        if must_create:
            try:
                with transaction.atomic():
                    self.model.objects.create(key_digest=digest(self.session_key), created_at=at, **values)
            except IntegrityError as fault:
                raise CreateError from fault
        elif not self.model.objects.filter(key_digest=digest(self.session_key)).update(**values):
            raise UpdateError  # the session was ended elsewhere while this request ran

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(key_digest=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        from motcua.foundation.identity.models import StaffSession

        StaffSession.objects.filter(expires_at__lt=now()).delete()


def _address(text: Any) -> str | None:
    try:
        validate_ipv46_address(str(text or ""))
    except ValidationError:
        return None
    return str(text)
