"""Ai nhận, ai giải quyết thay: the register of what is handed down or entrusted, boundary-free lists, vertical agencies."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.text import sort_key
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import VerticalSeat
from motcua.foundation.org.operations.seats import seat, unseat
from motcua.service.dossiers.models import Dossier
from motcua.service.procedures.models import BoundaryFreeListing, Entrustment, Offering, Procedure, Revision
from motcua.service.procedures.operations.entrusting import end_entrustment, entrust, preview
from motcua.service.procedures.operations.listing import delist, list_boundary_free
from motcua.web.admin.base import AdminPage, history, slice_of
from motcua.web.admin.linking import procedure_written
from motcua.web.ui.forms import Reader

SHOWN = 200


class CompetencePages(AdminPage):
    abstract = True
    permission = Permission.MANAGE_PROCEDURES
    section = "admin:procedures"


class Entrustments(CompetencePages):
    """Sổ phân cấp, ủy quyền."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Entrustment.objects.for_pages().order_by("-valid_from", "-id")
        return self.render("admin/competence/entrustments.html", page=slice_of(request, rows))


class NewEntrustment(CompetencePages):
    """Ghi sổ: what would change is shown first (`xem`), then written."""

    permission = Permission.MANAGE_PROCEDURES
    moves: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        revisions = Revision.objects.filter(pk__in=Procedure.objects.in_force(self.today).values("current"))
        names = revisions.exclude(field="").order_by().values_list("field", flat=True).distinct()
        return self.render(
            "admin/competence/entrust.html",
            agency_list=self.agency_names(),
            kinds=Entrustment.Kind.choices,
            field_options=[(name, name) for name in sorted(names, key=sort_key)],
            moves=self.moves,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        giver = self.read_agency(reader, "giver", required="Hãy chọn cơ quan giao.")
        receiver = self.read_agency(reader, "receiver", required="Hãy chọn cơ quan nhận.")
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        scope: dict[str, Any] = {
            "valid_to": reader.day("valid_to"), "fields": reader.several("fields"),
            "procedure_ids": self.procedures(reader),
        }  # fmt: skip
        kind = reader.choice("kind", Entrustment.Kind.values, required="Hãy chọn phân cấp hay ủy quyền.")
        decision = reader.text("decision", required="Hãy ghi số quyết định.", longest=120)
        signature = reader.text("signature", longest=200)
        decided_on = reader.day("decided_on", required="Hãy nhập ngày quyết định.")
        if not scope["fields"] and not scope["procedure_ids"] and "procedures" not in reader.errors:
            reader.refuse("procedures", "Hãy chọn lĩnh vực hoặc ghi mã thủ tục.")
        reader.check()
        assert giver is not None  # noqa: S101  reader.check() has refused it
        assert receiver is not None  # noqa: S101  reader.check() has refused it
        assert valid_from is not None  # noqa: S101  reader.check() has refused it
        assert decided_on is not None  # noqa: S101  reader.check() has refused it
        if "preview" in request.POST:
            self.moves = preview(giver=giver, receiver=receiver, valid_from=valid_from, **scope)
            return self.get(request)
        made = entrust(
            kind=kind, decision=decision, decided_on=decided_on, giver=giver, receiver=receiver, valid_from=valid_from,
            signature=signature, by=self.user, at=self.at, **scope,
        )  # fmt: skip
        return self.done(f"Đã ghi sổ {made}.", "admin:entrustment", made.pk)

    def procedures(self, reader: Reader) -> list[int]:
        codes = reader.text("procedures", longest=2000).replace(",", " ").split()
        found = dict(Procedure.objects.filter(code__in=codes).values_list("code", "pk"))
        if unknown := [code for code in codes if code not in found]:
            reader.refuse("procedures", f"Không có thủ tục mã {', '.join(unknown)}.")
        return list(found.values())


class EntrustmentPage(CompetencePages):
    """Một quyết định: what follows it, how many dossiers were received under it; its end before time."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest, entrustment_id: UUID) -> HttpResponse:
        made = self.entrustment(entrustment_id)
        return self.render(
            "admin/competence/entrustment.html",
            made=made,
            is_in_force=made.is_in_force(self.today),
            is_over=made.valid_to is not None and made.valid_to < self.today,
            offerings=list(made.offerings.for_pages().order_by("procedure__name_folded")[:SHOWN]),
            dossiers=Dossier.objects.under(made).count(),
            report=self.report_of(made),
            history=history(made.pk),
        )

    def post(self, request: HttpRequest, entrustment_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        on = reader.day("on", required="Hãy nhập ngày chấm dứt.")
        reason = reader.text("reason", required="Hãy ghi lý do chấm dứt.", longest=300)
        reader.check()
        assert on is not None  # noqa: S101  reader.check() has refused it
        made = end_entrustment(
            entrustment_id=self.entrustment(entrustment_id).pk, on=on, reason=reason, by=self.user, at=self.at
        )
        return self.done(f"{made} chấm dứt từ {on:%d/%m/%Y}.", "admin:entrustment", made.pk)

    def report_of(self, made: Entrustment) -> str:
        """Where its figures are read, for who may read them."""
        if not any(self.access.may(one) for one in (Permission.ASSIGN, Permission.SIGN, Permission.CONTROL)):
            return ""
        first, last = made.valid_from, min(made.valid_to or self.today, self.today)
        days = {"first": f"{first:%d/%m/%Y}", "last": f"{max(first, last):%d/%m/%Y}"}
        return f"{reverse('desk:entrusted-dossiers', args=[made.pk])}?{urlencode(days)}"

    def entrustment(self, entrustment_id: UUID) -> Entrustment:
        found = Entrustment.objects.for_pages().filter(pk=entrustment_id).first()
        if found is None:
            raise self.missing("Không có quyết định này.")
        return found


class Listings(CompetencePages):
    """Danh mục phi địa giới: what is on it, what is put on it."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = BoundaryFreeListing.objects.select_related("procedure").order_by(
            "procedure__name_folded", "-valid_from"
        )
        return self.render(
            "admin/competence/listings.html",
            page=slice_of(request, rows),
            scopes=BoundaryFreeListing.Scope.choices,
            procedure_names=[
                f"{one.name} ({one.code})"
                for one in Procedure.objects.in_force(self.today).order_by("name_folded")
            ],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        given = reader.text("procedure", required="Hãy chọn thủ tục.", longest=600)
        procedure = procedure_written(given) if given else None
        if given and procedure is None:
            reader.refuse("procedure", f"Không có thủ tục “{given}”. Hãy chọn trong danh sách gợi ý.")
        scope = reader.choice("scope", BoundaryFreeListing.Scope.values)
        decision = reader.text("decision", longest=250)
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        reader.check()
        assert procedure is not None  # noqa: S101  reader.check() has refused it
        list_boundary_free(
            procedure=procedure,
            scope=scope,
            decision=decision,
            valid_from=valid_from,
            by=self.user,
            at=self.at,
        )
        return self.done(f"Đã đưa thủ tục {procedure.code} vào danh mục phi địa giới.", "admin:boundary-free")


class Delisting(CompetencePages):
    """Đưa ra khỏi danh mục."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest, listing_id: UUID) -> HttpResponse:
        listing = BoundaryFreeListing.objects.select_related("procedure").filter(pk=listing_id).first()
        if listing is None:
            raise self.missing("Không có dòng này trong danh mục.")
        return self.render("admin/competence/delist.html", listing=listing)

    def post(self, request: HttpRequest, listing_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        on = reader.day("on", required="Hãy nhập ngày.")
        reason = reader.text("reason", required="Hãy ghi lý do.", longest=300)
        reader.check()
        delist(listing_id=listing_id, on=on, reason=reason, by=self.user, at=self.at)
        return self.done("Đã đưa ra khỏi danh mục.", "admin:boundary-free")


class Seats(CompetencePages):
    """Ngành dọc tại trung tâm: which branch receives where, and what it offers there."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        seats = list(
            VerticalSeat.objects.select_related("agency", "centre").order_by("agency__name", "-valid_from")
        )
        offered = Offering.objects.in_force(self.today)
        return self.render(
            "admin/competence/seats.html",
            rows=[
                (one, offered.filter(agency=one.agency_id, receiving_agency=one.centre_id).count())
                for one in seats[:SHOWN]
            ],
            agency_list=self.agency_names(),
            modes=VerticalSeat.Mode.choices,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        agency = self.read_agency(reader, "agency", required="Hãy chọn cơ quan ngành dọc.")
        centre = self.read_agency(reader, "centre", required="Hãy chọn trung tâm.")
        mode = reader.choice("mode", VerticalSeat.Mode.values)
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        decision = reader.text("decision", longest=250)
        reader.check()
        assert agency is not None  # noqa: S101  reader.check() has refused it
        assert centre is not None  # noqa: S101  reader.check() has refused it
        assert valid_from is not None  # noqa: S101  reader.check() has refused it
        seat(
            agency=agency,
            centre=centre,
            mode=mode,
            valid_from=valid_from,
            decision=decision,
            by=self.user,
            at=self.at,
        )
        return self.done(f"{agency.name} tiếp nhận tại {centre.name}.", "admin:vertical")


class Unseating(CompetencePages):
    """Thôi bố trí."""

    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest, seat_id: int) -> HttpResponse:
        found = VerticalSeat.objects.select_related("agency", "centre").filter(pk=seat_id).first()
        if found is None:
            raise self.missing("Không có bố trí này.")
        return self.render("admin/competence/unseat.html", seat=found)

    def post(self, request: HttpRequest, seat_id: int) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        on = reader.day("on", required="Hãy nhập ngày.")
        reason = reader.text("reason", required="Hãy ghi lý do.", longest=300)
        reader.check()
        assert on is not None  # noqa: S101  reader.check() has refused it
        unseat(seat_id=seat_id, on=on, reason=reason, by=self.user, at=self.at)
        return self.done("Đã thôi bố trí.", "admin:vertical")
