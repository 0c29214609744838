"""Máy tự phục vụ: a screen of the hall opens the portal for one person after another and leaves nothing of them behind.

The screen belongs to a unit by the key of its machine (queue.Pairing). *Bắt đầu* gives it a cookie that every answer
renews; who is away for longer than the rule says, or presses *Kết thúc*, is signed out, and session and cookies go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import Forbidden
from motcua.core.time import local_date, now
from motcua.foundation.citizens.middleware import remember
from motcua.foundation.citizens.operations.signing_out import sign_out
from motcua.service.filing.models import Draft
from motcua.service.filing.operations.drafting import rule_on
from motcua.service.queueing.models import QueueMachine
from motcua.web.portal.citizen import session_of
from motcua.web.portal.queue import QueuePage
from motcua.web.ui.drafts import opened_here

KIOSK = "mc-tu-phuc-vu"  # the cookie of a screen that somebody uses now
GRACE = 60  # seconds that the server waits longer than the page, which warns first
KEPT = {"hang-cho-may"}  # what is the screen's own and nobody's trace
STAFF = ("/tai-khoan/", "/quay/", "/ban-lam-viec/", "/giam-sat/", "/quan-tri/")


@dataclass(frozen=True)
class Serving:
    """Máy đang phục vụ: of which unit, and after how many seconds without a touch it is over."""

    machine_id: str
    unit_id: int
    seconds: int


class KioskMiddleware:
    """`request.kiosk`: Serving on a self-service screen, else None; without the cookie nothing is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.kiosk = None  # type: ignore[attr-defined]
        cookie = request.COOKIES.get(KIOSK, "")
        if not cookie:
            return self.get_response(request)
        at = now()
        unit_id, serving = opened(cookie, at)
        if serving is None:
            return wiped(request, HttpResponseRedirect(reverse("portal:self-service", args=[unit_id])), at)
        if request.path.startswith(STAFF):
            return HttpResponseRedirect(reverse("portal:home"))
        request.kiosk = serving  # type: ignore[attr-defined]
        response = self.get_response(request)
        if KIOSK not in response.cookies:
            give(response, serving)
        add_never_cache_headers(response)
        return response


def opened(cookie: str, at: datetime) -> tuple[int, Serving | None]:
    """Which unit's screen it is, and whether it still serves: not left alone, its machine not revoked."""
    seconds = rule_on(local_date(at)).kiosk_minutes * 60
    try:
        machine_id, unit = signing.loads(cookie, salt=KIOSK)
    except signing.BadSignature:
        return 0, None
    try:
        signing.loads(cookie, salt=KIOSK, max_age=seconds + GRACE)
    except signing.SignatureExpired:
        return int(unit), None
    if not QueueMachine.objects.filter(pk=machine_id, revoked_at=None).exists():
        return int(unit), None
    return int(unit), Serving(machine_id, int(unit), seconds)


def give(response: HttpResponse, serving: Serving) -> None:
    """The cookie anew: its time is when the screen was last touched."""
    response.set_cookie(
        KIOSK,
        signing.dumps([serving.machine_id, serving.unit_id], salt=KIOSK),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def wiped(request: HttpRequest, response: HttpResponse, at: datetime) -> HttpResponse:
    """Xóa dấu vết: signed out, the session and every cookie gone, nothing kept by the browser."""
    session = session_of(request)
    if session is not None:
        sign_out(session, at=at)
        remember(request, "")
    request.session.flush()
    for name in set(request.COOKIES) - KEPT:
        response.delete_cookie(name)
    response.delete_cookie("mc-dang-nhap", path=reverse("portal:citizen-sign-in"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    add_never_cache_headers(response)
    return response


class SelfService(QueuePage):
    """Màn hình đầu: one big button; before it nobody's trace is there."""

    public = True

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        if unit_id == 0:
            return self.go("portal:home")
        unit = self.unit(unit_id)
        return self.render(
            "portal/kiosk/start.html",
            unit=unit,
            may_serve=self.may_serve(unit.pk),
            may_take=self.machine is not None and self.hands(unit) is not None,
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        if not self.may_serve(unit.pk) or self.machine is None:
            raise Forbidden("Chỉ máy đặt tại Bộ phận Một cửa dùng được cách này.")
        response = wiped(request, self.go("portal:home"), self.at)
        response.cookies.pop(KIOSK, None)
        give(response, Serving(str(self.machine.pk), unit.pk, 0))
        return response

    def may_serve(self, unit_id: int) -> bool:
        machine = self.machine
        return machine is not None and machine.unit_id == unit_id and machine.may(QueueMachine.Right.SELF)


class Finish(QueuePage):
    """Kết thúc: at once; then the slips with the codes, which are nobody's once they are printed."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("portal:home")

    def post(self, request: HttpRequest) -> HttpResponse:
        serving: Serving | None = getattr(request, "kiosk", None)
        if serving is None:
            return self.go("portal:home")
        opened = Draft.objects.open(at=self.at).filter(pk__in=opened_here(request))
        drafts = list(opened.select_related("revision"))
        unit = self.unit(serving.unit_id)
        request.kiosk = None  # type: ignore[attr-defined]
        address = request.build_absolute_uri(reverse("portal:resume-filing"))
        qr = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
        response = self.render("portal/kiosk/ended.html", unit=unit, drafts=drafts, qr=qr)
        return wiped(request, response, self.at)


class StillHere(QueuePage):
    """Còn ở đây: somebody types; the answer is nothing but the cookie anew."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=204)
