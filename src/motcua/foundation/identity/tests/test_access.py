from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from motcua.core.errors import DomainError, Forbidden
from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of, forget_access, load_user
from motcua.foundation.identity.models import Delegation, User
from motcua.foundation.identity.operations.delegating import delegate, withdraw
from motcua.foundation.identity.operations.roles import SEEDS, define_role, seed_roles
from motcua.foundation.identity.operations.staffing import appoint, deactivate_staff, end_appointment
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.identity.tests.factories import AT, a_post, a_user, an_agency, staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Role
from motcua.foundation.org.operations.agencies import close_agency
from motcua.foundation.org.operations.posts import close_post

pytestmark = pytest.mark.django_db
P = Permission
# What each role may do, said again: a change of the seeds must be meant.
MAY = {
    "CLERK": {P.RECEIVE, P.TRANSFER, P.RETURN, P.SEE, P.SEE_PERSONAL},
    "OFFICER": {P.PROCESS, P.SEE, P.SEE_PERSONAL},
    "DIVISION_HEAD": {P.ASSIGN, P.PROCESS, P.REVIEW, P.REOPEN, P.SEE, P.SEE_PERSONAL},
    "LEADER": {P.ASSIGN, P.REVIEW, P.SIGN, P.REOPEN, P.SEE, P.SEE_PERSONAL},
    "RECORDS": {P.ISSUE, P.SEE},
    "CONTROLLER": {
        P.SEE, P.MANAGE_PROCEDURES, P.MANAGE_WORKFLOWS, P.MANAGE_FORMS, P.CONTROL, P.READ_LEDGER, P.WATCH_INTEGRITY,
    },
    "ADMIN": {
        P.MANAGE_ORG, P.MANAGE_STAFF, P.MANAGE_CALENDARS, P.MANAGE_PROCEDURES, P.MANAGE_WORKFLOWS,
        P.PUBLISH_WORKFLOWS, P.MANAGE_QUEUE, P.MANAGE_FORMS, P.MANAGE_KEYS, P.READ_LEDGER, P.WATCH_INTEGRITY,
        P.MEND_INTEGRITY,
    },
    "ACCOUNTANT": {P.SEE, P.RECONCILE},
    "AUDITOR": {P.SEE, P.READ_LEDGER, P.WATCH_INTEGRITY},
}  # fmt: skip
REACHES_BELOW = {"CONTROLLER", "ADMIN", "ACCOUNTANT", "AUDITOR"}
NEEDS_SECOND_FACTOR = {"LEADER", "ADMIN"}


class TestEveryRole:
    @pytest.mark.parametrize("role", sorted(MAY))
    def test_may_do_its_acts_at_its_agency_and_nothing_else(self, role: str) -> None:
        province = an_agency(kind="PROVINCE")
        mine, other = an_agency(province), an_agency(province)
        access = access_of(staff(role, mine), AT)

        assert {permission for permission in P if access.may(permission, mine.pk)} == MAY[role]
        assert not any(access.may(permission, other.pk) for permission in P)
        assert not any(access.may(permission, province.pk) for permission in P)
        assert access.roles(mine.pk) == {role}
        assert access.roles(other.pk) == set()

    @pytest.mark.parametrize("role", sorted(MAY))
    def test_reaches_the_agencies_below_only_when_it_oversees(self, role: str) -> None:
        province = an_agency(kind="PROVINCE")
        commune = an_agency(province)
        access = access_of(staff(role, province), AT)

        assert any(access.may(permission, commune.pk) for permission in P) is (role in REACHES_BELOW)

    @pytest.mark.parametrize("role", sorted(MAY))
    def test_asks_the_second_factor_of_who_signs_or_administers(self, role: str) -> None:
        assert access_of(staff(role), AT).needs_second_factor is (role in NEEDS_SECOND_FACTOR)

    def test_all_are_covered_here(self) -> None:
        assert {seed.code for seed in SEEDS} == set(MAY)


