"""Nhóm liên thông: drafted on a form of rows, looked at, published by a second person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.text import fold
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import AgencyKind
from motcua.service.linking.models import LinkedGroup, LinkedPart
from motcua.service.linking.operations.defining import (
    LinkDraft,
    PartDraft,
    draft_group,
    faults_of,
    publish_group,
    retire_group,
)
from motcua.service.procedures.models import LimitUnit, Procedure
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.forms import Reader

ROWS = 5  # procedures of one group on the form
UNITS = [(unit.value, unit.label) for unit in LimitUnit if unit != LimitUnit.NONE]


class GroupPages(AdminPage):
    abstract = True
    permission = Permission.MANAGE_PROCEDURES
    section = "admin:procedures"

    def group(self, group_id: int) -> LinkedGroup:
        found: LinkedGroup | None = LinkedGroup.objects.with_content().filter(pk=group_id).first()
        if found is None:
            raise self.missing("Không có nhóm liên thông này.")
        return found


class Groups(GroupPages):
    """Các nhóm liên thông, drafts first."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = LinkedGroup.objects.with_content().order_by("state", "name", "-valid_from")
        return self.render("admin/linking/index.html", groups=groups)


class NewGroup(GroupPages):
    """Soạn nhóm: rows of procedures; each may wait for earlier ones, whose output stands for a paper."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        in_force = Procedure.objects.in_force(self.today).order_by("name_folded")
        return self.render(
            "admin/linking/new.html",
            rows=range(1, ROWS + 1),
            procedure_names=[f"{one.name} ({one.code})" for one in in_force],
            agency_list=self.agency_names(),
            modes=LinkedGroup.Mode.choices,
            settlings=LinkedPart.Settling.choices,
            kinds=[(kind.code, kind.name) for kind in AgencyKind.objects.all()],
            units=UNITS,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu áp dụng.")
        given: dict[str, Any] = {
            "code": reader.text("code", required="Hãy nhập mã nhóm.", longest=40),
            "name": reader.text("name", required="Hãy nhập tên nhóm.", longest=300),
            "basis": reader.text("basis", required="Hãy ghi căn cứ pháp lý.", longest=300),
            "mode": reader.choice("mode", LinkedGroup.Mode.values),
            "starts_next_day_after_cutoff": reader.is_ticked("next_day"), "limit": self.limit(reader),
        }  # fmt: skip
        parts = [part for row in range(1, ROWS + 1) if (part := self.part(reader, row))]
        links = [link for row in range(2, ROWS + 1) for link in self.links(reader, row)]
        reader.check()
        assert valid_from is not None  # noqa: S101  reader.check() has refused it
        group = draft_group(
            **given, parts=parts, links=links, valid_from=valid_from, by=self.user, at=self.at
        )
        return self.done(
            f"Đã soạn nhóm {group.code}. Người thứ hai ban hành thì mới áp dụng.", "admin:group", group.pk
        )

    def limit(self, reader: Reader) -> Limit | None:
        number = reader.number("limit", least=0, most=1000)
        unit = reader.choice("unit", [value for value, _ in UNITS])
        return Limit(number, Unit(unit or Unit.WORKING_DAY)) if number else None

    def part(self, reader: Reader, row: int) -> PartDraft | None:
        """One row: nothing chosen, nothing made."""
        given = reader.text(f"procedure-{row}", longest=600)
        if not given:
            return None
        procedure = procedure_written(given)
        if procedure is None:
            reader.refuse(f"procedure-{row}", f"Không có thủ tục “{given}”. Hãy chọn trong danh sách gợi ý.")
            return None
        settling = reader.choice(f"settling-{row}", LinkedPart.Settling.values) or LinkedPart.Settling.HERE
        agency = self.read_agency(reader, f"agency-{row}")
        kind = reader.choice(f"kind-{row}", AgencyKind.objects.values_list("code", flat=True))
        if settling == LinkedPart.Settling.NAMED and agency is None:
            reader.refuse(f"agency-{row}", "Hãy chọn cơ quan giải quyết.")
        if settling == LinkedPart.Settling.KIND and not kind:
            reader.refuse(f"kind-{row}", "Hãy chọn loại cơ quan.")
        return PartDraft(f"phan-{row}", procedure, settling, agency, kind)

    def links(self, reader: Reader, row: int) -> list[LinkDraft]:
        """What a row waits for: the rows that are ticked, all for one output and one paper."""
        if not reader.text(f"procedure-{row}", longest=600):
            return []
        waits = reader.several(f"after-{row}", [str(one) for one in range(1, ROWS + 1)])
        output = reader.text(f"output-{row}", longest=300)
        paper = reader.text(f"paper-{row}", longest=500)
        if waits and not output:
            reader.refuse(f"output-{row}", "Hãy ghi tên kết quả mà thủ tục này chờ.")
        return [LinkDraft(f"phan-{one}", f"phan-{row}", output, paper) for one in waits]


class Show(GroupPages):
    """Một nhóm: its parts, what waits for what, what is still wrong; publish or retire."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest, group_id: int) -> HttpResponse:
        group = self.group(group_id)
        is_draft = group.state == LinkedGroup.State.DRAFT
        return self.render(
            "admin/linking/show.html",
            group=group,
            links=list(group.links.select_related("source__procedure", "target__procedure")),
            faults=faults_of(group) if is_draft else [],
            is_own=group.drafted_by_id == self.user.pk,
            history=history(group.uid),
        )


class Publication(Show):
    permission = Permission.MANAGE_PROCEDURES

    def post(self, request: HttpRequest, group_id: int) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        group = publish_group(group_id=self.group(group_id).pk, by=self.user, at=self.at)
        return self.done(
            f"Đã ban hành nhóm {group.code}, áp dụng từ {group.valid_from:%d/%m/%Y}.", "admin:group", group.pk
        )


class Retirement(Show):
    permission = Permission.MANAGE_PROCEDURES

    def post(self, request: HttpRequest, group_id: int) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        on = reader.day("on", required="Hãy nhập ngày thôi áp dụng.")
        reason = reader.text("reason", required="Hãy ghi lý do.", longest=300)
        reader.check()
        if on is None:
            raise InvalidInput({"on": "Hãy nhập ngày thôi áp dụng."})
        retire_group(group_id=self.group(group_id).pk, on=on, reason=reason, by=self.user, at=self.at)
        return self.done(
            "Nhóm thôi áp dụng từ ngày đã chọn; hồ sơ đang giải quyết đi tiếp.", "admin:group", group_id
        )


def procedure_written(text: str) -> Procedure | None:
    """As the list proposes it, "Đăng ký khai sinh (1.001193)", or by its code or whole name."""
    code = text.rpartition("(")[2].rstrip(") ").strip() if text.endswith(")") else text
    found: Any = Procedure.objects.filter(code=code).first()
    return found or Procedure.objects.filter(name_folded=fold(text)).first()
