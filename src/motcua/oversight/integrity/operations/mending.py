"""Sửa sai lệch: the one safe act that belongs to an invariant, pressed by a person, told in the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.oversight.integrity.events import DossierMended, FindingMended
from motcua.oversight.integrity.invariants import BY_CODE
from motcua.oversight.integrity.models import Finding


class NoRemedy(DomainError):
    """Không có cách sửa bằng một nút bấm."""


class NotMended(DomainError):
    """Đã thử sửa nhưng sai lệch vẫn còn."""


@transaction.atomic
def mend(*, finding_id: UUID, by: User, at: datetime) -> Finding:
    """Sửa: do the remedy of the finding's invariant, and see that the breach is gone; otherwise nothing is changed.

    Raises Forbidden, Stale, NoRemedy, NotMended.
    """
    finding = Finding.objects.select_for_update(of=("self",)).filter(pk=finding_id).first()
    if finding is None or finding.gone_at is not None:
        raise Stale("Sai lệch này đã hết. Hãy tải lại trang.")
    access_of(by, at).require(Permission.MEND_INTEGRITY, finding.agency_id)
    invariant = BY_CODE.get(finding.code)
    if invariant is None or invariant.remedy is None:
        raise NoRemedy("Sai lệch này không sửa được bằng một nút bấm. Hãy làm theo hướng dẫn trên trang.")
    invariant.remedy.act(finding.key, by, at)
    if any(breach.key == finding.key for breach in invariant.find(at)):
        raise NotMended(
            f"Đã thử “{invariant.remedy.label.lower()}” nhưng sai lệch vẫn còn, nên không thay đổi gì. "
            f"{invariant.advice}"
        )
    finding.gone_at, finding.mended_by = at, by
    finding.save(update_fields=["gone_at", "mended_by"])
    if finding.dossier_id:
        events.record(
            DossierMended(
                subject_id=finding.dossier_id,
                actor_id=by.pk,
                at=at,
                code=finding.code,
                remedy=invariant.remedy.label,
                note=finding.detail,
            )
        )
    else:
        events.record(
            FindingMended(
                subject_id=finding.pk,
                actor_id=by.pk,
                at=at,
                code=finding.code,
                remedy=invariant.remedy.label,
                about=finding.label,
            )
        )
    return finding
