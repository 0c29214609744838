"""Bổ sung trực tuyến: the applicant sends what was asked for; the counter looks, keeps what is good, says what is not.

What moment counts: the applicant is in time when they send in time, and once all is good the clock goes on from the
moment it was sent: the office cannot lengthen its own time by looking late. What is not good was not brought: the same
request goes on waiting, which is no second request. Legal: ND118-2025 Đ16.3, Đ17.2, Đ19.5
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from uuid import UUID, uuid5

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import DeliveryLooked, SupplementSent
from motcua.service.dossiers.models import DeliveredPaper, Delivery, Dossier, Supplement, SupplementItem
from motcua.service.dossiers.operations import interrupting
from motcua.service.dossiers.operations.supplementing import (
    BroughtIn,
    NothingAwaited,
    V,
    awaited,
    complete_supplement,
)
from motcua.service.dossiers.states import COMPLETE_SUPPLEMENT
from motcua.service.dossiers.telling import tell_owner

LONGEST_NOTE, LONGEST_WORDS, LONGEST_FAULT = 500, 1000, 500
MOST_FILES = 20


class AlreadySent(DomainError):
    """Đã gửi rồi: the counter is looking at it."""


@dataclass(frozen=True)
class Sent:
    """Một nội dung gửi lên: files, or words where words are what was asked for."""

    item_id: UUID
    document_ids: Sequence[UUID] = field(default_factory=tuple)
    words: str = ""


def delivery_key(supplement: Supplement) -> UUID:
    """Khóa của lần gửi tới: the same for every page that is open, so that what is sent twice is there once."""
    return uuid5(supplement.pk, str(supplement.deliveries.exclude(looked_at=None).count()))


def bucket_of(delivery_id: UUID, item_id: UUID) -> UUID:
    """What the files of one item belong to until the counter takes them in: found again on every device."""
    return uuid5(delivery_id, str(item_id))


def waiting_files(supplement: Supplement) -> Mapping[UUID, list[Document]]:
    """Tệp đã tải lên chờ gửi, by item."""
    key = delivery_key(supplement)
    buckets = {bucket_of(key, item): item for item in supplement.items.values_list("pk", flat=True)}
    found: dict[UUID, list[Document]] = {}
    for document in Document.objects.filter(subject_id__in=buckets).select_related("file").order_by("id"):
        if document.subject_id:
            found.setdefault(buckets[document.subject_id], []).append(document)
    return found


def keep_delivered(
    *, supplement: Supplement, item: SupplementItem, upload: IO[bytes] | File[bytes], name: str, at: datetime
) -> Document:
    """Lưu tệp bổ sung vừa tải lên, at once. Raises RefusedFile, InvalidInput when there are too many."""
    bucket = bucket_of(delivery_key(supplement), item.pk)
    if Document.objects.filter(subject_id=bucket).count() >= MOST_FILES:
        raise InvalidInput({f"file-{item.pk}": f"Mỗi mục gửi tối đa {MOST_FILES} tệp."})
    facts = PaperFacts(title=" ".join(item.name.split())[:LONGEST_WORDS][:500])
    return store(upload, name=name, by=None, at=at, subject_id=bucket, facts=facts)


@transaction.atomic
def send_supplement(
    *,
    dossier_id: UUID,
    sent: Sequence[Sent],
    at: datetime,
    account_id: UUID | None = None,
    note: str = "",
) -> Delivery:
    """Gửi phần bổ sung: by the applicant, whom the caller has recognised; all at once or in parts.

    Files belong to the delivery until the counter takes them in. Raises IllegalMove, NothingAwaited, AlreadySent,
    AnsweredTooLate, InvalidInput. Legal: ND118-2025 Đ19.5
    """
    dossier = Dossier.objects.lock(dossier_id)
    COMPLETE_SUPPLEMENT.check(dossier.state)
    supplement = _awaited(dossier)
    calendar, regime = interrupting.rules_of(dossier)
    clock.check_supplement_answer(supplement.asked_at, calendar, regime, at=at)
    delivery_id = delivery_key(supplement)
    if supplement.deliveries.filter(looked_at=None).exists():
        raise AlreadySent(
            f"Phần bổ sung của hồ sơ {dossier.code} đã gửi, đang chờ Một cửa xem. Có kết quả bạn được báo ngay."
        )
    lacking = {item.pk: item for item in supplement.items.exclude(verdict=V.FINE).filter(brought_at=None)}
    given = [one for one in sent if one.document_ids or one.words.strip()]
    if not given or any(one.item_id not in lacking for one in given):
        raise InvalidInput({"items": "Chưa có gì để gửi. Hãy tải lên giấy tờ được yêu cầu."})
    delivery = Delivery.objects.create(
        id=delivery_id,
        dossier=dossier,
        supplement=supplement,
        sent_at=at,
        account_id=account_id,
        note=tidy(note)[:LONGEST_NOTE],
        answer_due_at=_answer_due(dossier, at),
    )
    for one in given:
        paper = DeliveredPaper.objects.create(
            delivery=delivery, item=lacking[one.item_id], words=one.words.strip()[:LONGEST_WORDS]
        )
        mine = Document.objects.filter(
            pk__in=one.document_ids, subject_id=bucket_of(delivery.pk, one.item_id)
        )
        paper.documents.set(mine)
    events.record(
        SupplementSent(
            subject_id=dossier.pk,
            actor_id=account_id,
            at=at,
            supplement=supplement.pk,
            delivery=delivery.pk,
            sent=[lacking[one.item_id].name for one in given],
            lacking=[item.name for key, item in lacking.items() if key not in {one.item_id for one in given}],
        )
    )
    return delivery


@transaction.atomic
def look_at_delivery(*, delivery_id: UUID, faults: Mapping[UUID, str], by: User, at: datetime) -> Supplement:
    """Xem phần bổ sung: what has no fault is taken in as brought when it was sent; what has one is said to the applicant.

    `faults`: by the key of the delivered paper. Raises Forbidden, Stale, InvalidInput. Legal: ND118-2025 Đ17.2, Đ19.5
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id, looked_at=None).first()
    if delivery is None:
        raise DomainError("Phần bổ sung này đã được xem. Hãy tải lại trang.")
    dossier = interrupting.at_counter(delivery.dossier_id, by=by, at=at)
    supplement = _awaited(dossier)
    delivery.looked_at, delivery.looked_by = at, by
    delivery.save(update_fields=["looked_at", "looked_by"])
    papers = list(delivery.papers.select_related("item").prefetch_related("documents"))
    for paper in papers:
        paper.fault = tidy(faults.get(paper.pk, ""))[:LONGEST_FAULT]
    DeliveredPaper.objects.bulk_update(papers, ["fault"])
    good = [paper for paper in papers if not paper.fault]
    bad = [paper for paper in papers if paper.fault]
    events.record(
        DeliveryLooked(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            delivery=delivery.pk,
            good=[paper.item.name for paper in good],
            bad=[f"{paper.item.name}: {paper.fault}" for paper in bad],
        )
    )
    if good:
        keys = [document.pk for paper in good for document in paper.documents.all()]
        Document.objects.filter(pk__in=keys).update(subject_id=dossier.pk)
        supplement = complete_supplement(
            dossier_id=dossier.pk,
            brought=[
                BroughtIn(paper.item_id, [document.pk for document in paper.documents.all()])
                for paper in good
            ],
            by=by,
            at=at,
            note="; ".join(f"{paper.item.name}: {paper.words}" for paper in good if paper.words),
            arrived_at=delivery.sent_at,
        )
    if supplement.completed_at is None:
        _tell_what_is_left(dossier, supplement, bad, by=by, at=at)
    return supplement


