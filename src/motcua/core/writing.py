"""Ghi cùng lúc: new rows of several tables in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count, groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import AutoField, Field, ForeignKey, IntegerField, Model

Rows = tuple[type[Model], bool, int]  # of which table, whether they bring their keys, how many
PLAIN = {"UUIDField", "CharField", "TextField", "DateTimeField", "DateField", "BooleanField"}


def insert_together(rows: Sequence[Model]) -> None:
    """Insert new objects, given table by table, as one statement: so many fewer journeys to the server.

    For the busiest acts; anything else saves its objects one by one. No field may hold an expression, and a key that the
    table gives by itself stays unknown to its object.
    """
    shape: list[Rows] = []
    values: list[Any] = []
    for (model, has_key), group in groupby(rows, key=lambda row: (type(row), row.pk is not None)):
        of_model, columns = list(group), _values(model, has_key)
        shape.append((model, has_key, len(of_model)))
        for row in of_model:
            given = row.__dict__
            values += [given[name] if prepare is None else prepare(given[name]) for name, prepare in columns]
    database: Any = connections[DEFAULT_DB_ALIAS]
    with database.numbered_cursor() as cursor:
        cursor.execute(_statement(tuple(shape)), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001  Django's public API


@lru_cache(maxsize=256)
def _statement(shape: tuple[Rows, ...]) -> str:
    """All but the last table stand in WITH: they are written in the same instant, and references are checked later."""
    places = count(1)
    inserts = [_insert(one, places) for one in shape]
    named = ", ".join(f"written_{place} AS ({insert})" for place, insert in enumerate(inserts[:-1]))
    return f"WITH {named} {inserts[-1]}" if named else inserts[-1]


def _insert(one: Rows, places: Iterator[int]) -> str:
    quote = connection.ops.quote_name
    model, has_key, rows = one
    fields = _fields(model, has_key)
    columns = ", ".join(quote(field.column or "") for field in fields)
    values = ", ".join(f"({', '.join(f'${next(places)}' for _ in fields)})" for _ in range(rows))
    table = quote(model._meta.db_table)  # noqa: SLF001  Django's public API
    return f"INSERT INTO {table} ({columns}) VALUES {values}"  # noqa: S608  names of our own tables


@lru_cache(maxsize=64)
def _fields(model: type[Model], has_key: bool) -> tuple[Field[Any, Any], ...]:
    fields = model._meta.concrete_fields  # noqa: SLF001  Django's public API
    return tuple(field for field in fields if has_key or not field.primary_key)


@lru_cache(maxsize=64)
def _values(model: type[Model], has_key: bool) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Where each value stands, and how it is prepared; most kinds go to the database as they are."""
    return tuple((field.attname, _preparing(field)) for field in _fields(model, has_key))


def _preparing(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    stored = field.target_field if isinstance(field, ForeignKey) else field
    if stored.get_internal_type() in PLAIN or isinstance(stored, AutoField):
        return None
    if isinstance(stored, IntegerField):  # of one size whatever the number, so that the statement stays one
        kinds: Any = connection.ops
        sized = kinds.integerfield_type_map[stored.get_internal_type()]
        return lambda value: None if value is None else sized(value)
    return lambda value: stored.get_db_prep_save(value, connection)
