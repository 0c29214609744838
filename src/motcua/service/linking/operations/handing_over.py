"""Trả kết quả cả bộ: everything together at the centre that received it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.operations.returning import return_result
from motcua.service.dossiers.states import State
from motcua.service.linking.events import BundleReturned
from motcua.service.linking.models import Bundle
from motcua.service.linking.reading import standing_of


class NotComplete(DomainError):
    """Bộ hồ sơ chưa đủ kết quả."""


@transaction.atomic
def return_bundle(
    *, bundle_id: UUID, by: User, at: datetime, receiver_name: str = "", note: str = ""
) -> Bundle:
    """Trả cả bộ: all results to one receiver, when no part is under way any more; stopped parts are named.

    Raises Forbidden, NotComplete, NoSuchBundle. Legal: ND118-2025 Đ20.2, Đ22.3
    """
    bundle = Bundle.objects.lock(bundle_id)
    access_of(by, at).require(Permission.RETURN, bundle.reception_agency_id)
    bundle = Bundle.objects.with_parts().get(pk=bundle_id)
    standing = standing_of(bundle)
    if standing.is_closed:
        raise NotComplete(f"Bộ hồ sơ {bundle.code} đã trả kết quả.")
    if standing.now:
        under_way = ", ".join(f"“{part.dossier.revision.name}”" for part in standing.now)
        raise NotComplete(
            f"Còn phần chưa có kết quả: {under_way}. Nếu người nộp cần trước, hãy trả riêng từng hồ sơ đã xong."
        )
    parts = list(bundle.parts.all())
    ready = [part.dossier for part in parts if part.dossier.state == State.RESULT_READY]
    for dossier in ready:
        return_result(dossier_id=dossier.pk, by=by, at=at, receiver_name=receiver_name, note=note)
    bundle.refresh_from_db(fields=["returned_at"])
    events.record(
        BundleReturned(
            subject_id=bundle.pk, actor_id=by.pk, at=at, receiver=tidy(receiver_name) or bundle.applicant.name,
            results=[dossier.code for dossier in ready],
            without_result=[part.dossier.code for part in parts if part.dossier not in ready],
        )
    )  # fmt: skip
    return bundle
