"""Đăng nhập của công dân: choose who vouches for you, come back, confirm; sign out here and there."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.citizens.middleware import remember
from motcua.foundation.citizens.models import AssuranceLevel
from motcua.foundation.citizens.operations.signing_in import (
    ConfirmationNeeded,
    link_provider,
    recognise,
    sign_in,
)
from motcua.foundation.citizens.operations.signing_out import sign_out
from motcua.foundation.citizens.sessions import COOKIE
from motcua.integrations.sign_in.faults import Busy, NotOurs, SignInFault
from motcua.integrations.sign_in.models import SignInProvider
from motcua.integrations.sign_in.operations.leaving import take_back, way_out
from motcua.integrations.sign_in.operations.travelling import Vouched, begin, come_back, finish, held, hold
from motcua.web.portal.citizen import citizen_of, session_of
from motcua.web.ui.network import client_ip
from motcua.web.ui.pages import Page

BROWSER = "mc-dang-nhap"  # the mark of this browser, to which each way to a provider is bound
BROWSER_FOR = 3600
RETRY_AFTER = 3


class SigningIn(Page):
    """What the pages on the way share."""

    abstract = True
    public = True

    def safe(self, address: str, otherwise: str = "") -> str:
        """An address of our own, or the other one."""
        is_ours = url_has_allowed_host_and_scheme(
            address, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return address if is_ours and address.startswith("/") else otherwise

    def choose(self, wanted: str, **more: Any) -> HttpResponse:
        """The ways to sign in; a level narrows nothing, the provider is asked for it."""
        shown = {"level": None, "fault": None, "linking": False, **more}
        kept = {
            "next": wanted,
            "muc": shown["level"].rank if shown["level"] else "",
            "lien-ket": "1" if shown["linking"] else "",
        }
        asked = urlencode({name: value for name, value in kept.items() if value})
        ways = [
            (
                provider,
                f"{reverse('portal:citizen-departure', args=[provider.pk])}{'?' if asked else ''}{asked}",
            )
            for provider in SignInProvider.objects.offered_on(local_date(self.at))
        ]
        return self.unkept(self.render("portal/citizen/sign_in.html", ways=ways, wanted=wanted, **shown))

    def unkept(self, response: HttpResponse) -> HttpResponse:
        add_never_cache_headers(response)
        return response

    @property
    def browser(self) -> str:
        return self.request.COOKIES.get(BROWSER, "")

    def enter(self, vouched: Vouched, *, agreed: bool = False) -> HttpResponse:
        """Open the session, or ask whether the person is whom we know. Raises DomainError."""
        if vouched.attempt.linking is not None:
            return self.link(vouched)
        try:
            entered = sign_in(
                vouched.claims, at=self.at, agreed=agreed, ip=client_ip(self.request), tokens=vouched.tokens,
                user_agent=self.request.headers.get("User-Agent", ""), previous=session_of(self.request),
            )  # fmt: skip
        except ConfirmationNeeded:
            return self.go("portal:citizen-confirm", hold(vouched))
        finish(vouched.attempt, at=self.at)
        rotate_token(self.request)
        response = self.go(self.safe(vouched.attempt.wanted, reverse("portal:citizen-home")))
        response.set_cookie(
            COOKIE, entered.key, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
        return response

    def link(self, vouched: Vouched) -> HttpResponse:
        """A further way in, for who is signed in already."""
        session = session_of(self.request)
        if session is None or session.account_id != vouched.attempt.linking_id:
            raise NotOurs(vouched.attempt.provider, "link")
        link_provider(session.account, vouched.claims, at=self.at)
        finish(vouched.attempt, at=self.at)
        sentence = (
            f"Đã liên kết {vouched.claims.provider_name}. Lần sau bạn đăng nhập bằng cách nào cũng được."
        )
        return self.done(sentence, "portal:citizen-account")

    def refused_to_enter(
        self, refusal: DomainError, wanted: str, level: AssuranceLevel | None = None
    ) -> HttpResponse:
        """Plain words and the ways to try again; where the person came from is kept."""
        wanted = self.safe(wanted)
        self.status = 503 if isinstance(refusal, Busy) else 422
        response = self.choose(wanted, fault=refusal, level=level)
        if isinstance(refusal, Busy):
            response["Refresh"] = str(RETRY_AFTER)
        return response


class SignInPage(SigningIn):
    """Chọn cách đăng nhập."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.next_address("")
        if citizen_of(request) is not None:
            return self.go(wanted or "portal:citizen-home")
        return self.choose(wanted)


