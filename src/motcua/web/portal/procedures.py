"""Tìm thủ tục, trang của một thủ tục: what do I need in my case, how long, how much, where, who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.text import sort_key, tidy
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import UsualTime
from motcua.service.payments.pricing import Published, published_for
from motcua.service.payments.rules import price_of, who_pays_less
from motcua.service.procedures.finding import find, in_order
from motcua.service.procedures.models import (
    LifeEvent,
    LifeEventStep,
    Offering,
    Procedure,
    Revision,
)
from motcua.service.procedures.models.revision import NotInForce
from motcua.service.procedures.narrowing import Narrowed, Standing, narrow
from motcua.service.procedures.operations.finding import count_miss
from motcua.service.procedures.portal import portal_on
from motcua.service.procedures.querysets import ProcedureQuerySet
from motcua.service.procedures.wording import shared
from motcua.web.ui.environment import maybe_url, query
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page

SHOWN, SUGGESTED, MOST_PLACES = 20, 6, 4
LONGEST = 120
LEVELS = ("Cấp xã", "Cấp tỉnh", "Cấp bộ")


@dataclass(frozen=True)
class Result:
    """Một thủ tục trong kết quả tìm: what it gives, how long, how much, where."""

    code: str
    name: str
    gives: str
    limit: str
    fee: str
    where: str
    is_online: bool


@dataclass(frozen=True)
class Filter:
    """Một lối lọc: its label, how many there are, and the address with it or without."""

    label: str
    count: int
    address: str
    is_chosen: bool


class FindingPages(Page):
    abstract = True

    @property
    def today(self) -> date:
        return local_date(self.at)

    def shown(self, procedures: Sequence[Procedure]) -> list[Result]:
        """Kết quả tìm, with what is asked today."""
        asked = published_for([one.pk for one in procedures], self.today)
        return [result_of(one, asked.get(one.pk)) for one in procedures]

    def asked(self) -> str:
        return tidy(self.request.GET.get("q", ""))[:LONGEST]

    def offered(self) -> ProcedureQuerySet:
        """What somebody takes in today."""
        living = Offering.objects.in_force(self.today).filter(procedure=OuterRef("pk"))
        return Procedure.objects.in_force(self.today).filter(Exists(living))


class Finding(FindingPages):
    """Tìm thủ tục, by words or by what it is about."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        text = self.asked()
        chosen = {name: request.GET.get(name, "")[:250] for name in ("linh-vuc", "cap", "noi", "su-kien")}
        rows = self.filtered(chosen)
        found = find(text, rows) if text else []
        is_asked = bool(text) or any(chosen.values())
        results: list[Procedure] = []
        following = ""
        if text:
            start = _whole(request.GET.get("trang", ""))
            results = in_order(found[start : start + SHOWN], _with_what_is_shown(rows))
            following = query(request, trang=start + SHOWN) if len(found) > start + SHOWN else ""
            if not found and not any(chosen.values()):
                count_miss(text=text, at=self.at)
        elif is_asked:
            results, following = self.alphabetically(rows)
        return self.render(
            "portal/procedures/index.html",
            q=text,
            chosen=chosen,
            is_asked=is_asked,
            results=self.shown(results),
            total=len(found) if text else None,
            following=following,
            filters=self.filters(rows, [one.procedure_id for one in found] if text else None)
            if is_asked
            else [],
            events=LifeEvent.objects.in_force(self.today) if not results else (),
            fields=self.fields() if not is_asked else (),
            taken_in_at=Agency.objects.filter(pk=_whole(chosen["noi"])).first() if chosen["noi"] else None,
        )

    def filtered(self, chosen: Mapping[str, str]) -> ProcedureQuerySet:
        rows = self.offered()
        if chosen["linh-vuc"]:
            rows = rows.of_field(chosen["linh-vuc"])
        if chosen["cap"]:
            rows = rows.filter(current__levels__contains=[chosen["cap"]])
        if chosen["noi"]:
            rows = rows.received_at(_whole(chosen["noi"]), self.today)
        if chosen["su-kien"]:
            rows = rows.filter(life_events__event__code=chosen["su-kien"])
        return rows

    def alphabetically(self, rows: ProcedureQuerySet) -> tuple[list[Procedure], str]:
        after = self.request.GET.get("sau", "")[:400]
        name, _, key = after.rpartition("~")
        if after and key.isdecimal():
            rows = rows.filter(Q(name_folded__gt=name) | Q(name_folded=name, pk__gt=int(key[:18])))
        found = list(_with_what_is_shown(rows).order_by("name_folded", "pk")[: SHOWN + 1])
        if len(found) <= SHOWN:
            return found, ""
        last = found[SHOWN - 1]
        return found[:SHOWN], query(self.request, sau=f"{last.name_folded}~{last.pk}")

    def filters(self, rows: ProcedureQuerySet, keys: Sequence[int] | None) -> list[tuple[str, list[Filter]]]:
        """Lối lọc của kết quả: fields and levels that are among them."""
        rows = rows if keys is None else rows.filter(pk__in=keys)
        fields = rows.order_by().values_list("current__field").annotate(count=Count("pk")).order_by("-count")
        counts = rows.aggregate(
            **{
                f"level_{place}": Count("pk", filter=Q(current__levels__contains=[level]))
                for place, level in enumerate(LEVELS)
            }
        )
        by_field = [self._filter("linh-vuc", name, name, count) for name, count in fields[:8] if name]
        by_level = [
            self._filter("cap", level, level, counts[f"level_{place}"])
            for place, level in enumerate(LEVELS)
            if counts[f"level_{place}"]
        ]
        return [
            (label, some)
            for label, some in (("Lĩnh vực", by_field), ("Cấp giải quyết", by_level))
            if len(some) > 1 or any(one.is_chosen for one in some)
        ]

    def _filter(self, name: str, value: str, label: str, count: int) -> Filter:
        is_chosen = self.request.GET.get(name, "") == value
        changed: dict[str, Any] = {name: None if is_chosen else value, "trang": None, "sau": None}
        return Filter(label, count, query(self.request, **changed), is_chosen)

    def fields(self) -> list[tuple[str, int]]:
        """Các lĩnh vực và số thủ tục."""
        rows = self.offered().order_by().values_list("current__field").annotate(count=Count("pk"))
        return sorted(((name, count) for name, count in rows if name), key=lambda row: sort_key(row[0]))


