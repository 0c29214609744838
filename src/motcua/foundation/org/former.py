"""Đơn vị hành chính cũ: districts and the communes that stood under them, as the installation has loaded its history."""

from __future__ import annotations

import re

from django.db.models import F

from motcua.core.text import fold
from motcua.foundation.org.models import Agency, AgencyName

DISTRICT, COMMUNE = "DISTRICT", "COMMUNE"
OFFICE = re.compile(r"^(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+", re.IGNORECASE)


def former_districts() -> list[str]:
    """Huyện, quận, thị xã cũ, by name; none where no such history was loaded."""
    ended = Agency.objects.of_kind(DISTRICT).filter(valid_to__isnull=False)
    names = ended.order_by("name_folded").values_list("name", flat=True)
    return list(dict.fromkeys(_place(name) for name in names))


def former_communes(text: str, *, district: str = "", limit: int = 12) -> list[tuple[str, str]]:
    """Xã, phường, thị trấn cũ whose name has the text, without diacritics too: each with its district."""
    wanted = fold(text)
    if not wanted:
        return []
    under = "agency__placements__parent"
    borne = AgencyName.objects.filter(
        **{
            "agency__kind": COMMUNE,
            "name_folded__contains": wanted,
            "valid_from__lte": F("agency__placements__valid_to"),
            f"{under}__kind": DISTRICT,
            f"{under}__valid_to__isnull": False,
            f"{under}__name_folded__contains": fold(district),
        }
    )
    rows = borne.order_by("name_folded").values_list("name", f"{under}__name").distinct()[:limit]
    return [(_place(commune), _place(above)) for commune, above in rows]


def _place(office: str) -> str:
    """The place that an office is named after: "Ủy ban nhân dân huyện B" is of "Huyện B"."""
    name = OFFICE.sub("", office)
    return name[:1].upper() + name[1:]
