"""Questions about the catalogue, each a business phrase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Length

from motcua.core.text import fold
from motcua.foundation.org.querysets import valid_on

if TYPE_CHECKING:
    from motcua.service.procedures.models import (  # noqa: F401 - named in the bases
        BoundaryFreeListing,
        Entrustment,
        EverydayName,
        LifeEvent,
        Offering,
        PortalMode,
        Procedure,
        Revision,
    )

Searched = TypeVar("Searched", bound="models.QuerySet[Any]")


def revision_id_on(on: date, *, of: str = "procedure_id") -> Subquery:
    """Khóa của phiên bản áp dụng vào ngày, to be asked along with a row that leads to its procedure by `of`."""
    from motcua.service.procedures.models.revision import Revision

    begun = Revision.objects.filter(procedure_id=OuterRef(of), valid_from__lte=on)
    return Subquery(begun.order_by("-valid_from", "-number").values("pk")[:1])


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Thủ tục, hỏi bằng lời của nghiệp vụ."""

    def in_force(self, on: date) -> Self:
        """Còn hiệu lực vào ngày."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), current__isnull=False)

    def offered_by(self, agency_id: int, on: date) -> Self:
        """Thủ tục mà cơ quan giải quyết."""
        return self.in_force(on).filter(_offered(on, agency_id=agency_id))

    def received_at(self, agency_id: int, on: date) -> Self:
        """Thủ tục mà cơ quan tiếp nhận, for itself or for another."""
        return self.in_force(on).filter(_offered(on, receiving_agency_id=agency_id))

    def of_field(self, field: str) -> Self:
        """Thuộc lĩnh vực."""
        return self.filter(current__field=field)

    def search(self, text: str) -> Self:
        """Tìm theo mã, tên, tên thường gọi, lĩnh vực, không cần dấu; every word must be there. Best first."""
        return searched(self, text)


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Phiên bản thủ tục."""

    def in_force(self, procedure_id: int, on: date) -> Self:
        """Phiên bản áp dụng vào ngày: the last that had begun by then comes first."""
        return self.filter(procedure_id=procedure_id, valid_from__lte=on).order_by("-valid_from", "-number")

    def with_content(self) -> Self:
        """Cùng mọi bảng con: everything that a page or a rule reads, in a constant number of queries."""
        return self.select_related("procedure").prefetch_related(
            "groups", "papers", "channels__fees", "channels__case_limits__case", "result_types", "legal_bases"
        )


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Nơi tiếp nhận, nơi giải quyết."""

    def in_force(self, on: date) -> Self:
        """Đang tiếp nhận vào ngày: the offering and its procedure both stand."""
        return self.filter(valid_on(on)).filter(
            Q(procedure__valid_to__isnull=True) | Q(procedure__valid_to__gte=on),
            procedure__current__isnull=False,
        )

    def received_at(self, agency_id: int, on: date) -> Self:
        """Nơi này tiếp nhận."""
        return self.in_force(on).filter(receiving_agency_id=agency_id)

    def settled_by(self, agency_id: int, on: date) -> Self:
        """Cơ quan này giải quyết."""
        return self.in_force(on).filter(agency_id=agency_id)

    def boundary_free(self, on: date) -> Self:
        """Của thủ tục trong danh mục phi địa giới: any one-stop unit may take it in for its agency."""
        from motcua.service.procedures.models import BoundaryFreeListing

        listed = BoundaryFreeListing.objects.in_force(on).filter(procedure=OuterRef("procedure_id"))
        return self.in_force(on).filter(Exists(listed))

    def search(self, text: str) -> Self:
        """Tìm nơi tiếp nhận theo thủ tục, as a procedure is looked for."""
        return searched(self, text, prefix="procedure__")

    def with_revision_on(self, on: date) -> Self:
        """Kèm khóa của phiên bản áp dụng vào ngày, for `Offering.keep_revision`."""
        return self.annotate(revision_id_on=revision_id_on(on))

    def for_pages(self) -> Self:
        """With what a list shows of each."""
        return self.select_related("procedure__current", "agency", "receiving_agency", "unit")


class ListingQuerySet(models.QuerySet["BoundaryFreeListing"]):
    """Danh mục phi địa giới."""

    def in_force(self, on: date) -> Self:
        """Đang áp dụng vào ngày."""
        return self.filter(valid_on(on))


class NameQuerySet(models.QuerySet["EverydayName"]):
    """Tên thường gọi."""

    def in_force(self, on: date) -> Self:
        """Đang dùng vào ngày."""
        return self.filter(valid_on(on))


class LifeEventQuerySet(models.QuerySet["LifeEvent"]):
    """Sự kiện trong đời."""

    def in_force(self, on: date) -> Self:
        """Đang giới thiệu vào ngày."""
        return self.filter(valid_on(on))


class PortalModeQuerySet(models.QuerySet["PortalMode"]):
    """Chế độ của cổng."""

    def of(self, procedure_id: int, on: date) -> Self:
        """Áp dụng cho thủ tục vào ngày: its own line before that of the whole province."""
        mine = Q(procedure=procedure_id) | Q(procedure__isnull=True)
        return self.filter(mine, valid_on(on)).order_by(
            models.F("procedure").asc(nulls_last=True), "-valid_from"
        )


class EntrustmentQuerySet(models.QuerySet["Entrustment"]):
    """Sổ phân cấp, ủy quyền."""

    def in_force(self, on: date) -> Self:
        """Đang có hiệu lực vào ngày."""
        return self.filter(valid_on(on))

    def in_force_between(self, first: date, last: date) -> Self:
        """Có hiệu lực vào lúc nào đó của kỳ."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first), valid_from__lte=last)

    def of(self, procedure_id: int, agency_id: int, on: date) -> Self:
        """Theo đó cơ quan này giải quyết thủ tục này: for a dossier received on that day."""
        return self.in_force(on).filter(procedures=procedure_id, receiver=agency_id).order_by("-decided_on")

    def for_pages(self) -> Self:
        """With what a list shows of each."""
        return self.select_related("giver", "receiver")


def searched(rows: Searched, text: str, prefix: str = "") -> Searched:
    """Rows whose procedure has every word (words may be begun only), ranked: code, everyday name, name, the rest."""
    by_name = f"{prefix}name_folded"
    words = fold(text).split()
    if not words:
        return rows.order_by(by_name, f"{prefix}code")
    wanted = Q()
    for word in words:
        wanted &= Q(**{f"{prefix}words__contains": f" {word}"})
    phrase = " ".join(words)
    hits = (
        (f"{prefix}code__iexact", text.strip()),
        (f"{prefix}aliases_folded__contains", f"|{phrase}|"),
        (f"{prefix}aliases_folded__contains", f"|{phrase}"),
        (f"{by_name}__startswith", phrase),
        (f"{by_name}__contains", phrase),
        (f"{prefix}words__contains", f" {phrase}"),
    )
    rank = Choose(
        *(When(Q(**{lookup: value}), then=Value(place)) for place, (lookup, value) in enumerate(hits)),
        default=Value(len(hits)),
        output_field=IntegerField(),
    )
    return rows.filter(wanted).annotate(rank=rank).order_by("rank", Length(by_name), by_name, f"{prefix}code")


def _offered(on: date, **who: Any) -> Exists:
    from motcua.service.procedures.models import Offering

    return Exists(Offering.objects.filter(valid_on(on), procedure=OuterRef("pk"), **who))
