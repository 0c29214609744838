"""Nhiều dòng một lần: the same columns of many rows written by one statement; rows that were read along with another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model


def write_columns(rows: Sequence[Model], names: Sequence[str]) -> int:
    """UPDATE of these columns from the objects in memory; returns how many rows there were to write."""
    if not rows:
        return 0
    meta = type(rows[0])._meta  # noqa: SLF001  Django's public API
    if meta.pk is None:
        raise TypeError(f"{meta.label} has no key.")
    columns = [meta.pk, *(cast("Field[Any, Any]", meta.get_field(name)) for name in names)]
    written, arrays, values = [], [], []
    for place, column in enumerate(columns):
        kind = (
            column.rel_db_type(connection)
            if place and column.is_relation
            else column.cast_db_type(connection)
        )
        written.append(f'"{column.column}" = fresh.c{place}')
        arrays.append(f"%s::{kind}[]")
        values.append(
            [_plain(column.get_db_prep_save(getattr(row, column.attname), connection)) for row in rows]
        )
    names_of = ", ".join(f"c{place}" for place in range(len(columns)))
    target = f'UPDATE "{meta.db_table}" AS old SET {", ".join(written[1:])}'  # noqa: S608  names of the model
    source = f"FROM unnest({', '.join(arrays)}) AS fresh({names_of})"
    with connection.cursor() as cursor:
        cursor.execute(f'{target} {source} WHERE old."{meta.pk.column}" = fresh.c0', values)
        return int(cursor.rowcount)


def read_along(row: Model, name: str) -> Iterable[Any]:
    """Những dòng đọc kèm: the related rows of that name which a prefetch has read; of any other row, asked for.

    Django makes a manager and a queryset at each `row.name.all()`, too much for what is looked at many times a request.
    """
    read: Iterable[Any] | None = row.__dict__.get("_prefetched_objects_cache", {}).get(name)
    return getattr(row, name).all() if read is None else read


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value
