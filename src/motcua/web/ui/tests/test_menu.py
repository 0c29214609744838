"""Thanh lối đi: one door is current, the nearest that this person has."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from motcua.foundation.identity.permissions import Permission
from motcua.web.ui.menu import Menu


def current(address: str, *permissions: Permission) -> list[str]:
    access = SimpleNamespace(may=lambda permission: permission in permissions)
    return [entry.label for entry in Menu(RequestFactory().get(address), access) if entry.is_current]


class TestCurrentDoor:
    @pytest.mark.parametrize(
        ("address", "permissions", "labels"),
        [
            ("/ban-lam-viec/ho-so-cham/", [Permission.CONTROL], ["Kiểm soát"]),
            ("/ban-lam-viec/phan-cap/", [Permission.CONTROL], ["Kiểm soát"]),
            ("/ban-lam-viec/phan-cap/", [Permission.CONTROL, Permission.SIGN], ["Bàn làm việc"]),
            ("/ban-lam-viec/ho-so-cham/", [Permission.CONTROL, Permission.SIGN], ["Kiểm soát"]),
            ("/quan-tri/vai-tro/", [Permission.CONTROL, Permission.MANAGE_STAFF], ["Quản trị"]),
            ("/tra-cuu/", [Permission.CONTROL], []),
        ],
    )
    def test_is_the_nearest(self, address: str, permissions: list[Permission], labels: list[str]) -> None:
        assert current(address, *permissions) == labels
