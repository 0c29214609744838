"""VNPost mô phỏng: takes orders by the contract, and tells of them when it is asked, after some minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare

from motcua.core.time import now
from motcua.integrations import postal_simulation
from motcua.integrations.postal_simulation import (
    MOST_ORDERS,
    NOT_FOUND,
    PAGE,
    SENT_BACK,
    a_page,
    message_of,
    simulated,
)
from motcua.integrations.vnpost.models import SimulatedPost

app_name = "simulated_vnpost"
NAME = "simulated-vnpost"
WAY = (("1", "Đã nhận yêu cầu", 0), ("3", "Đang vận chuyển", 10), ("4", "Phát thành công", 20))
FAILING = (*WAY[:2], ("5", "Không liên hệ được người nhận", 20))
BACK = (*FAILING, ("6", "Đã hoàn về nơi gửi", 30))
WAYS = {NOT_FOUND: FAILING, SENT_BACK: BACK}


@simulated("POST")
def token(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse(
        {"access_token": postal_simulation.token(NAME), "token_type": "Bearer", "expires_in": 3600}
    )


@simulated("POST")
def api(request: HttpRequest) -> HttpResponseBase:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, postal_simulation.token(NAME)):
        return JsonResponse({"Status": "401", "Message": "Sai mã truy cập"}, status=401)
    message = message_of(request)
    acts = {"price": _price, "order": _order, "tracking": _tracking, "cancel": _cancel}
    act = acts.get(request.GET.get("service", ""))
    if act is None or not message:
        return JsonResponse({"Status": "400", "Message": "Không có dịch vụ này"}, status=400)
    return act(message)


urlpatterns: list[URLPattern] = [path("token", token, name="token"), path("api", api, name="api")]


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
    if phone.endswith(PAGE):
        return a_page()
    if not number or SimulatedPost.objects.count() > MOST_ORDERS:
        return JsonResponse({"Status": "99", "Message": "Thiếu mã đơn"})
    at = now()
    for status, words, minutes in WAYS.get(phone[-2:], WAY):
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
