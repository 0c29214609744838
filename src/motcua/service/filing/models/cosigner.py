"""Người cùng đứng tên: who else must agree before a draft is filed."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.core.text import masked
from motcua.foundation.identity.sealing import seal, unseal


class CoSigner(models.Model):
    """Người cùng đứng tên: named by who prepares the draft; agrees by their own account, or on paper at the counter.

    `applicant`: the person themselves, who sees the dossier among their own; on paper, once a clerk has seen their number.
    `content`: the digest of what was agreed to; what is changed afterwards has nobody's word.
    """

    class State(models.TextChoices):
        INVITED = "INVITED", "Chờ đồng ý"
        AGREED = "AGREED", "Đã đồng ý"
        DECLINED = "DECLINED", "Không đồng ý"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey("filing.Draft", models.CASCADE, related_name="cosigners")
    code = models.CharField("mã mời", max_length=12, unique=True)
    person_sealed = models.BinaryField("người được mời (đã mã hóa)", editable=False)
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.INVITED)
    applicant = models.ForeignKey(
        "identity.Applicant",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="người đã đồng ý",
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="công chức nhận bản giấy",
    )  # fmt: skip
    content = models.CharField("nội dung đã đồng ý", max_length=64, blank=True)
    reason = models.CharField("lý do không đồng ý", max_length=300, blank=True)
    invited_at = models.DateTimeField("mời lúc")
    answered_at = models.DateTimeField("trả lời lúc", null=True)

    class Meta:
        verbose_name = "người cùng đứng tên"
        ordering = ["invited_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="AGREED")
                | (Q(applicant__isnull=False) | Q(witness__isnull=False))
                & Q(answered_at__isnull=False)
                & ~Q(content=""),
                name="who_agrees_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="DECLINED") | ~Q(reason=""), name="who_declines_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person(self) -> dict[str, str]:
        """As whoever prepares the draft has typed them: name, personal_number, phone, email."""
        kept: dict[str, str] = json.loads(unseal(bytes(self.person_sealed), bound_to=self.pk.bytes))
        return kept

    @person.setter
    def person(self, given: dict[str, str]) -> None:
        self.person_sealed = seal(json.dumps(given, ensure_ascii=False), bound_to=self.pk.bytes)

    @property
    def name(self) -> str:
        return self.person.get("name", "")

    @property
    def masked_number(self) -> str:
        """Số định danh, as others are shown it."""
        return masked(self.person.get("personal_number", ""))

    @property
    def shown_code(self) -> str:
        """Mã mời as it is read aloud."""
        return "-".join(filter(None, (self.code[:4], self.code[4:8], self.code[8:])))

    @property
    def how(self) -> str:
        """Đồng ý bằng cách nào."""
        return "trên giấy tại Một cửa" if self.witness_id else "bằng tài khoản của mình"
