"""Xóa hẳn: content that no document uses any more, such as the wrong paper that a clerk dropped again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from motcua.foundation.documents import content
from motcua.foundation.documents.models import Preview, StoredFile
from motcua.foundation.documents.operations.storing import one_at_a_time

REST = timedelta(days=1)


def forget_unused(*, at: datetime) -> int:
    """Xóa nội dung không còn ai dùng, once it has rested a day; returns how many files are gone.

    Each in its own transaction, so that a store that stops answering leaves whole what was not reached.
    """
    unused = StoredFile.objects.filter(documents=None, stored_at__lt=at - REST).order_by("id")
    return sum(_forget(sha256) for sha256 in unused.values_list("sha256", flat=True))


@transaction.atomic
def _forget(sha256: str) -> bool:
    one_at_a_time(sha256)
    file = StoredFile.objects.filter(sha256=sha256, documents=None).first()
    if file is None:  # somebody has uploaded the same meanwhile
        return False
    pictures = list(file.previews.values_list("sha256", flat=True))
    file.delete()
    for digest in sorted({sha256, *pictures}):
        one_at_a_time(digest)
        is_used = (
            Preview.objects.filter(sha256=digest).exists()
            or StoredFile.objects.filter(sha256=digest).exists()
        )
        if not is_used:
            content.forget(digest)
    return True
