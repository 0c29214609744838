"""What the printing room tells. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FormPrinted(Event):
    """In biểu mẫu: a paper of the dossier was issued under a number, or its control sheet was renewed."""

    label: ClassVar[str] = "In biểu mẫu"
    subject_type: ClassVar[str] = "dossier"

    form: str
    forms: str
    number: str
    digest: str
    note: str


@dataclass(frozen=True, kw_only=True)
class FormReprinted(FormPrinted):
    """In lại: the same paper again; the ledger keeps who took out a paper that states personal data."""

    label: ClassVar[str] = "In lại biểu mẫu"


@dataclass(frozen=True, kw_only=True)
class RefusalPrinted(FormPrinted):
    label: ClassVar[str] = "In phiếu từ chối"
    subject_type: ClassVar[str] = "intake_refusal"


@dataclass(frozen=True, kw_only=True)
class RefusalReprinted(RefusalPrinted):
    label: ClassVar[str] = "In lại phiếu từ chối"
