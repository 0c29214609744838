"""Viettel Post mô phỏng: answers by the contract and remembers nothing. Absent where simulators are off."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

app_name = "simulated_viettel_post"
View = Callable[[HttpRequest], HttpResponseBase]
UPDATES = {1, 2, 3, 4, 5, 11}


def simulated(view: View) -> View:
    """Absent unless simulators are on; speaks JSON."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        if not settings.SIMULATORS:
            raise Http404
        return view(request)

    shown = csrf_exempt(never_cache(require_POST(answered)))
    shown.public = True  # type: ignore[attr-defined]
    return shown


@simulated
def login(request: HttpRequest) -> HttpResponseBase:
    message = _body(request)
    if not message.get("USERNAME") or not message.get("PASSWORD"):
        return _no("Thiếu tên hoặc mật khẩu")
    return _yes({"token": _token()})


@simulated
def order(request: HttpRequest) -> HttpResponseBase:
    message = _body(request)
    if not constant_time_compare(request.headers.get("token", ""), _token()):
        return _no("Sai mã truy cập")
    if not message.get("ORDER_NUMBER") or not message.get("RECEIVER_ADDRESS"):
        return _no("Thiếu mã đơn hoặc địa chỉ nhận")
    return _yes({"ORDER_NUMBER": f"VTP{str(message['ORDER_NUMBER'])[-9:]}"})


@simulated
def update(request: HttpRequest) -> HttpResponseBase:
    message = _body(request)
    if not constant_time_compare(request.headers.get("token", ""), _token()):
        return _no("Sai mã truy cập")
    if message.get("TYPE") not in UPDATES or not message.get("ORDER_NUMBER"):
        return _no("Không có loại cập nhật này")
    return _yes({})


urlpatterns: list[URLPattern] = [
    path("user/Login", login, name="login"),
    path("order/createOrder", order, name="order"),
    path("order/UpdateOrder", update, name="update"),
]


def _token() -> str:
    return salted_hmac("motcua.simulator", "viettel-post").hexdigest()


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _yes(data: dict[str, Any]) -> HttpResponseBase:
    return JsonResponse({"status": 200, "error": False, "message": "OK", "data": data})


def _no(words: str) -> HttpResponseBase:
    return JsonResponse({"status": 201, "error": True, "message": words, "data": None})
