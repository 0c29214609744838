"""Read the whole ledger again and say where it was touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction

from motcua.core.time import VIETNAM
from motcua.foundation.ledger.chain import GENESIS, digest, line_hash
from motcua.foundation.ledger.models import Line, Seal
from motcua.foundation.ledger.writing import chain_key


@dataclass(frozen=True)
class Fault:
    """Sai lệch: where the ledger no longer says what was written."""

    subject_id: UUID | None
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.subject_id or 'Niêm phong'} dòng {self.number}: {self.reason}"


@dataclass
class Verdict:
    """Kết quả kiểm tra: how much was read and what was found."""

    lines: int
    subjects: int
    seals: int
    faults: list[Fault]

    @property
    def is_intact(self) -> bool:
        return not self.faults


def verify(*, most: int = 100) -> Verdict:
    """Kiểm tra nhật ký: every chain from its first line, then every sealed day; stops after `most` faults."""
    verdict = Verdict(lines=0, subjects=0, seals=0, faults=[])
    lines = Line.objects.order_by("subject_id", "number").iterator(chunk_size=2000)
    for _, chain in groupby(lines, key=lambda line: line.subject_id):
        verdict.subjects += 1
        previous, expected = GENESIS, 1
        for line in chain:
            verdict.lines += 1
            if reason := _fault_of(line, previous, expected):
                verdict.faults.append(Fault(line.subject_id, line.number, reason))
                if len(verdict.faults) >= most:
                    return verdict
            previous, expected = line.hash, line.number + 1
    sealed = GENESIS
    for seal in Seal.objects.order_by("day"):
        verdict.seals += 1
        before, sealed = sealed, seal.digest
        if (seal.lines, seal.digest) != digest(chain_key(), before, _hashes_of(seal.day)):
            verdict.faults.append(
                Fault(None, seal.lines, f"các dòng ghi ngày {seal.day:%d/%m/%Y} không còn như khi niêm phong")
            )
    return verdict


def faults_of(subject_id: UUID) -> list[Fault]:
    """Kiểm tra một chuỗi: the chain of one subject alone, from its first line."""
    faults, previous, expected = [], GENESIS, 1
    for line in Line.objects.filter(subject_id=subject_id).order_by("number").iterator():
        if reason := _fault_of(line, previous, expected):
            faults.append(Fault(subject_id, line.number, reason))
        previous, expected = line.hash, line.number + 1
    return faults


@transaction.atomic
def seal_until(day: date) -> int:
    """Niêm phong: seal every day before `day` that has lines and no seal yet; returns how many were sealed.

    Each seal covers the one before it, so that a day taken away whole, seal and all, is missed as well.
    """
    last = Seal.objects.order_by("-day").first()
    sealed_before = last.digest if last else GENESIS
    first_line = Line.objects.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    if first_line is None:
        return 0
    start = last.day + timedelta(days=1) if last else first_line.astimezone(VIETNAM).date()
    sealed = 0
    while start < day:
        count, value = digest(chain_key(), sealed_before, _hashes_of(start))
        if count:
            Seal.objects.create(day=start, lines=count, digest=value)
            sealed_before = value
            sealed += 1
        start += timedelta(days=1)
    return sealed


def _fault_of(line: Line, previous: str, expected: int) -> str:
    if line.number != expected:
        return f"thiếu dòng {expected}"
    if line.previous != previous:
        return "không nối với dòng trước"
    actual = line_hash(
        chain_key(),
        subject_type=line.subject_type,
        subject_id=line.subject_id,
        number=line.number,
        name=line.name,
        label=line.label,
        actor_id=line.actor_id,
        at=line.at,
        payload=line.payload,
        previous=line.previous,
    )
    return "" if actual == line.hash else "nội dung đã bị sửa"


def _hashes_of(day: date) -> Iterator[str]:
    start = datetime.combine(day, time.min, VIETNAM)
    return (
        Line.objects.filter(recorded_at__gte=start, recorded_at__lt=start + timedelta(days=1))
        .order_by("subject_id", "number")
        .values_list("hash", flat=True)
        .iterator(chunk_size=2000)
    )
