"""Ghi lượt xác thực: for the holder; who has asked is not kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.service.results.checking import Verdict
from motcua.service.results.models import ResultCheck


@transaction.atomic
def record_check(verdict: Verdict, *, at: datetime) -> None:
    """Ghi lượt xác thực of a paper of ours. It is no fact of the dossier, so the ledger does not hear of it."""
    if verdict.issued:
        ResultCheck.objects.create(issued=verdict.issued, at=at, way=verdict.way)
