"""Sự kiện: what can have happened, and who hears of it.

An operation calls `record(event)` inside its transaction. The listeners of `IN_TRANSACTION` run at once (the ledger is
the first of them); those of `AFTER_COMMIT` are written to the outbox by the ledger and run by the worker. Both tables
are filled once, in `config/subscriptions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

PLAIN = frozenset({str, int, bool, float})  # JSON values already
BASE_FIELDS = frozenset({"subject_id", "actor_id", "at"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """Sự kiện: one fact about one subject, by whom (None: the system itself) and when."""

    label: ClassVar[str] = ""
    subject_type: ClassVar[str] = ""
    _own_fields: ClassVar[tuple[str, ...]]
    opens: ClassVar[bool] = False  # the first fact of its subject: there is no earlier line to chain to

    subject_id: UUID
    actor_id: UUID | None
    at: datetime

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Names of what this kind of event adds to every event's fields; found once for each kind."""
        if "_own_fields" not in cls.__dict__:
            cls._own_fields = tuple(field.name for field in fields(cls) if field.name not in BASE_FIELDS)
        return cls._own_fields

    def payload(self) -> dict[str, Any]:
        """The event's own fields as JSON values."""
        return {name: jsonable(getattr(self, name)) for name in type(self).own_fields()}


@dataclass(frozen=True)
class Fact:
    """A ledger line as a listener after the commit reads it."""

    name: str
    subject_type: str
    subject_id: UUID
    actor_id: UUID | None
    at: datetime
    payload: Mapping[str, Any]


InTransaction = Callable[[Event], None]
AfterCommit = Callable[[Fact], None]

_in_transaction: dict[type[Event], tuple[InTransaction, ...]] = {}
_after_commit: dict[type[Event], tuple[AfterCommit, ...]] = {}
_many: dict[InTransaction, Callable[[Sequence[Event]], None]] = {}


def subscribe(
    *,
    in_transaction: Mapping[type[Event], Sequence[InTransaction]],
    after_commit: Mapping[type[Event], Sequence[AfterCommit]],
) -> None:
    """Say who listens to what; replaces whatever was said before."""
    _in_transaction.clear()
    _after_commit.clear()
    _in_transaction.update({kind: tuple(listeners) for kind, listeners in in_transaction.items()})
    _after_commit.update({kind: tuple(listeners) for kind, listeners in after_commit.items()})


def record(event: Event) -> None:
    """Tell every listener of the event, in the caller's transaction."""
    for listener in _listeners(type(event)):
        listener(event)


def record_all(happened: Sequence[Event]) -> None:
    """The same for many events, in this order: who listens to many hears them at once.

    Events that different listeners hear are told one by one, each to all of its own.
    """
    kinds = {type(event) for event in happened}
    heard = {tuple(_listeners(kind)) for kind in kinds}
    if len(heard) > 1:
        for event in happened:
            record(event)
        return
    for listener in next(iter(heard), ()):
        if (at_once := _many.get(listener)) is not None:
            at_once(happened)
            continue
        for event in happened:
            listener(event)


def _listeners(kind: type[Event]) -> list[InTransaction]:
    """Who hears of that kind, the most general first."""
    return [listener for base in reversed(kind.__mro__) for listener in _in_transaction.get(base, ())]


def many(at_once: Callable[[Sequence[Event]], None]) -> Callable[[InTransaction], InTransaction]:
    """Decorates a listener that can hear many events at once, by the function that does it."""

    def keep(listener: InTransaction) -> InTransaction:
        _many[listener] = at_once
        return listener

    return keep


def deferred(event: Event) -> list[str]:
    """Names of the listeners that the worker must call once the act is committed."""
    return [
        listener_name(listener)
        for kind in reversed(type(event).__mro__)
        for listener in _after_commit.get(kind, ())
    ]


def listener_named(name: str) -> AfterCommit | None:
    """The listener of that name, or None when nobody of that name listens any more."""
    return next(
        (
            listener
            for group in _after_commit.values()
            for listener in group
            if listener_name(listener) == name
        ),
        None,
    )


def listener_name(listener: AfterCommit) -> str:
    return f"{listener.__module__.removeprefix('motcua.')}.{listener.__qualname__}"


def jsonable(value: Any) -> Any:
    """A JSON value that reads the same on every machine: instants and days as ISO text, ids and decimals as text."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    return value
