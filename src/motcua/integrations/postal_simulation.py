"""Bưu chính mô phỏng: what the simulators of all carriers share. Absent where simulators are off.

A switch under VAR says how they answer: at once, too late, or with a web page. The end of the receiver's phone says what
becomes of a parcel: 98 is not found, 96 is sent back, with 97 the order is answered by a web page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from motcua.integrations.postal_line import PATIENCE

View = Callable[[HttpRequest], HttpResponseBase]
MODES = {"AT_ONCE": "Trả lời ngay", "SLOW": "Im lặng quá lâu", "PAGE": "Trả lời một trang web"}
TOO_LONG = PATIENCE + 1  # seconds
NOT_FOUND, SENT_BACK, PAGE = "98", "96", "97"  # ends of a phone
MOST_ORDERS = 5000  # of a simulator, so that it never fills a disk


def simulated(*methods: str) -> Callable[[View], View]:
    """Absent unless simulators are on; answers as the switch says."""

    def made(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponseBase:
            if not settings.SIMULATORS:
                raise Http404
            if mode() == "SLOW":
                time.sleep(TOO_LONG)
            return a_page() if mode() == "PAGE" else view(request)

        shown = csrf_exempt(never_cache(require_http_methods(methods)(answered)))
        shown.public = True  # type: ignore[attr-defined]
        return shown

    return made


def mode() -> str:
    try:
        said = (_home() / "mode").read_text().strip()
    except OSError:
        return "AT_ONCE"
    return said if said in MODES else "AT_ONCE"


def switch(wanted: str) -> None:
    """Đổi cách bưu chính mô phỏng trả lời."""
    _home().mkdir(parents=True, exist_ok=True)
    (_home() / "mode").write_text(wanted)


def a_page() -> HttpResponse:
    """A web page where data was asked for, as a broken gateway sends."""
    return HttpResponse("<html><body>502 Bad Gateway</body></html>")


def token(name: str) -> str:
    """Mã truy cập of a simulator."""
    return salted_hmac("motcua.simulator", name).hexdigest()


def message_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent, or an empty one."""
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _home() -> Path:
    return Path(settings.VAR) / "post"
