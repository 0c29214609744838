"""Thủ tục: the catalogue, a revision and how it differs, a file of procedures brought in, and who offers what."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.text import sort_key
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.dossiers.operations.rescheduling import correct_limit, preview_limits
from motcua.service.procedures.importing import Report, import_text
from motcua.service.procedures.models import Case, Offering, Paper, Procedure, Revision, known_revision
from motcua.service.procedures.operations import offering as offers
from motcua.service.procedures.operations import publishing
from motcua.service.procedures.reading import changes_of, export_procedure
from motcua.service.workflows.models import Workflow
from motcua.web.admin.base import AdminPage, history, is_open_on, slice_of

LARGEST = 20 * 1024 * 1024
LARGEST_KEPT = 4 * 1024 * 1024  # packed into the page between the preview and the import
SHOWN_CHANGES = 12


@dataclass(frozen=True)
class Group:
    """Một nhóm giấy tờ trên trang."""

    case: Case
    papers: list[Paper]


MOST_SHOWN, MOST_MOVED = 200, 500  # of dossiers with a corrected limit, on a page and at a press


class ProcedurePages(AdminPage):
    abstract = True
    section = "admin:procedures"
    permission = Permission.MANAGE_PROCEDURES

    def procedure(self, code: str) -> Procedure:
        found = Procedure.objects.select_related("current").filter(code=code).first()
        if found is None:
            raise self.missing("Không có thủ tục này.")
        return found


class Procedures(ProcedurePages):
    def get(self, request: HttpRequest) -> HttpResponse:
        text, field = request.GET.get("q", "").strip(), request.GET.get("field", "")
        state = request.GET.get("state", "")
        rows = Procedure.objects.filter(current__isnull=False)
        rows = rows.search(text) if text else rows.order_by("name_folded", "code")
        if field:
            rows = rows.of_field(field)
        if state == "REPEALED":
            rows = rows.filter(valid_to__lt=self.today)
        elif state == "UNOFFERED":
            offered = Offering.objects.in_force(self.today).values("procedure")
            rows = rows.in_force(self.today).exclude(pk__in=offered)
        elif state != "ALL":
            rows = rows.in_force(self.today)
        living = Q(offerings__valid_to=None) | Q(offerings__valid_to__gte=self.today)
        rows = rows.select_related("current").annotate(
            places=Count("offerings", filter=living & Q(offerings__valid_from__lte=self.today), distinct=True)
        )
        fields = Revision.objects.filter(pk__in=Procedure.objects.values("current")).exclude(field="")
        names = fields.order_by().values_list("field", flat=True).distinct()
        return self.render(
            "admin/procedures/index.html", q=text, field=field, state=state, page=slice_of(request, rows),
            field_options=[(name, name) for name in sorted(names, key=sort_key)],
        )  # fmt: skip


class ProcedurePage(ProcedurePages):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure = self.procedure(code)
        revisions = list(procedure.revisions.order_by("-number"))
        if not revisions:
            raise self.missing("Thủ tục này chưa có phiên bản nào.")
        asked = request.GET.get("revision", "")
        chosen = next((one for one in revisions if str(one.number) == asked), None)
        current = next((one for one in revisions if one.pk == procedure.current_id), revisions[0])
        revision = known_revision((chosen or current).pk)
        changes = changes_of(revision)
        rows = list(procedure.offerings.select_related("agency", "receiving_agency", "unit"))
        rows.sort(key=lambda row: sort_key(row.agency.name))
        return self.render(
            "admin/procedures/show.html",
            procedure=procedure,
            revision=revision,
            revisions=revisions,
            is_current=revision.pk == procedure.current_id,
            changes=changes,
            groups=groups_of(revision),
            channels=list(revision.channels.all()),
            own_limits=own_limits(revision),
            offerings=[row for row in rows if is_open_on(row, self.today)],
            past_offerings=[row for row in rows if not is_open_on(row, self.today)],
            workflows=Workflow.objects.published()
            .filter(procedure=procedure)
            .select_related("agency")
            .without_model(),
            history=history(procedure.uid),
            may_offer=not is_repealed(procedure, self.today),
        )


class CorrectedLimits(ProcedurePages):
    """Thời hạn đã đính chính: the open dossiers whose limit a correcting revision has changed, seen first, then moved."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure = self.procedure(code)
        shifts = list(preview_limits(procedure.pk))
        return self.render(
            "admin/procedures/limits.html",
            procedure=procedure,
            shifts=shifts[:MOST_SHOWN],
            total=len(shifts),
            sees_names=self.access.may(Permission.SEE),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure, reader = self.procedure(code), self.read()
        reason = reader.text("reason", required="Hãy ghi lý do, ví dụ số quyết định đính chính.", longest=300)
        reader.check()
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        moved = 0
        for shift in list(preview_limits(procedure.pk))[:MOST_MOVED]:
            done = correct_limit(dossier_id=shift.dossier_id, by=self.user, at=self.at, reason=reason)
            moved += done is not None
        return self.done(f"Đã sửa thời hạn của {moved} hồ sơ.", "admin:corrected-limits", procedure.code)


class ProcedureFile(ProcedurePages):
    """Xuất thủ tục: the revision in the form of the catalogue's file, ready to be mended and brought in again."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure = self.procedure(code)
        if procedure.current is None:
            raise self.missing("Thủ tục này chưa có phiên bản nào.")
        body = json.dumps([export_procedure(procedure.current)], ensure_ascii=False, indent=1)
        answer = HttpResponse(body, content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="thu-tuc-{procedure.code}.json"'
        return answer


class Import(ProcedurePages):
    """Nạp danh mục: read and compared first, brought in at a second press without choosing the file again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/procedures/import.html", report=None, packed="", is_done=False, name="")

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        name, content = self._content()
        first = reader.day("valid_from")
        reader.check()
        is_done = bool(request.POST.get("apply"))
        report = import_text(
            content, name=name, by=self.user, at=self.at, valid_from=first, dry_run=not is_done
        )
        packed = base64.b64encode(zlib.compress(content, 6)).decode() if not is_done else ""
        return self.render(
            "admin/procedures/import.html",
            report=report,
            groups=self._lists(report),
            packed=packed if len(packed) <= LARGEST_KEPT else "",
            is_done=is_done,
            name=name,
            shown=SHOWN_CHANGES,
        )

    def _content(self) -> tuple[str, bytes]:
        """The file that was chosen, or the one that the preview has kept in the page."""
        upload = self.request.FILES.get("file")
        if upload is not None:
            if upload.size is not None and upload.size > LARGEST:
                raise DomainError(
                    "Tệp lớn quá 20 MB. Hãy chia nhỏ, hoặc dùng lệnh motcua import procedures trên máy chủ.",
                    field="file",
                )
            return upload.name or "tệp", upload.read()
        packed = self.request.POST.get("packed", "")
        if not packed:
            raise DomainError("Hãy chọn tệp danh mục (JSON).", field="file")
        try:
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST)
        except (ValueError, zlib.error) as fault:
            raise DomainError(
                "Không đọc lại được tệp đã xem trước. Hãy chọn lại tệp.", field="file"
            ) from fault
        return self.request.POST.get("name", "")[:200] or "tệp", content

    def _lists(self, report: Report) -> dict[str, list[tuple[str, str]]]:
        known = dict(Procedure.objects.filter(code__in=report.created).values_list("code", "name"))
        return {"created": [(code, known.get(code, "")) for code in report.created]}


