"""Một điểm gọi: one base for every call of a machine. It knows the key, the right, the pace, and how a refusal is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.time import now
from motcua.service.queueing.models import QueueMachine
from motcua.service.queueing.operations.machines import (
    PER_MINUTE,
    KeyUsedOtherwise,
    is_within_limit,
    machine_with,
    once,
)

LONGEST_BODY = 4096
LONGEST_KEY = 100
Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """A call that never reaches the domain: its status, its code, its sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


@method_decorator(csrf_exempt, name="dispatch")  # no cookie is read: the key comes with every call
class MachineCall(View):
    """Lượt gọi của một máy; `permission` is the right that the machine must have."""

    permission: ClassVar[QueueMachine.Right]
    at: datetime
    machine: QueueMachine

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.at = now()
        try:
            self.enter(request)
            return super().dispatch(request, *args, **kwargs)
        except Refused as refusal:
            return said(refusal.status, refusal.code, refusal.sentence)
        except Forbidden as refusal:
            return said(403, "forbidden", refusal.message)
        except KeyUsedOtherwise as refusal:
            return said(409, "key_used_otherwise", refusal.message)
        except Stale as refusal:
            return said(409, "stale", refusal.message)
        except DomainError as refusal:
            errors = refusal.errors if isinstance(refusal, InvalidInput) else {refusal.field: refusal.message}
            return said(422, "refused", refusal.message, {name: one for name, one in errors.items() if name})

    def enter(self, request: HttpRequest) -> None:
        """Who calls: a machine with a living key and the right, within its pace. Raises Refused."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        machine = machine_with(key.strip()) if scheme.lower() == "bearer" else None
        if machine is None:
            raise Refused(401, "unknown_key", "Khóa của máy không đúng hoặc đã bị thu hồi.")
        if not is_within_limit(machine, self.at):
            raise Refused(429, "too_many_calls", f"Mỗi máy gọi tối đa {PER_MINUTE} lượt trong một phút.")
        if not machine.may(self.permission):
            raise Refused(403, "forbidden", f"Máy này không có quyền “{self.permission.label}”.")
        self.machine = machine

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = said(405, "method", "Điểm gọi này không nhận phương thức ấy.")
        response["Allow"] = ", ".join(name.upper() for name in self.http_method_names if hasattr(self, name))
        return response

    def body(self, **shape: type) -> dict[str, Any]:
        """The JSON object that was sent: only names that are known, each of its type. Raises Refused."""
        try:
            raw = self.request.body
        except RequestDataTooBig:
            raise Refused(413, "too_long", "Nội dung gửi lên quá dài.") from None
        if len(raw) > LONGEST_BODY:
            raise Refused(413, "too_long", "Nội dung gửi lên quá dài.")
        try:
            given = json.loads(raw or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "not_json", "Nội dung gửi lên không phải JSON.") from None
        if not isinstance(given, dict) or "\\u0000" in raw.decode(errors="replace"):
            raise Refused(400, "not_an_object", "Nội dung gửi lên phải là một đối tượng JSON.")
        if unknown := sorted(set(given) - set(shape)):
            raise Refused(400, "unknown_field", f"Không có trường {', '.join(unknown)}.")
        for name, value in given.items():
            if type(value) is not shape[name]:
                raise Refused(400, "wrong_type", f"Trường {name} sai kiểu.")
        return given

    def act_once(self, asked: Any, act: Callable[[], Answer]) -> JsonResponse:
        """Do it under the key of idempotency that every act must bring. Raises Refused."""
        key = self.request.headers.get("Idempotency-Key", "").strip()
        if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise Refused(400, "no_key", "Mỗi lượt ghi cần tiêu đề Idempotency-Key, tối đa 100 ký tự.")
        status, answer = once(
            machine=self.machine, key=key, asked=[self.request.path, asked], act=act, at=self.at
        )
        return JsonResponse(answer, status=status)


def said(status: int, code: str, sentence: str, fields: dict[str, str] | None = None) -> JsonResponse:
    """A refusal: the same shape for every one."""
    return JsonResponse({"error": {"code": code, "message": sentence, "fields": fields or {}}}, status=status)
