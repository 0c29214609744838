"""Loại giấy tờ trong kho: what may be used again, for how long, and under which names procedures ask for it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.foundation.identity.permissions import Permission
from motcua.service.holdings.models import HeldPaper, PaperType
from motcua.service.holdings.operations.cataloguing import TypeIn, add_type, change_type, names_of
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.forms import Reader

MOST_NAMES = 200


class PaperTypePages(AdminPage):
    abstract = True
    section = "admin:papers"
    permission = Permission.MANAGE_FORMS


class PaperTypes(PaperTypePages):
    permission = Permission.MANAGE_FORMS

    def get(self, request: HttpRequest) -> HttpResponse:
        names = Count("matches", filter=Q(matches__role="ASKED"), distinct=True)
        held = (
            HeldPaper.objects.standing()
            .exclude(paper_type=None)
            .values("paper_type")
            .annotate(number=Count("pk"))
        )
        return self.render(
            "admin/papertypes/index.html",
            rows=list(PaperType.objects.annotate(names=names).order_by("name")),
            held=dict(held.values_list("paper_type", "number")),
            unknown=HeldPaper.objects.standing().filter(paper_type=None).count(),
        )


class NewPaperType(PaperTypePages):
    permission = Permission.MANAGE_FORMS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/papertypes/edit.html", row=None, names="", validities=PaperType.Validity.choices
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_FORMS)
        reader = self.read()
        code, given = reader.text("code", required="Hãy nhập mã.", longest=40), read_type(reader)
        made = add_type(code=code, given=given, by=self.user, at=self.at)
        return self.done(f"Đã thêm loại giấy {made.name}.", "admin:paper-type", made.pk)


class PaperTypeEdit(PaperTypePages):
    permission = Permission.MANAGE_FORMS

    def get(self, request: HttpRequest, type_id: int) -> HttpResponse:
        row = self.row(type_id)
        return self.render(
            "admin/papertypes/edit.html",
            row=row,
            names="\n".join(names_of(row)),
            validities=PaperType.Validity.choices,
            history=history(row.uid),
        )

    def post(self, request: HttpRequest, type_id: int) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_FORMS)
        row, reader = self.row(type_id), self.read()
        given = read_type(reader)
        reason = reader.text("reason", required="Hãy ghi lý do, căn cứ.", longest=300)
        reader.check()
        change_type(type_id=row.pk, given=given, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã lưu loại giấy {given.name}.", "admin:paper-type", row.pk)

    def row(self, type_id: int) -> PaperType:
        found = PaperType.objects.filter(pk=type_id).first()
        if found is None:
            raise self.missing("Không có loại giấy tờ này.")
        return found


def read_type(reader: Reader) -> TypeIn:
    """What the form says. Raises InvalidInput."""
    names = [line for line in reader.paragraph("names", longest=20_000).splitlines() if line.strip()]
    if len(names) > MOST_NAMES:
        reader.refuse("names", f"Ghi tối đa {MOST_NAMES} tên.")
    given: dict[str, Any] = {
        "name": reader.text("name", required="Hãy nhập tên loại giấy tờ.", longest=300),
        "validity": reader.choice(
            "validity", PaperType.Validity.values, required="Hãy chọn thời hạn dùng lại."
        ),
        "months": reader.integer("months", least=1, most=600) or 0,
        "issued_by": reader.text("issued_by", longest=300),
        "is_single": reader.is_ticked("is_single"),
        "valid_from": reader.day("valid_from", required="Hãy ghi ngày áp dụng."),
        "valid_to": reader.day("valid_to"),
        "names": names,
    }
    reader.check()
    return TypeIn(**given)
