"""Viettel Post mô phỏng: answers by the contract; what becomes of a parcel it tells by itself (`walking`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare

from motcua.core.time import now
from motcua.integrations import postal_simulation
from motcua.integrations.postal_simulation import MOST_ORDERS, PAGE, a_page, message_of, simulated
from motcua.integrations.viettel_post import walking
from motcua.integrations.viettel_post.contract import CANCEL, CONFIRM_RETURN, REDELIVER
from motcua.integrations.viettel_post.models import SimulatedWord

app_name = "simulated_viettel_post"
NAME = "viettel-post"
UPDATES = {
    1: (), 5: (), 11: (), REDELIVER: walking.AGAIN, CONFIRM_RETURN: walking.BACK, CANCEL: walking.CANCELLED,
}  # fmt: skip
SERVICES = {"VCN": ("Chuyển phát nhanh", 22_000), "VTK": ("Chuyển phát tiết kiệm", 19_000)}
FARTHER, HEAVIER, COLLECTING = (
    8_000,
    4_000,
    5_000,
)  # đồng: another province, each half kilogram more, to collect
Answers = Callable[[HttpRequest, dict[str, Any]], HttpResponseBase]


def signed_in(view: Answers) -> Callable[[HttpRequest], HttpResponseBase]:
    """With the token that the sign-in gave."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        if not constant_time_compare(request.headers.get("token", ""), postal_simulation.token(NAME)):
            return _no("Token invalid or expired")
        return view(request, message_of(request))

    return answered


def fee(service: str, message: dict[str, Any]) -> int:
    """Cước mô phỏng, with tax."""
    grams = max(int(message.get("PRODUCT_WEIGHT") or 0), 1)
    is_near = message.get("SENDER_PROVINCE") == message.get("RECEIVER_PROVINCE")
    extra = COLLECTING if message.get("MONEY_COLLECTION") else 0
    return SERVICES[service][1] + (0 if is_near else FARTHER) + HEAVIER * ((grams - 1) // 500) + extra


@simulated("POST")
def login(request: HttpRequest) -> HttpResponseBase:
    message = message_of(request)
    if not message.get("USERNAME") or not message.get("PASSWORD"):
        return _no("Thiếu tên hoặc mật khẩu")
    return _yes({"token": postal_simulation.token(NAME)})


@simulated("POST")
@signed_in
def services(request: HttpRequest, message: dict[str, Any]) -> HttpResponseBase:
    """A bare list, as the real one answers."""
    rows = [
        {"MA_DV_CHINH": code, "TEN_DICHVU": name, "GIA_CUOC": fee(code, message), "THOI_GIAN": "48 giờ"}
        for code, (name, _base) in SERVICES.items()
    ]
    return JsonResponse(rows, safe=False)


@simulated("POST")
@signed_in
def price(request: HttpRequest, message: dict[str, Any]) -> HttpResponseBase:
    service = str(message.get("ORDER_SERVICE"))
    if service not in SERVICES or message.get("SENDER_PROVINCE") is None:
        return _no("Không có bảng giá cho dịch vụ này")
    total = fee(service, message)
    return _yes(
        {"MONEY_TOTAL": total, "MONEY_TOTAL_FEE": total - total // 11, "MONEY_VAT": total // 11, "KPI_HT": 48}
    )


@simulated("POST")
@signed_in
def order(request: HttpRequest, message: dict[str, Any]) -> HttpResponseBase:
    reference, phone = str(message.get("ORDER_NUMBER") or "")[:60], str(message.get("RECEIVER_PHONE") or "")
    if phone.endswith(PAGE):
        return a_page()
    if not reference or not message.get("RECEIVER_ADDRESS") or message.get("ORDER_SERVICE") not in SERVICES:
        return _no("Thiếu mã đơn, địa chỉ nhận hoặc dịch vụ")
    number = f"VTP{reference[-9:]}"
    if SimulatedWord.objects.count() > MOST_ORDERS:
        return _no("Bộ mô phỏng đã đầy")
    if not SimulatedWord.objects.filter(number=number).exists():  # told again, it is the same order
        walking.plan(
            number=number, reference=reference, money=int(message.get("MONEY_COLLECTION") or 0),
            steps=walking.WAYS.get(phone[-2:], walking.WAY), at=now(),
        )  # fmt: skip
    return _yes({"ORDER_NUMBER": number, "MONEY_TOTAL": fee(str(message["ORDER_SERVICE"]), message)})


@simulated("POST")
@signed_in
def update(request: HttpRequest, message: dict[str, Any]) -> HttpResponseBase:
    kind, number = message.get("TYPE"), str(message.get("ORDER_NUMBER") or "")
    if kind not in UPDATES or not number:
        return _no("Không có loại cập nhật này")
    if steps := UPDATES[kind]:
        walking.change(number=number, steps=steps, at=now())
    return _yes({})


@simulated("GET")
@signed_in
def again(request: HttpRequest, message: dict[str, Any]) -> HttpResponseBase:
    walking.again(request.GET.get("oid", ""), now())
    return _yes({})


urlpatterns: list[URLPattern] = [
    path("user/Login", login, name="login"),
    path("order/getPriceAll", services, name="services"),
    path("order/getPrice", price, name="price"),
    path("order/createOrder", order, name="order"),
    path("order/UpdateOrder", update, name="update"),
    path("order/registerOrderHook", again, name="again"),
]


def _yes(data: dict[str, Any]) -> HttpResponseBase:
    return JsonResponse({"status": 200, "error": False, "message": "OK", "data": data})


def _no(words: str) -> HttpResponseBase:
    return JsonResponse({"status": 201, "error": True, "message": words, "data": None})
