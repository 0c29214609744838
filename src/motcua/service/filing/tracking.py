"""Theo dõi hồ sơ trực tuyến: what its applicant sees until it is taken in; by code and fact, or by account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.ledger.models import Line
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tracking import Milestone, knows
from motcua.service.filing.models import Filing, FilingPart
from motcua.service.filing.states import State

PUBLIC_LABELS = {
    "FilingSubmitted": "Bạn đã nộp hồ sơ trực tuyến",
    "OfficerAlerted": "Đã báo công chức có hồ sơ mới",
    "FilingSupplementAsked": "Công chức yêu cầu bạn bổ sung",
    "FilingSupplemented": "Bạn đã gửi phần bổ sung",
    "FilingRefused": "Hồ sơ không được tiếp nhận",
    "FilingMisaddressed": "Hồ sơ gửi nhầm nơi",
    "FilingAccepted": "Đã tiếp nhận hồ sơ",
    "FilingWithdrawn": "Bạn đã rút hồ sơ",
    "FilingContactChanged": "Bạn đã đổi thông tin liên hệ",
}
MOST_NOTICES = 20
NAMES = (
    "applicant", "representative", "offering__procedure", "offering__agency", "offering__unit", "reception_agency", "case",
    "dossier",
)  # fmt: skip


@dataclass(frozen=True)
class FilingTracking:
    """Tình hình hồ sơ trực tuyến."""

    filing: Filing
    milestones: tuple[Milestone, ...]
    notices: tuple[Notice, ...]
    parts: tuple[FilingPart, ...]

    @property
    def wanted(self) -> list[FilingPart]:
        """Giấy tờ phải sửa hoặc nộp thêm."""
        return [part for part in self.parts if part.verdict in {"ADD", "MEND"}]

    @property
    def missing(self) -> list[str]:
        """Những gì chưa gửi mà công chức yêu cầu: the lines that name none of the parts."""
        said = {f"{part.name}: {part.instruction}" for part in self.wanted}
        return [reason for reason in self.filing.reasons if reason not in said]

    @property
    def on_paper(self) -> list[FilingPart]:
        """Bản giấy còn phải đến."""
        return [part for part in self.parts if part.is_still_to_come]

    @property
    def is_open(self) -> bool:
        return self.filing.state in {State.SUBMITTED, State.SUPPLEMENT_ASKED}


def found_by_fact(*, code: str, fact: str) -> Filing | None:
    """Tra cứu by the number of the filing and four digits of whoever it is about; None: one of the two is wrong."""
    filing = Filing.objects.select_related(*NAMES).filter(code=code.strip().upper()).first()
    people = [one for one in (filing.applicant, filing.representative) if one] if filing else []
    if filing and filing.contact_phone:
        people.append(Applicant(phone=filing.contact_phone))
    return filing if knows(people, fact) else None


def filing_with(code: str) -> Filing | None:
    found: Filing | None = Filing.objects.select_related(*NAMES).filter(code=code.strip().upper()).first()
    return found


def describe_filing(filing: Filing) -> FilingTracking:
    """Tình hình của một hồ sơ trực tuyến, for whoever has shown that it is theirs."""
    return FilingTracking(
        filing=filing,
        milestones=milestones_of(filing),
        notices=tuple(Notice.objects.about(filing.pk)[:MOST_NOTICES]),
        parts=tuple(filing.parts.all()),
    )


def milestones_of(filing: Filing) -> tuple[Milestone, ...]:
    lines = [
        line
        for line in Line.objects.of(filing.pk).only("name", "at", "actor_id")
        if line.name in PUBLIC_LABELS
    ]
    names = dict(User.objects.filter(pk__in={line.actor_id for line in lines}).values_list("pk", "full_name"))
    return tuple(
        Milestone(
            PUBLIC_LABELS[line.name],
            line.at,
            names.get(line.actor_id, "") if line.actor_id else "",
            line.name,
        )
        for line in lines
    )


def belongs_to(filing: Filing, account_id: UUID | None) -> bool:
    """Của tài khoản này."""
    return account_id is not None and filing.account_id == account_id


def filed_from(dossier: Dossier) -> Filing | None:
    """Hồ sơ trực tuyến mà hồ sơ này bắt đầu từ đó."""
    found: Filing | None = Filing.objects.filter(dossier=dossier).first()
    return found


def when_told(filing: Filing, at: datetime) -> bool:
    """Đã quá giờ mà chưa trả lời."""
    return filing.state == State.SUBMITTED and filing.answer_due_at is not None and filing.answer_due_at < at
