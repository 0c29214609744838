"""Nạp tên thường gọi và sự kiện trong đời from a TOML file. Read again it changes only what is new in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.procedures.models import EverydayName, Procedure
from motcua.service.procedures.operations.finding import arrange_event, name_everyday

TEMPLATE = """\
# Tên thường gọi và sự kiện trong đời. Nạp: motcua import words TỆP.toml; nạp lại chỉ thêm những gì mới.

# Mỗi mục [[name]]: cách người dân gọi, của một thủ tục ("code") hoặc của lời trong luật ("means").
[[name]]
means = "Giấy chứng nhận quyền sử dụng đất"
phrases = ["sổ đỏ", "sổ hồng"]

# [[name]]
# code = "1.001193"
# phrases = ["làm khai sinh cho con"]

# Mỗi mục [[event]]: một việc trong đời, với thủ tục theo thứ tự và khi nào cần. "icon": tên hình của bộ Bootstrap Icons.
# [[event]]
# code = "sinh-con"
# name = "Sinh con"
# words = "Khai sinh, nơi thường trú, thẻ bảo hiểm y tế cho bé"
# icon = "balloon"
# steps = [["1.001193", "trong 60 ngày từ khi bé sinh"], ["1.004222", "để bé có nơi thường trú"]]
"""


@dataclass
class Loaded:
    """Kết quả nạp: how many are new, how many stood already, and what could not be read, with its place."""

    names: int = 0
    known: int = 0
    events: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return f"{self.names} tên mới, {self.known} tên đã có, {self.events} sự kiện"


def load_words(text: str, *, by: User | None, at: datetime, valid_from: date | None = None) -> Loaded:
    """Nạp lời thường: each name and event by itself, a faulty one stops no other. Raises InvalidInput for no TOML."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput({"file": f"Tệp không phải TOML: {fault}."}) from fault
    done = Loaded()
    procedures = {procedure.code: procedure for procedure in Procedure.objects.all()}
    begins = valid_from or local_date(at)
    for place, row in enumerate(_rows(told, "name"), start=1):
        for phrase in _list(row.get("phrases")):
            with _told(done, f"Tên thứ {place}, “{phrase}”"):
                _name(done, str(phrase), row, procedures, begins, by, at)
    for place, row in enumerate(_rows(told, "event"), start=1):
        with _told(done, f"Sự kiện thứ {place}, “{row.get('name', '')}”"):
            _event(row, place, procedures, by, at)
            done.events += 1
    return done


@contextmanager
def _told(done: Loaded, where: str) -> Iterator[None]:
    """Within: an act of its own; a refusal becomes a line of the report."""
    try:
        with transaction.atomic():
            yield
    except DomainError as refusal:
        done.faults.append(f"{where}: {refusal.message}")


def _rows(told: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [row for row in _list(told.get(kind)) if isinstance(row, Mapping)]


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _name(  # noqa: PLR0917
    done: Loaded,
    phrase: str,
    row: Mapping[str, Any],
    procedures: Mapping[str, Procedure],
    begins: date,
    by: User | None,
    at: datetime,
) -> None:
    procedure = _procedure(procedures, row["code"]) if row.get("code") else None
    means = str(row.get("means", ""))
    living = EverydayName.objects.in_force(begins)
    if living.filter(folded=fold(phrase), procedure=procedure, means=means).exists():
        done.known += 1
        return
    name_everyday(phrase=phrase, procedure=procedure, means=means, valid_from=begins, by=by, at=at)
    done.names += 1


def _event(
    row: Mapping[str, Any], place: int, procedures: Mapping[str, Procedure], by: User | None, at: datetime
) -> None:
    if not row.get("code"):
        raise DomainError("Hãy ghi mã của sự kiện (code), ví dụ: sinh-con.")
    steps = [
        step if isinstance(step, list) and len(step) == 2 else [step, ""] for step in _list(row.get("steps"))
    ]
    arrange_event(
        code=str(row["code"])[:40], name=str(row.get("name", "")), words=str(row.get("words", "")),
        icon=str(row.get("icon", "")), position=place, by=by, at=at,
        steps=[(_procedure(procedures, code), str(reason)) for code, reason in steps],
    )  # fmt: skip


def _procedure(procedures: Mapping[str, Procedure], code: Any) -> Procedure:
    found = procedures.get(str(code))
    if found is None:
        raise DomainError(f"Không có thủ tục mang mã {code}.")
    return found
