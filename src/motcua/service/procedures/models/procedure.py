"""Thủ tục và nơi thực hiện: an entry of the catalogue, and who settles and receives it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.procedures.models.revision import (
    NotInForce,
    Revision,
    known_revision,
    not_in_force,
    revision_on,
)
from motcua.service.procedures.querysets import OfferingQuerySet, ProcedureQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Procedure(models.Model):
    """Thủ tục hành chính: one entry of the national catalogue, known by its code through all its revisions.

    `current` is the revision in force at the last publication; the name and the search columns follow it.
    Legal: ND63-2010 Đ8
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    code = models.CharField("mã thủ tục", max_length=40, unique=True)
    name = models.TextField("tên thủ tục")
    name_folded = models.TextField("tên để tìm", editable=False)
    aliases = ArrayField(
        models.CharField(max_length=200), verbose_name="tên thường gọi", default=list, blank=True
    )
    aliases_folded = models.TextField("tên thường gọi để tìm", editable=False, blank=True)
    words = models.TextField("từ để tìm", editable=False)
    current = models.ForeignKey(
        "Revision",
        models.PROTECT,
        verbose_name="phiên bản hiện hành",
        null=True,
        related_name="+",
        db_index=False,
    )
    valid_to = models.DateField("hết hiệu lực sau ngày", null=True, blank=True)

    objects = ProcedureQuerySet.as_manager()

    if TYPE_CHECKING:
        revisions: RelatedManager[Revision]
        offerings: RelatedManager[Offering]

    class Meta:
        verbose_name = "thủ tục hành chính"
        verbose_name_plural = "thủ tục hành chính"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def revision_on(self, on: date) -> Revision:
        """Phiên bản áp dụng vào ngày, with its content; asked once for each day. Raises NotInForce."""
        return revision_on(self.pk, on, self.valid_to)


class Offering(models.Model):
    """Nơi thực hiện thủ tục: which agency settles it, and where it is handed in, from when until when."""

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, verbose_name="thủ tục", related_name="offerings", db_index=False
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan giải quyết", related_name="offerings"
    )
    receiving_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="receptions"
    )
    unit = models.ForeignKey(
        "org.OneStopUnit",
        models.PROTECT,
        verbose_name="Bộ phận Một cửa",
        null=True,
        blank=True,
        related_name="offerings",
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    decision = models.CharField("quyết định", max_length=250, blank=True)
    counter_authority = models.CharField(
        "văn bản giao Một cửa quyết định", max_length=250, blank=True, default="", db_default=""
    )  # what allows the officer at the counter to settle it alone. Legal: ND118-2025 Đ17.5
    entrustment = models.ForeignKey(
        "procedures.Entrustment", models.PROTECT, verbose_name="theo phân cấp, ủy quyền", null=True, blank=True,
        related_name="offerings", db_index=False,
    )  # fmt: skip

    objects = OfferingQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi thực hiện thủ tục"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "agency", "receiving_agency"],
                condition=Q(valid_to__isnull=True),
                name="one_living_offering_per_procedure_and_agencies",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_offering_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} tại {self.agency}"

    def revision_on(self, on: date) -> Revision:
        """Phiên bản áp dụng vào ngày, with its content; asked once for each day. Raises NotInForce."""
        if on < self.valid_from or (self.valid_to is not None and on > self.valid_to):
            raise NotInForce(
                f"{self.receiving_agency.name} không tiếp nhận thủ tục này vào ngày {on:%d/%m/%Y}.",
                field="procedure",
            )
        if self.procedure.valid_to is not None and on > self.procedure.valid_to:
            raise not_in_force(on)
        return self.content_on(on)

    def content_on(self, on: date) -> Revision:
        """Nội dung thủ tục vào ngày, also where nobody takes it any more; asked once for each day. Raises NotInForce."""
        known: dict[date, Revision] = self.__dict__.setdefault("_revisions", {})
        if on not in known:
            known[on] = revision_on(self.procedure_id, on)
        return known[on]

    def keep_revision(self, on: date, found: int | None = None) -> None:
        """Keep the revision that the query `with_revision_on` has found, so that it is not asked for again.

        `found`: its key, where another row was asked for it (`revision_id_on`).
        """
        found = found or getattr(self, "revision_id_on", None)
        if found is not None:
            self.__dict__.setdefault("_revisions", {})[on] = known_revision(found)
