"""Địa chỉ trước và sau tháng 7 năm 2025: today by the codes of province and commune, before by the names of that time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.core.text import fold, tidy
from motcua.foundation.identity import places
from motcua.foundation.org.former import former_communes

NEW, OLD = "NEW", "OLD"
FORMER = "Nếu là địa chỉ cũ, hãy chọn “Địa chỉ trước 01/07/2025”."
NOW = "Hãy ghi tên xã, phường hiện nay."


def read_address(given: Mapping[str, str]) -> dict[str, str] | None:
    """An address as it was typed: the commune by name, without diacritics too, in the chosen province.

    A commune that is not found, or of which there are several, stays as its name; `fault` says so. None: nothing given.
    """
    is_old = given.get("form") == OLD
    told = {"form": OLD if is_old else NEW}
    for name in ("province", "ward", "district", "detail"):
        asked = f"old_{name}" if is_old and name != "detail" else name
        told[name] = tidy(given.get(asked, ""))[:200]
    if is_old and not told["district"]:  # chosen from the list with its district behind it
        named, _, above = told["ward"].partition(",")
        told["ward"], told["district"] = named.strip(), above.strip()
    if not any(told[name] for name in ("province", "ward", "district", "detail")):
        return None
    if not is_old:
        told["district"] = ""
        if (found := _communes(told["province"], told["ward"])) and len(found) == 1:
            told["ward"], told["province"] = found[0].code, found[0].province_code
    return {name: value for name, value in told.items() if value or name in {"province", "ward"}}


def _communes(province: str, ward: str) -> list[places.Place]:
    if known := places.ward(ward):
        return [known] if not province or known.province_code == province else []
    named, _, above = ward.partition(",")
    wanted = fold(named)
    if not wanted:
        return []
    if not province and (above := fold(above)):
        province = next((one.code for one in places.provinces() if above in {one.folded, _bare(one)}), "")
    pool = places.search(wanted, province_code=province, limit=200)
    hits = [place for place in pool if wanted in {place.folded, _bare(place)}]
    return hits or places.search(wanted, province_code=province, limit=5)[:2]


def _bare(place: places.Place) -> str:
    return place.folded.removeprefix(f"{fold(place.kind)} ")


def fault(address: Any, *, is_new_only: bool = False) -> str:
    """Điều còn thiếu của một địa chỉ; "" when it is whole. `is_new_only`: no address of before July 2025 may be given."""
    if not isinstance(address, Mapping):
        return "Hãy ghi địa chỉ."
    province, ward = str(address.get("province", "")), str(address.get("ward", ""))
    if address.get("form") == OLD:
        return "" if province and ward else "Hãy ghi tên xã và tỉnh như lúc đó."
    if not province and not ward:
        return "Hãy chọn tỉnh, thành phố và ghi tên xã, phường."
    found = places.ward(ward)
    if found is None:
        return _which(province, ward, is_new_only=is_new_only)
    if province and found.province_code != province:
        return f"{found.name} không thuộc tỉnh, thành phố đã chọn."
    return ""


def _which(province: str, ward: str, *, is_new_only: bool) -> str:
    if not ward:
        return "Hãy ghi tên xã, phường, đặc khu."
    near = places.search(ward, province_code=province, limit=4)
    if not near:
        return f"Không có xã, phường “{ward}” từ 01/07/2025. {NOW if is_new_only else FORMER}"
    names = ", ".join(f"{place.name}{_above(place) if not province else ''}" for place in near)
    return f"Có nhiều nơi gần với “{ward}”: {names}. Hãy ghi đủ tên và chọn tỉnh, thành phố."


def _above(place: places.Place) -> str:
    return f" ({_province_name(place)})"


def _province_name(place: places.Place) -> str:
    above = places.province(place.province_code)
    return above.name if above else ""


def in_words(address: Any) -> str:
    """Địa chỉ đầy đủ, as it is read."""
    if not isinstance(address, Mapping):
        return str(address or "")
    told = {name: str(address.get(name, "")) for name in ("detail", "ward", "district", "province")}
    if address.get("form") == OLD:
        return ", ".join(part for part in told.values() if part)
    ward, province = places.ward(told["ward"]), places.province(told["province"])
    parts = (
        told["detail"],
        ward.name if ward else told["ward"],
        province.name if province else told["province"],
    )
    return ", ".join(part for part in parts if part)


def suggested(text: str, *, province: str = "", most: int = 12) -> list[str]:
    """Gợi ý xã, phường while one types, without diacritics; with the province when none is chosen."""
    found = places.search(text.partition(",")[0], province_code=province, limit=most)
    return [place.name if province else f"{place.name}, {_province_name(place)}" for place in found]


def suggested_old(text: str, *, district: str = "", most: int = 12) -> list[str]:
    """Gợi ý xã cũ while one types; with its district when none is chosen. Only of what the installation has loaded."""
    found = former_communes(text.partition(",")[0], district=district, limit=most)
    return [commune if district else f"{commune}, {above}" for commune, above in found]


def provinces() -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in places.provinces()]


def ward_name(code: str) -> str:
    """The name of a commune, or what was written where there is none."""
    found = places.ward(code)
    return found.name if found else code
