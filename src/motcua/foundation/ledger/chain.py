"""The hash that ties a line to the one before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = ""


def line_hash(
    key: bytes,
    *,
    subject_type: str,
    subject_id: UUID,
    number: int,
    name: str,
    label: str,
    actor_id: UUID | None,
    at: datetime,
    payload: Mapping[str, Any],
    previous: str,
) -> str:
    """HMAC-SHA256, 64 hex digits, over every field that a reader relies on."""
    text = json.dumps(
        [
            subject_type,
            str(subject_id),
            number,
            name,
            label,
            str(actor_id) if actor_id else None,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            payload,
            previous,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def digest(key: bytes, previous: str, hashes: Iterable[str]) -> tuple[int, str]:
    """How many lines, and one HMAC over the digest of the seal before and their hashes in the order given."""
    count, seal = 0, hmac.new(key, previous.encode(), hashlib.sha256)
    for value in hashes:
        count += 1
        seal.update(value.encode())
    return count, seal.hexdigest()
