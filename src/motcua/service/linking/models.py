"""The facts of linked procedures: the groups as they are published, and the bundles filed under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.linking.querysets import BundleQuerySet, GroupQuerySet
from motcua.service.procedures.models import LimitUnit

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class LinkedGroup(models.Model):
    """Nhóm liên thông: procedures that one filing asks for together, as a decision says; dated, published by a second
    person.

    Legal: ND63-2024; ND118-2025 Đ20.2
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Dự thảo"
        PUBLISHED = "PUBLISHED", "Đang áp dụng"
        RETIRED = "RETIRED", "Thôi áp dụng"

    class Mode(models.TextChoices):
        SERIAL = "SERIAL", "Nối tiếp, hồ sơ giấy"
        PARALLEL = "PARALLEL", "Song song, điện tử"

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    code = models.CharField("mã nhóm", max_length=40)
    name = models.CharField("tên nhóm", max_length=300)
    basis = models.CharField("căn cứ pháp lý", max_length=300)
    mode = models.CharField("cách chuyển", max_length=8, choices=Mode.choices)
    limit_value = models.DecimalField("thời hạn của nhóm", max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField("đơn vị", max_length=16, choices=LimitUnit.choices, default=LimitUnit.NONE)
    starts_next_day_after_cutoff = models.BooleanField("sau 15 giờ tính từ hôm sau", default=False)
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    drafted_at = models.DateTimeField("soạn lúc")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField("ban hành lúc", null=True)

    objects = GroupQuerySet.as_manager()

    if TYPE_CHECKING:
        parts: RelatedManager[LinkedPart]
        links: RelatedManager[PartLink]

    class Meta:
        verbose_name = "nhóm thủ tục liên thông"
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="PUBLISHED", valid_to__isnull=True),
                name="one_living_group_per_code",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="a_group_is_published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(published_at__isnull=False),
                name="a_published_group_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_group_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def limit(self) -> Limit:
        """Thời hạn của cả nhóm: the ceiling that the law sets; no number: the parts alone decide."""
        return Limit(self.limit_value, Unit(self.limit_unit))


class LinkedPart(models.Model):
    """Phần của nhóm: one statutory procedure of the group, and which agency settles it for where it is handed in."""

    class Settling(models.TextChoices):
        HERE = "HERE", "Cơ quan mà nơi tiếp nhận vẫn nhận hồ sơ cho"
        NAMED = "NAMED", "Một cơ quan nhất định"
        KIND = "KIND", "Cơ quan giải quyết thủ tục này thuộc một loại"

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(LinkedGroup, models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField("thứ tự")
    key = models.SlugField("mã phần", max_length=60)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="+"
    )
    settling = models.CharField("cơ quan giải quyết", max_length=5, choices=Settling.choices)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    agency_kind = models.CharField("loại cơ quan", max_length=20, blank=True)
    limit_value = models.DecimalField("thời hạn trong nhóm", max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField("đơn vị", max_length=16, choices=LimitUnit.choices, default=LimitUnit.NONE)

    class Meta:
        verbose_name = "phần của nhóm liên thông"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="one_part_of_a_group_per_position"),
            models.UniqueConstraint(fields=["group", "key"], name="one_part_of_a_group_per_key"),
            models.UniqueConstraint(fields=["group", "procedure"], name="a_procedure_is_in_a_group_once"),
            models.CheckConstraint(
                condition=~Q(settling="NAMED") | Q(agency__isnull=False),
                name="a_named_settling_agency_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(settling="KIND") | ~Q(agency_kind=""), name="a_settling_kind_is_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.procedure.name}"

    @property
    def limit(self) -> Limit | None:
        """Its limit inside the group, where the group's law gives one; else that of the procedure holds."""
        if self.limit_unit == LimitUnit.NONE or self.limit_value is None:
            return None
        return Limit(self.limit_value, Unit(self.limit_unit))


class PartLink(models.Model):
    """Phụ thuộc: the output of one part that another needs, and the paper of the other that it stands for.

    `paper` empty: the other merely waits for it.
    """

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(LinkedGroup, models.CASCADE, related_name="links", db_index=False)
    source = models.ForeignKey(LinkedPart, models.CASCADE, related_name="feeds", db_index=False)
    target = models.ForeignKey(LinkedPart, models.CASCADE, related_name="needs", db_index=False)
    output = models.CharField("kết quả", max_length=300)
    paper = models.CharField("thay cho giấy tờ", max_length=500, blank=True)

    class Meta:
        verbose_name = "phụ thuộc trong nhóm liên thông"
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="one_link_between_two_parts"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_part_waits_for_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.output} → {self.target}"


class Bundle(models.Model):
    """Bộ hồ sơ liên thông: one filing under a group, with one receipt; each part is a dossier of its own.

    Its code is of the place that received it. `due_at` is the promise of the whole, by the critical path, and is kept; how
    it stands is derived from the dossiers. Legal: ND118-2025 Đ20.2, Đ28.2
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã bộ hồ sơ", max_length=64, unique=True)
    group = models.ForeignKey(LinkedGroup, models.PROTECT, related_name="bundles", db_index=False)
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="chủ hồ sơ", related_name="bundles"
    )
    reception_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="+", db_index=False
    )
    received_at = models.DateTimeField("tiếp nhận lúc")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField("hẹn trả cả bộ", null=True)
    returned_at = models.DateTimeField("trả cả bộ lúc", null=True)

    objects = BundleQuerySet.as_manager()

    if TYPE_CHECKING:
        parts: RelatedManager[BundlePart]
        outputs: RelatedManager[PartOutput]

    class Meta:
        verbose_name = "bộ hồ sơ liên thông"
        indexes = [
            models.Index(F("reception_agency"), F("received_at").desc(), name="bundle_by_reception"),
            models.Index(
                fields=["reception_agency", "due_at"],
                condition=Q(returned_at__isnull=True),
                name="bundle_open",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class BundlePart(models.Model):
    """Phần trong bộ hồ sơ: the dossier of one part, and when it was planned to begin and to end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="parts", db_index=False)
    part = models.ForeignKey(LinkedPart, models.PROTECT, related_name="+", db_index=False)
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, related_name="bundle_place")
    position = models.PositiveSmallIntegerField("thứ tự")
    planned_start_at = models.DateTimeField("dự kiến bắt đầu")
    planned_due_at = models.DateTimeField("dự kiến xong", null=True)
    is_critical = models.BooleanField("trên đường găng", default=False)

    class Meta:
        verbose_name = "phần trong bộ hồ sơ liên thông"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "part"], name="one_dossier_per_part_of_a_bundle"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.dossier_id}"


class PartOutput(models.Model):
    """Kết quả chuyển giữa các phần: what one part has issued and another needed, given once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="outputs", db_index=False)
    link = models.ForeignKey(PartLink, models.PROTECT, related_name="+", db_index=False)
    result = models.ForeignKey("dossiers.Result", models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField("chuyển lúc")

    class Meta:
        verbose_name = "kết quả chuyển giữa các phần"
        constraints = [
            models.UniqueConstraint(fields=["bundle", "link"], name="an_output_is_given_once"),
        ]

    def __str__(self) -> str:
        return str(self.link_id)
