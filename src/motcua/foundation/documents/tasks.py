"""What happens to a document after the commit. The worker calls these; they may be called again."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.foundation.documents.models import Document, ScanState, StoredFile
from motcua.foundation.documents.operations.arriving import forget_uploads
from motcua.foundation.documents.operations.forgetting import forget_unused
from motcua.foundation.documents.operations.phoning import forget_links
from motcua.foundation.documents.operations.previewing import preview_first_pages
from motcua.foundation.documents.operations.scanning import give_up_scan, quarantine, scan_file


def scan(fact: Fact) -> None:
    """Quét vi-rút the file of a DocumentStored; raises, to be tried again, while the scanner does not answer."""
    file = _file_of(fact)
    if file is None:
        return
    if file.is_infected:
        quarantine(file, at=now())
    elif file.scan_state != ScanState.CLEAN:
        if settings.CLAMAV:
            scan_file(file, address=settings.CLAMAV, at=now())
        else:
            give_up_scan(file_id=file.pk)


def make_preview(fact: Fact) -> None:
    """Tạo bản xem trước of the file of a DocumentStored."""
    file = _file_of(fact)
    if file is not None:
        preview_first_pages(file)


def _file_of(fact: Fact) -> StoredFile | None:
    document = Document.objects.select_related("file").filter(pk=fact.subject_id).first()
    return document.file if document else None  # discarded meanwhile


def forget_files(at: datetime) -> int:
    """Xóa hẳn content that no document uses any more, once it has rested."""
    return forget_unused(at=at)


def forget_broken_uploads(at: datetime) -> int:
    """Dọn tệp gửi dở whose sender has not come back."""
    return forget_uploads(at=at) + forget_links(at=at)
