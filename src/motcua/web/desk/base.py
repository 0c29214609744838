"""Khung của bàn làm việc: who comes in, and the one way to a dossier."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.web.ui.pages import Page

AT_DESK = (Permission.ASSIGN, Permission.PROCESS, Permission.REVIEW, Permission.SIGN, Permission.ISSUE)
READERS = (*AT_DESK, Permission.SEE)
NAMES = (
    "revision",
    "agency",
    "reception_agency",
    "holder",
    "applicant",
    "representative",
    "case",
    "procedure",
)


class DeskPage(Page):
    """Một trang của bàn làm việc."""

    abstract = True
    any_of: ClassVar[tuple[Permission, ...]] = AT_DESK

    def dossier(self, dossier_id: UUID) -> Dossier:
        """Hồ sơ, with what its page names. Raises NoSuchDossier, whether it is missing or hidden."""
        seen = Dossier.objects.visible_to(self.user, self.at).select_related(*NAMES)
        found: Dossier = first_or_refuse(seen.filter(pk=dossier_id))
        return found
