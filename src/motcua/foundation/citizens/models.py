"""The facts of citizens who sign in: accounts, links, representatives, sessions. No row here is of the staff."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.citizens.querysets import (
    CitizenAccountQuerySet,
    CitizenLinkQuerySet,
    CitizenSessionQuerySet,
    RepresentativeQuerySet,
)
from motcua.foundation.identity.models import Applicant


class AssuranceLevel(models.Model):
    """Mức độ xác thực: how surely a provider knows the person; data, because the law and providers rename them.

    A higher `rank` is surer; acts compare ranks. Legal: ND69-2024
    """

    code = models.CharField("mã", max_length=10, primary_key=True)
    name = models.CharField("tên gọi", max_length=60)
    rank = models.PositiveSmallIntegerField("bậc", unique=True)
    meaning = models.CharField("nghĩa là", max_length=200)

    class Meta:
        verbose_name = "mức độ xác thực"
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class CitizenAccount(models.Model):
    """Tài khoản công dân: a person or an organisation that signs in; its key is the actor of what it does.

    `level` is that of the last sign-in; an act asks the session, not the account.
    """

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", "Thư điện tử"
        SMS = "SMS", "Tin nhắn SMS"
        ZALO = "ZALO", "Zalo"

    Kind = Applicant.Kind

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("loại", max_length=12, choices=Applicant.Kind.choices)
    applicant = models.OneToOneField(
        Applicant, models.PROTECT, verbose_name="người nộp hồ sơ", related_name="account"
    )
    level = models.ForeignKey(
        AssuranceLevel, models.PROTECT, verbose_name="mức độ xác thực", related_name="+"
    )
    email = models.EmailField("thư điện tử", blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    channel = models.CharField("kênh nhận tin", max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    is_active = models.BooleanField("đang hoạt động", default=True)
    created_at = models.DateTimeField("lập lúc")
    last_signed_in_at = models.DateTimeField("đăng nhập gần nhất", null=True, blank=True)

    objects = CitizenAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "tài khoản công dân"
        verbose_name_plural = "tài khoản công dân"

    def __str__(self) -> str:
        return self.applicant.name

    @property
    def name(self) -> str:
        return self.applicant.name

    @property
    def code(self) -> str:
        """Mã đọc được, by which notices and staff name the account."""
        return f"TK-{self.pk.hex[-8:].upper()}"

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION


class CitizenLink(models.Model):
    """Liên kết đăng nhập: this account is that subject of that provider. A link taken away keeps its row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        CitizenAccount, models.PROTECT, verbose_name="tài khoản", related_name="links"
    )
    issuer = models.CharField("nơi cấp", max_length=200)
    subject = models.CharField("mã của nơi cấp", max_length=255)
    provider = models.CharField("mã nơi cấp", max_length=40)
    provider_name = models.CharField("tên nơi cấp", max_length=120)
    dialect = models.CharField(
        "cách nói", max_length=10, choices=[(item.value, item.label) for item in Dialect]
    )
    tech_id = models.CharField("mã kỹ thuật", max_length=120, blank=True)
    linked_at = models.DateTimeField("liên kết lúc")
    last_used_at = models.DateTimeField("dùng gần nhất")
    unlinked_at = models.DateTimeField("bỏ liên kết lúc", null=True, blank=True)

    objects = CitizenLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "liên kết đăng nhập"
        ordering = ["linked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=Q(unlinked_at__isnull=True),
                name="a_subject_of_a_provider_is_one_account",
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="a_link_names_its_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.provider_name})"


class Representative(models.Model):
    """Người đại diện: this person may act for that organisation. Known by name alone, they cannot sign in for it.

    `source`: the provider's word, or the organisation's own.
    """

    class Source(models.TextChoices):
        PROVIDER = "PROVIDER", "Nơi cấp tài khoản xác nhận"
        ORGANISATION = "ORGANISATION", "Tổ chức cử"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        CitizenAccount, models.PROTECT, verbose_name="tổ chức", related_name="representatives"
    )
    person = models.ForeignKey(
        Applicant, models.PROTECT, verbose_name="người đại diện", related_name="represents", null=True
    )
    name = models.CharField("họ tên", max_length=200)
    title = models.CharField("chức danh", max_length=120)
    source = models.CharField("theo", max_length=12, choices=Source.choices)
    since = models.DateTimeField("từ lúc")
    ended_at = models.DateTimeField("thôi lúc", null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = "người đại diện"
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(ended_at__isnull=True),
                name="a_person_represents_an_organisation_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")),
                name="a_representative_ends_after_the_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.organisation}"

    def acts_at(self, at: datetime) -> bool:
        return self.since <= at and (self.ended_at is None or at < self.ended_at)


class CitizenSession(models.Model):
    """Phiên đăng nhập của công dân: one sign-in on one device; after its end the row stays as the sign-in log.

    Only the digest of the key is kept. `representative`: for which organisation this session acts now.
    `tokens_sealed`: what the provider must be given when the person signs out there too; emptied at the end.
    """

    class End(models.TextChoices):
        SIGNED_OUT = "SIGNED_OUT", "Đã đăng xuất"
        ELSEWHERE = "ELSEWHERE", "Đăng xuất từ thiết bị khác"
        REPLACED = "REPLACED", "Đăng nhập lại trên cùng thiết bị"
        UNLINKED = "UNLINKED", "Bỏ liên kết"
        EXPIRED = "EXPIRED", "Hết thời gian"
        LOCKED = "LOCKED", "Tài khoản bị khóa"
        OFFICE = "OFFICE", "Cơ quan đăng xuất giúp"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key_digest = models.CharField("mã băm của khóa", max_length=64, unique=True)
    account = models.ForeignKey(
        CitizenAccount, models.PROTECT, verbose_name="tài khoản", related_name="sessions"
    )
    link = models.ForeignKey(CitizenLink, models.PROTECT, verbose_name="đăng nhập bằng", related_name="+")
    level = models.ForeignKey(
        AssuranceLevel, models.PROTECT, verbose_name="mức độ xác thực", related_name="+"
    )
    representative = models.ForeignKey(
        Representative, models.PROTECT, verbose_name="đang làm thay", related_name="+", null=True
    )
    ip = models.GenericIPAddressField("địa chỉ mạng", null=True, blank=True)
    user_agent = models.CharField("trình duyệt", max_length=300, blank=True)
    tokens_sealed = models.BinaryField("khóa của nơi cấp (đã mã hóa)", null=True, editable=False)
    opened_at = models.DateTimeField("đăng nhập lúc")
    last_seen_at = models.DateTimeField("dùng gần nhất")
    expires_at = models.DateTimeField("hết hạn lúc")
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    end = models.CharField("vì sao", max_length=10, choices=End.choices, blank=True)

    objects = CitizenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên đăng nhập của công dân"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="a_citizens_session_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(tokens_sealed__isnull=True),
                name="an_ended_session_keeps_no_token",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="citizen_session_of_account"),
            models.Index(
                fields=["expires_at"], condition=Q(ended_at__isnull=True), name="citizen_session_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.opened_at:%d/%m/%Y %H:%M})"
