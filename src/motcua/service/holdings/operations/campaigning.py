"""Đợt số hóa kết quả cũ: open one, plan its items, say whose an item is, begin it, keep it. Legal: ND118-2025 Đ22.1"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.ids import new_id
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.holdings.events import CampaignOpened, DigitisationBegun, ItemHolderFound, ItemsPlanned
from motcua.service.holdings.finding import type_named
from motcua.service.holdings.models import Campaign, CampaignItem, Digitisation, HeldPaper, PaperMatch
from motcua.service.holdings.operations.keeping import PaperIn, keep
from motcua.service.holdings.states import State
from motcua.service.procedures.models import Procedure

OLDEST = 1945
MOST_NUMBER = 100


@dataclass(frozen=True, kw_only=True)
class CampaignIn:
    """Đợt mới as typed."""

    agency: Agency
    name: str
    title: str
    year_from: int
    year_to: int
    target: int
    decision: str
    responsible: User
    begins_on: date
    ends_on: date
    procedure: Procedure | None = None


@dataclass(frozen=True, kw_only=True)
class ItemIn:
    """Một kết quả cũ as typed or as a row of a sheet; `fault` is what could not be read of it."""

    number: str
    holder_name: str
    issued_on: date | None = None
    personal_number: str = ""
    birth: str = ""
    row: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Planned:
    """Kết quả ghi kế hoạch: how many came in, and of each row that did not, why."""

    added: int
    faults: Sequence[tuple[int, str]]


@transaction.atomic
def open_campaign(given: CampaignIn, *, by: User, at: datetime, campaign_id: UUID | None = None) -> Campaign:
    """Mở đợt, by who assigns work at the agency; sent twice it is one. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.ASSIGN, given.agency.pk)
    key = campaign_id or new_id()
    if earlier := Campaign.objects.filter(pk=key).first():
        return earlier
    wrong = {
        name: sentence
        for name, is_wrong, sentence in (
            ("name", not tidy(given.name), "Hãy đặt tên cho đợt."),
            ("title", not tidy(given.title), "Hãy ghi loại kết quả, ví dụ Giấy khai sinh."),
            ("decision", not tidy(given.decision), "Hãy ghi văn bản giao việc."),
            ("year_from", not OLDEST <= given.year_from <= local_date(at).year, f"Năm từ {OLDEST} đến nay."),
            (
                "year_to",
                not given.year_from <= given.year_to <= local_date(at).year,
                "Năm cuối không trước năm đầu.",
            ),
            ("target", given.target < 1, "Hãy ghi số kết quả phải số hóa."),
            ("ends_on", given.ends_on < given.begins_on, "Ngày xong không trước ngày bắt đầu."),
        )
        if is_wrong
    }
    if wrong:
        raise InvalidInput(wrong)
    campaign = Campaign.objects.create(
        id=key, agency=given.agency, name=tidy(given.name)[:200], title=tidy(given.title)[:300],
        procedure=given.procedure, year_from=given.year_from, year_to=given.year_to, target=given.target,
        decision=tidy(given.decision)[:200], responsible=given.responsible, begins_on=given.begins_on,
        ends_on=given.ends_on, opened_at=at, opened_by=by,
    )  # fmt: skip
    events.record(
        CampaignOpened(
            subject_id=key, actor_id=by.pk, at=at, name=campaign.name, target=campaign.target,
            ends_on=campaign.ends_on, decision=campaign.decision,
        )
    )  # fmt: skip
    return campaign


