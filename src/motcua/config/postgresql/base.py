"""The name `base` and the class are what Django looks for behind DATABASES["ENGINE"]."""

from __future__ import annotations

from time import monotonic

from django.db.backends.postgresql import base

FRESH_FOR = 1.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """Kết nối: one that answered just now, and has failed in nothing since, is not tested again at each request."""

    _answered_at = 0.0

    def is_usable(self) -> bool:
        if not self.errors_occurred and monotonic() - self._answered_at < FRESH_FOR:
            return True
        is_usable: bool = super().is_usable()
        self._answered_at = monotonic() if is_usable else 0.0
        return is_usable

    def connect(self) -> None:
        self._answered_at = 0.0
        super().connect()
