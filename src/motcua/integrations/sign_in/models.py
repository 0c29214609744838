"""The facts of signing in elsewhere: providers as data, each way there and back, and what the simulator has given out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.citizens.models import AssuranceLevel, CitizenAccount
from motcua.integrations.sign_in.querysets import ProviderQuerySet

SECRET_NAME = re.compile(r"MOTCUA_SIGN_IN_[A-Z0-9_]{1,60}")  # names of secrets that a provider may be given
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
)  # never "none", never HS…


def usual_algorithms() -> list[str]:
    return ["RS256", "PS256", "ES256"]


def usual_level_claims() -> list[str]:
    return ["loAs", "IAL", "acr"]


def usual_levels() -> dict[str, str]:
    return {"1": "1", "2": "2"}


class SignInProvider(models.Model):
    """Nơi cấp tài khoản: everything that differs from one provider to another, as data with dates.

    An address that begins with "/" is of this very site: that is how the simulator is named whatever the port. The
    secret itself stands in the environment variable `secret_name`. `claim_map`: our name of a claim -> theirs, where it
    differs from the dialect's; `levels`: their word for a level -> our AssuranceLevel; `acr_values`: our level -> what is
    asked of them. Which words they use for levels was seen in no running client, so it is data here.
    """

    class ClientAuth(models.TextChoices):
        POST = "POST", "Trong nội dung yêu cầu"
        BASIC = "BASIC", "Trong tiêu đề yêu cầu"

    code = models.SlugField("mã", max_length=40, primary_key=True)
    name = models.CharField("tên gọi", max_length=120)
    hint = models.CharField("lời giới thiệu", max_length=200, blank=True)
    dialect = models.CharField(
        "cách nói", max_length=10, choices=[(item.value, item.label) for item in Dialect]
    )
    issuer = models.CharField("nơi cấp (iss)", max_length=200)
    authorize_url = models.CharField("địa chỉ đăng nhập", max_length=300)
    token_url = models.CharField("địa chỉ đổi mã", max_length=300)
    userinfo_url = models.CharField("địa chỉ thông tin", max_length=300)
    jwks_url = models.CharField("địa chỉ khóa công khai", max_length=300)
    introspect_url = models.CharField("địa chỉ kiểm tra khóa", max_length=300, blank=True)
    revoke_url = models.CharField("địa chỉ thu hồi khóa", max_length=300, blank=True)
    logout_url = models.CharField("địa chỉ đăng xuất", max_length=300, blank=True)
    client_id = models.CharField("mã ứng dụng", max_length=120)
    secret_name = models.CharField("biến môi trường giữ mật khẩu ứng dụng", max_length=80, blank=True)
    client_auth = models.CharField(
        "cách xưng danh", max_length=5, choices=ClientAuth.choices, default=ClientAuth.POST
    )
    scopes = models.CharField("phạm vi", max_length=200, default="openid")
    algorithms = ArrayField(
        models.CharField(max_length=10), verbose_name="thuật toán ký", default=usual_algorithms
    )
    level_claims = ArrayField(
        models.CharField(max_length=40), verbose_name="nơi ghi mức độ", default=usual_level_claims
    )
    levels = models.JSONField("mức độ của họ -> của ta", default=usual_levels)
    level_unsaid = models.CharField("mức độ khi họ không nói", max_length=10, blank=True)
    acr_values = models.JSONField("mức độ của ta -> yêu cầu gửi đi", default=dict, blank=True)
    claim_map = models.JSONField("tên thông tin", default=dict, blank=True)
    is_simulated = models.BooleanField("mô phỏng", default=False)
    position = models.PositiveSmallIntegerField("thứ tự", default=1)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi cấp tài khoản"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_simulated=True) | ~Q(token_url__startswith="/"),  # noqa: S106  an address
                name="only_the_simulator_lives_on_this_site",
            ),
            models.CheckConstraint(
                condition=Q(algorithms__contained_by=list(ALGORITHMS)) & ~Q(algorithms=[]),
                name="a_provider_signs_with_public_keys",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uid(self) -> UUID:
        """Khóa nhật ký: the code as a key."""
        return uuid5(NAMESPACE_URL, f"sign-in-provider:{self.code}")

    def acr_for(self, level: AssuranceLevel | None) -> str:
        return str(self.acr_values.get(level.code, "")) if level else ""


class SignInAttempt(models.Model):
    """Lượt đăng nhập: one way to a provider and back, bound to one browser; used once.

    Of `state` and of the browser's mark only digests are kept. `held_sealed`: what the provider has vouched for while the
    person is asked to confirm. `linking`: the account that is to get a further link, instead of a sign-in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.ForeignKey(
        SignInProvider, models.CASCADE, verbose_name="nơi cấp", related_name="attempts"
    )
    state_digest = models.CharField("mã băm của state", max_length=64, unique=True)
    browser_digest = models.CharField("mã băm của trình duyệt", max_length=64)
    nonce = models.CharField("nonce", max_length=64)
    verifier = models.CharField("code_verifier", max_length=128)
    redirect_uri = models.CharField("địa chỉ về", max_length=300)
    wanted = models.CharField("trang muốn đến", max_length=2000, blank=True)
    level = models.ForeignKey(AssuranceLevel, models.PROTECT, null=True, related_name="+", db_index=False)
    linking = models.ForeignKey(CitizenAccount, models.CASCADE, null=True, related_name="+", db_index=False)
    begun_at = models.DateTimeField("bắt đầu lúc", db_index=True)
    expires_at = models.DateTimeField("hết hạn lúc")
    used_at = models.DateTimeField("trở về lúc", null=True)
    held_sealed = models.BinaryField("thông tin chờ xác nhận (đã mã hóa)", null=True, editable=False)
    finished_at = models.DateTimeField("xong lúc", null=True)
    fault = models.CharField("lỗi", max_length=40, blank=True)

    class Meta:
        verbose_name = "lượt đăng nhập"
        indexes = [models.Index(fields=["browser_digest", "-id"], name="attempt_of_browser")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(held_sealed__isnull=True),
                name="a_finished_sign_in_holds_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.begun_at:%d/%m/%Y %H:%M}"

    def may_return_at(self, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at


class SimulatedGrant(models.Model):
    """Mã đã cấp của bộ mô phỏng: one code, the access token it gave, and the fault that it was asked to play."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_digest = models.CharField("mã băm của mã", max_length=64, unique=True)
    access_digest = models.CharField("mã băm của khóa", max_length=64, blank=True, db_index=True)
    provider = models.CharField("nơi cấp", max_length=40)
    client_id = models.CharField("mã ứng dụng", max_length=120)
    redirect_uri = models.CharField("địa chỉ về", max_length=300)
    nonce = models.CharField("nonce", max_length=200, blank=True)
    challenge = models.CharField("code_challenge", max_length=128)
    claims: Any = models.JSONField("thông tin")
    fault = models.CharField("sự cố", max_length=20, blank=True)
    issued_at = models.DateTimeField("cấp lúc")
    used_at = models.DateTimeField("dùng lúc", null=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)

    class Meta:
        verbose_name = "mã đã cấp của bộ mô phỏng"

    def __str__(self) -> str:
        return f"{self.provider} {self.issued_at:%d/%m/%Y %H:%M}"
