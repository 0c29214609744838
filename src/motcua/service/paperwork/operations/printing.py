"""In giấy tờ: give a paper its number, keep the facts it states, and print it again as it was."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from motcua.core import events
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Apology, Dossier, IntakeRefusal, PaperTransfer, Stop, Supplement
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.linking.models import Bundle
from motcua.service.linking.querysets import NoSuchBundle
from motcua.service.paperwork import gathering, listings, notices
from motcua.service.paperwork.choosing import Wanted
from motcua.service.paperwork.events import (
    FormPrinted,
    FormReprinted,
    ListPrinted,
    ListReprinted,
    RefusalPrinted,
    RefusalReprinted,
)
from motcua.service.paperwork.facts import Facts, Look, Person, as_json
from motcua.service.paperwork.gathering import NothingToPrint
from motcua.service.paperwork.gathering_bundles import bundle_receipt_of
from motcua.service.paperwork.models import IssuedFeeReceipt, PaperLook, PaperTemplate, PrintedForm
from motcua.service.paperwork.naming import number_of
from motcua.service.paperwork.registry import Form
from motcua.service.paperwork.rendering import render
from motcua.service.paperwork.templating.converting import as_pdf
from motcua.service.paperwork.templating.filling import fill

Gather = Callable[[str], Facts]  # the facts of the paper that bears this number
PAYERS_COPY = ("Liên 2: Giao người nộp tiền",)
LISTS = UUID("6f1d0c52-6f0e-4a83-9c2a-6d0a4a2b9e10")  # namespace: one set of dossiers is one list
MOST = 500
NAMED = (
    "agency", "reception_agency__parent", "agency__parent", "applicant", "representative", "revision", "received_by",
    "holder",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Order:
    """Việc in: which paper about what, from which office, of which day; `number`: when the act itself was numbered."""

    form: Form
    subject_id: UUID
    agency: Agency
    issued_at: datetime
    gather: Gather
    code: str = ""
    procedure_id: int | None = None
    number: int | None = None
    serial: str = ""
    is_living: bool = False
    printed: type[FormPrinted] = FormPrinted
    reprinted: type[FormPrinted] = FormReprinted
    subject: UUID | None = None  # of the ledger's line, when it is not the paper's own
    more: tuple[tuple[str, Any], ...] = ()


@transaction.atomic
def print_receipt(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In giấy tiếp nhận hồ sơ và hẹn trả kết quả; a second print is the first one again, and is recorded as such.

    Raises NoSuchDossier, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ17.3
    """
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    return _print(
        _order(
            Form.RECEIPT,
            dossier,
            dossier.received_at,
            lambda number: gathering.receipt_of(dossier, number=number, at=at),
        ),
        by,
        at,
    )


