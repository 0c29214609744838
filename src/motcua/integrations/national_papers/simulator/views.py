"""Kho quốc gia mô phỏng: every person whose number is even has a paper of each kind that is asked for, made on the spot.

Numbers that end in 97, 98, 99 show what else may come: an error, a web page, silence.
Absent (404) where simulators are off.
"""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

View = Callable[[HttpRequest], HttpResponseBase]
AUTHORITY = "Kho quốc gia (mô phỏng)"
SILENCE = 15.0  # seconds, longer than any client waits


def simulated(view: View) -> View:
    """Absent unless simulators are on; speaks JSON."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        if not settings.SIMULATORS:
            raise Http404
        return view(request)

    open_to_machines: View = csrf_exempt(never_cache(require_POST(answered)))
    open_to_machines.public = True  # type: ignore[attr-defined]
    return open_to_machines


@simulated
def find(request: HttpRequest) -> HttpResponseBase:
    """GetKetQuaGiayTo."""
    asked = _body(request)
    number = str(asked.get("SoDinhDanhChuSoHuu", ""))
    if number.endswith("97"):
        return JsonResponse({"errorCode": "500", "message": "Lỗi hệ thống", "signature": "", "result": None})
    if number.endswith("98"):
        return HttpResponse("<html><body>502 Bad Gateway</body></html>")
    if number.endswith("99"):
        time.sleep(SILENCE)
    wanted = asked.get("DanhSachDanhMucKetQua") or []
    has_papers = number.isdecimal() and int(number) % 2 == 0
    papers = [_paper(number, str(one.get("MaKetQua", ""))) for one in wanted] if has_papers else []
    return JsonResponse(
        {
            "errorCode": "0",
            "message": "Thành công",
            "signature": "",
            "result": {"DanhSachGiayToKetQua": papers},
        }
    )


@simulated
def get(request: HttpRequest) -> HttpResponseBase:
    """GetGiayToByUrl: base64 as plain text."""
    address = str(_body(request).get("DuongDan", ""))
    return HttpResponse(base64.b64encode(_pdf(address)), content_type="text/plain")


def _paper(number: str, code: str) -> dict[str, Any]:
    mark = f"{code}-{number[-4:]}"
    return {
        "MaKetQua": code,
        "TenGiayTo": f"Giấy tờ mô phỏng {code}",
        "SoKyHieu": f"MP/{mark}",
        "CoQuanChuQuan": AUTHORITY,
        "DanhSachTepDinhKem": [{"TenTep": f"{mark}.pdf", "DuongDan": f"/{mark}"}],
    }


def _pdf(title: str) -> bytes:
    from pypdf import PdfWriter

    writer, target = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": title})
    writer.write(target)
    return target.getvalue()


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
