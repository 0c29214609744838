"""What has been printed: the number it bears and the facts it stated."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.core.text import fold
from motcua.foundation.identity.sealing import keyed_hash, seal, unseal
from motcua.service.paperwork.registry import Form
from motcua.service.paperwork.rendering import render_snapshot

COPIES = ("Liên 1: Chuyển kèm hồ sơ", "Liên 2: Giao người nộp")
FORMS = [(form.value, form.label) for form in Form]


class PrintedForm(models.Model):
    """Giấy tờ đã in: one paper about one subject (a dossier or a refusal at intake), with its number and its facts.

    The facts are kept sealed, because the forms state personal numbers; printing again gives the same bytes. Only the
    control sheet is renewed, under its number, because it tells how far the dossier has come.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.CharField("biểu mẫu", max_length=16, choices=FORMS)
    forms = models.CharField("bộ biểu mẫu", max_length=20)
    subject_id = models.UUIDField("hồ sơ hoặc phiếu từ chối")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi lập", related_name="+", db_index=False
    )
    year = models.PositiveSmallIntegerField("năm")
    sequence = models.PositiveIntegerField("số")
    number = models.CharField("số, ký hiệu", max_length=40)
    code = models.CharField("mã số hồ sơ", max_length=64, blank=True)
    facts_sealed = models.BinaryField("nội dung (đã mã hóa)", editable=False)
    digest = models.CharField("mã băm có khóa của nội dung", max_length=64)
    printed_at = models.DateTimeField("in lúc")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người in", related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "giấy tờ đã in"
        verbose_name_plural = "giấy tờ đã in"
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "form"], name="one_paper_of_a_form_per_subject"),
            models.UniqueConstraint(
                fields=["agency", "form", "year", "sequence"], name="one_paper_per_number_of_a_form"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="a_printed_paper_has_its_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} số {self.number}"

    def keep(self, facts: dict[str, Any]) -> bool:
        """Keep the facts, sealed to this row. False: they are those already kept."""
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        digest = keyed_hash(text, use="printed-form")
        if digest == self.digest:
            return False
        self.facts_sealed = seal(text, bound_to=self.pk.bytes)
        self.digest = digest
        return True

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as they were printed, as JSON values. Raises BrokenSeal when the row was tampered with."""
        facts: dict[str, Any] = json.loads(unseal(bytes(self.facts_sealed), bound_to=self.pk.bytes))
        return facts

    def pdf(self, *, is_in_copies: bool = False) -> bytes:
        """The paper itself, as PDF/A-2b; the same bytes each time. `is_in_copies`: a receipt once for each keeper."""
        facts = self.facts | ({"copies": COPIES} if is_in_copies and self.form == Form.RECEIPT else {})
        return render_snapshot(Form(self.form), facts, regime_forms=self.forms, at=self.printed_at)

    @property
    def file_name(self) -> str:
        """A name for the download: "giay-tiep-nhan-ho-so-va-hen-tra-ket-qua-H15.13-261120-0975.pdf"."""
        title = fold(Form(self.form).label).replace(" ", "-")
        return f"{title}-{self.code or self.number.replace('/', '-')}.pdf"
