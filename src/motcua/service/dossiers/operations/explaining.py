"""Giải trình hồ sơ chậm: the unit says why, the office that controls procedures judges, the outcome is published.

Legal: ND118-2025 Đ19.6; TT01-2018
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import (
    LateCauseAdded,
    LateCauseChanged,
    LatenessExplained,
    LatenessPublished,
    LatenessReviewed,
)
from motcua.service.dossiers.foreseeing import rule_on
from motcua.service.dossiers.models import Dossier, LateCause, LatenessReview, LatenessRule
from motcua.service.dossiers.operations.apologising import may_draft
from motcua.service.dossiers.querysets import first_or_refuse

SHORTEST_NAME = 4  # letters: a shorter name would forbid everyday words


class NotLate(DomainError):
    """Hồ sơ không chậm."""


class NamesAPerson(DomainError):
    """Nội dung công khai không được nêu tên người."""


@transaction.atomic
def explain_lateness(
    *, dossier_id: UUID, cause: LateCause | None, explanation: str, by: User, at: datetime
) -> LatenessReview:
    """Giải trình: the unit's cause and words; may be written anew until the outcome stands.

    Raises Forbidden, NotLate, InvalidInput, Stale. Legal: ND118-2025 Đ19.6
    """
    dossier = Dossier.objects.lock(dossier_id)
    if not may_draft(dossier, by, at):
        raise Forbidden(f"Hồ sơ {dossier.code} do cơ quan khác giải quyết; đơn vị đó giải trình.")
    if dossier.is_on_time(at) is not False:
        raise NotLate(f"Hồ sơ {dossier.code} không chậm, không cần giải trình.")
    wrong = {}
    if cause is None:
        wrong["cause"] = "Hãy chọn nguyên nhân chậm."
    if not explanation.strip():
        wrong["explanation"] = "Hãy ghi giải trình: vì sao chậm, đã làm gì để khắc phục."
    if wrong:
        raise InvalidInput(wrong)
    assert cause is not None  # noqa: S101  checked
    review = LatenessReview.objects.select_for_update().filter(dossier=dossier).first()
    if review and review.outcome:
        raise Stale("Đã có kết quả xem xét, không sửa giải trình được nữa. Hãy tải lại trang.")
    review = review or LatenessReview(dossier=dossier)
    review.cause, review.explanation = cause, explanation.strip()
    review.explained_at, review.explained_by = at, by
    review.explain_due_at = explain_due(dossier)
    review.save()
    events.record(
        LatenessExplained(
            subject_id=dossier.pk, actor_id=by.pk, at=at, cause=cause.code, reason=review.explanation
        )
    )
    return review


@transaction.atomic
def review_lateness(
    *, dossier_id: UUID, verdict: str, outcome: str, by: User, at: datetime
) -> LatenessReview:
    """Xem xét trách nhiệm: the controlling office judges the explanation; published in a second act.

    Raises Forbidden, InvalidInput, Stale, NamesAPerson.
    """
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.CONTROL, dossier.agency_id)
    review = _review(dossier)
    if review.published_at:
        raise Stale("Kết quả đã công khai, không sửa được nữa.")
    wrong = {}
    if verdict not in LatenessReview.Verdict.values:
        wrong["verdict"] = "Hãy chọn kết luận."
    if not outcome.strip():
        wrong["outcome"] = "Hãy ghi kết quả xem xét; nội dung này sẽ được công khai."
    if wrong:
        raise InvalidInput(wrong)
    _refuse_names(outcome, dossier)
    review.verdict, review.outcome = verdict, outcome.strip()
    review.reviewed_at, review.reviewed_by = at, by
    review.save(update_fields=["verdict", "outcome", "reviewed_at", "reviewed_by"])
    events.record(
        LatenessReviewed(subject_id=dossier.pk, actor_id=by.pk, at=at, verdict=verdict, reason=review.outcome)
    )
    return review


@transaction.atomic
def publish_lateness(*, dossier_id: UUID, by: User, at: datetime) -> LatenessReview:
    """Công khai kết quả xem xét, without a word about the applicant. Raises Forbidden, InvalidInput, Stale."""
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.CONTROL, dossier.agency_id)
    review = _review(dossier)
    if review.published_at:
        raise Stale("Kết quả đã công khai rồi.")
    if not review.outcome:
        raise InvalidInput({"outcome": "Hãy ghi kết quả xem xét trước khi công khai."})
    review.published_at, review.published_by = at, by
    review.save(update_fields=["published_at", "published_by"])
    events.record(LatenessPublished(subject_id=dossier.pk, actor_id=by.pk, at=at, verdict=review.verdict))
    return review


@transaction.atomic
def put_late_cause(
    *,
    code: str,
    name: str,
    side: str,
    valid_from: date,
    valid_to: date | None,
    by: User,
    at: datetime,
    cause_id: int | None = None,
) -> LateCause:
    """Danh mục nguyên nhân chậm: add one, or change its words and validity; the code of one stays.

    Raises Forbidden, InvalidInput.
    """
    access_of(by, at).require(Permission.CONTROL)
    cause = (
        LateCause.objects.select_for_update().get(pk=cause_id) if cause_id else LateCause(code=code.strip())
    )
    wrong = {}
    if not cause.code or (not cause_id and LateCause.objects.filter(code=cause.code).exists()):
        wrong["code"] = "Hãy nhập một mã chưa dùng." if not cause.code else f"Mã {cause.code} đã có."
    if not name.strip():
        wrong["name"] = "Hãy nhập tên nguyên nhân."
    if side not in LateCause.Side.values:
        wrong["side"] = "Hãy chọn nguyên nhân thuộc phía nào."
    if valid_to and valid_to < valid_from:
        wrong["valid_to"] = "Ngày cuối phải từ ngày bắt đầu trở đi."
    if wrong:
        raise InvalidInput(wrong)
    cause.name, cause.side, cause.valid_from, cause.valid_to = name.strip(), side, valid_from, valid_to
    cause.save()
    kind = LateCauseChanged if cause_id else LateCauseAdded
    events.record(
        kind(
            subject_id=cause.uid,
            actor_id=by.pk,
            at=at,
            code=cause.code,
            name=cause.name,
            side=side,
            valid_from=valid_from,
            valid_to=valid_to,
        )
    )
    return cause


@transaction.atomic
def put_lateness_rule(
    *, valid_from: date, draft_days: int, explain_days: int, basis: str, by: User, at: datetime
) -> LatenessRule:
    """Quy định về hồ sơ chậm from a day on; of one day the last word counts. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.CONTROL)
    if not basis.strip():
        raise InvalidInput({"basis": "Hãy ghi căn cứ, ví dụ số và ngày của quy chế."})
    rule, _ = LatenessRule.objects.update_or_create(
        valid_from=valid_from,
        defaults={"draft_days": draft_days, "explain_days": explain_days, "basis": basis.strip()[:300]},
    )
    return rule


