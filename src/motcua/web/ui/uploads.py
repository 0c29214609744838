"""Gửi tệp tiếp được: the address of a form with a file takes the file in parts too (tus 1.0); a broken line loses nothing.

A browser with a script sends each file in parts to the address of its form, then the form itself with the keys of what has
come (`phien-<field>`) in the place of the files; the page finds them in `request.FILES` as if they had come with the form.
Who may send the form may send the parts: the page's own entrance has judged that. https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.http import http_date

from motcua.core.errors import DomainError
from motcua.core.ids import as_key
from motcua.foundation.documents.kinds import TooLarge
from motcua.foundation.documents.models import IncomingFile
from motcua.foundation.documents.operations.arriving import (
    NoSuchUpload,
    WrongPlace,
    arrived,
    begin_upload,
    cancel_upload,
    receive,
)
from motcua.web.ui.pages import Page

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
BODY = "application/offset+octet-stream"
KEYS = "phien-"  # a field of the form: keys of what has come for the field of that name


class Resumable(Page):
    """Trang nhận tệp, whole with its form, or in parts before it. Stands first among the bases of a page."""

    abstract = True

    def entrance(self) -> HttpResponse | None:
        first = super().entrance()
        if first is not None:
            return first
        if "Tus-Resumable" in self.request.headers or self.request.method == "OPTIONS":
            return self.transfer()
        if self.request.method == "POST":
            self.stored_before = self.take_in()
        return None

    def transfer(self) -> HttpResponse:
        """One request of the protocol. What is refused is said in a sentence, which the browser shows."""
        acts = {"POST": self.begin, "HEAD": self.stand, "PATCH": self.go_on, "DELETE": self.cancel}
        act = acts.get(self.request.method or "")
        if act is None:
            answer = HttpResponse(status=204)
            answer["Tus-Version"], answer["Tus-Extension"] = VERSION, EXTENSIONS
            answer["Tus-Max-Size"] = str(settings.UPLOAD_LIMIT)
        elif self.request.headers["Tus-Resumable"] != VERSION:
            answer = HttpResponse(status=412)
            answer["Tus-Version"] = VERSION
        else:
            try:
                answer = act()
            except DomainError as refusal:
                answer = HttpResponse(
                    refusal.message, status=_status(refusal), content_type="text/plain; charset=utf-8"
                )
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    def begin(self) -> HttpResponse:
        told = _metadata(self.request.headers.get("Upload-Metadata", ""))
        incoming = self.opened(
            name=told.get("filename", ""),
            size=_number(self.request.headers.get("Upload-Length", "")),
            sha256=told.get("sha256", ""),
        )
        answer = HttpResponse(status=201)
        answer["Location"] = f"{self.request.path}?phien={incoming.pk}"
        answer["Upload-Expires"] = http_date(incoming.expires_at.timestamp())
        return answer

    def opened(self, *, name: str, size: int, sha256: str) -> IncomingFile:
        return begin_upload(
            place=self.request.path,
            sent_by_id=self.sender_id,
            name=name,
            size=size,
            sha256=sha256,
            at=self.at,
        )

    def stand(self) -> HttpResponse:
        """Đã nhận đến đâu; a file that was stored already stands at its end."""
        incoming = self.incoming(self.request.GET.get("phien", ""))
        answer = HttpResponse(status=200)
        answer["Upload-Offset"] = str(incoming.received)
        answer["Upload-Length"] = str(incoming.size)
        answer["Upload-Expires"] = http_date(incoming.expires_at.timestamp())
        return answer

    def go_on(self) -> HttpResponse:
        if self.request.content_type != BODY:
            return HttpResponse(status=415)
        incoming = self.incoming(self.request.GET.get("phien", ""))
        offset = _number(self.request.headers.get("Upload-Offset", ""))
        if offset != incoming.received:
            raise WrongPlace("Phần gửi tới không nối tiếp phần đã nhận.")
        offset = receive(upload_id=incoming.pk, offset=offset, stream=self.request, at=self.at)  # type: ignore[arg-type]
        answer = HttpResponse(status=204)
        answer["Upload-Offset"] = str(offset)
        return answer

    def cancel(self) -> HttpResponse:
        cancel_upload(upload_id=self.incoming(self.request.GET.get("phien", "")).pk)
        return HttpResponse(status=204)

    def take_in(self) -> Mapping[str, list[UUID]]:
        """Đưa tệp đã đến đủ vào chỗ của tệp gửi kèm; returns the documents of those that an earlier press has stored."""
        before: dict[str, list[UUID]] = {}
        for name, keys in list(self.request.POST.lists()):
            if not name.startswith(KEYS):
                continue
            field = name.removeprefix(KEYS)
            for key in dict.fromkeys(keys):  # sent again after a break, it is still one file
                incoming = self.incoming(key)
                if incoming.document_id:
                    before.setdefault(field, []).append(incoming.document_id)
                else:
                    self.request.FILES.appendlist(field, arrived(incoming.pk, self.at))  # type: ignore[arg-type]
        return before

    def incoming(self, key: str) -> IncomingFile:
        """A file on its way to this very form, of this very sender. Raises NoSuchUpload."""
        wanted = as_key(key)
        found = self.mine().filter(pk=wanted, expires_at__gt=self.at).first() if wanted else None
        if found is None:
            raise NoSuchUpload
        return found

    def mine(self) -> QuerySet[IncomingFile]:
        return IncomingFile.objects.filter(place=self.request.path, sent_by_id=self.sender_id)

    @property
    def sender_id(self) -> UUID | None:
        """Công chức đang đăng nhập; of everybody else the address of the form says enough."""
        user: Any = self.request.user
        return user.pk if user.is_authenticated else None


def _status(refusal: DomainError) -> int:
    if isinstance(refusal, NoSuchUpload):
        return 404
    if isinstance(refusal, WrongPlace):
        return 409
    return 413 if isinstance(refusal, TooLarge) else 400


def _metadata(header: str) -> dict[str, str]:
    """`filename <base64>,sha256 <base64>`; what cannot be read is left out."""
    told = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return told


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise DomainError("Yêu cầu gửi tệp không đúng quy cách tus 1.0.")
    return int(text)
