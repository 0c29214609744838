"""Nghĩa của mã trạng thái: as the carrier's own dated table says, else as its contract does; never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from motcua.service.postal.carriers import dialect_of
from motcua.service.postal.models import Carrier, CarrierStatus, ShipmentEvent
from motcua.service.postal.states import Meaning

MOST_SHOWN = 50


@dataclass(frozen=True)
class Explained:
    """Một mã và nghĩa của nó; `since` None: by the contract."""

    status: str
    meaning: Meaning
    since: date | None


@dataclass(frozen=True)
class Unexplained:
    """Một mã đã nhận mà chưa rõ nghĩa: how often, when last, and in which words."""

    status: str
    words: str
    times: int
    last_at: datetime


def meaning_of(carrier: Carrier, status: str, on: date) -> Meaning:
    """Nghĩa của mã vào ngày ấy; UNKNOWN when nobody has said."""
    dated = CarrierStatus.objects.valid_on(on).filter(carrier=carrier, status=status)
    found = dated.order_by("-valid_from").values_list("meaning", flat=True).first()
    return Meaning(found) if found else _by_contract(carrier).get(status, Meaning.UNKNOWN)


def table_of(carrier: Carrier, on: date) -> list[Explained]:
    """Bảng mã đang dùng."""
    dated = CarrierStatus.objects.valid_on(on).filter(carrier=carrier).order_by("valid_from")
    known = {status: Explained(status, meaning, None) for status, meaning in _by_contract(carrier).items()}
    known |= {one.status: Explained(one.status, Meaning(one.meaning), one.valid_from) for one in dated}
    return [known[status] for status in sorted(known)]


def unexplained_of(carrier: Carrier, on: date) -> list[Unexplained]:
    """Mã đã nhận mà đến nay vẫn chưa rõ nghĩa, the latest first."""
    explained = {one.status for one in table_of(carrier, on) if one.meaning != Meaning.UNKNOWN}
    heard = ShipmentEvent.objects.filter(carrier=carrier, meaning=Meaning.UNKNOWN).exclude(status="")
    counted = heard.values("status").annotate(times=Count("id"), last_at=Max("told_at"), said=Max("words"))
    return [
        Unexplained(one["status"], one["said"], one["times"], one["last_at"])
        for one in counted.exclude(status__in=explained).order_by("-last_at")[:MOST_SHOWN]
    ]


def _by_contract(carrier: Carrier) -> dict[str, Meaning]:
    dialect = dialect_of(carrier)
    return dict(dialect.statuses) if dialect else {}
