"""Questions about people."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q

from motcua.core.text import fold, reversed_fold
from motcua.foundation.org.querysets import valid_on

if TYPE_CHECKING:
    from motcua.foundation.identity.models import (  # noqa: F401  named by a string below
        Absence,
        Applicant,
        Mandate,
        User,
    )


class UserManager(BaseUserManager["User"]):
    """Accounts are found by user name in small letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class UserQuerySet(models.QuerySet["User"]):
    """Tài khoản, hỏi bằng lời của nghiệp vụ."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_post_at(self, agency_ids: Any, day: date, *, roles: Any = None) -> Self:
        """Đang giữ vị trí tại các cơ quan này, with one of `roles` (codes) when given."""
        from motcua.foundation.identity.models import Membership

        held = Membership.objects.valid_on(day).filter(user=OuterRef("pk"), post__agency__in=agency_ids)
        held = held.filter(valid_on(day, "post__"))
        if roles is not None:
            held = held.filter(post__role__code__in=roles)
        return self.filter(Exists(held))

    def called(self, text: str) -> Self:
        folded = fold(text)
        return (
            self.filter(Q(name_folded__contains=folded) | Q(username__startswith=folded))
            if folded
            else self.none()
        )


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Nghỉ, hỏi bằng lời của nghiệp vụ."""

    def covering(self, person_id: UUID, day: date) -> Self:
        """Người này đang nghỉ ngày đó, the latest word first."""
        away = self.filter(person=person_id, first_day__lte=day, last_day__gte=day, ended_at__isnull=True)
        return away.select_related("substitute").order_by("-first_day", "-id")

    def open_on(self, day: date) -> Self:
        """Đang nghỉ hoặc sắp nghỉ."""
        return self.filter(last_day__gte=day, ended_at__isnull=True)


class ApplicantQuerySet(models.QuerySet["Applicant"]):
    """Người nộp hồ sơ, hỏi bằng lời của nghiệp vụ."""

    def matching(self, text: str) -> Self:
        """Tìm: by personal number, phone, tax code or name, with or without diacritics, whole or from its start."""
        from motcua.foundation.identity.applicants import number_key, phone_key, tax_key

        wanted = text.strip()
        digits = "".join(character for character in wanted if character.isdigit())
        if len(digits) >= 9 and not any(character.isalpha() for character in wanted):
            return self.filter(
                Q(personal_number_key=number_key(digits))
                | Q(phone=phone_key(wanted))
                | Q(tax_code=tax_key(wanted))
            )
        folded = fold(wanted)
        if not folded:
            return self.none()
        return self.filter(
            Q(name_folded__startswith=folded)
            | Q(name_reversed=reversed_fold(wanted))
            | Q(name_reversed__startswith=f"{reversed_fold(wanted)} ")
        )


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Ủy quyền làm thủ tục, hỏi bằng lời của nghiệp vụ."""

    def about(self, applicant: Applicant) -> Self:
        """Của người này: what they gave, and what they hold."""
        return self.filter(Q(principal=applicant) | Q(agent=applicant)).select_related(
            "principal", "agent", "registered_by"
        )

    def valid_at(self, at: datetime, on: date) -> Self:
        """Còn hiệu lực."""
        return self.filter(valid_on(on)).filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=at))
