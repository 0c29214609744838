"""Trang: the one base of every view. It asks for the permission, and turns a refusal into words, in one place."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.time import now
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.web.ui.forms import Form, Reader

SECOND_FACTOR = "second_factor"  # key in the session, set true by accounts after the second factor
SECOND_FACTOR_ROUTE = "accounts:second-factor"
NEVER_SHOWN = {"password", "old", "repeated"}  # fields of passwords


class Page(View):
    """Một trang. Says who may open it: `permission`, or `any_of`, or `any_staff = True`, or `public = True`.

    `get` answers with `self.render(template, **context)`. `post` reads with `self.read()`, calls one operation and
    answers with `self.done(sentence, route)`. A DomainError raised in `post` is shown by `get` again, with status 422,
    everything that was typed and the sentence beside its field.
    """

    permission: ClassVar[Permission | None] = None
    any_of: ClassVar[tuple[Permission, ...]] = ()
    any_staff: ClassVar[bool] = False
    public: ClassVar[bool] = False
    asks_second_factor: ClassVar[bool] = True
    asks_new_password: ClassVar[bool] = True  # of who signs in with a password that somebody else has set

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not (cls.permission or cls.any_of or cls.any_staff or cls.public or cls.__dict__.get("abstract")):
            raise TypeError(
                f"{cls.__qualname__} must say who may open it: permission, any_of, any_staff or public."
            )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.form = Form()
        self.status = 200

    @cached_property
    def at(self) -> datetime:
        """Lúc này: one instant for the whole request."""
        return now()

    @cached_property
    def user(self) -> User:
        """The person who is signed in; only on pages that are not public."""
        user = self.request.user
        if isinstance(user, SimpleLazyObject):  # the person themselves: a proxy is slower at each attribute
            user = get_user(self.request)
        assert isinstance(user, User)  # noqa: S101  dispatch has let nobody else in
        return user

    @cached_property
    def access(self) -> Access:
        return access_of(self.request.user, self.at)

    @property
    def is_fragment(self) -> bool:
        """The page asks by itself, for a part (htmx)."""
        headers = self.request.headers
        return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self._holds_nul():
            raise BadRequest("NUL")
        try:
            entrance = self.entrance()
            return entrance or super().dispatch(request, *args, **kwargs)
        except Forbidden as refusal:
            return self.forbidden(refusal)
        except Stale as refusal:
            return self.stale(refusal)
        except DomainError as refusal:
            return self.refused(refusal, *args, **kwargs)

    def _holds_nul(self) -> bool:
        """No text of ours holds the letter NUL and the database keeps none: whoever sends it wrote no form of ours."""
        typed = [self.request.GET, self.request.POST] if self.request.method == "POST" else [self.request.GET]
        values = (value for form in typed for _, held in form.lists() for value in held)
        return "\0" in self.request.path or any("\0" in value for value in values)

    def entrance(self) -> HttpResponse | None:
        """Who comes in: None, or where to go first. Raises Forbidden."""
        if self.public:
            return None
        if not self.request.user.is_authenticated:
            return self.send_to(reverse("accounts:sign-in"))
        if (
            self.asks_second_factor
            and self.access.needs_second_factor
            and not self.request.session.get(SECOND_FACTOR)
        ):
            return self.send_to(reverse(SECOND_FACTOR_ROUTE))
        if self.asks_second_factor and self.asks_new_password and self.user.must_change_password:
            return self.send_to(reverse("accounts:password"))
        if self.permission:
            self.access.require(self.permission)
        if self.any_of and not any(self.access.may(permission) for permission in self.any_of):
            self.access.require(self.any_of[0])
        return None

    def send_to(self, address: str) -> HttpResponse:
        """Go elsewhere first, and come back here afterwards."""
        wanted = self.request.get_full_path() if self.request.method == "GET" else ""
        address = f"{address}?{urlencode({'next': wanted})}" if wanted not in {"", "/"} else address
        return self.go(address)

    # Reading

    def read(self) -> Reader:
        """A reader of what was posted; the page keeps it to show again."""
        self.form = Form(self.request.POST)
        return Reader(self.request.POST)

    # Answers

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        """The page, or a fragment: the same templates serve both."""
        context = {"form": self.form, "at": self.at, **context}
        return render(self.request, template, context, status=status or self.status)

    def done(self, sentence: str, route: str = "", *args: Any, undo: str = "", **kwargs: Any) -> HttpResponse:
        """After an act: say what happened on the page that follows. `route` is a name or an address.

        `undo` is the address that a POST takes back the act with, for some seconds.
        """
        messages.success(self.request, sentence, extra_tags=f"undo:{undo}" if undo else "")
        return self.go(route or self.request.get_full_path(), *args, **kwargs)

    def go(self, route: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Another page; a fragment's page follows too."""
        address = resolve_url(route, *args, **kwargs)
        if not self.is_fragment:
            return HttpResponseRedirect(address)
        followed = HttpResponse(status=204)
        followed["HX-Redirect"] = address
        return followed

    def next_address(self, otherwise: str) -> str:
        """Where the person came from, when that is one of our own pages."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        is_ours = url_has_allowed_host_and_scheme(
            wanted, {self.request.get_host()}, require_https=self.request.is_secure()
        )
        return wanted if is_ours and wanted.startswith("/") else otherwise

    # Refusals

    def refused(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page again, with the sentence beside its field and everything that was typed."""
        if self.request.method != "POST":
            return self.plainly(refusal)
        errors = refusal.errors if isinstance(refusal, InvalidInput) else {refusal.field: refusal.message}
        self.form = Form(self.request.POST, {name: sentence for name, sentence in errors.items() if name})
        self.status = 422
        if not self.form.errors and not self.is_fragment:
            messages.error(self.request, refusal.message)
        return self.again(refusal, *args, **kwargs)

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What is shown after a refusal: the page that asked. A page that has no `get` says the sentence alone."""
        get = getattr(self, "get", None)
        if self.is_fragment:
            return self.said(refusal, 422)
        if get is None:
            return self.plainly(refusal)
        try:
            answer: HttpResponseBase = get(self.request, *args, **kwargs)
        except DomainError as why:  # what cannot be done here cannot be read here either
            return self.plainly(why)
        return answer

    def plainly(self, refusal: DomainError) -> HttpResponse:
        """The sentence on a page of its own, with the rule behind it and the way back."""
        return render(
            self.request, "ui/refusal.html", {"refusal": refusal, "back": self.way_back()}, status=422
        )

    def way_back(self) -> str:
        """Where one goes who cannot do this here."""
        back = self.request.headers.get("Referer", "")
        return back if url_has_allowed_host_and_scheme(back, {self.request.get_host()}) else "/"

    def stale(self, refusal: Stale) -> HttpResponse:
        """Trang đã cũ: the act was not done; show what to look at now."""
        if self.is_fragment:
            return self.said(refusal, 409)
        back = self.request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {self.request.get_host()}):
            back = self.request.path if hasattr(self, "get") else "/"
        context = {"refusal": refusal, "back": back, "written": self.written()}
        return render(self.request, "ui/stale.html", context, status=409)

    def written(self) -> list[str]:
        """What a hand has written into the form: sentences, which keys and choices are not; never a password."""
        texts = [str(text).strip() for name, text in self.request.POST.items() if name not in NEVER_SHOWN]
        return [text for text in texts if len(text.split()) > 1]

    def forbidden(self, refusal: Forbidden) -> HttpResponse:
        if self.is_fragment:
            return self.said(refusal, 403)
        return render(self.request, "ui/forbidden.html", {"refusal": refusal}, status=403)

    def said(self, refusal: DomainError, status: int) -> HttpResponse:
        """The sentence alone, into the messages of the page that is open (htmx)."""
        response = render(self.request, "ui/_refusal.html", {"refusal": refusal}, status=status)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
        return response

    def missing(self, sentence: str = "") -> Http404:
        """`raise self.missing("Không có hồ sơ này.")`."""
        return Http404(sentence)


class Appearance(Page):
    """Cách hiện trang: light or dark, usual or large text; kept in a cookie, without a person."""

    public = True
    choices: ClassVar[dict[str, tuple[str, ...]]] = {
        "theme": ("light", "dark", "auto"),
        "size": ("large", "usual"),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(self.next_address("/"))
        for name, allowed in self.choices.items():
            value = request.POST.get(name, "")
            if value in allowed:
                response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax", path="/")
        return response
