"""Phân cấp, ủy quyền: who settles a procedure in whose place, for how long; the places where it is handed in follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import new_id
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.service.procedures.events import CompetenceEntrusted, EntrustmentEnded
from motcua.service.procedures.models import Entrustment, Offering
from motcua.service.procedures.operations.publishing import require_manager


class NothingToEntrust(DomainError):
    """Cơ quan giao không giải quyết thủ tục nào trong phạm vi này."""


@dataclass(frozen=True)
class Moved:
    """Một nơi thực hiện sẽ đổi: where it is handed in, who settles it until then, who from then on, and until when."""

    offering: Offering
    receiver: Agency
    valid_from: date
    valid_to: date | None

    @property
    def returns_on(self) -> date | None:
        """The day from which the giver settles it again."""
        return self.valid_to + timedelta(days=1) if self.valid_to else None


def preview(
    *,
    giver: Agency,
    receiver: Agency,
    valid_from: date,
    valid_to: date | None = None,
    fields: Sequence[str] = (),
    procedure_ids: Sequence[int] = (),
) -> list[Moved]:
    """Xem trước: the offerings of the giver that the receiver takes over, in the order of the catalogue."""
    wanted = Q(procedure__in=list(procedure_ids)) | Q(procedure__current__field__in=list(fields))
    offerings = (
        Offering.objects.settled_by(giver.pk, valid_from)
        .filter(wanted)
        .for_pages()
        .order_by("procedure__name_folded", "id")
    )
    return [Moved(offering, receiver, valid_from, valid_to) for offering in offerings]


@transaction.atomic
def entrust(
    *,
    kind: str,
    decision: str,
    decided_on: date,
    giver: Agency,
    receiver: Agency,
    valid_from: date,
    by: User | None,
    at: datetime,
    valid_to: date | None = None,
    fields: Sequence[str] = (),
    procedure_ids: Sequence[int] = (),
    signature: str = "",
) -> Entrustment:
    """Ghi sổ phân cấp, ủy quyền: from its first day the receiver settles; after its last the giver does again.

    Dossiers received before keep their agency. Raises Forbidden, InvalidInput, NothingToEntrust.
    Legal: ND63-2010 Đ8; ND118-2025 Đ17.5
    """
    require_manager(by, at)
    _refuse_unclear(kind, decision, giver, receiver, valid_from, valid_to, signature, decided_on)
    moves = preview(
        giver=giver, receiver=receiver, valid_from=valid_from, valid_to=valid_to, fields=fields,
        procedure_ids=procedure_ids,
    )  # fmt: skip
    if not moves:
        raise NothingToEntrust(
            f"{giver.name} không giải quyết thủ tục nào trong phạm vi này vào ngày {valid_from:%d/%m/%Y}. "
            "Hãy chọn thủ tục hoặc lĩnh vực khác.",
            field="procedures",
        )
    locked = Offering.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.offering.pk for one in moves]
    )
    list(locked.order_by("pk"))
    made = Entrustment.objects.create(
        id=new_id(), kind=kind, decision=tidy(decision), decided_on=decided_on, giver=giver, receiver=receiver,
        fields=list(fields), signature=tidy(signature), valid_from=valid_from, valid_to=valid_to, registered_at=at,
        registered_by=by,
    )  # fmt: skip
    procedures = {one.offering.procedure for one in moves}
    made.procedures.set(procedures)
    for one in moves:
        _hand_over(one, made)
    events.record(
        CompetenceEntrusted(
            subject_id=made.pk, actor_id=by.pk if by else None, at=at, kind=kind, decision=made.decision,
            giver=giver.pk, receiver=receiver.pk, procedures=sorted(procedure.code for procedure in procedures),
            signature=made.signature, valid_from=valid_from, valid_to=valid_to, offerings=len(moves),
        )
    )  # fmt: skip
    return made


@transaction.atomic
def end_entrustment(
    *, entrustment_id: UUID, on: date, reason: str, by: User | None, at: datetime
) -> Entrustment:
    """Chấm dứt trước hạn từ ngày `on`: the giver settles again from that day. Raises Forbidden, DomainError."""
    require_manager(by, at)
    made = Entrustment.objects.select_for_update(of=("self",)).get(pk=entrustment_id)
    last = on - timedelta(days=1)
    if not tidy(reason):
        raise DomainError("Hãy ghi lý do chấm dứt.", field="reason")
    if on <= local_date(at) or last < made.valid_from or (made.valid_to and made.valid_to <= last):
        raise DomainError(
            "Ngày chấm dứt phải sau hôm nay và nằm trong thời hạn của quyết định. Hãy chọn ngày khác.",
            field="on",
        )
    followed = list(
        made.offerings.select_for_update(of=("self",)).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last))
    )
    for offering in followed:
        planned = Offering.objects.filter(
            procedure=offering.procedure_id, agency=made.giver_id, receiving_agency=offering.receiving_agency_id,
            valid_from__gt=last,
        )  # fmt: skip
        if not planned.update(valid_from=on):
            _open(offering, agency_id=made.giver_id, valid_from=on, valid_to=None, decision=tidy(reason))
        offering.valid_to = last
        offering.save(update_fields=["valid_to"])
    made.valid_to, made.ended_at, made.ended_reason = last, at, tidy(reason)[:300]
    made.save(update_fields=["valid_to", "ended_at", "ended_reason"])
    events.record(
        EntrustmentEnded(
            subject_id=made.pk, actor_id=by.pk if by else None, at=at, decision=made.decision, last_day=last,
            reason=made.ended_reason,
        )
    )  # fmt: skip
    return made


def _hand_over(moved: Moved, made: Entrustment) -> None:
    """The giver's offering ends the day before, the receiver's begins; after its last day the giver's begins again."""
    old, until = moved.offering, moved.offering.valid_to
    old.valid_to = moved.valid_from - timedelta(days=1)
    if old.valid_to < old.valid_from:
        raise DomainError(
            f"{old.agency.name} mới giải quyết thủ tục {old.procedure.code} từ {old.valid_from:%d/%m/%Y}. "
            "Hãy chọn ngày bắt đầu sau đó.",
            field="valid_from",
        )
    old.save(update_fields=["valid_to"])
    _open(
        old, agency_id=made.receiver_id, valid_from=moved.valid_from, valid_to=moved.valid_to or until,
        decision=made.decision, made=made,
    )  # fmt: skip
    if moved.returns_on and (until is None or moved.returns_on <= until):
        _open(
            old, agency_id=made.giver_id, valid_from=moved.returns_on, valid_to=until, decision=old.decision
        )


