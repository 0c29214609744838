"""Mở bản nháp: with where it goes and who prepares it in one question; what its procedure says is in the process."""

from __future__ import annotations

from uuid import UUID

from motcua.core.asking import Asked
from motcua.service.filing.models import Draft
from motcua.service.procedures.models.revision import known_revision

OPENED = Asked(lambda draft_id: Draft.objects.with_place().filter(pk=draft_id))
LOCKED = Asked(
    lambda draft_id: Draft.objects.with_place().select_for_update(of=("self",)).filter(pk=draft_id)
)


def opened(draft_id: UUID) -> Draft | None:
    """Bản nháp để xem; None when there is none."""
    return _with_content(OPENED.first(draft_id=draft_id))


def locked(draft_id: UUID) -> Draft | None:
    """Bản nháp để sửa: others wait until the caller's transaction ends."""
    return _with_content(LOCKED.first(draft_id=draft_id))


def _with_content(draft: Draft | None) -> Draft | None:
    """Published content never changes: it comes from what the process keeps."""
    if draft is not None:
        draft.revision = known_revision(draft.revision_id)
        cases = {case.pk: case for case in draft.revision.groups.all()}
        if draft.case_id in cases:
            draft.case = cases[draft.case_id]
    return draft
