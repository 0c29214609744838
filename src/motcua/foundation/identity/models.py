"""The facts of identity: who works here, in which posts, who stands in for whom, and who applies."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from motcua.core.ids import new_id
from motcua.core.text import masked
from motcua.foundation.identity.querysets import (
    AbsenceQuerySet,
    ApplicantQuerySet,
    MandateQuerySet,
    UserManager,
    UserQuerySet,
)
from motcua.foundation.identity.sealing import seal, unseal
from motcua.foundation.org.models import Post
from motcua.foundation.org.querysets import DatedQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class User(AbstractBaseUser):
    """Tài khoản: a person who works here. What they may do lies in their posts, never in this row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField("tên đăng nhập", max_length=60, unique=True)
    full_name = models.CharField("họ và tên", max_length=200)
    name_folded = models.CharField("tên để tìm", max_length=200, editable=False)
    email = models.EmailField("thư điện tử", blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        constraints = [
            models.CheckConstraint(
                condition=Q(username=Lower("username")), name="a_username_is_in_small_letters"
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name


class Membership(models.Model):
    """Giữ vị trí: who sits in which post, from when until when."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="người giữ", related_name="memberships")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="vị trí", related_name="memberships")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "giữ vị trí"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "post", "valid_from"], name="one_membership_per_post_and_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.post}"


class Delegation(models.Model):
    """Ủy quyền: for a period the receiver acts with the giver's post. The giver keeps it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    giver = models.ForeignKey(
        User, models.PROTECT, verbose_name="người giao", related_name="delegations_given"
    )
    receiver = models.ForeignKey(
        User, models.PROTECT, verbose_name="người nhận", related_name="delegations_received"
    )
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="vị trí", related_name="+")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=300)
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "ủy quyền"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="nobody_stands_in_for_themselves"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="a_delegation_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver} ({self.valid_from:%d/%m/%Y} - {self.valid_to:%d/%m/%Y})"

    def is_open_at(self, at: datetime, day: date) -> bool:
        """Còn hiệu lực hoặc sẽ có hiệu lực."""
        return day <= self.valid_to and (self.withdrawn_at is None or at < self.withdrawn_at)


