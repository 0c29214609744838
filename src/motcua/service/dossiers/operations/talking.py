"""Hỏi đáp trong hồ sơ: the office asks or tells, the applicant asks or answers; what asks waits until it is answered.

A paper is asked for in the one supplement request and nowhere else: a message that asks for one is refused and its
writer is shown the way, and no message carries a file. Legal: ND118-2025 Đ16.3, Đ19.5
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import MessageSent
from motcua.service.dossiers.models import Dossier, Message
from motcua.service.dossiers.models.talking import LONGEST
from motcua.service.dossiers.telling import own_page, tell_owner

DEMANDS = (
    "nop them", "nop lai", "nop bo sung", "bo sung", "cung cap", "gui them", "gui lai", "gui ban", "mang them", "mang den",
    "mang theo", "chup lai", "chup them", "photo", "nop ban", "xuat trinh", "de nghi nop", "yeu cau nop", "can nop",
    "phai nop",
)  # fmt: skip
PAPERS = (
    "giay", "ban sao", "ban chinh", "ban goc", "to khai", "don", "ho so", "ho khau", "can cuoc", "van ban", "anh",
    "tai lieu", "hop dong", "xac nhan", "quyet dinh", "chung chi", "so do", "so hong",
)  # fmt: skip
MOST_WAITING = 20  # unanswered words of one applicant about one dossier


class AsksForPapers(DomainError):
    """Đòi giấy tờ bằng tin nhắn."""


class TooManyMessages(DomainError):
    """Nhiều tin chưa được trả lời."""


@transaction.atomic
def write_to_applicant(
    *, dossier_id: UUID, text: str, asks: bool, by: User, at: datetime, message_id: UUID | None = None
) -> Message:
    """Nhắn người nộp: by who works on the dossier at the agency, or received it. It moves no clock.

    Raises Forbidden, InvalidInput, AsksForPapers, DomainError of a closed dossier.
    """
    if earlier := _said_before(message_id, dossier_id):
        return earlier
    dossier = Dossier.objects.lock(dossier_id)
    if not may_write(dossier, access_of(by, at)):
        raise Forbidden("Chỉ nơi tiếp nhận và nơi giải quyết hồ sơ nhắn được cho người nộp.")
    said = _said(text)
    refuse_demand(said, dossier)
    message = _kept(dossier, said, at=at, is_from_office=True, author=by, asks=asks, message_id=message_id)
    _answer_all(dossier, is_from_office=False, by=message, at=at)
    wants = f" Bạn cần trả lời: {own_page(dossier.code)}" if asks else ""
    tell_owner(
        dossier,
        kind="MESSAGE",
        title=f"Hồ sơ {dossier.code}: {'cơ quan hỏi bạn' if asks else 'cơ quan nhắn bạn'}",
        text=f"Hồ sơ {dossier.code} ({dossier.matter}): {said}{wants}",
        by=by,
        at=at,
    )
    _record(message, by.pk, at)
    return message


@transaction.atomic
def write_to_office(
    *,
    dossier_id: UUID,
    text: str,
    at: datetime,
    account_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Message:
    """Người nộp hỏi hoặc trả lời: the caller has recognised them. An answer to what was asked ends that task; else it
    is a question, and stands before whoever holds the dossier until it is answered. Raises InvalidInput, TooManyMessages.
    """
    if earlier := _said_before(message_id, dossier_id):
        return earlier
    dossier = Dossier.objects.lock(dossier_id)
    said = _said(text)
    if Message.objects.waiting_for_office().filter(dossier=dossier).count() >= MOST_WAITING:
        raise TooManyMessages(
            "Các tin trước của bạn đang chờ trả lời. Cần gấp, hãy gọi số điện thoại ở cuối trang."
        )
    was_asked = dossier.messages.filter(is_from_office=True, asks=True, answered_at=None).exists()
    message = _kept(
        dossier,
        said,
        at=at,
        is_from_office=False,
        account_id=account_id,
        asks=not was_asked,
        message_id=message_id,
        answer_due_at=None if was_asked else _answer_due(dossier, at),
    )
    _answer_all(dossier, is_from_office=True, by=message, at=at)
    _record(message, account_id, at)
    return message


@transaction.atomic
def note_to_office(
    *, dossier_id: UUID, text: str, asks: bool, at: datetime, account_id: UUID | None
) -> Message:
    """Báo cơ quan điều người nộp vừa tự làm: it answers nothing that was asked; with `asks` it is a task of the holder."""
    dossier = Dossier.objects.lock(dossier_id)
    message = _kept(
        dossier,
        _said(text),
        at=at,
        is_from_office=False,
        account_id=account_id,
        asks=asks,
        answer_due_at=_answer_due(dossier, at) if asks else None,
    )
    _record(message, account_id, at)
    return message


def may_write(dossier: Dossier, access: Access) -> bool:
    """Được nhắn người nộp."""
    works = (Permission.PROCESS, Permission.ASSIGN, Permission.REVIEW)
    return access.may(Permission.RECEIVE, dossier.reception_agency_id) or any(
        access.may(permission, dossier.agency_id) for permission in works
    )


def refuse_demand(text: str, dossier: Dossier) -> None:
    """Tin này có đòi giấy tờ không. Raises AsksForPapers, with the way that there is. Legal: ND118-2025 Đ16.3"""
    words = f" {fold(text)} "
    known = {fold(name) for name in dossier.parts.values_list("name", flat=True)}
    names_one = any(f" {name} " in words for name in (*PAPERS, *known) if name)
    if names_one and any(f" {demand} " in words for demand in DEMANDS):
        raise AsksForPapers(
            "Tin này có vẻ yêu cầu giấy tờ. Giấy tờ chỉ được yêu cầu một lần, bằng phiếu yêu cầu bổ sung, và chỉ khi đó "
            "đồng hồ mới dừng. Hãy dùng việc “Yêu cầu bổ sung”; tin nhắn chỉ để hỏi, giải thích.",
            field="text",
            legal="ND118-2025 Đ16.3",
        )


def _said_before(message_id: UUID | None, dossier_id: UUID) -> Message | None:
    """The same press told twice."""
    if message_id is None:
        return None
    found: Message | None = Message.objects.filter(pk=message_id, dossier=dossier_id).first()
    return found


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput({"text": "Hãy viết nội dung."})
    if len(said) > LONGEST:
        raise InvalidInput({"text": f"Viết tối đa {LONGEST} ký tự (đang có {len(said)})."})
    return said


def _kept(
    dossier: Dossier,
    text: str,
    *,
    at: datetime,
    is_from_office: bool,
    asks: bool,
    author: User | None = None,
    account_id: UUID | None = None,
    message_id: UUID | None = None,
    answer_due_at: datetime | None = None,
) -> Message:
    message = Message(
        dossier=dossier,
        is_from_office=is_from_office,
        author=author,
        account_id=account_id,
        text=text,
        asks=asks,
        sent_at=at,
        answer_due_at=answer_due_at,
    )
    if message_id:
        message.id = message_id
    message.save(force_insert=True)
    return message


def _answer_all(dossier: Dossier, *, is_from_office: bool, by: Message, at: datetime) -> None:
    """What the other side had asked is answered by this."""
    asked = dossier.messages.filter(is_from_office=is_from_office, asks=True, answered_at=None)
    by.answers = asked.order_by("sent_at").last()
    if by.answers:
        by.save(update_fields=["answers"])
    asked.update(answered_at=at)


def _answer_due(dossier: Dossier, at: datetime) -> datetime | None:
    hours = regime_on(local_date(at)).online_answer_hours
    if hours is None:
        return None
    return add_working_minutes(at, hours * 60, work_calendar(dossier.agency_id, local_date(at)))


def _record(message: Message, actor_id: UUID | None, at: datetime) -> None:
    events.record(
        MessageSent(
            subject_id=message.dossier_id,
            actor_id=actor_id,
            at=at,
            message=message.pk,
            is_from_office=message.is_from_office,
            asks=message.asks,
        )
    )
