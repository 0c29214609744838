"""Điều kiện của danh sách: what is wanted, read from the address and written back to it, or kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from motcua.core.ids import as_key
from motcua.core.text import fold
from motcua.core.time import local
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.applicants import phone_key
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Priority, SavedFilter
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import OPEN

TABS = {"cua-toi": "Của tôi", "cho-nhan": "Chờ nhận", "cho-dan": "Chờ người dân", "don-vi": "Cả đơn vị"}
DUES = {"qua-han": "quá hạn", "hom-nay": "phải trả hôm nay", "7-ngay": "phải trả trong 7 ngày"}
NOBODY = "chua-co"
SEARCH = "tim"  # the tab of a search that was kept


@dataclass(frozen=True)
class Wanted:
    """Điều kiện lọc: as they stand in the address; "" is whatever."""

    q: str = ""
    han: str = ""
    trang_thai: str = ""
    thu_tuc: str = ""
    linh_vuc: str = ""
    nguoi: str = ""
    uu_tien: str = ""
    nhac: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Wanted:
        """Out of an address or a form; what cannot be is left out."""
        text = {
            name: " ".join(str(given.get(address) or "").split())[:200] for name, address in ADDRESSES.items()
        }
        allowed: dict[str, Iterable[str]] = {
            "han": DUES,
            "trang_thai": {str(state.value) for state in OPEN},
            "uu_tien": Priority.values,
            "nhac": {"1"},
        }
        for name, values in allowed.items():
            text[name] = text[name] if text[name] in values else ""
        text["thu_tuc"] = text["thu_tuc"] if text["thu_tuc"].isdecimal() and len(text["thu_tuc"]) < 10 else ""
        text["nguoi"] = text["nguoi"] if text["nguoi"] == NOBODY or as_key(text["nguoi"]) else ""
        return cls(**text)

    def among(self, dossiers: DossierQuerySet, at: datetime) -> DossierQuerySet:
        """Only what is wanted, of this list; still one statement, still in its order."""
        found = dossiers.filter(due_at__lt=at) if self.han == "qua-han" else dossiers
        if self.han and self.han != "qua-han":
            days = timedelta(days=0 if self.han == "hom-nay" else 7)
            found = found.filter(due_at__gte=at, due_at__lt=midnight_after(at) + days)
        exact = {
            "state": self.trang_thai,
            "procedure": self.thu_tuc,
            "revision__field": self.linh_vuc,
            "priority": self.uu_tien,
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.nguoi:
            found = found.filter(Q(holder=None) if self.nguoi == NOBODY else Q(holder=UUID(self.nguoi)))
        return matching(found.reminded() if self.nhac else found, self.q)

    @property
    def is_any(self) -> bool:
        return any(asdict(self).values())

    @property
    def is_more(self) -> bool:
        """More than what the list itself offers, a text and a due."""
        return any(value for name, value in asdict(self).items() if name not in {"q", "han"})

    def hidden(self) -> list[tuple[str, str]]:
        """What a form on the list carries along, besides the text and the due."""
        return [
            (ADDRESSES[name], value)
            for name, value in asdict(self).items()
            if value and name not in {"q", "han"}
        ]

    def query(self, **more: str) -> str:
        """As the address carries it."""
        given = {ADDRESSES[name]: value for name, value in asdict(self).items() if value}
        return urlencode({**more, **given})


ADDRESSES = {name: name.replace("_", "-") for name in Wanted.__dataclass_fields__}


@dataclass(frozen=True)
class Kept:
    """Một bộ lọc đã lưu, as a link; `is_current` when the page shows just this."""

    key: UUID
    name: str
    address: str
    is_shared: bool
    is_mine: bool
    is_current: bool
    is_search: bool


def kept_for(user: User, access: Access, *, tab: str = "", wanted: Wanted | None = None) -> list[Kept]:
    """Bộ lọc đã lưu của tôi và của đơn vị, in one question."""
    places = access.agencies(Permission.SEE)
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(agency__in=places)).order_by("name", "pk")
    found = []
    for row in rows:
        kept = Wanted.read(row.wanted)
        route = reverse("desk:search") if row.tab == SEARCH else reverse("desk:index")
        address = f"{route}?{kept.query(muc=row.tab)}"
        is_current = row.tab == tab and kept == wanted
        found.append(
            Kept(
                row.pk,
                row.name,
                address,
                row.agency_id is not None,
                row.owner_id == user.pk,
                is_current,
                row.tab == SEARCH,
            )
        )
    return found


def matching(dossiers: DossierQuerySet, text: str) -> DossierQuerySet:
    """Lọc trong danh sách: a piece of the name, the matter, the code, or a whole phone."""
    if not text:
        return dossiers
    wanted: Any = Q(name_folded__contains=fold(text)) | Q(code__contains=text.upper())
    wanted |= Q(revision__name__icontains=text) | Q(matter__icontains=text)
    if sum(character.isdigit() for character in text) >= 9:
        wanted |= Q(phone=phone_key(text))
    return dossiers.filter(wanted)


def midnight_after(at: datetime) -> datetime:
    return local(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
