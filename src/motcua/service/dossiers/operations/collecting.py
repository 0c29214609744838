"""Tiền của hồ sơ: what was collected for it so far, written down when money comes or goes back."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from motcua.service.dossiers.models import Dossier


def add_collected(*, dossier_id: UUID, amount: int) -> bool:
    """Ghi thêm (or, negative, take off) what was collected; the caller tells the event. False: no such dossier yet."""
    return bool(Dossier.objects.filter(pk=dossier_id).update(fee_amount=F("fee_amount") + amount))
