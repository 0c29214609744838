"""Đối soát: statements are read once, the three are laid side by side for a day, each difference is explained.

The ledger follows the bank: what the bank has credited moves from “đang về” to “tiền gửi”.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments import books
from motcua.service.payments.events import DayReconciled, DifferenceResolved, StatementImported
from motcua.service.payments.gateways import Told
from motcua.service.payments.models import (
    Entry,
    MoneyStatement,
    MoneyStatementLine,
    Payment,
    PaymentChannel,
    PaymentSignal,
    ReconciliationRow,
)
from motcua.service.payments.operations.delivering import words_of
from motcua.service.payments.operations.hearing import hear
from motcua.service.payments.states import Outcome, PaymentState, TariffState, Verdict, Way

MOST_LINES = 20_000
LONGEST = 10_000_000  # bytes
COLUMNS = ("ngay", "ma_giao_dich", "so_tien", "noi_dung", "ma_tham_chieu")
NEEDED = ("ngay", "ma_giao_dich", "so_tien")
REFERENCE = re.compile(r"MC\d{12}[2-9A-HJ-NP-Z]{8}")
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M")
Source = MoneyStatement.Source


@dataclass(frozen=True)
class Line:
    """Một dòng sao kê đã đọc."""

    day: date
    external: str
    amount: int
    memo: str
    reference: str


def read_statement(content: bytes, mapping: Mapping[str, str]) -> list[Line]:
    """Đọc CSV by which column is what. Debits (negative amounts) are left out. Raises InvalidInput by row."""
    if len(content) > LONGEST:
        raise DomainError("Tệp quá lớn (tối đa 10 MB). Hãy tách theo ngày.", field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("Tệp không phải văn bản UTF-8. Hãy lưu lại dạng CSV UTF-8.", field="file") from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {name: mapping.get(name) or name for name in COLUMNS}
    missing = [names[name] for name in NEEDED if names[name] not in (rows.fieldnames or [])]
    if missing:
        raise DomainError(f"Tệp không có cột {', '.join(missing)}.", field="file")
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        if number > MOST_LINES + 1:
            raise DomainError(f"Tệp có quá {MOST_LINES} dòng. Hãy tách theo ngày.", field="file")
        try:
            line = _line({name: (row.get(names[name]) or "").strip() for name in COLUMNS})
        except ValueError as fault:
            faults.append(f"dòng {number}: {fault}")
            continue
        if line.amount > 0:
            found.append(line)
    if faults:
        raise InvalidInput({"file": f"Chưa nhập gì. Sai ở {'; '.join(faults[:10])}."})
    return found


@transaction.atomic
def import_statement(
    *,
    channel_id: UUID,
    source: str,
    content: bytes,
    file_name: str,
    mapping: Mapping[str, str],
    by: User,
    at: datetime,
) -> MoneyStatement:
    """Nhập sao kê của ngân hàng hay của cổng, once; what the bank tells of our references is heard as money.

    Raises Forbidden, Stale for a file that was read before, InvalidInput.
    """
    channel = channel_for(channel_id, by, at)
    if channel.way == Way.POSTAL:
        source = Source.BANK  # the list of the carrier stands for the bank's
    if source not in Source.values:
        raise DomainError("Hãy chọn sao kê của ngân hàng hay của cổng.", field="source")
    lines = read_statement(content, mapping)
    if not lines:
        raise DomainError("Tệp không có dòng tiền về nào.", field="file")
    try:
        with transaction.atomic():
            statement = MoneyStatement.objects.create(
                channel=channel, source=source, file_name=file_name[-200:], sha256=sha256(content).hexdigest(),
                imported_at=at, imported_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale("Tệp này đã nhập rồi.") from error
    made = MoneyStatementLine.objects.bulk_create(
        [
            MoneyStatementLine(
                statement=statement, channel=channel, source=source, external=line.external[:100],
                reference=line.reference[:100], amount=line.amount, day=line.day, memo=line.memo[:500],
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    events.record(
        StatementImported(
            subject_id=statement.pk,
            actor_id=by.pk,
            at=at,
            source=source,
            lines=len(made),
            sha256=statement.sha256,
        )
    )
    if source == Source.BANK and channel.way == "TRANSFER":  # a transfer has no other word than the bank's
        for line in lines:
            word = Told(line.reference or line.external, Verdict.PAID, line.amount, line.external)
            hear(channel=channel, told=word, source=PaymentSignal.Source.STATEMENT, at=at)
    if channel.way == Way.POSTAL:  # what the carrier hands over is told by its own list alone
        for line in lines:
            for word in words_of(channel, line.reference or line.external, line.amount, line.external):
                hear(channel=channel, told=word, source=PaymentSignal.Source.STATEMENT, at=at)
    return statement


@transaction.atomic
def reconcile(*, channel_id: UUID, day: date, by: User, at: datetime) -> list[ReconciliationRow]:
    """Đối soát một kênh trong ngày; done again it looks anew at all that is not resolved. Raises Forbidden."""
    channel = channel_for(channel_id, by, at)
    rows = []
    for reference, (payment, own, platform, bank) in sorted(_side_by_side(channel, day).items()):
        outcome, detail = judge(own, platform, bank, asks_platform=channel.way == "PLATFORM")
        row, _ = ReconciliationRow.objects.select_for_update().get_or_create(
            channel=channel, day=day, reference=reference,
            defaults={"outcome": outcome, "matched_at": at},
        )  # fmt: skip
        if row.resolved_at is None:
            row.payment, row.own, row.platform, row.bank = payment, own, platform, bank
            row.outcome, row.detail, row.matched_at = outcome, detail, at
            row.save()
        rows.append(row)
        if bank:
            _follow_bank(channel, reference, bank, at, by)
    events.record(
        DayReconciled(
            subject_id=channel.pk, actor_id=by.pk, at=at, day=day, rows=len(rows),
            differing=sum(row.outcome != Outcome.MATCHED for row in rows),
        )
    )  # fmt: skip
    return rows


@transaction.atomic
def resolve_difference(*, row_id: UUID, reason: str, by: User, at: datetime) -> ReconciliationRow:
    """Giải quyết một chênh lệch, with the reason. Raises Forbidden, Stale, DomainError."""
    row = (
        ReconciliationRow.objects.select_for_update(of=("self",))
        .select_related("channel")
        .filter(pk=row_id)
        .first()
    )
    if row is None or row.resolved_at:
        raise Stale("Dòng này đã giải quyết.")
    access_of(by, at).require(Permission.RECONCILE, row.channel.agency_id)
    if not reason.strip():
        raise DomainError("Hãy ghi lý do và cách đã xử lý.", field="reason")
    row.reason, row.resolved_at, row.resolved_by, row.owner = reason.strip()[:300], at, by, by
    row.save(update_fields=["reason", "resolved_at", "resolved_by", "owner"])
    events.record(
        DifferenceResolved(
            subject_id=row.pk, actor_id=by.pk, at=at, reference=row.reference, reason=row.reason
        )
    )
    return row


def judge(
    own: int | None, platform: int | None, bank: int | None, *, asks_platform: bool
) -> tuple[Outcome, str]:
    """Khớp hay không: the verdict on one reference, and who is missing. A transfer knows no platform."""
    outside = {"ngân hàng": bank} | ({"cổng": platform} if asks_platform else {})
    known = {name: amount for name, amount in outside.items() if amount is not None}
    absent = ", ".join(name for name, amount in outside.items() if amount is None)
    if own is None:
        return Outcome.MISSING_HERE, f"Có ở {', '.join(known)}" + (f"; không có ở {absent}" if absent else "")
    if any(amount != own for amount in known.values()):
        return Outcome.AMOUNT_DIFFERS, "; ".join(f"{name} {amount}" for name, amount in known.items())
    if absent:
        return Outcome.MISSING_THERE, f"Không có ở {absent}"
    return Outcome.MATCHED, ""


def channel_for(channel_id: UUID, by: User, at: datetime) -> PaymentChannel:
    """The channel, if it is the user's to reconcile. Raises DomainError, Forbidden."""
    channel = PaymentChannel.objects.filter(pk=channel_id, state=TariffState.PUBLISHED).first()
    if channel is None:
        raise DomainError("Không có kênh thanh toán này.", field="channel")
    access_of(by, at).require(Permission.RECONCILE, channel.agency_id)
    return channel


