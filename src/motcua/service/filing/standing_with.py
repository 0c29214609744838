"""Cùng đứng tên và tờ khai đã ký: what a filing or dossier that began as a draft brings along, for every page about it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from motcua.foundation.identity.models import Applicant
from motcua.service.filing.models import CoSigner, Draft, FrozenDeclaration


@dataclass(frozen=True)
class StandsWith:
    """Người cùng đứng tên, and the declaration that who files has signed; nothing of what was not begun on line."""

    cosigners: tuple[CoSigner, ...] = ()
    declaration: FrozenDeclaration | None = None


def stands_with(dossier_key: UUID) -> StandsWith:
    """One question where there was no draft."""
    signed = FrozenDeclaration.objects.filter(signed__isnull=False).select_related("signed__file")
    agreed = CoSigner.objects.filter(state=CoSigner.State.AGREED).select_related("witness")
    draft = (
        Draft.objects.filter(dossier_key=dossier_key)
        .prefetch_related(
            Prefetch("cosigners", agreed),
            Prefetch("declarations", signed),
        )
        .first()
    )
    if draft is None:
        return StandsWith()
    return StandsWith(tuple(draft.cosigners.all()), next(iter(draft.declarations.all()), None))


def stood_for_by(applicant: Applicant) -> list[UUID]:
    """Khóa của những hồ sơ mà người này đã đồng ý cùng đứng tên, by their account."""
    agreed = CoSigner.objects.filter(applicant=applicant, state=CoSigner.State.AGREED)
    return list(agreed.filter(draft__ended_at__isnull=False).values_list("draft__dossier_key", flat=True))


def is_cosigner(applicant: Applicant, dossier_key: UUID) -> bool:
    """Người này cùng đứng tên hồ sơ ấy."""
    return CoSigner.objects.filter(
        applicant=applicant, state=CoSigner.State.AGREED, draft__dossier_key=dossier_key,
        draft__ended_at__isnull=False,
    ).exists()  # fmt: skip