def _open(
    like: Offering, *, agency_id: int, valid_from: date, valid_to: date | None, decision: str,
    made: Entrustment | None = None,
) -> None:  # fmt: skip
    Offering.objects.create(
        procedure_id=like.procedure_id, agency_id=agency_id, receiving_agency_id=like.receiving_agency_id,
        unit_id=like.unit_id, valid_from=valid_from, valid_to=valid_to, decision=decision[:250], entrustment=made,
    )  # fmt: skip


def _refuse_unclear(  # noqa: PLR0917  every field of the decision, each judged
    kind: str,
    decision: str,
    giver: Agency,
    receiver: Agency,
    valid_from: date,
    valid_to: date | None,
    signature: str,
    decided_on: date,
) -> None:
    wrong: dict[str, str] = {}
    if kind not in Entrustment.Kind.values:
        wrong["kind"] = "Hãy chọn phân cấp hoặc ủy quyền."
    if not tidy(decision):
        wrong["decision"] = "Hãy ghi số quyết định."
    if decided_on > valid_from:
        wrong["valid_from"] = "Không áp dụng trước ngày ban hành quyết định."
    if giver.pk == receiver.pk:
        wrong["receiver"] = "Cơ quan nhận phải khác cơ quan giao."
    if kind == Entrustment.Kind.AUTHORISED and valid_to is None:
        wrong["valid_to"] = "Ủy quyền phải có ngày hết hạn."
    if valid_to and valid_to < valid_from:
        wrong["valid_to"] = "Ngày cuối phải từ ngày đầu trở đi."
    if kind == Entrustment.Kind.AUTHORISED and not tidy(signature):
        wrong["signature"] = "Hãy ghi thể thức ký, ví dụ “TUQ. GIÁM ĐỐC”."
    if wrong:
        raise InvalidInput(wrong)
