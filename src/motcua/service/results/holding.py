"""Kết quả của người đang đăng nhập: one's own, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import Applicant
from motcua.service.results.models import CopyOrder, CorrectionRequest, IssuedResult, ResultShare
from motcua.service.results.reading import Held, held_as

NAMED = ("document__file", "agency", "dossier__reception_agency", "replaces", "replaced_by")


class NoSuchResult(DomainError):
    """Không có kết quả này của bạn."""

    def __init__(self) -> None:
        super().__init__("Không có kết quả này trong danh sách của bạn. Hãy tải lại trang.")


@dataclass(frozen=True)
class MyResult:
    """Một kết quả với mọi việc của chủ giấy: chain from the first paper on, shares, orders of paper copies, requests."""

    held: Held
    chain: tuple[IssuedResult, ...]
    shares: tuple[ResultShare, ...]
    orders: tuple[CopyOrder, ...]
    requests: tuple[CorrectionRequest, ...]

    @property
    def issued(self) -> IssuedResult:
        return self.held.issued

    @property
    def waiting_order(self) -> CopyOrder | None:
        return next((one for one in self.orders if one.state == CopyOrder.State.ASKED), None)

    @property
    def open_request(self) -> CorrectionRequest | None:
        return next((one for one in self.requests if one.state == CorrectionRequest.State.ASKED), None)

    @property
    def may_be_copied(self) -> bool:
        return bool(self.issued.state == IssuedResult.State.VALID and self.held.link)


def result_of(holder: Applicant, issued_id: UUID, *, is_locked: bool = False) -> IssuedResult:
    """Kết quả của người này. Raises NoSuchResult, whether it is missing or somebody else's."""
    rows = IssuedResult.objects.select_related("agency", "dossier__reception_agency")
    rows = rows.select_for_update(of=("self",)) if is_locked else rows
    found = rows.filter(pk=issued_id, holder=holder).first()
    if found is None:
        raise NoSuchResult
    return found


def results_of(holder: Applicant, *, after: datetime | None, limit: int) -> list[IssuedResult]:
    """Mọi kết quả, valid, replaced and revoked, the latest first; one more than `limit` when there are more."""
    rows = IssuedResult.objects.of_holder(holder.pk).select_related(
        "agency", "dossier", "replaces", "replaced_by"
    )
    return list((rows.filter(issued_at__lt=after) if after else rows)[: limit + 1])


def my_result(holder: Applicant, paper_id: str, at: datetime) -> MyResult:
    """Raises NoSuchResult."""
    issued = (
        IssuedResult.objects.of_holder(holder.pk).select_related(*NAMED).filter(paper_id=paper_id).first()
    )
    if issued is None:
        raise NoSuchResult
    shares = issued.shares.annotate(opened=Count("openings")).prefetch_related(Prefetch("openings"))
    return MyResult(
        held=held_as(issued, at),
        chain=tuple(_chain(issued)),
        shares=tuple(shares.order_by("-made_at")),
        orders=tuple(
            issued.copy_orders.select_related("agency", "copy", "carrier", "parcel__carrier")
            .prefetch_related("dues", "parcel__events")
            .order_by("-asked_at")
        ),
        requests=tuple(issued.correction_requests.select_related("correction").order_by("-asked_at")),
    )


def _chain(issued: IssuedResult) -> list[IssuedResult]:
    """From the first paper to the one that stands; only one dossier's papers follow each other."""
    of_dossier = {one.pk: one for one in IssuedResult.objects.filter(dossier=issued.dossier_id)}
    first = issued
    while first.replaces_id in of_dossier:
        first = of_dossier[first.replaces_id]
    then = {one.replaces_id: one for one in of_dossier.values() if one.replaces_id}
    chain = [first]
    while chain[-1].pk in then:
        chain.append(then[chain[-1].pk])
    return chain
