"""Ghi cùng lúc: new rows of several tables in one statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Model

PLAIN = {"UUIDField", "CharField", "TextField", "DateTimeField", "DateField", "BooleanField"}


def insert_together(rows: Sequence[Model]) -> None:
    """Insert new objects, given table by table, as one statement: so many fewer journeys to the server.

    For the busiest acts; anything else saves its objects one by one. No field may hold an expression.
    """
    shape: list[tuple[type[Model], int]] = []
    values: list[Any] = []
    for model, group in groupby(rows, key=type):
        of_model = list(group)
        shape.append((model, len(of_model)))
        for row in of_model:
            given = row.__dict__
            values += [
                given[name] if prepare is None else prepare(given[name], connection)
                for name, prepare in _values(model)
            ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(shape)), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  Django's public API


@lru_cache(maxsize=256)
def _statement(shape: tuple[tuple[type[Model], int], ...]) -> str:
    """All but the last table stand in WITH: they are written in the same instant, and references are checked later."""
    inserts = [_insert(model, count) for model, count in shape]
    named = ", ".join(f"written_{place} AS ({insert})" for place, insert in enumerate(inserts[:-1]))
    return f"WITH {named} {inserts[-1]}" if named else inserts[-1]


def _insert(model: type[Model], count: int) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in _fields(model))
    row = f"({', '.join(['%s'] * len(_fields(model)))})"
    table = quote(model._meta.db_table)  # noqa: SLF001  Django's public API
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * count)}"  # noqa: S608  names of our own tables


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)  # noqa: SLF001  Django's public API


@lru_cache(maxsize=64)
def _values(model: type[Model]) -> tuple[tuple[str, Callable[..., Any] | None], ...]:
    """Where each value stands, and how it is prepared; most kinds go to the database as they are."""
    return tuple(
        (field.attname, None if _is_plain(field) else field.get_db_prep_save) for field in _fields(model)
    )


def _is_plain(field: Field[Any, Any]) -> bool:
    stored = field.target_field if isinstance(field, ForeignKey) else field
    return stored.get_internal_type() in PLAIN
