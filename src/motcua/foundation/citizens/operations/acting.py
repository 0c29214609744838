"""Làm thay cho tổ chức: a person who represents an organisation switches to it and back; the organisation names others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.text import fold
from motcua.foundation.citizens.events import ActingForBegun, RepresentativeEnded, RepresentativeNamed
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession, Representative
from motcua.foundation.citizens.querysets import RepresentativeQuerySet
from motcua.foundation.identity.applicants import number_key
from motcua.foundation.identity.models import Applicant


def represented_by(account: CitizenAccount, at: datetime) -> RepresentativeQuerySet:
    """Những tổ chức mà người này được làm thay."""
    return (
        Representative.objects.acting_at(at)
        .filter(person=account.applicant_id, organisation__is_active=True)
        .select_related("organisation__applicant")
    )


@transaction.atomic
def act_for(
    session: CitizenSession, *, representative_id: UUID | None, at: datetime
) -> Representative | None:
    """Chuyển sang làm thay cho một tổ chức; None: back to oneself. Raises Forbidden."""
    chosen = None
    if representative_id is not None:
        chosen = represented_by(session.account, at).filter(pk=representative_id).first()
        if chosen is None:
            raise Forbidden(
                "Bạn không còn là người đại diện của tổ chức này. Hãy liên hệ tổ chức để được ghi nhận lại."
            )
    if chosen is None and session.account.is_organisation:
        raise Forbidden(
            "Bạn đăng nhập bằng tài khoản của tổ chức. Hãy đăng xuất rồi đăng nhập bằng tài khoản cá nhân."
        )
    session.representative = chosen
    session.save(update_fields=["representative"])
    if chosen is not None:
        events.record(
            ActingForBegun(
                subject_id=chosen.organisation_id, actor_id=session.account_id, at=at, session=session.pk,
                representative=chosen.pk,
            )
        )  # fmt: skip
    return chosen


@transaction.atomic
def name_representative(
    organisation: CitizenAccount,
    *,
    name: str,
    personal_number: str,
    title: str,
    by: CitizenAccount,
    at: datetime,
) -> Representative:
    """Cử người làm thay: somebody known here by their personal number and name. Raises InvalidInput."""
    person = Applicant.objects.filter(
        kind=Applicant.Kind.PERSON, personal_number_key=number_key(personal_number)
    ).first() if personal_number.strip() else None  # fmt: skip
    wrong = {}
    if not organisation.is_organisation:
        raise DomainError("Chỉ tổ chức mới cử người làm thay. Cá nhân hãy lập ủy quyền.")
    if person is None or person.name_folded != fold(name):
        wrong["personal_number"] = (
            "Không tìm thấy người có số định danh và họ tên này. Người đó cần đăng nhập Cổng một lần trước."
        )
    elif organisation.representatives.acting_at(at).filter(person=person).exists():
        wrong["personal_number"] = "Người này đang làm thay cho tổ chức rồi."
    if not title.strip():
        wrong["title"] = "Hãy ghi chức danh, ví dụ: Phó giám đốc, nhân viên hồ sơ."
    if wrong:
        raise InvalidInput(wrong)
    made = Representative.objects.create(
        organisation=organisation, person=person, name=person.name if person else name, title=title.strip()[:120],
        source=Representative.Source.ORGANISATION, since=at,
    )  # fmt: skip
    events.record(
        RepresentativeNamed(
            subject_id=organisation.pk, actor_id=by.pk, at=at, representative=made.pk,
            person=person.pk if person else None, source=made.source,
        )
    )  # fmt: skip
    return made


@transaction.atomic
def end_representative(
    organisation: CitizenAccount, *, representative_id: UUID, by: CitizenAccount, at: datetime
) -> Representative:
    """Thôi cho làm thay: sessions that act by this word fall back to the person. Raises DomainError."""
    row = organisation.representatives.select_for_update(of=("self",)).filter(pk=representative_id).first()
    if row is None or not row.acts_at(at):
        raise DomainError("Người này đã thôi làm thay cho tổ chức.")
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    events.record(
        RepresentativeEnded(
            subject_id=organisation.pk, actor_id=by.pk, at=at, representative=row.pk, person=row.person_id
        )
    )
    return row
