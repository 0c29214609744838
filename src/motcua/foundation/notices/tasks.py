"""What the worker does with notices after the commit."""

from __future__ import annotations

from datetime import datetime

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.foundation.ledger.outbox import MOST_ATTEMPTS
from motcua.foundation.notices.channels import Undeliverable, gateway
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.sending import note_failure, note_sent, release


def deliver(fact: Fact) -> None:
    """Gửi: once more for each try of the outbox; what an address refuses, or what never gets through, has failed."""
    notice = Notice.objects.filter(pk=fact.subject_id, state=Notice.State.QUEUED).first()
    if notice is None:
        return
    try:
        gateway(notice.channel).send(notice)
    except Undeliverable as refusal:
        note_failure(notice_id=notice.pk, reason=str(refusal), is_last=True, at=now())
    except Exception as error:
        is_last = (notice.attempts + 1) % MOST_ATTEMPTS == 0
        note_failure(
            notice_id=notice.pk, reason=f"{type(error).__name__}: {error}", is_last=is_last, at=now()
        )
        raise
    else:
        note_sent(notice_id=notice.pk, reference=notice.reference, at=now())


def release_waiting(at: datetime) -> int:
    """Hết giờ yên lặng: everything whose hour has come; returns how many."""
    waiting = list(Notice.objects.to_release(at).values_list("pk", flat=True))
    return sum(release(notice_id=key, at=at) for key in waiting)
