"""Hỏi nhanh: a queryset whose SQL is made once, because on the busiest pages making it costs more than asking it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg.sql import Literal

Row = TypeVar("Row", bound=Model)
Shape = tuple[tuple[str, type, int], ...]

FAR = date(9000, 1, 1)
MANY = 2_000_000_000  # no key of ours is so great, and it is still an integer of every size that is asked for


class Asked(Generic[Row]):
    """Câu hỏi soạn sẵn: `ask(**values)` is called once for each shape of its values; later only the values change.

    `ask` must put each value into the question as it stands, or as the beginning of a text (`__startswith`): not test it,
    cut it or add to it. It may take None and lists, whose length belongs to the shape. The answers are the objects that
    the queryset would give.
    """

    def __init__(self, ask: Callable[..., QuerySet[Row]], *, weighed: Sequence[str] = ()) -> None:
        """`weighed`: values whose frequency decides the best way to the answer; the server sees them when it plans."""
        self._ask = ask
        self._weighed = frozenset(weighed)
        self._prepared: dict[Shape, _Prepared[Row]] = {}

    def all(self, **values: Any) -> list[Row]:
        shape = tuple((name, type(value), _size(value)) for name, value in values.items())
        prepared = self._prepared.get(shape)
        if prepared is None:
            prepared = self._prepared[shape] = _Prepared(self._ask, values, self._weighed)
        return prepared.answer(values)

    def first(self, **values: Any) -> Row | None:
        """The first of them; `ask` limits itself to one where there may be many."""
        found = self.all(**values)
        return found[0] if found else None


class _Prepared(Generic[Row]):
    """One shape of a question: its SQL, which value goes where, and how rows become objects."""

    def __init__(
        self, ask: Callable[..., QuerySet[Row]], values: Mapping[str, Any], weighed: frozenset[str]
    ) -> None:
        self._weighed = weighed
        marks, self._where = _marked(values)
        queryset = ask(**marks)
        self._compiler = queryset.query.get_compiler(connection=connection)
        self._sql, params = self._compiler.as_sql()
        self._params = [self._slot(param) for param in params]
        if {slot[0] for slot in self._params if isinstance(slot, tuple)} != set(self._where.values()):
            raise ValueError("A value of a prepared question does not stand in it as it is.")
        select, info = self._compiler.select, self._compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        self._model, self._own = info["model"], slice(first, last)
        self._names = [column[0].target.attname for column in select[first:last]]
        self._populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]
        self._annotations = dict(self._compiler.annotation_col_map or {})
        self._converters = self._compiler.get_converters([column[0] for column in select])

    def _slot(self, param: Any) -> Any:
        """Which value stands here and of which type the database takes it; or the constant itself."""
        place = self._where.get(param) if isinstance(param, (int, str, date, UUID)) else None
        if place is None and isinstance(param, str) and param.endswith("%"):
            place = self._where.get(param[:-1])
            return (place, _beginning) if place else _Constant(param)
        if place is None:
            return _Constant(param)
        return place, type(param) if isinstance(param, int) else None

    def answer(self, values: Mapping[str, Any]) -> list[Row]:
        params = [self._value(slot, values) for slot in self._params]
        question = self._written(params) if self._weighed else (self._sql, params)
        with connection.cursor() as cursor:
            cursor.execute(*question)
            rows: Any = cursor.fetchall()
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return list(self._objects(rows))

    def _written(self, params: Sequence[Any]) -> tuple[str, list[Any]]:
        """The question with the weighed values written into it; the others stay parameters."""
        first, *pieces = self._sql.split("%s")
        text, left = [first], []
        for slot, param, piece in zip(self._params, params, pieces, strict=True):
            if not isinstance(slot, _Constant) and slot[0][0] in self._weighed:
                text += [Literal(param).as_string(connection.connection).replace("%", "%%"), piece]
            else:
                text += ["%s", piece]
                left.append(param)
        return "".join(text), left

    def _value(self, slot: Any, values: Mapping[str, Any]) -> Any:
        if isinstance(slot, _Constant):
            return slot.value
        (name, place), kind = slot
        value = values[name] if place is None else values[name][place]
        return kind(value) if kind else value

    def _objects(self, rows: Any) -> Iterator[Row]:
        for row in rows:
            made: Row = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
            for populator in self._populators:
                populator.populate(row, made)
            for name, column in self._annotations.items():
                setattr(made, name, row[column])
            yield made


def _beginning(text: str) -> str:
    """The pattern of LIKE for texts that begin so."""
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


class _Constant:
    def __init__(self, value: Any) -> None:
        self.value = value


Place = tuple[str, int | None]


def _marked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Any, Place]]:
    """Values of the same types that are met nowhere else, and where each of them belongs."""
    numbers = count(1)
    where: dict[Any, Place] = {}

    def mark(value: Any, place: Place) -> Any:
        if value is None:
            return None
        made = _mark(value, next(numbers))
        where[made] = place
        return made

    marks: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (list, tuple)):
            marks[name] = [mark(item, (name, place)) for place, item in enumerate(value)]
        else:
            marks[name] = mark(value, (name, None))
    return marks, where


def _mark(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return datetime(9000, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if isinstance(value, date):
        return FAR + timedelta(days=number)
    if isinstance(value, UUID):
        return UUID(int=number)
    if isinstance(value, int):
        return MANY + number
    if isinstance(value, str):
        return f"⟨{number}⟩"
    raise TypeError(f"A prepared question takes no {type(value).__name__}.")


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (list, tuple)) else 0
