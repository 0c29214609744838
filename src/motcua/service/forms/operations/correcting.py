"""Báo sai thông tin: the person says that what was filled in is wrong; the office sees to it and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.time import local
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.models import User
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.foundation.numbering.giving import next_number
from motcua.service.forms.events import WrongInfoAnswered, WrongInfoReported
from motcua.service.forms.models import Answers, CorrectionWish
from motcua.service.forms.reading import fields_by_name
from motcua.service.forms.sources import SOURCES, TYPED

LONGEST = 1000
Outcome = CorrectionWish.Outcome


class NoSuchWish(DomainError):
    """Không có báo sai này."""


@transaction.atomic
def report_wrong(
    *, subject_id: UUID, field: str, wish: str, by: UUID | None, at: datetime, agency_id: int | None = None
) -> CorrectionWish:
    """Báo sai thông tin that was filled in from a source; the last word of a field counts, and waits for an answer.

    `agency_id`: where the form is handed in. Raises DomainError.
    """
    answers = Answers.objects.select_for_update(of=("self",)).filter(subject_id=subject_id).first()
    if answers is None:
        raise Stale("Chưa có biểu mẫu nào đang khai ở đây. Hãy mở lại hồ sơ.")
    source = answers.provenance.get(field, TYPED)
    if source not in SOURCES or field not in fields_by_name(answers.version.definition):
        raise DomainError("Câu này do bạn tự ghi: hãy sửa thẳng ở ô trả lời.", field="field")
    text = wish.strip()[:LONGEST]
    if not text:
        raise DomainError("Hãy ghi điều sai và thông tin đúng.", field="wish")
    known = CorrectionWish.objects.filter(answers=answers, field=field).first()
    report = known or CorrectionWish(answers=answers, field=field, code=_new_code(at))
    report.source, report.wish, report.reported_at, report.reported_by = source, text, at, by
    report.agency_id = agency_id or report.agency_id
    report.outcome, report.answer, report.answered_at, report.answered_by = "", "", None, None
    report.save()
    events.record(
        WrongInfoReported(
            subject_id=answers.pk, actor_id=by, at=at, about=subject_id, field=field, source=source
        )
    )
    return report


@transaction.atomic
def answer_wrong(*, wish_id: UUID, outcome: str, text: str, by: User, at: datetime) -> CorrectionWish:
    """Trả lời báo sai: what was found and done, told to whoever has an account. Raises NoSuchWish, InvalidInput, Stale."""
    wish = (
        CorrectionWish.objects.visible_to(by, at)
        .select_for_update(of=("self",))
        .select_related("answers__version")
        .filter(pk=wish_id)
        .first()
    )
    if wish is None:
        raise NoSuchWish("Không có báo sai này, hoặc việc này thuộc nơi khác.")
    if wish.answered_at:
        raise Stale("Báo sai này vừa được người khác trả lời. Hãy tải lại trang.")
    wrong = {}
    if outcome not in Outcome.values:
        wrong["outcome"] = "Hãy chọn đã làm gì."
    said = text.strip()[:LONGEST]
    if not said:
        wrong["text"] = "Hãy ghi vài lời cho người báo: đã xem gì, sửa ở đâu, họ cần làm gì tiếp."
    if wrong:
        raise InvalidInput(wrong)
    wish.outcome, wish.answer, wish.answered_at, wish.answered_by = outcome, said, at, by
    wish.save(update_fields=["outcome", "answer_sealed", "answered_at", "answered_by"])
    events.record(
        WrongInfoAnswered(
            subject_id=wish.answers_id, actor_id=by.pk, at=at, about=wish.answers.subject_id, field=wish.field,
            source=wish.source, outcome=outcome,
        )
    )  # fmt: skip
    _tell(wish, by, at)
    return wish


def label_of(wish: CorrectionWish) -> str:
    """Câu nào bị báo sai, as the form asks it."""
    field = fields_by_name(wish.answers.version.definition).get(wish.field)
    return field.label if field else wish.field


def _new_code(at: datetime) -> str:
    year = local(at).year
    return f"BS{year}-{next_number(f'correction-wish:{year}'):05d}"


def _tell(wish: CorrectionWish, by: User, at: datetime) -> None:
    account = (
        CitizenAccount.objects.select_related("applicant").filter(pk=wish.reported_by).first()
        if wish.reported_by
        else None
    )
    if account is None:
        return
    to = Addressee(account.name, account.email, account.phone, account.applicant_id)
    done = wish.get_outcome_display()
    tell(
        subject_id=wish.pk, code=wish.code, kind="WRONG_INFO", to=to, title=f"Báo sai {wish.code}: {done.lower()}",
        text=f"Bạn đã báo sai “{label_of(wish)}” (mã {wish.code}). {done}. {wish.answer}", by=by, at=at,
        is_tracked=False, agency_id=wish.agency_id,
    )  # fmt: skip
