"""What the worker does with notices after the commit."""

from __future__ import annotations

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.foundation.ledger.outbox import MOST_ATTEMPTS
from motcua.foundation.notices.channels import Undeliverable, gateway
from motcua.foundation.notices.models import Notice


def deliver(fact: Fact) -> None:
    """Gửi: once more for each try of the outbox; what an address refuses, or what never gets through, has failed."""
    notice = Notice.objects.filter(pk=fact.subject_id, state=Notice.State.QUEUED).first()
    if notice is None:
        return
    notice.attempts += 1
    try:
        gateway(notice.channel).send(notice)
    except Undeliverable as refusal:
        notice.state, notice.last_error = Notice.State.FAILED, str(refusal)[:500]
    except Exception as error:
        is_last = notice.attempts % MOST_ATTEMPTS == 0
        notice.state = Notice.State.FAILED if is_last else Notice.State.QUEUED
        notice.last_error = f"{type(error).__name__}: {error}"[:500]
        notice.save(update_fields=["attempts", "state", "last_error"])
        raise
    else:
        notice.state, notice.sent_at, notice.last_error = Notice.State.SENT, now(), ""
    notice.save(update_fields=["attempts", "state", "sent_at", "last_error"])
