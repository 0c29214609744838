"""Giữ phần vừa nhập: what was typed when the session turned out to be over; its owner sends it again with one press."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from motcua.foundation.identity.sealing import BrokenSeal, seal, unseal

CARRIED = "giu-"  # before the names of fields that a page carries along
KEPT = "phan-vua-nhap"  # in the browser's session: where it was typed, and what, sealed
MOST_CARRIED, MOST_LETTERS = 200, 60_000
Pairs = list[tuple[str, str]]


def carried(typed: Mapping[str, Any]) -> Pairs:
    """What was typed, to be sent again: never the token, never a file."""
    if not hasattr(typed, "lists"):
        return []
    pairs = [(name, value) for name, values in typed.lists() for value in values]
    return [(name, value) for name, value in pairs if name not in {"csrfmiddlewaretoken", "code"}][
        :MOST_CARRIED
    ]


def carried_along(request: HttpRequest) -> Pairs:
    """What a page has carried along in hidden fields."""
    named = [(name, values) for name, values in request.POST.lists() if name.startswith(CARRIED)]
    return [(name.removeprefix(CARRIED), value) for name, values in named for value in values][:MOST_CARRIED]


def keep_typed(request: HttpRequest, about: bytes) -> None:
    """Giữ phần vừa nhập while its owner shows anew who they are; readable for that draft or dossier alone."""
    pairs = carried(request.POST) if request.method == "POST" else []
    if pairs and sum(len(value) for _, value in pairs) <= MOST_LETTERS:
        sealed = seal(json.dumps(pairs), bound_to=about)
        request.session[KEPT] = [request.path, base64.b64encode(sealed).decode()]


def take_typed(request: HttpRequest, about: bytes) -> Pairs:
    """Lấy lại phần vừa nhập ở địa chỉ này, once; the caller has seen that it is theirs."""
    address, sealed = request.session.get(KEPT) or ["", ""]
    if address != request.path:
        return []
    del request.session[KEPT]
    try:
        kept = json.loads(unseal(base64.b64decode(sealed), bound_to=about))
    except BrokenSeal:
        return []
    return [(str(name), str(value)) for name, value in kept]
