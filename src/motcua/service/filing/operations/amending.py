"""Tự sửa hồ sơ đã tiếp nhận: what its owner may change on line, and until when, by the rule of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core.errors import Forbidden, Stale
from motcua.core.time import local_date
from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.amending import OWN, amend_as_owner
from motcua.service.dossiers.states import AMEND, State
from motcua.service.filing.operations.drafting import rule_on

COURSE = [State.RECEIVED, State.TRANSFERRED, State.IN_WORK, State.DECIDED, State.SIGNED]


def amendable_now(dossier: Dossier, at: datetime) -> list[str]:
    """Mục còn sửa được lúc này; none once the result is signed, or while it is with somebody else's interruption."""
    if not AMEND.is_lawful_from(dossier.state):
        return []
    stands = reached(dossier.state)
    rule = rule_on(local_date(at)).amendable
    return [name for name in sorted(OWN & set(rule)) if stands < reached(rule[name])]


def reached(state: str) -> int:
    """How far along the usual course; what waits or is consulted about counts as being in work."""
    return COURSE.index(State(state)) if state in COURSE else COURSE.index(State.IN_WORK)


def is_own(dossier: Dossier, applicant: Applicant) -> bool:
    """Hồ sơ của người này, or filed by them."""
    return applicant.pk in {dossier.applicant_id, dossier.representative_id}


@transaction.atomic
def amend_own(
    *,
    dossier_id: UUID,
    wanted: Mapping[str, str],
    reason: str,
    applicant: Applicant,
    account_id: UUID,
    at: datetime,
) -> list[dict[str, str]]:
    """Sửa hồ sơ của mình. Returns what changed; the same twice changes nothing.

    Raises Forbidden (not theirs), Stale (too late for one of them), IllegalMove, InvalidInput. Legal: ND118-2025 Đ21
    """
    dossier = Dossier.objects.lock(dossier_id)
    if not is_own(dossier, applicant):
        raise Forbidden("Chỉ chủ hồ sơ hoặc người nộp thay sửa được hồ sơ này.")
    late = {name for name in wanted if getattr(dossier, name, None) != wanted[name]} - set(
        amendable_now(dossier, at)
    )
    if late:
        raise Stale(
            "Hồ sơ vừa sang bước khác nên có mục không tự sửa được nữa. Hãy nhắn cơ quan hoặc đến Một cửa."
        )
    return amend_as_owner(
        dossier_id=dossier_id,
        wanted=wanted,
        reason=reason,
        requested_by=applicant.name,
        account_id=account_id,
        at=at,
    )
