"""Chụp bằng điện thoại: a page lends its file field to a phone by a QR code; the pictures come here by themselves.

The phone only brings pictures on their way to this address (`foundation.documents.operations.phoning`); they are stored by
the page's own form, sent as if somebody had chosen them here.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key
from motcua.foundation.documents.models import PhoneLink
from motcua.foundation.documents.operations.phoning import (
    end_link,
    handed_to,
    open_link,
    sign_of,
    taken_with,
)
from motcua.web.ui.uploads import KEYS, Resumable

WORD, NEW = "dien-thoai", "moi"


class LendsToPhone(Resumable):
    """Trang cho mượn ô chọn tệp. Says with `phone_field` where the pictures go."""

    abstract = True

    def phone_title(self) -> str:
        """Tên giấy tờ, shown on the phone; never a person's name."""
        return "Giấy tờ"

    def phone_field(self) -> dict[str, Any]:
        """`name` of the field, `target` that the answer replaces, `params` of the form to be sent along, `vals` besides."""
        raise NotImplementedError

    def entrance(self) -> HttpResponse | None:
        first = super().entrance()
        if first is None and WORD in self.request.GET:
            return self.lend(self.request.GET[WORD])
        return first

    def lend(self, word: str) -> HttpResponse:
        is_act, link = self.request.method == "POST", self.link(as_key(word))
        if is_act and word == NEW:
            link = open_link(
                place=self.request.path, title=self.phone_title(), sent_by_id=self.sender_id, at=self.at
            )
        elif is_act and link:
            end_link(link_id=link.pk, at=self.at)
            link = None
        if self.is_fragment:
            is_asked = not is_act and link is not None
            template = "ui/_phone_state.html" if is_asked else "ui/_phone.html"
            return self.render(template, phone=self.phone(link))
        return self.render("ui/phone.html", phone=self.phone(link), back=self.way_back())

    def phone(self, link: PhoneLink | None = None) -> dict[str, Any]:
        """What the templates need; without a link: of the button alone."""
        field = self.phone_field()
        kept = self.request.GET.copy()
        kept.pop(WORD, None)
        place = f"{self.request.path}?{kept.urlencode()}" if kept else self.request.path
        shown: dict[str, Any] = {**field, "place": place, "mark": "&" if kept else "?", "link": None}
        handed = list(handed_to(self.request.path, self.sender_id, self.at))
        key = KEYS + field["name"]
        vals = {key: [str(one.pk) for one in handed], **field.get("vals", {})}
        params = "*" if field.get("is_form") else ",".join([key, *field.get("params", [])])
        shown |= {"handed": handed, "key": key, "vals": json.dumps(vals), "params": params}
        if link is not None:
            address = settings.SITE_URL + reverse("portal:capture", args=[link.pk, sign_of(link.pk)])
            shown |= {
                "link": link,
                "holds": link.holds(self.at),
                "address": address,
                "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
                "taken": taken_with(link.pk).filter(handed_at=None).count(),
            }
        return shown

    def live_phone(self) -> dict[str, Any] | None:
        """The code that is open for this field, shown again after the page was read again."""
        mine = PhoneLink.objects.filter(place=self.request.path, sent_by_id=self.sender_id, ended_at=None)
        link = mine.filter(expires_at__gt=self.at).order_by("-begun_at").first()
        return self.phone(link) if link else None

    def link(self, key: UUID | None) -> PhoneLink | None:
        mine = PhoneLink.objects.filter(place=self.request.path, sent_by_id=self.sender_id)
        return mine.filter(pk=key).first() if key else None
