"""Hồ sơ tại quầy: where it stands, its papers and scans, its way, the papers to print, the one next act."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.asking import Asked
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.operations.keeping import add_note, attach_scan
from motcua.service.dossiers.operations.looking import mark_opened
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.dossiers.states import CLOSED, FIND_WRONG
from motcua.service.filing.posting import choice_of
from motcua.service.filing.standing_with import stands_with
from motcua.service.paperwork.models import PrintedForm
from motcua.service.paperwork.operations.charging import receipted
from motcua.service.paperwork.registry import Form as Paper
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.possible import parcel_of
from motcua.service.procedures.models import Offering
from motcua.service.results.models import IssuedResult
from motcua.web.counter.acts import next_act, other_acts, promise, whereabouts
from motcua.web.counter.home import AT_COUNTER
from motcua.web.counter.offerings import offerings_of
from motcua.web.counter.paging import known
from motcua.web.counter.papers import keep_scan
from motcua.web.counter.tickets import SERVED
from motcua.web.ui.dossiers import done_moments, explanation_of, part_lines
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import PrintPage, prints_of
from motcua.web.ui.phones import LendsToPhone, Lent
from motcua.web.ui.supplements import supplements_of
from motcua.web.ui.wording import vn_moment

PRINTINGS = {"FormPrinted", "FormReprinted"}  # kept in the ledger; not a step of the way
MOST_NOTICES = 20
ASKED_FOR = ("applicant", "representative", "received_by", "case", "procedure", "result")


def dossier_of(page: Page, dossier_id: UUID) -> Dossier:
    """The dossier with what its page names. Raises NoSuchDossier, whether it is missing or hidden."""
    agencies = page.access.agencies(Permission.SEE)
    found: Dossier = first_or_refuse(
        SEEN.all(dossier_id=dossier_id, agencies=agencies, holder_id=page.user.pk)
    )
    return found


SEEN = Asked(
    lambda dossier_id, agencies, holder_id: (
        Dossier.objects.visible_in(agencies, holder_id)
        .with_names()
        .with_interruptions()
        .select_related("revision", "agency", "reception_agency", "holder", *ASKED_FOR)
        .filter(pk=dossier_id)
    )
)


class Show(Page):
    """Một hồ sơ."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        mark_opened(dossier=dossier, by=self.user, at=self.at)
        moments, parcel = done_moments(dossier, without=PRINTINGS), parcel_of(dossier)
        if dossier.state not in CLOSED:
            until = f". Hẹn xong trước {vn_moment(dossier.step_due_at)}" if dossier.step_due_at else ""
            note = f"{whereabouts(dossier, parcel)}{until}."
            what = (
                dossier.step_name
                if dossier.step_name and not dossier.stands_still
                else dossier.get_state_display()
            )
            moments.append({"state": "now", "what": what, "note": note})
        return self.render(
            "counter/dossiers/show.html",
            dossier=dossier,
            promise=promise(dossier, self.at),
            act=next_act(dossier, self.access, parcel),
            others=other_acts(dossier, self.user, self.access),
            supplements=supplements_of(dossier),
            stopped=dossier.stops.filter(reopened_at=None).first() if dossier.closed_at else None,
            parts_lines=part_lines(dossier),
            beside=stands_with(dossier.pk),
            by_post=choice_of(dossier) if dossier.return_channel == Channel.POST else None,
            result=getattr(dossier, "result", None),
            issued=IssuedResult.objects.standing(dossier.pk) if hasattr(dossier, "result") else None,
            moments=moments,
            notes=dossier.notes.select_related("author").order_by("id"),
            explanation=explanation_of(dossier),
            prints=prints_of(dossier),
            fee_receipts=dossier.fee_receipts.select_related("series").order_by("issued_at"),
            fee_left=dossier.fee_amount - receipted(dossier),
            owes=must_pay(dossier.pk),
            accept=ACCEPT,
            letters=list(dossier.apologies.filter(state="SENT").select_related("cause").order_by("-sent_at")),
            corrections=list(dossier.corrections.order_by("id")),
            notices=list(Notice.objects.about(dossier.pk)[:MOST_NOTICES]),
            may_find_wrong=FIND_WRONG.is_lawful_from(dossier.state)
            and self.access.may(Permission.RETURN, dossier.reception_agency_id),
        )


class Receipt(Page):
    """Vừa tiếp nhận: the receipt prints itself, once; then the next person."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        is_printed = PrintedForm.objects.filter(subject_id=dossier.pk, form=Paper.RECEIPT).exists()
        return self.render(
            "counter/receptions/show.html",
            dossier=dossier,
            promise=promise(dossier, self.at),
            is_printed=is_printed,
            prints_itself=not is_printed
            and not dossier.revision.needs_no_receipt
            and self.access.may(Permission.SEE_PERSONAL, dossier.reception_agency_id),
            act=next_act(dossier, self.access, parcel_of(dossier)),
            offering=offering_of(self, dossier),
            has_number=SERVED in request.session,
        )


class Print(PrintPage):
    """Tờ in, as PDF or DOCX."""

    any_of = AT_COUNTER


class Transfer(Page):
    """Bàn giao một hồ sơ."""

    permission = Permission.TRANSFER

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = transfer(
            dossier_id=dossier_of(self, dossier_id).pk,
            by=self.user,
            at=self.at,
            step=request.POST.get("step", ""),
        )
        where = self.next_address(reverse("counter:dossier", args=[dossier.pk]))
        return self.done(f"Đã bàn giao hồ sơ {dossier.code} cho {dossier.agency.name}.", where)


class Notes(Page):
    """Ghi chú."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        show = Show()
        show.setup(request, dossier_id=dossier_id)
        show.form, show.status = self.form, self.status
        return show.get(request, dossier_id)

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        reader = self.read()
        text = reader.paragraph("text", longest=2000)
        reader.check()
        add_note(dossier_id=dossier_of(self, dossier_id).pk, text=text, by=self.user, at=self.at)
        return self.done("Đã ghi chú.", "counter:dossier", dossier_id)


class Scans(LendsToPhone, Notes):
    """Số hóa thêm: a scan for a part of a dossier that was taken in already."""

    any_of = AT_COUNTER

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        reader = self.read()
        dossier = dossier_of(self, dossier_id)
        part = dossier.parts.filter(pk__in=known([reader.text("part")])).first()
        uploads = request.FILES.getlist("file")
        if part is None:
            reader.refuse("", "Không tìm thấy thành phần hồ sơ này. Hãy tải lại trang.")
        if not uploads and not self.stored_before:
            reader.refuse("", "Hãy chọn tệp bản quét.")
        reader.check()
        assert part is not None  # noqa: S101  checked
        for upload in uploads:
            document = keep_scan(upload, name=part.name, holder=dossier.applicant, by=self.user, at=self.at)
            attach_scan(part_id=part.pk, document=document, by=self.user, at=self.at)
        return self.done(f"Đã gắn bản quét vào “{part.name}”.", "counter:dossier", dossier_id)

    def lent(self, word: str) -> Lent | None:
        parts = dossier_of(self, self.kwargs["dossier_id"]).parts.filter(pk__in=known([word]))
        part = parts.first()
        return Lent(part.name, vals={"part": str(part.pk)}) if part else None


def offering_of(page: Page, dossier: Dossier) -> Offering | None:
    """The same procedure at the same place, for the next person in the queue."""
    return (
        offerings_of(page)
        .filter(
            procedure=dossier.procedure_id,
            agency=dossier.agency_id,
            receiving_agency=dossier.reception_agency_id,
        )
        .first()
    )