class StepUp(SigningIn):
    """Đăng nhập lại ở mức cao hơn."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.choose(self.next_address(""), level=level_asked(request))


class Departure(SigningIn):
    """Sang nơi cấp tài khoản. A link, not a form: the page's policy lets no form lead to another site."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        provider = SignInProvider.objects.offered_on(local_date(self.at)).filter(pk=code).first()
        if provider is None:
            raise self.missing("Cách đăng nhập này không còn mở.")
        browser = self.browser or secrets.token_urlsafe(32)
        session = session_of(request)
        linking = session.account if session and request.GET.get("lien-ket") else None
        address = begin(
            provider, browser=browser, redirect_uri=request.build_absolute_uri(reverse("portal:citizen-back")),
            wanted=self.next_address(""), at=self.at, level=level_asked(request), linking=linking,
        )  # fmt: skip
        response = self.unkept(self.go(address))
        response.set_cookie(
            BROWSER, browser, max_age=BROWSER_FOR, httponly=True, samesite="Lax", path=reverse("portal:citizen-sign-in"),
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        return response


class Return(SigningIn):
    """Từ nơi cấp tài khoản trở về."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        if not given:  # opened by hand
            return self.go("portal:citizen-sign-in")
        try:
            vouched = come_back(
                state=given.get("state", ""), code=given.get("code", ""), error=given.get("error", ""),
                issuer=given.get("iss", ""), browser=self.browser, at=self.at,
            )  # fmt: skip
        except SignInFault as fault:
            return self.refused_to_enter(fault, fault.wanted, fault.level)
        try:
            return self.unkept(self.enter(vouched))
        except DomainError as refusal:
            return self.refused_to_enter(refusal, vouched.attempt.wanted, vouched.attempt.level)


class Confirmation(SigningIn):
    """Xác nhận: somebody with this number is known here; is it you?"""

    public = True

    def get(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        try:
            vouched = held(attempt_id, browser=self.browser, at=self.at)
        except SignInFault as fault:
            return self.refused_to_enter(fault, fault.wanted, fault.level)
        found = recognise(vouched.claims)
        return self.unkept(
            self.render(
                "portal/citizen/confirm.html",
                claims=vouched.claims,
                found=found,
                wanted=vouched.attempt.wanted,
            )
        )

    def post(self, request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        try:
            vouched = held(attempt_id, browser=self.browser, at=self.at)
        except SignInFault as fault:
            return self.refused_to_enter(fault, fault.wanted, fault.level)
        if "khong" in request.POST:
            finish(vouched.attempt, at=self.at)
            messages.info(
                request,
                "Bạn chưa đăng nhập. Nếu số định danh bị ghi nhầm cho người khác, hãy báo Bộ phận Một cửa để được sửa.",
            )
            return self.go(self.safe(vouched.attempt.wanted, reverse("portal:citizen-sign-in")))
        try:
            return self.enter(vouched, agreed=True)
        except DomainError as refusal:
            return self.refused_to_enter(refusal, vouched.attempt.wanted, vouched.attempt.level)


class SignOut(SigningIn):
    """Đăng xuất: here at once; there, if the person wishes, by a link."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("portal:citizen-home" if citizen_of(request) else "portal:home")

    def post(self, request: HttpRequest) -> HttpResponse:
        session = session_of(request)
        if session is None:
            return self.go("portal:home")
        name, address = way_out(session, back_to=request.build_absolute_uri(reverse("portal:home")))
        take_back(session)
        sign_out(session, at=self.at)
        remember(request, "")
        rotate_token(request)
        response = self.unkept(
            self.render("portal/citizen/signed_out.html", provider_name=name, address=address)
        )
        response.delete_cookie(COOKIE)
        return response


def level_asked(request: HttpRequest) -> AssuranceLevel | None:
    """The lowest level that is high enough for what the page asks."""
    given = request.GET.get("muc", "")
    rank = int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else 0
    return AssuranceLevel.objects.filter(rank__gte=rank).first() if rank else None
