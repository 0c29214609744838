"""Quét vi-rút: ask the scanner, keep its verdict, quarantine what is infected. Saving never waits for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.foundation.documents import clamd, content
from motcua.foundation.documents.clamd import ScannerUnavailable, Verdict
from motcua.foundation.documents.events import DocumentQuarantined
from motcua.foundation.documents.models import Document, PreviewState, ScanState, StoredFile


def scan_file(file: StoredFile, *, address: str, at: datetime) -> StoredFile:
    """Quét một tệp: read it through clamd and keep the verdict.

    Raises ScannerUnavailable (the file is then FAILED, to be tried again), FileNotFoundError.
    """
    try:
        with content.opened(file.sha256) as stream:
            verdict = clamd.scan(stream, address=address)
    except (ScannerUnavailable, FileNotFoundError) as error:
        _remember_failure(file, str(error), at)
        raise
    return keep_verdict(file_id=file.pk, verdict=verdict, at=at)


@transaction.atomic
def keep_verdict(*, file_id: int, verdict: Verdict, at: datetime) -> StoredFile:
    """Ghi kết quả quét: and quarantine every document of an infected file, each once, each with its event."""
    file = StoredFile.objects.select_for_update().get(pk=file_id)
    file.scan_state = ScanState.CLEAN if verdict.is_clean else ScanState.INFECTED
    file.scan_note = verdict.signature[:300]
    file.scanned_at = at
    file.save(update_fields=["scan_state", "scan_note", "scanned_at"])
    if not verdict.is_clean:
        file.preview_state = PreviewState.NONE
        file.save(update_fields=["preview_state"])
        quarantine(file, at=at)
    return file


@transaction.atomic
def quarantine(file: StoredFile, *, at: datetime) -> None:
    """Cách ly: tell of every use of an infected file that has not been told of yet."""
    uses = (
        Document.objects.select_for_update(of=("self",)).filter(file=file, quarantined_at=None).order_by("id")
    )
    for document in uses:
        document.quarantined_at = at
        document.save(update_fields=["quarantined_at"])
        events.record(
            DocumentQuarantined(
                subject_id=document.pk,
                actor_id=None,
                at=at,
                name=document.name,
                signature=file.scan_note,
                subject=document.subject_id,
                uploaded_by=document.uploaded_by_id,
            )
        )


def give_up_scan(*, file_id: int) -> None:
    """Không có máy quét: what waited for a scanner that is not configured any more waits no longer."""
    waiting = StoredFile.objects.filter(pk=file_id, scan_state__in=[ScanState.PENDING, ScanState.FAILED])
    waiting.update(scan_state=ScanState.NOT_SCANNED, scan_note="")


def _remember_failure(file: StoredFile, reason: str, at: datetime) -> None:
    waiting = StoredFile.objects.filter(pk=file.pk).exclude(
        scan_state__in=[ScanState.CLEAN, ScanState.INFECTED]
    )
    waiting.update(scan_state=ScanState.FAILED, scan_note=reason[:300], scanned_at=at)
