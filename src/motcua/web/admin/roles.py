"""Vai trò: what each allows, who has it; a change is previewed with who gains and who loses what, then applied."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.foundation.identity.operations.roles import (
    Change,
    add_role,
    change_role,
    end_role,
    held_by_no_role,
    people_of,
    preview_change,
    usual_but_missing,
)
from motcua.foundation.identity.permissions import Permission, in_groups
from motcua.foundation.org.models import Role, Scope
from motcua.foundation.org.querysets import valid_on
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.forms import Reader

SHOWN = 100


class RolePages(AdminPage):
    abstract = True
    section = "admin:roles"
    permission = Permission.MANAGE_STAFF


class Roles(RolePages):
    """Các vai trò, and the permissions that none of them has."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        sitting = (
            valid_on(self.today, "posts__memberships__")
            & valid_on(self.today, "posts__")
            & Q(posts__memberships__user__is_active=True)
        )
        people = Count("posts__memberships__user", filter=sitting, distinct=True)
        roles = list(Role.objects.living().annotate(people=people).order_by("position", "code"))
        return self.render(
            "admin/roles/index.html",
            rows=[
                (role, [Permission(one).label for one in role.permissions if one in Permission.values])
                for role in roles
            ],
            may_change=self.may_everywhere(Permission.MANAGE_STAFF),
            unheld=held_by_no_role(),
            lacking=[(role, missing) for role in roles if (missing := usual_but_missing(role))],
        )


class NewRole(RolePages):
    """Lập vai trò mới: nobody has it before a post bears it."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/roles/new.html", groups=groups(), scopes=Scope.choices)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_STAFF)
        reader = self.read()
        given: dict[str, Any] = {
            "code": reader.text("code", required="Hãy nhập mã của vai trò, ví dụ: TIEP_DAN.", longest=30),
            "name": reader.text("name", required="Hãy nhập tên vai trò.", longest=100),
            "scope": reader.choice("scope", Scope.values, required="Hãy chọn phạm vi của vai trò."),
            "permissions": ticked(reader),
        }
        reader.check()
        role = add_role(
            needs_second_factor=reader.is_ticked("needs_second_factor"), by=self.user, at=self.at, **given
        )
        return self.done(
            f"Đã lập vai trò {role.name}. Giao nó cho ai bằng một vị trí ở trang cơ quan.",
            "admin:role",
            role.code,
        )


class RoleEnd(RolePages):
    """Bỏ vai trò không ai giữ, with the reason."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        role = living(self, code)
        return self.render("admin/roles/end.html", role=role, posts=list(
            role.posts.filter(Q(valid_to=None) | Q(valid_to__gte=self.today)).select_related("agency")[:SHOWN]
        ))  # fmt: skip

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_STAFF)
        reader = self.read()
        reason = reader.text("why", required="Hãy ghi lý do bỏ vai trò.", longest=300)
        reader.check()
        role = end_role(role_id=living(self, code).pk, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã bỏ vai trò {role.name}.", "admin:roles")


class RolePage(RolePages):
    """Một vai trò: shown, previewed (`preview`), changed."""

    permission = Permission.MANAGE_STAFF
    change: Change | None = None

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        role = self.role(code)
        people = people_of(role, self.at)
        return self.render(
            "admin/roles/show.html",
            role=role,
            groups=groups(),
            scopes=Scope.choices,
            people=list(people[:SHOWN]),
            total=people.count(),
            usual=usual_but_missing(role),
            change=self.change,
            may_change=self.may_everywhere(Permission.MANAGE_STAFF),
            history=history(role.uid),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_STAFF)
        role, reader = self.role(code), self.read()
        permissions = ticked(reader)
        if "preview" in request.POST:
            self.change = preview_change(role=role, permissions=permissions, at=self.at)
            return self.get(request, code)
        given: dict[str, Any] = {
            "name": reader.text("name", required="Hãy nhập tên vai trò.", longest=100),
            "scope": reader.choice("scope", Scope.values, required="Hãy chọn phạm vi của vai trò."),
            "reason": reader.text("reason", required="Hãy ghi lý do.", longest=300),
        }
        reader.check()
        changed = change_role(
            role_id=role.pk, permissions=permissions, needs_second_factor=reader.is_ticked("needs_second_factor"),
            seen=reader.text("seen", longest=2000).split(), by=self.user, at=self.at, **given,
        )  # fmt: skip
        return self.done(
            f"Đã đổi vai trò {changed.name}; có hiệu lực ngay với {people_of(changed, self.at).count()} người.",
            "admin:role", changed.code,
        )  # fmt: skip

    def role(self, code: str) -> Role:
        return living(self, code)


def living(page: AdminPage, code: str) -> Role:
    """The role of the address, which nobody has taken away."""
    found: Role | None = Role.objects.living().filter(code=code).first()
    if found is None:
        raise page.missing("Không có vai trò này.")
    return found


def groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Các quyền để đánh dấu: heading, name of the field, choices."""
    return [
        (name, f"permissions-{number}", [(one.value, one.label) for one in permissions])
        for number, (name, permissions) in enumerate(in_groups())
    ]


def ticked(reader: Reader) -> list[str]:
    return [one for _, field, _ in groups() for one in reader.several(field, Permission.values)]
