"""Dọn tệp bổ sung không gửi: uploaded for a supplement that ended without them; they were never the administration's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid5

from django.db.models import Q

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import discard_from
from motcua.foundation.documents.querysets import DocumentQuerySet
from motcua.service.dossiers.models import DeliveredPaper, Supplement
from motcua.service.dossiers.operations.delivering import bucket_of

REST = timedelta(days=1)
AT_ONCE = 2000  # places in one question
LOOKED_BACK = timedelta(days=60)  # a worker that stood still for weeks still finds them


def forget_unsent(at: datetime) -> int:
    """Dọn: a day after the supplement is complete or no longer awaited; what was sent stays. Returns how many files."""
    times = (at - LOOKED_BACK, at - REST)
    over = Supplement.objects.filter(Q(completed_at__range=times) | Q(closed_at__range=times))
    buckets = {
        bucket_of(uuid5(supplement.pk, str(number)), item.pk)
        for supplement in over.prefetch_related("items", "deliveries")
        for number in range(len(supplement.deliveries.all()) + 1)
        for item in supplement.items.all()
    }
    sent = DeliveredPaper.objects.filter(item__supplement__in=over).values("documents")
    return forget_in(buckets, at, Document.objects.exclude(pk__in=sent.exclude(documents=None)))


def forget_in(buckets: Iterable[UUID], at: datetime, among: DocumentQuerySet | None = None) -> int:
    """Bỏ what lies in these places since yesterday."""
    rows = Document.objects.all() if among is None else among
    old, left, gone = rows.filter(uploaded_at__lt=at - REST), iter(buckets), 0
    while some := list(islice(left, AT_ONCE)):
        found = list(old.filter(subject_id__in=some).values_list("pk", "subject_id"))
        for document_id, subject_id in found:
            assert subject_id is not None  # noqa: S101  it is one of these
            discard_from(document_id=document_id, subject_id=subject_id, at=at)
        gone += len(found)
    return gone
