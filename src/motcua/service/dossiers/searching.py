"""Tìm hồ sơ: one box takes a name, a number, a phone or a code; the sharpest question is asked first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from motcua.core.asking import Asked
from motcua.core.text import fold, reversed_fold
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.applicants import number_key, phone_key
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet

MOST = 25


def search(text: str, *, user: User, at: datetime) -> list[Dossier]:
    """Tìm: newest first; a blunter question is asked only when the sharper one has found nobody.

    A scanned QR is an address that carries the code. Each question is one indexed query.
    """
    wanted = code_in(text)
    visible = {"agencies": access_of(user, at).agencies(Permission.SEE), "holder_id": user.pk}
    for question, asked in _questions(wanted):
        if found := question.all(**visible, **asked):
            return found
    return []


def code_in(text: str) -> str:
    """The code inside a scanned address, or the text itself."""
    wanted = text.strip()
    if wanted.startswith(("http://", "https://")):
        address = urlsplit(wanted)
        codes = [value for values in parse_qs(address.query).values() for value in values if "-" in value]
        wanted = codes[0] if codes else address.path.rstrip("/").rsplit("/", 1)[-1]
    return wanted


def _questions(wanted: str) -> Iterator[tuple[Asked[Dossier], dict[str, str]]]:
    digits = sum(character.isdigit() for character in wanted)
    if not wanted:
        return
    if "-" in wanted and digits:
        yield CODED, {"code": wanted.strip().upper()}
    elif digits >= 9 and not any(character.isalpha() for character in wanted):
        yield NUMBERED, {"number": number_key(wanted), "phone": phone_key(wanted)}
    elif folded := fold(wanted):
        yield NAMED, {"name": folded}
        yield NAMED_FROM, {"name": folded, "name_reversed": reversed_fold(wanted)}
        yield WORDED, {"words": folded}


def _found(agencies: list[int], holder_id: UUID) -> DossierQuerySet:
    return Dossier.objects.visible_in(agencies, holder_id).with_names().order_by("-id")


CODED = Asked(lambda code, **seen: _found(**seen).filter(code=code)[:MOST])
NUMBERED = Asked(
    lambda number, phone, **seen: _found(**seen).filter(Q(number_key=number) | Q(phone=phone))[:MOST]
)
NAMED = Asked(lambda name, **seen: _found(**seen).filter(name_folded=name)[:MOST])
NAMED_FROM = Asked(
    lambda name, name_reversed, **seen: _found(**seen).filter(
        Q(name_folded__startswith=name) | Q(name_reversed__startswith=name_reversed)
    )[:MOST],
    weighed=("name", "name_reversed"),
)
WORDED = Asked(
    lambda words, **seen: _found(**seen).filter(words=SearchQuery(words, config="simple"))[:MOST],
    weighed=("words",),
)
