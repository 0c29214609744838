"""Sửa hồ sơ: what the applicant asks to have corrected before the decision; before and after stand in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import lexemes, tidy
from motcua.foundation.identity import checks
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DossierAmended
from motcua.service.dossiers.models import Channel, Dossier, Part
from motcua.service.dossiers.models.talking import LONGEST
from motcua.service.dossiers.operations import interrupting
from motcua.service.dossiers.operations.talking import note_to_office
from motcua.service.dossiers.states import AMEND

LONGEST_MATTER, LONGEST_NOTE, MOST_COPIES, MOST_SETS = 500, 300, 1000, 99


@dataclass(frozen=True)
class PartChange:
    """Sửa một giấy tờ: its form, how many, and the remark beside it."""

    part_id: UUID
    form: str
    quantity: int
    note: str = ""


@transaction.atomic
def amend(
    *,
    dossier_id: UUID,
    requested_by: str,
    reason: str,
    matter: str,
    phone: str,
    return_channel: str,
    sets: int,
    by: User,
    at: datetime,
    parts: Sequence[PartChange] = (),
) -> Dossier:
    """Sửa hồ sơ theo yêu cầu của người nộp: contact, matter and papers, until the result is signed.

    What is not changed is sent as it is. Raises IllegalMove, Forbidden, InvalidInput. Legal: ND118-2025 Đ21
    """
    dossier = interrupting.at_counter(dossier_id, by=by, at=at)
    AMEND.check(dossier.state)
    wrong = _wrong(requested_by, reason, matter, return_channel, sets)
    cleaned = _phone(phone, wrong)
    kept = {part.pk: part for part in dossier.parts.all()}
    wrong |= _wrong_parts(parts, kept)
    if wrong:
        raise InvalidInput(wrong)
    wanted = {"matter": tidy(matter), "phone": cleaned, "return_channel": return_channel, "sets": sets}
    changes = _changed(dossier, wanted)
    changes += [change for one in parts for change in _change_part(kept[one.part_id], one)]
    if not changes:
        raise InvalidInput({"matter": "Chưa có gì thay đổi. Hãy sửa ít nhất một mục."})
    events.record(
        DossierAmended(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            requested_by=tidy(requested_by),
            reason=reason.strip(),
            changes=changes,
        )
    )
    return dossier


@transaction.atomic
def amend_as_owner(
    *,
    dossier_id: UUID,
    wanted: Mapping[str, str],
    reason: str,
    requested_by: str,
    account_id: UUID,
    at: datetime,
) -> list[dict[str, str]]:
    """Người nộp tự sửa: contact, way of return, matter, until the result is signed; whose it is, and which of them they
    may change, the caller has asked. Whoever holds it is told. Nothing new: nothing happens. Returns what changed.

    Raises IllegalMove, InvalidInput. Legal: ND118-2025 Đ21
    """
    dossier = Dossier.objects.lock(dossier_id)
    AMEND.check(dossier.state)
    given = {"matter": dossier.matter, "return_channel": dossier.return_channel, **wanted}
    wrong = _wrong(requested_by, reason, given["matter"], given["return_channel"], dossier.sets)
    cleaned = {name: tidy(value) for name, value in wanted.items() if name in OWN}
    if "phone" in cleaned:
        cleaned["phone"] = _phone(cleaned["phone"], wrong)
    if wrong:
        raise InvalidInput(wrong)
    if all(getattr(dossier, name) == value for name, value in cleaned.items()):
        return []
    before = dossier.matter
    changes = _changed(dossier, cleaned)
    events.record(
        DossierAmended(
            subject_id=dossier.pk,
            actor_id=account_id,
            at=at,
            requested_by=tidy(requested_by),
            reason=reason.strip(),
            changes=changes,
        )
    )
    told = "; ".join(f"{one['field'][:1].upper()}{one['field'][1:]}: {_shown(one)}" for one in changes)
    note_to_office(
        dossier_id=dossier.pk,
        text=f"Người nộp tự sửa hồ sơ. {told}. Lý do: {reason.strip()}"[:LONGEST],
        asks=dossier.matter != before,
        account_id=account_id,
        at=at,
    )
    return changes


def _shown(change: Mapping[str, str]) -> str:
    """What a field says now, in words."""
    return dict(Channel.choices).get(change["after"], change["after"]) or "bỏ trống"


OWN = frozenset({"matter", "phone", "return_channel"})


def may_amend(dossier: Dossier, access: Access) -> bool:
    return AMEND.is_lawful_from(dossier.state) and access.may(Permission.RECEIVE, dossier.reception_agency_id)


def _wrong(requested_by: str, reason: str, matter: str, return_channel: str, sets: int) -> dict[str, str]:
    wrong = {}
    if not requested_by.strip():
        wrong["requested_by"] = "Hãy ghi họ tên người yêu cầu sửa."
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do sửa."
    if not 0 < len(tidy(matter)) <= LONGEST_MATTER:
        wrong["matter"] = f"Nội dung yêu cầu phải có, dài tối đa {LONGEST_MATTER} ký tự."
    if return_channel not in Channel.values:
        wrong["return_channel"] = "Hãy chọn nơi nhận kết quả."
    if not 0 < sets <= MOST_SETS:
        wrong["sets"] = f"Số bộ hồ sơ phải từ 1 đến {MOST_SETS}."
    return wrong


def _phone(phone: str, wrong: dict[str, str]) -> str:
    if not phone.strip():
        return ""
    try:
        return str(checks.phone(phone))
    except DomainError as refusal:
        wrong["phone"] = refusal.message
        return ""


def _wrong_parts(parts: Sequence[PartChange], kept: Mapping[UUID, Part]) -> dict[str, str]:
    wrong = {}
    for one in parts:
        if one.part_id not in kept:
            wrong["parts"] = "Có giấy tờ không thuộc hồ sơ này. Hãy tải lại trang."
        elif one.form not in Part.Form.values:
            wrong[f"form-{one.part_id}"] = "Hãy chọn hình thức của giấy tờ."
        elif not 0 < one.quantity <= MOST_COPIES:
            wrong[f"quantity-{one.part_id}"] = f"Số lượng phải từ 1 đến {MOST_COPIES}."
        elif len(one.note.strip()) > LONGEST_NOTE:
            wrong[f"note-{one.part_id}"] = f"Ghi chú dài tối đa {LONGEST_NOTE} ký tự."
    return wrong


def _changed(dossier: Dossier, wanted: Mapping[str, Any]) -> list[dict[str, str]]:
    """Set the fields of the dossier, and say of each that is another now what it was and is."""
    changes = [
        _change(dossier, name, value) for name, value in wanted.items() if getattr(dossier, name) != value
    ]
    dossier.words = lexemes(dossier.applicant_name, dossier.matter)
    dossier.save(update_fields=[*wanted, "words"])
    return changes


def _change(row: Dossier | Part, name: str, value: object, *, what: str = "") -> dict[str, str]:
    """Set one field, and say what it was and is."""
    label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001  Django's API
    before = getattr(row, name)
    setattr(row, name, value)
    return {"field": f"{what}: {label}" if what else label, "before": str(before), "after": str(value)}


def _change_part(part: Part, one: PartChange) -> list[dict[str, str]]:
    wanted = {"form": one.form, "quantity": one.quantity, "note": one.note.strip()}
    changes = [
        _change(part, name, value, what=part.name)
        for name, value in wanted.items()
        if getattr(part, name) != value
    ]
    if changes:
        part.save(update_fields=list(wanted))
    return changes
