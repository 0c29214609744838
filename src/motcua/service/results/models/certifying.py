"""Electronic certified copies: the original that was seen, who has compared it, who certifies, its place in the book."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import DatedQuerySet
from motcua.service.results.models.issuing import IssuedResult


class CertificationBar(models.Model):
    """Trường hợp không được chứng thực bản sao: a coded reason with its basis, dated. Legal: ND23-2015 Đ22"""

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("trường hợp", max_length=300)
    basis = models.CharField("căn cứ", max_length=200)
    valid_from = models.DateField("áp dụng từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "trường hợp không được chứng thực"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_bar_of_certification_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def book_keepers(user: User, at: datetime) -> list[int]:
    """Cơ quan mà người này đọc được sổ chứng thực."""
    access = access_of(user, at)
    return sorted(
        access.where(Permission.SIGN) | access.where(Permission.ISSUE) | access.where(Permission.PROCESS)
    )


class CertificationQuerySet(models.QuerySet["Certification"]):
    """Hỏi về chứng thực bản sao điện tử."""

    def visible_to(self, user: User, at: datetime) -> CertificationQuerySet:
        """Được xem: where this person may sign, issue, work on dossiers, or has received them."""
        received = Q(dossier__reception_agency__in=access_of(user, at).agencies(Permission.RECEIVE))
        return self.filter(Q(agency__in=book_keepers(user, at)) | received)

    def to_sign(self) -> CertificationQuerySet:
        return self.filter(state=Certification.State.PREPARED)

    def sent_back(self) -> CertificationQuerySet:
        """Người ký trả lại: work that waits for who has prepared it."""
        return self.filter(state=Certification.State.SENT_BACK)

    def in_book(self, agency_id: int, year: int) -> CertificationQuerySet:
        """Sổ chứng thực của một năm, by number."""
        return self.filter(agency=agency_id, year=year, number__isnull=False).order_by("number")


class Certification(models.Model):
    """Chứng thực bản sao điện tử từ bản chính: prepared and compared by an officer, certified by who may sign.

    `number` is given when it is certified, in the agency's book of the year, without a gap.
    Legal: ND45-2020 Đ10; ND23-2015 Đ18, Đ20, Đ22
    """

    class State(models.TextChoices):
        PREPARED = "PREPARED", "Chờ ký chứng thực"
        CERTIFIED = "CERTIFIED", "Đã ký chứng thực"
        SENT_BACK = "SENT_BACK", "Người ký trả lại"
        REFUSED = "REFUSED", "Không được chứng thực"
        DROPPED = "DROPPED", "Người yêu cầu thôi"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="certifications")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, related_name="+", verbose_name="cơ quan chứng thực"
    )
    title = models.CharField("tên bản chính", max_length=400)
    original_number = models.CharField("số của bản chính", max_length=100, blank=True)
    original_issuer = models.CharField("nơi cấp bản chính", max_length=300, blank=True)
    original_issued_on = models.DateField("ngày cấp bản chính", null=True)
    pages = models.PositiveSmallIntegerField("số trang", default=1)
    scan = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name="bản quét"
    )
    composed = models.OneToOneField(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name="bản có lời chứng"
    )
    compared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="người đối chiếu",
    )
    compared_at = models.DateTimeField("đối chiếu lúc")
    state = models.CharField("trạng thái", max_length=9, choices=State.choices, default=State.PREPARED)
    bar = models.ForeignKey(CertificationBar, models.PROTECT, null=True, related_name="+")
    words = models.CharField("giải thích", max_length=500, blank=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sent_back_at = models.DateTimeField("trả lại lúc", null=True)
    year = models.PositiveSmallIntegerField("quyển sổ năm", null=True)
    number = models.PositiveIntegerField("số chứng thực", null=True)
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    certified_at = models.DateTimeField("ký chứng thực lúc", null=True)
    issued = models.OneToOneField(IssuedResult, models.PROTECT, null=True, related_name="certification")

    objects: ClassVar[CertificationQuerySet] = CertificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "chứng thực bản sao điện tử"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "number"], name="a_certification_has_its_own_number"
            ),
            models.CheckConstraint(
                condition=Q(state="CERTIFIED", number__isnull=False, year__isnull=False, issued__isnull=False)
                | Q(number=None, year=None, issued=None) & ~Q(state="CERTIFIED"),
                name="what_is_certified_alone_is_in_the_book",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED") | Q(bar__isnull=False),
                name="a_refused_certification_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT_BACK") | ~Q(words=""), name="a_certification_sent_back_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="REFUSED") | Q(scan__isnull=False), name="a_certified_copy_has_its_scan"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "compared_at"], condition=Q(state="PREPARED"), name="certification_to_sign"
            ),
            models.Index(
                fields=["compared_by", "id"], condition=Q(state="SENT_BACK"), name="certification_sent_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or self.get_state_display()}: {self.title}"

    @property
    def code(self) -> str:
        """Số chứng thực: "12/2026-SCT/BSĐT"; "" before it is certified."""
        return f"{self.number}/{self.year}-SCT/BSĐT" if self.number else ""