def explain_due(dossier: Dossier) -> datetime | None:
    """Hạn giải trình: so many working days after the promise was missed."""
    if dossier.due_at is None or (rule := rule_on(local_date(dossier.due_at))) is None:
        return None
    missed = local_date(dossier.due_at)
    return work_calendar(dossier.agency_id, missed).nth_close(missed.toordinal(), rule.explain_days)


def causes_on(day: date) -> list[LateCause]:
    """Nguyên nhân đang dùng vào ngày này."""
    return [
        cause
        for cause in LateCause.objects.filter(valid_from__lte=day)
        if cause.valid_to is None or day <= cause.valid_to
    ]


def _review(dossier: Dossier) -> LatenessReview:
    found = LatenessReview.objects.select_for_update().filter(dossier=dossier)
    if not found.exists():
        raise InvalidInput({"outcome": "Đơn vị chưa giải trình hồ sơ này."})
    review: LatenessReview = first_or_refuse(found)
    return review


def _refuse_names(text: str, dossier: Dossier) -> None:
    """What is published says nothing of who has applied."""
    said = fold(text)
    private = [dossier.applicant_name, dossier.phone, dossier.code]
    if any(len(word) >= SHORTEST_NAME and fold(word) in said for word in private if word):
        raise NamesAPerson(
            "Nội dung này sẽ công khai, nên không được nêu tên, điện thoại người nộp hay mã hồ sơ. Hãy bỏ đi.",
            field="outcome",
        )
