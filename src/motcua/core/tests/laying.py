"""Dựng một lần: what many tests begin with is built by the operations once in a process, and later written as it was."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.db import connection, transaction

from motcua.core.keeping import forget_all

Built = TypeVar("Built")
FIRST = "SELECT pg_current_xact_id_if_assigned() IS NULL AND current_setting('is_superuser') = 'on'"
DJANGO_S = {"django_content_type", "auth_permission"}  # written again after each emptying
SILENT = "SET LOCAL session_replication_role"


@dataclass(frozen=True)
class Laid:
    """Những gì đã ghi: the lines of each table as COPY gives them, and what was given back."""

    lines: Mapping[str, bytes]
    given: bytes

    def again(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{SILENT} = replica")  # what triggers have written is among the lines
            for table, lines in self.lines.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(lines)
            cursor.execute(f"{SILENT} = DEFAULT")
        forget_all()
        return pickle.loads(self.given)  # noqa: S301  what this process has written


def laid_once(build: Callable[..., Built]) -> Callable[..., Built]:
    """`build` runs once in a process; where a test begins with it, its rows are then laid down as they were.

    Where something was written before it, and on a server of somebody else's, where triggers cannot be silent, it runs as
    it is. The keys of laid rows are the same each time: what the process keeps of
    the test before is forgotten. What `build` returns must be possible to pickle; it may do nothing but write rows.
    """
    known: dict[Any, Laid] = {}

    @wraps(build)
    def lay(**how: Any) -> Built:
        if not _is_first():
            return build(**how)
        key = tuple(sorted(how.items()))
        if key in known:
            built: Built = known[key].again()
            return built
        before = _lines_of(_full())
        with transaction.atomic():
            built = build(**how)
        after = _lines_of(_full())
        if all(after.get(table) == lines for table, lines in before.items()):
            written = {table: lines for table, lines in after.items() if table not in before}
            known[key] = Laid(written, pickle.dumps(built))
        return built

    return lay


def _is_first() -> bool:
    """Nothing was written before: in the transaction of this test, or, where it has its own ones, in any table."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        if not cursor.fetchone()[0]:
            return False
    return connection.in_atomic_block or set(_full()) <= DJANGO_S


def _full() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"""(SELECT '{name}' FROM "{name}" LIMIT 1)"""  # noqa: S608  names of our own tables
                for name in sorted(names)
            )
        )
        return [name for (name,) in cursor.fetchall()]


def _lines_of(tables: Iterable[str]) -> dict[str, bytes]:
    found = {}
    for table in tables:
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
            found[table] = b"".join(bytes(line) for line in copy)
    return found
