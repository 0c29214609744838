"""Khoản phải nộp: computed from dated rules, raised, cancelled; and what reception has taken in cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.events import Event
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.core.writing import insert_together
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DossierReceived
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.payments import books
from motcua.service.payments.events import (
    DossierMoneyEvent,
    DossierOwes,
    DossierOwesNoMore,
    DueCancelled,
    DueEvent,
    DuePaid,
    DueRaised,
)
from motcua.service.payments.models import Due, MoneyException, Payment
from motcua.service.payments.querysets import NoSuchDue
from motcua.service.payments.rules import Charge
from motcua.service.payments.states import DueKind, DueState, ExceptionKind, PaymentState, Way
from motcua.service.procedures.models import Offering

AT_RECEPTION = "Phí, lệ phí thu khi tiếp nhận"


@dataclass(frozen=True)
class Owner:
    """Ai nợ khoản này: the dossier, filing or draft, to whom it is owed and who collects."""

    subject_id: UUID
    code: str
    procedure: str
    procedure_code: str
    payer_name: str
    agency_id: int
    collector_id: int


class NothingToCancel(Stale):
    """Khoản này không còn mở."""


@transaction.atomic(savepoint=False)
def raise_dues(
    *,
    subject_id: UUID,
    offering: Offering,
    charges: Sequence[Charge],
    payer_name: str,
    at: datetime,
    by: User | None = None,
    code: str = "",
) -> list[Due]:
    """Ghi các khoản phải nộp of a draft, filing or dossier; charges of nothing are left out.

    Called again for a subject that has open dues of the same kind and name, it brings them to the amount that is due
    now and raises nothing twice. Paid ones stay. Part of a larger act where there is one.
    """
    if not any(one.amount for one in charges):
        return []
    name = str(offering.content_on(local_date(at)).name)
    owner = Owner(
        subject_id,
        code,
        name,
        offering.procedure.code,
        payer_name,
        offering.agency_id,
        offering.receiving_agency_id,
    )
    raised = (_raise(owner, one, by=by, at=at) for one in charges if one.amount)
    return [due for due in raised if due]


@transaction.atomic
def charge_dossier(*, dossier: Dossier, charges: Sequence[Charge], by: User, at: datetime) -> list[Due]:
    """Ghi các khoản của hồ sơ vừa tiếp nhận as the tariff asks them; charges of nothing are left out.

    The caller answers for `by` being the one who receives it.
    """
    raised = (_raise(owner_of(dossier), one, by=by, at=at) for one in charges if one.amount)
    return [due for due in raised if due]


@transaction.atomic
def raise_difference(
    *,
    subject_id: UUID,
    offering: Offering,
    charges: Sequence[Charge],
    reason: str,
    payer_name: str,
    by: User,
    at: datetime,
    code: str = "",
) -> list[Due]:
    """Ghi phần còn thiếu của mức thu đủ: what was let off and may not be. What is open is brought up to the whole."""
    dues = list(Due.objects.of(subject_id).exclude(state__in=[DueState.CANCELLED, DueState.REFUNDED]))
    wanted = []
    for one in charges:
        known = [due for due in dues if (due.kind, due.name) == (one.kind, one.name)]
        paid = sum(due.amount for due in known if due.state == DueState.PAID)
        name = f"{one.name} (phần còn thiếu)" if paid else one.name
        if one.amount > paid:
            wanted.append(replace(one, name=name[:300], amount=one.amount - paid, reason=reason))
    return raise_dues(
        subject_id=subject_id,
        offering=offering,
        charges=wanted,
        payer_name=payer_name,
        by=by,
        at=at,
        code=code,
    )


@transaction.atomic
def add_due(
    *, dossier_id: UUID, kind: str, name: str, amount: int, reason: str, by: User, at: datetime
) -> Due:
    """Ghi thêm một khoản của hồ sơ at any step, by who receives or settles it.

    Raises NoSuchDossier, Forbidden, DomainError.
    """
    seen = Dossier.objects.visible_to(by, at).select_related("procedure", "revision")
    dossier: Dossier = first_or_refuse(seen.filter(pk=dossier_id).select_for_update(of=("self",)))
    access = access_of(by, at)
    if not access.may(Permission.PROCESS, dossier.agency_id):
        access.require(Permission.RECEIVE, dossier.reception_agency_id)
    if kind not in {one.value for one in DueKind}:
        raise DomainError("Hãy chọn phí, lệ phí hoặc tiền phạt.", field="kind")
    if not name.strip():
        raise DomainError("Hãy ghi tên khoản thu.", field="name")
    if amount <= 0:
        raise DomainError("Số tiền phải lớn hơn 0.", field="amount")
    due = _raise(
        owner_of(dossier), Charge(kind, name.strip()[:300], amount, reason.strip()[:300]), by=by, at=at
    )
    if due is None:
        raise DomainError("Khoản này đã nộp rồi. Nếu phải nộp thêm, hãy ghi một tên khác.", field="name")
    return due


@transaction.atomic
def cancel_due(*, due_id: UUID, reason: str, by: User | None, at: datetime) -> Due:
    """Thôi khoản phải nộp; money that still comes for it goes to the exceptions. Raises NothingToCancel, Forbidden."""
    due = lock_due(due_id)
    if by is not None:
        access = access_of(by, at)
        if not access.may(Permission.RECEIVE, due.collector_id):
            access.require(Permission.PROCESS, due.agency_id)
    if due.state != DueState.OPEN:
        raise NothingToCancel(f"Khoản này đang ở trạng thái “{due.get_state_display()}”.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do thôi thu khoản này.", field="reason")
    due.state, due.ended_at, due.ended_reason = DueState.CANCELLED, at, reason.strip()[:300]
    due.save(update_fields=["state", "ended_at", "ended_reason"])
    MoneyException.objects.standing().filter(due=due, kind=ExceptionKind.UNDERPAID).update(
        kind=ExceptionKind.NOT_OWED
    )
    tell(
        DueCancelled(**told(due), actor_id=by.pk if by else None, at=at, reason=due.ended_reason),
        twin=DossierOwesNoMore,
    )
    return due


@transaction.atomic(savepoint=False)
def take_at_reception(event: Event) -> None:
    """Tiền mặt thu khi tiếp nhận becomes a paid due of the dossier; what was paid before, on line, is joined to it.

    It is part of the reception, and of its transaction.
    """
    from motcua.service.payments.operations.paying import join_dossier

    assert isinstance(event, DossierReceived)  # noqa: S101  said in config/subscriptions.py
    if event.channel != "COUNTER" and join_dossier(event):
        return
    if not event.fee_amount:
        return
    due = Due(
        subject_id=event.subject_id, code=event.code, procedure_code=event.procedure, agency_id=event.agency,
        collector_id=event.reception_agency, kind=DueKind.FEE, name=AT_RECEPTION, amount=event.fee_amount,
        state=DueState.PAID, raised_at=event.at, raised_by_id=event.actor_id, paid_at=event.at, way=Way.CASH,
    )  # fmt: skip
    payment = Payment(
        due=due, way=Way.CASH, reference=f"TM{due.pk.hex}", amount=due.amount, state=PaymentState.SUCCEEDED,
        created_at=event.at, finished_at=event.at, applied_at=event.at, taken_by_id=event.actor_id,
    )  # fmt: skip
    insert_together([due, payment, books.taken_in_cash(payment, due)])
    raised = DueRaised(
        **told(due), actor_id=event.actor_id, at=event.at, collector=due.collector_id, agency=due.agency_id, reason="",
    )  # fmt: skip
    paid = DuePaid(
        **told(due), actor_id=event.actor_id, at=event.at, way=Way.CASH, reference=payment.reference, receipt="",
    )  # fmt: skip
    events.record_all([raised, paid])


def owner_of(dossier: Dossier) -> Owner:
    """The dossier as it owes: to who settles it, collected where it was taken in."""
    return Owner(
        dossier.pk, dossier.code, dossier.revision.name, dossier.procedure.code, dossier.applicant_name,
        dossier.agency_id, dossier.reception_agency_id,
    )  # fmt: skip


def dues_of(subject_id: UUID) -> list[Due]:
    """Các khoản của hồ sơ hay bản nháp, in the order in which they arose."""
    found = Due.objects.of(subject_id).with_received()
    return list(found.select_related("receipt__series", "agency", "collector"))


def must_pay(subject_id: UUID) -> int:
    """Còn phải nộp: đồng that are open, less the parts that came."""
    return sum(due.left for due in Due.objects.of(subject_id).open().with_received())


def lock_due(due_id: UUID) -> Due:
    """Take the due for the act that follows; others wait. Raises NoSuchDue."""
    due = Due.objects.select_for_update(of=("self",)).filter(pk=due_id).first()
    if due is None:
        raise NoSuchDue("Không tìm thấy khoản phải nộp này. Hãy mở lại từ trang tra cứu hồ sơ.")
    return due


def in_words(charges: Sequence[Charge]) -> str:
    """Bằng lời: "Phí thẩm định 60.000 đồng (giảm 50 % khi nộp trực tuyến)"."""
    return "; ".join(
        f"{one.name} {vnd(one.amount)} ({one.reason})" if one.amount else f"{one.name}: {one.reason}"
        for one in charges
    )


def _raise(owner: Owner, one: Charge, *, by: User | None, at: datetime) -> Due | None:
    """The open due of this charge; None when it is paid already."""
    known = Due.objects.select_for_update().filter(subject_id=owner.subject_id, kind=one.kind, name=one.name)
    standing = list(known.exclude(state__in=[DueState.CANCELLED, DueState.REFUNDED]))
    parts: list[UUID] = []
    for due in standing:
        if due.state == DueState.PAID or due.amount == one.amount:
            return due if due.state == DueState.OPEN else None
        parts += MoneyException.objects.parts().filter(due=due).values_list("pk", flat=True)
        cancel_due(due_id=due.pk, reason="Tính lại mức thu", by=None, at=at)
    due = Due.objects.create(
        subject_id=owner.subject_id, code=owner.code, procedure=owner.procedure[:1000],
        procedure_code=owner.procedure_code, payer_name=owner.payer_name[:250], agency_id=owner.agency_id,
        collector_id=owner.collector_id, kind=one.kind, name=one.name, amount=one.amount, quantity=one.quantity,
        reason=one.reason[:300], raised_at=at, raised_by=by,
    )  # fmt: skip
    tell(
        DueRaised(
            **told(due), actor_id=by.pk if by else None, at=at, collector=due.collector_id, agency=due.agency_id,
            reason=due.reason,
        ),
        twin=DossierOwes,
    )  # fmt: skip
    _take_along(parts, due)
    return due


def _take_along(parts: Sequence[UUID], due: Due) -> None:
    """What has come in part for a due that was computed anew counts towards the new one, unless it is as much or more."""
    moved = MoneyException.objects.filter(pk__in=parts)
    if sum(moved.values_list("amount", flat=True)) < due.amount:
        moved.update(kind=ExceptionKind.UNDERPAID, due=due)


def told(due: Due) -> dict[str, Any]:
    """What every event of a due says."""
    return {
        "subject_id": due.pk,
        "owner": due.subject_id,
        "kind": due.kind,
        "name": due.name,
        "amount": due.amount,
    }


@transaction.atomic(savepoint=False)
def tell(event: DueEvent, *, twin: type[DossierMoneyEvent]) -> None:
    """Record what happened to a due within its act; where its dossier exists already, in the dossier's life as well."""
    events.record(event)
    if Dossier.objects.filter(pk=event.owner).exists():
        events.record(
            twin(
                subject_id=event.owner, actor_id=event.actor_id, at=event.at, due=event.subject_id, name=event.name,
                amount=event.amount,
            )
        )  # fmt: skip
