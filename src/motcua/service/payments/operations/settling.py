"""Quỹ và quyết toán: the till of a day is counted, and what was collected for an agency in a month is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.money import vnd
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments import books
from motcua.service.payments.events import MonthSettled, TillClosed
from motcua.service.payments.models import Entry, Settlement, TillClosing
from motcua.service.payments.states import AccountKind, DueKind


@dataclass(frozen=True)
class Till:
    """Quỹ trong ngày: by kind (kind, count, đồng), what was paid back, what lay there before, what should lie there."""

    lines: tuple[tuple[str, int, int], ...]
    paid_back: int
    carried: int = 0

    @property
    def expected(self) -> int:
        return self.carried + sum(amount for _kind, _count, amount in self.lines) - self.paid_back


@dataclass(frozen=True)
class Owed:
    """Thu hộ một cơ quan trong tháng: what was collected less what went back, by kind."""

    collector_id: int
    agency_id: int
    agency: str
    charge: str
    collected: int
    returned: int

    @property
    def amount(self) -> int:
        return self.collected - self.returned


def till_of(agency_id: int, day: date) -> Till:
    """Quỹ tiền mặt của nơi thu trong ngày; what came after an earlier closing, or was never closed, is carried."""
    first = datetime.combine(day, time.min, VIETNAM)
    last = first + timedelta(days=1)
    box = books.cash(agency_id)
    taken = (
        Entry.objects.filter(debit=box, due__isnull=False, at__gte=first, at__lt=last)
        .values("due__kind")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .order_by("due__kind")
    )
    back = Entry.objects.filter(credit=box, due__isnull=False, at__gte=first, at__lt=last)
    return Till(
        tuple((DueKind(row["due__kind"]).label, row["count"], row["total"]) for row in taken),
        int(back.aggregate(total=Sum("amount"))["total"] or 0),
        _carried(agency_id, day, first),
    )


def _carried(agency_id: int, day: date, first: datetime) -> int:
    """Còn trong quỹ khi ngày bắt đầu: all that came and went before, less what the earlier closings took out."""
    box = books.cash(agency_id)
    before = Entry.objects.filter(due__isnull=False, at__lt=first)
    moved = before.filter(Q(debit=box) | Q(credit=box)).aggregate(
        into=Sum("amount", filter=Q(debit=box), default=0), out=Sum("amount", filter=Q(credit=box), default=0)
    )
    closed = TillClosing.objects.filter(agency_id=agency_id, day__lt=day)
    return int(moved["into"] - moved["out"] - closed.aggregate(total=Sum("expected", default=0))["total"])


@transaction.atomic
def close_till(*, agency_id: int, day: date, counted: int, note: str, by: User, at: datetime) -> TillClosing:
    """Tổng kết quỹ, once a day; a difference is explained. What was counted goes to the bank's account.

    Raises Forbidden without RECEIVE, Stale, DomainError.
    """
    access_of(by, at).require(Permission.RECEIVE, agency_id)
    if day > local_date(at):
        raise DomainError("Ngày này chưa tới.", field="day")
    later = TillClosing.objects.filter(agency_id=agency_id, day__gt=day).order_by("day").first()
    if later:
        raise Stale(f"Tiền của ngày này đã nằm trong lần tổng kết quỹ ngày {later.day:%d/%m/%Y}.")
    till = till_of(agency_id, day)
    expected = max(till.expected, 0)
    if counted != expected and not note.strip():
        raise DomainError(
            f"Theo sổ là {vnd(expected)}, bạn đếm được {vnd(counted)}. Hãy giải thích chênh lệch.",
            field="note",
        )
    try:
        with transaction.atomic():
            closing = TillClosing.objects.create(
                agency_id=agency_id, day=day, expected=expected, counted=counted, note=note.strip()[:300],
                lines=[list(line) for line in till.lines], closed_at=at, closed_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale("Quỹ ngày này đã tổng kết rồi.") from error
    if expected:
        books.post(
            f"till:{agency_id}:{day}", debit=books.bank(agency_id), credit=books.cash(agency_id), amount=expected,
            memo=f"Nộp quỹ ngày {day:%d/%m/%Y}", at=at, by=by,
        )  # fmt: skip
    events.record(
        TillClosed(
            subject_id=closing.pk,
            actor_id=by.pk,
            at=at,
            agency=agency_id,
            day=day,
            expected=expected,
            counted=counted,
        )
    )
    return closing


def owed_in(month: date, collectors: list[int]) -> list[Owed]:
    """Thu hộ trong tháng: for each collector and agency, by kind."""
    first, last = _span(month)
    moved = Entry.objects.filter(at__gte=first, at__lt=last, due__isnull=False)
    of = {"due__collector", "due__agency", "due__agency__name", "due__kind"}
    rows = (
        moved.filter(due__collector__in=collectors)
        .values(*sorted(of))
        .annotate(
            into=Sum("amount", filter=Q(credit__kind=AccountKind.COLLECTED), default=0),
            out=Sum("amount", filter=Q(debit__kind=AccountKind.COLLECTED), default=0),
        )
        .order_by("due__collector", "due__agency__name", "due__kind")
    )
    return [
        Owed(
            row["due__collector"], row["due__agency"], row["due__agency__name"], DueKind(row["due__kind"]).label,
            row["into"], row["out"],
        )
        for row in rows
    ]  # fmt: skip


@transaction.atomic
def settle_month(
    *, collector_id: int, agency_id: int, month: date, proof: str, by: User, at: datetime
) -> Settlement:
    """Quyết toán một tháng đã qua với một cơ quan, with the proof that the money was handed over.

    Raises Forbidden, Stale, DomainError.
    """
    access_of(by, at).require(Permission.RECONCILE, collector_id)
    month = month.replace(day=1)
    if _span(month)[1] > at:
        raise DomainError("Tháng này chưa hết, chưa quyết toán được.", field="month")
    if not proof.strip():
        raise DomainError("Hãy ghi chứng từ chuyển tiền.", field="proof")
    owed = [row for row in owed_in(month, [collector_id]) if row.agency_id == agency_id]
    amount = sum(row.amount for row in owed)
    if amount <= 0:
        raise DomainError("Tháng này không có tiền phải nộp cho cơ quan này.")
    try:
        with transaction.atomic():
            settled = Settlement.objects.create(
                collector_id=collector_id, agency_id=agency_id, month=month, amount=amount, proof=proof.strip()[:200],
                settled_at=at, settled_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale("Tháng này đã quyết toán với cơ quan này.") from error
    kinds = {kind.label: kind for kind in DueKind}
    for row in owed:
        if row.amount:  # more went back than came, of one kind: less is handed over
            account = books.account(
                AccountKind.COLLECTED, collector_id, owner_id=agency_id, charge=kinds[row.charge]
            )
            bank = books.bank(collector_id)
            books.post(
                f"settle:{settled.pk}:{kinds[row.charge]}", debit=account if row.amount > 0 else bank,
                credit=bank if row.amount > 0 else account, amount=abs(row.amount),
                memo=f"Nộp {row.agency} tháng {month:%m/%Y}", at=at, by=by,
            )  # fmt: skip
    events.record(
        MonthSettled(
            subject_id=settled.pk, actor_id=by.pk, at=at, collector=collector_id, agency=agency_id, month=month,
            amount=amount, proof=settled.proof,
        )
    )  # fmt: skip
    return settled


def _span(month: date) -> tuple[datetime, datetime]:
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return datetime.combine(first, time.min, VIETNAM), datetime.combine(following, time.min, VIETNAM)
