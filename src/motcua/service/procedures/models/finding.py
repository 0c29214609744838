"""Để người dân tìm thấy: everyday names, life events, how the portal stands, and the index of words."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.procedures.querysets import LifeEventQuerySet, NameQuerySet, PortalModeQuerySet


class EverydayName(models.Model):
    """Tên thường gọi: what people say for one procedure, or for words of the law ("sổ đỏ")."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phrase = models.CharField("cách gọi", max_length=120)
    folded = models.CharField("cách gọi để tìm", max_length=120, editable=False)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", null=True, blank=True, related_name="names"
    )  # fmt: skip
    means = models.CharField(
        "nghĩa là", max_length=200, blank=True
    )  # words that stand in names of procedures
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = NameQuerySet.as_manager()

    class Meta:
        verbose_name = "tên thường gọi"
        constraints = [
            models.CheckConstraint(
                condition=Q(procedure__isnull=False, means="") | (Q(procedure__isnull=True) & ~Q(means="")),
                name="an_everyday_name_has_one_meaning",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_everyday_name_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["folded", "procedure", "means"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="an_everyday_name_is_given_once",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase


class SearchTerm(models.Model):
    """Từ của bảng tìm: a folded syllable or joined syllables, with what is left of it after a slip."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField("từ", max_length=160, unique=True)
    slips = ArrayField(models.CharField(max_length=160), verbose_name="khi thiếu một chữ")

    class Meta:
        verbose_name = "từ của bảng tìm"
        indexes = [GinIndex(fields=["slips"], name="search_term_slips")]

    def __str__(self) -> str:
        return self.word


class SearchPosting(models.Model):
    """Dòng của bảng tìm: how much a word says for a procedure."""

    id = models.BigAutoField(primary_key=True)
    procedure = models.ForeignKey("procedures.Procedure", models.CASCADE, related_name="postings")
    term = models.ForeignKey(SearchTerm, models.CASCADE, related_name="postings", db_index=False)
    weight = models.FloatField("trọng số")

    class Meta:
        verbose_name = "dòng của bảng tìm"
        constraints = [
            models.UniqueConstraint(fields=["term", "procedure"], name="one_posting_per_term_and_procedure")
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.procedure_id}"


class SearchMiss(models.Model):
    """Lần tìm không thấy: words without digits, who asked is not kept; shown once several have asked."""

    id = models.BigAutoField(primary_key=True)
    words = models.CharField("lời tìm", max_length=80, unique=True)
    count = models.PositiveIntegerField("số lần", default=1)
    first_on = models.DateField("lần đầu")
    last_on = models.DateField("lần gần nhất")

    class Meta:
        verbose_name = "lần tìm không thấy"

    def __str__(self) -> str:
        return self.words


class LifeEvent(models.Model):
    """Sự kiện trong đời: what happens to a person, and the procedures that it brings."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("tên", max_length=80)
    words = models.CharField("lời giải thích", max_length=200, blank=True)
    icon = models.CharField("biểu tượng", max_length=40, default="circle")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        verbose_name = "sự kiện trong đời"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class LifeEventStep(models.Model):
    """Việc của sự kiện: one procedure of it, in the order in which people do them, with why."""

    event = models.ForeignKey(LifeEvent, models.CASCADE, related_name="steps", db_index=False)
    procedure = models.ForeignKey("procedures.Procedure", models.PROTECT, related_name="life_events")
    position = models.PositiveSmallIntegerField("thứ tự")
    reason = models.CharField("khi nào cần", max_length=200, blank=True)

    class Meta:
        verbose_name = "việc của sự kiện"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["event", "procedure"], name="a_life_event_names_a_procedure_once")
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.procedure_id}"


class PortalMode(models.Model):
    """Chế độ của cổng: whether a procedure, or all without a line of their own, is filed here, elsewhere, or not on line.

    Legal: ND224-2026 Đ14
    """

    class Mode(models.TextChoices):
        ON = "ON", "Nộp tại cổng này"
        MIRROR = "MIRROR", "Chỉ giới thiệu, nộp tại Cổng Dịch vụ công quốc gia"
        OFF = "OFF", "Không nộp trực tuyến"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", null=True, blank=True,
        related_name="portal_modes",
    )  # fmt: skip
    mode = models.CharField("chế độ", max_length=6, choices=Mode.choices)
    address = models.URLField("địa chỉ nộp", max_length=300, blank=True)
    reason = models.CharField("căn cứ", max_length=250)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = PortalModeQuerySet.as_manager()

    class Meta:
        verbose_name = "chế độ của cổng"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(valid_to__isnull=True), nulls_distinct=False,
                name="one_living_portal_mode_per_procedure",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_portal_mode_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(mode="MIRROR") | ~Q(address=""), name="a_mirror_says_where_to_file"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_mode_display()} từ {self.valid_from:%d/%m/%Y}"

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
