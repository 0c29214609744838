"""Mở bản nháp: with where it goes and who prepares it in one question; what its procedure says is in the process."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from motcua.core.asking import Asked
from motcua.service.filing.models import Draft
from motcua.service.procedures.models.revision import known_revision

OPENED = Asked(lambda draft_id, on: Draft.objects.with_place().with_rules_on(on).filter(pk=draft_id))
LOCKED = Asked(
    lambda draft_id, on: (
        Draft.objects.with_place().with_rules_on(on).select_for_update(of=("self",)).filter(pk=draft_id)
    )
)


def opened(draft_id: UUID, on: date) -> Draft | None:
    """Bản nháp để xem; None when there is none. It knows what its procedure and the province say on that day."""
    return _with_content(OPENED.first(draft_id=draft_id, on=on), on)


def locked(draft_id: UUID, on: date | None = None) -> Draft | None:
    """Bản nháp để sửa: others wait until the caller's transaction ends. With `on` it knows the rules of that day."""
    return _with_content(LOCKED.first(draft_id=draft_id, on=on), on)


def _with_content(draft: Draft | None, on: date | None) -> Draft | None:
    """Published content never changes: it comes from what the process keeps."""
    if draft is None:
        return None
    draft.revision = known_revision(draft.revision_id)
    cases = {case.pk: case for case in draft.revision.groups.all()}
    if draft.case_id in cases:
        draft.case = cases[draft.case_id]
    if on is not None:
        draft.offering.keep_revision(on, getattr(draft, "revision_id_on", None))
    return draft
