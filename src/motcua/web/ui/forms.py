"""Biểu mẫu: what was typed is read once for its shape, and shown again as it was typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from motcua.core.errors import InvalidInput
from motcua.core.text import tidy
from motcua.core.time import VIETNAM

DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d{2})(\d{2})(\d{4})|(\d{4})-(\d{2})-(\d{2})")
TIME = re.compile(r"(\d{1,2})(?:[:hg.](\d{2})?)?", re.IGNORECASE)


class Form:
    """What the field macros ask: the value to show and the sentence of refusal, by the field's name."""

    def __init__(
        self, typed: QueryDict | Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None
    ) -> None:
        self.typed = typed
        self.errors = dict(errors or {})

    def value(self, name: str, default: Any = "") -> Any:
        """What was typed, or else the default."""
        if self.typed is None or name not in self.typed:
            return "" if default is None else default
        return self.typed[name]

    def values(self, name: str, default: Collection[Any] = ()) -> list[str]:
        """All that was ticked under one name."""
        if isinstance(self.typed, QueryDict):
            return [str(item) for item in self.typed.getlist(name)]
        if self.typed is not None and name in self.typed:
            return [str(item) for item in self.typed[name]]
        return [str(item) for item in default]

    def is_ticked(self, name: str, default: bool = False) -> bool:
        if self.typed is None:
            return default
        return self.typed.get(name, "") not in {"", "0", "false"}

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


class Reader:
    """Đọc biểu mẫu: each method reads one field's shape; `check()` raises InvalidInput with all refusals at once.

    A field left empty is "" or None; with `required`, the sentence that is said when it is empty.
    """

    def __init__(self, typed: QueryDict | Mapping[str, Any]) -> None:
        self.typed = typed
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, required: str = "", longest: int = 500, is_tidy: bool = True) -> str:
        given = str(self.typed.get(name) or "")
        given = tidy(given) if is_tidy else given.strip()
        if not given and required:
            self.refuse(name, required)
        if len(given) > longest:
            self.refuse(name, f"Viết tối đa {longest} ký tự (đang có {len(given)}).")
        return given

    def paragraph(self, name: str, *, required: str = "", longest: int = 5000) -> str:
        return self.text(name, required=required, longest=longest, is_tidy=False)

    def day(self, name: str, *, required: str = "") -> date | None:
        """Ngày: 26/11/2026, 26112026 or what a date picker sends."""
        given = self.text(name, required=required)
        if not given:
            return None
        found = DAY.fullmatch(given)
        try:
            if found is None:
                raise ValueError(given)
            parts = [int(part) for part in found.groups() if part]
            return date(*parts) if found[7] else date(parts[2], parts[1], parts[0])
        except ValueError:
            self.refuse(name, f"“{given}” chưa phải là một ngày. Viết ngày/tháng/năm, ví dụ 26/11/2026.")
            return None

    def time(self, name: str, *, required: str = "") -> time | None:
        """Giờ: 15:01, 15h01 or 15."""
        given = self.text(name, required=required)
        if not given:
            return None
        found = TIME.fullmatch(given)
        try:
            if found is None:
                raise ValueError(given)
            return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            self.refuse(name, f"“{given}” chưa phải là giờ. Viết giờ:phút, ví dụ 15:01.")
            return None

    def moment(self, day_name: str, time_name: str, *, required: str = "") -> datetime | None:
        """Ngày và giờ, in Vietnam's time."""
        day, clock = self.day(day_name, required=required), self.time(time_name, required=required)
        return datetime.combine(day, clock, VIETNAM) if day and clock else None

    def integer(
        self, name: str, *, required: str = "", least: int | None = None, most: int | None = None
    ) -> int | None:
        number = self.number(name, required=required, least=least, most=most)
        if number is not None and number != int(number):
            self.refuse(name, "Viết một số nguyên.")
            return None
        return None if number is None else int(number)

    def number(
        self, name: str, *, required: str = "", least: int | None = None, most: int | None = None
    ) -> Decimal | None:
        """Số: a comma or a dot before the fraction."""
        given = self.text(name, required=required).replace(",", ".")
        if not given:
            return None
        try:
            number = Decimal(given)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.refuse(name, f"“{given}” chưa phải là một số.")
            return None
        if (least is not None and number < least) or (most is not None and number > most):
            bounds = [f"từ {least}"] * (least is not None) + [f"đến {most}"] * (most is not None)
            self.refuse(name, f"Viết một số {' '.join(bounds)}.")
            return None
        return number

    def money(self, name: str, *, required: str = "") -> int | None:
        """Số tiền: whole đồng, dots and blanks allowed."""
        given = re.sub(r"[.\s]|đồng|đ|₫", "", self.text(name, required=required))
        if not given:
            return None
        if not given.isdecimal():
            self.refuse(name, "Viết số tiền bằng số đồng, ví dụ 150.000.")
            return None
        return int(given)

    def choice(self, name: str, choices: Collection[str], *, required: str = "") -> str:
        given = self.text(name, required=required)
        if given and given not in {str(choice) for choice in choices}:
            self.refuse(name, "Chọn một trong các mục đã cho.")
            return ""
        return given

    def several(self, name: str, choices: Collection[str] | None = None, *, required: str = "") -> list[str]:
        given = (
            self.typed.getlist(name) if isinstance(self.typed, QueryDict) else list(self.typed.get(name, ()))
        )
        given = [str(item) for item in given if item]
        if not given and required:
            self.refuse(name, required)
        if choices is None:
            return given
        known = {str(choice) for choice in choices}
        if not set(given) <= known:
            self.refuse(name, "Chọn trong các mục đã cho.")
        return [item for item in given if item in known]

    def is_ticked(self, name: str) -> bool:
        return str(self.typed.get(name) or "") not in {"", "0", "false"}

    def refuse(self, name: str, sentence: str) -> None:
        """Keep the first refusal of a field."""
        self.errors.setdefault(name, sentence)

    def check(self) -> None:
        if self.errors:
            raise InvalidInput(self.errors)
