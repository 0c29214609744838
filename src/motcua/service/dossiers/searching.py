"""Tìm hồ sơ: one box takes a name, a number, a phone or a code; the sharpest question is asked first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet

MOST = 25


def search(text: str, *, user: User, at: datetime, limit: int = MOST) -> list[Dossier]:
    """Tìm: newest first within each kind of match; whole names come before names that only begin so.

    A scanned QR is an address that carries the code. Each question is one indexed query, and no more are asked than it
    takes to fill the page.
    """
    wanted = code_in(text)
    visible = Dossier.objects.visible_to(user, at).with_names()
    found: dict[object, Dossier] = {}
    for question in _questions(wanted, visible):
        for dossier in question.order_by("-id")[: limit - len(found)]:
            found.setdefault(dossier.pk, dossier)
        if len(found) >= limit:
            break
    return list(found.values())


def code_in(text: str) -> str:
    """The code inside a scanned address, or the text itself."""
    wanted = text.strip()
    if wanted.startswith(("http://", "https://")):
        address = urlsplit(wanted)
        codes = [value for values in parse_qs(address.query).values() for value in values if "-" in value]
        wanted = codes[0] if codes else address.path.rstrip("/").rsplit("/", 1)[-1]
    return wanted


def _questions(wanted: str, visible: DossierQuerySet) -> Iterator[DossierQuerySet]:
    digits = sum(character.isdigit() for character in wanted)
    if not wanted:
        return
    if "-" in wanted and digits:
        yield visible.with_code(wanted)
    elif digits >= 9 and not any(character.isalpha() for character in wanted):
        yield visible.with_number(wanted)
    else:
        yield visible.named(wanted)
        yield visible.named_from(wanted)
        yield visible.with_words(wanted)
