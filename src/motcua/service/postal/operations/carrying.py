"""Giao bưu chính và theo dõi: the hand-over list, what the carrier tells, and what is decided when delivery fails.

A result with the post is not yet returned; what the carrier has delivered is. The legal clock has stopped before, when
the result came to the one-stop unit. Legal: ND118-2025 Đ22, QD45-2016
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.operations.returning import return_result
from motcua.service.dossiers.states import State
from motcua.service.postal.carriers import Told
from motcua.service.postal.doubting import doubt_of, is_late, spoken_of
from motcua.service.postal.events import (
    CarrierTold,
    GetBackAsked,
    RedeliveryAsked,
    ShipmentClosed,
    ShipmentHandedOver,
    ShipmentPlaced,
)
from motcua.service.postal.meanings import meaning_of
from motcua.service.postal.models import HandOver, Shipment, ShipmentEvent
from motcua.service.postal.states import (
    GET_BACK,
    HAND_OVER,
    LIVE,
    MOVE_OF,
    TRY_AGAIN,
    Direction,
    Meaning,
    ShipmentMove,
    ShipmentState,
)

MOST_IN_LIST = 200


@transaction.atomic
def hand_over(*, shipment_ids: Sequence[UUID], by: User, at: datetime, postman: str = "") -> HandOver:
    """Giao bưu gửi theo bảng kê: one list, one number, of one unit to one carrier; all of them or none.

    Raises InvalidInput, Forbidden, IllegalShipmentMove.
    """
    chosen = list(
        Shipment.objects.select_for_update(of=("self",))
        .filter(pk__in=shipment_ids)
        .exclude(direction=Direction.COLLECT)
        .select_related("carrier")
        .order_by("code")[: MOST_IN_LIST + 1]
    )
    if not chosen or len(chosen) > MOST_IN_LIST:
        raise InvalidInput({"id": f"Hãy đánh dấu từ 1 đến {MOST_IN_LIST} bưu gửi để giao."})
    first = chosen[0]
    if len({(one.agency_id, one.carrier_id) for one in chosen}) > 1:
        raise InvalidInput({"id": "Mỗi bảng kê chỉ dành cho một nơi gửi và một đơn vị bưu chính."})
    access_of(by, at).require(Permission.RETURN, first.agency_id)
    year = local(at).year
    made = HandOver.objects.create(
        agency_id=first.agency_id, carrier=first.carrier, year=year, postman=tidy(postman)[:150], made_at=at, made_by=by,
        number=next_number(f"postal-list:{first.agency_id}:{year}"),
    )  # fmt: skip
    promised_on = local_date(at) + timedelta(days=first.carrier.promise_days)
    for shipment in chosen:
        shipment.state = HAND_OVER.apply(shipment.code, shipment.state)
        shipment.hand_over, shipment.handed_at, shipment.handed_by = made, at, by
        shipment.promised_on, shipment.moved_at = promised_on, at
    Shipment.objects.bulk_update(
        chosen, ["state", "hand_over", "handed_at", "handed_by", "promised_on", "moved_at"]
    )
    events.record_all(
        [
            ShipmentHandedOver(
                subject_id=shipment.pk, actor_id=by.pk, at=at, hand_over=made.pk, number=str(made),
                promised_on=promised_on,
            )
            for shipment in chosen
        ]
    )  # fmt: skip
    return made


@transaction.atomic
def placed(*, shipment_id: UUID, carrier_code: str, at: datetime) -> None:
    """Bưu chính đã nhận lệnh; heard twice, kept once."""
    shipment = Shipment.objects.lock(shipment_id)
    if shipment.placed_at is not None:
        return
    shipment.placed_at, shipment.carrier_code, shipment.trouble = at, carrier_code[:60], ""
    shipment.save(update_fields=["placed_at", "carrier_code", "trouble"])
    events.record(
        ShipmentPlaced(subject_id=shipment.pk, actor_id=None, at=at, carrier_code=shipment.carrier_code)
    )


@transaction.atomic
def hear(*, carrier_id: UUID, told: Told, at: datetime, by: User | None = None) -> bool:
    """Nghe tin bưu chính: each of the carrier's ids once; what the table of moves forbids is kept, and moves nothing.

    So is what comes late, and what is not to be believed as it stands: of that the counter asks the carrier. What a person
    writes down (`by`) has been judged by that person. Returns whether it was new. A parcel that is not ours is passed over.
    """
    found = spoken_of(carrier_id, told)
    if found is None:
        return False
    shipment = Shipment.objects.lock(found.pk)
    happened_at = min(max(told.happened_at or at, shipment.ordered_at), at)
    meaning = told.meaning or meaning_of(shipment.carrier, told.status, local_date(happened_at))
    doubt = "" if by else doubt_of(shipment, told, meaning)
    move = MOVE_OF.get(meaning)
    is_lawful = (
        move is not None
        and move.is_lawful_from(shipment.state)
        and not doubt
        and (by is not None or not is_late(shipment, meaning, happened_at))
    )
    _event, is_new = ShipmentEvent.objects.get_or_create(
        carrier_id=carrier_id, outside_id=told.outside_id[:80],
        defaults={
            "shipment": shipment, "status": told.status[:40], "meaning": meaning, "words": tidy(told.words)[:300],
            "happened_at": happened_at, "told_at": at, "has_moved": is_lawful, "doubt": doubt,
        },
    )  # fmt: skip
    if not is_new:
        return False
    if move is not None and is_lawful:
        shipment.state = move.apply(shipment.code, shipment.state)
        _follow(shipment, happened_at, at)
    if is_lawful or by or (doubt and shipment.state in LIVE):  # of what is over nothing is asked any more
        shipment.doubt = doubt
        shipment.save(update_fields=["doubt"])
    events.record(
        CarrierTold(
            subject_id=shipment.pk, actor_id=by.pk if by else None, at=at, outside_id=told.outside_id[:80],
            meaning=str(meaning), state=str(shipment.state),
        )
    )  # fmt: skip
    return True


@transaction.atomic
def note_by_hand(
    *, shipment_id: UUID, meaning: str, words: str, happened_at: datetime, key: UUID, by: User, at: datetime
) -> Shipment:
    """Ghi tin do bưu chính báo bằng giấy hay điện thoại. Raises NoSuchShipment, Forbidden, IllegalShipmentMove."""
    shipment = Shipment.objects.lock(shipment_id)
    access_of(by, at).require(Permission.RETURN, shipment.agency_id)
    if happened_at > at:
        raise InvalidInput({"day": "Ngày này chưa đến. Hãy kiểm tra lại."})
    said = Meaning(meaning)
    outside_id = f"tay:{key}"
    is_known = ShipmentEvent.objects.filter(carrier=shipment.carrier_id, outside_id=outside_id).exists()
    if not is_known and (move := MOVE_OF.get(said)):
        move.apply(shipment.code, shipment.state)
    told = Told(outside_id, shipment.code, said, words=words, happened_at=happened_at)
    hear(carrier_id=shipment.carrier_id, told=told, at=at, by=by)
    if said == Meaning.DELIVERED:
        with suppress(DomainError):  # what cannot be returned now waits in the list of what was delivered
            close(shipment_id=shipment_id, at=at, by=by)
    shipment.refresh_from_db()
    return shipment


@transaction.atomic
def try_again(*, shipment_id: UUID, reason: str, by: User, at: datetime) -> Shipment:
    """Yêu cầu phát lại, within the tries that the carrier makes. Raises Forbidden, IllegalShipmentMove, DomainError."""
    shipment = _to_decide(shipment_id, reason, by, at)
    if not shipment.may_try_again():
        raise DomainError(
            f"Bưu chính đã phát {shipment.tries} lần, không phát thêm. Hãy yêu cầu chuyển hoàn và báo người nhận."
        )
    _decide(shipment, TRY_AGAIN, at)
    events.record(RedeliveryAsked(subject_id=shipment.pk, actor_id=by.pk, at=at, reason=tidy(reason)[:300]))
    return shipment


@transaction.atomic
def get_back(*, shipment_id: UUID, reason: str, by: User | None, at: datetime) -> Shipment:
    """Yêu cầu chuyển hoàn; `by` None: the time to decide is over. Raises Forbidden, IllegalShipmentMove."""
    shipment = _to_decide(shipment_id, reason, by, at)
    _decide(shipment, GET_BACK, at)
    events.record(
        GetBackAsked(subject_id=shipment.pk, actor_id=by.pk if by else None, at=at, reason=tidy(reason)[:300])
    )
    return shipment


@transaction.atomic
def close(*, shipment_id: UUID, at: datetime, by: User | None = None) -> bool:
    """Ghi trả kết quả theo tin phát: the delivered result is returned, by who handed it to the post unless another says.

    False when there is nothing to close, or that person may no longer: it stays in the counter's list.
    """
    shipment = Shipment.objects.lock(shipment_id)
    if (
        shipment.state != ShipmentState.DELIVERED
        or shipment.direction != Direction.RETURN
        or shipment.closed_at is not None
    ):
        return False
    giver = by or shipment.handed_by or shipment.ordered_by
    is_ready = shipment.dossier.state == State.RESULT_READY
    if is_ready and giver is None:  # ordered by the citizen, and nobody has handed it over
        return False
    try:
        with transaction.atomic():
            shipment.closed_at = at  # first: from now on the result is the post's no more
            shipment.save(update_fields=["closed_at"])
            if is_ready and giver:
                return_result(
                    dossier_id=shipment.dossier_id, by=giver, at=at, receiver_name=shipment.receiver.name,
                    note=f"Bưu chính phát, {shipment.carrier.name}, bưu gửi {shipment.code}",
                )  # fmt: skip
    except DomainError:
        if by is not None:
            raise
        return False
    events.record(
        ShipmentClosed(
            subject_id=shipment.pk, actor_id=by.pk if by else None, at=at, dossier=shipment.dossier_id
        )
    )
    return True


def _to_decide(shipment_id: UUID, reason: str, by: User | None, at: datetime) -> Shipment:
    shipment = Shipment.objects.lock(shipment_id)
    if by is not None:
        access_of(by, at).require(Permission.RETURN, shipment.agency_id)
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do, ví dụ điều người nhận đã nói khi bạn gọi."})
    return shipment


def _decide(shipment: Shipment, move: ShipmentMove, at: datetime) -> None:
    shipment.state = move.apply(shipment.code, shipment.state)
    shipment.decide_by, shipment.moved_at = None, at
    shipment.save(update_fields=["state", "decide_by", "moved_at"])


def _follow(shipment: Shipment, happened_at: datetime, at: datetime) -> None:
    """What a new state brings with it."""
    shipment.moved_at, shipment.decide_by = max(shipment.moved_at or happened_at, happened_at), None
    if shipment.state == ShipmentState.DELIVERED:
        shipment.delivered_at = happened_at
    elif shipment.state == ShipmentState.FAILED:
        shipment.tries += 1
        shipment.decide_by = local_date(at) + timedelta(days=shipment.carrier.decide_within_days)
    shipment.save(update_fields=["state", "moved_at", "delivered_at", "decide_by", "tries"])
