"""Chụp bằng điện thoại: a page lends its file fields to a phone by a QR code; the pictures come here by themselves.

The phone only brings pictures on their way to this address (`foundation.documents.operations.phoning`); they are stored by
the page's own form, sent as if somebody had chosen them here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key
from motcua.foundation.documents.models import IncomingFile, PhoneLink
from motcua.foundation.documents.operations.arriving import cancel_upload
from motcua.foundation.documents.operations.phoning import (
    end_link,
    handed_to,
    open_link,
    sign_of,
    taken_with,
)
from motcua.web.ui.uploads import KEYS, Resumable

WORD, NEW = "dien-thoai", "moi"
FIELD = "o"  # which field of the page, where it has several
KNOWN = "da"  # what the page knows already: nothing is answered while nothing is new
DROPPED = "bo"


@dataclass(frozen=True)
class Lent:
    """Ô cho mượn: `name` of the field, `title` of its paper, which the phone shows and which is never a person's name.

    The pictures are sent at once: `target` is what the answer replaces, `params` what of the form goes along, `vals` what
    besides, `is_form` the whole form. Or, when it `waits`, they lie in the form until somebody sends it.
    """

    title: str
    name: str = "file"
    target: str = "this"
    params: Sequence[str] = ()
    vals: Mapping[str, str] = field(default_factory=dict)
    is_form: bool = False
    waits: bool = False


class LendsToPhone(Resumable):
    """Trang cho mượn ô chọn tệp."""

    abstract = True

    def lent(self, word: str) -> Lent | None:
        """The field of that word ("" of a page with one field); None: there is none. Judges who asks, as the form does."""
        raise NotImplementedError

    def entrance(self) -> HttpResponse | None:
        first = super().entrance()
        if first is None and WORD in self.request.GET:
            return self.lend(self.request.GET[WORD], self.request.GET.get(FIELD, ""))
        return first

    def lend(self, key: str, word: str) -> HttpResponse:
        lent = self.lent(word)
        if lent is None:
            raise self.missing("Không có ô này trong trang.")
        is_act, link = self.request.method == "POST", self.link(as_key(key), word)
        if is_act and DROPPED in self.request.GET:
            self.drop_handed(word)
        elif is_act and key == NEW:
            link = open_link(place=self.place(word), title=lent.title, sent_by_id=self.sender_id, at=self.at)
        elif is_act and link:
            end_link(link_id=link.pk, at=self.at)
            link = None
        phone = self.phone(word, lent, link, self.handed([word]).get(self.place(word), []))
        if not self.is_fragment:
            return self.render("ui/phone.html", phone=phone, back=self.way_back())
        if is_act or link is None:
            return self.render("ui/_phone.html", phone=phone)
        if self.request.GET.get(KNOWN) == phone["known"]:
            return HttpResponse(status=204)
        return self.render("ui/_phone_state.html", phone=phone)

    def drop_handed(self, word: str) -> None:
        """Bỏ một ảnh điện thoại đã gửi."""
        dropped = as_key(self.request.GET[DROPPED])
        if any(one.pk == dropped for one in self.handed([word]).get(self.place(word), [])):
            assert dropped is not None  # noqa: S101  it is one of them
            cancel_upload(upload_id=dropped)

    def phones(self, words: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Of each field what the templates need, with the code that is open and the pictures that wait. Two questions."""
        words = list(words)
        links = {one.place: one for one in self.links(words).filter(expires_at__gt=self.at, ended_at=None)}
        handed = self.handed(words)
        found = {}
        for word in words:
            if lent := self.lent(word):
                place = self.place(word)
                found[word] = self.phone(word, lent, links.get(place), handed.get(place, []))
        return found

    def live_phone(self) -> dict[str, Any] | None:
        """The code that is open for the one field of this page, shown again after the page was read again."""
        phone = self.phones([""])[""]
        return phone if phone["link"] else None

    def phone(
        self, word: str, lent: Lent, link: PhoneLink | None, handed: Sequence[IncomingFile]
    ) -> dict[str, Any]:
        kept = self.request.GET.copy()
        for name in (WORD, FIELD, KNOWN, DROPPED):
            kept.pop(name, None)
        if word:
            kept[FIELD] = word
        place = f"{self.request.path}?{kept.urlencode()}" if kept else self.request.path
        key = KEYS + lent.name
        vals = {key: [str(one.pk) for one in handed], **lent.vals}
        shown: dict[str, Any] = {
            "place": place, "mark": "&" if kept else "?", "name": lent.name, "target": lent.target, "link": None,
            "waits": lent.waits, "handed": handed, "key": key, "vals": json.dumps(vals), "fields": lent.vals,
            "params": "*" if lent.is_form else ",".join([key, *lent.params]),
        }  # fmt: skip
        if link is not None:
            address = settings.SITE_URL + reverse("portal:capture", args=[link.pk, sign_of(link.pk)])
            taken, holds = taken_with(link.pk).filter(handed_at=None).count(), link.holds(self.at)
            shown |= {
                "link": link,
                "holds": holds,
                "address": address,
                "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
                "taken": taken,
                "known": f"{len(handed)}-{taken}-{bool(link.device):d}-{holds:d}",
            }
        return shown

    def place(self, word: str) -> str:
        """What a code and its pictures are of."""
        return f"{self.request.path}#{word}" if word else self.request.path

    def links(self, words: Iterable[str]) -> QuerySet[PhoneLink]:
        places = [self.place(word) for word in words]
        return PhoneLink.objects.filter(place__in=places, sent_by_id=self.sender_id).order_by("begun_at")

    def link(self, key: UUID | None, word: str) -> PhoneLink | None:
        return self.links([word]).filter(pk=key).first() if key else None

    def handed(self, words: Iterable[str]) -> dict[str, list[IncomingFile]]:
        """Ảnh điện thoại đã gửi mà trang này chưa lưu, by place."""
        found: dict[str, list[IncomingFile]] = {}
        for one in handed_to([self.place(word) for word in words], self.sender_id, self.at):
            found.setdefault(one.place, []).append(one)
        return found

    def mine(self) -> QuerySet[IncomingFile]:
        here = Q(place=self.request.path) | Q(place__startswith=f"{self.request.path}#")
        return IncomingFile.objects.filter(here, sent_by_id=self.sender_id)
