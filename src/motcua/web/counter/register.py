"""Sổ theo dõi hồ sơ: what a unit received in a period, of all fields or of one; on the screen and on paper."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.paperwork.gathering import fields_of, register_of
from motcua.service.paperwork.operations.printing import print_batch_receipt
from motcua.service.paperwork.registry import Form as Paper
from motcua.service.paperwork.rendering import render, render_docx
from motcua.web.counter.acts import promise
from motcua.web.counter.paging import known, slice_of
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import docx_response, paper_response, pdf_response

LONGEST = timedelta(days=400)


class Asked(NamedTuple):
    """Quyển sổ nào, từ ngày nào đến ngày nào."""

    agency: Agency
    first: date
    last: date
    field: str


class Register(Page):
    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        agencies = self.agencies()
        if not agencies:
            raise self.missing("Bạn chưa được giao tiếp nhận ở nơi nào.")
        try:
            asked = self.asked(Reader(request.GET), agencies)
        except InvalidInput as refusal:
            self.form, self.status = Form(request.GET, refusal.errors), 422
            today = local_date(self.at)
            asked = Asked(agencies[0], today.replace(day=1), today, "")
        if self.form.typed is None:
            self.form = Form(request.GET)
        received = self.received(asked)
        page = slice_of(
            received.with_names().select_related("result"),
            by="received_at",
            after=request.GET.get("after", ""),
        )
        return self.render(
            "counter/register/index.html",
            asked=asked,
            agencies=[(str(one.pk), one.name) for one in agencies],
            fields_list=[
                (name, name) for name in fields_of(asked.agency, first=asked.first, last=asked.last)
            ],
            rows=[(dossier, promise(dossier, self.at)) for dossier in page.dossiers],
            next=page.next,
            total=received.count(),
        )

    def agencies(self) -> list[Agency]:
        return list(Agency.objects.filter(pk__in=self.access.agencies(Permission.RECEIVE)).order_by("path"))

    def asked(self, reader: Reader, agencies: list[Agency]) -> Asked:
        """What the address asks for: this month of the first unit, unless it says otherwise. Raises InvalidInput."""
        today = local_date(self.at)
        first = reader.day("first") or today.replace(day=1)
        last = reader.day("last") or max(today, first)
        chosen = reader.choice("agency", [str(one.pk) for one in agencies])
        if first > last:
            reader.refuse("first", "Ngày đầu phải trước ngày cuối.")
        elif last - first > LONGEST:
            reader.refuse("last", "Chọn khoảng thời gian trong một năm.")
        reader.check()
        agency = next((one for one in agencies if str(one.pk) == chosen), agencies[0])
        return Asked(agency, first, last, reader.text("field", longest=1000))

    def received(self, asked: Asked) -> DossierQuerySet:
        seen = Dossier.objects.visible_to(self.user, self.at).received_at_unit(asked.agency.pk)
        rows = seen.filter(
            received_at__gte=datetime.combine(asked.first, time(), VIETNAM),
            received_at__lt=datetime.combine(asked.last + timedelta(days=1), time(), VIETNAM),
        )
        return rows.filter(revision__field=asked.field) if asked.field else rows


class RegisterPrint(Register):
    """Sổ theo dõi hồ sơ, as PDF."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, agency_id: int) -> HttpResponse:  # type: ignore[override]
        agencies = [agency for agency in self.agencies() if agency.pk == agency_id]
        if not agencies:
            raise self.missing("Bạn chưa được giao tiếp nhận ở nơi này.")
        asked = self.asked(Reader(request.GET), agencies)
        facts = register_of(
            asked.agency, first=asked.first, last=asked.last, keeper=self.user, field=asked.field
        )
        forms = regime_on(asked.last).forms
        name = f"so-theo-doi-ho-so-{asked.agency.code}-{asked.first:%y%m%d}-{asked.last:%y%m%d}"
        if "docx" in request.GET:
            content = render_docx(Paper.REGISTER, facts, regime_forms=forms, at=self.at)
            return docx_response(content, f"{name}.docx")
        return pdf_response(render(Paper.REGISTER, facts, regime_forms=forms, at=self.at), f"{name}.pdf")


class BatchReceipt(Page):
    """Giấy tiếp nhận nhiều hồ sơ: of those ticked in the register, for who has handed them in together."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        printed = print_batch_receipt(
            dossier_ids=known(request.GET.getlist("id")),
            submitter_name=" ".join(request.GET.get("submitter", "").split())[:250],
            by=self.user,
            at=self.at,
        )
        return paper_response(printed, request)
