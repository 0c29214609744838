"""The questions about filings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.service.filing.states import LIVE, State
from motcua.service.procedures.querysets import revision_id_on

if TYPE_CHECKING:
    from uuid import UUID

    from motcua.foundation.identity.models import User
    from motcua.service.filing.models import Draft, DraftPaper, Filing  # noqa: F401  named in base classes


class FilingQuerySet(models.QuerySet["Filing"]):
    """Hồ sơ nộp trực tuyến, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: filed with a unit where this person takes dossiers in."""
        return self.filter(reception_agency__in=access_of(user, at).agencies(Permission.RECEIVE))

    def waiting(self) -> Self:
        """Chờ trả lời, the earliest answer due first."""
        return self.filter(state=State.SUBMITTED).order_by(F("answer_due_at").asc(nulls_last=True), "id")

    def live(self) -> Self:
        """Chưa xong: not taken in, not refused."""
        return self.filter(state__in=sorted(LIVE))

    def to_alert(self, *, at: datetime) -> Self:
        """Phải báo công chức bây giờ: nobody has been alerted yet."""
        return self.filter(state=State.SUBMITTED, alerted_at=None, submitted_at__lte=at)

    def overdue(self, *, at: datetime) -> Self:
        """Quá hạn trả lời."""
        return self.filter(state=State.SUBMITTED, answer_due_at__lt=at)

    def answered(self) -> Self:
        """Đã trả lời, the latest first."""
        return self.exclude(state=State.SUBMITTED).order_by("-submitted_at", "-id")

    def answered_in_time(self) -> Self:
        """Trả lời đúng hạn."""
        return self.filter(Q(answered_at__lte=F("answer_due_at")))

    def of_account(self, account_id: UUID) -> Self:
        """Của tài khoản, the latest first."""
        return self.filter(account_id=account_id).order_by("-submitted_at", "-id")

    def begun_as(self, drafts: Sequence[UUID]) -> list[str]:
        """Số nộp và mã hồ sơ của những bản nháp không thuộc tài khoản nào, by the keys of the drafts."""
        if not drafts:
            return []
        found = self.filter(draft__in=drafts, draft__account_id=None).order_by("id")
        return [code for codes in found.values_list("code", "dossier__code") for code in codes if code]


class DraftPaperQuerySet(models.QuerySet["DraftPaper"]):
    """Giấy tờ của bản nháp."""

    def with_document_ids(self) -> Self:
        """Kèm khóa các tệp, as they came: `document_ids`."""
        tied = self.model.documents.through.objects.filter(draftpaper=OuterRef("pk")).order_by("document")
        return self.annotate(document_ids=ArraySubquery(tied.values("document")))


class DraftQuerySet(models.QuerySet["Draft"]):
    """Bản nháp. They are their owner's: no list of staff shows them."""

    def with_place(self) -> Self:
        """Kèm nơi nộp, chủ tài khoản, và có bản tờ khai để ký nào không: `has_declarations`."""
        from motcua.service.filing.models import FrozenDeclaration

        places = ("offering__procedure", "offering__agency", "offering__receiving_agency")
        return self.select_related(*places, "applicant").annotate(
            has_declarations=Exists(FrozenDeclaration.objects.filter(draft=OuterRef("pk")))
        )

    def with_rules_on(self, on: date | None) -> Self:
        """Kèm khóa của nội dung thủ tục áp dụng vào ngày và khách nộp được không: `revision_id_on`, `guests_on`."""
        from motcua.service.filing.models import FilingRule

        if on is None:
            return self
        rules = FilingRule.objects.filter(valid_from__lte=on).order_by("-valid_from")
        return self.annotate(
            revision_id_on=revision_id_on(on, of="offering__procedure_id"),
            guests_on=Subquery(rules.values("guests_may_submit")[:1]),
        )

    def open(self, *, at: datetime) -> Self:
        """Còn giữ, chưa nộp."""
        return self.filter(ended_at=None, expires_at__gt=at)

    def of_account(self, account_id: UUID) -> Self:
        """Của tài khoản, the latest first."""
        return self.filter(account_id=account_id).order_by("-saved_at", "-id")

    def to_tell(self, *, at: datetime, before: datetime) -> Self:
        """Sắp xóa: will be deleted before that moment, and nobody has been told."""
        return self.filter(ended_at=None, told_at=None, expires_at__gt=at, expires_at__lte=before)

    def to_forget(self, *, at: datetime) -> Self:
        """Hết hạn giữ."""
        return self.filter(ended_at=None, expires_at__lte=at)
