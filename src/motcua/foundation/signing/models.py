"""The facts of signing: identities with their certificates, dated. No private key ever lies in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from cryptography import x509
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from motcua.core.ids import new_id
from motcua.foundation.signing.holders import Holder, called
from motcua.foundation.signing.remote import RemoteKey


class IdentityQuerySet(models.QuerySet["SigningIdentity"]):
    """Hỏi về danh tính ký số."""

    def usable_at(self, at: datetime) -> IdentityQuerySet:
        """Dùng được lúc đó: valid and, as far as we know, not revoked."""
        return self.filter(valid_from__lte=at, valid_to__gt=at).filter(
            Q(revoked_at=None) | Q(revoked_at__gt=at)
        )

    def not_over(self, at: datetime) -> IdentityQuerySet:
        """Chưa hết: usable at that moment, or from a day to come."""
        return self.filter(valid_to__gt=at).filter(Q(revoked_at=None) | Q(revoked_at__gt=at))

    def over(self, at: datetime) -> IdentityQuerySet:
        """Không còn dùng: past its last day, or its use was ended."""
        return self.filter(Q(valid_to__lte=at) | Q(revoked_at__lte=at))

    def page_after(self, valid_to: datetime, last_id: UUID, *, newest: bool) -> IdentityQuerySet:
        """Sau dòng này, in the order of the last day and the key."""
        way = "lt" if newest else "gt"
        return self.filter(
            Q(**{f"valid_to__{way}": valid_to}) | Q(**{"valid_to": valid_to, f"pk__{way}": last_id})
        )

    def of_officer(self, user_id: UUID | None, at: datetime) -> SigningIdentity | None:
        return self.usable_at(at).filter(kind=SigningIdentity.Kind.OFFICER, user=user_id).latest_or_none()

    def of_agency(self, agency_id: int, at: datetime) -> SigningIdentity | None:
        return (
            self.usable_at(at).filter(kind=SigningIdentity.Kind.AGENCY, agency_id=agency_id).latest_or_none()
        )

    def ending_within(self, at: datetime, days: int) -> IdentityQuerySet:
        """Sắp hết hạn: still usable, and no later one of the same officer or agency is there."""
        later = SigningIdentity.objects.usable_at(at).filter(
            kind=OuterRef("kind"), valid_to__gt=OuterRef("valid_to")
        )
        of_same = Q(kind="OFFICER", user=OuterRef("user")) | Q(kind="AGENCY", agency=OuterRef("agency"))
        return self.usable_at(at).filter(
            ~Exists(later.filter(of_same)), valid_to__lte=at + timedelta(days=days)
        )

    def latest_or_none(self) -> SigningIdentity | None:
        return self.order_by("-valid_from", "-pk").first()


class SigningIdentity(models.Model):
    """Danh tính ký số: an officer or an agency, one certificate and where its private key is kept, from when until when.

    `key_name` names the key for its keeper: a label in the token, a file of the key folder, an account of the remote
    service. Legal: ND118-2025 Đ22.1
    """

    class Kind(models.TextChoices):
        OFFICER = "OFFICER", "Cá nhân"
        AGENCY = "AGENCY", "Cơ quan"

    class Keeper(models.TextChoices):
        TOKEN = "TOKEN", "Thiết bị ký (PKCS#11)"
        FILE = "FILE", "Tệp khóa mã hóa (PKCS#12)"
        REMOTE = "REMOTE", "Dịch vụ ký số từ xa"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("của", max_length=8, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người ký"
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, null=True, related_name="+", verbose_name="cơ quan"
    )
    keeper = models.CharField("nơi giữ khóa", max_length=8, choices=Keeper.choices)
    key_name = models.CharField("tên khóa", max_length=200)
    certificate = models.TextField("chứng thư số (PEM)")
    chain = models.TextField("chứng thư của nơi cấp (PEM)", blank=True)
    holder_name = models.CharField("tên trên chứng thư", max_length=250)
    issuer_name = models.CharField("nơi cấp", max_length=250)
    serial = models.CharField("số chứng thư", max_length=64)
    valid_from = models.DateTimeField("hiệu lực từ")
    valid_to = models.DateTimeField("hiệu lực đến")
    registered_at = models.DateTimeField("đăng ký lúc")
    revoked_at = models.DateTimeField("thu hồi từ lúc", null=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    objects: ClassVar[IdentityQuerySet] = IdentityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "danh tính ký số"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="OFFICER", user__isnull=False) | Q(kind="AGENCY", agency__isnull=False),
                name="a_signing_identity_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="a_certificate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(revoked_reason=""), name="a_revoked_certificate_says_why"
            ),
            models.UniqueConstraint(fields=["issuer_name", "serial"], name="one_identity_per_certificate"),
        ]

    def __str__(self) -> str:
        return self.holder_name

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())

    @property
    def issuer(self) -> str:
        """Nơi cấp as people call it: the common name, or the whole name when it has none."""
        try:
            return called(x509.Name.from_rfc4514_string(self.issuer_name))
        except ValueError:
            return self.issuer_name

    @property
    def is_agency(self) -> bool:
        return self.kind == self.Kind.AGENCY

    @property
    def holder(self) -> Holder:
        """Chủ chứng thư, as the signature is made for them."""
        return Holder(
            self.holder_name, self.certificate, self.chain, self.valid_from, self.valid_to,
            agency=self.agency.name if self.agency else "", is_agency=self.is_agency, ended_at=self.revoked_at,
            ended_reason=self.revoked_reason,
        )  # fmt: skip


class RemoteSignature(models.Model):
    """Lượt ký số từ xa: what was prepared and sent to the phone, for which act (`key`), until when, and what came of it.

    The key lies with `provider` ("": the service of this installation) by the name `credential`; `identity` is there when
    it is an officer's or an agency's, not a citizen's. `prepared` is the file with room for the signature; it is emptied
    at the end. `said`: what its holder was told when the signature could not be used.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "Chờ xác nhận trên điện thoại"
        SIGNED = "SIGNED", "Đã ký"
        REFUSED = "REFUSED", "Từ chối trên điện thoại"
        EXPIRED = "EXPIRED", "Quá giờ xác nhận"
        WRONG = "WRONG", "Chữ ký không khớp"
        UNFIT = "UNFIT", "Ký xong nhưng không dùng được"
        GIVEN_UP = "GIVEN_UP", "Thôi chờ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.UUIDField("việc ký")
    identity = models.ForeignKey(SigningIdentity, models.PROTECT, null=True, related_name="+")
    provider = models.CharField("nhà cung cấp", max_length=40, blank=True)
    credential = models.CharField("mã chứng thư ở nhà cung cấp", max_length=200)
    certificate = models.TextField("chứng thư số (PEM)")
    chain = models.TextField("chứng thư của nơi cấp (PEM)", blank=True)
    transaction = models.CharField("mã giao dịch của dịch vụ", max_length=200)
    prepared = models.BinaryField("tệp chờ chữ ký", blank=True)
    document_digest = models.BinaryField("mã băm của tệp")
    region_start = models.PositiveBigIntegerField("chỗ của chữ ký, từ")
    region_end = models.PositiveBigIntegerField("chỗ của chữ ký, đến")
    attributes = models.BinaryField("nội dung được ký")
    covers_nothing = models.BooleanField("dấu ở chỗ trống")
    asked_at = models.DateTimeField("gửi lúc")
    until = models.DateTimeField("chờ đến")
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField("xong lúc", null=True)
    said = models.CharField("đã báo người ký", max_length=500, blank=True)

    class Meta:
        verbose_name = "lượt ký số từ xa"
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="WAITING"), name="one_waiting_remote_signature_of_an_act"
            ),
            models.UniqueConstraint(
                fields=["provider", "transaction"], name="a_remote_transaction_is_of_one_act"
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", ended_at=None) | ~Q(state="WAITING") & Q(ended_at__isnull=False),
                name="a_remote_signature_that_waits_has_not_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder.name} · {self.get_state_display()}"

    @property
    def holder(self) -> Holder:
        return self.identity.holder if self.identity else Holder.of(self.certificate, self.chain)

    @property
    def remote_key(self) -> RemoteKey:
        return RemoteKey(self.provider, self.credential)
