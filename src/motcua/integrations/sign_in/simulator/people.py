"""Người mẫu để đăng nhập thử: some of our own making, and some who have dossiers in this database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.models import Dossier

Kind = Applicant.Kind
LOOKED_THROUGH = 200  # of the latest dossiers
PERSONS, ORGANISATIONS = 4, 1


@dataclass(frozen=True)
class SimulatedPerson:
    """Một người mẫu, with the claims of each dialect."""

    key: str
    words: str
    claims: dict[str, Any] = field(hash=False)

    @property
    def name(self) -> str:
        return str(self.claims.get("TenDoanhNghiep") or self.claims["HoVaTen"])


def people(dialect: str) -> list[SimulatedPerson]:
    """Những người có thể chọn, in the order of the page."""
    of_own = [
        _person("an", "Nguyễn Văn An", "033088000101", "2"),
        _person("binh", "Trần Thị Bình", "033190000102", "1"),
    ]
    found = [*of_own, *_with_dossiers()]
    if dialect == Dialect.VNCONNECT:
        found = [*found, *_organisations(of_own[0])]
    return [*found]


def person_named(dialect: str, key: str) -> SimulatedPerson | None:
    return next((one for one in people(dialect) if one.key == key), None)


def _person(key: str, name: str, number: str, level: str, **more: str) -> SimulatedPerson:
    claims = {
        "sub": f"mp-{key}", "LoaiTaiKhoan": "1", "HoVaTen": name, "SoDinhDanh": number, "TechID": f"TECH-{key}",
        "loAs": level, "IAL": level, **more,
    }  # fmt: skip
    return SimulatedPerson(key, f"Cá nhân, mức độ 0{level}", claims)


def _with_dossiers() -> list[SimulatedPerson]:
    latest = Dossier.objects.order_by("-id").values("applicant_id")[:LOOKED_THROUGH]
    known = Applicant.objects.filter(pk__in=list({row["applicant_id"] for row in latest}), kind=Kind.PERSON)
    rows = known.exclude(personal_number_key="").order_by("id")[:PERSONS]
    return [
        _person(
            f"hs-{row.pk.hex[-8:]}", row.name, row.personal_number, "1" if place == PERSONS - 1 else "2",
            SoDienThoai=row.phone, ThuDienTu=row.email,
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip


def _organisations(director: SimulatedPerson) -> list[SimulatedPerson]:
    said = [("mau", "Hợp tác xã Nông sản Mẫu", "0900000108", "3")]
    known = (
        Applicant.objects.filter(kind=Kind.ORGANISATION).exclude(tax_code="").order_by("-id")[:ORGANISATIONS]
    )
    said += [(row.pk.hex[-8:], row.name, row.tax_code, "2") for row in known]
    return [
        SimulatedPerson(
            f"tc-{key}",
            f"Tổ chức; người đại diện: {director.name}",
            {
                "sub": f"mp-tc-{key}", "LoaiTaiKhoan": kind, "HoVaTen": director.claims["HoVaTen"],
                "SoDinhDanh": director.claims["SoDinhDanh"], "TenDoanhNghiep": name, "MaSoThue": tax_code,
                "MaSoDoanhNghiep": tax_code, "NguoiDaiDien": director.claims["HoVaTen"], "TechID": f"TECH-{key}",
                "loAs": "2", "IAL": "2",
            },
        )
        for key, name, tax_code, kind in said
    ]  # fmt: skip
