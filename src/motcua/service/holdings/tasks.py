"""Việc sau khi ghi: the worker reads what was scanned and binds what was loaded. Each may be called again."""

from __future__ import annotations

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.foundation.identity.models import User
from motcua.service.holdings.operations.digitising import read
from motcua.service.holdings.operations.loading import bind_loaded


def read_letters(fact: Fact) -> None:
    """Đọc chữ of a PaperScanned."""
    read(digitisation_id=fact.subject_id, at=now())


def bind_pages(fact: Fact) -> None:
    """Ghép trang of a PaperLoaded, in the name of who has loaded it."""
    by = User.objects.get(pk=fact.actor_id)
    bind_loaded(digitisation_id=fact.subject_id, by=by, at=now())
