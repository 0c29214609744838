"""Dịch vụ ký từ xa mô phỏng: signs with the keys of the demo's folder once its phone says yes. In demos alone.

A credential is the name of a file there, which names its user: `officer-<username>.p12`, `citizen-<number>-<n>.p12`; one
with "revoked" in its name is revoked.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from motcua.core.time import now
from motcua.foundation.signing.local_ca import Key
from motcua.integrations.remote_signing import contract
from motcua.integrations.remote_signing.models import SimulatedPush

app_name = "simulated_remote_signing"
View = Callable[[dict[str, Any]], HttpResponseBase]
MOST = 2000  # of the simulator, so that it never fills a disk
SHOWN = 20
Said = SimulatedPush.Said


def waiting() -> list[SimulatedPush]:
    """Trên điện thoại lúc này: what nobody has answered, the latest first."""
    return list(SimulatedPush.objects.filter(said=Said.NOTHING).order_by("-asked_at")[:SHOWN])


@transaction.atomic
def say(push_id: UUID, said: str) -> None:
    """Bấm trên điện thoại; a second press changes nothing."""
    SimulatedPush.objects.filter(pk=push_id, said=Said.NOTHING).update(said=Said(said))


def simulated(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """Absent unless simulators are on; speaks JSON."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        if not settings.SIMULATORS:
            raise Http404
        try:
            return view(contract.object_of(request.body))
        except (contract.BadAnswer, KeyError, ValueError):
            return _error("invalid_request")

    answered.public = True  # type: ignore[attr-defined]
    shown = csrf_exempt(never_cache(require_POST(answered)))
    shown.public = True  # type: ignore[attr-defined]
    return shown


@simulated
def credentials(said: dict[str, Any]) -> HttpResponse:
    user = str(said["userID"])
    names = sorted(one.name for one in _folder().glob("*.p12") if user in one.stem.split("-"))
    return JsonResponse({"credentialIDs": names[:50]})


@simulated
def info(said: dict[str, Any]) -> HttpResponse:
    held = _held(said["credentialID"])
    if held is None:
        return _error(contract.UNKNOWN_CREDENTIAL)
    key, certificates = held
    algorithm = contract.RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else contract.ECDSA_SHA256
    is_over = certificates[0].not_valid_after_utc <= now()
    status = "revoked" if "revoked" in said["credentialID"] else "expired" if is_over else "valid"
    shown = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in certificates]
    cert = {"status": status, "certificates": shown}
    return JsonResponse({"key": {"status": "enabled", "algo": [algorithm]}, "cert": cert})


@simulated
def authorize(said: dict[str, Any]) -> HttpResponse:
    if SimulatedPush.objects.count() >= MOST:
        SimulatedPush.objects.exclude(said=Said.NOTHING).delete()
    made = SimulatedPush.objects.create(
        credential=str(said["credentialID"])[:200],
        digest=said["hashes"][0],
        words=str(said["description"])[:200],
    )
    return JsonResponse({"responseID": str(made.pk), "expiresIn": 600}, status=202)


@simulated
def check(said: dict[str, Any]) -> HttpResponse:
    push = SimulatedPush.objects.filter(pk=UUID(said["responseID"])).first()
    if push is None or push.said == Said.NO:
        return _error("access_denied")
    if push.said == Said.NOTHING:
        return JsonResponse({"responseID": str(push.pk)}, status=202)
    return JsonResponse({"SAD": f"sad-{push.pk}", "expiresIn": 300})


@simulated
def sign(said: dict[str, Any]) -> HttpResponse:
    push = SimulatedPush.objects.get(pk=UUID(str(said["SAD"]).removeprefix("sad-")))
    held = _held(said["credentialID"])
    if held is None or push.digest != said["hashes"][0] or push.credential != said["credentialID"]:
        return _error("invalid_request")
    key, _ = held
    digest = base64.b64decode(push.digest) if push.said == Said.YES else bytes(32)
    how = Prehashed(hashes.SHA256())
    signature = (
        key.sign(digest, padding.PKCS1v15(), how)
        if isinstance(key, rsa.RSAPrivateKey)
        else key.sign(digest, ec.ECDSA(how))
    )
    return JsonResponse({"signatures": [base64.b64encode(signature).decode()]})


def _held(credential: str) -> tuple[Key, list[x509.Certificate]] | None:
    path = _folder() / Path(str(credential)).name
    if not path.is_file() or path.suffix != ".p12":
        return None
    key, own, chain = pkcs12.load_key_and_certificates(path.read_bytes(), settings.SIGNING_SECRET.encode())
    if own is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return None
    return key, [own, *chain]


def _folder() -> Path:
    return Path(settings.SIGNING_DIR)


def _error(name: str) -> HttpResponse:
    return HttpResponse(json.dumps({"error": name}), status=400, content_type="application/json")


urlpatterns: list[URLPattern] = [
    path(contract.LIST, credentials),
    path(contract.INFO, info),
    path(contract.AUTHORIZE, authorize),
    path(contract.CHECK, check),
    path(contract.SIGN, sign),
]