class Suggestions(FindingPages):
    """Gợi ý khi đang gõ: a fragment under the box; without a script nobody asks for it."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        text = self.asked()
        if not self.is_fragment:
            return self.go("portal:finding")
        found = find(text, self.offered(), is_being_typed=True)[:SUGGESTED] if len(text) > 1 else []
        rows = in_order(found, Procedure.objects.all())
        return self.render("portal/procedures/_suggestions.html", rows=rows, q=text)


class LifeEventPage(FindingPages):
    """Một sự kiện trong đời: what to do, in which order."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        event = LifeEvent.objects.in_force(self.today).filter(code=code).first()
        if event is None:
            raise self.missing("Không có trang này. Hãy tìm thủ tục ở trang chủ.")
        steps = list(LifeEventStep.objects.filter(event=event, procedure__in=self.offered()))
        rows = {
            row.pk: row
            for row in _with_what_is_shown(
                Procedure.objects.filter(pk__in=[step.procedure_id for step in steps])
            )
        }
        return self.render(
            "portal/procedures/event.html",
            event=event,
            steps=[
                (shown, step.reason)
                for shown, step in zip(
                    self.shown([rows[step.procedure_id] for step in steps]), steps, strict=True
                )
            ],
            others=LifeEvent.objects.in_force(self.today).exclude(pk=event.pk),
        )


@dataclass(frozen=True)
class Place:
    """Một nơi nộp: address, hours of today, and where to book."""

    offering: Offering
    hours: str
    booking: str


class ProcedurePage(FindingPages):
    """Một thủ tục: on the day of today, or of `ngay`."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure = Procedure.objects.filter(code=code, current__isnull=False).first()
        if procedure is None:
            raise self.missing("Không có thủ tục này. Hãy tìm theo tên ở trang Thủ tục.")
        day = Reader({"ngay": request.GET.get("ngay", "")}).day("ngay") or self.today
        try:
            revision = procedure.revision_on(day)
        except NotInForce:
            return self.render("portal/procedures/ended.html", status=410, procedure=procedure, day=day)
        narrowed = narrow(revision, _answers(request.GET))
        offerings = list(
            Offering.objects.in_force(day)
            .filter(procedure=procedure)
            .select_related("agency", "receiving_agency", "unit")
        )
        offerings.sort(key=lambda row: sort_key(row.receiving_agency.name))
        chosen = next((row for row in offerings if str(row.pk) == request.GET.get("noi", "")), None)
        if chosen is None and len(offerings) == 1:
            chosen = offerings[0]
        portal = portal_on(revision, day)
        self.form = Form(request.GET)
        return self.render(
            "portal/procedures/show.html",
            procedure=procedure,
            revision=revision,
            day=None if day == self.today else day,
            narrowed=narrowed,
            fees=self.fees(procedure, chosen, day),
            price_of=price_of,
            who_pays_less=who_pays_less,
            offerings=offerings,
            chosen=chosen,
            places=[place_of(row, self.at) for row in _near(offerings, chosen)],
            usual=self.usual(procedure, chosen),
            usual_of=chosen.agency.name if chosen else "",
            portal=portal,
            start=start_address(procedure, chosen) if portal.mode == "ON" else "",
            described=described(procedure, revision, narrowed, request.build_absolute_uri(request.path)),
            needed=narrowed.of(Standing.NEEDED),
            if_any=narrowed.of(Standing.IF_ANY),
            held=narrowed.of(Standing.HELD),
        )

    def fees(self, procedure: Procedure, chosen: Offering | None, day: date) -> Published | None:
        """Mức thu đang áp dụng; None: what the procedure announces counts."""
        asked = published_for([procedure.pk], day, offering_id=chosen.pk if chosen else None)
        return asked.get(procedure.pk)

    def usual(self, procedure: Procedure, chosen: Offering | None) -> tuple[UsualTime | None, bool]:
        """Thời gian thường mất at the chosen agency, else in the province; and whether it is the agency's."""
        agency = chosen.agency_id if chosen else None
        rows = UsualTime.objects.filter(Q(agency=agency) | Q(agency__isnull=True), procedure=procedure)
        by_agency = {row.agency_id: row for row in rows}
        mine = by_agency.get(agency)
        if agency and mine and mine.says_enough:
            return mine, True
        return by_agency.get(None), False


