from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.models import Delegation, Membership, User
from motcua.foundation.identity.operations.delegating import delegate
from motcua.foundation.identity.tests.factories import a_post, a_user, an_agency, staff
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of

NEW = {"full_name": "Phan Thị Mới", "username": "phan.moi"}


def address(name: str, person: User) -> str:
    return reverse(f"admin:{name}", args=[person.pk])


def today(ahead: int = 0) -> str:
    return f"{local_date(now()) + timedelta(days=ahead):%d/%m/%Y}"


class TestList:
    def test_finds_without_marks_and_shows_posts(self, admin: Client, world: World) -> None:
        page = page_of(admin.get(reverse("admin:staff"), {"q": "hoang minh em"}))

        assert "Hoàng Minh Em" in page
        assert "Sở Tư pháp" in page
        assert "Trần Thị Cúc" not in page

    @pytest.mark.parametrize("state", ["", "NO_POST", "INACTIVE", "ALL", "?"])
    def test_every_filter_opens(self, admin: Client, world: World, state: str) -> None:
        assert (
            admin.get(
                reverse("admin:staff"), {"state": state, "agency": world.centre.pk, "page": "2"}
            ).status_code
            == 200
        )

    def test_hides_people_of_other_places(self, world: World, enter: Entering) -> None:
        local = enter(staff("ADMIN", world.department))

        assert "Trần Thị Cúc" not in page_of(local.get(reverse("admin:staff")))
        assert local.get(address("staff-member", world.clerk)).status_code == 404


class TestCreating:
    def test_shows_the_password_once_and_gives_the_post(self, admin: Client, world: World) -> None:
        post = a_post(world.other, "OFFICER")

        answer = admin.post(reverse("admin:new-staff"), {**NEW, "post": post.pk, "valid_from": today()})

        made = User.objects.get(username="phan.moi")
        shown = re.search(r'id="password">([^<]+)<', page_of(answer))
        assert shown is not None
        assert made.check_password(shown[1])
        assert made.must_change_password
        assert made.memberships.get().post == post
        assert "no-store" in answer["Cache-Control"]
        assert shown[1] not in page_of(admin.get(address("staff-member", made)))

    def test_leaves_nothing_behind_when_the_post_is_refused(self, admin: Client, world: World) -> None:
        post = a_post(world.other, "OFFICER")

        answer = admin.post(reverse("admin:new-staff"), {**NEW, "post": post.pk, "valid_from": "01/01/2020"})

        assert answer.status_code == 422
        assert not User.objects.filter(username="phan.moi").exists()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"username": "motcua"}, "đã có người dùng"),
            ({"username": "Có dấu"}, "Tên đăng nhập cần từ 3 đến 60 ký tự"),
            ({"full_name": ""}, "Hãy nhập họ và tên."),
            ({"full_name": "An" * 150}, "tối đa 200 ký tự"),
            ({"email": "khong-phai-thu"}, "hư"),
        ],
    )
    def test_says_what_is_wrong(
        self, admin: Client, world: World, changes: dict[str, str], sentence: str
    ) -> None:
        answer = admin.post(reverse("admin:new-staff"), {**NEW, **changes})

        assert answer.status_code == 422
        assert sentence in page_of(answer)


class TestPosts:
    def test_gives_and_ends_a_post(self, admin: Client, world: World) -> None:
        person, post = a_user(), a_post(world.other, "OFFICER")
        admin.post(address("appoint", person), {"post": post.pk, "valid_from": today(-3)})
        held = Membership.objects.get(user=person)

        admin.post(reverse("admin:end-appointment", args=[person.pk, held.pk]), {"on": today()})

        held.refresh_from_db()
        assert held.valid_to == local_date(now()) - timedelta(days=1)

    def test_only_posts_that_one_administers(self, world: World, enter: Entering) -> None:
        local, post = enter(staff("ADMIN", world.department)), a_post(world.other, "ADMIN")

        answer = local.post(address("appoint", world.officer), {"post": post.pk, "valid_from": today()})

        assert answer.status_code == 422
        assert not post.memberships.exists()


