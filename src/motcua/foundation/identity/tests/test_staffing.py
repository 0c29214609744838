from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import identify_hasher
from django.test import RequestFactory
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from motcua.core.errors import DomainError
from motcua.core.time import now
from motcua.foundation.identity.models import StaffSession, User
from motcua.foundation.identity.operations.second_factor import (
    WrongCode,
    device_of,
    enrol,
    pending_device,
    remove,
    renew_recovery_codes,
    verify,
)
from motcua.foundation.identity.operations.sessions import end_other_sessions, end_session, open_sessions
from motcua.foundation.identity.operations.staffing import (
    appoint,
    change_password,
    create_staff,
    deactivate_staff,
    describe_staff,
    end_appointment,
    reactivate_staff,
)
from motcua.foundation.identity.sessions import AGENT_KEY, IP_KEY, SessionStore, digest
from motcua.foundation.identity.tests.factories import AT, PASSWORD, START, a_post, a_user, an_agency, staff
from motcua.foundation.ledger.models import Line

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str) -> object:
    return authenticate(RequestFactory().post("/"), username=username, password=password)


def code_of(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key, drift=device.drift).token():06d}"


class TestCreateStaff:
    def test_keeps_the_password_as_argon2_and_signs_in_without_case(self, settings: Any) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        user = a_user(username="  Nguyen.An ")

        assert identify_hasher(user.password).algorithm == "argon2"
        assert sign_in("NGUYEN.AN", PASSWORD) == user
        assert sign_in("nguyen.an", "sai") is None
        assert Line.objects.get(subject_id=user.pk).payload["username"] == "nguyen.an"

    def test_refuses_a_name_in_use(self) -> None:
        a_user(username="an.nv")
        with pytest.raises(DomainError, match="đã có người dùng") as refusal:
            a_user(username="AN.NV")
        assert refusal.value.field == "username"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("username", "ab"), ("username", "có dấu"), ("password", "ngan"), ("password", "password1234"),
         ("full_name", "A"), ("email", "khong"), ("phone", "12")],
    )  # fmt: skip
    def test_refuses_wrong_values_by_field(self, field: str, value: str) -> None:
        fields = {"username": "an.nv", "full_name": "Nguyễn Văn An", "password": PASSWORD, field: value}
        with pytest.raises(DomainError) as refusal:
            create_staff(**fields, by=None, at=AT)
        assert refusal.value.field == field


class TestAccount:
    def test_describes(self) -> None:
        user = a_user()
        describe_staff(user, full_name="Trần Bình", email="b@x.vn", phone="", by=None, at=AT)
        user.refresh_from_db()

        assert (user.full_name, user.name_folded, user.email) == ("Trần Bình", "tran binh", "b@x.vn")
        assert Line.objects.get(name="StaffDescribed").payload == {"changed": ["full_name", "email"]}
        assert list(User.objects.called("TRAN bi")) == [user]

    def test_is_out_at_once_when_closed(self) -> None:
        user, admin = a_user(), a_user()
        SessionStoreFor(user)
        deactivate_staff(user, reason="Nghỉ việc", by=admin, at=AT)

        assert not StaffSession.objects.filter(user=user).exists()
        assert sign_in(user.username, PASSWORD) is None
        reactivate_staff(user, by=admin, at=AT)
        assert sign_in(user.username, PASSWORD) == user

    def test_cannot_close_oneself(self) -> None:
        user = a_user()
        with pytest.raises(DomainError, match="tự khóa"):
            deactivate_staff(user, reason="", by=user, at=AT)

    def test_a_password_set_by_another_must_be_changed(self) -> None:
        user, admin = a_user(), a_user()
        change_password(user, new="mật khẩu mới đặt", by=admin, at=AT)
        assert user.must_change_password
        change_password(user, new="mật khẩu của tôi", by=user, at=AT)
        assert not user.must_change_password

    def test_a_new_password_ends_the_other_sessions(self) -> None:
        user = a_user()
        here, elsewhere = SessionStoreFor(user), SessionStoreFor(user)
        change_password(user, new="mật khẩu của tôi", by=user, at=AT, keep_session=digest(here.session_key))

        assert here.exists(here.session_key)
        assert not elsewhere.exists(elsewhere.session_key)


class TestAppoint:
    def test_refuses_the_same_post_twice_at_a_time(self) -> None:
        user, post = a_user(), a_post(an_agency(), "CLERK")
        first = appoint(user, post=post, valid_from=START, by=None, at=AT)
        with pytest.raises(DomainError, match="đã giữ vị trí này"):
            appoint(user, post=post, valid_from=date(2026, 1, 1), by=None, at=AT)
        end_appointment(first, on=date(2026, 1, 1), by=None, at=AT)
        appoint(user, post=post, valid_from=date(2026, 1, 1), by=None, at=AT)

        assert user.memberships.count() == 2

    def test_refuses_a_day_before_the_post(self) -> None:
        with pytest.raises(DomainError) as refusal:
            appoint(a_user(), post=a_post(an_agency(), "CLERK"), valid_from=date(2020, 1, 1), by=None, at=AT)
        assert refusal.value.field == "valid_from"

    def test_users_are_found_by_post(self) -> None:
        commune = an_agency()
        clerk, officer = staff("CLERK", commune), staff("OFFICER", commune)
        staff("CLERK")

        assert set(User.objects.in_post_at([commune.pk], AT.date())) == {clerk, officer}
        assert set(User.objects.in_post_at([commune.pk], AT.date(), roles=["OFFICER"])) == {officer}


