"""The name `base` and the class are what Django looks for behind DATABASES["ENGINE"]."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper

FRESH_FOR = 1.0  # seconds


class Operations(DatabaseOperations):
    """A log of statements shows one with numbered placeholders as it was written: its values stand elsewhere."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        return (
            str(sql)
            if isinstance(cursor, psycopg.RawCursor)
            else super().last_executed_query(cursor, sql, params)
        )


class DatabaseWrapper(base.DatabaseWrapper):
    """Kết nối: one that answered just now, and has failed in nothing since, is not tested again at each request."""

    ops_class = Operations
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

    def numbered_cursor(self) -> CursorWrapper:
        """Con trỏ cho câu lệnh dài: its placeholders are $1, $2 … as the server reads them.

        psycopg searches a text for %s anew at each call when it is long or has more than 50 values; here it need not.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            made: CursorWrapper = self._prepare_cursor(psycopg.RawCursor(self.connection))  # type: ignore[attr-defined]
        return made
