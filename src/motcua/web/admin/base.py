"""Trang quản trị: what every page here shares. An act is asked for the agency that it concerns, not for the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.text import fold, sort_key
from motcua.core.time import local_date
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.access import may_everywhere, require_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency
from motcua.web.ui.environment import query
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

P = Permission
SECTIONS: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Cơ quan", "admin:agencies", (P.MANAGE_ORG, P.MANAGE_STAFF)),
    ("Nhân sự", "admin:staff", (P.MANAGE_STAFF,)),
    ("Vai trò", "admin:roles", (P.MANAGE_STAFF,)),
    ("Công dân", "admin:citizens", (P.MANAGE_STAFF,)),
    ("Lịch làm việc", "admin:calendars", (P.MANAGE_CALENDARS,)),
    ("Thủ tục", "admin:procedures", (P.MANAGE_PROCEDURES,)),
    ("Mức thu", "admin:fees", (P.MANAGE_PROCEDURES,)),
    ("Kết quả", "admin:results", (P.MANAGE_PROCEDURES,)),
    ("Quy trình", "admin:workflows", (P.MANAGE_WORKFLOWS, P.PUBLISH_WORKFLOWS)),
    ("Hồ sơ chậm", "admin:lateness", (P.CONTROL,)),
    ("Thông báo", "admin:notices", (P.CONTROL,)),
    ("Hàng chờ", "admin:queues", (P.MANAGE_QUEUE,)),
    ("Bưu chính", "admin:post", (P.MANAGE_ORG,)),
    ("Giấy tờ", "admin:papers", (P.MANAGE_FORMS,)),
    ("Biểu mẫu", "admin:eforms", (P.MANAGE_FORMS,)),
    ("Chứng thư số", "admin:certificates", (P.MANAGE_KEYS,)),
    ("Đối soát", "admin:money", (P.RECONCILE,)),
    ("Kênh thanh toán", "admin:channels", (P.RECONCILE, P.MANAGE_ORG)),
    ("Nhật ký", "admin:audit", (P.READ_LEDGER,)),
)
EVERY = tuple(dict.fromkeys(permission for _, _, held in SECTIONS for permission in held))
CODE_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")


class AdminPage(Page):
    """Một trang quản trị; `section` is the route of its place in the second row."""

    abstract = True
    section: ClassVar[str] = ""

    @cached_property
    def today(self) -> date:
        return local_date(self.at)

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        context.setdefault("today", self.today)
        return super().render(template, status=status, admin_sections=self._sections(), **context)

    def _sections(self) -> list[tuple[str, str, bool]]:
        open_to_me = [
            (label, reverse(route), route == self.section)
            for label, route, held in SECTIONS
            if any(self.access.may(permission) for permission in held)
        ]
        return [("Tổng quan", reverse("admin:index"), not self.section), *open_to_me]

    # Who may, where

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the permission reaches every living root: what is shared by all is changed from the top."""
        return may_everywhere(self.access, permission, self.today)

    def require_everywhere(self, permission: Permission) -> None:
        require_everywhere(self.access, permission, self.today)

    # Agencies, as they are chosen on a form

    def agency_or_missing(self, agency_id: int) -> Agency:
        found = Agency.objects.select_related("parent").filter(pk=agency_id).first()
        if found is None:
            raise self.missing("Không có cơ quan này.")
        return found

    def agency_names(self, agency_ids: Iterable[int] | None = None) -> list[str]:
        """What a field of an agency proposes: "Sở Tư pháp (H31.2)"."""
        living = Agency.objects.valid_on(self.today)
        if agency_ids is not None:
            living = living.filter(pk__in=agency_ids)
        return sorted((written(agency) for agency in living.only("name", "code")), key=sort_key)

    def read_agency(self, reader: Reader, name: str, *, required: str = "") -> Agency | None:
        """Cơ quan: as it was proposed, by its code, or by a name that only one living agency bears."""
        given = reader.text(name, required=required, longest=300)
        if not given:
            return None
        bracket = CODE_IN_BRACKETS.search(given)
        living = Agency.objects.valid_on(self.today).select_related("parent")
        found = list(living.filter(code__iexact=bracket[1].strip() if bracket else given)[:2])
        found = found or list(living.filter(name_folded=fold(given))[:2])
        if len(found) == 1:
            return found[0]
        reader.refuse(
            name,
            f"Có nhiều cơ quan tên “{given}”. Hãy chọn trong danh sách gợi ý hoặc viết mã."
            if found
            else f"Không có cơ quan nào đang hoạt động là “{given}”. Hãy chọn trong danh sách gợi ý hoặc viết mã.",
        )
        return None


def written(agency: Agency) -> str:
    return f"{agency.name} ({agency.code})"


def history(subject_id: UUID, *, most: int = 30) -> list[dict[str, Any]]:
    """Diễn biến của một đối tượng: the last lines of its ledger, newest first, with who did it."""
    lines = list(Line.objects.filter(subject_id=subject_id).order_by("-number")[:most])
    names = names_of(line.actor_id for line in lines)
    agencies = [line.payload["agency"] for line in lines if isinstance(line.payload.get("agency"), int)]
    places = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "name"))
    return [
        {
            "number": line.number,
            "label": line.label,
            "at": line.at,
            "by": names.get(line.actor_id, "Hệ thống") if line.actor_id else "Hệ thống",
            "note": _note(line.payload, places),
        }
        for line in lines
    ]


def _note(payload: Mapping[str, Any], places: Mapping[int, str]) -> str:
    """What a line says besides its name: of which post, of which agency, why."""
    words = [payload.get(key) for key in ("post", "title", "name")]
    said = [next((str(word) for word in words if word), ""), places.get(payload.get("agency") or 0, "")]
    said += [str(payload.get("reason") or "")]
    return " · ".join(word for word in said if word)


def names_of(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    """Of staff, and of citizens for what they did themselves."""
    wanted = {key for key in keys if key}
    found = dict(User.objects.filter(pk__in=wanted).values_list("pk", "full_name")) if wanted else {}
    if others := wanted - set(found):
        found |= dict(CitizenAccount.objects.filter(pk__in=others).values_list("pk", "applicant__name"))
    return found


def is_open_on(row: Any, day: date) -> bool:
    """Còn hiệu lực hoặc sẽ có hiệu lực."""
    return row.valid_to is None or row.valid_to >= day


def chosen_day(typed: str, otherwise: date) -> date:
    """The day of an address like ?on=2026-07-01; a nonsense one is today."""
    reader = Reader({"on": typed})
    return reader.day("on") or otherwise


def moment_ago(at: datetime, then: datetime) -> int:
    """Whole minutes that have gone by."""
    return int((at - then).total_seconds() // 60)


@dataclass(frozen=True)
class Slice:
    """Một trang của danh sách: its rows, how many there are in all, and the addresses of its neighbours."""

    rows: Sequence[Any]
    total: int
    next: str
    previous: str


def slice_of(request: HttpRequest, rows: Any, *, size: int = 50) -> Slice:
    """The page that ?page= asks for; a nonsense one is the first."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    start = (number - 1) * size
    return Slice(
        rows=list(rows[start : start + size]),
        total=total,
        next=query(request, page=number + 1) if start + size < total else "",
        previous=query(request, page=number - 1 if number > 2 else None) if number > 1 else "",
    )
