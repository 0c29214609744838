"""Số hóa kết quả cũ: the campaigns and how far they are, a new one, the plan item by item."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.ids import as_key, new_id
from motcua.core.sheets import csv_file
from motcua.core.text import fold
from motcua.core.time import local, local_date
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.filing.sheets import Sent, read_sheet
from motcua.service.forms.columns import Column
from motcua.service.forms.definition import Widget
from motcua.service.holdings.campaigns import STANDS, Progress, by_day, by_person, narrowed, progresses
from motcua.service.holdings.models import Campaign, CampaignItem
from motcua.service.holdings.operations.campaigning import (
    OLDEST,
    CampaignIn,
    ItemIn,
    open_campaign,
    plan_items,
)
from motcua.service.holdings.operations.loading import MOST_FILES, load_scans
from motcua.service.holdings.operations.revising import (
    Measure,
    change_campaign,
    close_campaign,
    reopen_campaign,
)
from motcua.service.holdings.querysets import CampaignItemQuerySet
from motcua.service.procedures.models import Procedure
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.uploads import Resumable

P = Permission
WORKERS = (P.RECEIVE, P.PROCESS, P.ASSIGN)
WATCHERS = (*WORKERS, P.REVIEW, P.SIGN, P.ISSUE, P.CONTROL)
SIZE, MOST_ROWS = 50, 2000
COLUMNS = (
    Column("number", "Số, ký hiệu", is_required=True),
    Column("holder_name", "Họ tên người được cấp", is_required=True),
    Column("issued_on", "Ngày cấp"),
    Column("personal_number", "Số định danh", widget=Widget.PERSONAL_NUMBER),
    Column("birth", "Ngày sinh hoặc năm sinh"),
)
HEAD: list[object] = [*(column.label for column in COLUMNS[:3]), "Tình trạng", "Vào kho lúc", "Người số hóa"]


class Index(Page):
    """Các đợt: for who works in them and for who watches over them."""

    any_of = WATCHERS

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = progresses(self.user, self.at)
        if "csv" in request.GET:
            return _csv("dot-so-hoa.csv", [_LINE_HEAD, *(_line(one, local_date(self.at)) for one in lines)])
        return self.render(
            "counter/campaigns/index.html",
            lines=lines,
            today=local_date(self.at),
            may_open=self.access.may(P.ASSIGN),
            total={name: sum(getattr(one, name) for one in lines) for name in ("planned", "begun", "kept")},
            target=sum(one.campaign.target for one in lines),
        )


_LINE_HEAD: list[object] = [
    "Đợt",
    "Cơ quan",
    "Loại kết quả",
    "Phải số hóa",
    "Trong kế hoạch",
    "Đang làm",
    "Đã vào kho",
    "Xong trước",
    "Chậm",
]


def _line(one: Progress, today: date) -> list[object]:
    campaign = one.campaign
    return [
        campaign.name, campaign.agency.name, campaign.title, campaign.target, one.planned, one.begun, one.kept,
        f"{campaign.ends_on:%d/%m/%Y}", "Chậm" if one.is_late(today) else "",
    ]  # fmt: skip


class CampaignForm(Page):
    """Những ô chung of opening and changing a campaign."""

    abstract = True

    def placed(self) -> QuerySet[Agency]:
        """The agencies whose people and procedures may be chosen."""
        return Agency.objects.filter(pk__in=self.access.agencies(P.ASSIGN))

    @cached_property
    def people(self) -> dict[str, User]:
        found = User.objects.filter(is_active=True, memberships__post__agency__in=self.placed()).distinct()
        return {str(one.pk): one for one in found.order_by("full_name")[:500]}

    def shared(self) -> dict[str, Any]:
        offered = Procedure.objects.filter(offerings__agency__in=self.placed()).distinct()
        return {
            "people": [(key, one.full_name) for key, one in self.people.items()],
            "procedures": [f"{one.code} {one.name}" for one in offered.order_by("code")[:1000]],
            "today": local_date(self.at),
        }

    def read_procedure(self, reader: Reader) -> Procedure | None:
        """By its code, which stands first in what is proposed."""
        typed = reader.text("procedure", longest=1000)
        if not typed:
            return None
        found: Procedure | None = Procedure.objects.filter(code__iexact=typed.split()[0]).first()
        if found is None:
            reader.refuse(
                "procedure", f"Không có thủ tục mã “{typed.split()[0]}”. Hãy chọn trong danh sách gợi ý."
            )
        return found

    def read_target(self, reader: Reader) -> int:
        wanted = "Hãy ghi số kết quả phải số hóa."
        return reader.integer("target", required=wanted, least=1, most=10_000_000) or 0


class New(CampaignForm):
    """Mở đợt."""

    permission = P.ASSIGN

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        return {str(one.pk): one for one in self.placed().order_by("name")}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "counter/campaigns/new.html",
            key=self.form.value("key") or new_id(),
            agencies=[(key, one.name) for key, one in self.agencies.items()],
            **self.shared(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader, today = self.read(), local_date(self.at)
        agency = reader.choice("agency", self.agencies, required="Hãy chọn cơ quan.")
        person = reader.choice("responsible", self.people, required="Hãy chọn người phụ trách.")
        begins = reader.day("begins_on", required="Hãy ghi ngày bắt đầu.")
        ends = reader.day("ends_on", required="Hãy ghi ngày phải xong.")
        first = reader.integer("year_from", required="Hãy ghi năm.", least=OLDEST, most=today.year)
        last = reader.integer("year_to", required="Hãy ghi năm.", least=OLDEST, most=today.year)
        target, procedure = self.read_target(reader), self.read_procedure(reader)
        words = {
            name: reader.text(name, required="Hãy ghi mục này.") for name in ("name", "title", "decision")
        }
        reader.check()
        campaign = open_campaign(
            CampaignIn(
                agency=self.agencies[agency], responsible=self.people[person], begins_on=begins or today,
                ends_on=ends or today, year_from=first or 0, year_to=last or 0, target=target,
                procedure=procedure, name=words["name"], title=words["title"], decision=words["decision"],
            ),
            campaign_id=as_key(reader.text("key")), by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(
            "Đã mở đợt. Hãy ghi danh sách kết quả cũ vào kế hoạch.", "counter:campaign", campaign.pk
        )


class Change(CampaignForm):
    """Sửa đợt, đóng sớm, mở lại, each with its reason."""

    permission = P.ASSIGN

    @cached_property
    def campaign(self) -> Campaign:
        seen = Campaign.objects.visible_to(self.user, self.at).select_related(
            "agency", "procedure", "responsible"
        )
        found: Campaign | None = seen.filter(pk=self.kwargs["campaign_id"]).first()
        if found is None:
            raise self.missing("Không có đợt số hóa này.")
        return found

    def placed(self) -> QuerySet[Agency]:
        return Agency.objects.filter(pk=self.campaign.agency_id)

    @cached_property
    def people(self) -> dict[str, User]:
        return {**super().people, str(self.campaign.responsible_id): self.campaign.responsible}

    def get(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        return self.render(
            "counter/campaigns/edit.html",
            campaign=self.campaign,
            kept=self.campaign.items.kept().count(),
            **self.shared(),
        )

    def post(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        reader, act = self.read(), request.POST.get("act", "")
        given: dict[str, Any] = {"campaign_id": self.campaign.pk, "by": self.user, "at": self.at}
        if act in {"close", "reopen"}:
            reason = reader.text(f"{act}_reason", required="Hãy ghi lý do.", longest=300)
            reader.check()
            (close_campaign if act == "close" else reopen_campaign)(reason=reason, **given)
            said = "Đã đóng đợt." if act == "close" else "Đã mở lại đợt."
            return self.done(said, "counter:campaign", self.campaign.pk)
        person = reader.choice("responsible", self.people, required="Hãy chọn người phụ trách.")
        ends = reader.day("ends_on", required="Hãy ghi ngày phải xong.")
        target, procedure = self.read_target(reader), self.read_procedure(reader)
        reason = reader.text("reason", required="Hãy ghi lý do sửa.", longest=300)
        reader.check()
        change_campaign(
            given=Measure(
                target=target, ends_on=ends or self.campaign.ends_on, responsible=self.people[person],
                procedure=procedure,
            ),
            reason=reason, **given,
        )  # fmt: skip
        return self.done("Đã ghi thay đổi.", "counter:campaign", self.campaign.pk)


class Show(Resumable):
    """Một đợt: figures, each a list of its items; the plan grows by a sheet or one by one; scans come in a ZIP."""

    any_of = WATCHERS

    @cached_property
    def progress(self) -> Progress:
        found = progresses(self.user, self.at, self.kwargs["campaign_id"])
        if not found:
            raise self.missing("Không có đợt số hóa này.")
        return found[0]

    @property
    def campaign(self) -> Campaign:
        return self.progress.campaign

    def get(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        items = self.items()
        if "csv" in request.GET:
            return _csv("ket-qua-cu.csv", [HEAD, *(_item(one) for one in items[:100_000])])
        with contextlib.suppress(ValueError):  # an unreadable mark is the first page
            items = items.filter(pk__gt=UUID(request.GET.get("sau", "")))
        rows = list(items[: SIZE + 1])
        today = local_date(self.at)
        return self.render(
            "counter/campaigns/show.html",
            progress=self.progress,
            campaign=self.campaign,
            people=by_person(self.campaign),
            days=by_day(self.campaign, self.at),
            rows=rows[:SIZE],
            after=rows[SIZE - 1].pk if len(rows) > SIZE else "",
            stands=list(STANDS.items()),
            today=today,
            pace=self.progress.pace_needed(today),
            changes=list(self.campaign.changes.select_related("by").order_by("-at", "-id")),
            may_change=self.access.may(P.ASSIGN, self.campaign.agency_id),
            may_work=any(self.access.may(permission, self.campaign.agency_id) for permission in WORKERS),
            columns=COLUMNS,
            most_files=MOST_FILES,
            told=getattr(self, "told", ""),
            faults=getattr(self, "faults", ()),
        )

    def items(self) -> CampaignItemQuerySet:
        asked, day = self.request.GET, None
        with contextlib.suppress(ValueError):
            day = date.fromisoformat(asked.get("ngay", ""))
        found = CampaignItem.objects.visible_to(self.user, self.at).filter(campaign=self.campaign)
        found = narrowed(found, stand=asked.get("loc", ""), person=as_key(asked.get("nguoi", "")), day=day)
        if number := fold(asked.get("q", ""))[:100]:
            found = found.filter(number_folded__contains=number)
        return found.select_related("holder").prefetch_related("digitisations__started_by").order_by("pk")

    def post(self, request: HttpRequest, campaign_id: UUID) -> HttpResponse:
        reader, act = self.read(), request.POST.get("act")
        if act == "scans":
            return self.load()
        items = self.sheet() if act == "import" else [self.typed(reader)]
        reader.check()
        planned = plan_items(campaign_id=self.campaign.pk, items=items, by=self.user, at=self.at)
        if not planned.faults:
            return self.done(
                f"Đã ghi {planned.added} kết quả vào kế hoạch.", "counter:campaign", self.campaign.pk
            )
        if not items[0].row:
            reader.refuse("number", planned.faults[0][1])
            reader.check()
        self.told = f"Đã ghi {planned.added} dòng, chưa ghi được {len(planned.faults)} dòng"
        return self.partly([(f"Dòng {row}", sentence) for row, sentence in planned.faults])

    def load(self) -> HttpResponse:
        upload = self.request.FILES.get("scans")
        if upload is None:
            raise InvalidInput({"scans": "Hãy chọn tệp .zip."})
        loaded = load_scans(
            upload, campaign_id=self.campaign.pk, name=upload.name or "", by=self.user, at=self.at
        )
        if not loaded.faults:
            return self.done(
                f"Đã nạp {loaded.loaded} bản quét. Máy đang ghép trang và đọc chữ.",
                "counter:campaign",
                self.campaign.pk,
            )
        self.told = f"Đã nạp {loaded.loaded} bản quét, chưa nạp được {len(loaded.faults)} tệp"
        return self.partly(loaded.faults)

    def partly(self, faults: Sequence[tuple[str, str]]) -> HttpResponse:
        """Some of it was done: the page again, and of each that was not, why."""
        self.faults, self.form, self.status = faults, Form(), 422
        del self.progress
        return self.get(self.request, **self.kwargs)

    def typed(self, reader: Reader) -> ItemIn:
        return ItemIn(
            number=reader.text("number", required="Hãy nhập số, ký hiệu.", longest=100),
            holder_name=reader.text("holder_name", required="Hãy nhập họ tên người được cấp.", longest=250),
            issued_on=reader.day("issued_on"),
            personal_number=reader.text("personal_number", longest=20),
            birth=reader.text("birth", longest=20),
        )

    def sheet(self) -> list[ItemIn]:
        upload = self.request.FILES.get("sheet")
        if upload is None:
            raise InvalidInput({"sheet": "Hãy chọn bảng CSV hoặc Excel."})
        rows = read_sheet(
            upload, name=upload.name or "", size=upload.size or 0, columns=COLUMNS, most=MOST_ROWS
        )
        return [_row(one) for one in rows]


def _row(sent: Sent) -> ItemIn:
    cells = sent.cells
    reader = Reader(cells)
    day = reader.day("issued_on")
    return ItemIn(
        number=cells.get("number", ""), fault=reader.errors.get("issued_on", ""),
        holder_name=cells.get("holder_name", ""), issued_on=day,
        personal_number=cells.get("personal_number", ""), birth=cells.get("birth", ""), row=sent.number,
    )  # fmt: skip


def _item(one: CampaignItem) -> list[object]:
    last = max(one.digitisations.all(), key=lambda found: found.started_at, default=None)
    return [
        one.number,
        one.holder_name,
        f"{one.issued_on:%d/%m/%Y}" if one.issued_on else "",
        last.get_state_display() if last else "Chưa làm",
        f"{local(one.kept_at):%d/%m/%Y %H:%M}" if one.kept_at else "",
        last.started_by.full_name if last else "",
    ]


def _csv(name: str, rows: list[list[object]]) -> HttpResponse:
    response = HttpResponse(csv_file(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
