"""People and agencies as situations; every one is made by the operations."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.roles import seed_roles
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, Post, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post

AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
START = date(2025, 7, 1)
PASSWORD = "một mật khẩu dài"
_numbers = count(1)


def an_agency(parent: Agency | None = None, *, kind: str = "COMMUNE", **more: Any) -> Agency:
    number = next(_numbers)
    values = {"code": f"T{number}", "name": f"Cơ quan số {number}", "valid_from": START, **more}
    return create_agency(kind=kind, parent=parent, by=None, at=AT, **values)


def a_post(agency: Agency, role: str) -> Post:
    if not Role.objects.filter(code=role).exists():
        seed_roles(at=AT)
    return open_post(
        agency=agency,
        title=f"Vị trí {role}",
        role=Role.objects.get(code=role),
        valid_from=START,
        by=None,
        at=AT,
    )


def a_user(**more: Any) -> User:
    values = {
        "username": f"nguoi.{next(_numbers)}",
        "full_name": "Nguyễn Văn Thử",
        "password": PASSWORD,
        **more,
    }
    return create_staff(by=None, at=AT, **values)


def staff(role: str, agency: Agency | None = None, **more: Any) -> User:
    """An active account that holds one post of that role at the agency."""
    user = a_user(**more)
    appoint(user, post=a_post(agency or an_agency(), role), valid_from=START, by=None, at=AT)
    return user
