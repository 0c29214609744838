"""Cổng công dân: find one's dossier, learn when it is due and why."""

from __future__ import annotations

import time as system_time
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import DomainError
from motcua.foundation.calendars.clock import Limit, Unit, due, transfer_due
from motcua.foundation.calendars.loading import regime_on, regimes, work_calendar
from motcua.foundation.org.models import OneStopUnit
from motcua.service.dossiers.models import LatenessReview
from motcua.service.dossiers.tracking import track
from motcua.service.filing.tracking import found_by_fact
from motcua.service.linking.tracking import bundle_of_part, track_bundle
from motcua.service.procedures.models import LifeEvent
from motcua.web.portal.attempts import may_try
from motcua.web.portal.drafts import let_in
from motcua.web.portal.following import beside
from motcua.web.portal.story import standing, story
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.promises import promise_of

UNITS = (Unit.WORKING_DAY, Unit.DAY, Unit.HOUR, Unit.MONTH)
MOST_PUBLISHED = 200
REFUSAL_TAKES = 0.25  # seconds: a wrong code and a wrong fact take the same time to refuse
NOT_FOUND = "Không tìm thấy hồ sơ với mã và 4 số này. Hãy xem lại mã in trên giấy hẹn và 4 chữ số cuối bạn đã khai khi nộp."
TOO_OFTEN = "Bạn đã thử nhiều lần. Hãy chờ 10 phút rồi thử lại, hoặc gọi Bộ phận Một cửa nơi bạn nộp hồ sơ."


class Home(Page):
    """Trang chủ."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        units = OneStopUnit.objects.valid_on(self.at.date()).order_by("name")
        events = LifeEvent.objects.in_force(self.at.date())
        return self.render("portal/home/show.html", units=units, events=events)


class TrackingPage(Page):
    """Tra cứu hồ sơ."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.form.value("next") or request.GET.get("next", "")
        return self.render("portal/tracking/edit.html", code=request.GET.get("ma", ""), next=wanted)

    def post(self, request: HttpRequest) -> HttpResponse:
        begun = system_time.monotonic()
        reader = self.read()
        code = reader.text("ma", required="Hãy nhập mã hồ sơ in trên giấy hẹn.", longest=60).upper()
        fact = reader.text("so", required="Hãy nhập 4 chữ số cuối.", longest=20)
        if fact and not (fact.isdecimal() and len(fact) == 4):
            reader.refuse("so", "Nhập đúng 4 chữ số cuối.")
        reader.check()
        if not may_try(request, code, self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request)
        found = track(code=code, fact=fact)
        if found is None and (filing := found_by_fact(code=code, fact=fact)):
            let_in(request, *filter(None, (filing.code, filing.dossier.code if filing.dossier else "")))
            own = reverse("portal:my-filing", args=[filing.code])
            wanted = self.next_address(own)
            return self.go(wanted if wanted.startswith(own) else own)
        if found is not None:
            let_in(request, found.code)
            wanted = reverse("portal:my-filing", args=[found.code])
            if self.next_address("").startswith(wanted):
                return self.go(self.next_address(wanted))
        if found is None and (bundle := track_bundle(code=code, fact=fact)):
            response = self.render(
                "portal/tracking/bundle.html",
                bundle=bundle,
                promise=promise_of(bundle.due_at, at=self.at, finished_at=bundle.finished_at),
            )
            add_never_cache_headers(response)
            return response
        if found is None:
            system_time.sleep(max(0, begun + REFUSAL_TAKES - system_time.monotonic()))
            raise DomainError(NOT_FOUND)
        whole = bundle_of_part(found.code)
        response = self.render(
            "portal/tracking/show.html",
            dossier=found,
            whole=whole,
            standing=standing(found, self.at),
            moments=story(found, self.at, returned_by=whole.due_at if whole else found.due_at),
            **beside(found.code, self.at),
        )
        add_never_cache_headers(response)
        return response


class LatenessPage(Page):
    """Kết quả xem xét hồ sơ chậm, as published: which agency, why, with what outcome; nobody's name."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        published = LatenessReview.objects.filter(published_at__isnull=False)
        found = published.select_related("cause", "dossier__agency", "dossier__revision").order_by(
            "-published_at"
        )
        return self.render("portal/lateness/index.html", reviews=found[:MOST_PUBLISHED], most=MOST_PUBLISHED)


class ClockPage(Page):
    """Tính ngày hẹn trả: the page of the clock, for anybody."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        answered: dict[str, Any] = {"answer": None}
        if "ngay" in request.GET:
            self.form = Form(request.GET)
            try:
                answered = self.answer(Reader(request.GET))
            except DomainError as refusal:
                errors = getattr(refusal, "errors", {refusal.field or "so": refusal.message})
                self.form, self.status = Form(request.GET, errors), 422
        return self.render(
            "portal/clock/show.html",
            units=[(unit.value, unit.label) for unit in UNITS],
            regimes=[(regime.code, regime.name or regime.code) for regime in reversed(regimes())],
            **answered,
        )

    def answer(self, reader: Reader) -> dict[str, Any]:
        """What the clock says to what was typed. Raises DomainError."""
        at = reader.moment("ngay", "gio", required="Hãy nhập ngày và giờ nộp hồ sơ.")
        number = reader.number("so", required="Hãy nhập thời hạn.", most=1000)
        unit = reader.choice("don-vi", [unit.value for unit in UNITS]) or Unit.WORKING_DAY
        codes = {regime.code: regime for regime in regimes()}
        code = reader.choice("che-do", list(codes))
        if number is not None and number <= 0:
            reader.refuse("so", "Thời hạn phải lớn hơn 0.")
        reader.check()
        assert at is not None  # noqa: S101  checked
        limit = Limit(Decimal(number or 0), Unit(unit))
        regime = codes.get(code) or regime_on(at.date())
        calendar = work_calendar(None, at.date())
        try:
            starts_next_day = reader.is_ticked("hom-sau")
            answer = due(at, limit, calendar, regime, starts_after_cutoff_next_day=starts_next_day)
            transfer = transfer_due(at, calendar, regime)
            explanation = answer.explanation
        except (OverflowError, ValueError) as beyond:
            sentence = "Ngày này nằm ngoài lịch làm việc đã công bố. Hãy nhập một ngày gần hơn."
            raise DomainError(sentence, field="ngay") from beyond
        return {
            "answer": answer,
            "received_at": at,
            "limit": limit,
            "regime": regime,
            "transfer": transfer,
            "explanation": explanation,
        }