def SessionStoreFor(user: User) -> SessionStore:  # noqa: N802  reads as a kind of SessionStore
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store[IP_KEY], store[AGENT_KEY] = "10.1.2.3", "Firefox"
    store.save()
    return store


class TestSessions:
    def test_keeps_only_the_digest_of_the_key(self) -> None:
        store = SessionStoreFor(a_user())
        row = StaffSession.objects.get()

        assert row.key_digest == digest(store.session_key) != store.session_key
        assert store.session_key not in str(row.data)
        assert (row.ip, row.user_agent) == ("10.1.2.3", "Firefox")
        assert SessionStore(store.session_key)[IP_KEY] == "10.1.2.3"

    def test_notes_the_last_use_every_few_minutes(self, django_assert_num_queries: object) -> None:
        store = SessionStoreFor(a_user())
        with django_assert_num_queries(1):
            SessionStore(store.session_key).load()
        StaffSession.objects.update(last_seen_at=now() - timedelta(minutes=6))
        with django_assert_num_queries(2):
            SessionStore(store.session_key).load()
        assert now() - StaffSession.objects.get().last_seen_at < timedelta(minutes=1)

    def test_forgets_what_has_expired(self) -> None:
        store = SessionStoreFor(a_user())
        StaffSession.objects.update(expires_at=now() - timedelta(seconds=1))

        assert SessionStore(store.session_key).load() == {}
        SessionStore.clear_expired()
        assert not StaffSession.objects.exists()

    def test_ends_one_or_all_others_but_never_those_of_another(self) -> None:
        user, other = a_user(), a_user()
        here, second, _third = SessionStoreFor(user), SessionStoreFor(user), SessionStoreFor(user)
        theirs = SessionStoreFor(other)
        second_id = StaffSession.objects.get(key_digest=digest(second.session_key)).pk
        end_session(user, session_id=second_id, at=AT)
        with pytest.raises(DomainError, match="đã kết thúc"):
            end_session(user, session_id=StaffSession.objects.get(user=other).pk, at=AT)

        assert end_other_sessions(user, key=here.session_key, at=AT) == 1
        assert [one.key_digest for one in open_sessions(user, now())] == [digest(here.session_key)]
        assert theirs.exists(theirs.session_key)


class TestSecondFactor:
    @pytest.fixture
    def leader(self) -> User:
        return staff("LEADER")

    def enrolled(self, user: User) -> list[str]:
        codes = enrol(user, code=code_of(pending_device(user)), by=user, at=AT)
        TOTPDevice.objects.update(last_t=-1)  # so that the test may use the same half minute again
        return codes

    def test_begins_with_a_right_code(self, leader: User) -> None:
        assert pending_device(leader).key == pending_device(leader).key
        with pytest.raises(WrongCode):
            enrol(leader, code="000000", by=leader, at=AT)
        TOTPDevice.objects.update(throttling_failure_count=0)

        assert len(set(self.enrolled(leader))) == 10
        assert device_of(leader) is not None
        assert Line.objects.filter(subject_id=leader.pk, name="SecondFactorEnrolled").exists()

    def test_a_code_opens_once(self, leader: User) -> None:
        self.enrolled(leader)
        code = code_of(device_of(leader))
        verify(leader, code=f"{code[:3]} {code[3:]}", at=AT)
        with pytest.raises(WrongCode):
            verify(leader, code=code, at=AT)

    def test_slows_down_who_guesses(self, leader: User) -> None:
        self.enrolled(leader)
        with pytest.raises(WrongCode, match="chưa đúng"):
            verify(leader, code="000000", at=AT)
        with pytest.raises(WrongCode, match="nhiều lần"):
            verify(leader, code=code_of(device_of(leader)), at=AT)

    def test_a_recovery_code_opens_once(self, leader: User) -> None:
        code = self.enrolled(leader)[0]
        verify(leader, code=code.upper(), at=AT)

        assert Line.objects.get(subject_id=leader.pk, name="RecoveryCodeUsed").payload == {"left": 9}
        with pytest.raises(WrongCode):
            verify(leader, code=code, at=AT)

    def test_new_recovery_codes_replace_the_old(self, leader: User) -> None:
        old = self.enrolled(leader)[0]
        new = renew_recovery_codes(leader, at=AT)[0]
        with pytest.raises(WrongCode):
            verify(leader, code=old, at=AT)
        TOTPDevice.objects.update(throttling_failure_count=0)
        verify(leader, code=new, at=AT)

    def test_is_taken_away_by_an_administrator(self, leader: User) -> None:
        self.enrolled(leader)
        remove(leader, reason="Mất điện thoại", by=staff("ADMIN"), at=AT)

        assert device_of(leader) is None
        assert leader.recovery_codes.count() == 0
