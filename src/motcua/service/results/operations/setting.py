"""Dữ liệu có ngày của kết quả: what bars certification, and how long an agency has to answer who asks for a correction."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from motcua.core import events
from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, may_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.events import AnswerRuleSet, CertificationBarSet
from motcua.service.results.models import AnswerRule, Certification, CertificationBar

MOST_DAYS = 60
CODE = re.compile(r"[A-Z0-9-]{1,20}")  # it stands in an address


@transaction.atomic
def put_bar(
    *, code: str, name: str, basis: str, valid_from: date, valid_to: date | None, is_new: bool, by: User, at: datetime
) -> CertificationBar:  # fmt: skip
    """Trường hợp không được chứng thực: add one, or change it; the words of one that was used stay as they were read.

    Raises Forbidden, InvalidInput. Legal: ND23-2015 Đ22
    """
    _require(by, at)
    code, name, basis = tidy(code).upper(), tidy(name)[:300], tidy(basis)[:200]
    bar = CertificationBar.objects.select_for_update().filter(code=code).first()
    wrong = {}
    if not code or (bar is None) != is_new:
        wrong["code"] = f"Mã {code} đã có." if bar else "Hãy ghi một mã chưa dùng, ví dụ TAY-XOA."
    elif bar is None and not CODE.fullmatch(code):
        wrong["code"] = (
            "Mã chỉ gồm chữ cái không dấu, chữ số và gạch nối, nhiều nhất 20 ký tự, ví dụ TAY-XOA."
        )
    if not name:
        wrong["name"] = "Hãy ghi trường hợp, như người yêu cầu sẽ đọc."
    if not basis:
        wrong["basis"] = "Hãy ghi điều, khoản của văn bản."
    if valid_to and valid_to < valid_from:
        wrong["valid_to"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    if bar and (bar.name, bar.basis) != (name, basis) and Certification.objects.filter(bar=bar).exists():
        wrong["name"] = (
            "Trường hợp này đã dùng để từ chối nên giữ nguyên lời. Hãy cho hết hạn rồi thêm mã mới."
        )
    if wrong:
        raise InvalidInput(wrong)
    bar = bar or CertificationBar(code=code)
    bar.name, bar.basis, bar.valid_from, bar.valid_to = name, basis, valid_from, valid_to
    bar.save()
    events.record(
        CertificationBarSet(
            subject_id=uuid5(NAMESPACE_URL, f"certification-bar:{code}"), actor_id=by.pk, at=at, code=code, name=name,
            basis=basis, valid_from=valid_from, valid_to=valid_to,
        )
    )  # fmt: skip
    return bar


@transaction.atomic
def put_answer_rule(*, valid_from: date, answer_days: int, basis: str, by: User, at: datetime) -> AnswerRule:
    """Hạn trả lời đề nghị đính chính, from a day on; what was asked before keeps its time.

    Raises Forbidden, InvalidInput.
    """
    _require(by, at)
    wrong = {}
    if not 1 <= answer_days <= MOST_DAYS:
        wrong["answer_days"] = f"Số ngày từ 1 đến {MOST_DAYS}."
    if not tidy(basis):
        wrong["basis"] = "Hãy ghi căn cứ, ví dụ số và ngày của quy chế."
    if valid_from < local_date(at):
        wrong["valid_from"] = "Quy định áp dụng từ hôm nay hoặc ngày sau."
    if wrong:
        raise InvalidInput(wrong)
    rule, _ = AnswerRule.objects.update_or_create(
        valid_from=valid_from, defaults={"answer_days": answer_days, "basis": tidy(basis)[:300]}
    )
    events.record(
        AnswerRuleSet(
            subject_id=uuid5(NAMESPACE_URL, "answer-rule"), actor_id=by.pk, at=at, valid_from=valid_from,
            answer_days=answer_days, basis=rule.basis,
        )
    )  # fmt: skip
    return rule


def answer_rule_on(day: date) -> AnswerRule | None:
    """Quy định của ngày; None: no time is set."""
    return AnswerRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def _require(by: User, at: datetime) -> None:
    if not may_everywhere(access_of(by, at), Permission.MANAGE_PROCEDURES, local_date(at)):
        raise Forbidden(
            "Dữ liệu này dùng cho mọi cơ quan nên chỉ người quản lý thủ tục ở cơ quan cao nhất đặt được."
        )
