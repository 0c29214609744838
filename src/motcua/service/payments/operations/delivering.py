"""Thu hộ khi phát: what a dossier still owes is asked of the postman, and closes when the carrier hands it over."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.events import Event
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.payments.gateways import Told
from motcua.service.payments.models import Due, Payment, PaymentChannel
from motcua.service.payments.operations.moving import left_of, set_aside
from motcua.service.payments.querysets import PaymentQuerySet
from motcua.service.payments.states import PaymentState, Verdict, Way
from motcua.service.postal.events import CarrierTold, ShipmentCancelled, ShipmentOrdered
from motcua.service.postal.models import Shipment
from motcua.service.postal.states import ShipmentState


def channel_of(agency_id: int, carrier_code: str, on: date) -> PaymentChannel | None:
    """Kênh thu hộ của một đơn vị bưu chính tại một nơi thu."""
    found = PaymentChannel.objects.valid_on(on).filter(agency=agency_id, way=Way.POSTAL)
    return found.filter(details__buu_chinh=carrier_code).order_by("position").first()


@transaction.atomic
def expect(event: Event) -> None:
    """Bưu gửi có thu hộ được đặt: each open due waits for the carrier. Raises InvalidInput: then nothing is ordered."""
    assert isinstance(event, ShipmentOrdered)  # noqa: S101  said in config/subscriptions.py
    if not event.cod:
        return
    dues = list(Due.objects.of(event.dossier).open().select_for_update(of=("self",)))
    owed = sum(left_of(due) for due in dues)
    if event.cod != owed:
        raise InvalidInput({"cod": f"Hồ sơ còn phải nộp {vnd(owed)}. Thu hộ đúng số đó, hoặc để trống."})
    shipment = Shipment.objects.select_related("carrier").get(pk=event.subject_id)
    channel = channel_of(dues[0].collector_id, shipment.carrier.code, local_date(event.at))
    if channel is None:
        raise InvalidInput(
            {
                "cod": f"Nơi thu chưa có kênh thu hộ của {shipment.carrier.name}. Quản trị đặt ở mục Kênh thanh toán."
            }
        )
    for place, due in enumerate(dues, start=1):
        for live in due.payments.live().select_for_update():
            if live.state != PaymentState.CREATED:
                raise DomainError(
                    "Người nộp đang trả trực tuyến. Chờ lần đó ngã ngũ rồi đặt thu hộ.", field="cod"
                )
            set_aside(live, event.at, "Bưu chính thu hộ khi phát")
        Payment.objects.create(
            due=due, channel=channel, way=Way.POSTAL, amount=left_of(due), state=PaymentState.PENDING, created_at=event.at,
            reference=event.code if place == 1 else f"{event.code}-{place}",
        )  # fmt: skip


@transaction.atomic
def release(event: Event) -> None:
    """Bưu gửi bị hủy hoặc đã hoàn về: nobody is asked by the postman any more; the dues may be paid otherwise."""
    is_back = isinstance(event, CarrierTold) and event.state == ShipmentState.RETURNED
    if not (is_back or isinstance(event, ShipmentCancelled)):
        return
    code = Shipment.objects.values_list("code", flat=True).get(pk=event.subject_id)
    for payment in payments_of(code).filter(state=PaymentState.PENDING).select_for_update():
        set_aside(payment, event.at, "Bưu gửi không phát được")


def payments_of(code: str) -> PaymentQuerySet:
    """Các lần thanh toán mà một bưu gửi thu hộ, the first due first."""
    asked = Q(reference=code) | Q(reference__startswith=f"{code}-")
    return Payment.objects.filter(asked, way=Way.POSTAL).order_by("created_at", "reference")


def words_of(channel: PaymentChannel, reference: str, amount: int, external: str) -> list[Told]:
    """Một dòng nộp tiền thu hộ, as words about each due of its parcel: in their order, what is too much or lacks last.

    The carrier names its own code or ours.
    """
    known = Shipment.objects.filter(Q(code=reference) | Q(carrier_code=reference)).values_list(
        "code", flat=True
    )
    code = known.first() or reference
    waiting = list(payments_of(code).filter(channel=channel))
    told = []
    for payment in waiting[:-1]:
        part = min(payment.amount, amount)
        told += [Told(payment.reference, Verdict.PAID, part, external)] if part else []
        amount -= part
    last = waiting[-1].reference if waiting else code
    return told + ([Told(last, Verdict.PAID, amount, external)] if amount else [])
