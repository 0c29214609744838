"""Roles: what each post allows, as data that an administrator can change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.events import RoleDefined
from motcua.foundation.org.models import Role, Scope

P = Permission


@dataclass(frozen=True)
class Seed:
    """One of the roles that a new installation starts with."""

    code: str
    name: str
    permissions: tuple[P, ...]
    scope: Scope = Scope.OWN
    needs_second_factor: bool = False


SEEDS = (
    Seed("CLERK", "Công chức Một cửa", (P.RECEIVE, P.TRANSFER, P.RETURN, P.SEE, P.SEE_PERSONAL)),
    Seed("OFFICER", "Chuyên viên thụ lý", (P.PROCESS, P.SEE, P.SEE_PERSONAL)),
    Seed("DIVISION_HEAD", "Trưởng phòng", (P.ASSIGN, P.PROCESS, P.REVIEW, P.REOPEN, P.SEE, P.SEE_PERSONAL)),
    Seed("LEADER", "Lãnh đạo", (P.ASSIGN, P.REVIEW, P.SIGN, P.REOPEN, P.SEE, P.SEE_PERSONAL), needs_second_factor=True),
    Seed("RECORDS", "Văn thư", (P.ISSUE, P.SEE)),
    Seed(
        "CONTROLLER",
        "Kiểm soát thủ tục hành chính",
        (P.SEE, P.MANAGE_PROCEDURES, P.MANAGE_WORKFLOWS, P.MANAGE_FORMS, P.CONTROL, P.READ_LEDGER, P.WATCH_INTEGRITY),
        Scope.SUBTREE,
    ),
    Seed(
        "ADMIN",
        "Quản trị hệ thống",
        (
            P.MANAGE_ORG, P.MANAGE_STAFF, P.MANAGE_CALENDARS, P.MANAGE_PROCEDURES, P.MANAGE_WORKFLOWS,
            P.PUBLISH_WORKFLOWS, P.MANAGE_QUEUE, P.MANAGE_FORMS, P.READ_LEDGER, P.WATCH_INTEGRITY, P.MEND_INTEGRITY,
        ),
        Scope.SUBTREE,
        needs_second_factor=True,
    ),
    Seed("ACCOUNTANT", "Kế toán thu, chi", (P.SEE, P.RECONCILE), Scope.SUBTREE),
    Seed("AUDITOR", "Kiểm tra", (P.SEE, P.READ_LEDGER, P.WATCH_INTEGRITY), Scope.SUBTREE),
)  # fmt: skip


@transaction.atomic
def seed_roles(*, by: User | None = None, at: datetime) -> list[Role]:
    """Các vai trò ban đầu: add those that are missing; those that exist stay as they are."""
    for position, seed in enumerate(SEEDS, start=1):
        if not Role.objects.filter(code=seed.code).exists():
            define_role(
                code=seed.code, name=seed.name, permissions=seed.permissions, scope=seed.scope,
                needs_second_factor=seed.needs_second_factor, position=position, by=by, at=at,
            )  # fmt: skip
    return list(Role.objects.all())


@transaction.atomic
def define_role(
    *,
    code: str,
    name: str,
    permissions: Collection[str],
    scope: str,
    needs_second_factor: bool,
    by: User | None,
    at: datetime,
    position: int = 0,
) -> Role:
    """Đặt quyền của vai trò: new, or changed for everyone who has it, from now on.

    A role that signs or manages staff always needs the second factor.
    """
    if unknown := set(permissions) - set(P.values):
        raise DomainError(f"Không có quyền {', '.join(sorted(unknown))}.", field="permissions")
    if scope not in Scope.values:
        raise DomainError("Hãy chọn phạm vi của vai trò.", field="scope")
    if {P.SIGN, P.MANAGE_STAFF, P.MANAGE_ORG} & set(permissions) and not needs_second_factor:
        raise DomainError("Vai trò ký hoặc quản trị luôn cần xác thực hai lớp.", field="needs_second_factor")
    granted = [str(one) for one in P.values if one in permissions]
    role, _ = Role.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "permissions": granted,
            "scope": scope,
            "needs_second_factor": needs_second_factor,
            "position": position,
        },
    )
    events.record(
        RoleDefined(
            subject_id=role.uid, actor_id=by.pk if by else None, at=at, code=code, permissions=granted, scope=scope,
            needs_second_factor=needs_second_factor,
        )
    )  # fmt: skip
    return role
