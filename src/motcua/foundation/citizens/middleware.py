"""Ai đang đăng nhập ở cổng: every request knows its citizen; without the cookie nothing is asked of the database."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from motcua.core.time import now
from motcua.foundation.citizens.sessions import COOKIE, session_of


class CitizenMiddleware:
    """`request.citizen`: in whose name the page is (a person, or the organisation they act for), or None.

    `request.citizen_session`: the sign-in; `request.representative`: by whom, when it is for an organisation.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(COOKIE, "")
        remember(request, key)
        return self.get_response(request)


def remember(request: HttpRequest, key: str) -> None:
    """Put the citizen of this key on the request; a page that has just signed somebody in calls it again."""
    at = now()
    session = session_of(key, at) if key else None
    representative = session.representative if session else None
    if representative is not None and not (
        representative.acts_at(at) and representative.organisation.is_active
    ):
        representative = None
    request.citizen_session = session  # type: ignore[attr-defined]
    request.representative = representative  # type: ignore[attr-defined]
    request.citizen = (  # type: ignore[attr-defined]
        representative.organisation if representative else session.account if session else None
    )