class TestSeedRoles:
    def test_is_idempotent_and_keeps_what_was_changed(self) -> None:
        seed_roles(at=AT)
        define_role(
            code="RECORDS",
            name="Văn thư",
            permissions=[P.ISSUE],
            scope="OWN",
            needs_second_factor=False,
            by=None,
            at=AT,
        )
        seed_roles(at=AT)

        assert Role.objects.count() == len(SEEDS)
        assert Role.objects.get(code="RECORDS").permissions == ["ISSUE"]

    def test_never_lets_a_signing_role_go_without_second_factor(self) -> None:
        with pytest.raises(DomainError, match="xác thực hai lớp"):
            define_role(
                code="X",
                name="X",
                permissions=[P.SIGN],
                scope="OWN",
                needs_second_factor=False,
                by=None,
                at=AT,
            )

    def test_refuses_an_unknown_permission(self) -> None:
        with pytest.raises(DomainError, match="FLY"):
            define_role(
                code="X",
                name="X",
                permissions=["FLY"],
                scope="OWN",
                needs_second_factor=False,
                by=None,
                at=AT,
            )


class TestAccess:
    def test_denies_everything_to_who_has_no_post(self) -> None:
        access = access_of(a_user(), AT)

        assert not any(access.may(permission) for permission in P)
        assert access.agencies(P.SEE) == []

    def test_denies_everything_to_a_stranger(self) -> None:
        assert not access_of(AnonymousUser(), AT).may(P.SEE)
        assert not access_of(None, AT).may(P.SEE)

    def test_denies_everything_to_a_closed_account(self) -> None:
        user = staff("CLERK")
        deactivate_staff(user, reason="Nghỉ hưu", by=None, at=AT)

        assert not access_of(user, AT).may(P.RECEIVE)

    def test_a_division_acts_for_its_agency(self) -> None:
        commune = an_agency()
        division = an_agency(commune, kind="DIVISION")
        access = access_of(staff("OFFICER", division), AT)

        assert access.agencies(P.PROCESS) == sorted([commune.pk, division.pk])

    def test_follows_the_days_of_membership_and_post(self) -> None:
        user, post = a_user(), a_post(an_agency(), "CLERK")
        membership = appoint(user, post=post, valid_from=date(2026, 1, 1), by=None, at=AT)
        assert not access_of(user, datetime(2025, 12, 31, 23, 59, tzinfo=VIETNAM)).may(P.RECEIVE)
        assert access_of(user, datetime(2026, 1, 1, 0, 0, tzinfo=VIETNAM)).may(P.RECEIVE)

        end_appointment(membership, on=date(2026, 3, 1), by=None, at=AT)
        assert access_of(user, datetime(2026, 2, 28, 23, 0, tzinfo=VIETNAM)).may(P.RECEIVE)
        assert not access_of(user, AT).may(P.RECEIVE)

    def test_ends_with_the_post(self) -> None:
        user = staff("CLERK")
        close_post(user.memberships.get().post, on=date(2026, 3, 1), by=None, at=AT)
        forget_access(user)

        assert not access_of(user, AT).may(P.RECEIVE)

    def test_a_successor_reaches_what_it_took_over(self) -> None:
        old, new = an_agency(), an_agency()
        close_agency(old, on=date(2026, 1, 1), successors=[(new, "PART")], by=None, at=AT)

        assert access_of(staff("CLERK", new), AT).may(P.SEE, old.pk)

    def test_says_in_words_what_is_missing(self) -> None:
        mine, other = an_agency(), an_agency()
        access = access_of(staff("CLERK", mine), AT)

        access.require(P.RECEIVE, mine.pk)
        with pytest.raises(Forbidden, match="tiếp nhận hồ sơ tại cơ quan này"):
            access.require(P.RECEIVE, other.pk)
        with pytest.raises(Forbidden, match="ký kết quả"):
            access.require(P.SIGN)

    def test_costs_one_query_with_the_user_and_none_again(self, django_assert_num_queries: Any) -> None:
        user_id = staff("CLERK").pk
        access_of(load_user(user_id), AT)  # the tree is now kept
        with django_assert_num_queries(1):
            user = load_user(user_id)
            assert access_of(user, AT).may(P.RECEIVE)
            assert access_of(user, AT + timedelta(days=30)).may(P.RECEIVE)
            assert user.full_name == "Nguyễn Văn Thử"

    def test_sees_a_change_of_the_tree_at_once(self) -> None:
        province = an_agency(kind="PROVINCE")
        user = staff("AUDITOR", province)
        access_of(load_user(user.pk), AT)
        late = an_agency(province)

        assert access_of(load_user(user.pk), AT).may(P.SEE, late.pk)


