"""Roles: what each post allows, as data that an administrator can change."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from motcua.core import events, objections
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, require_everywhere
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.identity.querysets import UserQuerySet
from motcua.foundation.org.events import RoleChanged, RoleDefined, RoleEnded
from motcua.foundation.org.models import Agency, Role, Scope
from motcua.foundation.org.querysets import valid_on

P = Permission
ROLE_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,29}")


class RoleInUse(DomainError):
    """Vai trò đang được dùng."""


class LastAdministrator(DomainError):
    """Không được để mất người quản trị cuối cùng."""


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
            P.PUBLISH_WORKFLOWS, P.MANAGE_QUEUE, P.MANAGE_FORMS, P.MANAGE_KEYS, P.READ_LEDGER, P.WATCH_INTEGRITY,
            P.MEND_INTEGRITY,
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
    granted = _checked(permissions, scope, needs_second_factor)
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


@dataclass(frozen=True)
class Change:
    """Thay đổi của vai trò: what its people gain and lose, and who they are."""

    gained: list[P]
    lost: list[P]
    people: list[User]


def preview_change(*, role: Role, permissions: Collection[str], at: datetime) -> Change:
    """Xem trước: who would gain and lose what, were the role to allow just these. Nothing is written."""
    return Change(
        [one for one in P if one in permissions and one not in role.permissions],
        [one for one in P if one in role.permissions and one not in permissions],
        list(people_of(role, at)),
    )


def people_of(role: Role, at: datetime) -> UserQuerySet:
    """Ai đang giữ vai trò, in a post of their own."""
    held = Membership.objects.valid_on(local_date(at)).filter(
        valid_on(local_date(at), "post__"), post__role=role
    )
    return User.objects.filter(Exists(held.filter(user=OuterRef("pk"))), is_active=True).order_by(
        "name_folded"
    )


def held_by_no_role() -> list[P]:
    """Quyền chưa vai trò nào có: new in this release, or taken from the last that had it."""
    held = {permission for role in Role.objects.living() for permission in role.permissions}
    return [one for one in P if one not in held]


def usual_but_missing(role: Role) -> list[P]:
    """Quyền mà bản cài mới cho vai trò này: a role that existed before a release does not get its permissions by itself."""
    usual = next((seed.permissions for seed in SEEDS if seed.code == role.code), ())
    return [one for one in usual if one not in role.permissions]


@transaction.atomic
def change_role(
    *,
    role_id: int,
    name: str,
    permissions: Collection[str],
    scope: str,
    needs_second_factor: bool,
    seen: Collection[str],
    reason: str,
    by: User,
    at: datetime,
) -> Role:
    """Đổi quyền của vai trò for everyone who has it, at once, with the reason; `seen`: what it allowed when it was opened.

    Raises Forbidden without MANAGE_STAFF, Stale when somebody else has changed it, LastAdministrator, InvalidInput.
    """
    require_everywhere(access_of(by, at), P.MANAGE_STAFF, local_date(at))
    list(
        Role.objects.select_for_update().order_by("pk")
    )  # all: whether an administrator remains is asked of all
    role = Role.objects.get(pk=role_id)
    if set(seen) != set(role.permissions):
        raise Stale("Vai trò này vừa được người khác đổi. Hãy xem lại quyền hiện có rồi sửa.")
    name, reason = tidy(name), tidy(reason)
    if not name:
        raise InvalidInput({"name": "Hãy nhập tên vai trò."})
    if not reason:
        raise InvalidInput({"reason": "Hãy ghi lý do, để người giữ vai trò biết vì sao quyền của mình đổi."})
    granted = _checked(permissions, scope, needs_second_factor)
    change = preview_change(role=role, permissions=granted, at=at)
    before = (role.name, role.scope, role.needs_second_factor)
    if not change.gained and not change.lost and before == (name, scope, needs_second_factor):
        raise DomainError("Chưa có gì thay đổi.")
    role.name, role.permissions, role.scope = name[:100], granted, scope
    role.needs_second_factor = needs_second_factor
    role.save(update_fields=["name", "permissions", "scope", "needs_second_factor"])
    _refuse_without_administrator(at)
    events.record(
        RoleChanged(
            subject_id=role.uid, actor_id=by.pk, at=at, code=role.code, permissions=granted, scope=scope,
            needs_second_factor=needs_second_factor, gained=[str(one) for one in change.gained],
            lost=[str(one) for one in change.lost], people=len(change.people), reason=reason[:300],
        )
    )  # fmt: skip
    return role


@transaction.atomic
def add_role(
    *,
    code: str,
    name: str,
    permissions: Collection[str],
    scope: str,
    needs_second_factor: bool,
    by: User,
    at: datetime,
) -> Role:
    """Lập vai trò mới. Raises Forbidden without MANAGE_STAFF, InvalidInput."""
    require_everywhere(access_of(by, at), P.MANAGE_STAFF, local_date(at))
    code, name = tidy(code).upper(), tidy(name)
    wrong = {}
    if not ROLE_CODE.fullmatch(code):
        wrong["code"] = "Mã gồm chữ hoa không dấu, số và dấu gạch dưới, ví dụ: TIEP_DAN."
    elif Role.objects.filter(code=code).exists():
        wrong["code"] = "Mã này đã có. Hãy chọn mã khác, hoặc sửa vai trò đang có."
    if not name:
        wrong["name"] = "Hãy nhập tên vai trò."
    elif Role.objects.living().filter(name__iexact=name).exists():
        wrong["name"] = "Đã có vai trò tên này."
    if wrong:
        raise InvalidInput(wrong)
    last = Role.objects.aggregate(last=Max("position"))["last"] or 0
    return define_role(
        code=code, name=name[:100], permissions=permissions, scope=scope, needs_second_factor=needs_second_factor,
        by=by, at=at, position=last + 1,
    )  # fmt: skip


@transaction.atomic
def end_role(*, role_id: int, reason: str, by: User, at: datetime) -> Role:
    """Bỏ vai trò that no post bears and no step of a workflow asks for; its row stays for what was.

    Raises Forbidden without MANAGE_STAFF, InvalidInput, RoleInUse and what others object.
    """
    require_everywhere(access_of(by, at), P.MANAGE_STAFF, local_date(at))
    role = Role.objects.select_for_update().get(pk=role_id)
    reason = tidy(reason)
    if not reason:
        raise InvalidInput({"why": "Hãy ghi lý do bỏ vai trò."})
    if role.ended_at:
        raise Stale("Vai trò này đã được bỏ rồi.")
    day = local_date(at)
    posts = role.posts.filter(Q(valid_to=None) | Q(valid_to__gte=day)).select_related("agency")
    if number := posts.count():
        names = "; ".join(str(post) for post in posts.order_by("pk")[:3])
        raise RoleInUse(
            f"Còn {number} vị trí mang vai trò này ({names}). Hãy kết thúc các vị trí đó trước.", field="why"
        )
    objections.ask("end_role", role, at)
    role.ended_at = at
    role.save(update_fields=["ended_at"])
    _refuse_without_administrator(at)
    events.record(RoleEnded(subject_id=role.uid, actor_id=by.pk, at=at, code=role.code, reason=reason[:300]))
    return role


def _checked(permissions: Collection[str], scope: str, needs_second_factor: bool) -> list[str]:
    """The permissions in their usual order. Raises DomainError for what a role cannot be."""
    if unknown := set(permissions) - set(P.values):
        raise DomainError(f"Không có quyền {', '.join(sorted(unknown))}.", field="permissions")
    if scope not in Scope.values:
        raise DomainError("Hãy chọn phạm vi của vai trò.", field="scope")
    if {P.SIGN, P.MANAGE_STAFF, P.MANAGE_ORG} & set(permissions) and not needs_second_factor:
        raise DomainError("Vai trò ký hoặc quản trị luôn cần xác thực hai lớp.", field="needs_second_factor")
    return [str(one) for one in P.values if one in permissions]


def _refuse_without_administrator(at: datetime) -> None:
    """Somebody must remain who can give roles back everywhere. Raises LastAdministrator."""
    day = local_date(at)
    roots = set(Agency.objects.valid_on(day).filter(parent=None).values_list("pk", flat=True))
    kept = Membership.objects.valid_on(day).filter(
        valid_on(day, "post__"), post__role__permissions__contains=[P.MANAGE_STAFF], post__role__scope=Scope.SUBTREE,
        post__agency__in=roots, user__is_active=True,
    )  # fmt: skip
    if roots and set(kept.values_list("post__agency", flat=True)) != roots:
        raise LastAdministrator(
            "Thay đổi này làm mất người cuối cùng quản lý nhân sự ở cơ quan cao nhất, không ai còn đặt lại quyền được. "
            "Hãy giữ quyền “Quản lý nhân sự” và phạm vi gồm cơ quan trực thuộc cho vai trò này, "
            "hoặc giao quyền đó cho vai trò khác trước.",
            field="permissions",
        )