class TestAccounts:
    def test_is_described_closed_and_opened_again(self, admin: Client, world: World) -> None:
        person = world.officer
        admin.post(address("describe-staff", person), {"full_name": "Hoàng Văn Đổi", "phone": "0912345679"})
        admin.post(address("deactivate-staff", person), {"reason": "Nghỉ hưu"})
        person.refresh_from_db()
        assert (person.full_name, person.is_active) == ("Hoàng Văn Đổi", False)

        admin.post(address("reactivate-staff", person))

        person.refresh_from_db()
        assert person.is_active

    def test_is_closed_only_with_a_reason(self, admin: Client, world: World) -> None:
        answer = admin.post(address("deactivate-staff", world.officer), {"reason": " "})

        assert answer.status_code == 422
        assert "Hãy ghi lý do." in page_of(answer)

    def test_nobody_closes_their_own(self, admin: Client, world: World) -> None:
        assert admin.post(address("deactivate-staff", world.admin), {"reason": "Thử"}).status_code == 422

    def test_gets_a_new_password_once(self, admin: Client, world: World) -> None:
        page = page_of(admin.post(address("new-password", world.officer)))

        world.officer.refresh_from_db()
        shown = re.search(r'id="password">([^<]+)<', page)
        assert shown is not None
        assert world.officer.check_password(shown[1])
        assert world.officer.must_change_password

    def test_is_unlocked_after_too_many_wrong_passwords(self, admin: Client, world: World) -> None:
        AccessAttempt.objects.create(
            username=world.officer.username, ip_address="1.2.3.4", failures_since_start=settings.AXES_FAILURE_LIMIT,
            get_data="", post_data="",
        )  # fmt: skip
        assert "tạm khóa đăng nhập" in page_of(admin.get(address("staff-member", world.officer)))

        admin.post(address("unlock-staff", world.officer))

        assert not AccessAttempt.objects.exists()

    def test_nobody_takes_away_their_own_second_factor(self, admin: Client, world: World) -> None:
        assert (
            admin.post(address("remove-second-factor", world.admin), {"reason": "Mất máy"}).status_code == 403
        )
        assert (
            admin.post(address("remove-second-factor", world.leader), {"reason": "Mất máy"}).status_code
            == 302
        )

    def test_of_somebody_who_also_works_elsewhere_is_changed_from_above(
        self, world: World, enter: Entering
    ) -> None:
        local = enter(staff("ADMIN", world.department))
        from motcua.foundation.identity.operations.staffing import appoint

        appoint(
            world.officer,
            post=a_post(an_agency(), "OFFICER"),
            valid_from=local_date(now()),
            by=None,
            at=now(),
        )

        assert local.get(address("staff-member", world.officer)).status_code == 200
        assert local.post(address("new-password", world.officer)).status_code == 403


class TestDelegations:
    def test_are_seen_and_withdrawn(self, admin: Client, world: World) -> None:
        post = world.officer.memberships.get().post
        first = local_date(now())
        given = delegate(
            giver=world.officer, receiver=world.colleague, post=post, valid_from=first,
            valid_to=first + timedelta(days=3), reason="Đi công tác", by=world.officer, at=now(),
        )  # fmt: skip
        assert "Đi công tác" in page_of(admin.get(reverse("admin:delegations")))

        admin.post(reverse("admin:withdraw-delegation", args=[given.pk]))

        assert Delegation.objects.get(pk=given.pk).withdrawn_at
        assert "thu hồi" in page_of(admin.get(reverse("admin:delegations"), {"state": "PAST"}))


def test_who_leaves_is_shown_with_the_dossiers_in_hand(admin: Client, world: World) -> None:
    world.receive()

    assert "đang giữ 1 hồ sơ" in page_of(admin.get(address("deactivate-staff", world.clerk)))
    assert "1 hồ sơ" in page_of(admin.get(address("staff-member", world.clerk)))
