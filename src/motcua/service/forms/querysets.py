"""Questions about forms, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.forms.models import Answers, CorrectionWish, FormVersion  # noqa: F401  named in a quoted type


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def without_document(self) -> Self:
        """Lists do not read the whole definition."""
        return self.defer("document")

    def in_force(self, on: date) -> Self:
        """Áp dụng vào ngày."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            state__in=["PUBLISHED", "RETIRED"],
            valid_from__lte=on,
        )

    def drafts(self) -> Self:
        return self.filter(state="DRAFT")


class AnswersQuerySet(models.QuerySet["Answers"]):
    """Câu trả lời tờ khai. They are of one draft or dossier and read with it: no list of staff shows them."""

    def with_newest_on(self, on: date | None) -> Self:
        """Kèm số của phiên bản biểu mẫu áp dụng vào ngày: `newest_number`."""
        from motcua.service.forms.models import FormVersion

        if on is None:
            return self
        newest = FormVersion.objects.in_force(on).filter(form=OuterRef("version__form")).order_by("-number")
        return self.annotate(newest_number=Subquery(newest.values("number")[:1]))


class CorrectionWishQuerySet(models.QuerySet["CorrectionWish"]):
    """Báo sai thông tin."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Nơi mình tiếp nhận, kiểm soát; what names no place: whoever controls."""
        access = access_of(user, at)
        places = access.where(Permission.RECEIVE) | access.where(Permission.CONTROL)
        found = Q(agency__in=sorted(places))
        return self.filter(found | Q(agency=None) if access.may(Permission.CONTROL) else found)

    def waiting(self) -> Self:
        """Chưa trả lời."""
        return self.filter(answered_at=None)

    def answered(self) -> Self:
        return self.exclude(answered_at=None)

    def answered_from(self, day: date) -> Self:
        """Trả lời từ ngày này, of Vietnam."""
        return self.filter(answered_at__gte=datetime.combine(day, time(), VIETNAM))
