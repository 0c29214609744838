"""Thông tin đăng nhập: what a provider has vouched for, in our own words, whatever dialect it spoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from motcua.core.choices import Labelled


class Dialect(Labelled):
    """Cách nói của nơi cấp tài khoản."""

    VNCONNECT = "VNCONNECT", "Cổng Dịch vụ công quốc gia (VNConnect)"
    VNEID = "VNEID", "VNeID"


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Một người đã được nơi cấp tài khoản xác nhận. `level` is a code of AssuranceLevel; `birth` reads "05/03/1990"."""

    issuer: str
    subject: str
    provider: str
    provider_name: str
    dialect: str
    level: str
    kind: str
    name: str
    personal_number: str = ""
    tax_code: str = ""
    birth: str = ""
    phone: str = ""
    email: str = ""
    tech_id: str = ""
    representative_name: str = ""
    representative_number: str = ""

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> Claims:
        return cls(**held)
