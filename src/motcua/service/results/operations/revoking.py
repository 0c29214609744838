"""Thu hồi kết quả: by a leader, with the reason and the number of the decision. The paper stays readable and says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from motcua.core import events
from motcua.core.errors import InvalidInput, Stale
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.events import ResultRevoked
from motcua.service.results.models import IssuedResult, SigningJob


@transaction.atomic
def revoke_result(
    *, issued_id: UUID, reason: str, decision_number: str, by: User, at: datetime
) -> IssuedResult:
    """Thu hồi kết quả. Raises Forbidden, InvalidInput, Stale."""
    issued = IssuedResult.objects.select_for_update(of=("self",)).select_related("agency").get(pk=issued_id)
    access_of(by, at).require(Permission.SIGN, issued.agency_id)
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do thu hồi; người giữ giấy và người xác thực đều đọc được."
    if not decision_number.strip():
        wrong["decision_number"] = "Hãy nhập số quyết định thu hồi."
    if wrong:
        raise InvalidInput(wrong)
    if issued.state != IssuedResult.State.VALID:
        raise Stale("Kết quả này không còn hiệu lực nên không thu hồi nữa. Hãy tải lại trang.")
    issued.state, issued.ended_at, issued.ended_by = IssuedResult.State.REVOKED, at, by
    issued.ended_reason, issued.decision_number = reason.strip()[:500], decision_number.strip()[:80]
    issued.save(update_fields=["state", "ended_at", "ended_by", "ended_reason", "decision_number"])
    undone = SigningJob.objects.filter(Q(issued=issued) | Q(source=issued.document_id))
    undone.filter(state__in=["WAITING", "FAILED"]).update(
        state="DROPPED"
    )  # nothing is signed into force any more
    events.record(
        ResultRevoked(
            subject_id=issued.dossier_id,
            actor_id=by.pk,
            at=at,
            paper_id=issued.paper_id,
            reason=issued.ended_reason,
            decision_number=issued.decision_number,
        )
    )
    return issued
