"""What can have happened on the board of integrity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IntegrityChecked(Event):
    label: ClassVar[str] = "Kiểm tra toàn vẹn dữ liệu"
    subject_type: ClassVar[str] = "integrity_check"
    opens: ClassVar[bool] = True

    invariants: int
    standing: int
    fresh: int
    gone: int
    failures: list[str]


@dataclass(frozen=True, kw_only=True)
class FindingMended(Event):
    """`subject_id` is the finding's; the dossier's own line is written by `DossierMended`."""

    label: ClassVar[str] = "Sửa sai lệch dữ liệu"
    subject_type: ClassVar[str] = "integrity_finding"
    opens: ClassVar[bool] = True  # a finding is mended once

    code: str
    remedy: str
    about: str


@dataclass(frozen=True, kw_only=True)
class DossierMended(Event):
    label: ClassVar[str] = "Sửa sai lệch dữ liệu"
    subject_type: ClassVar[str] = "dossier"

    code: str
    remedy: str
    note: str
