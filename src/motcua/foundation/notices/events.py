"""What can have happened to a notice. The text stays in its row; the ledger says that it was handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticeQueued(Event):
    label: ClassVar[str] = "Lập thông báo"
    subject_type: ClassVar[str] = "notice"
    opens: ClassVar[bool] = True

    about: UUID
    channel: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class NoticeResent(Event):
    label: ClassVar[str] = "Gửi lại thông báo"
    subject_type: ClassVar[str] = "notice"

    about: UUID
    channel: str
