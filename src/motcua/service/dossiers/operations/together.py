"""Nhiều hồ sơ một lúc: each by the same rule as alone, each with its own answer; doing it again does nothing twice.

An act is kept with its items before the first of them is done. Whoever works on it (the page for the first second,
then the worker) takes the next items that wait, does each in a transaction of its own, and writes the answer in the same
transaction: so a worker that is killed loses nothing, and two who work at once never do one item twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count, Q

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.access import load_user
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import BulkActBegun, BulkActFinished, BulkActResumed
from motcua.service.dossiers.models import BulkAct, BulkItem, Dossier
from motcua.service.dossiers.operations.assigning import assign_work, claim, reassign
from motcua.service.dossiers.operations.deciding import review, send_back, sign
from motcua.service.dossiers.operations.reminding import remind
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.signing import sign_all
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.workflows.blueprint import Outcome
from motcua.service.workflows.models import Task

logger = logging.getLogger(__name__)

MOST = 500
CHUNK = 100  # items that are looked up together; also how many are signed by one transaction
HIDDEN = "Không tìm thấy hồ sơ, hoặc hồ sơ không thuộc phạm vi bạn được xem."
BUSY = "Có người đang xử lý hồ sơ này. Hãy làm lại sau ít phút."
BROKEN = (
    "Hệ thống gặp lỗi với hồ sơ này nên chưa làm gì. Hãy làm lại; nếu vẫn lỗi, hãy báo quản trị hệ thống."
)
ALREADY = "Bạn đã làm việc này với hồ sơ từ trước."
Kind, State = BulkAct.Kind, BulkItem.State


@dataclass(frozen=True)
class Chosen:
    """Một hồ sơ được chọn: the step that the page showed, and what was asked for this one alone."""

    dossier_id: UUID
    step: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """Tiến độ: how many items there are and what came of them."""

    total: int
    done: int
    already: int
    refused: int

    @property
    def left(self) -> int:
        return self.total - self.done - self.already - self.refused


class NotChosen(DomainError):
    """Chưa chọn hồ sơ, or too many of them."""


@transaction.atomic
def begin(
    *, bulk_id: UUID, kind: str, chosen: Sequence[Chosen], by: User, at: datetime, values: Mapping[str, Any]
) -> BulkAct:
    """Bắt đầu: keep what is to be done with which dossiers. The same key again is the same act, and begins nothing.

    Raises NotChosen. The dossiers are judged one by one when they are worked on.
    """
    if known := BulkAct.objects.filter(pk=bulk_id, asked_by=by).first():
        return known
    if not chosen:
        raise NotChosen("Hãy chọn ít nhất một hồ sơ trong danh sách.", field="id")
    if len(chosen) > MOST:
        raise NotChosen(f"Mỗi lần làm tối đa {MOST} hồ sơ; bạn đã chọn {len(chosen)}.", field="id")
    act = BulkAct(pk=bulk_id, kind=kind, values=events.jsonable(values), asked_by=by, asked_at=at)
    try:
        with transaction.atomic():
            act.save(force_insert=True)
    except IntegrityError:  # the second of two presses has waited for the first
        return BulkAct.objects.get(pk=bulk_id, asked_by=by)
    BulkItem.objects.bulk_create(
        BulkItem(
            bulk=act,
            dossier_id=one.dossier_id,
            position=position,
            step=one.step,
            values=events.jsonable(one.values),
        )
        for position, one in enumerate(chosen, start=1)
    )
    events.record(BulkActBegun(subject_id=act.pk, actor_id=by.pk, at=at, kind=kind, count=len(chosen)))
    return act


@transaction.atomic
def resume(*, bulk_id: UUID, by: User, at: datetime) -> int:
    """Làm lại: what was refused waits again, what is done stays done. Returns how many wait now."""
    act = BulkAct.objects.select_for_update().get(pk=bulk_id, asked_by=by)
    act.items.filter(state=State.REFUSED).update(state=State.PENDING, sentence="", at=None)
    waiting = act.items.filter(state=State.PENDING).count()
    if waiting:
        act.finished_at = None
        act.save(update_fields=["finished_at"])
        events.record(BulkActResumed(subject_id=act.pk, actor_id=by.pk, at=at, count=waiting))
    return waiting


def work(bulk_id: UUID, *, clock: Callable[[], datetime], should_stop: Callable[[], bool]) -> bool:
    """Làm tiếp: do what waits until all is done (True), one is told to stop, or others have taken the rest (False)."""
    act = BulkAct.objects.get(pk=bulk_id)
    before: list[int] = []
    while waiting := list(act.items.filter(state=State.PENDING).order_by("position")[:CHUNK]):
        if should_stop() or before == (before := [item.pk for item in waiting]):
            return False
        person = load_user(act.asked_by_id)  # what this person may do is read again for each lot
        assert person is not None  # noqa: S101  a foreign key
        seen = _seen(act, [item.dossier_id for item in waiting], person, clock())
        if act.kind == Kind.SIGN and _signed_together(act, waiting, seen, person, clock()):
            continue
        for item in waiting:
            _done(act, item.pk, seen, person, clock())
            if should_stop():
                break
    return _finished(act, clock())


def progress_of(act: BulkAct) -> Progress:
    """How far the act is, in one question."""
    counted = act.items.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=State.DONE)),
        already=Count("pk", filter=Q(state=State.ALREADY)),
        refused=Count("pk", filter=Q(state=State.REFUSED)),
    )
    return Progress(**counted)


def _seen(act: BulkAct, dossier_ids: Sequence[UUID], by: User, at: datetime) -> set[UUID]:
    """Which of them this person may know of: those one may see, or whose work one may hand to others."""
    known = Dossier.objects.filter(pk__in=dossier_ids)
    known = known.movable_by(by, at) if act.kind == Kind.HAND_OVER else known.visible_to(by, at)
    return set(known.values_list("pk", flat=True))


# One item

Answer = tuple[str, str]
ENDING = frozenset({Kind.TRANSFER, Kind.ASSIGN, Kind.REVIEW, Kind.SIGN, Kind.ISSUE, Kind.RETURN})


@transaction.atomic
def _done(act: BulkAct, item_id: int, seen: set[UUID], by: User, at: datetime) -> None:
    """One dossier in one transaction: the act and its answer, or the refusal alone. Another may have taken it."""
    waiting = BulkItem.objects.select_for_update(skip_locked=True).filter(pk=item_id, state=State.PENDING)
    item = waiting.first()
    if item is None:
        return
    if item.dossier_id not in seen:
        item.state, item.sentence = State.REFUSED, HIDDEN
    else:
        try:
            with transaction.atomic():
                item.state, item.sentence = DOING[act.kind](act, item, by, at)
        except DomainError as refusal:
            item.state, item.sentence = _judged(act, item, refusal, by)
        except DatabaseError:
            if not connection.is_usable():
                raise
            logger.warning("Item %s of %s met a locked or broken row", item.pk, act.pk, exc_info=True)
            item.state, item.sentence = State.REFUSED, BUSY
        except Exception:
            logger.exception("Item %s of %s failed", item.pk, act.pk)
            item.state, item.sentence = State.REFUSED, BROKEN
    item.at = at
    item.save(update_fields=["state", "sentence", "at"])


def _judged(act: BulkAct, item: BulkItem, refusal: DomainError, by: User) -> Answer:
    """Refused, unless it was this person who ended the step that the page showed: then it is done already."""
    if act.kind in ENDING and item.step:
        tasks = list(Task.objects.of(item.dossier_id).filter(step_key=item.step))
        if tasks and tasks[-1].completed_by_id == by.pk and tasks[-1].outcome != Outcome.SEND_BACK:
            return State.ALREADY, ALREADY
    return State.REFUSED, refusal.message


def _signed_together(
    act: BulkAct, waiting: Sequence[BulkItem], seen: set[UUID], by: User, at: datetime
) -> bool:
    """Sign a lot by one transaction. False when it met something unforeseen: then each is done by itself."""
    try:
        with transaction.atomic():
            taken = BulkItem.objects.select_for_update(skip_locked=True).filter(
                pk__in=[item.pk for item in waiting], state=State.PENDING
            )
            items = {item.dossier_id: item for item in taken if item.dossier_id in seen}
            refused = sign_all({pk: item.step for pk, item in items.items()}, by=by, at=at)
            for pk, refusal in refused.items():
                state, sentence = _judged(act, items[pk], refusal, by)
                BulkItem.objects.filter(pk=items[pk].pk).update(state=state, sentence=sentence, at=at)
            signed = [item.pk for pk, item in items.items() if pk not in refused]
            BulkItem.objects.filter(pk__in=signed).update(state=State.DONE, sentence="Đã ký.", at=at)
    except (DomainError, DatabaseError):
        if not connection.is_usable():
            raise
        logger.warning("A lot of %s is signed one by one", act.pk, exc_info=True)
        return False
    return len(items) == len(waiting)


def _finished(act: BulkAct, at: datetime) -> bool:
    """Write once that nothing waits any more; False when somebody else still works on the last items."""
    with transaction.atomic():
        locked = BulkAct.objects.select_for_update().get(pk=act.pk)
        stands = progress_of(locked)
        if stands.left:
            return False
        if locked.finished_at is None:
            locked.finished_at = at
            locked.save(update_fields=["finished_at"])
            events.record(
                BulkActFinished(
                    subject_id=act.pk,
                    actor_id=act.asked_by_id,
                    at=at,
                    done=stands.done,
                    already=stands.already,
                    refused=stands.refused,
                )
            )
    return True


# What is done, by its kind: the operation for one dossier, with what was asked


def _claim(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    if Dossier.objects.filter(pk=item.dossier_id, holder=by).exists():
        return State.ALREADY, "Bạn đang giữ hồ sơ này từ trước."
    claim(dossier_id=item.dossier_id, by=by, at=at)
    return State.DONE, "Đã nhận."


def _transfer(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    transfer(dossier_id=item.dossier_id, by=by, at=at, step=item.step)
    return State.DONE, "Đã bàn giao."


def _assign(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    holder = _person(item, act)
    assign_work(dossier_id=item.dossier_id, holder=holder, by=by, at=at, step=item.step)
    return State.DONE, f"Đã phân công {holder.full_name}."


def _review(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    review(dossier_id=item.dossier_id, by=by, at=at, step=item.step)
    return State.DONE, "Đã trình ký."


def _sign(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    sign(dossier_id=item.dossier_id, by=by, at=at, step=item.step)
    return State.DONE, "Đã ký."


def _send_back(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    send_back(dossier_id=item.dossier_id, reason=_text(act, "reason"), by=by, at=at, step=item.step)
    return State.DONE, "Đã trả lại để thẩm định thêm."


def _issue(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    number = str(item.values.get("number", ""))
    issued_on = date.fromisoformat(_text(act, "issued_on"))
    issue(dossier_id=item.dossier_id, number=number, issued_on=issued_on, by=by, at=at, step=item.step)
    return State.DONE, f"Đã phát hành số {number}."


def _return(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    receiver = _text(act, "receiver_name")
    return_result(dossier_id=item.dossier_id, receiver_name=receiver, by=by, at=at, step=item.step)
    return State.DONE, f"Đã trả cho {receiver}." if receiver else "Đã trả cho chủ hồ sơ."


def _remind(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    reminder = remind(dossier_id=item.dossier_id, text=_text(act, "text"), by=by, at=at)
    return State.DONE, f"Đã nhắc {reminder.holder.full_name}."


def _hand_over(act: BulkAct, item: BulkItem, by: User, at: datetime) -> Answer:
    """Only while it is still in the hands that it was to be taken from."""
    receiver = _person(item, act)
    dossier = Dossier.objects.select_related("holder").get(pk=item.dossier_id)
    if dossier.holder_id == receiver.pk:
        return State.ALREADY, f"{receiver.full_name} đang giữ hồ sơ này."
    if not dossier.step_key:
        return State.ALREADY, "Hồ sơ đã xong mọi bước."
    if str(dossier.holder_id) != item.values.get("giver"):
        keeper = dossier.holder.full_name if dossier.holder else "chưa có ai"
        return State.REFUSED, f"Hồ sơ không còn ở người bàn giao, hiện {keeper} giữ."
    reassign(dossier_id=item.dossier_id, holder=receiver, by=by, at=at, reason=_text(act, "reason"))
    return State.DONE, f"Đã bàn giao cho {receiver.full_name}."


DOING: Mapping[str, Callable[[BulkAct, BulkItem, User, datetime], Answer]] = {
    Kind.CLAIM: _claim,
    Kind.TRANSFER: _transfer,
    Kind.ASSIGN: _assign,
    Kind.REVIEW: _review,
    Kind.SIGN: _sign,
    Kind.SEND_BACK: _send_back,
    Kind.ISSUE: _issue,
    Kind.RETURN: _return,
    Kind.REMIND: _remind,
    Kind.HAND_OVER: _hand_over,
}


def _text(act: BulkAct, name: str) -> str:
    return str(act.values.get(name) or "")


def _person(item: BulkItem, act: BulkAct) -> User:
    """Whoever gets this dossier: chosen for it alone, or once for all."""
    key = item.values.get("holder") or act.values.get("holder")
    person = load_user(UUID(str(key))) if key else None
    if person is None:
        raise DomainError("Chưa chọn người nhận hồ sơ này.", field="holder")
    return person
