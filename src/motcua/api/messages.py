"""Báo cáo gửi tin: what became of an SMS or Zalo message, as its gateway says; the same answer for the second time."""

from __future__ import annotations

import hmac
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from motcua.api.payments import body_of
from motcua.core.time import now
from motcua.foundation.notices.operations.sending import hear_report
from motcua.integrations.sms_zalo.adapters import CHANNELS, contract_of, report_secret_of

DEAREST = 1_000_000  # đồng; a message never costs more


@method_decorator(csrf_exempt, name="dispatch")  # no cookie is read: every call bears the gateway's secret
class Report(View):
    """Một lời báo của cổng tin nhắn."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, channel: str) -> JsonResponse:
        channel = channel.upper()
        contract = contract_of(channel) if channel in CHANNELS else None
        if contract is None or not _is_theirs(request, channel):
            return JsonResponse({"error": "Không được phép"}, status=403)
        given = body_of(request)
        if given is None:
            return JsonResponse({"error": "Không đọc được"}, status=400)
        said = {ours: given.get(theirs) for ours, theirs in contract.report.items()}
        status = str(said.get("status") or "")
        if status not in contract.arrived + contract.failed:
            return JsonResponse({"ok": True})  # on its way: nothing to keep
        is_known = hear_report(
            channel=channel,
            reference=str(said.get("reference") or "")[:100],
            has_arrived=status in contract.arrived,
            reason=str(said.get("reason") or "Nhà cung cấp báo không đến máy."),
            cost=_cost(said.get("cost")),
            at=now(),
        )
        return JsonResponse({"ok": is_known}, status=200 if is_known else 404)


def _is_theirs(request: HttpRequest, channel: str) -> bool:
    secret = report_secret_of(channel)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def _cost(said: Any) -> int | None:
    """Whole đồng that can be believed, or nothing."""
    is_whole = isinstance(said, int) and not isinstance(said, bool)
    return said if is_whole and 0 <= said <= DEAREST else None