def _answer_due(dossier: Dossier, at: datetime) -> datetime | None:
    """Một cửa phải xem trước: the time that the law gives to answer what comes on line."""
    hours = regime_on(local_date(at)).online_answer_hours
    if hours is None:
        return None
    return add_working_minutes(at, hours * 60, work_calendar(dossier.reception_agency_id, local_date(at)))


def _awaited(dossier: Dossier) -> Supplement:
    supplement = awaited(dossier)
    if supplement is None:
        raise NothingAwaited(f"Hồ sơ {dossier.code} không có yêu cầu bổ sung nào đang chờ.")
    return supplement


def _tell_what_is_left(
    dossier: Dossier, supplement: Supplement, bad: Sequence[DeliveredPaper], *, by: User, at: datetime
) -> None:
    why = {paper.item_id: paper.fault for paper in bad}
    left = supplement.items.exclude(verdict=V.FINE).filter(brought_at=None)
    said = "; ".join(f"{item.name}: {why.get(item.pk) or item.instruction}" for item in left)
    tell_owner(
        dossier,
        kind="SUPPLEMENT_LEFT",
        title=f"Hồ sơ {dossier.code} còn thiếu phần bổ sung",
        text=f"Hồ sơ {dossier.code} ({dossier.matter}): phần bổ sung bạn gửi còn thiếu hoặc chưa đạt. {said}.",
        by=by,
        at=at,
    )