def result_of(procedure: Procedure, asked: Published | None) -> Result:
    """Một thủ tục trong danh sách: its fee is what the rules in force ask, else what is announced."""
    revision = procedure.current
    assert revision is not None  # noqa: S101  only those in force are listed
    channels = list(revision.channels.all())
    announced = shared((channel.label, channel.fees_in_words or "Miễn phí") for channel in channels)
    return Result(
        code=procedure.code,
        name=procedure.name,
        gives=_first(result.name for result in revision.result_types.all()),
        limit=shared((channel.label, channel.limits_in_words) for channel in channels) if channels else "",
        fee=asked.in_words if asked else announced if channels else "",
        where=", ".join(revision.levels),
        is_online=revision.online_level in {"PARTIAL", "FULL"},
    )


def place_of(offering: Offering, at: datetime) -> Place:
    """Nơi nộp, with the hours of today or of the next day that is worked."""
    calendar = work_calendar(offering.receiving_agency_id, local_date(at))
    today = local_date(at)
    day = next((day for step in range(30) if calendar.is_working(day := today + timedelta(days=step))), None)
    hours = ""
    if day is not None:
        opens, closes = calendar.opening(day), calendar.close(day)
        when = "Hôm nay" if day == today else f"Mở lại {day:%d/%m}:"
        hours = f"{when} {opens:%H:%M}–{closes:%H:%M}"
    return Place(offering, hours, maybe_url("portal:booking", offering.unit_id) if offering.unit_id else "")


def start_address(procedure: Procedure, offering: Offering | None) -> str:
    """Where an online filing begins, when this installation has that page."""
    if offering is not None and (address := maybe_url("portal:start-filing", procedure.code, offering.pk)):
        return address
    return maybe_url("portal:start-filing", procedure.code)


def described(procedure: Procedure, revision: Revision, narrowed: Narrowed, address: str) -> dict[str, Any]:
    """Mô tả cho máy tìm kiếm: schema.org GovernmentService."""
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "identifier": procedure.code,
        "name": procedure.name,
        "url": address,
        "serviceType": revision.field,
        "inLanguage": "vi",
        "provider": {"@type": "GovernmentOrganization", "name": revision.settling or revision.competent},
        "audience": {"@type": "Audience", "audienceType": ", ".join(revision.subject_labels)},
        "serviceOutput": [result.name for result in revision.result_types.all()],
        "availableChannel": [
            {"@type": "ServiceChannel", "name": way.label, "processingTime": way.limit}
            for way in narrowed.ways
        ],
    }
    if procedure.aliases:
        told["alternateName"] = procedure.aliases
    return told


def _with_what_is_shown(rows: ProcedureQuerySet) -> ProcedureQuerySet:
    return rows.select_related("current").prefetch_related(
        "current__channels__fees", "current__channels__case_limits__case", "current__result_types"
    )


def _answers(typed: Mapping[str, str]) -> dict[int, int]:
    """Answers of the address: c0=1&c2=0; nonsense is no answer."""
    found = {}
    for name, value in typed.items():
        if (
            name[:1] == "c"
            and name[1:].isdecimal()
            and value.isdecimal()
            and len(name) < 5
            and len(value) < 4
        ):
            found[int(name[1:])] = int(value)
    return found


def _near(offerings: Sequence[Offering], chosen: Offering | None) -> Sequence[Offering]:
    """The place that was chosen; all of them when they are few."""
    if chosen is not None:
        return [chosen]
    return offerings if len(offerings) <= MOST_PLACES else []


def _whole(typed: str) -> int:
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 10 else 0


def _first(texts: Any) -> str:
    return next(iter(texts), "")