def _side_by_side(
    channel: PaymentChannel, day: date
) -> dict[str, tuple[Payment | None, int | None, int | None, int | None]]:
    """Each reference of the day: the payment, and what ledger, platform and bank say of it.

    What one of the three tells of that day is looked for in the others on any day.
    """
    first = datetime.combine(day, time.min, VIETNAM)
    lines = MoneyStatementLine.objects.filter(channel=channel)
    own = Entry.objects.filter(debit=books.clearing(channel), key__startswith="in:")
    of_day = {
        *(_key(line) for line in lines.filter(day=day)),
        *(_own_key(entry) for entry in _entries(own.filter(at__gte=first, at__lt=first + timedelta(days=1)))),
    }
    told = {
        Source.BANK: _sums(lines, of_day, Source.BANK),
        Source.PLATFORM: _sums(lines, of_day, Source.PLATFORM),
    }
    mine: dict[str, tuple[Payment | None, int]] = {}
    wanted = own.filter(
        Q(payment__reference__in=of_day)
        | Q(payment__isnull=True)
        | Q(payment__way=Way.POSTAL)
        | Q(payment__order__reference__in=of_day)
    )
    for entry in _entries(wanted):
        before = mine.get(_own_key(entry), (None, 0))[1]
        mine[_own_key(entry)] = (entry.payment, before + entry.amount)  # one code, paid in parts or too much
    return {
        key: (
            mine.get(key, (None, 0))[0],
            mine[key][1] if key in mine else None,
            told[Source.PLATFORM].get(key),
            told[Source.BANK].get(key),
        )
        for key in of_day
    }


