"""The steps that a single act and the load of a whole tree share; each runs within the transaction of its act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.org.events import AgencyClosed, AgencyCreated
from motcua.foundation.org.models import Agency, AgencyKind, AgencyName, OneStopUnit, Placement, Post

DAY = timedelta(days=1)
FIRST_KINDS = (
    ("PROVINCE", "Ủy ban nhân dân cấp tỉnh", False),
    ("CENTRE", "Trung tâm Phục vụ hành chính công", False),
    ("DEPARTMENT", "Sở, ban, ngành", False),
    ("BRANCH", "Chi nhánh, chi cục", False),
    ("DISTRICT", "Ủy ban nhân dân cấp huyện", False),
    ("COMMUNE", "Ủy ban nhân dân cấp xã", False),
    ("DIVISION", "Phòng, đơn vị bên trong", True),
)
REBUILD_PATHS = """
    WITH RECURSIVE walk AS (
        SELECT id, '/' || id || '/' AS path FROM org_agency WHERE parent_id IS NULL
        UNION ALL
        SELECT child.id, walk.path || child.id || '/' FROM org_agency child JOIN walk ON child.parent_id = walk.id
    )
    UPDATE org_agency SET path = walk.path FROM walk WHERE walk.id = org_agency.id AND org_agency.path <> walk.path
"""


class UnknownAgency(DomainError):
    """Không có cơ quan này."""


class AgencyHasEnded(DomainError):
    """Cơ quan đã kết thúc hoạt động."""


def actor(by: AbstractBaseUser | None) -> UUID | None:
    """Who acted, as the ledger keeps it."""
    key: UUID | None = by.pk if by else None
    return key


def first_kinds() -> None:
    """Các loại cơ quan ban đầu: written when there are none yet; from then on they are the administrator's."""
    if not AgencyKind.objects.exists():
        AgencyKind.objects.bulk_create(
            AgencyKind(code=code, name=name, position=position, is_internal=is_internal)
            for position, (code, name, is_internal) in enumerate(FIRST_KINDS, start=1)
        )


def check_kind(kind: str) -> None:
    first_kinds()
    if not AgencyKind.objects.filter(code=kind).exists():
        raise DomainError(f"Chưa có loại cơ quan {kind!r} trong danh mục.", field="kind")


def record_creation(agency: Agency, *, by: AbstractBaseUser | None, at: datetime) -> None:
    events.record(
        AgencyCreated(
            subject_id=agency.uid,
            actor_id=actor(by),
            at=at,
            code=agency.code,
            name=agency.name,
            kind=agency.kind,
            parent_code=agency.parent.code if agency.parent else "",
            valid_from=agency.valid_from,
        )
    )


def place(agency: Agency, parent: Agency | None, on: date) -> None:
    """Write the placement that begins `on`, and end the one before."""
    agency.placements.filter(valid_from__lt=on, valid_to__isnull=True).update(valid_to=on - DAY)
    Placement.objects.update_or_create(
        agency=agency, valid_from=on, defaults={"parent": parent, "valid_to": None}
    )


def put_under(agency: Agency, parent: Agency | None) -> None:
    """Set the projections of the agency and of all below it."""
    old, new = agency.path, f"{parent.path if parent else '/'}{agency.pk}/"
    Agency.objects.filter(pk=agency.pk).update(parent=parent)
    Agency.objects.subtree(agency).update(path=Concat(Value(new), Substr("path", len(old) + 1)))


def end(
    agency: Agency,
    on: date,
    successors: Sequence[tuple[Agency, str]],
    *,
    by: AbstractBaseUser | None,
    at: datetime,
) -> None:
    """End the agency and what lives only within it on the day before `on`."""
    last_day = on - DAY
    Agency.objects.filter(pk=agency.pk).update(valid_to=last_day)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    for rows in (AgencyName, Placement, OneStopUnit, Post):
        dated = rows.objects.filter(lasting, agency=agency)
        dated.filter(valid_from__lte=last_day).update(valid_to=last_day)
        if rows in (AgencyName, Placement):
            dated.filter(valid_from__gt=last_day).delete()
    events.record(
        AgencyClosed(
            subject_id=agency.uid,
            actor_id=actor(by),
            at=at,
            last_day=last_day,
            successors={successor.code: str(share) for successor, share in successors},
        )
    )


def rebuild_paths() -> None:
    with connection.cursor() as cursor:
        cursor.execute(REBUILD_PATHS)


def lock(agency: Agency) -> Agency:
    found = Agency.objects.select_for_update(of=("self",)).filter(pk=agency.pk).first()
    if found is None:
        raise UnknownAgency("Không tìm thấy cơ quan này.")
    return found
