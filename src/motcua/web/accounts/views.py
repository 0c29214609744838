"""Signing in and out, the second factor, one's own devices and password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations import second_factor, sessions
from motcua.foundation.identity.operations.staffing import change_password
from motcua.foundation.identity.sessions import AGENT_KEY, IP_KEY, digest
from motcua.web.ui.devices import device_name
from motcua.web.ui.menu import Menu
from motcua.web.ui.network import client_ip
from motcua.web.ui.pages import SECOND_FACTOR, Page

HOME = "accounts:home"


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: say how long to wait, and nothing about the account."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return render(request, "accounts/sign_in/locked.html", {"minutes": minutes}, status=429)


@method_decorator(never_cache, name="dispatch")
class Door(Page):
    """A page of one's own account: no audience's permission, and never kept by the browser."""

    any_staff = True
    asks_second_factor = False

    def onward(self) -> HttpResponse:
        """Where the person wanted to go, or home."""
        return self.go(self.next_address(reverse(HOME)))

    def with_next(self, route: str) -> HttpResponse:
        """One step more before that."""
        wanted = self.next_address("")
        return self.go(f"{reverse(route)}?{urlencode({'next': wanted})}" if wanted else route)


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignIn(Door):
    any_staff = False
    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self.status == 200:
            return self.onward()
        return self.render("accounts/sign_in/edit.html", next=self.next_address(""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        username = form.text("username", required="Hãy nhập tên đăng nhập.", longest=60).lower()
        form.text("password", required="Hãy nhập mật khẩu.", longest=1000, is_tidy=False)
        form.check()
        user = authenticate(request, username=username, password=request.POST["password"])
        if getattr(request, "axes_locked_out", False):
            return locked_out(request)
        if not isinstance(user, User):
            raise DomainError(
                "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra phím Caps Lock rồi nhập lại.",
                field="password",
            )
        self.enter(user)
        if access_of(user, self.at).needs_second_factor:
            return self.with_next("accounts:second-factor")
        return self.with_next("accounts:password") if user.must_change_password else self.onward()

    def enter(self, user: User) -> None:
        login(self.request, user)
        ip = client_ip(self.request)
        self.request.session[IP_KEY] = ip
        self.request.session[AGENT_KEY] = self.request.headers.get("User-Agent", "")
        self.request.session[SECOND_FACTOR] = False
        sessions.note_sign_in(user, ip=ip, at=self.at)


class SignOut(Door):
    any_staff = False
    public = True

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return self.done("Bạn đã đăng xuất.", "accounts:sign-in")


class Home(Door):
    """The first room that this person works in."""

    asks_second_factor = True

    def get(self, request: HttpRequest) -> HttpResponse:
        room = next(iter(Menu(request, self.access)), None)
        return (
            self.go(room.url) if room else self.render("accounts/home/show.html", grants=self.access.grants)
        )


class SecondFactor(Door):
    def get(self, request: HttpRequest) -> HttpResponse:
        device = second_factor.device_of(self.user)
        if device is None:
            return self.with_next("accounts:enrol")
        code = second_factor.code_for_demo(device) if settings.DEMO else ""
        return self.render("accounts/second_factor/edit.html", demo_code=code, next=self.next_address(""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        code = form.text("code", required="Hãy nhập mã.", longest=20)
        form.check()
        second_factor.verify(self.user, code=code, at=self.at)
        self.pass_on()
        return self.with_next("accounts:password") if self.user.must_change_password else self.onward()

    def pass_on(self) -> None:
        self.request.session.cycle_key()
        self.request.session[SECOND_FACTOR] = True


class Enrolment(SecondFactor):
    """The first device; a person who has one must pass it, not replace it."""

    def entrance(self) -> HttpResponse | None:
        elsewhere = super().entrance()
        if elsewhere is None and second_factor.device_of(self.user) is not None:
            return self.with_next("accounts:second-factor")
        return elsewhere

    def get(self, request: HttpRequest) -> HttpResponse:
        device = second_factor.pending_device(self.user)
        return self.render(
            "accounts/second_factor/new.html",
            qr=segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2),
            secret=second_factor.secret_of(device),
            demo_code=second_factor.code_for_demo(device) if settings.DEMO else "",
            next=self.next_address(""),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        code = form.text("code", required="Hãy nhập 6 số đang hiện trong ứng dụng.", longest=20)
        form.check()
        codes = second_factor.enrol(self.user, code=code, by=self.user, at=self.at)
        self.pass_on()
        return self.render(
            "accounts/second_factor/codes.html", codes=codes, next=self.next_address(reverse(HOME))
        )


class RecoveryCodes(Door):
    asks_second_factor = True

    def post(self, request: HttpRequest) -> HttpResponse:
        if second_factor.device_of(self.user) is None:
            raise DomainError("Tài khoản chưa bật xác thực hai lớp.")
        codes = second_factor.renew_recovery_codes(self.user, at=self.at)
        return self.render(
            "accounts/second_factor/codes.html", codes=codes, next=reverse("accounts:sessions")
        )


class Sessions(Door):
    asks_second_factor = True

    def get(self, request: HttpRequest) -> HttpResponse:
        here = digest(request.session.session_key or "")
        devices = [
            {"session": one, "name": device_name(one.user_agent), "is_here": one.key_digest == here}
            for one in sessions.open_sessions(self.user, self.at)
        ]
        codes_left = self.user.recovery_codes.filter(used_at__isnull=True).count()
        return self.render(
            "accounts/sessions/index.html",
            devices=devices,
            has_second_factor=second_factor.device_of(self.user) is not None,
            codes_left=codes_left,
        )


class SessionEnd(Door):
    asks_second_factor = True

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        sessions.end_session(self.user, session_id=session_id, at=self.at)
        return self.done("Đã đăng xuất thiết bị đó.", "accounts:sessions")


class OtherSessionsEnd(Door):
    asks_second_factor = True

    def post(self, request: HttpRequest) -> HttpResponse:
        count = sessions.end_other_sessions(self.user, key=request.session.session_key or "", at=self.at)
        return self.done(f"Đã đăng xuất {count} thiết bị khác.", "accounts:sessions")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(Door):
    asks_second_factor = True
    asks_new_password = False

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("accounts/password/edit.html", next=self.next_address(""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        form.text("old", required="Hãy nhập mật khẩu đang dùng.", longest=1000, is_tidy=False)
        form.text("password", required="Hãy nhập mật khẩu mới.", longest=1000, is_tidy=False)
        new = request.POST.get("password", "")
        if not self.user.check_password(request.POST.get("old", "")):
            form.refuse("old", "Mật khẩu đang dùng chưa đúng.")
        if new != request.POST.get("repeated"):
            form.refuse("repeated", "Hai lần nhập mật khẩu mới chưa giống nhau.")
        if new and new == request.POST.get("old"):
            form.refuse("password", "Mật khẩu mới phải khác mật khẩu đang dùng.")
        form.check()
        here = digest(request.session.session_key or "")
        change_password(self.user, new=new, by=self.user, at=self.at, keep_session=here)
        update_session_auth_hash(request, self.user)
        address = self.next_address(reverse("accounts:sessions"))
        return self.done("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất.", address)
