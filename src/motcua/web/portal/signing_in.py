"""Đăng nhập của công dân: choose who vouches for you, or go on without."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from motcua.foundation.citizens.models import AssuranceLevel
from motcua.web.portal.citizen import citizen_of
from motcua.web.ui.pages import Page


class SignInPage(Page):
    """Chọn cách đăng nhập."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.next_address("")
        if citizen_of(request) is not None:
            return self.go(wanted or "/")
        return self.choose(wanted)

    def choose(self, wanted: str, **more: Any) -> HttpResponse:
        response = self.render(
            "portal/citizen/sign_in.html", providers=[], wanted=wanted, **{"level": None, **more}
        )
        add_never_cache_headers(response)
        return response


class StepUp(SignInPage):
    """Đăng nhập lại ở mức cao hơn."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET.get("muc", "")
        rank = int(given) if given.isdecimal() and len(given) < 3 else 0
        level = AssuranceLevel.objects.filter(rank__gte=rank).first()
        return self.choose(self.next_address(""), level=level)
