"""Khuôn trang: the Jinja2 environment of every page, and what every page knows without asking."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from motcua.core.money import figures, vnd
from motcua.core.time import now
from motcua.foundation.identity.access import access_of
from motcua.web.ui import wording
from motcua.web.ui.forms import Form
from motcua.web.ui.menu import Menu
from motcua.web.ui.states import state_look

THEMES = {"light", "dark"}
SIZES = {"large"}


def environment(**options: Any) -> Environment:
    """The environment that settings.TEMPLATES names. A name that is not there is a fault, not a blank."""
    options.setdefault("undefined", StrictUndefined)
    options.update(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made = Environment(**options)  # noqa: S701  said in the line above
    made.globals.update(
        url=url,
        maybe_url=maybe_url,
        static=static,
        icon=icon,
        state_look=state_look,
        query=query,
        now=now,
        form=Form(),  # of a page that reads nothing; a page that does gives its own
    )
    made.filters.update(
        vn_date=wording.vn_date,
        vn_time=wording.vn_time,
        vn_datetime=wording.vn_datetime,
        vn_moment=wording.vn_moment,
        vn_weekday=wording.vn_weekday,
        vn_iso=wording.vn_iso,
        vnd=vnd,
        figures=figures,
        remaining=wording.remaining,
        span=wording.span,
        amount=wording.amount,
        ago=wording.ago,
        file_size=wording.file_size,
        masked=wording.masked,
        lower_first=wording.lower_first,
        lines=lines,
    )
    return made


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page has; each costs nothing until it is asked."""
    user = getattr(request, "user", None)
    access = SimpleLazyObject(lambda: access_of(request.user, now()))
    return {
        "user": user,
        "access": access,
        "menu": Menu(request, access),
        "messages": get_messages(request),
        "theme": chosen(request, "theme", THEMES),
        "size": "large" if getattr(request, "kiosk", None) else chosen(request, "size", SIZES),
        "kiosk": getattr(request, "kiosk", None),  # a self-service screen: what to end, and when by itself
        "place": place(),
        "is_demo": settings.DEMO,
        "citizen": getattr(request, "citizen", None),  # of the portal; never a row of the staff
        "citizen_session": getattr(request, "citizen_session", None),
        "representative": getattr(request, "representative", None),
    }


def chosen(request: HttpRequest, name: str, allowed: set[str]) -> str:
    value = request.COOKIES.get(name, "")
    return value if value in allowed else ""


def place() -> str:
    """Tên địa phương đứng tên trang."""
    return str(getattr(settings, "PLACE", "")) or ("Tỉnh minh họa" if settings.DEMO else "")


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Đường dẫn: the address of a named route."""
    return reverse(name, args=args, kwargs=kwargs)


def maybe_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named route, or "" when this installation has no such page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=512)
def icon(name: str, label: str = "", *, extra: str = "") -> Markup:
    """Biểu tượng: an icon of the sprite. Hidden from readers unless it has a `label`."""
    said = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true" focusable="false"')
    )
    kind = f"icon {extra}".strip()
    return Markup('<svg class="{}" {}><use href="{}#{}"></use></svg>').format(
        kind, said, static("built/icons.svg"), name
    )


def query(request: HttpRequest, **changes: Any) -> str:
    """The query string of this page with some values changed; None or "" takes one away."""
    kept = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            kept.pop(name, None)
        else:
            kept[name] = str(value)
    return f"?{kept.urlencode()}" if kept else "?"


def lines(text: str) -> Markup:
    """Text of a person, with its line breaks."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())
