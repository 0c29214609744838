"""Dọn tệp bổ sung không gửi of a filing that no longer waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from motcua.service.dossiers.operations.unsent import forget_in
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.submitting import MOST_FILES, waiting_bucket
from motcua.service.filing.states import State

LOOKED_BACK = timedelta(days=180)


def forget_unsent(at: datetime) -> int:
    """Dọn: what was uploaded for an earlier request, or for one that was answered otherwise. Returns how many files."""
    asked = Filing.objects.filter(supplements__gt=0, submitted_at__gt=at - LOOKED_BACK).prefetch_related(
        "parts"
    )
    buckets = []
    for filing in asked:
        waits, last = filing.state == State.SUPPLEMENT_ASKED, filing.supplements
        keys = [str(part.pk) for part in filing.parts.all()]
        keys += [f"them-{place}" for place in range(1, MOST_FILES + 1)]
        numbers = range(last if waits else last + 1)
        buckets += [waiting_bucket(filing, key, number) for number in numbers for key in keys]
    return forget_in(buckets, at)
