"""Bưu chính mô phỏng: takes orders by the contract, and tells of them after some minutes. Absent where simulators are off.

Receivers whose phone ends with 98 are not found; with 97 the answer is a web page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from motcua.core.time import now
from motcua.integrations.vnpost.models import SimulatedPost

app_name = "simulated_vnpost"
View = Callable[[HttpRequest], HttpResponseBase]
TOKEN = "simulated-vnpost"  # noqa: S105  the name that its token is derived from
WAY = (("1", "Đã nhận yêu cầu", 0), ("3", "Đang vận chuyển", 10), ("4", "Phát thành công", 20))
FAILING = (*WAY[:2], ("5", "Không liên hệ được người nhận", 20))
MOST_ORDERS = 5000  # of the simulator, so that it never fills a disk


def simulated(view: View) -> View:
    """Absent unless simulators are on; speaks JSON."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        if not settings.SIMULATORS:
            raise Http404
        return view(request)

    answered.public = True  # type: ignore[attr-defined]
    shown = csrf_exempt(never_cache(require_POST(answered)))
    shown.public = True  # type: ignore[attr-defined]
    return shown


@simulated
def token(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse({"access_token": _token(), "token_type": "Bearer", "expires_in": 3600})


@simulated
def api(request: HttpRequest) -> HttpResponseBase:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, _token()):
        return JsonResponse({"Status": "401", "Message": "Sai mã truy cập"}, status=401)
    try:
        message = json.loads(request.body)
    except ValueError:
        message = None
    acts = {"price": _price, "order": _order, "tracking": _tracking, "cancel": _cancel}
    act = acts.get(request.GET.get("service", ""))
    if act is None or not isinstance(message, dict):
        return JsonResponse({"Status": "400", "Message": "Không có dịch vụ này"}, status=400)
    return act(message)


urlpatterns: list[URLPattern] = [path("token", token, name="token"), path("api", api, name="api")]


def _token() -> str:
    return salted_hmac("motcua.simulator", TOKEN).hexdigest()


def _price(message: dict[str, Any]) -> HttpResponseBase:
    is_local = (message.get("sender") or {}).get("provCode") == (message.get("receiver") or {}).get(
        "provCode"
    )
    grams = max(int(message.get("weight") or 0), 1)
    amount = (22_000 if is_local else 31_000) + 5_000 * ((grams - 1) // 500)
    return JsonResponse({"content": {"price": amount}})


@transaction.atomic
def _order(message: dict[str, Any]) -> HttpResponseBase:
    number = str(message.get("OrderNumber", ""))[:60]
    phone = str((message.get("Receiver") or {}).get("Tel", ""))
    if phone.endswith("97"):
        return HttpResponse("<html><body>502 Bad Gateway</body></html>")
    if not number or SimulatedPost.objects.count() > MOST_ORDERS:
        return JsonResponse({"Status": "99", "Message": "Thiếu mã đơn"})
    at = now()
    for status, words, minutes in FAILING if phone.endswith("98") else WAY:
        SimulatedPost.objects.get_or_create(
            order_number=number, status=status,
            defaults={"words": words, "due_at": at + timedelta(minutes=minutes)},
        )  # fmt: skip
    return JsonResponse({"Status": "1", "Message": "OK", "ItemCode": f"MP{number[-9:]}VN"})


def _tracking(message: dict[str, Any]) -> HttpResponseBase:
    """A page after `lastId`. A message not yet due holds back what was written after it, so that none is passed over."""
    last = int(str(message.get("lastId") or "0"), 16)
    page = min(int(message.get("pagesize") or 1000), 1000)
    waiting = (
        SimulatedPost.objects.filter(due_at__gt=now()).order_by("pk").values_list("pk", flat=True).first()
    )
    told = SimulatedPost.objects.filter(pk__gt=last)
    told = told.filter(pk__lt=waiting) if waiting else told
    rows = [
        {
            "_id": {"oid": f"{row.pk:024x}"},
            "OrderNumber": row.order_number,
            "statusCode": row.status,
            "statusMessage": row.words,
        }
        for row in told.order_by("pk")[:page]
    ]
    return JsonResponse({"_embedded": {"rhDoc": rows}})


def _cancel(message: dict[str, Any]) -> HttpResponseBase:
    SimulatedPost.objects.filter(order_number=str(message.get("OrderNumber", "")), due_at__gt=now()).delete()
    return JsonResponse({"Status": "1", "Message": "OK"})
