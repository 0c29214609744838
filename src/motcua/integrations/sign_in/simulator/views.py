"""Trang của bộ mô phỏng: what a real provider would answer; absent (404) where simulators are off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from motcua.core.time import now
from motcua.foundation.citizens.claims import Dialect
from motcua.integrations.sign_in.simulator import operations as acts
from motcua.integrations.sign_in.simulator.keys import ALGORITHM, client_secret, signing_key
from motcua.integrations.sign_in.simulator.operations import Fault
from motcua.integrations.sign_in.simulator.people import people, person_named

View = Callable[..., HttpResponseBase]
CLIENT = "motcua"
DIALECTS = {"vneid": Dialect.VNEID, "vnconnect": Dialect.VNCONNECT}
OWN_FIELDS = (
    ("LoaiTaiKhoan", "Loại tài khoản: 1 cá nhân, 2 doanh nghiệp, 3 tổ chức", "1"),
    ("sub", "Mã người dùng (sub)", "mp-rieng"),
    ("HoVaTen", "Họ và tên", ""),
    ("SoDinhDanh", "Số định danh", ""),
    ("NgayThangNamSinh", "Ngày sinh, ngày/tháng/năm", ""),
    ("SoDienThoai", "Điện thoại", ""),
    ("ThuDienTu", "Thư điện tử", ""),
    ("loAs", "Mức độ", "2"),
    ("TenDoanhNghiep", "Tên tổ chức", ""),
    ("MaSoThue", "Mã số thuế", ""),
    ("NguoiDaiDien", "Người đại diện", ""),
)


def simulated(view: View) -> View:
    """Only where simulators run; answers are never kept by a browser."""

    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, provider: str) -> HttpResponseBase:
        if not settings.SIMULATORS or provider not in DIALECTS:
            raise Http404
        return view(request, provider)

    shown.public = True  # type: ignore[attr-defined]
    return shown


def machine(view: View) -> View:
    """Asked by a server, not by a browser."""
    exempt: View = csrf_exempt(simulated(view))
    exempt.public = True  # type: ignore[attr-defined]
    return exempt


@simulated
def discovery(request: HttpRequest, provider: str) -> HttpResponse:
    home = acts.issuer_of(provider)
    return JsonResponse(
        {
            "issuer": home,
            "authorization_endpoint": f"{home}/authorize/",
            "token_endpoint": f"{home}/token/",
            "userinfo_endpoint": f"{home}/userinfo/",
            "jwks_uri": f"{home}/jwks/",
            "introspection_endpoint": f"{home}/introspect/",
            "revocation_endpoint": f"{home}/revoke/",
            "end_session_endpoint": f"{home}/logout/",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": ["1", "2"],
        }
    )


@simulated
def jwks(request: HttpRequest, provider: str) -> HttpResponse:
    return JsonResponse({"keys": [signing_key().as_dict(private=False)]})


@simulated
def authorize(request: HttpRequest, provider: str) -> HttpResponseBase:
    asked = {name: request.GET.get(name, "") for name in request.GET}
    if wrong := _wrong_request(request, asked):
        return render(request, "sign_in/refusal.html", {"wrong": wrong}, status=400)
    if request.method == "POST":
        return _chosen(request, provider, asked)
    acr = asked.get("acr_values", "")
    found = people(DIALECTS[provider])
    fitting = [one for one in found if not acr or str(one.claims["loAs"]) >= acr]
    context = {
        "provider": DIALECTS[provider].label, "people": fitting, "acr": acr, "own_fields": OWN_FIELDS,
        "faults": list(Fault), "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "sign_in/authorize.html", context)


@machine
def token(request: HttpRequest, provider: str) -> HttpResponseBase:
    form = {name: request.POST.get(name, "") for name in request.POST}
    fault = acts.fault_of(form.get("code", ""))
    if fault == Fault.SLOW:
        acts.wait_slowly()
    if fault == Fault.HTML:
        return HttpResponse("<!doctype html><title>Bảo trì</title><h1>Hệ thống đang bảo trì</h1>")
    if fault == Fault.BROKEN:
        return JsonResponse({"error": "server_error"}, status=500)
    if not _is_client(request, form):
        return JsonResponse({"error": "invalid_client"}, status=401)
    given = acts.take_code(provider=provider, form=form, issuer=acts.issuer_of(provider), at=now())
    return JsonResponse(given) if given else JsonResponse({"error": "invalid_grant"}, status=400)


@machine
def userinfo(request: HttpRequest, provider: str) -> HttpResponseBase:
    kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
    grant = acts.grant_of(access_token, now()) if kind == "Bearer" else None
    if grant is None or grant.provider != provider:
        return JsonResponse({"error": "invalid_token"}, status=401)
    other = {"sub": "mp-nguoi-khac"} if grant.fault == Fault.OTHER_SUB else {}
    return JsonResponse({**grant.claims, **other})


@machine
def introspect(request: HttpRequest, provider: str) -> HttpResponseBase:
    if not _is_client(request, {name: request.POST.get(name, "") for name in request.POST}):
        return JsonResponse({"error": "invalid_client"}, status=401)
    grant = acts.grant_of(request.POST.get("token", ""), now())
    if grant is None or grant.used_at is None:
        return JsonResponse({"active": False})
    until = int((grant.used_at + acts.TOKEN_LIVES).timestamp())
    return JsonResponse({"active": True, "client_id": grant.client_id, "exp": until})


@machine
def revoke(request: HttpRequest, provider: str) -> HttpResponseBase:
    if not _is_client(request, {name: request.POST.get(name, "") for name in request.POST}):
        return JsonResponse({"error": "invalid_client"}, status=401)
    acts.take_back(request.POST.get("token", ""), at=now())
    return HttpResponse(status=200, content_type="application/json")


@simulated
def logout(request: HttpRequest, provider: str) -> HttpResponseBase:
    back = request.GET.get("post_logout_redirect_uri", "")
    if not back or not _is_ours(request, back):
        return render(
            request, "sign_in/refusal.html", {"wrong": "Địa chỉ về không phải của trang này."}, status=400
        )
    state = request.GET.get("state", "")
    return HttpResponseRedirect(f"{back}?{urlencode({'state': state})}" if state else back)


def _wrong_request(request: HttpRequest, asked: dict[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "Chỉ có luồng mã (response_type=code)."
    if asked.get("client_id") != CLIENT:
        return "Không có ứng dụng này."
    if not _is_ours(request, asked.get("redirect_uri", "")):
        return "Địa chỉ về không phải của trang này."
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "Thiếu PKCE (S256)."
    return "" if asked.get("state") and asked.get("nonce") else "Thiếu state hoặc nonce."


def _chosen(request: HttpRequest, provider: str, asked: dict[str, str]) -> HttpResponseBase:
    """Back to where the browser came from, with a code for the person who was picked."""
    fault = request.POST.get("su_co", "")
    fault = fault if fault in set(Fault) else ""
    answer = {
        "state": "la" if fault == Fault.OTHER_STATE else asked["state"],
        "iss": acts.issuer_of(provider),
    }
    claims = _claims(request, provider)
    if fault == Fault.DENIED or request.POST.get("nguoi") == "huy" or claims is None:
        answer["error"] = "access_denied"
    else:
        answer["code"] = acts.give_code(provider=provider, asked=asked, claims=claims, fault=fault, at=now())
    return HttpResponseRedirect(f"{asked['redirect_uri']}?{urlencode(answer)}")


def _claims(request: HttpRequest, provider: str) -> dict[str, Any] | None:
    if request.POST.get("nguoi") == "rieng":
        said: dict[str, Any] = {
            name: request.POST.get(name, "").strip()[:200] for name, _label, _usual in OWN_FIELDS
        }
        return {name: value for name, value in said.items() if value} if said["sub"] else None
    found = person_named(DIALECTS[provider], request.POST.get("nguoi", ""))
    return found.claims if found else None


def _is_client(request: HttpRequest, form: dict[str, str]) -> bool:
    kind, _, pair = request.headers.get("Authorization", "").partition(" ")
    name, secret = form.get("client_id", ""), form.get("client_secret", "")
    if kind == "Basic":
        name, _, secret = base64.b64decode(pair).decode().partition(":")
        name, secret = unquote(name), unquote(secret)
    return name == CLIENT and constant_time_compare(secret, client_secret(CLIENT))


def _is_ours(request: HttpRequest, address: str) -> bool:
    """A registered address of this site: what a real provider keeps in its list."""
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and parts.netloc == request.get_host()
