"""Hợp đồng với nhà cung cấp tin nhắn, as data: where to send, under which names, what its answers mean.

No provider's own names are written here; each installation gives them (docs/notices.md). Pure: no Django, no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SIMULATED = "mo-phong"


class BadContract(Exception):
    """Cấu hình cổng tin nhắn không đọc được."""


@dataclass(frozen=True)
class Contract:
    """Một cổng tin nhắn. `fields`: our word → the provider's; `refused`: answer codes that no second try will mend."""

    endpoint: str
    auth: str = "bearer"  # or basic
    user: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)  # sender's name and the like
    code_field: str = "code"
    reference_field: str = "id"
    accepted: tuple[str, ...] = ("0",)
    refused: tuple[str, ...] = ()
    report: Mapping[str, str] = field(default_factory=dict)
    arrived: tuple[str, ...] = ("DELIVERED",)
    failed: tuple[str, ...] = ("FAILED",)

    @property
    def is_simulated(self) -> bool:
        return self.endpoint == SIMULATED

    def message(
        self, *, key: str, phone: str, text: str, code: str, title: str, template: str
    ) -> dict[str, Any]:
        """Thân tin gửi đi; a field that the provider does not know is left out."""
        ours = {
            "reference": key, "phone": international(phone), "text": text, "code": code, "title": title,
            "template": template,
        }  # fmt: skip
        return {
            **self.fixed,
            **{self.fields[name]: value for name, value in ours.items() if name in self.fields},
        }


USUAL_FIELDS = {
    "reference": "reference",
    "phone": "phone",
    "text": "text",
    "code": "code",
    "template": "template",
}
USUAL_REPORT = {"reference": "reference", "status": "status", "reason": "reason", "cost": "cost"}


def contract_from(given: Mapping[str, Any]) -> Contract:
    """Đọc cấu hình. Raises BadContract."""
    known = set(Contract.__dataclass_fields__)
    if unknown := set(given) - known:
        raise BadContract(f"Không hiểu mục {', '.join(sorted(unknown))}.")
    if not given.get("endpoint"):
        raise BadContract("Thiếu endpoint.")
    if given.get("auth", "bearer") not in {"bearer", "basic"}:
        raise BadContract("auth chỉ là bearer hoặc basic.")
    values = {"fields": USUAL_FIELDS, "report": USUAL_REPORT, **given}
    for name in ("accepted", "refused", "arrived", "failed"):
        if name in values:
            values[name] = tuple(str(item) for item in values[name])
    return Contract(**values)


def international(phone: str) -> str:
    """0912345678 → 84912345678, the form that networks share."""
    digits = "".join(letter for letter in phone if letter.isdecimal())
    return f"84{digits[1:]}" if digits.startswith("0") else digits
