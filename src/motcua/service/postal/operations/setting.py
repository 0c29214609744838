"""Đặt đơn vị bưu chính: the carrier, its prices, and its codes of our places from a table."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.postal.carriers import names
from motcua.service.postal.events import AddressCodesImported, CarrierSet, CarrierStatusSet, PostalPriceSet
from motcua.service.postal.models import AddressCode, Carrier, CarrierStatus, PostalPrice
from motcua.service.postal.states import Meaning, Otherwise

COLUMNS = ("ma_tinh", "ma_xa", "tinh_buu_chinh", "huyen_buu_chinh", "xa_buu_chinh")
MOST_ROWS = 20_000
MOST_SHOWN = 20
OURS = (re.compile(r"\d{2}"), re.compile(r"(\d{5})?"))
THEIRS = re.compile(r"[0-9A-Za-z._-]{1,20}")
SETTABLE = (
    "name", "dialect", "details", "secret_name", "price_way", "is_on", "promise_days", "decide_within_days",
    "most_tries", "otherwise", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Một dòng của bảng mã: our place, and theirs."""

    province: str
    ward: str
    theirs: tuple[str, str, str]


@transaction.atomic
def set_carrier(*, code: str, by: User | None, at: datetime, **given: Any) -> Carrier:
    """Đặt đơn vị bưu chính: new, or as it is from now on. Raises Forbidden, InvalidInput."""
    if by is not None:
        access_of(by, at).require(Permission.MANAGE_ORG)
    if unknown := set(given) - set(SETTABLE):
        raise TypeError(f"A carrier has no {', '.join(sorted(unknown))}.")
    carrier = Carrier.objects.select_for_update().filter(code=code).first() or Carrier(code=code)
    for name, value in given.items():
        setattr(carrier, name, value)
    wrong = {}
    if not re.fullmatch(r"[A-Z0-9_]{2,20}", code):
        wrong["code"] = "Mã gồm chữ hoa không dấu và số, từ 2 đến 20 ký tự."
    if not tidy(carrier.name):
        wrong["name"] = "Hãy ghi tên đơn vị."
    if carrier.dialect and carrier.dialect not in names():
        wrong["dialect"] = "Hãy chọn một cách nối có sẵn."
    if carrier.price_way == Carrier.PriceWay.ASKED and not carrier.dialect:
        wrong["price_way"] = "Đơn vị không nối thì tính giá theo bảng."
    if carrier.otherwise not in [one.value for one in Otherwise]:
        wrong["otherwise"] = "Hãy chọn việc làm khi quá hạn quyết định."
    if carrier.valid_to and carrier.valid_to < carrier.valid_from:
        wrong["valid_to"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    if wrong:
        raise InvalidInput(wrong)
    carrier.save()
    events.record(
        CarrierSet(
            subject_id=carrier.pk, actor_id=by.pk if by else None, at=at, code=code, is_on=carrier.is_on,
            promise_days=carrier.promise_days, decide_within_days=carrier.decide_within_days,
            most_tries=carrier.most_tries, otherwise=carrier.otherwise,
        )
    )  # fmt: skip
    return carrier


@transaction.atomic
def set_price(
    *,
    carrier_id: UUID,
    is_local: bool,
    up_to_grams: int,
    amount: int,
    valid_from: date,
    by: User | None,
    at: datetime,
) -> PostalPrice:
    """Đặt giá cước từ một ngày; the earlier price ends the day before. Raises Forbidden, InvalidInput."""
    if by is not None:
        access_of(by, at).require(Permission.MANAGE_ORG)
    if up_to_grams <= 0:
        raise InvalidInput({"up_to_grams": "Hãy ghi khối lượng, ít nhất 1 gam."})
    same = PostalPrice.objects.filter(carrier=carrier_id, is_local=is_local, up_to_grams=up_to_grams)
    if same.filter(valid_from__gte=valid_from).exists():
        raise InvalidInput({"valid_from": "Đã có giá từ ngày này hoặc ngày sau. Hãy chọn ngày muộn hơn."})
    same.filter(valid_to__isnull=True).update(valid_to=valid_from - timedelta(days=1))
    price = PostalPrice.objects.create(
        carrier_id=carrier_id,
        is_local=is_local,
        up_to_grams=up_to_grams,
        amount=amount,
        valid_from=valid_from,
    )
    events.record(
        PostalPriceSet(
            subject_id=carrier_id, actor_id=by.pk if by else None, at=at, is_local=is_local, up_to_grams=up_to_grams,
            amount=amount, valid_from=valid_from,
        )
    )  # fmt: skip
    return price


@transaction.atomic
def set_status(
    *, carrier_id: UUID, status: str, meaning: str, valid_from: date, by: User | None, at: datetime
) -> CarrierStatus:
    """Đặt ý nghĩa của một mã từ một ngày; the earlier one ends the day before. Raises Forbidden, InvalidInput.

    What was heard before stays as it was understood then.
    """
    if by is not None:
        access_of(by, at).require(Permission.MANAGE_ORG)
    if not THEIRS.fullmatch(status):
        raise InvalidInput({"status": "Mã chỉ gồm chữ, số, dấu chấm, gạch, nhiều nhất 20 ký tự."})
    same = CarrierStatus.objects.filter(carrier=carrier_id, status=status)
    if same.filter(valid_from__gte=valid_from).exists():
        raise InvalidInput(
            {"status_from": "Mã này đã có ý nghĩa từ ngày này hoặc ngày sau. Hãy chọn ngày muộn hơn."}
        )
    same.filter(valid_to__isnull=True).update(valid_to=valid_from - timedelta(days=1))
    made = CarrierStatus.objects.create(
        carrier_id=carrier_id, status=status, meaning=Meaning(meaning), valid_from=valid_from
    )
    events.record(
        CarrierStatusSet(
            subject_id=carrier_id, actor_id=by.pk if by else None, at=at, status=status, meaning=str(made.meaning),
            valid_from=valid_from,
        )
    )  # fmt: skip
    return made


@transaction.atomic
def import_codes(*, carrier_id: UUID, text: str, valid_from: date, by: User | None, at: datetime) -> int:
    """Nạp mã địa chỉ: the whole table or nothing; what differs begins on the day, the earlier code ends before it.

    Returns how many places have a new code. Raises Forbidden, InvalidInput with the first wrong rows by number.
    """
    if by is not None:
        access_of(by, at).require(Permission.MANAGE_ORG)
    rows = read_codes(text)
    carrier = Carrier.objects.select_for_update().filter(pk=carrier_id).first()
    if carrier is None:
        raise DomainError("Không có đơn vị bưu chính này.")
    living = {
        (code.province_code, code.ward_code): code
        for code in AddressCode.objects.filter(carrier=carrier, valid_to__isnull=True)
    }
    ended, begun = [], []
    for row in rows:
        old = living.get((row.province, row.ward))
        if old and (old.their_province, old.their_district, old.their_ward) == row.theirs:
            continue
        if old and old.valid_from >= valid_from:
            raise InvalidInput(
                {"valid_from": "Có mã bắt đầu từ ngày này hoặc sau đó. Hãy chọn ngày muộn hơn."}
            )
        if old:
            old.valid_to = valid_from - timedelta(days=1)
            ended.append(old)
        their_province, their_district, their_ward = row.theirs
        begun.append(
            AddressCode(
                carrier=carrier, province_code=row.province, ward_code=row.ward, their_province=their_province,
                their_district=their_district, their_ward=their_ward, valid_from=valid_from,
            )
        )  # fmt: skip
    AddressCode.objects.bulk_update(ended, ["valid_to"], batch_size=500)
    AddressCode.objects.bulk_create(begun, batch_size=500)
    events.record(
        AddressCodesImported(
            subject_id=carrier.pk,
            actor_id=by.pk if by else None,
            at=at,
            rows=len(begun),
            valid_from=valid_from,
        )
    )
    return len(begun)


def read_codes(text: str) -> list[Row]:
    """Đọc bảng mã (CSV, comma or semicolon). A cell is letters, digits, dot, dash: a formula is refused by its row."""
    lines = text.removeprefix("\ufeff").splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    if [(name or "").strip() for name in reader.fieldnames or ()] != list(COLUMNS):
        raise InvalidInput({"file": f"Dòng đầu phải là: {', '.join(COLUMNS)}."})
    rows: list[Row] = []
    wrong: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in enumerate(reader, start=2):
        if line > MOST_ROWS + 1:
            raise InvalidInput({"file": f"Bảng dài quá {MOST_ROWS} dòng."})
        found = [(cells.get(name) or "").strip() for name in COLUMNS]
        if None in cells:
            wrong.append(f"Dòng {line}: thừa cột")
        elif fault := _fault(found, seen):
            wrong.append(f"Dòng {line}: {fault}")
        else:
            seen[(found[0], found[1])] = line
            rows.append(Row(found[0], found[1], (found[2], found[3], found[4])))
    if wrong:
        more = f" Còn {len(wrong) - MOST_SHOWN} dòng sai nữa." if len(wrong) > MOST_SHOWN else ""
        raise InvalidInput({"file": f"{'. '.join(wrong[:MOST_SHOWN])}.{more} Chưa nạp dòng nào."})
    if not rows:
        raise InvalidInput({"file": "Bảng không có dòng nào."})
    return rows


def _fault(found: list[str], seen: dict[tuple[str, str], int]) -> str:
    province, ward, *theirs = found
    if not OURS[0].fullmatch(province):
        return "mã tỉnh gồm 2 chữ số"
    if not OURS[1].fullmatch(ward):
        return "mã xã gồm 5 chữ số, hoặc để trống cho cả tỉnh"
    if not theirs[0]:
        return "thiếu mã tỉnh của bưu chính"
    if any(code and not THEIRS.fullmatch(code) for code in theirs):
        return "mã của bưu chính chỉ gồm chữ, số, dấu chấm, gạch"
    if earlier := seen.get((province, ward)):
        return f"trùng nơi với dòng {earlier}"
    return ""
