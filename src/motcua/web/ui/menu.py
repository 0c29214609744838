"""Lối đi: what the person may open, as data. A page that this installation lacks is not listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from motcua.foundation.identity.permissions import Permission


@dataclass(frozen=True, slots=True)
class Door:
    """Một lối vào: its label, icon and route; open to who holds any of the permissions.

    `room` is the route under which its other pages lie, when that is not its own.
    """

    label: str
    icon: str
    route: str
    permissions: tuple[Permission, ...]
    key: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A door as this person sees it."""

    label: str
    icon: str
    url: str
    is_current: bool
    key: str


DOORS = (
    Door("Quầy", "shop-window", "counter:index", (Permission.RECEIVE, Permission.RETURN), "1"),
    Door(
        "Bàn làm việc",
        "inboxes",
        "desk:index",
        (Permission.ASSIGN, Permission.PROCESS, Permission.REVIEW, Permission.SIGN, Permission.ISSUE),
        "2",
    ),
    Door("Giám sát", "binoculars", "board:index", (Permission.WATCH_INTEGRITY,), "4"),
    Door("Kiểm soát", "clipboard-check", "desk:lateness", (Permission.CONTROL,), room="desk:index"),
    Door(
        "Quản trị",
        "sliders",
        "admin:index",
        (
            Permission.MANAGE_ORG,
            Permission.MANAGE_STAFF,
            Permission.MANAGE_CALENDARS,
            Permission.MANAGE_PROCEDURES,
            Permission.MANAGE_WORKFLOWS,
            Permission.PUBLISH_WORKFLOWS,
            Permission.MANAGE_QUEUE,
            Permission.MANAGE_FORMS,
            Permission.MANAGE_KEYS,
            Permission.RECONCILE,
            Permission.READ_LEDGER,
        ),
        "3",
    ),
)
SEARCHES = (
    ("counter:search", Permission.RECEIVE),
    ("counter:search", Permission.RETURN),
    ("desk:search", Permission.SEE),
)


class Menu:
    """Thanh lối đi; asks for the person's access only when it is walked."""

    def __init__(self, request: HttpRequest, access: Any) -> None:
        self._request = request
        self._access = access

    def __iter__(self) -> Iterator[Entry]:
        doors = [
            door
            for door in DOORS
            if _address(door.route) and any(self._access.may(permission) for permission in door.permissions)
        ]
        nearness = [self._nearness(door) for door in doors]
        for door, near in zip(doors, nearness, strict=True):
            is_current = near > 0 and nearness.index(max(nearness)) == doors.index(door)
            yield Entry(door.label, door.icon, _address(door.route), is_current, door.key)

    def _nearness(self, door: Door) -> int:
        """How much of the address of this page the door's own or its room's is."""
        addresses = {_address(door.route), _address(door.room) if door.room else ""}
        return max(len(address) if self._request.path.startswith(address) else 0 for address in addresses)

    @property
    def search(self) -> str:
        """Where the one search box of this person asks; "" when there is none."""
        asked = (_address(route) for route, permission in SEARCHES if self._access.may(permission))
        return next((address for address in asked if address), "")


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
