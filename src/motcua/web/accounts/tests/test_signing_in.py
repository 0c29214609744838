from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from motcua.core.time import now
from motcua.foundation.identity.models import StaffSession, User
from motcua.foundation.identity.operations.second_factor import enrol, pending_device
from motcua.foundation.identity.operations.staffing import change_password, deactivate_staff
from motcua.foundation.identity.tests.factories import PASSWORD, a_user, staff
from motcua.foundation.ledger.models import Line
from motcua.web.ui.network import client_ip

pytestmark = pytest.mark.django_db
SIGN_IN = "accounts:sign-in"


def send(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse(SIGN_IN), {"username": user.username, "password": password, **more})


def code_of(user: User) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{TOTP(device.bin_key, drift=device.drift).token():06d}"


def enrolled(user: User) -> User:
    pending_device(user)
    enrol(user, code=code_of(user), by=user, at=now())
    TOTPDevice.objects.update(last_t=-1)
    return user


class TestSignIn:
    def test_shows_the_form(self, client: Client) -> None:
        page = client.get(reverse(SIGN_IN))

        assert page.status_code == 200
        assert "Tên đăng nhập" in page.content.decode()
        assert "no-store" in page["Cache-Control"]

    def test_lets_staff_in_and_notes_where_from(self, client: Client) -> None:
        user = staff("CLERK")
        answer = client.post(
            reverse(SIGN_IN),
            {"username": user.username.upper(), "password": PASSWORD},
            headers={"user-agent": "Firefox"},
        )

        assert (answer.status_code, answer.url) == (302, reverse("accounts:home"))
        session = StaffSession.objects.get(user=user)
        assert (session.ip, session.user_agent) == ("127.0.0.1", "Firefox")
        assert Line.objects.get(subject_id=user.pk, name="SignedIn").payload == {"ip": "127.0.0.1"}

    @pytest.mark.parametrize("password", ["sai", "", "x" * 2000])
    def test_says_the_same_whether_name_or_password_is_wrong(self, client: Client, password: str) -> None:
        answer = send(client, staff("CLERK"), password)

        assert answer.status_code == 422
        assert "mật khẩu" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_keeps_the_name_but_never_the_password(self, client: Client) -> None:
        page = client.post(
            reverse(SIGN_IN), {"username": "ai.do", "password": "mat-khau-sai"}
        ).content.decode()

        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page
        assert 'value="ai.do"' in page
        assert "mat-khau-sai" not in page

    def test_refuses_a_closed_account(self, client: Client) -> None:
        user = staff("CLERK")
        deactivate_staff(user, reason="Nghỉ việc", by=None, at=now())

        assert send(client, user).status_code == 422

    def test_locks_after_five_wrong_passwords_whatever_the_case_of_the_name(self, client: Client) -> None:
        user = staff("CLERK")
        for number in range(4):
            name = user.username.upper() if number % 2 else user.username
            assert client.post(reverse(SIGN_IN), {"username": name, "password": "sai"}).status_code == 422
        fifth, right = send(client, user, "sai"), send(client, user)

        assert (fifth.status_code, right.status_code) == (429, 429)
        assert "thử lại sau 15 phút" in right.content.decode()
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize(
        ("wanted", "goes"),
        [("/tai-khoan/thiet-bi/", "/tai-khoan/thiet-bi/"), ("https://evil.example/", "/tai-khoan/"),
         ("//evil.example", "/tai-khoan/")],
    )  # fmt: skip
    def test_goes_on_to_our_own_pages_only(self, client: Client, wanted: str, goes: str) -> None:
        assert send(client, staff("CLERK"), next=wanted).url == goes

    def test_sends_who_is_not_signed_in_here_and_back(self, client: Client) -> None:
        answer = client.get(reverse("accounts:sessions"))

        assert answer.url == "/tai-khoan/dang-nhap/?next=%2Ftai-khoan%2Fthiet-bi%2F"

    def test_costs_two_queries_a_page_for_session_user_and_grants(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        client.force_login(staff("CLERK"))
        client.get(reverse("accounts:password"))
        with django_assert_max_num_queries(2):
            assert client.get(reverse("accounts:password")).status_code == 200

    def test_asks_for_a_password_of_ones_own(self, client: Client) -> None:
        user = staff("CLERK")
        change_password(user, new="mật khẩu của quản trị", by=staff("ADMIN"), at=now())
        answer = send(client, user, "mật khẩu của quản trị")

        assert answer.url == reverse("accounts:password")
        assert client.get(reverse("accounts:sessions")).url.startswith(reverse("accounts:password"))


class TestNetwork:
    def test_believes_the_proxy_only_when_there_is_one_and_only_its_own_word(
        self, rf: Any, settings: Any
    ) -> None:
        request = rf.get("/", headers={"x-forwarded-for": "1.1.1.1, 10.9.8.7"})

        settings.BEHIND_PROXY = False
        assert client_ip(request) == "127.0.0.1"
        settings.BEHIND_PROXY = True
        assert client_ip(request) == "10.9.8.7"
        assert client_ip(rf.get("/")) == "127.0.0.1"


class TestSignOut:
    def test_ends_the_session(self, client: Client) -> None:
        user = staff("CLERK")
        client.force_login(user)
        answer = client.post(reverse("accounts:sign-out"))

        assert answer.url == reverse(SIGN_IN)
        assert not StaffSession.objects.filter(user=user).exists()
        assert client.get(reverse("accounts:sign-out")).status_code == 405


class TestHome:
    def test_tells_who_has_no_post_what_to_do(self, client: Client) -> None:
        client.force_login(a_user())
        page = client.get(reverse("accounts:home"))

        assert page.status_code == 200
        assert "Bạn chưa được giao vị trí nào" in page.content.decode()

    def test_leads_to_the_second_factor_first(self, client: Client) -> None:
        client.force_login(staff("LEADER"))

        assert (
            client.get(reverse("accounts:home")).url
            == reverse("accounts:second-factor") + "?next=%2Ftai-khoan%2F"
        )


class TestSecondFactor:
    def test_is_asked_of_who_signs(self, client: Client) -> None:
        leader = enrolled(staff("LEADER"))
        answer = send(client, leader, next="/tai-khoan/thiet-bi/")
        assert answer.url == "/tai-khoan/xac-thuc/?next=%2Ftai-khoan%2Fthiet-bi%2F"
        assert client.get("/tai-khoan/thiet-bi/").status_code == 302

        passed = client.post(answer.url, {"code": code_of(leader), "next": "/tai-khoan/thiet-bi/"})
        assert passed.url == "/tai-khoan/thiet-bi/"
        assert client.get("/tai-khoan/thiet-bi/").status_code == 200

    def test_is_not_asked_of_a_clerk(self, client: Client) -> None:
        assert send(client, staff("CLERK")).url == reverse("accounts:home")

    def test_refuses_a_wrong_code(self, client: Client) -> None:
        client.force_login(enrolled(staff("LEADER")))
        answer = client.post(reverse("accounts:second-factor"), {"code": "000000"})

        assert answer.status_code == 422
        assert "Mã chưa đúng" in answer.content.decode()
        assert not client.session.get("second_factor")

    def test_shows_the_code_in_a_demo_only(self, client: Client, settings: Any) -> None:
        leader = enrolled(staff("LEADER"))
        client.force_login(leader)
        settings.DEMO = True
        assert code_of(leader) in client.get(reverse("accounts:second-factor")).content.decode()
        settings.DEMO = False
        assert code_of(leader) not in client.get(reverse("accounts:second-factor")).content.decode()

    def test_sends_who_has_no_device_to_enrol(self, client: Client) -> None:
        client.force_login(staff("ADMIN"))

        assert client.get(reverse("accounts:second-factor")).url == reverse("accounts:enrol")


class TestEnrolment:
    def test_shows_a_qr_and_then_the_recovery_codes_once(self, client: Client) -> None:
        admin = staff("ADMIN")
        client.force_login(admin)
        page = client.get(reverse("accounts:enrol")).content.decode()
        assert "data:image/svg+xml" in page
        answer = client.post(reverse("accounts:enrol"), {"code": code_of(admin)})

        assert answer.status_code == 200
        assert "Hãy cất các mã khôi phục" in answer.content.decode()
        assert client.session["second_factor"] is True
        assert admin.recovery_codes.count() == 10

    def test_never_replaces_a_device_that_was_not_passed(self, client: Client) -> None:
        client.force_login(enrolled(staff("ADMIN")))
        for answer in (
            client.get(reverse("accounts:enrol")),
            client.post(reverse("accounts:enrol"), {"code": "1"}),
        ):
            assert answer.url == reverse("accounts:second-factor")
        assert TOTPDevice.objects.count() == 1

    def test_new_recovery_codes_need_the_second_factor(self, client: Client) -> None:
        client.force_login(enrolled(staff("ADMIN")))
        assert client.post(reverse("accounts:recovery-codes")).url == reverse("accounts:second-factor")
        session = client.session
        session["second_factor"] = True
        session.save()

        assert "Hãy cất các mã khôi phục" in client.post(reverse("accounts:recovery-codes")).content.decode()
