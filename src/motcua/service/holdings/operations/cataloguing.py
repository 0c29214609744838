"""Danh mục loại giấy tờ trong kho: made and mended by an administrator, with what procedures call each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.text import fold, tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.holdings.events import PaperTypeChanged
from motcua.service.holdings.models import NAMED, PaperMatch, PaperType
from motcua.service.holdings.operations.keeping import classify, match, set_paper_type

CODE = re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,39}")
Role = PaperMatch.Role


@dataclass(frozen=True, kw_only=True)
class TypeIn:
    """Một loại giấy tờ as it is written on the page; `names`: what procedures call it when they ask for it."""

    name: str
    validity: str
    valid_from: date
    months: int = 0
    issued_by: str = ""
    is_single: bool = False
    valid_to: date | None = None
    names: Sequence[str] = ()


@transaction.atomic
def add_type(*, code: str, given: TypeIn, by: User, at: datetime) -> PaperType:
    """Thêm loại giấy tờ; what is in the store already under its names gets it. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.MANAGE_FORMS)
    code = tidy(code).upper()
    wrong = _faults(given, None)
    if not CODE.fullmatch(code):
        wrong["code"] = "Mã gồm chữ hoa không dấu, số, dấu chấm, gạch nối, ví dụ: KQ.GKS."
    elif PaperType.objects.filter(code=code).exists():
        wrong["code"] = "Mã này đã có. Hãy mở loại giấy đó để sửa."
    if wrong:
        raise InvalidInput(wrong)
    made = set_paper_type(
        code=code, name=tidy(given.name), validity=given.validity, months=_months(given), is_single=given.is_single,
        issued_by=tidy(given.issued_by), valid_from=given.valid_from, by_id=by.pk, at=at,
    )  # fmt: skip
    for name in _names(given):
        match(made, name)
    classify(by_id=by.pk, at=at)
    return made


@transaction.atomic
def change_type(*, type_id: int, given: TypeIn, reason: str, by: User, at: datetime) -> PaperType:
    """Sửa loại giấy tờ. Papers that lie in the store keep the validity that was counted for them.

    Raises Forbidden, InvalidInput.
    """
    access_of(by, at).require(Permission.MANAGE_FORMS)
    row = PaperType.objects.select_for_update().get(pk=type_id)
    wrong = _faults(given, row)
    if not tidy(reason):
        wrong["reason"] = "Hãy ghi lý do, căn cứ."
    if wrong:
        raise InvalidInput(wrong)
    row.name, row.issued_by, row.validity = tidy(given.name), tidy(given.issued_by), given.validity
    row.months, row.is_single = _months(given), given.is_single
    row.valid_from, row.valid_to = given.valid_from, given.valid_to
    row.save()
    kept = {fold(name)[:NAMED] for name in _names(given)}
    general = row.matches.filter(role=Role.ASKED, procedure=None)
    general.exclude(name_folded__in=kept).delete()
    for name in _names(given):
        match(row, name)
    events.record(
        PaperTypeChanged(
            subject_id=row.uid, actor_id=by.pk, at=at, code=row.code, name=row.name, validity=row.validity,
            months=row.months, valid_to=row.valid_to, names=sorted(kept), reason=tidy(reason)[:300],
        )
    )  # fmt: skip
    classify(by_id=by.pk, at=at)
    return row


def names_of(row: PaperType) -> list[str]:
    """Tên mà thủ tục gọi loại giấy này, in every procedure."""
    found = row.matches.filter(role=Role.ASKED, procedure=None).order_by("name_folded")
    return list(found.values_list("name_folded", flat=True))


def _months(given: TypeIn) -> int:
    return given.months if given.validity == PaperType.Validity.MONTHS else 0


def _names(given: TypeIn) -> list[str]:
    return [tidy(name) for name in given.names if fold(name)]


def _faults(given: TypeIn, row: PaperType | None) -> dict[str, str]:
    wrong = {}
    if not tidy(given.name):
        wrong["name"] = "Hãy nhập tên loại giấy tờ."
    if given.validity not in PaperType.Validity.values:
        wrong["validity"] = "Hãy chọn thời hạn dùng lại."
    if given.validity == PaperType.Validity.MONTHS and given.months < 1:
        wrong["months"] = "Hãy ghi số tháng dùng lại được."
    if given.valid_to and given.valid_to < given.valid_from:
        wrong["valid_to"] = "Ngày hết áp dụng phải từ ngày bắt đầu trở đi."
    folded = [fold(name)[:NAMED] for name in _names(given)]
    taken = PaperMatch.objects.filter(role=Role.ASKED, procedure=None, name_folded__in=folded)
    other = (taken.exclude(paper_type=row) if row else taken).select_related("paper_type").first()
    if other:
        wrong["names"] = f"Tên “{other.name_folded}” đã là của loại {other.paper_type.name}."
    return wrong