def _entries(of: Iterable[Entry]) -> Iterable[Entry]:
    return of.select_related("payment") if hasattr(of, "select_related") else of


def _own_key(entry: Entry) -> str:
    """The reference that an entry is known by: of its payment (order, parcel), or the strange one that its key holds."""
    if entry.payment is None:
        return entry.key.split(":")[2]
    reference = entry.payment.reference
    is_part = entry.payment.way == Way.POSTAL or entry.payment.order_id is not None
    return reference.partition("-")[0] if is_part else reference


def _key(line: MoneyStatementLine) -> str:
    return line.reference or line.external


def _sums(lines: Iterable[MoneyStatementLine], keys: set[str], source: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines.filter(source=source).filter(Q(reference__in=keys) | Q(external__in=keys)):  # type: ignore[attr-defined]
        found[_key(line)] = found.get(_key(line), 0) + line.amount
    return found


def _follow_bank(channel: PaymentChannel, reference: str, amount: int, at: datetime, by: User) -> None:
    """The bank has it: the same amount is no longer on its way. Only what our ledger knows to be on its way moves."""
    known = Entry.objects.filter(debit=books.clearing(channel), key__startswith="in:").filter(
        Q(payment__reference=reference)
        | Q(payment__order__reference=reference)
        | Q(payment__way=Way.POSTAL, payment__reference__startswith=f"{reference}-")
        | Q(key__startswith=f"in:{channel.pk}:{reference}:")
    )
    if (known.aggregate(total=Sum("amount"))["total"] or 0) != amount:
        return
    key = f"bank:{channel.pk}:{reference}"[:180]
    moved = (
        Entry.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:")).aggregate(total=Sum("amount"))[
            "total"
        ]
        or 0
    )
    if amount > moved:
        books.post(
            f"{key}:{amount}", debit=books.bank(channel.agency_id), credit=books.clearing(channel),
            amount=amount - moved, memo=f"Ngân hàng báo có {reference}", at=at, by=by,
        )  # fmt: skip


def _line(cells: Mapping[str, str]) -> Line:
    """One row. Raises ValueError in words."""
    amount = _amount(cells["so_tien"])
    if not cells["ma_giao_dich"]:
        raise ValueError("thiếu mã giao dịch")
    squeezed = re.sub(r"[^0-9A-Z]", "", f"{cells['ma_tham_chieu']} {cells['noi_dung']}".upper())
    found = REFERENCE.search(squeezed)
    return Line(
        _day(cells["ngay"]),
        cells["ma_giao_dich"],
        amount,
        cells["noi_dung"],
        found[0] if found else cells["ma_tham_chieu"],
    )


def _amount(text: str) -> int:
    bare = re.sub(r"[\s.,]|VND|đ", "", re.sub(r"[.,]0{1,2}$", "", text.strip()))
    if not re.fullmatch(r"[+-]?\d{1,15}", bare):
        raise ValueError(f"số tiền “{text[:30]}” không đọc được")
    return int(bare)


def _day(text: str) -> date:
    for shape in DAYS:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  a day alone
        except ValueError:
            continue
    raise ValueError(f"ngày “{text[:30]}” không đọc được")


def unresolved(day: date) -> int:
    """Còn bao nhiêu chênh lệch của ngày chưa giải quyết."""
    rows = ReconciliationRow.objects.filter(day=day, resolved_at__isnull=True)
    return rows.exclude(outcome=Outcome.MATCHED).count()


LATE_STATES = (PaymentState.PENDING,)
