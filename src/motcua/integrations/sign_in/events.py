"""What can have happened to the providers that sign citizens in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProviderWritten(Event):
    """`changed`: names of what differs now; the secret is never among them, only the name of its variable."""

    label: ClassVar[str] = "Ghi nơi cấp tài khoản"
    subject_type: ClassVar[str] = "sign_in_provider"

    code: str
    name: str
    changed: list[str]
    valid_from: date
    valid_to: date | None
