"""Cổng gọi về: a platform or a bank says what became of a payment. What it signs is believed; all of it is kept."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from motcua.core.time import now
from motcua.integrations.payment_platform.transport import secret_of
from motcua.service.payments.gateways import GatewayTrouble, gateway_of
from motcua.service.payments.models import Due, PaymentChannel, PaymentSignal
from motcua.service.payments.operations.hearing import hear
from motcua.service.payments.states import DueKind

LONGEST = 64_000


@method_decorator(csrf_exempt, name="dispatch")  # no cookie is read: every call is signed by its platform
class Callback(View):
    """Lời báo của một kênh; the answer is the platform's own, the same for the second time."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, channel_id: UUID) -> JsonResponse:
        channel = PaymentChannel.objects.filter(pk=channel_id).first()
        given = body_of(request)
        if channel is None or given is None:
            return JsonResponse({"MaLoi": "99", "MoTaLoi": "Không đọc được"}, status=400)
        at = now()
        try:
            gateway: Any = gateway_of(channel)
            told = gateway.read(given)
            hear(channel=channel, told=told, source=PaymentSignal.Source.CALLBACK, at=at)
            return JsonResponse(gateway.reply(told, given, at))
        except GatewayTrouble as trouble:
            return JsonResponse({"MaLoi": "99", "MoTaLoi": trouble.message}, status=400)


@method_decorator(csrf_exempt, name="dispatch")
class DuesLookup(View):
    """Tra cứu ngược: the platform asks what a dossier owes. 1: it owes, 0: nothing, -1: not answered."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, channel_id: UUID) -> JsonResponse:
        channel = PaymentChannel.objects.filter(pk=channel_id).first()
        given = body_of(request) or {}
        code = str(given.get("MaHoSo") or "")[:64]
        if channel is None or not self.may_ask(request, channel):
            return JsonResponse({"error_code": -1, "message": "Không được phép"}, status=403)
        if not code:
            return JsonResponse({"error_code": -1, "message": "Thiếu MaHoSo"}, status=400)
        due = Due.objects.open().filter(code=code, collector=channel.agency_id).order_by("raised_at").first()
        if due is None:
            return JsonResponse({"error_code": 0, "message": {}})
        live = due.payments.live().select_related("order").first()
        message = {
            "TransactionId": live.outer_reference if live else "",
            "client_id": channel.details.get("client_id") or channel.details.get("ma_doi_tac", ""),
            "MaTraCuuTT": str(due.pk),
            "MaDichVu": "1" if due.kind == DueKind.FINE else "2",
            "MaHoSo": code,
            "SoTien": due.amount,
            "TenPhiLePhi": due.name,
        }
        return JsonResponse({"error_code": 1, "message": message})

    @staticmethod
    def may_ask(request: HttpRequest, channel: PaymentChannel) -> bool:
        """By the channel's own secret, as a bearer."""
        try:
            expected = f"Bearer {secret_of(channel)}"
        except GatewayTrouble:
            return False
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())


def body_of(request: HttpRequest) -> Mapping[str, Any] | None:
    """The JSON object or the form that was sent; None when it is neither."""
    try:
        raw = request.body
        if len(raw) > LONGEST:
            return None
        if "json" not in request.headers.get("Content-Type", ""):
            return request.POST.dict()
        found = json.loads(raw)
    except (ValueError, RecursionError, RequestDataTooBig):
        return None
    return found if isinstance(found, dict) and "\\u0000" not in raw.decode(errors="replace") else None