class Repeal(ProcedurePages):
    """Bãi bỏ thủ tục."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.render("admin/procedures/repeal.html", procedure=self.procedure(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        procedure, reader = self.procedure(code), self.read()
        last = reader.day("valid_to", required="Hãy nhập ngày cuối cùng có hiệu lực.")
        reason = reader.text("reason", required="Hãy ghi quyết định hoặc lý do bãi bỏ.", longest=300)
        reader.check()
        publishing.repeal(
            procedure=procedure, valid_to=last or self.today, reason=reason, by=self.user, at=self.at
        )
        return self.done(f"Thủ tục {code} hết hiệu lực sau ngày {last:%d/%m/%Y}.", "admin:procedure", code)


class Nicknames(ProcedurePages):
    """Tên thường gọi, one a line."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.render("admin/procedures/nicknames.html", procedure=self.procedure(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        procedure, reader = self.procedure(code), self.read()
        names = reader.paragraph("aliases", longest=4000).splitlines()
        reader.check()
        publishing.nickname(procedure=procedure, aliases=names, by=self.user, at=self.at)
        return self.done("Đã sửa tên thường gọi.", "admin:procedure", code)


class NewOffering(ProcedurePages):
    """Giao tiếp nhận: which agency settles, where it is handed in."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        units = OneStopUnit.objects.valid_on(self.today).select_related("agency")
        return self.render(
            "admin/procedures/offering.html",
            procedure=self.procedure(code),
            agency_list=self.agency_names(),
            units=sorted(
                ((str(unit.pk), f"{unit.name} ({unit.agency.name})") for unit in units),
                key=lambda row: sort_key(row[1]),
            ),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        procedure, reader = self.procedure(code), self.read()
        agency = self.read_agency(reader, "agency", required="Hãy chọn cơ quan giải quyết.")
        receiving = self.read_agency(reader, "receiving_agency")
        units = {str(unit.pk): unit for unit in OneStopUnit.objects.valid_on(self.today)}
        unit = units.get(reader.choice("unit", list(units)))
        first = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        decision = reader.text("decision", longest=250)
        if unit and agency and unit.agency_id != (receiving or agency).pk:
            reader.refuse("unit", f"{unit.name} không thuộc nơi tiếp nhận đã chọn.")
        reader.check()
        assert agency is not None  # noqa: S101  reader.check() has refused it
        self.access.require(Permission.MANAGE_PROCEDURES, agency.pk)
        offers.offer(
            procedure=procedure,
            agency=agency,
            receiving_agency=receiving,
            unit=unit,
            valid_from=first,
            decision=decision,
            by=self.user,
            at=self.at,
        )
        return self.done(f"{agency.name} giải quyết thủ tục từ {first:%d/%m/%Y}.", "admin:procedure", code)


class OneOffering(ProcedurePages):
    """Một nơi thực hiện."""

    abstract = True

    def _mine(self, offering_id: int) -> Offering:
        found = Offering.objects.for_pages().filter(pk=offering_id).first()
        if found is None:
            raise self.missing("Không có nơi thực hiện này.")
        self.access.require(Permission.MANAGE_PROCEDURES, found.agency_id)
        return found


class CounterAuthority(OneOffering):
    """Giao Một cửa quyết định: what lets the officer at the counter settle at once."""

    def get(self, request: HttpRequest, offering_id: int) -> HttpResponse:
        return self.render("admin/procedures/authority.html", offering=self._mine(offering_id))

    def post(self, request: HttpRequest, offering_id: int) -> HttpResponse:
        offering, reader = self._mine(offering_id), self.read()
        authority = reader.text("authority", longest=250)
        reader.check()
        offers.let_counter_decide(offering=offering, authority=authority, by=self.user, at=self.at)
        sentence = (
            "Một cửa được quyết định thủ tục này." if authority else "Một cửa không còn được quyết định."
        )
        return self.done(sentence, "admin:procedure", offering.procedure.code)


class OfferingEnd(OneOffering):
    """Thôi tiếp nhận."""

    def get(self, request: HttpRequest, offering_id: int) -> HttpResponse:
        return self.render("admin/procedures/end.html", offering=self._mine(offering_id))

    def post(self, request: HttpRequest, offering_id: int) -> HttpResponse:
        offering, reader = self._mine(offering_id), self.read()
        on = reader.day("on", required="Hãy nhập ngày.")
        reason = reader.text("reason", required="Hãy ghi lý do.", longest=300)
        reader.check()
        offers.withdraw(offering=offering, on=on, reason=reason, by=self.user, at=self.at)
        return self.done("Đã thôi tiếp nhận.", "admin:procedure", offering.procedure.code)


def groups_of(revision: Revision) -> list[Group]:
    """Thành phần hồ sơ, group by group as the revision keeps them."""
    papers: dict[int, list[Paper]] = {}
    for paper in revision.papers.all():
        papers.setdefault(paper.case_id, []).append(paper)
    return [Group(case, papers.get(case.pk, [])) for case in revision.groups.all()]


def own_limits(revision: Revision) -> dict[int, list[str]]:
    """Thời hạn riêng của từng trường hợp, by channel."""
    return {
        channel.pk: [f"{row.case.label}: {row}" for row in channel.case_limits.all()]
        for channel in revision.channels.all()
    }


def is_repealed(procedure: Procedure, day: Any) -> bool:
    return procedure.valid_to is not None and procedure.valid_to < day