class TestDelegate:
    @pytest.fixture
    def leader(self) -> User:
        return staff("LEADER", full_name="Trần Thị Giao")

    @pytest.fixture
    def deputy(self) -> User:
        return staff("OFFICER", full_name="Lê Văn Nhận")

    def give(self, leader: User, deputy: User, **more: Any) -> Delegation:
        values: dict[str, Any] = {
            "post": leader.memberships.get().post, "valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 6),
            "reason": "Đi công tác", "by": leader, "at": AT,
        }  # fmt: skip
        return delegate(giver=leader, receiver=deputy, **{**values, **more})

    def test_lets_the_receiver_act_with_the_post_for_the_period(self, leader: User, deputy: User) -> None:
        agency = leader.memberships.get().post.agency_id
        delegation = self.give(leader, deputy)
        access = access_of(deputy, AT)

        assert access.may(P.SIGN, agency)
        assert access.acting_for(P.SIGN, agency) == leader.pk
        assert access.needs_second_factor
        assert access_of(leader, AT).may(P.SIGN, agency)
        assert access_of(leader, AT).acting_for(P.SIGN, agency) is None
        assert not access_of(deputy, AT + timedelta(days=5)).may(P.SIGN)
        line = Line.objects.get(subject_id=leader.pk, name="PostDelegated")
        assert line.payload["delegation_id"] == str(delegation.pk)

    def test_ends_at_once_when_withdrawn(self, leader: User, deputy: User) -> None:
        delegation = self.give(leader, deputy)
        withdraw(delegation, by=leader, at=AT + timedelta(hours=1))
        forget_access(deputy)

        assert access_of(deputy, AT).may(P.SIGN)
        assert not access_of(deputy, AT + timedelta(hours=1)).may(P.SIGN)
        with pytest.raises(DomainError, match="đã hết hiệu lực"):
            withdraw(delegation, by=leader, at=AT + timedelta(hours=2))

    def test_ends_with_the_account_of_the_giver(self, leader: User, deputy: User) -> None:
        self.give(leader, deputy)
        deactivate_staff(leader, reason="Chuyển công tác", by=None, at=AT)
        forget_access(deputy)

        assert not access_of(deputy, AT).may(P.SIGN)

    def test_is_never_passed_on(self, leader: User, deputy: User) -> None:
        self.give(leader, deputy)
        third = staff("OFFICER")
        with pytest.raises(DomainError, match="không giữ vị trí"):
            self.give(deputy, third, post=leader.memberships.get().post, by=deputy)

    def test_is_given_by_its_holder_or_who_manages_staff(self, leader: User, deputy: User) -> None:
        with pytest.raises(Forbidden):
            self.give(leader, deputy, by=deputy)
        with pytest.raises(Forbidden):
            self.give(leader, deputy, by=staff("ADMIN"))
        self.give(leader, deputy, by=staff("ADMIN", leader.memberships.get().post.agency))

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"valid_to": date(2026, 3, 1)}, "valid_to"),
            ({"valid_from": date(2026, 3, 1)}, "valid_from"),
            ({"valid_to": date(2027, 3, 5)}, "valid_to"),
            ({"reason": "x"}, "reason"),
        ],
    )
    def test_refuses_a_wrong_period_or_no_reason(
        self, leader: User, deputy: User, change: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(DomainError) as refusal:
            self.give(leader, deputy, **change)
        assert refusal.value.field == field

    def test_refuses_oneself_twice_and_a_closed_account(self, leader: User, deputy: User) -> None:
        with pytest.raises(DomainError, match="chính mình"):
            self.give(leader, leader)
        self.give(leader, deputy)
        with pytest.raises(DomainError, match="đã ủy quyền"):
            self.give(leader, deputy)
        gone = a_user()
        deactivate_staff(gone, reason="", by=None, at=AT)
        with pytest.raises(DomainError, match="đã khóa"):
            self.give(leader, gone)
