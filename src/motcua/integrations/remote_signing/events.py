"""What can have happened to the providers that sign for citizens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SigningProviderWritten(Event):
    """`changed`: names of what differs now; the token is never among them, only the name of its variable."""

    label: ClassVar[str] = "Ghi nhà cung cấp ký số từ xa"
    subject_type: ClassVar[str] = "signing_provider"

    code: str
    name: str
    changed: list[str]
    valid_from: date
    valid_to: date | None