class Absence(models.Model):
    """Nghỉ, người thay: while somebody is away, new work that would come to them goes to the substitute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.PROTECT, verbose_name="người nghỉ", related_name="absences")
    substitute = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="người thay",
        related_name="absences_covered",
        null=True,
        blank=True,
    )
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=300)
    ended_at = models.DateTimeField("đi làm lại lúc", null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "nghỉ, người thay"
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(person=F("substitute")),
                name="nobody_is_their_own_substitute",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="an_absence_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} nghỉ {self.first_day:%d/%m/%Y} - {self.last_day:%d/%m/%Y}"

    def is_open_on(self, day: date) -> bool:
        """Đang nghỉ hoặc sẽ nghỉ."""
        return self.ended_at is None and day <= self.last_day


class RecoveryCode(models.Model):
    """Mã khôi phục: opens the second factor once when the phone is lost. Only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="tài khoản", related_name="recovery_codes")
    digest = models.CharField("mã băm", max_length=64)
    used_at = models.DateTimeField("đã dùng lúc", null=True, blank=True)

    class Meta:
        verbose_name = "mã khôi phục"
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code_per_digest")
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class StaffSession(models.Model):
    """Phiên đăng nhập: one browser. Only the digest of its key is kept, so a reader of the table cannot enter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key_digest = models.CharField("mã băm của khóa", max_length=64, unique=True)
    user = models.ForeignKey(
        User, models.CASCADE, verbose_name="tài khoản", null=True, blank=True, related_name="sessions"
    )
    data = models.JSONField("nội dung", default=dict)
    ip = models.GenericIPAddressField("địa chỉ mạng", null=True, blank=True)
    user_agent = models.CharField("trình duyệt", max_length=300, blank=True)
    created_at = models.DateTimeField("mở lúc")
    last_seen_at = models.DateTimeField("dùng gần nhất")
    expires_at = models.DateTimeField("hết hạn lúc", db_index=True)

    class Meta:
        verbose_name = "phiên đăng nhập"

    def __str__(self) -> str:
        return f"{self.user or 'Khách'} ({self.last_seen_at:%d/%m/%Y %H:%M})"


class Applicant(models.Model):
    """Người nộp hồ sơ: a person or an organisation. Two without a number are never taken for one.

    The personal number is sealed (`personal_number_sealed`) and found only by its keyed hash (`personal_number_key`).
    `name_folded` and `name_reversed` serve the search without diacritics, from the family name or the given name.
    """

    class Kind(models.TextChoices):
        PERSON = "PERSON", "Cá nhân"
        ORGANISATION = "ORGANISATION", "Tổ chức, doanh nghiệp"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("loại", max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField("họ tên hoặc tên tổ chức", max_length=200)
    name_folded = models.CharField("tên để tìm", max_length=250, editable=False, db_collation="C")
    name_reversed = models.CharField(
        "tên để tìm, tên gọi trước", max_length=250, editable=False, db_collation="C"
    )
    personal_number_sealed = models.BinaryField("số định danh (đã mã hóa)", null=True, editable=False)
    personal_number_key = models.CharField("khóa của số định danh", max_length=64, blank=True, editable=False)
    tax_code = models.CharField("mã số thuế", max_length=14, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    street = models.CharField("số nhà, đường, thôn", max_length=200, blank=True)
    ward_code = models.CharField("mã xã, phường, đặc khu", max_length=5, blank=True)
    province_code = models.CharField("mã tỉnh, thành phố", max_length=2, blank=True)
    address = models.CharField("địa chỉ", max_length=400, blank=True)

    objects = ApplicantQuerySet.as_manager()

    class Meta:
        verbose_name = "người nộp hồ sơ"
        verbose_name_plural = "người nộp hồ sơ"
        constraints = [
            models.UniqueConstraint(
                fields=["personal_number_key"],
                condition=~Q(personal_number_key=""),
                name="one_applicant_per_personal_number",
            ),
            models.UniqueConstraint(
                fields=["tax_code"],
                condition=Q(kind="ORGANISATION") & ~Q(tax_code=""),
                name="one_organisation_per_tax_code",
            ),
        ]
        indexes = [
            models.Index(fields=["name_folded", "id"], name="applicant_by_name"),
            models.Index(fields=["name_reversed", "id"], name="applicant_by_given"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="applicant_by_phone"),
            models.Index(fields=["tax_code"], condition=~Q(tax_code=""), name="applicant_by_tax_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def personal_number(self) -> str:
        """Số định danh đủ 12 số. Pages show the masked one; who unmasks it is recorded (operations.looking)."""
        if not self.personal_number_sealed:
            return ""
        return unseal(bytes(self.personal_number_sealed), bound_to=self.pk.bytes)

    @personal_number.setter
    def personal_number(self, number: str) -> None:
        from motcua.foundation.identity.applicants import number_key

        self.personal_number_sealed = seal(number, bound_to=self.pk.bytes) if number else None
        self.personal_number_key = number_key(number) if number else ""

    @property
    def masked_personal_number(self) -> str:
        return masked(self.personal_number)


class Mandate(models.Model):
    """Ủy quyền làm thủ tục: the agent acts for the principal, within a scope and until a day; the account used is the
    principal's.

    `fields` and `procedures` (codes) narrow it; both empty means everything. `document_id` is the digitised paper.
    Legal: ND118-2025 Đ15, Đ17.1; BLDS-2015 Đ138
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    principal = models.ForeignKey(
        Applicant, models.PROTECT, verbose_name="người ủy quyền", related_name="mandates_given"
    )
    agent = models.ForeignKey(
        Applicant, models.PROTECT, verbose_name="người được ủy quyền", related_name="mandates_held"
    )
    fields = ArrayField(models.CharField(max_length=250), verbose_name="lĩnh vực", default=list, blank=True)
    procedures = ArrayField(
        models.CharField(max_length=40), verbose_name="mã thủ tục", default=list, blank=True
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")
    paper = models.CharField("giấy ủy quyền", max_length=200)
    document_id = models.UUIDField("bản số hóa", null=True, blank=True)
    registered_at = models.DateTimeField("ghi nhận lúc")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "ủy quyền làm thủ tục"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="nobody_is_their_own_agent"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="a_mandate_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""), name="a_revocation_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.agent} ({self.valid_from:%d/%m/%Y} - {self.valid_to:%d/%m/%Y})"

    @property
    def code(self) -> str:
        """Mã ghi nhận, by which people and letters name it."""
        return f"UQ-{self.pk.hex[-8:].upper()}"

    def is_valid_at(self, at: datetime, on: date) -> bool:
        """Còn hiệu lực."""
        return self.valid_from <= on <= self.valid_to and (self.revoked_at is None or at < self.revoked_at)

    def covers(self, *, procedure: str, field: str) -> bool:
        """Trong phạm vi: this procedure, or its field, or everything."""
        if not self.fields and not self.procedures:
            return True
        return procedure in self.procedures or field in self.fields

    @property
    def scope_in_words(self) -> str:
        named = [*self.fields, *self.procedures]
        return "; ".join(named) if named else "mọi thủ tục"
