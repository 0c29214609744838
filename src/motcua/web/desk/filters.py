"""Bộ lọc: every condition of a list on one page, to look at it or to keep it under a name."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.text import sort_key
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Priority
from motcua.service.dossiers.operations.filtering import drop_filter, save_filter
from motcua.service.dossiers.states import OPEN, State
from motcua.service.procedures.models import Offering
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.desk.wanted import ADDRESSES, DUES, NOBODY, SEARCH, TABS, Wanted, kept_for


class Filters(DeskPage):
    """Lọc và lưu bộ lọc: every condition on one page; a press looks at the list, another keeps the filter."""

    any_of = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.POST if request.method == "POST" else request.GET
        wanted = Wanted.read(given)
        tab = given.get("muc", "")
        places = self.access.agencies(Permission.SEE)
        return self.render(
            "desk/filters/edit.html",
            wanted=wanted,
            tab=tab if tab in {*TABS, SEARCH} else "cua-toi",
            tabs=[*TABS.items()],
            dues=list(DUES.items()),
            standings=[(str(state.value), state.label) for state in State if state in OPEN],
            priorities=Priority.choices,
            **self.of_places(places),
            kept=kept_for(self.user, self.access),
            shared_at=self.shared_at(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        if "look" in request.POST:
            return self.go(
                f"{reverse('desk:index')}?{Wanted.read(request.POST).query(muc=reader.text('muc'))}"
            )
        name = reader.text("name", required="Hãy đặt tên cho bộ lọc.", longest=60)
        tab = reader.choice("muc", {*TABS, SEARCH}, required="Hãy chọn danh sách.")
        shared = reader.choice("shared", [key for key, _ in self.shared_at()])
        reader.check()
        wanted = Wanted.read(request.POST)
        save_filter(
            name=name,
            tab=tab,
            wanted={ADDRESSES[key]: value for key, value in asdict(wanted).items() if value},
            agency_id=int(shared) if shared else None,
            by=self.user,
            at=self.at,
        )
        route = reverse("desk:search" if tab == SEARCH else "desk:index")
        return self.done(f"Đã lưu bộ lọc “{name}”.", f"{route}?{wanted.query(muc=tab)}")

    def of_places(self, places: list[int]) -> dict[str, Any]:
        """What the agencies of this person offer, and who works there."""
        day = local_date(self.at)
        offered = Offering.objects.in_force(day).filter(agency__in=places)
        rows = offered.values_list(
            "procedure", "procedure__current__name", "procedure__current__field"
        ).distinct()
        listed = [(key, name or "", field or "") for key, name, field in rows]
        people = User.objects.active().in_post_at(places, day).order_by("full_name", "pk")
        return {
            "procedures": sorted(
                {(str(key), name) for key, name, _ in listed}, key=lambda row: sort_key(row[1])
            ),
            "fields_of_work": sorted(
                {(field, field) for *_, field in listed if field}, key=lambda row: sort_key(row[0])
            ),
            "people": [(NOBODY, "Chưa có ai giữ"), *((str(one.pk), one.full_name) for one in people)],
        }

    def shared_at(self) -> list[tuple[str, str]]:
        """Where this person sits: whom a filter may be shared with."""
        mine = sorted(self.access.houses & self.access.where(Permission.SEE))
        rows = Agency.objects.filter(pk__in=mine).order_by("path").values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]


class FilterDrop(DeskPage):
    """Bỏ bộ lọc đã lưu."""

    any_of = READERS

    def post(self, request: HttpRequest, filter_id: UUID) -> HttpResponse:
        drop_filter(filter_id=filter_id, by=self.user)
        return self.done("Đã bỏ bộ lọc.", self.next_address(reverse("desk:filters")))
