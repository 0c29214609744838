"""Đặt mức thu, diện miễn giảm: drafted by one person, seen as citizens will, published by a second from a day on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, may_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.counting import countable
from motcua.service.forms.models import FormVersion
from motcua.service.payments.events import (
    FeeRuleDrafted,
    FeeRuleDropped,
    FeeRuleEnded,
    FeeRuleSet,
    PayerGroupSet,
    RefundRuleSet,
)
from motcua.service.payments.models import FeeExemption, FeeRule, PayerGroup, RefundRule
from motcua.service.payments.operations.drafts import refuse_ended, refuse_unfit
from motcua.service.payments.states import DueKind, Occasion, TariffState
from motcua.service.procedures.models import Offering, Procedure

MANAGE = Permission.MANAGE_PROCEDURES
A_DAY = timedelta(days=1)
NO_SUCH_RULE = "Không có mức thu này, hoặc nó không thuộc phạm vi bạn quản lý."


@transaction.atomic
def set_fee_rule(
    *,
    offering: Offering,
    valid_from: date,
    at: datetime,
    exemptions: Collection[tuple[str, int]] = (),
    **terms: Any,
) -> FeeRule:
    """Đặt mức thu by the system itself (data that a decision has fixed already): in force at once from its day."""
    rule = _drafted(offering.procedure, offering, valid_from, exemptions, None, at, terms)
    return _put_in_force(rule, None, at)


@transaction.atomic
def draft_fee_rule(
    *,
    procedure: Procedure,
    offering: Offering | None,
    valid_from: date,
    by: User,
    at: datetime,
    exemptions: Collection[tuple[str, int]] = (),
    instead_of: UUID | None = None,
    **terms: Any,
) -> FeeRule:
    """Soạn mức thu: nothing counts before somebody else publishes it. `offering` None: everywhere.

    `instead_of`: the own draft that this one improves on. `terms`: kind, name, amount, per, least, most,
    online_percent_off, basis. Raises Forbidden, InvalidInput.
    """
    _require(offering, by, at)
    _refuse_unclear(offering, procedure, valid_from, exemptions, terms, local_date(at))
    if instead_of:
        earlier = _rule(instead_of)
        if earlier.state == TariffState.DRAFT and earlier.set_by_id == by.pk:
            _drop(earlier, by, at)
    return _drafted(procedure, offering, valid_from, exemptions, by, at, terms)


@transaction.atomic
def publish_fee_rule(*, rule_id: UUID, by: User, at: datetime) -> FeeRule:
    """Ban hành mức thu, by a second person; the rule of that name before it ends the day before.

    Raises Forbidden, Stale, DomainError.
    """
    rule = _rule(rule_id)
    _require(rule.offering, by, at)
    refuse_unfit(rule, by, at)
    return _put_in_force(rule, by, at)


@transaction.atomic
def drop_fee_rule(*, rule_id: UUID, by: User, at: datetime) -> FeeRule:
    """Bỏ bản soạn. Raises Forbidden, Stale."""
    rule = _rule(rule_id)
    _require(rule.offering, by, at)
    refuse_ended(rule)
    _drop(rule, by, at)
    return rule


@transaction.atomic
def end_fee_rule(*, rule_id: UUID, last_day: date, reason: str, by: User, at: datetime) -> FeeRule:
    """Thôi áp dụng hết một ngày; afterwards what else there is counts. Raises Forbidden, Stale, InvalidInput."""
    rule = _rule(rule_id)
    _require(rule.offering, by, at)
    if rule.state != TariffState.PUBLISHED or (rule.valid_to and rule.valid_to < local_date(at)):
        raise Stale("Mức thu này không còn áp dụng.")
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do, ví dụ số văn bản."})
    if last_day < max(rule.valid_from, local_date(at)):
        raise InvalidInput({"last_day": "Chọn hôm nay hoặc ngày sau, không trước ngày bắt đầu áp dụng."})
    rule.valid_to, rule.ended_reason = last_day, tidy(reason)[:300]
    rule.save(update_fields=["valid_to", "ended_reason"])
    events.record(
        FeeRuleEnded(**_said(rule), actor_id=by.pk, at=at, valid_to=last_day, reason=rule.ended_reason)
    )
    return rule


@transaction.atomic
def set_payer_group(
    *, code: str, name: str, proof: str, valid_from: date, by: User | None, at: datetime
) -> PayerGroup:
    """Đặt diện miễn, giảm: which group, and what paper proves that one belongs to it. Raises Forbidden, InvalidInput."""
    if by is not None:
        _require(None, by, at)
    wrong = {}
    if not tidy(name):
        wrong["name"] = "Hãy ghi tên diện, ví dụ: Hộ nghèo."
    if not tidy(proof):
        wrong["proof"] = "Hãy ghi giấy tờ chứng minh, để người nộp biết phải gửi gì."
    if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > 20:
        wrong["code"] = "Mã gồm chữ hoa không dấu, số, gạch dưới, tối đa 20 ký tự."
    if wrong:
        raise InvalidInput(wrong)
    group, _ = PayerGroup.objects.update_or_create(
        code=code.upper(),
        defaults={"name": tidy(name)[:150], "proof": tidy(proof)[:200]},
        create_defaults={"name": tidy(name)[:150], "proof": tidy(proof)[:200], "valid_from": valid_from},
    )
    events.record(
        PayerGroupSet(
            subject_id=uuid5(NAMESPACE_URL, f"payer-group:{group.code}"), actor_id=by.pk if by else None, at=at,
            code=group.code, name=group.name, proof=group.proof,
        )
    )  # fmt: skip
    return group


@transaction.atomic
def set_refund_rule(
    *, valid_from: date, needs_two: bool, promise_days: int, basis: str, by: User | None, at: datetime
) -> RefundRule:
    """Đặt quy định hoàn tiền của tỉnh, from a day on. Raises Forbidden, InvalidInput."""
    if by is not None:
        _require(None, by, at)
        if valid_from < local_date(at):
            raise InvalidInput({"valid_from": "Quy định áp dụng từ hôm nay hoặc ngày sau."})
    if not tidy(basis):
        raise InvalidInput({"basis": "Hãy ghi văn bản quy định."})
    if RefundRule.objects.filter(valid_from__gte=valid_from).exists():
        raise InvalidInput(
            {"valid_from": "Đã có quy định từ ngày này hoặc ngày sau. Hãy chọn ngày muộn hơn."}
        )
    rule = RefundRule.objects.create(
        valid_from=valid_from, needs_two=needs_two, promise_days=promise_days, basis=tidy(basis)[:300]
    )
    events.record(
        RefundRuleSet(
            subject_id=uuid5(NAMESPACE_URL, "refund-rule"), actor_id=by.pk if by else None, at=at, valid_from=valid_from,
            needs_two=needs_two, promise_days=promise_days, basis=rule.basis,
        )
    )  # fmt: skip
    return rule


# --- what is common


def _drafted(  # noqa: PLR0917  what a rule is
    procedure: Procedure,
    offering: Offering | None,
    valid_from: date,
    exemptions: Collection[tuple[str, int]],
    by: User | None,
    at: datetime,
    terms: dict[str, Any],
) -> FeeRule:
    rule = FeeRule.objects.create(
        procedure=procedure, offering=offering, valid_from=valid_from, set_by=by, set_at=at, **terms
    )
    FeeExemption.objects.bulk_create(
        FeeExemption(rule=rule, group_id=group, percent_off=percent) for group, percent in exemptions
    )
    events.record(FeeRuleDrafted(**_said(rule), actor_id=by.pk if by else None, at=at, valid_from=valid_from))
    return rule


def _put_in_force(rule: FeeRule, by: User | None, at: datetime) -> FeeRule:
    same = FeeRule.objects.filter(
        procedure=rule.procedure_id, offering=rule.offering_id, kind=rule.kind, name=rule.name,
        occasion=rule.occasion, state=TariffState.PUBLISHED,
    )  # fmt: skip
    if same.filter(valid_from__gte=rule.valid_from).exists():
        raise DomainError("Đã có mức thu cùng tên áp dụng từ ngày này hoặc ngày sau. Hãy chọn ngày muộn hơn.")
    standing = same.filter(valid_to__isnull=True) | same.filter(valid_to__gte=rule.valid_from)
    for one in standing:
        one.valid_to, one.ended_reason = rule.valid_from - A_DAY, "Có mức mới thay"
        one.save(update_fields=["valid_to", "ended_reason"])
        events.record(
            FeeRuleEnded(
                **_said(one),
                actor_id=by.pk if by else None,
                at=at,
                valid_to=one.valid_to,
                reason=one.ended_reason,
            )
        )
    rule.state, rule.published_by, rule.published_at = TariffState.PUBLISHED, by, at
    rule.save(update_fields=["state", "published_by", "published_at"])
    events.record(
        FeeRuleSet(
            **_said(rule), actor_id=by.pk if by else None, at=at, offering=rule.offering_id, valid_from=rule.valid_from,
            basis=rule.basis,
        )
    )  # fmt: skip
    return rule


def _drop(rule: FeeRule, by: User, at: datetime) -> None:
    rule.state = TariffState.DROPPED
    rule.save(update_fields=["state"])
    events.record(FeeRuleDropped(**_said(rule), actor_id=by.pk, at=at))


def _said(rule: FeeRule) -> dict[str, Any]:
    return {
        "subject_id": rule.pk,
        "procedure": rule.procedure.code,
        "name": rule.name,
        "amount": rule.amount,
    }


def _rule(rule_id: UUID) -> FeeRule:
    found = FeeRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if found is None:
        raise DomainError(NO_SUCH_RULE)
    return found


def _require(offering: Offering | None, by: User, at: datetime) -> None:
    """At that place; for everywhere, at every highest agency. Raises Forbidden."""
    access = access_of(by, at)
    if offering is not None:
        access.require(MANAGE, offering.agency_id)
        return
    if not may_everywhere(access, MANAGE, local_date(at)):
        raise Forbidden("Mức thu chung cho mọi nơi chỉ người quản lý thủ tục ở cơ quan cao nhất đặt được.")


def _refuse_unclear(  # noqa: PLR0917  what is typed of a rule
    offering: Offering | None,
    procedure: Procedure,
    valid_from: date,
    exemptions: Collection[tuple[str, int]],
    terms: dict[str, Any],
    today: date,
) -> None:
    """Raises InvalidInput, each sentence beside its field."""
    wrong = {}
    if offering is not None and offering.procedure_id != procedure.pk:
        wrong["offering"] = "Nơi này không thực hiện thủ tục đã chọn."
    if terms.get("kind") not in {DueKind.FEE, DueKind.CHARGE}:
        wrong["kind"] = "Chọn phí hoặc lệ phí."
    if terms.get("occasion") == Occasion.COPY and (terms.get("per") or terms.get("answer")):
        wrong["per"] = "Bản giấy của kết quả được tính từng bản: để trống ô này."
    if not terms.get("name"):
        wrong["name"] = "Hãy ghi tên khoản thu như trong văn bản."
    if not terms.get("basis"):
        wrong["basis"] = "Hãy ghi văn bản quy định mức thu."
    if not 0 <= terms.get("online_percent_off", 0) <= 100:
        wrong["online_percent_off"] = "Ghi từ 0 đến 100."
    most = terms.get("most")
    if most is not None and most < terms.get("least", 0):
        wrong["most"] = "Mức tối đa không thể nhỏ hơn mức tối thiểu."
    if not terms.get("per") and (most is not None or terms.get("least", 0)):
        wrong["per"] = "Có mức tối thiểu, tối đa thì hãy ghi tính theo gì, ví dụ: trang."
    if terms.get("answer") and (
        sentence := _answer_fault(procedure, terms["answer"], terms.get("per", ""), today)
    ):
        wrong["answer"] = sentence
    if valid_from < today:
        wrong["valid_from"] = "Mức thu áp dụng từ hôm nay hoặc ngày sau; hồ sơ đã nộp giữ mức cũ."
    if any(not 1 <= percent <= 100 for _group, percent in exemptions):
        wrong["exemptions"] = "Mức giảm của mỗi diện từ 1 đến 100 %."
    if wrong:
        raise InvalidInput(wrong)


def _answer_fault(procedure: Procedure, name: str, per: str, today: date) -> str:
    """Why the number cannot be taken from that question; "" when a form of the procedure asks it."""
    if not per:
        return "Lấy số lượng từ biểu mẫu thì hãy ghi tính theo gì, ví dụ: bản."
    versions = FormVersion.objects.in_force(today).filter(form__procedure=procedure)
    known = {key: words for version in versions for key, words in countable(version.definition).items()}
    if name in known:
        return ""
    choices = "; ".join(f"{key} ({words})" for key, words in known.items())
    return (
        f"Biểu mẫu của thủ tục hỏi được: {choices}."
        if choices
        else "Thủ tục này chưa có biểu mẫu hỏi số lượng."
    )
