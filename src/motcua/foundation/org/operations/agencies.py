"""Agencies come, are renamed, move, and end with successors. Every change is dated; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from motcua.core import events, objections
from motcua.core.errors import DomainError
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.org.changes import (
    DAY,
    AgencyHasEnded,
    actor,
    check_kind,
    end,
    lock,
    place,
    put_under,
    rebuild_paths,
    record_creation,
)
from motcua.foundation.org.events import AgencyDescribed, AgencyMoved, AgencyRenamed
from motcua.foundation.org.models import Agency, AgencyName, Level, Placement, Share, Succession


@transaction.atomic
def create_agency(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Agency | None,
    valid_from: date,
    by: AbstractBaseUser | None,
    at: datetime,
    level: Level | None = None,
    place_code: str = "",
    address: str = "",
    phone: str = "",
    email: str = "",
) -> Agency:
    """Thành lập cơ quan: a new body from a day on, under `parent` (None: the root of a tree)."""
    code, name = _code(code), _name(name)
    check_kind(kind)
    if parent and not parent.is_valid_on(valid_from):
        raise AgencyHasEnded(f"{parent} không hoạt động vào ngày {valid_from:%d/%m/%Y}.", field="parent")
    agency = Agency(
        code=code, name=name, name_folded=fold(name), kind=kind, parent=parent, level=level, valid_from=valid_from,
        place_code=place_code.strip(), address=tidy(address), phone=phone.strip(), email=email.strip(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            agency.save()
    except IntegrityError as fault:
        raise DomainError(f"Mã {code} đang được một cơ quan khác dùng.", field="code") from fault
    agency.path = f"{parent.path if parent else '/'}{agency.pk}/"
    agency.save(update_fields=["path"])
    AgencyName.objects.create(agency=agency, name=name, name_folded=fold(name), valid_from=valid_from)
    Placement.objects.create(agency=agency, parent=parent, valid_from=valid_from)
    record_creation(agency, by=by, at=at)
    return agency


@transaction.atomic
def rename_agency(agency: Agency, *, name: str, on: date, by: AbstractBaseUser | None, at: datetime) -> None:
    """Đổi tên từ ngày: the old name stays findable. A change for the day the last name began corrects it."""
    agency, name = lock(agency), _name(name)
    _refuse_ended(agency, on)
    last = agency.names.latest("valid_from")
    if on < last.valid_from:
        raise DomainError(
            f"Tên hiện nay có từ {last.valid_from:%d/%m/%Y}; ngày đổi tên phải từ ngày đó trở đi.", field="on"
        )
    if name == last.name:
        raise DomainError("Tên mới giống tên đang dùng.", field="name")
    if on == last.valid_from:
        agency.names.filter(pk=last.pk).update(name=name, name_folded=fold(name))
    else:
        agency.names.filter(pk=last.pk).update(valid_to=on - DAY)
        AgencyName.objects.create(agency=agency, name=name, name_folded=fold(name), valid_from=on)
    if on <= local_date(at):
        Agency.objects.filter(pk=agency.pk).update(name=name, name_folded=fold(name))
    events.record(
        AgencyRenamed(subject_id=agency.uid, actor_id=actor(by), at=at, old_name=last.name, name=name, on=on)
    )


@transaction.atomic
def move_agency(
    agency: Agency, *, parent: Agency | None, on: date, by: AbstractBaseUser | None, at: datetime
) -> None:
    """Chuyển trực thuộc từ ngày: with everything below it."""
    agency = lock(agency)
    _refuse_ended(agency, on)
    parent = lock(parent) if parent else None
    if parent and parent.path.startswith(agency.path):
        raise DomainError(
            "Không thể đặt cơ quan dưới chính nó hoặc dưới cơ quan trực thuộc của nó.", field="parent"
        )
    if parent and not parent.is_valid_on(on):
        raise AgencyHasEnded(f"{parent} không hoạt động vào ngày {on:%d/%m/%Y}.", field="parent")
    last = agency.placements.select_related("parent").latest("valid_from")
    if on < last.valid_from:
        raise DomainError(
            f"Quan hệ trực thuộc hiện nay có từ {last.valid_from:%d/%m/%Y}; hãy chọn ngày từ đó trở đi.",
            field="on",
        )
    place(agency, parent, on)
    if on <= local_date(at):
        put_under(agency, parent)
    events.record(
        AgencyMoved(
            subject_id=agency.uid,
            actor_id=actor(by),
            at=at,
            old_parent_code=last.parent.code if last.parent else "",
            parent_code=parent.code if parent else "",
            on=on,
        )
    )


@transaction.atomic
def describe_agency(
    agency: Agency, *, address: str, phone: str, email: str, by: AbstractBaseUser | None, at: datetime
) -> None:
    """Sửa thông tin liên hệ. Nothing is recorded when nothing changes."""
    agency = lock(agency)
    new = {"address": tidy(address), "phone": phone.strip(), "email": email.strip()}
    changed = {
        field: [getattr(agency, field), value]
        for field, value in new.items()
        if getattr(agency, field) != value
    }
    if changed:
        Agency.objects.filter(pk=agency.pk).update(**new)
        events.record(AgencyDescribed(subject_id=agency.uid, actor_id=actor(by), at=at, changed=changed))


@transaction.atomic
def close_agency(
    agency: Agency,
    *,
    on: date,
    successors: Sequence[tuple[Agency, str]],
    by: AbstractBaseUser | None,
    at: datetime,
) -> None:
    """Kết thúc hoạt động: `on` is the first day without it. Successors take over the whole or a part.

    Its posts, names and one-stop units end with it; those who work for a successor reach its dossiers from then on.
    """
    agency = lock(agency)
    _refuse_ended(agency, on)
    if on <= agency.valid_from:
        raise DomainError("Ngày kết thúc phải sau ngày thành lập.", field="on")
    below = (
        Agency.objects.filter(parent=agency).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).count()
    )
    if below:
        raise DomainError(
            f"Còn {below} cơ quan trực thuộc đang hoạt động. Hãy chuyển hoặc kết thúc các cơ quan đó trước.",
            field="agency",
        )
    if not successors:
        objections.ask("close_agency", agency, at)
    for successor, share in successors:
        if not successor.is_valid_on(on):
            raise AgencyHasEnded(f"{successor} không hoạt động vào ngày {on:%d/%m/%Y}.", field="successors")
        Succession.objects.create(predecessor=agency, successor=successor, on=on, share=Share(share))
    end(agency, on, successors, by=by, at=at)


@transaction.atomic
def refresh(*, on: date) -> int:
    """Cập nhật theo ngày: let names and places that begin by `on` take effect. Run once a day; returns how many."""
    changed = 0
    for name in AgencyName.objects.valid_on(on).exclude(name=F("agency__name")).select_related("agency"):
        changed += Agency.objects.filter(pk=name.agency_id).update(
            name=name.name, name_folded=name.name_folded
        )
    for placement in Placement.objects.valid_on(on).select_related("agency", "parent"):
        if placement.agency.parent_id != placement.parent_id:
            Agency.objects.filter(pk=placement.agency_id).update(parent=placement.parent)
            changed += 1
    if changed:
        rebuild_paths()
    return changed


def _refuse_ended(agency: Agency, on: date) -> None:
    if agency.valid_to is not None and agency.valid_to < on:
        raise AgencyHasEnded(f"{agency} đã kết thúc hoạt động ngày {agency.valid_to:%d/%m/%Y}.", field="on")
    if on < agency.valid_from:
        raise DomainError(
            f"{agency} thành lập ngày {agency.valid_from:%d/%m/%Y}; ngày này sớm hơn.", field="on"
        )


def _code(code: str) -> str:
    code = code.strip().upper()
    if not code or len(code) > 40 or any(character.isspace() for character in code):
        raise DomainError("Mã cơ quan cần từ 1 đến 40 ký tự, không có khoảng trắng.", field="code")
    return code


def _name(name: str) -> str:
    name = tidy(name)
    if not 2 <= len(name) <= 250:
        raise DomainError("Tên cơ quan cần từ 2 đến 250 ký tự.", field="name")
    return name
