"""Bưu chính báo tin: a carrier tells by itself what became of a parcel; with the right token, and each word once."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from motcua.api.payments import body_of
from motcua.core.time import now
from motcua.service.postal.carriers import CarrierTrouble, NoSecret, NotTheirs, dialect_of
from motcua.service.postal.models import Carrier
from motcua.service.postal.operations.carrying import hear

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")  # no cookie is read: every call bears the carrier's token
class CarrierWord(View):
    """Lời báo của một đơn vị bưu chính; anything but 200 makes it tell again. What is said is never logged."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, carrier_id: UUID) -> JsonResponse:
        carrier = Carrier.objects.filter(pk=carrier_id).first()
        dialect = dialect_of(carrier) if carrier else None
        given = body_of(request)
        if carrier is None or dialect is None or given is None:
            return answer(400, "Không đọc được")
        try:
            told = dialect.read(given)
        except NotTheirs:
            logger.warning("%s: a word with a wrong token was refused", carrier.code)
            return answer(401, "Không được phép")
        except NoSecret:
            return answer(503, "Chưa đặt mã bí mật")
        except CarrierTrouble as trouble:
            return answer(400, trouble.message)
        hear(carrier_id=carrier.pk, told=told, at=now())
        return answer(200, "OK")


def answer(status: int, words: str) -> JsonResponse:
    return JsonResponse({"status": status, "error": status != 200, "message": words}, status=status)
