"""Questions about accounts of citizens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

from motcua.core.text import fold
from motcua.foundation.identity.applicants import number_key, phone_key, tax_key

if TYPE_CHECKING:
    from motcua.foundation.citizens.models import (  # noqa: F401  named by a string below
        CitizenAccount,
        CitizenLink,
        CitizenSession,
        Representative,
    )
    from motcua.foundation.identity.models import Applicant


class CitizenAccountQuerySet(models.QuerySet["CitizenAccount"]):
    """Tài khoản công dân, hỏi bằng lời của nghiệp vụ."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def found_by(self, text: str) -> Self:
        """Tìm tài khoản: by personal number, tax code, phone, e-mail, or words of the name without marks."""
        digits = "".join(letter for letter in text if letter.isdecimal())
        wanted = models.Q(email__iexact=text.strip())
        if digits:
            wanted |= models.Q(applicant__personal_number_key=number_key(digits)) | models.Q(
                phone=phone_key(text)
            )
            wanted |= models.Q(applicant__tax_code=tax_key(text))
        elif words := fold(text).split():
            named = models.Q()
            for word in words:
                named &= models.Q(applicant__name_folded__contains=word)
            wanted |= named
        return self.filter(wanted).select_related("applicant", "level")

    def of(self, applicant: Applicant) -> CitizenAccount | None:
        """Tài khoản của người này."""
        return self.filter(applicant=applicant).select_related("applicant").first()


class CitizenLinkQuerySet(models.QuerySet["CitizenLink"]):
    """Liên kết đăng nhập."""

    def living(self) -> Self:
        return self.filter(unlinked_at=None)


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    """Người đại diện."""

    def acting_at(self, at: datetime) -> Self:
        """Đang được làm thay cho tổ chức."""
        return self.filter(since__lte=at).filter(models.Q(ended_at=None) | models.Q(ended_at__gt=at))


class CitizenSessionQuerySet(models.QuerySet["CitizenSession"]):
    """Phiên đăng nhập của công dân."""

    def open_at(self, at: datetime, idle_since: datetime) -> Self:
        """Còn dùng được: not ended, not too old, not left alone for too long."""
        return self.filter(ended_at=None, expires_at__gt=at, last_seen_at__gt=idle_since)

    def page_after(self, last_id: UUID | None) -> Self:
        """Trang sau: the newest first, after the one that was shown last."""
        rows = self.order_by("-id")
        return rows.filter(pk__lt=last_id) if last_id else rows
