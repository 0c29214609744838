"""Bước 2: which procedure. Searched as one types, without diacritics; the ones of every day stand ready."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.asking import Asked
from motcua.core.keeping import kept
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.procedures.models import Offering
from motcua.service.procedures.querysets import OfferingQuerySet
from motcua.web.counter.applicants import applicant_or_404, carried
from motcua.web.counter.mandates import chosen_mandate
from motcua.web.ui.pages import Page

MOST = 20
USUAL = 8
LATELY = timedelta(days=30)


class Offerings(Page):
    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:
        applicant = applicant_or_404(self, applicant_id)
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
        found = list(offerings_of(self).search(text)[:MOST]) if text else []
        if len(found) == 1 and not self.is_fragment:
            address = reverse("counter:reception", args=[applicant.pk, found[0].pk])
            return self.go(address + carried(request))
        context: dict[str, Any] = {
            "applicant": applicant,
            "text": text,
            "found": found,
            "usual": usual(self) if not text else [],
            "is_full": len(found) == MOST,
            "acting": chosen_mandate(self, applicant),
        }
        if self.is_fragment:
            return self.render("counter/offerings/_found.html", **context)
        return self.render("counter/offerings/index.html", **context)


def offerings_of(page: Page) -> OfferingQuerySet:
    """Thủ tục mà người này tiếp nhận được hôm nay."""
    units = page.access.agencies(Permission.RECEIVE)
    return Offering.objects.in_force(local_date(page.at)).filter(receiving_agency__in=units).for_pages()


def offering_or_404(page: Page, offering_id: int) -> Offering:
    """One of these, which knows its revision of today."""
    on = local_date(page.at)
    found = offered(offering_id, on, page.access.version)
    if found is None or not page.access.may(Permission.RECEIVE, found.receiving_agency_id):
        raise page.missing("Thủ tục này không tiếp nhận tại quầy của bạn.")
    return found


def offering_elsewhere_or_404(page: Page, offering_id: int) -> Offering:
    """A procedure of another place, when it is taken in regardless of boundaries today."""
    on = local_date(page.at)
    listed = Offering.objects.boundary_free(on).filter(pk=offering_id)
    found = listed.select_related("procedure", "agency", "receiving_agency").first()
    if found is None:
        raise page.missing("Thủ tục này không tiếp nhận phi địa giới.")
    return found


def offered(offering_id: int, on: date, version: UUID | None) -> Offering | None:
    """The offering with its agencies and its revision, kept in the process while the version stands. Read it only."""
    return _kept(offering_id, on, version) if version else _read(offering_id, on)


@kept(4096)
def _kept(offering_id: int, on: date, version: UUID) -> Offering | None:
    return _read(offering_id, on)


def _read(offering_id: int, on: date) -> Offering | None:
    found = OFFERED.first(offering_id=offering_id, on=on)
    if found:
        found.keep_revision(on)
    return found


OFFERED = Asked(
    lambda offering_id, on: (
        Offering.objects.in_force(on)
        .filter(pk=offering_id)
        .with_revision_on(on)
        .select_related("procedure", "agency", "receiving_agency")
    )
)


def usual(page: Page) -> list[Offering]:
    """Hay nhận: what this person has received most in the last month."""
    units = page.access.agencies(Permission.RECEIVE)
    lately = Dossier.objects.visible_to(page.user, page.at).filter(
        reception_agency__in=units, received_at__gte=page.at - LATELY, received_by=page.user
    )
    keys = ("procedure_id", "agency_id", "reception_agency_id")
    counted = (
        lately.order_by().values_list(*keys).annotate(times=Count("pk")).order_by("-times", *keys)[:USUAL]
    )
    wanted = {row[:3]: place for place, row in enumerate(counted)}
    if not wanted:
        return []
    offered = offerings_of(page).filter(procedure__in={key[0] for key in wanted})
    found = {(one.procedure_id, one.agency_id, one.receiving_agency_id): one for one in offered}
    return [found[key] for key in wanted if key in found]
