"""Đăng nhập của cán bộ: user name and password; the user comes with the grants in one query."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from motcua.foundation.identity.access import load_user
from motcua.foundation.identity.models import User


class StaffBackend(BaseBackend):
    """Only active accounts enter, and an account that is closed is out at its next request."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        user = User.objects.filter(username=(username or "").strip().lower()).first()
        if user is None:
            User().set_password(password)  # the same time whether or not the account exists
            return None
        return user if user.check_password(password or "") and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        try:
            user = load_user(UUID(str(user_id)))
        except ValueError:
            return None
        return user if user is not None and user.is_active else None
