"""Dữ liệu đặc tả của giấy tờ số hóa: the minimum that the law asks of each digitised paper. Pure.

Legal: ND118-2025 Đ19.2
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from motcua.core.errors import InvalidInput

LABELS = {
    "paper_type_code": "mã loại giấy tờ",
    "holder_id": "định danh chủ giấy tờ",
    "holder_name": "họ tên chủ giấy tờ",
    "holder_birth_year": "năm sinh của chủ giấy tờ",
    "issued_on": "ngày cấp",
    "issuer": "cơ quan cấp",
    "number": "số giấy tờ",
    "title": "tên giấy tờ",
    "abstract": "trích yếu nội dung",
    "valid_from": "có hiệu lực từ",
    "valid_to": "có hiệu lực đến",
    "validity_scope": "phạm vi hiệu lực",
}
LONGEST = {
    "paper_type_code": 40,
    "holder_name": 200,
    "issuer": 300,
    "number": 100,
    "title": 500,
    "abstract": 2000,
    "validity_scope": 300,
}
EARLIEST_YEAR = 1850


@dataclass(frozen=True, kw_only=True)
class PaperFacts:
    """Dữ liệu đặc tả. `holder_id` is the applicant's key: the number itself stays in its one encrypted place.

    When the holder is not known to the system, the law takes name, birth year, day and place of issue instead.
    """

    paper_type_code: str = ""
    holder_id: UUID | None = None
    holder_name: str = ""
    holder_birth_year: int | None = None
    issued_on: date | None = None
    issuer: str = ""
    number: str = ""
    title: str = ""
    abstract: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    validity_scope: str = ""

    @classmethod
    def of(cls, row: Any) -> Self:
        """The facts that a row carries under the same names."""
        return cls(**{name: getattr(row, name) for name in LABELS})

    def missing(self) -> list[str]:
        """Còn thiếu: labels of what the law's minimum still lacks, in the order of the form."""
        needed = ["paper_type_code", "title", "abstract", "valid_from", "validity_scope"]
        if self.holder_id is None:
            needed += ["holder_name", "holder_birth_year", "issued_on", "issuer"]
        return [LABELS[name] for name in LABELS if name in needed and not getattr(self, name)]

    def checked(self, *, on: date) -> Self:
        """The same facts, tidied. Raises InvalidInput with a sentence for each field that cannot be."""
        texts = {name: " ".join(getattr(self, name).split()) for name in LONGEST}
        tidy = replace(self, **texts)  # type: ignore[arg-type]
        errors = {
            name: f"{LABELS[name].capitalize()} dài quá {most} chữ. Hãy viết gọn lại."
            for name, most in LONGEST.items()
            if len(getattr(tidy, name)) > most
        }
        errors |= _impossible_days(tidy, on)
        if errors:
            raise InvalidInput(errors)
        return tidy


def _impossible_days(facts: PaperFacts, on: date) -> dict[str, str]:
    errors = {}
    if facts.holder_birth_year is not None and not EARLIEST_YEAR <= facts.holder_birth_year <= on.year:
        errors["holder_birth_year"] = f"Năm sinh phải từ {EARLIEST_YEAR} đến {on.year}."
    if facts.issued_on and facts.issued_on > on:
        errors["issued_on"] = "Ngày cấp không thể sau hôm nay."
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        errors["valid_to"] = "Ngày hết hiệu lực phải sau ngày bắt đầu có hiệu lực."
    return errors
