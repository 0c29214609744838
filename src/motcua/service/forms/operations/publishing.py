"""Ban hành biểu mẫu: checked, by a second person, from a day on; answers on their way keep their version."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.two_people import refuse_own_draft
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.checking import problems_of
from motcua.service.forms.comparing import differences
from motcua.service.forms.events import FormPublished
from motcua.service.forms.models import FormVersion
from motcua.service.forms.operations.drafting import locked_draft

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User


class FormNotFit(DomainError):
    """Biểu mẫu chưa đủ điều kiện ban hành."""


@transaction.atomic
def publish_version(
    *, version_id: UUID, by: User, at: datetime, valid_from: date, reason: str = ""
) -> FormVersion:
    """Ban hành phiên bản, from a day on; the one before it ends the day before.

    Raises Forbidden when the same person drafted it, FormNotFit, DomainError when the day is not after the former's.
    """
    access_of(by, at).require(Permission.MANAGE_FORMS)
    version = locked_draft(version_id)
    refuse_own_draft(
        version.drafted_by_id, by.pk, advice="Hãy nhờ một người khác có quyền xem lại và ban hành."
    )
    if found := problems_of(version.definition):
        raise FormNotFit("Chưa thể ban hành biểu mẫu. " + " ".join(found[:10]))
    former = (
        FormVersion.objects.select_for_update()
        .filter(form=version.form_id, state=FormVersion.State.PUBLISHED)
        .first()
    )
    if former is not None:
        assert former.valid_from is not None  # noqa: S101  a constraint says so
        if valid_from <= former.valid_from:
            raise DomainError(
                f"Phiên bản đang dùng áp dụng từ {former.valid_from:%d/%m/%Y}; phiên bản mới phải từ một ngày sau đó.",
                field="valid_from",
            )
        former.state = FormVersion.State.RETIRED
        former.valid_to = valid_from - timedelta(days=1)
        former.save(update_fields=["state", "valid_to"])
    version.state = FormVersion.State.PUBLISHED
    version.valid_from, version.reason = valid_from, reason
    version.published_by, version.published_at = by, at
    version.save(update_fields=["state", "valid_from", "reason", "published_by", "published_at"])
    events.record(
        FormPublished(
            subject_id=version.form_id, actor_id=by.pk, at=at, number=version.number, valid_from=valid_from,
            reason=reason,
        )
    )  # fmt: skip
    return version


def changes(version: FormVersion) -> list[str]:
    """Thay đổi so với phiên bản đang dùng; empty for a first version."""
    former = FormVersion.objects.filter(form=version.form_id, state=FormVersion.State.PUBLISHED).first()
    return differences(former.definition, version.definition) if former else []
