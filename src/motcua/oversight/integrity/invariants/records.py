"""Nhật ký và việc sau giao dịch: what was done is told, whole, and what must follow has followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Delivery, Line, Seal
from motcua.foundation.ledger.outbox import revive
from motcua.foundation.ledger.verifying import faults_of
from motcua.oversight.integrity.breaches import ADMIN, Breach, Invariant, Remedy
from motcua.oversight.integrity.invariants.telling import each
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import State

RECENT = timedelta(days=2)
STALLED = timedelta(hours=1)
REMEMBERED = timedelta(days=90)


def dead_letters(at: datetime) -> Iterator[Breach]:
    for letter in Delivery.objects.filter(state=Delivery.State.DEAD).select_related("line").order_by("id"):
        yield Breach(str(letter.pk), f"{letter.line.label} → {letter.listener}", letter.last_error[:500])


def deliver_again(key: str, by: User, at: datetime) -> None:
    revive(int(key))


def stalled_letters(at: datetime) -> Iterator[Breach]:
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lt=at - STALLED)
    for letter in waiting.select_related("line").order_by("id")[:1000]:
        yield Breach(
            str(letter.pk),
            f"{letter.line.label} → {letter.listener}",
            "Chờ chuyển hơn một giờ; tiến trình nền có chạy không?",
        )


def broken_chains(at: datetime) -> Iterator[Breach]:
    """The chains that grew in the last days are read again from their first line; `motcua ledger verify` reads all."""
    grown = Line.objects.filter(recorded_at__gte=at - RECENT).values_list("subject_id", flat=True).distinct()
    for subject_id in grown.order_by("subject_id").iterator(chunk_size=2000):
        for fault in faults_of(subject_id):
            yield Breach(
                f"{subject_id}:{fault.number}", f"Chuỗi {subject_id}", f"Dòng {fault.number}: {fault.reason}."
            )


def day_not_sealed(at: datetime) -> Iterator[Breach]:
    yesterday = local_date(at) - timedelta(days=1)
    last = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    lines = Line.objects.filter(recorded_at__lt=at - RECENT)
    if last:
        lines = lines.filter(recorded_at__date__gt=last)
    if lines.exists():
        told = f"{last:%d/%m/%Y}" if last else "(chưa ngày nào)"
        yield Breach(
            "seal", "Niêm phong ngày", f"Niêm phong mới tới {told}, đáng lẽ tới {yesterday:%d/%m/%Y}."
        )


def life_without_beginning(at: datetime) -> Iterator[Breach]:
    begun = Line.objects.filter(subject_id=OuterRef("pk"), number=1)
    lost = Dossier.objects.filter(~Exists(begun), received_at__gte=at - REMEMBERED)
    yield from each(lost, lambda _: "Hồ sơ không có dòng nhật ký tiếp nhận.")


def return_untold(at: datetime) -> Iterator[Breach]:
    told = Line.objects.filter(subject_id=OuterRef("pk"), name="ResultReturned")
    silent = Dossier.objects.filter(
        ~Exists(told), state=State.RETURNED.value, is_immediate=False, returned_at__gte=at - REMEMBERED
    )
    yield from each(silent, lambda _: "Trạng thái đã trả kết quả mà nhật ký không có việc trả.")


INVARIANTS = (
    Invariant(
        "dead-letters",
        "Việc sau giao dịch nào cũng được chuyển.",
        "Sửa nguyên nhân ghi ở dòng lỗi rồi chuyển lại.",
        ADMIN,
        dead_letters,
        Remedy("Chuyển lại", deliver_again),
    ),
    Invariant(
        "stalled-letters",
        "Việc sau giao dịch được chuyển trong vòng một giờ.",
        "Xem tiến trình nền có chạy không.",
        ADMIN,
        stalled_letters,
    ),
    Invariant(
        "ledger-chain-broken",
        "Nhật ký của mỗi đối tượng nguyên vẹn từ dòng đầu.",
        "Chạy motcua ledger verify, đối chiếu với bản sao lưu, lập biên bản.",
        ADMIN,
        broken_chains,
    ),
    Invariant(
        "day-not-sealed",
        "Ngày đã qua được niêm phong.",
        "Tiến trình nền niêm phong mỗi đêm; xem vì sao nó không chạy.",
        ADMIN,
        day_not_sealed,
    ),
    Invariant(
        "life-without-beginning",
        "Hồ sơ nào cũng bắt đầu bằng dòng nhật ký tiếp nhận.",
        "Hồ sơ bị ghi ngoài hệ thống. Lập biên bản và đối chiếu bản sao lưu.",
        ADMIN,
        life_without_beginning,
    ),
    Invariant(
        "return-untold",
        "Hồ sơ đã trả kết quả thì nhật ký có việc trả.",
        "Trạng thái bị sửa ngoài hệ thống. Đối chiếu với phiếu trả kết quả.",
        ADMIN,
        return_untold,
    ),
)
