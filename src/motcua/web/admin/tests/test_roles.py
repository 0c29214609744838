"""Trang vai trò: a change is previewed with who gains and loses what, applied with its reason, and locks nobody out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from motcua.foundation.identity.operations.roles import held_by_no_role
from motcua.foundation.identity.permissions import Permission, in_groups
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Role
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of


def page(code: str) -> str:
    return reverse("admin:role", args=[code])


def typed(
    code: str, *, more: tuple[str, ...] = (), less: tuple[str, ...] = (), **changes: Any
) -> dict[str, Any]:
    role = Role.objects.get(code=code)
    wanted = {*role.permissions, *more} - set(less)
    groups = {
        f"permissions-{number}": [one.value for one in permissions if one in wanted]
        for number, (_, permissions) in enumerate(in_groups())
    }
    return {
        **groups, "name": role.name, "scope": role.scope, "needs_second_factor": "1" if role.needs_second_factor else "",
        "seen": " ".join(role.permissions), "reason": "Phân công lại", **changes,
    }  # fmt: skip


class TestGroups:
    def test_name_every_permission_once(self) -> None:
        named = [one for _, permissions in in_groups() for one in permissions]
        assert sorted(named) == sorted(Permission)


class TestList:
    def test_says_which_permissions_nobody_has(self, admin: Client, world: World) -> None:
        for role in Role.objects.all():
            role.permissions = [one for one in role.permissions if one != "REOPEN"]
            role.save()
        assert held_by_no_role() == [Permission.REOPEN]
        assert "Quyền mới chưa vai trò nào có: Mở lại hồ sơ đã dừng" in page_of(
            admin.get(reverse("admin:roles"))
        )
        assert "Quyền mới chưa vai trò nào có" in page_of(admin.get(reverse("admin:index")))
        assert "bản cài mới còn cho vai trò này Mở lại hồ sơ đã dừng" in page_of(
            admin.get(reverse("admin:roles"))
        )

    def test_is_closed_to_who_does_not_manage_staff(self, clerk: Client) -> None:
        assert clerk.get(reverse("admin:roles")).status_code == 403


class TestChange:
    def test_is_previewed_with_who_gains_and_loses_what(self, admin: Client, world: World) -> None:
        answer = page_of(
            admin.post(
                page("OFFICER"), typed("OFFICER", more=("REOPEN",), less=("SEE_PERSONAL",), preview="1")
            )
        )
        assert "<b>Được thêm</b>: Mở lại hồ sơ đã dừng" in answer
        assert "<b>Mất</b>: Xem đủ số định danh cá nhân" in answer
        assert world.officer.full_name in answer
        assert "REOPEN" not in Role.objects.get(code="OFFICER").permissions

    def test_is_applied_with_its_reason_in_the_ledger(self, admin: Client, world: World) -> None:
        assert admin.post(page("OFFICER"), typed("OFFICER", more=("REOPEN",))).status_code == 302
        role = Role.objects.get(code="OFFICER")
        assert "REOPEN" in role.permissions
        line = Line.objects.get(subject_id=role.uid, name="RoleChanged")
        assert (line.payload["gained"], line.payload["lost"]) == (["REOPEN"], [])
        assert line.payload["reason"] == "Phân công lại"

    def test_cannot_lock_out_the_last_administrator(self, admin: Client, world: World) -> None:
        for changes in ({"less": ("MANAGE_STAFF",)}, {"scope": "OWN"}):
            answer = admin.post(page("ADMIN"), typed("ADMIN", **changes))
            assert answer.status_code == 422
            assert "không ai còn đặt lại quyền được" in page_of(answer)
        assert "MANAGE_STAFF" in Role.objects.get(code="ADMIN").permissions

    def test_needs_a_reason_and_a_role_as_it_was_seen(self, admin: Client, world: World) -> None:
        assert admin.post(page("OFFICER"), typed("OFFICER", more=("SIGN",), reason="")).status_code == 422
        assert admin.post(page("OFFICER"), typed("OFFICER", more=("REOPEN",), seen="SEE")).status_code == 409

    def test_a_signing_role_keeps_its_second_factor(self, admin: Client, world: World) -> None:
        answer = admin.post(page("OFFICER"), typed("OFFICER", more=("SIGN",)))
        assert answer.status_code == 422
        assert "luôn cần xác thực hai lớp" in page_of(answer)

    def test_is_for_the_administrator_of_the_highest_place(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))
        assert local.get(page("OFFICER")).status_code == 200
        assert local.post(page("OFFICER"), typed("OFFICER", more=("REOPEN",))).status_code == 403


class TestNewAndGone:
    NEW = {"name": "Tiếp dân", "code": "tiep_dan", "scope": "OWN", "permissions-2": ["SEE"]}

    def test_is_made_borne_by_a_post_and_taken_away_afterwards(self, admin: Client, world: World) -> None:
        assert admin.post(reverse("admin:new-role"), {**self.NEW, "code": "tiếp dân"}).status_code == 422
        assert admin.post(reverse("admin:new-role"), self.NEW)["Location"] == page("TIEP_DAN")
        assert admin.post(reverse("admin:new-role"), self.NEW).status_code == 422
        role = Role.objects.get(code="TIEP_DAN")
        assert role.permissions == ["SEE"]
        staff("TIEP_DAN", world.department)
        gone = reverse("admin:end-role", args=["TIEP_DAN"])
        assert "Còn 1 vị trí mang vai trò này" in page_of(admin.post(gone, {"why": "Thôi dùng"}))
        role.posts.update(valid_to=date(2026, 1, 31))
        assert admin.post(gone, {"why": ""}).status_code == 422
        assert admin.post(gone, {"why": "Thôi dùng"}).status_code == 302
        assert admin.get(page("TIEP_DAN")).status_code == 404
        assert page("TIEP_DAN") not in page_of(admin.get(reverse("admin:roles")))
        assert Line.objects.get(subject_id=role.uid, name="RoleEnded").payload["reason"] == "Thôi dùng"

    def test_of_a_step_stays(self, admin: Client, world: World) -> None:
        Role.objects.get(code="RECORDS").posts.update(valid_to=date(2026, 1, 31))
        answer = admin.post(reverse("admin:end-role", args=["RECORDS"]), {"why": "Thử"})
        assert "giao cho vai trò này" in page_of(answer)
