"""In giấy tờ: give a paper its number, keep the facts it states, and print it again as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_on
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier, IntakeRefusal
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.linking.models import Bundle
from motcua.service.linking.querysets import NoSuchBundle
from motcua.service.paperwork import gathering
from motcua.service.paperwork.events import FormPrinted, FormReprinted, RefusalPrinted, RefusalReprinted
from motcua.service.paperwork.facts import Facts, as_json
from motcua.service.paperwork.gathering_bundles import bundle_receipt_of
from motcua.service.paperwork.models import PrintedForm
from motcua.service.paperwork.naming import number_of
from motcua.service.paperwork.registry import Form

Gather = Callable[[str], Facts]  # the facts of the paper that bears this number


@transaction.atomic
def print_receipt(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In giấy tiếp nhận hồ sơ và hẹn trả kết quả; a second print is the first one again, and is recorded as such.

    Raises NoSuchDossier, Forbidden without SEE_PERSONAL. Legal: ND118-2025 Đ17.3
    """
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    return _print(
        Form.RECEIPT, dossier, by, at, lambda number: gathering.receipt_of(dossier, number=number, at=at)
    )


@transaction.atomic
def print_control_sheet(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu kiểm soát quá trình giải quyết hồ sơ: the same number each time, renewed when the dossier went on.

    Raises NoSuchDossier. Legal: ND118-2025 Đ19
    """
    dossier = _dossier(dossier_id, by, at)
    return _print(
        Form.CONTROL_SHEET,
        dossier,
        by,
        at,
        lambda number: gathering.control_sheet_of(dossier, number=number, at=at),
    )


@transaction.atomic
def print_return_slip(*, dossier_id: UUID, by: User, at: datetime) -> PrintedForm:
    """In phiếu trả kết quả. Raises NoSuchDossier, NothingToPrint, Forbidden without SEE_PERSONAL."""
    dossier = _dossier(dossier_id, by, at)
    _refuse_unless_personal(by, at, dossier.reception_agency_id, dossier.agency_id)
    return _print(
        Form.RETURN_SLIP,
        dossier,
        by,
        at,
        lambda number: gathering.return_slip_of(dossier, number=number, at=at),
    )


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
    printed = PrintedForm.objects.filter(subject_id=refusal.pk, form=Form.REFUSAL).first()
    if printed:
        return _record(printed, by, at, RefusalReprinted)
    printed = _begin(Form.REFUSAL, refusal.pk, refusal.agency, refusal.refused_at, sequence=refusal.number)
    printed.keep(as_json(gathering.refusal_of(refusal, number=printed.number, at=at)))
    return _write(printed, by, at, RefusalPrinted)


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
    return _print(
        Form.RECEIPT, bundle, by, at, lambda number: bundle_receipt_of(bundle, number=number, at=at)
    )


def _dossier(dossier_id: UUID, by: User, at: datetime) -> Dossier:
    """The dossier with what the forms name, locked so that it is printed under one number. Raises NoSuchDossier."""
    dossier: Dossier = first_or_refuse(
        Dossier.objects.visible_to(by, at)
        .filter(pk=dossier_id)
        .select_for_update(of=("self",))
        .select_related(
            "agency", "reception_agency__parent", "applicant", "representative", "revision", "received_by"
        )
    )
    return dossier


def _refuse_unless_personal(by: User, at: datetime, *agencies: int) -> None:
    """These papers state personal numbers: only who may see those, at one of the two agencies, may print them."""
    access = access_of(by, at)
    if not any(access.may(Permission.SEE_PERSONAL, agency) for agency in agencies):
        access.require(Permission.SEE_PERSONAL, agencies[0])


def _print(form: Form, dossier: Dossier | Bundle, by: User, at: datetime, gather: Gather) -> PrintedForm:
    printed = PrintedForm.objects.filter(subject_id=dossier.pk, form=form).first()
    if printed and form is not Form.CONTROL_SHEET:
        return _record(printed, by, at, FormReprinted)
    if printed:
        return _renew(printed, by, at, gather)
    issued_at = at if form is Form.RETURN_SLIP else dossier.received_at
    agency = dossier.reception_agency
    number = next_number(f"paper:{form}:{agency.pk}:{local_date(issued_at).year}")
    printed = _begin(form, dossier.pk, agency, issued_at, sequence=number, code=dossier.code)
    printed.keep(as_json(gather(printed.number)))
    return _write(printed, by, at, FormPrinted)


def _renew(printed: PrintedForm, by: User, at: datetime, gather: Gather) -> PrintedForm:
    """The living paper again: unchanged besides the moment it speaks of, it stays as it is."""
    earlier, facts = printed.facts, as_json(gather(printed.number))
    if {**facts, "printed_at": ""} == {**earlier, "printed_at": ""}:
        return printed
    printed.keep(facts)
    return _write(printed, by, at, FormPrinted, note="In lại theo diễn biến mới")


def _begin(
    form: Form, subject_id: UUID, agency: Agency, issued_at: datetime, *, sequence: int, code: str = ""
) -> PrintedForm:
    day = local_date(issued_at)
    return PrintedForm(
        id=new_id(),
        form=form,
        forms=regime_on(day).forms,
        subject_id=subject_id,
        agency=agency,
        year=day.year,
        sequence=sequence,
        number=number_of(form, sequence, agency),
        code=code,
    )


def _write(
    printed: PrintedForm, by: User, at: datetime, kind: type[FormPrinted], *, note: str = ""
) -> PrintedForm:
    printed.printed_at, printed.printed_by = at, by
    printed.save()
    return _record(printed, by, at, kind, note=note)


def _record(
    printed: PrintedForm, by: User, at: datetime, kind: type[FormPrinted], *, note: str = ""
) -> PrintedForm:
    events.record(
        kind(
            subject_id=printed.subject_id,
            actor_id=by.pk,
            at=at,
            form=printed.form,
            forms=printed.forms,
            number=printed.number,
            digest=printed.digest,
            note=note or f"{Form(printed.form).label}.",
        )
    )
    return printed
