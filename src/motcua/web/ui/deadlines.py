"""Sắp hết thời hạn: the lawful times whose alarm has been raised, for the homes of desk and counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Deadline
from motcua.service.dossiers.querysets import DeadlineQuerySet

SIZE = 50


@dataclass(frozen=True)
class Row:
    """Một thời hạn."""

    deadline: Deadline
    is_past: bool


def alarmed(user: User, at: datetime) -> DeadlineQuerySet:
    """Đã báo, chưa xong, where this person may see dossiers."""
    return Deadline.objects.visible_to(user, at).alarmed()


def page_of(user: User, at: datetime, after: str) -> tuple[list[Row], str]:
    """One page, the earliest first, and the mark of the next one ("" on the last)."""
    found = alarmed(user, at)
    if mark := _mark(after):
        found = found.page_after(*mark)
    rows = list(found.select_related("dossier", "agency").order_by("due_at", "id")[: SIZE + 1])
    shown = rows[:SIZE]
    last = shown[-1] if len(rows) > SIZE else None
    following = f"{last.due_at.isoformat()}~{last.pk}" if last else ""
    return [Row(one, one.due_at < at) for one in shown], following


def _mark(after: str) -> tuple[datetime, UUID] | None:
    moment, _, key = after.partition("~")
    try:
        read = datetime.fromisoformat(moment)
        return (read, UUID(key)) if read.tzinfo else None
    except ValueError:
        return None
