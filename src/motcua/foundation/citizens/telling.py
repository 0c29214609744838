"""Ai đã xem dữ liệu của tôi: the ledger's lines about one applicant and one account, in plain words for their owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.core.time import local_date
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.models import Applicant, Membership, User
from motcua.foundation.ledger.models import Line

MOST_LOOKS = 100
LOOKED = {
    "PersonalNumberSeen": "Xem đủ số định danh của bạn",
    "ApplicantCreated": "Ghi thông tin của bạn vào hệ thống",
    "ApplicantUpdated": "Sửa thông tin của bạn",
    "DossierOpened": "Mở hồ sơ của bạn để xem",
    "MandateGiven": "Ghi nhận ủy quyền của bạn",
    "MandateRevoked": "Thu hồi ủy quyền của bạn",
}
FIELDS = {
    "kind": "loại", "name": "họ tên", "tax_code": "mã số thuế", "phone": "điện thoại", "email": "thư điện tử",
    "birth_date": "ngày sinh", "birth_year": "năm sinh", "street": "số nhà, đường", "ward_code": "xã, phường",
    "province_code": "tỉnh, thành phố", "address": "địa chỉ", "personal_number": "số định danh",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """Một dòng: what, by whom, when, and why or what exactly."""

    what: str
    who: str
    at: datetime
    note: str


def looks_at(applicant: Applicant) -> list[Told]:
    """Ai đã xem, sửa thông tin của người này, the newest first. Three questions, however many lines."""
    lines = list(
        Line.objects.filter(subject_id=applicant.pk, name__in=LOOKED).order_by("-number")[:MOST_LOOKS]
    )
    names = _names({line.actor_id for line in lines if line.actor_id}, lines)
    return [
        Told(LOOKED[line.name], names.get(line.actor_id, "Hệ thống"), line.at, _note(line.name, line.payload))
        for line in lines
    ]


def acts_of(account: CitizenAccount) -> list[Told]:
    """Việc tài khoản đã làm: sign-ins, links, representatives, contacts."""
    lines = list(Line.objects.filter(subject_id=account.pk).order_by("-number")[:MOST_LOOKS])
    names = _names({line.actor_id for line in lines if line.actor_id}, lines)
    return [Told(line.label, names.get(line.actor_id, "Hệ thống"), line.at, "") for line in lines]


def lock_reason(account: CitizenAccount) -> str:
    """Vì sao tài khoản bị khóa, as staff have written it; "" while it is open."""
    if account.is_active:
        return ""
    line = Line.objects.filter(subject_id=account.pk, name="AccountLocked").order_by("-number").first()
    return str(line.payload.get("reason", "")) if line else ""


def _names(actors: set[UUID], lines: list[Line]) -> Mapping[UUID | None, str]:
    """Names of officers with the agency they sat in, and of citizens."""
    of_staff: dict[UUID | None, str] = dict(User.objects.filter(pk__in=actors).values_list("pk", "full_name"))
    days = [local_date(line.at) for line in lines]
    if of_staff and days:
        seats = Membership.objects.filter(user__in=list(of_staff), valid_from__lte=max(days))
        for seat in seats.select_related("post__agency").order_by("valid_from"):
            name = of_staff[seat.user_id].partition(", ")[0]
            of_staff[seat.user_id] = f"{name}, {seat.post.agency.name}"
    citizens = CitizenAccount.objects.filter(pk__in=actors - set(of_staff)).values_list(
        "pk", "applicant__name"
    )
    return {**of_staff, **dict(citizens)}


def _note(name: str, payload: dict[str, Any]) -> str:
    if name == "PersonalNumberSeen":
        return f"Lý do: {payload.get('reason', '')}"
    if name == "ApplicantUpdated":
        return ", ".join(FIELDS.get(field, field) for field in payload.get("changed", []))
    if name == "DossierOpened":
        return f"Hồ sơ {payload.get('code', '')}"
    return str(payload.get("paper") or payload.get("reason") or "")
