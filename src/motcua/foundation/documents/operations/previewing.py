"""Bản xem trước: draw the first pages after an upload, the others when somebody turns to them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence

from django.db import transaction

from motcua.core.errors import DomainError
from motcua.foundation.documents import content
from motcua.foundation.documents.content import Content
from motcua.foundation.documents.kinds import PDF
from motcua.foundation.documents.models import Preview, PreviewState, StoredFile
from motcua.foundation.documents.operations.storing import one_at_a_time
from motcua.foundation.documents.rendering import CannotShow, Drawn, Picture, draw_apart

FIRST_PAGES = 3


class NoPreview(DomainError):
    """Không xem trước được."""


def preview_first_pages(file: StoredFile) -> StoredFile:
    """Tạo bản xem trước: the first pages. A file that cannot be drawn is FAILED with its reason, and stays kept.

    Raises FileNotFoundError when the store has lost the content.
    """
    if file.preview_state != PreviewState.PENDING or file.is_infected:
        return file
    try:
        drawn = _draw(file, range(1, FIRST_PAGES + 1))
    except CannotShow as reason:
        file.preview_state, file.preview_note = PreviewState.FAILED, str(reason)[:300]
        file.save(update_fields=["preview_state", "preview_note"])
        return file
    _keep(file, drawn)
    return file


def page_preview(*, file: StoredFile, page: int) -> Preview:
    """Xem trước một trang: drawn now if nobody has turned to it before; `page` counts from 1.

    Raises NoPreview with the reason.
    """
    if file.is_infected:
        raise NoPreview("Tệp nhiễm mã độc, đã cách ly, nên không xem được.")
    ready = Preview.objects.filter(file=file, page=page).first()
    if ready:
        return ready
    if file.preview_state in {PreviewState.NONE, PreviewState.FAILED}:
        raise NoPreview(file.preview_note or f"Tệp {file.kind.label} không có bản xem trước. Tải về để xem.")
    try:
        drawn = _draw(file, [page])
    except CannotShow as reason:
        raise NoPreview(str(reason)) from None
    except FileNotFoundError:
        raise NoPreview("Kho tệp không còn nội dung này. Hãy báo người quản trị.") from None
    if not drawn.pictures:
        raise NoPreview(f"Tệp chỉ có {drawn.page_count} trang.")
    _keep(file, drawn)
    return Preview.objects.get(file=file, page=page)


def _draw(file: StoredFile, pages: Sequence[int]) -> Drawn:
    with content.opened(file.sha256) as stream:
        return draw_apart(stream, is_pdf=file.kind is PDF, pages=pages)


@transaction.atomic
def _keep(file: StoredFile, drawn: Drawn) -> None:
    images = {picture.page: _content(picture) for picture in drawn.pictures}
    for image in sorted(
        images.values(), key=lambda image: image.sha256
    ):  # one order for all, so that none wait in a ring
        one_at_a_time(image.sha256)
        content.put(image)
    rows = [
        Preview(
            file=file,
            page=picture.page,
            sha256=images[picture.page].sha256,
            size=images[picture.page].size,
            width=picture.width,
            height=picture.height,
        )
        for picture in drawn.pictures
    ]
    Preview.objects.bulk_create(
        rows, ignore_conflicts=True
    )  # another reader may have turned to the same page
    file.page_count = drawn.page_count
    file.preview_state = PreviewState.READY
    file.preview_note = ""
    file.save(update_fields=["page_count", "preview_state", "preview_note"])


def _content(picture: Picture) -> Content:
    return Content(
        io.BytesIO(picture.content), hashlib.sha256(picture.content).hexdigest(), len(picture.content)
    )
