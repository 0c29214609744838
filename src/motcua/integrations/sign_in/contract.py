"""Hợp đồng: how the two dialects say who somebody is, and what that means in our words.

The names are those seen in running clients; a provider that says it otherwise gets a `claim_map`. How levels and
representatives are written was seen in one client only, so both are read leniently and can be moved by data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from motcua.core.text import tidy
from motcua.foundation.citizens.claims import Claims, Dialect
from motcua.foundation.identity.models import Applicant
from motcua.integrations.sign_in.faults import BadAnswer
from motcua.integrations.sign_in.models import SignInProvider

Kind = Applicant.Kind
NAMES: Mapping[str, Mapping[str, str]] = {
    Dialect.VNCONNECT: {
        "kind": "LoaiTaiKhoan",
        "name": "HoVaTen",
        "organisation_name": "TenDoanhNghiep",
        "personal_number": "SoDinhDanh",
        "tax_code": "MaSoThue",
        "business_code": "MaSoDoanhNghiep",
        "birth": "NgayThangNamSinh",
        "phone": "SoDienThoai",
        "email": "ThuDienTu",
        "representative": "NguoiDaiDien",
        "tech_id": "TechID",
    },
    Dialect.VNEID: {
        "kind": "LoaiTaiKhoan",
        "name": "HoVaTen",
        "organisation_name": "TenDoanhNghiep",
        "personal_number": "SoDinhDanh",
        "tax_code": "MaSoThue",
        "business_code": "MaSoDoanhNghiep",
        "birth": "NgayThangNamSinh",
        "phone": "SoDienThoai",
        "email": "ThuDienTu",
        "representative": "NguoiDaiDien",
        "tech_id": "TechID",
    },
}
KINDS = {"1": Kind.PERSON, "2": Kind.ORGANISATION, "3": Kind.ORGANISATION}
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")


def read(provider: SignInProvider, said: Mapping[str, Any]) -> Claims:
    """Đọc thông tin: the provider's claims in our words. Raises BadAnswer when they do not say who it is."""
    names = {**NAMES[provider.dialect], **provider.claim_map}

    def text(ours: str) -> str:
        value = said.get(names.get(ours, ""))
        return tidy(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""

    kind = KINDS.get(text("kind") or "1")
    is_organisation = kind == Kind.ORGANISATION
    name = (text("organisation_name") or text("name")) if is_organisation else text("name")
    if kind is None or not name or not said.get("sub"):
        raise BadAnswer(provider, "claims")
    representative = _representative(said.get(names["representative"])) if is_organisation else ("", "")
    own_name = text("name") if is_organisation and text("organisation_name") else ""
    return Claims(
        issuer=provider.issuer,
        subject=str(said["sub"])[:255],
        provider=provider.code,
        provider_name=provider.name,
        dialect=provider.dialect,
        level=level_of(provider, said),
        kind=kind,
        name=name,
        personal_number="" if is_organisation else text("personal_number"),
        tax_code=(text("tax_code") or text("business_code")) if is_organisation else "",
        birth="" if is_organisation else _birth(text("birth")),
        phone=text("phone"),
        email=text("email"),
        tech_id=text("tech_id"),
        representative_name=representative[0] or own_name,
        representative_number=representative[1] or (text("personal_number") if is_organisation else ""),
    )


def level_of(provider: SignInProvider, said: Mapping[str, Any]) -> str:
    """Mức độ: the surest of what is said where the provider says it; what is unknown counts for nothing."""
    words: list[str] = []
    for claim in provider.level_claims:
        value = said.get(claim)
        words += [str(item) for item in value] if isinstance(value, list) else str(value or "").split()
    found = [str(provider.levels[word]) for word in words if word in provider.levels]
    return max(found, default=provider.level_unsaid)


def _representative(said: Any) -> tuple[str, str]:
    """Name and number, from a name alone, an object, or an object written as text."""
    if isinstance(said, str) and said.lstrip().startswith("{"):
        try:
            said = json.loads(said)
        except ValueError:
            return "", ""
    if isinstance(said, Mapping):
        return tidy(str(said.get("HoVaTen") or ""))[:200], str(said.get("SoDinhDanh") or "")
    return (tidy(said)[:200], "") if isinstance(said, str) else ("", "")


def _birth(text: str) -> str:
    """05/03/1990 from 19900305 too."""
    found = COMPACT_DAY.fullmatch(text)
    return f"{found[3]}/{found[2]}/{found[1]}" if found else text
