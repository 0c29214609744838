"""Điền sẵn: what is known of whose dossier it is, by the sources that fields of a form may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.service.forms.places import NEW
from motcua.service.procedures.models import Offering


def known_of(owner: Mapping[str, str], offering: Offering) -> dict[str, Any]:
    """Điều đã biết: as its owner has said it, or as the account tells it."""
    told = {
        f"account.{name}": owner.get(name, "")
        for name in ("name", "personal_number", "phone", "email", "tax_code")
    }
    return {**told, "account.address": _address(owner), "offering.agency": offering.agency.name}


def _address(owner: Mapping[str, str]) -> dict[str, str]:
    """As a field of an address holds it; {} when nothing is known."""
    parts = {
        "province": owner.get("province_code", ""),
        "ward": owner.get("ward_code", ""),
        "detail": owner.get("street", ""),
    }
    return {"form": NEW, **parts} if any(parts.values()) else {}
