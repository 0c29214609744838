"""Nạp bản quét làm sẵn: a ZIP of PDFs, each named by the number of its old result; from there each walks the usual way.

The worker binds the pages and reads them; an officer confirms and signs each as if it had been scanned here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold
from motcua.foundation.documents import kinds
from motcua.foundation.documents.kinds import PDF, ZIP, WrongType
from motcua.foundation.documents.operations.arriving import ArrivedFile, cancel_upload
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.service.holdings.events import PaperLoaded, ScansLoaded
from motcua.service.holdings.models import Campaign, CampaignItem, Digitisation, ScanPage
from motcua.service.holdings.operations.campaigning import (
    begin_item,
    refuse_closed,
    refuse_stranger,
    refuse_undue,
)
from motcua.service.holdings.operations.digitising import CannotDigitise, finish_scan
from motcua.service.holdings.states import State

MOST_FILES = 300


@dataclass(frozen=True)
class Loaded:
    """Đã nạp: how many, and of each file that was not, why."""

    loaded: int
    faults: Sequence[tuple[str, str]]


@transaction.atomic
def load_scans(
    upload: IO[bytes] | File[bytes], *, campaign_id: UUID, name: str, by: User, at: datetime
) -> Loaded:
    """Nạp: what fits goes in, each of the others says why; the same ZIP again loads nothing twice.

    Raises Forbidden, DomainError, InvalidInput, RefusedFile.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("agency").get(pk=campaign_id)
    refuse_stranger(campaign, by, at)
    refuse_closed(campaign)
    items = _by_key(campaign)
    loaded, faults = 0, []
    for file_name, content in _files(upload, name):
        try:
            with transaction.atomic():
                _load(_item_of(file_name, items), content, file_name, by, at)
            loaded += 1
        except DomainError as refusal:
            faults.append((file_name, refusal.message))
    if isinstance(upload, ArrivedFile):
        cancel_upload(upload_id=upload.incoming_id)  # what was in it is stored by now
    events.record(
        ScansLoaded(subject_id=campaign.pk, actor_id=by.pk, at=at, loaded=loaded, refused=len(faults))
    )
    return Loaded(loaded, faults)


def bind_loaded(*, digitisation_id: UUID, by: User, at: datetime) -> None:
    """Ghép trang của bản đã nạp; what cannot be opened says so where it waits to be scanned again."""
    digitisation = Digitisation.objects.filter(pk=digitisation_id, state=State.OPEN).first()
    if digitisation is None:
        return
    try:
        finish_scan(digitisation_id=digitisation_id, by=by, at=at)
    except CannotDigitise as refusal:
        note = f"Bản quét nạp vào không dùng được: {refusal.message}"[:300]
        Digitisation.objects.filter(pk=digitisation_id).update(read_note=note)


def _load(item: CampaignItem, content: bytes, name: str, by: User, at: datetime) -> None:
    refuse_undue(item)
    last = item.digitisations.order_by("-started_at", "-id").first()
    if last and (last.state != State.OPEN or last.pages.exists()):
        raise DomainError(f"Kết quả số {item.number} đã có bản quét ({last.get_state_display().lower()}).")
    document = store(io.BytesIO(content), name=name, by=by, at=at)
    if document.file.kind is not PDF:
        raise WrongType(f"Tệp không phải PDF mà là {document.file.kind.label}.")
    digitisation = begin_item(item_id=item.pk, by=by, at=at)
    ScanPage.objects.create(digitisation=digitisation, position=1, document=document)
    events.record(
        PaperLoaded(subject_id=digitisation.pk, actor_id=by.pk, at=at, item=item.pk, document=document.pk)
    )


def _files(upload: IO[bytes] | File[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """The files of the ZIP with their last names; folders and what a system hides in it are left out."""
    upload.seek(0)
    if kinds.recognise(upload, size=getattr(upload, "size", 0) or 1, name=name) is not ZIP:
        raise InvalidInput({"scans": "Hãy chọn một tệp .zip chứa các tệp PDF."})
    with zipfile.ZipFile(upload) as packed:
        entries = [one for one in packed.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
        if len(entries) > MOST_FILES:
            raise InvalidInput(
                {
                    "scans": f"Mỗi lần nạp nhiều nhất {MOST_FILES} tệp, tệp này có {len(entries)}. Hãy chia nhỏ."
                }
            )
        for entry in entries:
            yield PurePosixPath(entry.filename).name, packed.read(entry)


def _is_hidden(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        parts[0] == "__MACOSX"
        or parts[-1].startswith(".")
        or parts[-1].lower() in {"thumbs.db", "desktop.ini"}
    )


def _by_key(campaign: Campaign) -> dict[str, list[CampaignItem]]:
    found: dict[str, list[CampaignItem]] = {}
    for item in campaign.items.all():
        item.campaign = campaign
        found.setdefault(_key(item.number), []).append(item)
    return found


def _item_of(file_name: str, items: dict[str, list[CampaignItem]]) -> CampaignItem:
    """The one result of that number. Raises DomainError."""
    number = PurePosixPath(file_name).stem
    found = items.get(_key(number), [])
    if len(found) == 1:
        return found[0]
    raise DomainError(
        f"Nhiều kết quả trong kế hoạch có số viết như “{number}”: hãy nạp từng kết quả."
        if found
        else f"Không có kết quả nào số “{number}” trong kế hoạch của đợt."
    )


def _key(number: str) -> str:
    """A number as a file may be named: "12/2003", "12-2003" and "12_2003" are one."""
    return "-".join(re.findall(r"[^\W_]+", fold(number)))
