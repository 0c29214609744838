"""Hỗ trợ nộp trực tuyến tại quầy: the officer begins, the pages are those of a citizen, the person confirms."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Channel
from motcua.service.filing.operations.assisting import begin_assisted
from motcua.service.procedures.models import Offering
from motcua.service.procedures.models.revision import ChannelNotOffered, NotACase, NotInForce
from motcua.web.counter.offerings import offerings_of
from motcua.web.ui.drafts import keep_open
from motcua.web.ui.pages import Page


class Assist(Page):
    """Chọn thủ tục để khai giúp người trước quầy."""

    permission = Permission.RECEIVE

    @cached_property
    def offered(self) -> list[Offering]:
        """Thủ tục nhận trực tuyến tại các nơi người này tiếp nhận."""
        day = local_date(self.at)
        return [one for one in offerings_of(self) if one.revision_on(day).channels_of(Channel.ONLINE)]

    def get(self, request: HttpRequest) -> HttpResponse:
        choices = [
            (one.pk, f"{one.procedure.code} {one.procedure.name}, {one.agency.name}") for one in self.offered
        ]
        return self.render(
            "counter/drafts/assist.html", offered=choices, key=self.form.value("key") or new_id()
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        by_key = {str(one.pk): one for one in self.offered}
        chosen = reader.choice("offering", by_key, required="Hãy chọn thủ tục.")
        reader.check()
        offering = by_key[chosen]
        cases = offering.revision_on(local_date(self.at)).cases
        try:
            draft = begin_assisted(
                draft_id=as_key(reader.text("key")) or new_id(),
                offering=offering,
                case_id=cases[0].pk if cases else None,
                by=self.user,
                at=self.at,
            )
        except (NotInForce, NotACase, ChannelNotOffered) as refusal:
            raise DomainError(refusal.message, field="offering") from None
        keep_open(request, draft)
        step = "noi-nop" if cases else "nguoi-nop"
        return self.go(reverse(f"portal:draft-{step}", args=[offering.procedure.code, draft.pk]))
