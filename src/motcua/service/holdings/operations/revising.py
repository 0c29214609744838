"""Sửa đợt số hóa: change its measure, close it early, open it again, strike an item off, put it back; each says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.holdings.events import (
    CampaignChanged,
    CampaignClosed,
    CampaignReopened,
    ItemPutBack,
    ItemStruck,
)
from motcua.service.holdings.models import Campaign, CampaignChange, CampaignItem
from motcua.service.holdings.operations.campaigning import (
    locked_item,
    refuse_closed,
)
from motcua.service.holdings.states import State
from motcua.service.procedures.models import Procedure

LABELS = {
    "target": "số kết quả phải số hóa",
    "ends_on": "phải xong trước",
    "responsible": "người phụ trách",
    "procedure": "thủ tục",
}
STRIKABLE = {State.OPEN, State.SCANNED, State.READ}  # nobody has given their word for it yet


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Những gì sửa được của một đợt."""

    target: int
    ends_on: date
    responsible: User
    procedure: Procedure | None


@transaction.atomic
def change_campaign(*, campaign_id: UUID, given: Measure, reason: str, by: User, at: datetime) -> Campaign:
    """Sửa đợt: what is the same as before is no change. Raises Forbidden, DomainError, InvalidInput."""
    campaign = _locked(campaign_id, by, at)
    refuse_closed(campaign)
    kept = campaign.items.kept().count()
    wrong = {}
    if given.target < max(kept, 1):
        wrong["target"] = (
            f"Đã có {kept} kết quả vào kho, số phải số hóa không thấp hơn thế."
            if kept
            else "Hãy ghi số kết quả phải số hóa."
        )
    if given.ends_on < campaign.begins_on:
        wrong["ends_on"] = f"Ngày xong không trước ngày bắt đầu ({campaign.begins_on:%d/%m/%Y})."
    if wrong:
        raise InvalidInput(wrong)
    changes = _changes(campaign, given)
    if not changes:
        return campaign
    why = _why(reason)
    campaign.target, campaign.ends_on = given.target, given.ends_on
    campaign.responsible, campaign.procedure = given.responsible, given.procedure
    campaign.save(update_fields=list(LABELS))
    CampaignChange.objects.create(campaign=campaign, changes=changes, reason=why, at=at, by=by)
    events.record(CampaignChanged(subject_id=campaign.pk, actor_id=by.pk, at=at, changes=changes, reason=why))
    return campaign


@transaction.atomic
def close_campaign(*, campaign_id: UUID, reason: str, by: User, at: datetime) -> Campaign:
    """Đóng đợt: nothing more is planned or begun; what was begun may be finished. Raises Forbidden, InvalidInput."""
    campaign = _locked(campaign_id, by, at)
    if campaign.closed_at:
        return campaign
    why, kept = _why(reason), campaign.items.kept().count()
    campaign.closed_at = at
    _written(campaign, "đóng đợt", why, by, at)
    events.record(
        CampaignClosed(
            subject_id=campaign.pk, actor_id=by.pk, at=at, kept=kept, left=max(campaign.target - kept, 0), reason=why
        )
    )  # fmt: skip
    return campaign


@transaction.atomic
def reopen_campaign(*, campaign_id: UUID, reason: str, by: User, at: datetime) -> Campaign:
    """Mở lại đợt đã đóng. Raises Forbidden, InvalidInput."""
    campaign = _locked(campaign_id, by, at)
    if campaign.closed_at is None:
        return campaign
    why = _why(reason)
    campaign.closed_at = None
    _written(campaign, "mở lại đợt", why, by, at)
    events.record(CampaignReopened(subject_id=campaign.pk, actor_id=by.pk, at=at, reason=why))
    return campaign


@transaction.atomic
def strike_item(*, item_id: UUID, reason: str, by: User, at: datetime) -> CampaignItem:
    """Gạch khỏi kế hoạch: not found, issued twice, written down by mistake; until an officer has confirmed its scan.

    Raises Forbidden, DomainError, InvalidInput.
    """
    item = locked_item(item_id, by, at)
    if item.struck_at:
        return item
    last = item.digitisations.select_for_update().order_by("-started_at", "-id").first()
    if item.kept_at or (last and last.state not in STRIKABLE):
        raise DomainError(f"Kết quả số {item.number} đã được xác nhận nên không gạch được nữa.")
    item.struck_at, item.struck_by, item.struck_reason = at, by, _why(reason)
    item.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    events.record(
        ItemStruck(
            subject_id=item.campaign_id, actor_id=by.pk, at=at, item=item.pk, reason=item.struck_reason
        )
    )
    return item


@transaction.atomic
def put_back_item(*, item_id: UUID, by: User, at: datetime) -> CampaignItem:
    """Đưa lại vào kế hoạch, unless another campaign plans it by now. Raises Forbidden, DomainError."""
    Campaign.objects.filter(items=item_id).lock_alike()
    item = locked_item(item_id, by, at)
    if item.struck_at is None:
        return item
    elsewhere = CampaignItem.objects.same_number(item.campaign, [item.number_folded]).planned()
    if other := elsewhere.exclude(campaign=item.campaign).first():
        raise DomainError(f"Số {item.number} đã có ở đợt “{other.campaign.name}”.")
    item.struck_at, item.struck_by, item.struck_reason = None, None, ""
    item.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    events.record(ItemPutBack(subject_id=item.campaign_id, actor_id=by.pk, at=at, item=item.pk))
    return item


def _changes(campaign: Campaign, given: Measure) -> list[dict[str, str]]:
    """What differs, as people read it."""

    def shown(value: object) -> str:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value) if value else "chưa chọn"

    return [
        {"name": label, "before": shown(getattr(campaign, name)), "after": shown(getattr(given, name))}
        for name, label in LABELS.items()
        if getattr(campaign, name) != getattr(given, name)
    ]


def _written(campaign: Campaign, what: str, why: str, by: User, at: datetime) -> None:
    """Closed or open as it stands, and who has decided so."""
    campaign.save(update_fields=["closed_at"])
    changes = [{"name": what, "before": "", "after": ""}]
    CampaignChange.objects.create(campaign=campaign, changes=changes, reason=why, at=at, by=by)


def _why(reason: str) -> str:
    why = tidy(reason)[:300]
    if not why:
        raise InvalidInput({"reason": "Hãy ghi lý do."})
    return why


def _locked(campaign_id: UUID, by: User, at: datetime) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",)).select_related(
        "agency", "procedure", "responsible"
    )
    campaign = rows.filter(pk=campaign_id).first()
    if campaign is None:
        raise DomainError("Không tìm thấy đợt số hóa này.")
    access_of(by, at).require(Permission.ASSIGN, campaign.agency_id)
    return campaign
