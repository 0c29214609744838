"""Định danh chủ giấy tờ: of an old result that was digitised by a name and a birth alone. Legal: ND118-2025 Đ19.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.identity.models import User
from motcua.service.holdings.events import ItemHolderFound
from motcua.service.holdings.models import CampaignItem, Digitisation
from motcua.service.holdings.operations.campaigning import (
    ItemIn,
    holder_of,
    locked_item,
    refuse_struck,
    written_birth,
)
from motcua.service.holdings.operations.digitising import put_away
from motcua.service.holdings.states import State


@transaction.atomic
def name_holder(*, item_id: UUID, personal_number: str, birth: str, by: User, at: datetime) -> CampaignItem:
    """Ghi chủ giấy tờ by personal number, until it is kept; what waits for nothing else goes into the store at once.

    Raises Forbidden, DomainError, InvalidInput, AnotherName.
    """
    item = locked_item(item_id, by, at)
    refuse_struck(item)
    if item.kept_at:
        raise DomainError("Kết quả này đã vào kho nên không đổi chủ được nữa.")
    if not personal_number.strip():
        raise InvalidInput({"personal_number": "Hãy nhập số định danh cá nhân của chủ giấy tờ."})
    item.holder_birth = written_birth(birth, at) or item.holder_birth
    typed = ItemIn(
        number="", holder_name=item.holder_name, personal_number=personal_number, birth=item.holder_birth
    )
    item.holder = holder_of(typed, by, at)
    item.save(update_fields=["holder", "holder_birth"])
    events.record(ItemHolderFound(subject_id=item.campaign_id, actor_id=by.pk, at=at, item=item.pk))
    last = _last(item)
    if last and last.document and item.holder:
        facts = replace(last.document.facts, holder_id=item.holder.pk)
        last.document = describe(document_id=last.document.pk, facts=facts, by=by, at=at)
        if last.state == State.AWAITING_HOLDER:
            put_away(last, by=by, at=at)
    return item


def _last(item: CampaignItem) -> Digitisation | None:
    rows = Digitisation.objects.select_for_update(of=("self",)).select_related("document")
    last = rows.filter(item=item).order_by("-started_at", "-id").first()
    if last:
        last.item = item
    return last
