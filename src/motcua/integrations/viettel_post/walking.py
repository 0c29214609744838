"""Đường đi mô phỏng: the make-believe parcels of Viettel Post walk, and it calls us over HTTP, from the worker.

What can be pressed on its page: delivered, not delivered, sent back, stopped; told twice, late, with a wrong token, with
another sum, with a status that nobody has explained.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.events import Fact
from motcua.core.time import local, now
from motcua.integrations.postal_line import ask, secret_of
from motcua.integrations.postal_simulation import NOT_FOUND, SENT_BACK
from motcua.integrations.viettel_post.contract import STAMP
from motcua.integrations.viettel_post.events import SimulatedWordsDue
from motcua.integrations.viettel_post.models import SimulatedWord
from motcua.service.postal.carriers import CarrierTrouble
from motcua.service.postal.models import Shipment

logger = logging.getLogger(__name__)
Fault = SimulatedWord.Fault
Step = tuple[str, str, int]  # status, words, minutes from now
MOST = 200
FETCHED: tuple[Step, ...] = (
    ("103", "Điều phối bưu cục lấy hàng", 0),
    ("200", "Lấy hàng thành công", 5),
    ("500", "Giao bưu tá đi phát", 10),
)
BACK: tuple[Step, ...] = (("515", "Duyệt hoàn", 0), ("504", "Chuyển trả người gửi", 10))
WAY: tuple[Step, ...] = (*FETCHED, ("501", "Phát thành công", 20))
WAYS: dict[str, tuple[Step, ...]] = {
    NOT_FOUND: (*FETCHED, ("506", "Phát thất bại, không nghe máy", 20)),
    SENT_BACK: (
        *FETCHED,
        ("505", "Yêu cầu chuyển hoàn", 20),
        ("515", "Duyệt hoàn", 25),
        ("504", "Chuyển trả người gửi", 30),
    ),
}
AGAIN: tuple[Step, ...] = (
    ("550", "Phát tiếp", 0),
    ("500", "Giao bưu tá đi phát", 5),
    ("501", "Phát thành công", 10),
)
CANCELLED: tuple[Step, ...] = (("107", "Đối tác yêu cầu hủy", 0),)
DAY = 24 * 60
JUST_NOW = timedelta(seconds=30)
PRESSED: dict[str, tuple[str, tuple[Step, ...], str]] = {
    "giao": ("Đã phát", (("501", "Phát thành công", 0),), Fault.NONE),
    "khong-giao": ("Phát không được", (("506", "Phát thất bại, không nghe máy", 0),), Fault.NONE),
    "hoan": ("Chuyển hoàn", (("515", "Duyệt hoàn", 0), ("504", "Chuyển trả người gửi", 0)), Fault.NONE),
    "hai-lan": ("Đã phát, báo hai lần", (("501", "Phát thành công", 0),), Fault.TWICE),
    "muon": (
        "Tin phát không được của hôm trước",
        (("506", "Phát thất bại, hẹn phát lại", -DAY),),
        Fault.NONE,
    ),
    "sai-khoa": ("Đã phát, sai mã bí mật", (("501", "Phát thành công", 0),), Fault.TOKEN),
    "sai-tien": ("Đã phát, sai tiền thu hộ", (("501", "Phát thành công", 0),), Fault.AMOUNT),
    "ma-la": ("Mã lạ 999", (("999", "Trạng thái chưa có trong bảng", 0),), Fault.NONE),
    "dung": ("Bưu chính dừng", (("503", "Tiêu hủy theo yêu cầu", 0),), Fault.NONE),
}


class NotSimulated(DomainError):
    """Không có vận đơn mô phỏng này."""


def plan(
    *, number: str, reference: str, money: int, steps: Iterable[Step], at: datetime, fault: str = ""
) -> None:
    """Đặt trước những tin sẽ báo; each of its own second, as two words of a real carrier are."""
    moment = at.replace(microsecond=0)
    last = SimulatedWord.objects.filter(number=number, happened_at__range=(moment, at + JUST_NOW))
    later = last.aggregate(last=Max("happened_at"))["last"]
    shift = later - moment + timedelta(seconds=1) if later else timedelta()
    for status, words, minutes in steps:
        due = moment + timedelta(minutes=max(minutes, 0))
        SimulatedWord.objects.create(
            number=number, reference=reference, money=money, status=status, words=words, fault=fault, due_at=due,
            happened_at=moment + timedelta(minutes=minutes) + shift,
        )  # fmt: skip


@transaction.atomic
def press(*, number: str, way: str, at: datetime) -> None:
    """Bấm một nút: told by the worker within seconds; what was planned for later is left out. Raises NotSimulated."""
    known = SimulatedWord.objects.filter(number=number).first()
    shipment = Shipment.objects.filter(code=known.reference).first() if known else None
    if known is None or shipment is None or way not in PRESSED or not settings.SIMULATORS:
        raise NotSimulated("Không có vận đơn mô phỏng này.")
    _label, steps, fault = PRESSED[way]
    SimulatedWord.objects.filter(number=number, sent_at__isnull=True, due_at__gt=at).delete()
    plan(number=number, reference=known.reference, money=known.money, steps=steps, at=at, fault=fault)
    events.record(SimulatedWordsDue(subject_id=shipment.pk, actor_id=None, at=at, number=number))


@transaction.atomic
def change(*, number: str, steps: Iterable[Step], at: datetime) -> None:
    """Đổi đường đi: what has not been told is not told any more."""
    known = SimulatedWord.objects.filter(number=number).first()
    if known:
        SimulatedWord.objects.filter(number=number, sent_at__isnull=True).delete()
        plan(number=number, reference=known.reference, money=known.money, steps=steps, at=at)


def again(number: str, at: datetime) -> None:
    """Báo lại cả hành trình."""
    SimulatedWord.objects.filter(number=number, due_at__lte=at, fault="").update(sent_at=None)


def tell_pressed(fact: Fact) -> None:
    """Báo ngay, in the worker."""
    _tell(SimulatedWord.objects.filter(number=fact.payload["number"]))


def tell_due(at: datetime) -> None:
    """Báo những tin đến lúc."""
    if settings.SIMULATORS:
        _tell(SimulatedWord.objects.all())


def word_of(word: SimulatedWord, secret: str) -> dict[str, Any]:
    """One message, with the fault that was asked for."""
    return {
        "DATA": {
            "ORDER_NUMBER": word.number,
            "ORDER_REFERENCE": word.reference,
            "ORDER_STATUSDATE": f"{local(word.happened_at):{STAMP}}",
            "ORDER_STATUS": int(word.status),
            "STATUS_NAME": word.words,
            "LOCATION_CURRENTLY": "Bưu cục mô phỏng",
            "NOTE": "",
            "MONEY_COLLECTION": word.money + (1_000 if word.fault == Fault.AMOUNT else 0),
        },
        "TOKEN": secret[::-1] if word.fault == Fault.TOKEN else secret,
    }


def _tell(words: Any) -> None:
    """A word that is not answered waits for the next round; one with a wrong token is never believed."""
    due = words.filter(sent_at__isnull=True, due_at__lte=now()).order_by("happened_at", "pk")[:MOST]
    carriers = {
        one.code: one.carrier
        for one in Shipment.objects.filter(code__in={word.reference for word in due}).select_related(
            "carrier"
        )
    }
    for word in due:
        carrier = carriers.get(word.reference)
        if carrier is None:
            continue
        address = f"{settings.SELF_URL}/api/buu-chinh/{carrier.pk}/"
        try:
            message = word_of(word, secret_of(carrier, "WEBHOOK"))
            for _time in range(2 if word.fault == Fault.TWICE else 1):
                ask(address, message, {})
        except CarrierTrouble as trouble:
            logger.info("The simulated carrier was not heard: %s", trouble.message)
            if word.fault != Fault.TOKEN:
                continue
        SimulatedWord.objects.filter(pk=word.pk).update(sent_at=now())
