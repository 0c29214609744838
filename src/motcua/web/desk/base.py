"""Khung của bàn làm việc: who comes in, what they may open, and the one way to a dossier."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from motcua.core.asking import Asked
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.web.ui.pages import Page

AT_DESK = (Permission.ASSIGN, Permission.PROCESS, Permission.REVIEW, Permission.SIGN, Permission.ISSUE)
READERS = (*AT_DESK, Permission.SEE)
NAMES = (
    "revision", "agency", "reception_agency", "holder", "applicant", "representative", "case", "procedure",
)  # fmt: skip
SEEN = Asked(
    lambda dossier_id, agencies, holder_id: (
        Dossier.objects.visible_in(agencies, holder_id)
        .select_related(*NAMES)
        .with_interruptions()
        .filter(pk=dossier_id)
    )
)
SECTIONS: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Việc hôm nay", "desk:index", AT_DESK),
    ("Được hỏi ý kiến", "desk:questions", (Permission.PROCESS,)),
    ("Người nộp hỏi", "desk:questions-of-people", READERS),
    ("Việc chậm", "desk:slow", READERS),
    ("Xin lỗi, hẹn lại", "desk:apologies", (*AT_DESK, Permission.CONTROL)),
    ("Hồ sơ chậm", "desk:lateness", (*AT_DESK, Permission.CONTROL)),
    ("Kết quả sai", "desk:corrections", (*AT_DESK, Permission.CONTROL)),
    ("Ký số", "desk:signings", (Permission.SIGN, Permission.ISSUE)),
    ("Chứng thực", "desk:certifications", (Permission.SIGN, Permission.ISSUE, Permission.PROCESS)),
    ("Hồ sơ giấy", "desk:paper-files", (Permission.ISSUE, Permission.ASSIGN, Permission.PROCESS)),
    (
        "Kết quả cũ",
        "counter:campaigns",
        (Permission.ASSIGN, Permission.PROCESS, Permission.CONTROL),
    ),
    ("Phân cấp, ủy quyền", "desk:entrusted", (Permission.ASSIGN, Permission.SIGN, Permission.CONTROL)),
    ("Tìm hồ sơ", "desk:search", READERS),
    ("Bàn giao việc", "desk:handing-over", (Permission.ASSIGN, Permission.MANAGE_STAFF)),
)


class DeskPage(Page):
    """Một trang của bàn làm việc."""

    abstract = True
    any_of: ClassVar[tuple[Permission, ...]] = AT_DESK

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        return super().render(template, status=status, desk_sections=self._sections(), **context)

    def dossier(self, dossier_id: UUID) -> Dossier:
        """Hồ sơ, with what its page names. Raises NoSuchDossier, whether it is missing or hidden."""
        agencies = self.access.agencies(Permission.SEE)
        found: Dossier = first_or_refuse(
            SEEN.all(dossier_id=dossier_id, agencies=agencies, holder_id=self.user.pk)
        )
        return found

    def _sections(self) -> list[tuple[str, str, bool]]:
        """What this person may open here: (label, address, whether it is open)."""
        open_ones = [
            (label, reverse(route))
            for label, route, permissions in SECTIONS
            if any(self.access.may(permission) for permission in permissions)
        ]
        here = self.request.path
        home = reverse("desk:index")
        return [
            (label, address, here == address if address == home else here.startswith(address))
            for label, address in open_ones
        ]
