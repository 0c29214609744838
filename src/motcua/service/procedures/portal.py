"""Cổng làm gì với một thủ tục vào một ngày: file here, only point to the national portal, or not on line at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from motcua.service.procedures.models import OnlineLevel, PortalMode, Revision
from motcua.service.procedures.models.parts import ChannelKind

FILED_ON_LINE = {OnlineLevel.PARTIAL, OnlineLevel.FULL}


@dataclass(frozen=True)
class Portal:
    """Chế độ áp dụng; `line` None: nobody has set one, the level announced by law decides."""

    mode: str
    address: str = ""
    line: PortalMode | None = None


def portal_on(revision: Revision, on: date) -> Portal:
    """Chế độ của cổng với thủ tục vào ngày. What the law does not offer on line is never ON."""
    line = PortalMode.objects.of(revision.procedure_id, on).first()
    may_file = revision.online_level in FILED_ON_LINE and bool(revision.channels_of(ChannelKind.ONLINE))
    if line is None:
        return Portal(PortalMode.Mode.ON if may_file else PortalMode.Mode.OFF)
    if line.mode == PortalMode.Mode.ON and not may_file:
        return Portal(PortalMode.Mode.OFF, line=line)
    return Portal(line.mode, line.address, line)
