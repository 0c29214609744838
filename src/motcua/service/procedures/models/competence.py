"""Ai được nhận, ai được giải quyết thay: boundary-free lists, and competence handed down or entrusted."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.procedures.querysets import EntrustmentQuerySet, ListingQuerySet


class BoundaryFreeListing(models.Model):
    """Danh mục phi địa giới: a procedure that any one-stop unit of the province, or of the nation, takes in.

    Legal: ND118-2025 Đ14.2; ND309-2026 Đ7
    """

    class Scope(models.TextChoices):
        PROVINCE = "PROVINCE", "Trong tỉnh"
        NATION = "NATION", "Toàn quốc"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="boundary_free_listings",
        db_index=False,
    )  # fmt: skip
    scope = models.CharField("phạm vi", max_length=8, choices=Scope.choices, default=Scope.PROVINCE)
    decision = models.CharField("quyết định công bố", max_length=250)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "danh mục phi địa giới"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(valid_to__isnull=True),
                name="one_living_boundary_free_listing_per_procedure",
            ),
            models.UniqueConstraint(
                fields=["procedure", "valid_from"], name="one_boundary_free_listing_per_procedure_and_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_boundary_free_listing_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code}: {self.get_scope_display()}"


class Entrustment(models.Model):
    """Phân cấp, ủy quyền: procedures of one agency that another settles for a time, by a decision.

    Dossiers received in its validity go to the receiver, are signed with `signature`, and are counted under it.
    Legal: ND63-2010 Đ8; ND118-2025 Đ17.5
    """

    class Kind(models.TextChoices):
        HANDED_DOWN = "HANDED_DOWN", "Phân cấp"
        AUTHORISED = "AUTHORISED", "Ủy quyền"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("loại", max_length=12, choices=Kind.choices)
    decision = models.CharField("số quyết định", max_length=120)
    decided_on = models.DateField("ngày quyết định")
    giver = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan giao", related_name="+", db_index=False
    )
    receiver = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="cơ quan nhận", related_name="+")
    fields = ArrayField(
        models.CharField(max_length=250), verbose_name="lĩnh vực", default=list, blank=True
    )  # all procedures of these fields, as they stand when it is registered
    procedures = models.ManyToManyField(
        "procedures.Procedure", verbose_name="thủ tục", related_name="entrustments"
    )
    signature = models.CharField("thể thức ký", max_length=200, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    registered_at = models.DateTimeField("ghi sổ lúc")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("chấm dứt lúc", null=True)
    ended_reason = models.CharField("lý do chấm dứt", max_length=300, blank=True)

    objects = EntrustmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phân cấp, ủy quyền"
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="nobody_entrusts_to_itself"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_entrustment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(kind="AUTHORISED") | Q(valid_to__isnull=False),
                name="an_authorisation_names_its_last_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(ended_reason=""),
                name="an_entrustment_ended_early_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decision}"

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
