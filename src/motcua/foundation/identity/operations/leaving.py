"""Nghỉ, người thay: who is away, from when to when, and who takes the new work meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, forget_access, house_of
from motcua.foundation.identity.events import LeaveEnded, LeaveTaken
from motcua.foundation.identity.models import Absence, Delegation, User
from motcua.foundation.identity.operations.delegating import delegate
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Post

LONGEST_DAYS = 366


@transaction.atomic
def take_leave(
    *,
    person: User,
    substitute: User | None,
    first_day: date,
    last_day: date,
    reason: str,
    by: User | None,
    at: datetime,
) -> Absence:
    """Báo nghỉ: for the days given new work goes to the substitute, who may act with the person's own posts.

    The posts are lent by delegations, so that what the person holds already can be gone on with. Raises DomainError,
    Forbidden.
    """
    posts = _posts(person, local_date(at))
    _allow(person, posts, by, at)
    reason = tidy(reason)
    if not 3 <= len(reason) <= 300:
        raise DomainError("Hãy ghi lý do nghỉ (3 đến 300 ký tự).", field="reason")
    _check_days(person, first_day, last_day, local_date(at))
    if substitute is not None:
        _check_substitute(person, substitute, first_day, last_day, at)
    absence = Absence.objects.create(
        person=person, substitute=substitute, first_day=first_day, last_day=last_day, reason=reason
    )
    if substitute is not None:
        _lend(person, substitute, absence, posts, by, at)
    events.record(
        LeaveTaken(
            subject_id=person.pk, actor_id=by.pk if by else None, at=at, absence_id=absence.pk,
            substitute_id=substitute.pk if substitute else None, first_day=first_day, last_day=last_day,
            reason=reason,
        )
    )  # fmt: skip
    return absence


@transaction.atomic
def come_back(absence: Absence, *, by: User | None, at: datetime) -> Absence:
    """Đi làm lại sớm: from now on new work comes to the person again; what was lent for these days is taken back."""
    found = Absence.objects.select_for_update(of=("self",)).select_related("person").get(pk=absence.pk)
    _allow(found.person, _posts(found.person, local_date(at)), by, at)
    if not found.is_open_on(local_date(at)):
        raise DomainError("Kỳ nghỉ này đã hết.")
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    lent = Delegation.objects.filter(
        giver=found.person, receiver=found.substitute_id, valid_from=found.first_day, valid_to=found.last_day
    )
    lent.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    if found.substitute:
        forget_access(found.substitute)
    events.record(
        LeaveEnded(subject_id=found.person_id, actor_id=by.pk if by else None, at=at, absence_id=found.pk)
    )
    return found


def _posts(person: User, day: date) -> list[Post]:
    held = person.memberships.valid_on(day).select_related("post")
    return [membership.post for membership in held]


def _allow(person: User, posts: list[Post], by: User | None, at: datetime) -> None:
    if by is None or by.pk == person.pk:
        return
    access = access_of(by, at)
    if any(access.may(Permission.MANAGE_STAFF, post.agency_id) for post in posts):
        return
    raise Forbidden("Chỉ chính người nghỉ hoặc quản trị nhân sự mới báo nghỉ được.")


def _check_days(person: User, first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day:
        raise DomainError("Ngày cuối phải từ ngày đầu trở đi.", field="last_day")
    if first_day < today:
        raise DomainError("Kỳ nghỉ bắt đầu sớm nhất từ hôm nay.", field="first_day")
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise DomainError("Mỗi kỳ nghỉ dài tối đa một năm.", field="last_day")
    if Absence.objects.open_on(first_day).filter(person=person, first_day__lte=last_day).exists():
        raise DomainError("Đã báo nghỉ trong những ngày này.", field="first_day")


def _check_substitute(person: User, substitute: User, first_day: date, last_day: date, at: datetime) -> None:
    if substitute.pk == person.pk:
        raise DomainError("Người thay phải là người khác.", field="substitute")
    if not substitute.is_active:
        raise DomainError(f"Tài khoản của {substitute} đã khóa.", field="substitute")
    away = Absence.objects.open_on(first_day).filter(person=substitute, first_day__lte=last_day)
    if away.exists():
        raise DomainError(f"{substitute} cũng nghỉ trong những ngày này.", field="substitute")
    houses = {one for post in _posts(person, local_date(at)) for one in house_of(post.agency_id)}
    near = User.objects.filter(pk=substitute.pk).in_post_at(houses, local_date(at))
    if houses and not near.exists():
        raise DomainError(f"{substitute} không làm cùng cơ quan.", field="substitute")


def _lend(
    person: User, substitute: User, absence: Absence, posts: list[Post], by: User | None, at: datetime
) -> None:
    """Each post of the person for the days of the leave, as far as it lasts and is not lent already."""
    lent = Delegation.objects.filter(
        giver=person,
        receiver=substitute,
        withdrawn_at__isnull=True,
        valid_from__lte=absence.last_day,
        valid_to__gte=absence.first_day,
    )
    already = set(lent.values_list("post_id", flat=True))
    whole = person.memberships.filter(valid_from__lte=absence.first_day).exclude(
        valid_to__lt=absence.last_day
    )
    lasting = set(whole.values_list("post_id", flat=True))
    for post in posts:
        if post.pk in lasting and post.pk not in already:
            delegate(
                giver=person,
                receiver=substitute,
                post=post,
                valid_from=absence.first_day,
                valid_to=absence.last_day,
                reason=f"Nghỉ: {absence.reason}"[:300],
                by=by,
                at=at,
            )
