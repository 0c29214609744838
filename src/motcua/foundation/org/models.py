"""The facts of organisation: who exists, under whom, under which name, from when until when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import AgencyQuerySet, DatedQuerySet, RoleQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


class Level(models.Model):
    """Cấp hành chính: a rung of the ladder. Rungs come and go by law; no code names one."""

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=100)
    position = models.PositiveSmallIntegerField("thứ tự từ trên xuống")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "cấp hành chính"
        ordering = ["position"]
        constraints = [ends_after_it_starts("a_level_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class AgencyKind(models.Model):
    """Loại cơ quan. `is_internal`: a unit that acts only in the name of the agency it belongs to."""

    code = models.CharField("mã", max_length=20, primary_key=True)
    name = models.CharField("tên", max_length=100)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_internal = models.BooleanField("là đơn vị bên trong", default=False)

    class Meta:
        verbose_name = "loại cơ quan"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """Cơ quan: one body of the administration, dated.

    `name`, `parent` and `path` are projections of AgencyName and Placement as of the last refresh. `path` lists the
    keys from the root, "/1/5/23/", so that a subtree is one range of an index. A code may live again with another
    meaning after its bearer is closed: history is keyed by code and day.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    code = models.CharField("mã cơ quan", max_length=40)
    name = models.CharField("tên", max_length=250)
    name_folded = models.CharField("tên để tìm", max_length=250, editable=False)
    kind = models.CharField("loại", max_length=20)
    level = models.ForeignKey(
        Level,
        models.PROTECT,
        verbose_name="cấp",
        null=True,
        blank=True,
        related_name="agencies",
        db_index=False,
    )
    place_code = models.CharField("mã đơn vị hành chính", max_length=10, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="cơ quan cấp trên",
        null=True,
        blank=True,
        related_name="children",
    )
    path = models.CharField("đường dẫn", max_length=250, editable=False, db_collation="C")
    address = models.CharField("địa chỉ", max_length=250, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    is_vertical = models.BooleanField("ngành dọc", default=False, db_default=False)
    valid_from = models.DateField("thành lập ngày")
    valid_to = models.DateField("hoạt động đến hết ngày", null=True, blank=True)

    objects = AgencyQuerySet.as_manager()

    if TYPE_CHECKING:
        names: RelatedManager[AgencyName]
        placements: RelatedManager[Placement]
        units: RelatedManager[OneStopUnit]
        posts: RelatedManager[Post]
        seats: RelatedManager[VerticalSeat]
        vertical_seats: RelatedManager[VerticalSeat]
        successions: RelatedManager[Succession]
        origins: RelatedManager[Succession]

    class Meta:
        verbose_name = "cơ quan"
        verbose_name_plural = "cơ quan"
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="one_living_agency_per_code"
            ),
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_agency_per_code_and_day"),
            ends_after_it_starts("an_agency_ends_after_it_starts"),
        ]
        indexes = [
            models.Index(fields=["path"], name="agency_by_path"),
            models.Index(fields=["name_folded"], name="agency_by_name"),
            models.Index(fields=["place_code"], condition=~Q(place_code=""), name="agency_by_place"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """Keys of every agency above this one, the root first."""
        return [int(key) for key in self.path.strip("/").split("/")[:-1]]

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def name_on(self, day: date) -> str:
        """Tên vào ngày: what the agency was called then."""
        named = self.names.valid_on(day).first()  # type: ignore[attr-defined]
        return named.name if named else self.name


class AgencyName(models.Model):
    """Tên cơ quan theo thời gian: every name it has borne; all of them can be found."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, verbose_name="cơ quan", related_name="names", db_index=False
    )
    name = models.CharField("tên", max_length=250)
    name_folded = models.CharField("tên để tìm", max_length=250, editable=False)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "tên cơ quan"
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="one_name_of_an_agency_per_day"),
            ends_after_it_starts("a_name_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["name_folded"], name="agency_by_any_name")]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Trực thuộc theo thời gian: under whom an agency stood. No parent: the root of its tree."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, verbose_name="cơ quan", related_name="placements", db_index=False
    )
    parent = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="cơ quan cấp trên", null=True, blank=True, related_name="+"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "quan hệ trực thuộc"
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="one_parent_of_an_agency_per_day"),
            models.CheckConstraint(condition=~Q(parent=F("agency")), name="no_agency_is_its_own_parent"),
            ends_after_it_starts("a_placement_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} thuộc {self.parent}" if self.parent else f"{self.agency}"


class Share(models.TextChoices):
    """Phần được kế thừa."""

    WHOLE = "WHOLE", "Toàn bộ"
    PART = "PART", "Một phần"


class Succession(models.Model):
    """Kế thừa: what became of a closed agency. Many to many: units are merged, and split."""

    predecessor = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="cơ quan cũ", related_name="successions", db_index=False
    )
    successor = models.ForeignKey(Agency, models.PROTECT, verbose_name="cơ quan mới", related_name="origins")
    on = models.DateField("từ ngày")
    share = models.CharField("phần kế thừa", max_length=5, choices=Share.choices, default=Share.WHOLE)
    note = models.CharField("ghi chú", max_length=250, blank=True)

    class Meta:
        verbose_name = "kế thừa"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="one_succession_between_two_agencies"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="no_agency_succeeds_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class OneStopUnit(models.Model):
    """Bộ phận Một cửa: where the people of an agency, or of several, are received. Legal: ND118-2025 Đ7"""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="cơ quan", related_name="units")
    name = models.CharField("tên", max_length=250)
    code = models.CharField("mã", max_length=40)
    address = models.CharField("địa chỉ", max_length=250, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "Bộ phận Một cửa"
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="one_living_one_stop_unit_per_code"
            ),
            ends_after_it_starts("a_one_stop_unit_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class VerticalSeat(models.Model):
    """Ngành dọc tại trung tâm: how an agency of a vertical branch receives people at a centre, from when until when.

    Legal: ND309-2026 Đ3
    """

    class Mode(models.TextChoices):
        OWN_COUNTER = "OWN_COUNTER", "Quầy riêng"
        SENT_STAFF = "SENT_STAFF", "Cử người đến trung tâm"

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="cơ quan ngành dọc", related_name="seats", db_index=False
    )
    centre = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="trung tâm", related_name="vertical_seats"
    )
    mode = models.CharField("hình thức", max_length=12, choices=Mode.choices)
    decision = models.CharField("văn bản", max_length=250, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "ngành dọc tại trung tâm"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "centre"],
                condition=Q(valid_to__isnull=True),
                name="one_living_seat_of_an_agency_per_centre",
            ),
            models.CheckConstraint(condition=~Q(agency=F("centre")), name="no_agency_sits_at_itself"),
            ends_after_it_starts("a_vertical_seat_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} tại {self.centre}"


class Scope(models.TextChoices):
    """Phạm vi của vai trò: how far from the post its permissions reach."""

    OWN = "OWN", "Cơ quan mình"
    SUBTREE = "SUBTREE", "Cơ quan mình và mọi cơ quan trực thuộc"


class Role(models.Model):
    """Vai trò: what a post allows. Permissions are names; what is not named is not allowed.

    One that was taken away keeps its row for the posts that once bore it.
    """

    code = models.CharField("mã", max_length=30, unique=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    name = models.CharField("tên", max_length=100)
    permissions = ArrayField(models.CharField(max_length=30), verbose_name="quyền", default=list, blank=True)
    scope = models.CharField("phạm vi", max_length=8, choices=Scope.choices, default=Scope.OWN)
    needs_second_factor = models.BooleanField("cần xác thực hai lớp", default=False)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    ended_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Vị trí: a chair at an agency with one role; people sit in it for a time (see identity.Membership)."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="cơ quan", related_name="posts")
    title = models.CharField("chức danh", max_length=150)
    role = models.ForeignKey(Role, models.PROTECT, verbose_name="vai trò", related_name="posts")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "vị trí"
        constraints = [ends_after_it_starts("a_post_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.title}, {self.agency}"


class TreeVersion(models.Model):
    """Phiên bản cây tổ chức: one row that triggers renew at every change, so that a process may keep the tree.

    What is offered where, and by which workflow, renews it as well; every request of staff reads it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField("phiên bản", null=True)

    class Meta:
        verbose_name = "phiên bản cây tổ chức"

    def __str__(self) -> str:
        return str(self.version)
