"""Keys of case data: UUIDv7, so that rows of one time lie together."""

from __future__ import annotations

import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A new UUIDv7: ordered by time, unique over processes."""
    return compat.uuid7()
