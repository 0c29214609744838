"""Danh mục phi địa giới: put a procedure on the list of those taken in regardless of boundaries, and take it off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.procedures.events import BoundaryFreeDelisted, BoundaryFreeListed
from motcua.service.procedures.models import BoundaryFreeListing, Procedure
from motcua.service.procedures.operations.publishing import require_manager


class AlreadyListed(DomainError):
    """Thủ tục đã có trong danh mục."""


@transaction.atomic
def list_boundary_free(
    *,
    procedure: Procedure,
    scope: str,
    decision: str,
    by: User | None,
    at: datetime,
    valid_from: date | None = None,
) -> BoundaryFreeListing:
    """Đưa vào danh mục phi địa giới, from a day, by a decision; a change of scope is a new line.

    Raises Forbidden, AlreadyListed, DomainError. Legal: ND118-2025 Đ14.2; ND309-2026 Đ7
    """
    require_manager(by, at)
    Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    begins = valid_from or local_date(at)
    if scope not in BoundaryFreeListing.Scope.values:
        raise DomainError("Hãy chọn phạm vi: trong tỉnh hoặc toàn quốc.", field="scope")
    if not tidy(decision):
        raise DomainError("Hãy ghi quyết định công bố danh mục.", field="decision")
    living = BoundaryFreeListing.objects.filter(procedure=procedure, valid_to__isnull=True).first()
    if living and (living.scope == scope or living.valid_from >= begins):
        raise AlreadyListed(
            f"Thủ tục {procedure.code} đã có trong danh mục ({living.get_scope_display().lower()}) "
            f"từ ngày {living.valid_from:%d/%m/%Y}.",
            field="procedure",
        )
    if living:
        living.valid_to = begins - timedelta(days=1)
        living.save(update_fields=["valid_to"])
    listing = BoundaryFreeListing.objects.create(
        procedure=procedure, scope=scope, decision=tidy(decision)[:250], valid_from=begins
    )
    events.record(
        BoundaryFreeListed(
            subject_id=procedure.uid, actor_id=by.pk if by else None, at=at, code=procedure.code, scope=scope,
            decision=listing.decision, valid_from=begins,
        )
    )  # fmt: skip
    return listing


@transaction.atomic
def delist(
    *, listing_id: UUID, by: User | None, at: datetime, reason: str, on: date | None = None
) -> BoundaryFreeListing:
    """Đưa ra khỏi danh mục từ ngày `on`: the day before is its last. Raises Forbidden, DomainError."""
    require_manager(by, at)
    listing = (
        BoundaryFreeListing.objects.select_for_update(of=("self",))
        .select_related("procedure")
        .get(pk=listing_id)
    )
    last = (on or local_date(at)) - timedelta(days=1)
    if listing.valid_to is not None or last < listing.valid_from:
        raise DomainError(
            "Không đưa ra khỏi danh mục từ ngày này được. Hãy chọn ngày sau ngày bắt đầu.", field="on"
        )
    if not tidy(reason):
        raise DomainError("Hãy ghi lý do.", field="reason")
    listing.valid_to = last
    listing.save(update_fields=["valid_to"])
    events.record(
        BoundaryFreeDelisted(
            subject_id=listing.procedure.uid, actor_id=by.pk if by else None, at=at, code=listing.procedure.code,
            valid_to=last, reason=tidy(reason),
        )
    )  # fmt: skip
    return listing