@transaction.atomic
def print_control_sheet(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu kiểm soát quá trình giải quyết hồ sơ: the same number each time, renewed when the dossier went on.

    Raises NoSuchDossier. Legal: ND118-2025 Đ19
    """
    dossier = _dossier(dossier_id, by, at)
    order = _order(
        Form.CONTROL_SHEET,
        dossier,
        dossier.received_at,
        lambda number: gathering.control_sheet_of(dossier, number=number, at=at),
    )
    return _print(replace(order, is_living=True), by, at)


@transaction.atomic
def print_process_report(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu quá trình xử lý: renewed under its number as the dossier goes on. Raises NoSuchDossier."""
    dossier = _dossier(dossier_id, by, at)
    order = _order(
        Form.PROCESS_REPORT,
        dossier,
        dossier.received_at,
        lambda number: notices.process_report_of(dossier, number=number, at=at),
    )
    return _print(replace(order, is_living=True), by, at)


@transaction.atomic
def print_return_slip(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu trả kết quả. Raises NoSuchDossier, NothingToPrint, Forbidden without SEE_PERSONAL."""
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    return _print(
        _order(
            Form.RETURN_SLIP,
            dossier,
            at,
            lambda number: gathering.return_slip_of(dossier, number=number, at=at),
        ),
        by,
        at,
    )


@transaction.atomic
def print_supplement(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu yêu cầu bổ sung of the latest request; it bears the number that the request was given.

    Raises NoSuchDossier, NothingToPrint, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ16.3, Đ19.5
    """
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    asked = (
        Supplement.objects.filter(dossier=dossier)
        .select_related("asked_by", "agency__parent")
        .order_by("-asked_at")
        .first()
    )
    if asked is None:
        raise NothingToPrint(f"Hồ sơ {dossier.code} chưa có yêu cầu bổ sung nào để in.")
    asked.dossier = dossier
    order = _order(
        Form.SUPPLEMENT, dossier, asked.asked_at, lambda number: notices.supplement_of(asked, number=number)
    )
    return _print(replace(order, subject_id=asked.pk, agency=asked.agency, number=asked.number), by, at)


@transaction.atomic
def print_apology(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu xin lỗi và hẹn lại of the latest letter sent; it bears that letter's number.

    Raises NoSuchDossier, NothingToPrint, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ19.6
    """
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    sent = Apology.objects.filter(dossier=dossier, state=Apology.State.SENT)
    letter = sent.select_related("cause", "signed_by").order_by("-sent_at").first()
    if letter is None or letter.sent_at is None:
        raise NothingToPrint(f"Hồ sơ {dossier.code} chưa có thư xin lỗi nào đã gửi để in.")
    letter.dossier = dossier
    order = _order(
        Form.APOLOGY, dossier, letter.sent_at, lambda number: notices.apology_of(letter, number=number, at=at)
    )
    return _print(replace(order, subject_id=letter.pk, agency=dossier.agency, number=letter.number), by, at)


@transaction.atomic
def print_stop(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In thông báo dừng giải quyết of the latest end without a result; it bears that notice's number.

    Raises NoSuchDossier, NothingToPrint, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ19.5, Đ21
    """
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    stopped = Stop.objects.filter(dossier=dossier).select_related("by").order_by("-at").first()
    if stopped is None:
        raise NothingToPrint(f"Hồ sơ {dossier.code} chưa dừng giải quyết nên chưa có thông báo để in.")
    stopped.dossier = dossier
    order = _order(Form.STOP, dossier, stopped.at, lambda number: notices.stop_of(stopped, number=number))
    return _print(replace(order, subject_id=stopped.pk, number=stopped.number), by, at)


@transaction.atomic
def print_paper_slip(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu giao hồ sơ giấy under the number of the sending; who received what is added when it is known.

    Raises NoSuchDossier, NothingToPrint. Legal: ND118-2025 Đ20.1
    """
    seen = PaperTransfer.objects.visible_to(by, at).filter(dossier=dossier_id)
    papers: PaperTransfer = first_or_refuse(
        seen.select_for_update(of=("self",)).select_related(
            "from_agency__parent", "to_agency", "sent_by", "received_by", "dossier__revision", "dossier__reception_agency"
        )
    )  # fmt: skip
    if papers.sent_at is None:
        raise NothingToPrint(f"Hồ sơ giấy của {papers.dossier.code} chưa giao nên chưa có phiếu giao để in.")
    order = _order(
        Form.PAPER_SLIP,
        papers.dossier,
        papers.sent_at,
        lambda number: gathering.paper_slip_of(papers, number=number),
    )
    order = replace(order, subject_id=papers.pk, agency=papers.from_agency, number=papers.number)
    return _print(replace(order, is_living=True), by, at)


@transaction.atomic
def print_fee_receipt(*, receipt_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In biên lai; a cancelled one says so.

    Raises NoSuchDossier, Forbidden without SEE_PERSONAL. Legal: ND123-2020 Đ32
    """
    issued: IssuedFeeReceipt = first_or_refuse(
        IssuedFeeReceipt.objects.filter(pk=receipt_id, dossier__in=Dossier.objects.visible_to(by, at))
        .select_for_update(of=("self",))
        .select_related("series__agency__parent", "issued_by")
    )
    dossier = issued.dossier = _dossier(issued.dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    order = _order(
        Form.FEE_RECEIPT, dossier, issued.issued_at, lambda _number: listings.fee_receipt_of(issued)
    )
    return _print(
        replace(
            order, subject_id=issued.pk, agency=issued.series.agency, serial=str(issued), is_living=True,
        ),
        by,
        at,
    )  # fmt: skip


def fee_receipt_for_payer(issued: IssuedFeeReceipt) -> bytes:
    """Bản của người nộp tiền: their copy as PDF, with the name alone; who holds its link may keep it. No new paper."""
    issued = IssuedFeeReceipt.objects.select_related(
        "series__agency__parent",
        "issued_by",
        "dossier__revision",
        "dossier__applicant",
        "dossier__representative",
    ).get(pk=issued.pk)
    facts = listings.fee_receipt_of(issued)
    copy = replace(facts, payer=Person(name=issued.payer_name), copies=PAYERS_COPY)
    return render(Form.FEE_RECEIPT, copy, at=issued.issued_at)


@transaction.atomic
def print_refusal(*, refusal_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu từ chối; it bears the number that the refusal was given. Raises NoSuchDossier, Forbidden.

    Legal: ND118-2025 Đ17.1
    """
    refusal: IntakeRefusal = first_or_refuse(
        IntakeRefusal.objects.select_for_update(of=("self",))
        .filter(pk=refusal_id)
        .select_related("agency__parent", "procedure", "applicant", "refused_by")
    )
    access_of(by, at).require(Permission.SEE_PERSONAL, refusal.agency_id)
    order = Order(
        form=Form.REFUSAL,
        subject_id=refusal.pk,
        agency=refusal.agency,
        issued_at=refusal.refused_at,
        gather=lambda number: gathering.refusal_of(refusal, number=number, at=at),
        procedure_id=refusal.procedure_id,
        number=refusal.number,
        printed=RefusalPrinted,
        reprinted=RefusalReprinted,
    )
    return _print(order, by, at)


@transaction.atomic
def print_hand_over(*, dossier_ids: Collection[UUID], by: User, at: datetime) -> PrintedForm:
    """In danh sách bàn giao hồ sơ; the same dossiers are the same list.

    Raises NothingToPrint, Forbidden without TRANSFER.
    """
    dossiers = _dossiers(dossier_ids, by, at)
    access_of(by, at).require(Permission.TRANSFER, dossiers[0].reception_agency_id)
    return _print_list(
        Form.HAND_OVER,
        dossiers,
        dossiers[0].reception_agency,
        lambda number: gathering.hand_over_list_of(dossiers, giver=by, at=at, number=number),
        by,
        at,
    )


@transaction.atomic
def print_batch_receipt(
    *, dossier_ids: Collection[UUID], by: User, at: datetime, submitter_name: str = ""
) -> PrintedForm:
    """In giấy tiếp nhận nhiều hồ sơ. Raises NothingToPrint, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ17.3"""
    dossiers = _dossiers(dossier_ids, by, at)
    _refuse_unless_personal(by, at, dossiers[0].reception_agency_id)
    return _print_list(
        Form.BATCH_RECEIPT,
        dossiers,
        dossiers[0].reception_agency,
        lambda number: listings.batch_receipt_of(
            dossiers, submitter_name=submitter_name.strip(), number=number, at=at
        ),
        by,
        at,
    )


@transaction.atomic
def print_result_list(*, dossier_ids: Collection[UUID], by: User, at: datetime) -> PrintedForm:
    """In danh sách bàn giao kết quả. Raises NothingToPrint, Forbidden without RETURN here or ISSUE there.

    Legal: ND118-2025 Đ22
    """
    dossiers = [one for one in _dossiers(dossier_ids, by, at) if getattr(one, "result", None)]
    if not dossiers:
        raise NothingToPrint("Các hồ sơ này chưa có kết quả để bàn giao.")
    access = access_of(by, at)
    is_giver = access.may(Permission.ISSUE, dossiers[0].agency_id)
    if not is_giver:
        access.require(Permission.RETURN, dossiers[0].reception_agency_id)
    return _print_list(
        Form.RESULT_LIST,
        dossiers,
        dossiers[0].agency,
        lambda number: listings.result_list_of(
            dossiers, giver=by if is_giver else None, number=number, at=at
        ),
        by,
        at,
    )


@transaction.atomic
def print_bundle_receipt(*, bundle_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In giấy tiếp nhận và hẹn trả của cả bộ hồ sơ liên thông: one receipt for the whole filing.

    Raises NoSuchBundle, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ17.3, Đ20.2
    """
    Bundle.objects.lock(bundle_id)
    bundle = Bundle.objects.visible_to(by, at).with_parts().filter(pk=bundle_id).first()
    if bundle is None:
        raise NoSuchBundle("Không tìm thấy bộ hồ sơ, hoặc bộ hồ sơ không thuộc phạm vi bạn được xem.")
    _refuse_unless_personal(by, at, bundle.reception_agency_id)
    order = Order(
        form=Form.RECEIPT,
        subject_id=bundle.pk,
        agency=bundle.reception_agency,
        issued_at=bundle.received_at,
        gather=lambda number: bundle_receipt_of(bundle, number=number, at=at),
        code=bundle.code,
    )
    return _print(order, by, at)


# --- what is to be printed


def _dossier(dossier_id: UUID, by: User, at: datetime) -> Dossier:
    """The dossier with what the forms name, locked so that it is printed under one number. Raises NoSuchDossier."""
    dossier: Dossier = first_or_refuse(
        Dossier.objects.visible_to(by, at)
        .filter(pk=dossier_id)
        .select_for_update(of=("self",))
        .select_related(*NAMED)
    )
    return dossier


def _dossiers(dossier_ids: Collection[UUID], by: User, at: datetime) -> list[Dossier]:
    """Those of them that may be seen, in the order of their reception, locked so that they make one list.

    Raises NothingToPrint when there is none.
    """
    if len(dossier_ids) > MOST:
        raise NothingToPrint(f"Mỗi danh sách nhiều nhất {MOST} hồ sơ.")
    seen = (
        Dossier.objects.visible_to(by, at).filter(pk__in=list(dossier_ids)).select_related(*NAMED, "result")
    )
    found = list(seen.select_for_update(of=("self",)).order_by("received_at", "id"))
    if not found:
        raise NothingToPrint("Chưa chọn hồ sơ nào để in.")
    return found


def _order(form: Form, dossier: Dossier, issued_at: datetime, gather: Gather) -> Order:
    return Order(
        form=form,
        subject_id=dossier.pk,
        subject=dossier.pk,
        agency=dossier.reception_agency,
        issued_at=issued_at,
        gather=gather,
        code=dossier.code,
        procedure_id=dossier.procedure_id,
    )


def _print_list(  # noqa: PLR0917  what a list is made of
    form: Form, dossiers: Sequence[Dossier], agency: Agency, gather: Gather, by: User, at: datetime
) -> PrintedForm:
    keys = sorted(str(dossier.pk) for dossier in dossiers)
    order = Order(
        form=form,
        subject_id=uuid.uuid5(LISTS, f"{form}:{','.join(keys)}"),
        agency=agency,
        issued_at=at,
        gather=gather,
        printed=ListPrinted,
        reprinted=ListReprinted,
        more=(("dossiers", [dossier.code for dossier in dossiers]),),
    )
    return _print(order, by, at)


def _refuse_unless_personal(by: User, at: datetime, *agencies: int) -> None:
    """These papers state personal numbers: only who may see those, at one of the agencies, may print them."""
    access = access_of(by, at)
    if not any(access.may(Permission.SEE_PERSONAL, agency) for agency in agencies):
        access.require(Permission.SEE_PERSONAL, agencies[0])


# --- printing


def _print(order: Order, by: User, at: datetime) -> PrintedForm:
    printed = (
        PrintedForm.objects.select_for_update(of=("self",))
        .select_related("template")
        .filter(subject_id=order.subject_id, form=order.form)
        .first()
    )
    if printed and not order.is_living:
        return _record(order, printed, by, at, order.reprinted)
    if printed:
        return _renew(order, printed, by, at)
    printed, look = _begin(order)
    printed.keep(as_json(_styled(order.gather(printed.number), look)))
    return _write(order, printed, by, at)


def _renew(order: Order, printed: PrintedForm, by: User, at: datetime) -> PrintedForm:
    """The living paper again: unchanged besides the moment it speaks of, it stays as it is."""
    earlier = printed.facts
    look = _look(order)
    facts = as_json(_styled(order.gather(printed.number), look))
    facts["look"] = earlier.get("look", facts["look"])
    if {**facts, "printed_at": ""} == {**earlier, "printed_at": ""}:
        return printed
    printed.keep(facts)
    return _write(order, printed, by, at, note="In lại theo diễn biến mới")


def _begin(order: Order) -> tuple[PrintedForm, PaperLook | None]:
    """A new paper: its number, the look and the template that hold for it on its day."""
    day = local_date(order.issued_at)
    look = _look(order)
    sequence = next_number(
        f"paper:{order.form}:{order.agency.pk}:{day.year}", start=_first_sequence(order, day.year)
    )
    number = order.serial or number_of(
        order.form,
        sequence if order.number is None else order.number,
        order.agency,
        look.symbol if look else "",
    )
    printed = PrintedForm(
        id=new_id(),
        form=order.form,
        forms=regime_on(day).forms,
        template=PaperTemplate.objects.applying_to(_wanted(order), day),
        subject_id=order.subject_id,
        agency=order.agency,
        year=day.year,
        sequence=sequence,
        number=number,
        code=order.code,
    )
    return printed, look


def _first_sequence(order: Order, year: int) -> int:
    """1; where an older release took the refusal's own number for its paper's place, the one after the last of those."""
    if order.form is not Form.REFUSAL:
        return 1
    printed = PrintedForm.objects.filter(agency=order.agency, form=order.form, year=year)
    return (printed.aggregate(last=Max("sequence"))["last"] or 0) + 1


def _wanted(order: Order) -> Wanted:
    return Wanted(
        form=order.form,
        forms=regime_on(local_date(order.issued_at)).forms,
        agencies=(*order.agency.ancestor_ids, order.agency.pk),
        procedure=order.procedure_id,
    )


def _look(order: Order) -> PaperLook | None:
    return PaperLook.objects.applying_to(_wanted(order), local_date(order.issued_at))


def _styled(facts: Facts, look: PaperLook | None) -> Facts:
    """The facts with what the place has on its papers."""
    if look is None:
        return facts
    head = facts.letterhead
    return replace(
        facts,
        letterhead=replace(
            head, parent=look.parent_line or head.parent, agency=look.agency_line or head.agency
        ),
        look=Look(mark=look.mark, has_book=look.has_book, copies=tuple(look.copies), paper=look.paper),
    )


def _write(order: Order, printed: PrintedForm, by: User, at: datetime, *, note: str = "") -> PrintedForm:
    printed.printed_at, printed.printed_by = at, by
    if printed.template is not None:
        filled = fill(bytes(printed.template.content), order.form, printed.facts)
        printed.keep_pages(as_pdf(filled, at=at).pdf)
    printed.save()
    return _record(order, printed, by, at, order.printed, note=note)


def _record(
    order: Order, printed: PrintedForm, by: User, at: datetime, kind: type[FormPrinted], *, note: str = ""
) -> PrintedForm:
    events.record(
        kind(
            subject_id=order.subject or printed.subject_id,
            actor_id=by.pk,
            at=at,
            form=printed.form,
            forms=printed.forms,
            number=printed.number,
            digest=printed.digest,
            note=note or f"{Form(printed.form).label}.",
            **dict(order.more),
        )
    )
    return printed
