"""Questions about the store, each a business phrase."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.holdings.models import (  # noqa: F401  named in a base class
        Campaign,
        CampaignItem,
        Demand,
        Digitisation,
        HeldPaper,
        PaperUse,
    )

OFFICERS = ("DIFFERS", "UNREADABLE", "ORIGINAL", "CHANGED")


class HeldPaperQuerySet(models.QuerySet["HeldPaper"]):
    """Giấy tờ trong kho, hỏi bằng lời của nghiệp vụ."""

    def of(self, holder_id: UUID) -> Self:
        """Của người này."""
        return self.filter(holder=holder_id)

    def standing(self) -> Self:
        """Chưa bị thay, chưa bị thu hồi."""
        return self.filter(superseded_by=None, withdrawn_at=None)

    def reusable_on(self, day: date) -> Self:
        """Dùng lại được: of a known type, still valid, and nothing that matters is unknown."""
        in_force = Q(paper_type__valid_to=None) | Q(paper_type__valid_to__gte=day)
        return self.standing().filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            in_force,
            paper_type__valid_from__lte=day,
            paper_type__isnull=False,
            lacks="",
        )


class PaperUseQuerySet(models.QuerySet["PaperUse"]):
    """Lượt xem, lượt dùng."""

    def of_holder(self, holder_id: UUID) -> Self:
        """Người khác đã xem, dùng giấy tờ của người này, the latest first."""
        return self.filter(holder=holder_id).order_by("-at", "-id")

    def used(self) -> Self:
        return self.filter(kind="USED")


class DemandQuerySet(models.QuerySet["Demand"]):
    """Yêu cầu nộp giấy đã có."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of the places where one may see dossiers."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.SEE))

    def by_officers(self) -> Self:
        """Do công chức đòi: not what the person brought or chose."""
        return self.filter(reason__in=OFFICERS)


class DigitisationQuerySet(models.QuerySet["Digitisation"]):
    """Số hóa giấy tờ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of the dossiers that one may see, and of old results where one may see dossiers."""
        from motcua.service.dossiers.models import Dossier

        old = Q(item__campaign__agency__in=access_of(user, at).agencies(Permission.SEE))
        return self.filter(Q(dossier__in=Dossier.objects.visible_to(user, at)) | old)

    def to_seal(self, user: User, at: datetime) -> Self:
        """Chờ ký số của cơ quan, where this person issues; the longest waiting first."""
        mine = access_of(user, at).agencies(Permission.ISSUE)
        here = Q(dossier__agency__in=mine) | Q(item__campaign__agency__in=mine)
        waiting = self.filter(here, state="SIGNED_BY_OFFICER")
        return waiting.order_by("signed_at", "id")

    def in_right_order(self) -> Self:
        """Đúng quy trình: every step was taken, each after the one before it. Legal: ND118-2025 Đ19.2"""
        return self.filter(
            state="KEPT",
            is_unsigned=False,
            read_at__gte=F("scanned_at"),
            confirmed_at__gte=F("read_at"),
            signed_at__gte=F("confirmed_at"),
            sealed_at__gte=F("signed_at"),
            kept_at__gte=F("sealed_at"),
        )

    def out_of_order(self) -> Self:
        """Sai thứ tự: in the store, or on the way to it, with a step left out or taken too early."""
        early = Q(confirmed_at__lt=F("read_at")) | Q(signed_at__lt=F("confirmed_at"))
        early |= Q(sealed_at__lt=F("signed_at")) | Q(kept_at__lt=F("confirmed_at"))
        left_out = Q(state="KEPT", confirmed_at=None) | Q(state="KEPT", read_at=None)
        left_out |= Q(state="KEPT", is_unsigned=False) & (Q(signed_at=None) | Q(sealed_at=None))
        left_out |= Q(state="AWAITING_HOLDER", is_unsigned=False, sealed_at=None)
        left_out |= Q(held__isnull=False) & ~Q(state="KEPT")
        return self.filter(early | left_out)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Đợt số hóa kết quả cũ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of the agencies where one may see dossiers."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.SEE))

    def lock_alike(self) -> dict[UUID, Campaign]:
        """Take this campaign and those of its agency for the same results: a number is planned in one at a time.

        Always in the same order, so that two who do it wait for each other and never cross.
        """
        alike = self.model.objects.filter(agency__in=self.values("agency"), title__in=self.values("title"))
        rows = alike.select_for_update(of=("self",)).select_related("agency").order_by("pk")
        return {one.pk: one for one in rows}


class CampaignItemQuerySet(models.QuerySet["CampaignItem"]):
    """Kết quả cũ trong kế hoạch."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of the campaigns that one may see."""
        return self.filter(campaign__agency__in=access_of(user, at).agencies(Permission.SEE))

    def same_number(self, campaign: Campaign, numbers: Collection[str]) -> Self:
        """Cùng số, among the results of the same kind of that agency."""
        same = self.filter(number_folded__in=numbers, campaign__agency=campaign.agency_id)
        return same.filter(campaign__title=campaign.title).select_related("campaign")

    def planned(self) -> Self:
        """Còn trong kế hoạch."""
        return self.filter(struck_at=None)

    def struck(self) -> Self:
        """Đã gạch khỏi kế hoạch."""
        return self.exclude(struck_at=None)

    def kept(self) -> Self:
        """Đã vào kho."""
        return self.exclude(kept_at=None)

    def begun(self) -> Self:
        """Đang số hóa: begun, not yet in the store."""
        return self.planned().filter(kept_at=None, digitisations__isnull=False).distinct()

    def untouched(self) -> Self:
        """Chưa làm."""
        return self.planned().filter(digitisations=None)

    def holderless(self) -> Self:
        """Chưa biết của ai."""
        return self.planned().filter(holder=None)

    def awaiting_holder(self) -> Self:
        """Xong các bước, chỉ chờ định danh chủ giấy tờ."""
        return self.planned().filter(digitisations__state="AWAITING_HOLDER").distinct()