@transaction.atomic
def plan_items(*, campaign_id: UUID, items: Sequence[ItemIn], by: User, at: datetime) -> Planned:
    """Ghi vào kế hoạch: what is good comes in, each of the others says why; a number is planned once. Raises Forbidden."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("agency").get(pk=campaign_id)
    refuse_stranger(campaign, by, at)
    known = _known_numbers(campaign, items)
    added, faults = 0, []
    for item in items:
        number = fold(item.number)[:MOST_NUMBER]
        try:
            _refuse_item(item, number, known, campaign, at)
            with transaction.atomic():
                holder = _holder(item, by, at)
        except DomainError as refusal:
            sentence = (
                "; ".join(refusal.errors.values()) if isinstance(refusal, InvalidInput) else refusal.message
            )
            faults.append((item.row, sentence))
            continue
        CampaignItem.objects.create(
            campaign=campaign, number=tidy(item.number)[:MOST_NUMBER], number_folded=number,
            issued_on=item.issued_on, holder_name=tidy(item.holder_name)[:250], holder=holder, added_at=at,
            added_by=by,
        )  # fmt: skip
        known[number] = f"đã có trong đợt này{f', dòng {item.row}' if item.row else ''}"
        added += 1
    if added:
        events.record(
            ItemsPlanned(subject_id=campaign.pk, actor_id=by.pk, at=at, added=added, refused=len(faults))
        )
    return Planned(added, faults)


@transaction.atomic
def name_holder(*, item_id: UUID, personal_number: str, birth: str, by: User, at: datetime) -> CampaignItem:
    """Ghi chủ giấy tờ by personal number; before it is kept. Raises Forbidden, InvalidInput, AnotherName."""
    item = _locked(item_id, by, at)
    if item.kept_at:
        raise DomainError("Kết quả này đã vào kho nên không đổi chủ được nữa.")
    if not personal_number.strip():
        raise InvalidInput({"personal_number": "Hãy nhập số định danh cá nhân của chủ giấy tờ."})
    typed = ItemIn(number="", holder_name=item.holder_name, personal_number=personal_number, birth=birth)
    item.holder = _holder(typed, by, at)
    item.save(update_fields=["holder"])
    events.record(ItemHolderFound(subject_id=item.campaign_id, actor_id=by.pk, at=at, item=item.pk))
    return item


@transaction.atomic
def begin_item(*, item_id: UUID, by: User, at: datetime) -> Digitisation:
    """Bắt đầu số hóa một kết quả cũ: the open one, or a new one. Raises Forbidden, DomainError."""
    item = _locked(item_id, by, at)
    if item.kept_at:
        raise DomainError(f"Kết quả số {item.number} đã số hóa và vào kho.")
    earlier = Digitisation.objects.filter(item=item, state=State.OPEN).first()
    if earlier:
        return earlier
    begun = Digitisation.objects.create(item=item, started_by=by, started_at=at)
    events.record(DigitisationBegun(subject_id=begun.pk, actor_id=by.pk, at=at, item=item.pk))
    return begun


def keep_item(
    item: CampaignItem, document: Document, *, by_id: UUID, at: datetime, trust: str
) -> HeldPaper | None:
    """Vào kho của chủ giấy tờ; None while nobody is known whose it is. Part of the act that ends the digitisation."""
    if item.holder_id is None:
        return None
    campaign = item.campaign
    procedure_id, name = campaign.procedure_id, document.title or campaign.title
    kind = type_named(name, procedure_id=procedure_id, code=document.paper_type_code)
    held = keep(
        PaperIn(
            holder_id=item.holder_id, title=name, source=f"campaign:{item.pk}",
            provenance=HeldPaper.Provenance.CAMPAIGN, trust=trust,
            paper_type=kind or type_named(campaign.title, procedure_id=procedure_id, role=PaperMatch.Role.RESULT),
            number=document.number or item.number, issued_by=document.issuer or campaign.agency.name,
            issued_on=document.issued_on or item.issued_on, printed_until=document.valid_to,
            document_id=document.pk,
        ),
        by_id=by_id,
        at=at,
    )  # fmt: skip
    item.kept_at = at
    item.save(update_fields=["kept_at"])
    return held


def refuse_stranger(campaign: Campaign, by: User, at: datetime) -> None:
    """Chỉ người làm việc ở cơ quan của đợt. Raises Forbidden."""
    access = access_of(by, at)
    work = (Permission.RECEIVE, Permission.PROCESS, Permission.ASSIGN)
    if not any(access.may(permission, campaign.agency_id) for permission in work):
        raise Forbidden(
            f"Bạn chỉ được xem đợt “{campaign.name}”. Người làm việc ở {campaign.agency.name} mới số hóa."
        )


def _known_numbers(campaign: Campaign, items: Sequence[ItemIn]) -> dict[str, str]:
    """Số đã có: in this campaign, in another of the agency for the same results, and in the store."""
    numbers = {fold(item.number)[:MOST_NUMBER] for item in items}
    same = CampaignItem.objects.filter(number_folded__in=numbers, campaign__agency=campaign.agency_id)
    same = same.filter(campaign__title=campaign.title).select_related("campaign")
    return {
        one.number_folded: "đã có trong đợt này"
        if one.campaign_id == campaign.pk
        else f"đã có ở đợt “{one.campaign.name}”"
        for one in same
    }


def _refuse_item(item: ItemIn, number: str, known: dict[str, str], campaign: Campaign, at: datetime) -> None:
    if item.fault:
        raise DomainError(item.fault)
    if not number:
        raise DomainError("Thiếu số, ký hiệu của kết quả.")
    if number in known:
        raise DomainError(f"Số {tidy(item.number)} {known[number]}.")
    if not tidy(item.holder_name):
        raise DomainError("Thiếu tên người được cấp.")
    if item.issued_on and not campaign.year_from <= item.issued_on.year <= campaign.year_to:
        raise DomainError(
            f"Ngày cấp {item.issued_on:%d/%m/%Y} ngoài những năm của đợt ({campaign.year_from}–{campaign.year_to})."
        )


def _holder(item: ItemIn, by: User, at: datetime) -> Applicant | None:
    """Người có số ấy; without a number nobody is taken for anybody."""
    if not item.personal_number.strip():
        return None
    typed = ApplicantInput(name=item.holder_name, personal_number=item.personal_number, birth=item.birth)
    return find_or_create_applicant(typed, by=by, at=at)


def _locked(item_id: UUID, by: User, at: datetime) -> CampaignItem:
    rows = CampaignItem.objects.select_for_update(of=("self",)).select_related("campaign__agency")
    item = rows.filter(pk=item_id).first()
    if item is None:
        raise DomainError("Không tìm thấy kết quả này trong kế hoạch.")
    refuse_stranger(item.campaign, by, at)
    return item
