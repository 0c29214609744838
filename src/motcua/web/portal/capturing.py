"""Trang chụp trên điện thoại: opened by the code of a large screen; takes pictures, sends them, shows nothing else."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string

from motcua.core.errors import DomainError
from motcua.core.ids import as_key
from motcua.foundation.documents.models import IncomingFile, PhoneLink
from motcua.foundation.documents.operations.arriving import begin_upload, cancel_upload, receive
from motcua.foundation.documents.operations.phoning import (
    LinkOver,
    hand_over,
    live_link,
    take_hold,
    taken_with,
)
from motcua.web.ui.uploads import Resumable

KEPT = "chup"  # in the session of the phone: which codes it has opened, as which device
ACCEPT = "image/*,.heic,.heif"


class Capture(Resumable):
    """Chụp: several pictures, each taken again when it is bad, then sent together."""

    public = True

    def entrance(self) -> HttpResponse | None:
        try:
            self.link  # noqa: B018  judged before anything else
        except LinkOver as over:
            return self.private(self.render("portal/capture/over.html", status=410, sentence=over.message))
        return super().entrance()

    def get(self, request: HttpRequest, link_id: UUID, sign: str) -> HttpResponse:
        return self.private(self.render("portal/capture/show.html", **self.shown()))

    def post(self, request: HttpRequest, link_id: UUID, sign: str) -> HttpResponse:
        self.hold()
        if (dropped := as_key(request.POST.get("drop", ""))) and self.mine().filter(pk=dropped).exists():
            cancel_upload(upload_id=dropped)
        for upload in request.FILES.getlist("file"):
            incoming = self.opened(name=upload.name or "", size=upload.size or 0, sha256="")
            receive(upload_id=incoming.pk, offset=0, stream=upload, at=self.at)
        sent = hand_over(link_id=self.link.pk, at=self.at) if "send" in request.POST else 0
        if self.is_fragment:
            return self.render("portal/capture/_pictures.html", sent=sent, **self.shown())
        if sent:
            return self.done(f"Đã gửi {sent} ảnh sang máy tính.", request.path)
        return self.go(request.path)

    def shown(self) -> dict[str, Any]:
        is_ours = self.link.device in {"", self.device}
        pictures = list(taken_with(self.link.pk).filter(handed_at=None)) if is_ours else []
        return {"link": self.link, "pictures": pictures, "accept": ACCEPT, "is_ours": is_ours}

    def opened(self, *, name: str, size: int, sha256: str) -> IncomingFile:
        self.hold()
        if not name.strip():
            name = "anh.jpg"
        return begin_upload(
            place=self.link.place, sent_by_id=self.link.sent_by_id, name=name, size=size, sha256=sha256,
            link=self.link, at=self.at,
        )  # fmt: skip

    def mine(self) -> Any:
        """Only what this phone has brought and not handed over; nothing at all when another phone was first."""
        rows = IncomingFile.objects.filter(link=self.link, handed_at=None)
        return rows if self.link.device == self.device else rows.none()

    def take_in(self) -> dict[str, list[UUID]]:
        """The pictures stay on their way: the page that has lent itself stores them."""
        return {}

    def hold(self) -> None:
        if not self.device:
            self.request.session[KEPT] = {**self.devices, str(self.link.pk): get_random_string(32)}
            del self.devices
        self.link = take_hold(link_id=self.link.pk, device=self.device, at=self.at)

    @cached_property
    def link(self) -> PhoneLink:
        return live_link(self.kwargs["link_id"], self.kwargs["sign"], self.at)

    @cached_property
    def devices(self) -> dict[str, str]:
        kept: dict[str, str] = self.request.session.get(KEPT, {})
        return dict(list(kept.items())[-5:])

    @property
    def device(self) -> str:
        return self.devices.get(str(self.kwargs["link_id"]), "")

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.private(self.render("portal/capture/over.html", status=422, sentence=refusal.message))

    def private(self, response: HttpResponse) -> HttpResponse:
        add_never_cache_headers(response)
        return response
