from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Absence, Delegation, StaffSession, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.identity.tests.factories import PASSWORD, a_user, an_agency, staff
from motcua.foundation.org.models import Agency
from motcua.web.ui.devices import device_name

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


class TestDevices:
    @pytest.mark.parametrize(
        ("agent", "name"),
        [(FIREFOX, "Firefox trên Windows"), ("", "Thiết bị không rõ"), ("curl/8", "Thiết bị không rõ"),
         ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome trên Android")],
    )  # fmt: skip
    def test_are_named_as_people_know_them(self, agent: str, name: str) -> None:
        assert device_name(agent) == name


class TestSessions:
    def test_lists_devices_and_ends_one(self, client: Client) -> None:
        user = staff("CLERK")
        client.force_login(user)
        other = Client()
        other.post(
            reverse("accounts:sign-in"),
            {"username": user.username, "password": PASSWORD},
            headers={"user-agent": FIREFOX},
        )
        page = client.get(reverse("accounts:sessions")).content.decode()
        assert "Firefox trên Windows" in page
        assert "(thiết bị này)" in page

        theirs = StaffSession.objects.get(user_agent=FIREFOX)
        answer = client.post(reverse("accounts:end-session", args=[theirs.pk]), follow=True)
        assert "Đã đăng xuất thiết bị đó." in answer.content.decode()
        assert other.get(reverse("accounts:sessions")).status_code == 302
        assert client.get(reverse("accounts:sessions")).status_code == 200

    def test_ends_all_others(self, client: Client) -> None:
        user = staff("CLERK")
        client.force_login(user)
        Client().force_login(user)
        client.post(reverse("accounts:end-other-sessions"))

        assert StaffSession.objects.filter(user=user).count() == 1

    def test_never_ends_a_session_of_another(self, client: Client) -> None:
        client.force_login(staff("CLERK"))
        Client().force_login(victim := staff("CLERK"))
        answer = client.post(reverse("accounts:end-session", args=[StaffSession.objects.get(user=victim).pk]))

        assert answer.status_code == 422
        assert StaffSession.objects.filter(user=victim).exists()


class TestPassword:
    def send(self, client: Client, **fields: str) -> object:
        values = {"old": PASSWORD, "password": "mật khẩu mới tinh", "repeated": "mật khẩu mới tinh", **fields}
        return client.post(reverse("accounts:password"), values)

    def test_is_changed_and_other_devices_are_out(self, client: Client) -> None:
        user, other = staff("CLERK"), Client()
        client.force_login(user)
        other.force_login(user)
        answer = self.send(client)

        assert answer.url == reverse("accounts:sessions")
        assert client.get(reverse("accounts:sessions")).status_code == 200
        assert other.get(reverse("accounts:sessions")).status_code == 302
        assert User.objects.get(pk=user.pk).check_password("mật khẩu mới tinh")

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"old": "sai"}, "đang dùng chưa đúng"), ({"repeated": "khác"}, "chưa giống nhau"),
            ({"password": "ngắn", "repeated": "ngắn"}, "cần ít nhất 10 ký tự"),
            ({"password": PASSWORD, "repeated": PASSWORD}, "phải khác"),
        ],
    )  # fmt: skip
    def test_is_refused_in_words(self, client: Client, fields: dict[str, str], says: str) -> None:
        client.force_login(staff("CLERK"))
        answer = self.send(client, **fields)

        assert answer.status_code == 422
        assert says in answer.content.decode()


class TestDelegations:
    @pytest.fixture
    def commune(self) -> Agency:
        return an_agency()

    def fields(self, giver: User, receiver: User, **more: str) -> dict[str, str]:
        today = f"{local_date(now()):%d/%m/%Y}"
        return {
            "post": str(giver.memberships.get().post_id), "receiver": str(receiver.pk), "valid_from": today,
            "valid_to": today, "reason": "Đi công tác", **more,
        }  # fmt: skip

    def test_is_given_and_withdrawn(self, client: Client, commune: Agency) -> None:
        clerk, colleague = staff("CLERK", commune), staff("OFFICER", commune)
        client.force_login(clerk)
        answer = client.post(reverse("accounts:delegations"), self.fields(clerk, colleague), follow=True)
        assert "Đã ủy quyền cho" in answer.content.decode()
        assert access_of(User.objects.get(pk=colleague.pk), now()).may(Permission.RECEIVE, commune.pk)

        delegation = Delegation.objects.get()
        answer = client.post(reverse("accounts:withdraw-delegation", args=[delegation.pk]), follow=True)
        assert "Đã thu hồi ủy quyền." in answer.content.decode()
        assert not access_of(User.objects.get(pk=colleague.pk), now()).may(Permission.RECEIVE)

    def test_keeps_what_was_typed_when_refused(self, client: Client, commune: Agency) -> None:
        clerk, colleague = staff("CLERK", commune), staff("OFFICER", commune)
        client.force_login(clerk)
        answer = client.post(
            reverse("accounts:delegations"),
            self.fields(clerk, colleague, valid_to="31/02/2027", reason="Nghỉ phép năm"),
        )

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "31/02/2027" in page
        assert "Nghỉ phép năm" in page

    def test_goes_to_colleagues_only(self, client: Client, commune: Agency) -> None:
        clerk, stranger = staff("CLERK", commune), staff("OFFICER")
        client.force_login(clerk)

        assert client.post(reverse("accounts:delegations"), self.fields(clerk, stranger)).status_code == 422
        assert not Delegation.objects.exists()

    def test_of_another_cannot_be_withdrawn(self, client: Client, commune: Agency) -> None:
        clerk, colleague = staff("CLERK", commune), staff("OFFICER", commune)
        client.force_login(clerk)
        client.post(reverse("accounts:delegations"), self.fields(clerk, colleague))
        client.force_login(a_user())

        assert (
            client.post(
                reverse("accounts:withdraw-delegation", args=[Delegation.objects.get().pk])
            ).status_code
            == 404
        )
        assert client.post(reverse("accounts:withdraw-delegation", args=[uuid4()])).status_code == 404


class TestLeaves:
    def test_are_said_and_ended(self, client: Client) -> None:
        agency = an_agency()
        user, colleague = staff("OFFICER", agency), staff("OFFICER", agency)
        client.force_login(user)
        today = local_date(now())
        sent = {
            "first_day": f"{today:%d/%m/%Y}", "last_day": f"{today:%d/%m/%Y}", "substitute": str(colleague.pk),
            "reason": "Đi họp",
        }  # fmt: skip
        page = client.post(reverse("accounts:leaves"), sent, follow=True).content.decode()

        assert "Việc mới chuyển cho" in page
        absence = Absence.objects.get(person=user)
        other = Client()
        other.force_login(colleague)
        assert "Bạn thay cho" in other.get(reverse("accounts:leaves")).content.decode()
        assert other.post(reverse("accounts:end-leave", args=[absence.pk])).status_code == 404
        page = client.post(reverse("accounts:end-leave", args=[absence.pk]), follow=True).content.decode()
        assert "Đã đi làm lại" in page

    def test_keep_what_was_typed_when_refused(self, client: Client) -> None:
        client.force_login(staff("OFFICER", an_agency()))
        page = client.post(reverse("accounts:leaves"), {"reason": "Nghỉ phép dài"}).content.decode()

        assert "Nghỉ phép dài" in page
        assert "Hãy nhập ngày bắt đầu nghỉ." in page
