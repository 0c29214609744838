"""Đợt số hóa kết quả cũ: open one, plan its items, begin an item, keep it. Legal: ND118-2025 Đ22.1"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from motcua.foundation.identity import checks
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.holdings.events import CampaignOpened, DigitisationBegun, ItemsPlanned
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
    campaign = Campaign.objects.filter(pk=campaign_id).lock_alike()[campaign_id]
    refuse_stranger(campaign, by, at)
    refuse_closed(campaign)
    known = known_numbers(campaign, {folded_number(item.number) for item in items})
    added, faults = 0, []
    for item in items:
        number = folded_number(item.number)
        try:
            _refuse_item(item, number, known, campaign)
            birth = written_birth(item.birth, at)
            with transaction.atomic():
                holder = holder_of(item, by, at)
        except DomainError as refusal:
            sentence = (
                "; ".join(refusal.errors.values()) if isinstance(refusal, InvalidInput) else refusal.message
            )
            faults.append((item.row, sentence))
            continue
        CampaignItem.objects.create(
            campaign=campaign, number=tidy(item.number)[:MOST_NUMBER], number_folded=number,
            issued_on=item.issued_on, holder_name=tidy(item.holder_name)[:250], holder_birth=birth, holder=holder,
            added_at=at, added_by=by,
        )  # fmt: skip
        known[number] = f"đã có trong đợt này{f', dòng {item.row}' if item.row else ''}"
        added += 1
    if added:
        events.record(
            ItemsPlanned(subject_id=campaign.pk, actor_id=by.pk, at=at, added=added, refused=len(faults))
        )
    return Planned(added, faults)


@transaction.atomic
def begin_item(*, item_id: UUID, by: User, at: datetime) -> Digitisation:
    """Bắt đầu số hóa một kết quả cũ: the open one, or a new one. Raises Forbidden, DomainError."""
    item = locked_item(item_id, by, at)
    refuse_undue(item)
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


def refuse_closed(campaign: Campaign) -> None:
    """Đợt đã đóng thì không ghi thêm, không bắt đầu thêm. Raises DomainError."""
    if campaign.closed_at:
        raise DomainError(f"Đợt “{campaign.name}” đã đóng. Hãy mở lại đợt trước.")


def refuse_undue(item: CampaignItem) -> None:
    """Không số hóa cái đã vào kho, đã gạch, hay của đợt đã đóng. Raises DomainError."""
    refuse_closed(item.campaign)
    refuse_struck(item)
    if item.kept_at:
        raise DomainError(f"Kết quả số {item.number} đã số hóa và vào kho.")


def refuse_struck(item: CampaignItem) -> None:
    """Raises DomainError."""
    if item.struck_at:
        raise DomainError(
            f"Kết quả số {item.number} đã gạch khỏi kế hoạch ({item.struck_reason}). Hãy đưa lại vào kế hoạch trước."
        )


def folded_number(number: str) -> str:
    """Số để so: two ways to write the same number are one."""
    return fold(number)[:MOST_NUMBER]


def known_numbers(campaign: Campaign, numbers: Collection[str]) -> dict[str, str]:
    """Số đã có, and where: in this campaign, or still planned in another of the agency for the same results."""
    known: dict[str, str] = {}
    for one in CampaignItem.objects.same_number(campaign, numbers):
        if one.campaign_id == campaign.pk:
            struck = (
                f" nhưng đã gạch ({one.struck_reason}); hãy đưa lại vào kế hoạch" if one.struck_at else ""
            )
            known[one.number_folded] = f"đã có trong đợt này{struck}"
        elif one.struck_at is None:
            known.setdefault(one.number_folded, f"đã có ở đợt “{one.campaign.name}”")
    return known


def written_birth(typed: str, at: datetime) -> str:
    """Ngày sinh hoặc năm sinh, the same way each time; "" when nothing is known. Raises DomainError."""
    if not typed.strip():
        return ""
    day, year = checks.birth(typed, on=local_date(at))
    return f"{day:%d/%m/%Y}" if day else str(year)


def holder_of(item: ItemIn, by: User, at: datetime) -> Applicant | None:
    """Người có số ấy; without a number nobody is taken for anybody."""
    if not item.personal_number.strip():
        return None
    typed = ApplicantInput(name=item.holder_name, personal_number=item.personal_number, birth=item.birth)
    return find_or_create_applicant(typed, by=by, at=at)


def locked_item(item_id: UUID, by: User, at: datetime) -> CampaignItem:
    """Lock it for somebody who works in its campaign. Raises Forbidden, DomainError."""
    rows = CampaignItem.objects.select_for_update(of=("self",)).select_related("campaign__agency")
    item = rows.filter(pk=item_id).first()
    if item is None:
        raise DomainError("Không tìm thấy kết quả này trong kế hoạch.")
    refuse_stranger(item.campaign, by, at)
    return item


def _refuse_item(item: ItemIn, number: str, known: dict[str, str], campaign: Campaign) -> None:
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
