"""Lưu bộ lọc: a list that somebody looks at again and again, for oneself or for one's agency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import SavedFilter

MOST = 20  # of one person


class FilterRefused(DomainError):
    """Không lưu được bộ lọc."""


@transaction.atomic
def save_filter(
    *, name: str, tab: str, wanted: Mapping[str, str], by: User, at: datetime, agency_id: int | None = None
) -> SavedFilter:
    """Lưu bộ lọc: under a name of one's own; the same name again takes the place of the former.

    `agency_id` shares it with those who may see dossiers there. Raises FilterRefused, Forbidden.
    """
    name = tidy(name)
    if not 2 <= len(name) <= 60:
        raise FilterRefused("Tên bộ lọc cần từ 2 đến 60 ký tự.", field="name")
    if agency_id is not None:
        access_of(by, at).require(Permission.SEE, agency_id)
    own = SavedFilter.objects.select_for_update().filter(owner=by)
    if own.exclude(name=name).count() >= MOST:
        raise FilterRefused(f"Mỗi người lưu tối đa {MOST} bộ lọc. Hãy bỏ bớt bộ lọc cũ.", field="name")
    saved, _ = SavedFilter.objects.update_or_create(
        owner=by,
        name=name,
        defaults={"tab": tab, "wanted": dict(wanted), "agency_id": agency_id, "saved_at": at},
    )
    return saved


@transaction.atomic
def drop_filter(*, filter_id: UUID, by: User) -> None:
    """Bỏ bộ lọc: only who saved it. Raises Forbidden."""
    dropped, _ = SavedFilter.objects.filter(pk=filter_id, owner=by).delete()
    if not dropped:
        raise Forbidden("Chỉ người đã lưu bộ lọc mới bỏ được.")
