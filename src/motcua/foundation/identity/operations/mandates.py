"""Ủy quyền làm thủ tục: who may act for whom, for what and until when; given, checked at the counter, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import new_id
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.events import MandateGiven, MandateRevoked
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.identity.permissions import Permission

LONGEST_DAYS = 3653  # ten years: a mandate for ever is no mandate that anybody remembers


class MandateRefused(DomainError):
    """Ủy quyền không dùng được: expired, revoked, of somebody else or out of scope."""


@transaction.atomic
def give_mandate(
    *,
    principal: Applicant,
    agent: Applicant,
    valid_from: date,
    valid_to: date,
    paper: str,
    by: User | None,
    at: datetime,
    fields: Sequence[str] = (),
    procedures: Sequence[str] = (),
    document_id: UUID | None = None,
    as_citizen: UUID | None = None,
    key: UUID | None = None,
) -> Mandate:
    """Ghi nhận ủy quyền: by the paper that the principal has signed, or on line by themselves (`as_citizen`: the account).

    `key`: of the form that was sent; sent twice, it gives one mandate. Raises Forbidden, InvalidInput.

    Legal: ND118-2025 Đ15; BLDS-2015 Đ138
    """
    if by is not None:
        access_of(by, at).require(Permission.RECEIVE)
    paper = tidy(paper)
    wrong: dict[str, str] = {}
    if principal.pk == agent.pk:
        wrong["agent"] = "Người được ủy quyền phải là người khác với người ủy quyền."
    if not paper:
        wrong["paper"] = "Hãy ghi giấy ủy quyền: số, ngày, nơi chứng thực."
    if valid_to < valid_from:
        wrong["valid_to"] = "Ngày hết hạn phải từ ngày bắt đầu trở đi."
    elif valid_to < local_date(at):
        wrong["valid_to"] = "Giấy ủy quyền này đã hết hạn. Hãy đề nghị lập giấy ủy quyền mới."
    elif valid_to - valid_from > timedelta(days=LONGEST_DAYS):
        wrong["valid_to"] = "Ủy quyền dài tối đa mười năm. Hãy xem lại ngày hết hạn."
    if wrong:
        raise InvalidInput(wrong)
    if key is not None and (known := Mandate.objects.filter(pk=key, principal=principal).first()):
        return known
    mandate = Mandate.objects.create(
        id=key or new_id(), principal=principal, agent=agent,
        fields=list(fields), procedures=list(procedures), valid_from=valid_from,
        valid_to=valid_to, paper=paper[:200], document_id=document_id, registered_at=at, registered_by=by,
    )  # fmt: skip
    events.record(
        MandateGiven(
            subject_id=principal.pk, actor_id=by.pk if by else as_citizen, at=at, mandate=mandate.pk, agent=agent.pk,
            fields=mandate.fields, procedures=mandate.procedures, valid_from=valid_from, valid_to=valid_to,
            paper=mandate.paper, told=[principal.pk, agent.pk],
        )
    )  # fmt: skip
    return mandate


@transaction.atomic
def revoke_mandate(
    *, mandate_id: UUID, reason: str, by: User | None, at: datetime, as_citizen: UUID | None = None
) -> Mandate:
    """Thu hồi ủy quyền: at once, with the reason. Raises Forbidden, DomainError when it is over already."""
    if by is not None:
        access_of(by, at).require(Permission.RECEIVE)
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do thu hồi, để hai bên đều biết."})
    if mandate.revoked_at or mandate.valid_to < local_date(at):
        raise DomainError("Ủy quyền này đã hết hiệu lực, không cần thu hồi nữa.")
    mandate.revoked_at, mandate.revoked_reason = at, tidy(reason)[:300]
    mandate.save(update_fields=["revoked_at", "revoked_reason"])
    events.record(
        MandateRevoked(
            subject_id=mandate.principal_id, actor_id=by.pk if by else as_citizen, at=at, mandate=mandate.pk,
            agent=mandate.agent_id, reason=mandate.revoked_reason, told=[mandate.principal_id, mandate.agent_id],
        )
    )  # fmt: skip
    return mandate


def refuse_unusable(
    mandate: Mandate, *, principal: Applicant, procedure: str, field: str, at: datetime
) -> None:
    """Kiểm tra ủy quyền at reception. Raises MandateRefused, saying why and what to do instead."""
    day = local_date(at)
    if mandate.principal_id != principal.pk:
        raise MandateRefused(
            "Giấy ủy quyền này của người khác. Hãy chọn đúng chủ hồ sơ hoặc ủy quyền khác.", field="mandate"
        )
    if mandate.revoked_at is not None and at >= mandate.revoked_at:
        raise MandateRefused(
            f"Ủy quyền đã bị thu hồi ngày {local_date(mandate.revoked_at):%d/%m/%Y}: {mandate.revoked_reason}. "
            "Chủ hồ sơ cần tự nộp hoặc lập giấy ủy quyền mới.",
            field="mandate",
        )
    if day > mandate.valid_to:
        raise MandateRefused(
            f"Ủy quyền đã hết hạn ngày {mandate.valid_to:%d/%m/%Y}. "
            "Hãy đề nghị lập giấy ủy quyền mới rồi ghi nhận lại, hoặc để chủ hồ sơ tự nộp.",
            field="mandate",
        )
    if day < mandate.valid_from:
        raise MandateRefused(
            f"Ủy quyền có hiệu lực từ ngày {mandate.valid_from:%d/%m/%Y}, chưa dùng được hôm nay. "
            "Hãy nộp từ ngày đó, hoặc để chủ hồ sơ tự nộp.",
            field="mandate",
        )
    if not mandate.covers(procedure=procedure, field=field):
        raise MandateRefused(
            f"Ủy quyền chỉ cho: {mandate.scope_in_words}; không gồm thủ tục {procedure}. "
            "Hãy lập giấy ủy quyền có thủ tục này, hoặc để chủ hồ sơ tự nộp.",
            field="mandate",
        )
