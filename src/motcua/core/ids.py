"""Keys of case data: UUIDv7, so that rows of one time lie together."""

from __future__ import annotations

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A new UUIDv7: ordered by time, unique over processes."""
    return compat.uuid7()


def as_key(text: str) -> UUID | None:
    """Khóa như đã gửi lên: the key that a form or an address names; nonsense is nothing."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
