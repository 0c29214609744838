"""What can have happened to forms and their answers. The ledger keeps these for ever; it holds no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FormEvent(Event):
    subject_type: ClassVar[str] = "form"


@dataclass(frozen=True, kw_only=True)
class FormMade(FormEvent):
    label: ClassVar[str] = "Lập biểu mẫu"
    opens: ClassVar[bool] = True

    name: str
    procedure: int


@dataclass(frozen=True, kw_only=True)
class FormDrafted(FormEvent):
    label: ClassVar[str] = "Soạn phiên bản biểu mẫu"

    number: int


@dataclass(frozen=True, kw_only=True)
class FormEdited(FormEvent):
    label: ClassVar[str] = "Sửa bản soạn biểu mẫu"

    number: int
    edit: int


@dataclass(frozen=True, kw_only=True)
class FormPublished(FormEvent):
    label: ClassVar[str] = "Ban hành biểu mẫu"

    number: int
    valid_from: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class FormDraftDiscarded(FormEvent):
    label: ClassVar[str] = "Bỏ bản soạn biểu mẫu"

    number: int


@dataclass(frozen=True, kw_only=True)
class AnswersEvent(Event):
    subject_type: ClassVar[str] = "answers"

    about: UUID


@dataclass(frozen=True, kw_only=True)
class AnswersBegun(AnswersEvent):
    label: ClassVar[str] = "Bắt đầu khai biểu mẫu"
    opens: ClassVar[bool] = True

    version: UUID


@dataclass(frozen=True, kw_only=True)
class AnswersSaved(AnswersEvent):
    label: ClassVar[str] = "Lưu một trang biểu mẫu"

    page: str
    count: int


@dataclass(frozen=True, kw_only=True)
class AnswersMovedOn(AnswersEvent):
    label: ClassVar[str] = "Chuyển sang phiên bản biểu mẫu mới"

    from_version: UUID
    version: UUID
    again: list[str]


@dataclass(frozen=True, kw_only=True)
class WrongInfoReported(AnswersEvent):
    label: ClassVar[str] = "Báo sai thông tin điền sẵn"

    field: str
    source: str


@dataclass(frozen=True, kw_only=True)
class WrongInfoAnswered(AnswersEvent):
    label: ClassVar[str] = "Trả lời báo sai thông tin"

    field: str
    source: str
    outcome: str
