"""Delegation: for a period somebody else acts with one's post, in full sight."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, forget_access
from motcua.foundation.identity.events import DelegationWithdrawn, PostDelegated
from motcua.foundation.identity.models import Delegation, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Post

LONGEST_DAYS = 366


@transaction.atomic
def delegate(
    *,
    giver: User,
    receiver: User,
    post: Post,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: User | None,
    at: datetime,
) -> Delegation:
    """Ủy quyền: the receiver acts with the giver's own post for a period of at most a year.

    Given by its holder or by who manages staff there; a delegated post is never passed on.
    """
    _allow(giver, post.agency_id, by, at)
    _check_period(valid_from, valid_to, local_date(at))
    reason = tidy(reason)
    if not 3 <= len(reason) <= 300:
        raise DomainError("Hãy ghi lý do ủy quyền (3 đến 300 ký tự).", field="reason")
    if receiver.pk == giver.pk:
        raise DomainError("Không thể ủy quyền cho chính mình.", field="receiver")
    if not receiver.is_active:
        raise DomainError(f"Tài khoản của {receiver} đã khóa.", field="receiver")
    if (
        not giver.memberships.filter(post=post, valid_from__lte=valid_from)
        .exclude(valid_to__lt=valid_to)
        .exists()
    ):
        raise DomainError(f"{giver} không giữ vị trí {post.title} trong cả thời gian đó.", field="post")
    if _overlapping(giver, receiver, post, valid_from, valid_to):
        raise DomainError(f"Vị trí này đã ủy quyền cho {receiver} trong thời gian đó.", field="receiver")
    delegation = Delegation.objects.create(
        giver=giver, receiver=receiver, post=post, valid_from=valid_from, valid_to=valid_to, reason=reason
    )
    forget_access(receiver)
    events.record(
        PostDelegated(
            subject_id=giver.pk, actor_id=by.pk if by else None, at=at, delegation_id=delegation.pk,
            receiver_id=receiver.pk, post_id=post.pk, valid_from=valid_from, valid_to=valid_to, reason=reason,
        )
    )  # fmt: skip
    return delegation


@transaction.atomic
def withdraw(delegation: Delegation, *, by: User | None, at: datetime) -> None:
    """Thu hồi ủy quyền: at once."""
    found = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("giver", "post")
        .get(pk=delegation.pk)
    )
    _allow(found.giver, found.post.agency_id, by, at)
    if not found.is_open_at(at, local_date(at)):
        raise DomainError("Ủy quyền này đã hết hiệu lực.")
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    events.record(
        DelegationWithdrawn(
            subject_id=found.giver_id, actor_id=by.pk if by else None, at=at, delegation_id=found.pk,
            receiver_id=found.receiver_id,
        )
    )  # fmt: skip


def _allow(giver: User, agency_id: int, by: User | None, at: datetime) -> None:
    if by is None or by.pk == giver.pk or access_of(by, at).may(Permission.MANAGE_STAFF, agency_id):
        return
    raise Forbidden("Chỉ người giữ vị trí hoặc quản trị nhân sự mới được ủy quyền vị trí này.")


def _check_period(valid_from: date, valid_to: date, today: date) -> None:
    if valid_to < valid_from:
        raise DomainError("Ngày cuối phải từ ngày đầu trở đi.", field="valid_to")
    if valid_from < today:
        raise DomainError("Ủy quyền bắt đầu sớm nhất từ hôm nay.", field="valid_from")
    if (valid_to - valid_from).days >= LONGEST_DAYS:
        raise DomainError("Mỗi lần ủy quyền dài tối đa một năm.", field="valid_to")


def _overlapping(giver: User, receiver: User, post: Post, first: date, last: date) -> bool:
    same = Delegation.objects.filter(giver=giver, receiver=receiver, post=post)
    return same.filter(valid_from__lte=last, valid_to__gte=first, withdrawn_at__isnull=True).exists()
