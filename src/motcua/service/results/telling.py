"""Báo người giữ giấy: a revoked result is told to its holder in the transaction of the act."""

from __future__ import annotations

from motcua.core.events import Event
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.telling import tell_owner
from motcua.service.results.events import ResultRevoked


def tell_of_revocation(event: Event) -> None:
    """Kết quả bị thu hồi: why, by which decision, and whom to ask."""
    assert isinstance(event, ResultRevoked)  # noqa: S101  said in config/subscriptions.py
    dossier = Dossier.objects.select_related("applicant", "agency", "reception_agency").get(
        pk=event.subject_id
    )
    tell_owner(
        dossier,
        kind="REVOKED_RESULT",
        title=f"Kết quả hồ sơ {dossier.code} đã bị thu hồi",
        text=(
            f"Kết quả {event.paper_id} của hồ sơ {dossier.code} ({dossier.matter}) đã bị {dossier.agency.name} thu hồi "
            f"theo quyết định số {event.decision_number}. Lý do: {event.reason}. "
            f"Cần hỏi, hãy liên hệ {dossier.reception_agency.name}."
        ),
        by=User.objects.filter(pk=event.actor_id).first() if event.actor_id else None,
        at=event.at,
    )
