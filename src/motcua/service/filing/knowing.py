"""Điền sẵn: what is known of whose dossier it is, by the sources that fields of a form may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.foundation.identity import places
from motcua.service.procedures.models import Offering


def known_of(owner: Mapping[str, str], offering: Offering) -> dict[str, Any]:
    """Điều đã biết: as its owner has said it, or as the account tells it."""
    address = places.in_words(
        owner.get("street", ""), owner.get("ward_code", ""), owner.get("province_code", "")
    )
    told = {
        f"account.{name}": owner.get(name, "")
        for name in ("name", "personal_number", "phone", "email", "tax_code")
    }
    return {**told, "account.address": address, "offering.agency": offering.agency.name}
