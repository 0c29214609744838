"""Ủy quyền trực tuyến: given by the principal who has signed in surely; ended by either side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.applicants import number_key
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.applicants import (
    AnotherName,
    ApplicantInput,
    find_or_create_applicant,
)
from motcua.foundation.identity.operations.mandates import give_mandate, revoke_mandate

ON_LINE = "Lập trực tuyến tại Cổng, xác thực bằng tài khoản định danh"


@transaction.atomic
def give_on_line(
    account: CitizenAccount,
    *,
    agent_name: str,
    agent_number: str,
    valid_from: date,
    valid_to: date,
    by: CitizenAccount,
    at: datetime,
    procedures: Sequence[str] = (),
    fields: Sequence[str] = (),
    key: UUID | None = None,
) -> Mandate:
    """Lập ủy quyền: the agent is found by number and name, and nothing is told of whose the number is. Raises InvalidInput.

    Legal: ND118-2025 Đ15; BLDS-2015 Đ138
    """
    if valid_from < local_date(at):
        raise InvalidInput({"valid_from": "Ủy quyền bắt đầu từ hôm nay trở đi."})
    agent = _agent(agent_name, agent_number, at)
    return give_mandate(
        principal=account.applicant, agent=agent, fields=fields, procedures=procedures, valid_from=valid_from,
        valid_to=valid_to, paper=ON_LINE, by=None, as_citizen=by.pk, key=key, at=at,
    )  # fmt: skip


@transaction.atomic
def end_on_line(
    account: CitizenAccount, *, mandate_id: UUID, reason: str, by: CitizenAccount, at: datetime
) -> Mandate:
    """Thu hồi, hoặc từ bỏ: by either of the two; nobody else learns that it exists. Raises DomainError."""
    mandate = Mandate.objects.about(account.applicant).filter(pk=mandate_id).first()
    if mandate is None:
        raise DomainError("Không có ủy quyền này trong danh sách của bạn.")
    return revoke_mandate(mandate_id=mandate_id, reason=reason, by=None, as_citizen=by.pk, at=at)


def _agent(name: str, number: str, at: datetime) -> Applicant:
    known = Applicant.objects.filter(personal_number_key=number_key(number)).first() if number else None
    if known is not None and known.kind != Applicant.Kind.PERSON:
        raise InvalidInput({"agent_number": "Người được ủy quyền phải là một cá nhân."})
    try:
        return find_or_create_applicant(ApplicantInput(name=name, personal_number=number), by=None, at=at)
    except AnotherName:
        said = "Họ tên và số định danh này không khớp với nhau. Hãy xem lại thẻ Căn cước của người được ủy quyền."
        raise InvalidInput({"agent_number": said}) from None
    except InvalidInput as refusal:
        names = {"name": "agent_name", "personal_number": "agent_number"}
        raise InvalidInput({names.get(key, key): said for key, said in refusal.errors.items()}) from None
