"""Giải trình hồ sơ chậm: the unit explains, the controlling office judges and publishes, the causes are counted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Apology, Dossier, LateCause, LatenessReview
from motcua.service.dossiers.operations.apologising import may_draft
from motcua.service.dossiers.operations.explaining import (
    causes_on,
    explain_due,
    explain_lateness,
    publish_lateness,
    review_lateness,
)
from motcua.web.desk.apologies import LONGEST, WATCHERS, Watch, cause_of
from motcua.web.desk.base import DeskPage
from motcua.web.desk.paging import slice_of
from motcua.web.ui.promises import Promise, promise_of

TABS = {
    "cho-giai-trinh": "Chờ giải trình",
    "cho-xem-xet": "Chờ xem xét",
    "da-xem-xet": "Đã xem xét",
    "da-cong-khai": "Đã công khai",
}
OF_TAB = {
    "cho-giai-trinh": Q(lateness_review__isnull=True),
    "cho-xem-xet": Q(lateness_review__isnull=False, lateness_review__outcome=""),
    "da-xem-xet": Q(lateness_review__outcome__gt="", lateness_review__published_at__isnull=True),
    "da-cong-khai": Q(lateness_review__published_at__isnull=False),
}
SPAN = timedelta(days=365)  # what lies further back is history


@dataclass(frozen=True, slots=True)
class Line:
    """Một dòng."""

    dossier: Dossier
    promise: Promise
    explain_due: datetime | None
    review: LatenessReview | None


class Lateness(DeskPage):
    """Hồ sơ chậm, by what is still to be said of them."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest) -> HttpResponse:
        watch = Watch(self.access, self.at)
        late = watch.dossiers.late(at=self.at).filter(due_at__gte=self.at - SPAN)
        tab = request.GET.get("muc", "")
        tab = tab if tab in TABS else "cho-giai-trinh"
        chosen = self.chosen_cause()
        if chosen:
            late = late.filter(self.of_cause(chosen))
        agency = request.GET.get("co-quan", "")
        if agency.isdecimal():
            late = late.filter(agency=int(agency[:12]))
        counts = late.aggregate(
            **{key.replace("-", "_"): Count("pk", filter=of) for key, of in OF_TAB.items()}
        )
        shown = late if chosen and "muc" not in request.GET else late.filter(OF_TAB[tab])
        page = slice_of(shown, after=request.GET.get("sau", ""))
        reviews = LatenessReview.objects.filter(dossier__in=[one.pk for one in page.dossiers])
        of_dossier = {review.dossier_id: review for review in reviews.select_related("cause")}
        return self.render(
            "desk/lateness/index.html",
            tab="" if chosen and "muc" not in request.GET else tab,
            tabs=[(label, key, counts[key.replace("-", "_")]) for key, label in TABS.items()],
            lines=[
                Line(
                    one,
                    promise_of(one.due_at, at=self.at, finished_at=one.finished_at, agency_id=one.agency_id),
                    explain_due(one),
                    of_dossier.get(one.pk),
                )
                for one in page.dossiers
            ],
            next=page.next,
            cause=chosen,
            may_control=self.access.may(Permission.CONTROL),
        )

    def chosen_cause(self) -> LateCause | None:
        key = self.request.GET.get("nguyen-nhan", "")
        return LateCause.objects.filter(code=key).first() if key else None

    def of_cause(self, cause: LateCause) -> Q:
        """The unit's own explanation says the cause."""
        return Q(lateness_review__cause=cause)


class Causes(DeskPage):
    """Nguyên nhân chậm by agency: each figure opens its dossiers."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest) -> HttpResponse:
        watch = Watch(self.access, self.at)
        since = self.at - SPAN
        counted = (
            LatenessReview.objects.filter(dossier__agency__in=watch.agencies, dossier__due_at__gte=since)
            .filter(Q(dossier__finished_at__isnull=True) | Q(dossier__finished_at__gt=since))
            .values_list("dossier__agency", "cause")
            .annotate(number=Count("pk"))
        )
        table: dict[int, dict[int, int]] = defaultdict(dict)
        for agency, cause, number in counted:
            table[agency][cause] = number
        names = dict(Agency.objects.filter(pk__in=table).values_list("pk", "name"))
        used = {cause for row in table.values() for cause in row}
        causes = list(LateCause.objects.filter(pk__in=used))
        total = sum(number for row in table.values() for number in row.values())
        by_cause = {cause.pk: sum(row.get(cause.pk, 0) for row in table.values()) for cause in causes}
        return self.render(
            "desk/lateness/causes.html",
            causes=sorted(causes, key=lambda cause: -by_cause[cause.pk]),
            by_cause=by_cause,
            rows=sorted(
                ((names[agency], agency, row, sum(row.values())) for agency, row in table.items()),
                key=lambda row: -row[3],
            ),
            total=total,
            since=local_date(since),
            letters=Apology.objects.filter(
                state=Apology.State.SENT, dossier__agency__in=watch.agencies, sent_at__gte=since
            ).count(),
        )


class Review(DeskPage):
    """Giải trình và xem xét trách nhiệm của một hồ sơ."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reviews = LatenessReview.objects.filter(dossier=dossier)
        review = reviews.select_related("cause", "explained_by", "reviewed_by", "published_by").first()
        letters = dossier.apologies.filter(state=Apology.State.SENT).select_related("cause")
        return self.render(
            "desk/lateness/edit.html",
            dossier=dossier,
            promise=promise_of(
                dossier.due_at, at=self.at, finished_at=dossier.finished_at, agency_id=dossier.agency_id
            ),
            review=review,
            letter=letters.order_by("-sent_at").first(),
            explain_due=explain_due(dossier),
            is_late=dossier.is_on_time(self.at) is False,
            may_explain=may_draft(dossier, self.user, self.at) and not (review and review.outcome),
            may_control=self.access.may(Permission.CONTROL, dossier.agency_id),
            causes=[(one.pk, one.name) for one in causes_on(local_date(self.at))],
            verdicts=LatenessReview.Verdict.choices,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        if "publish" in request.POST:
            publish_lateness(dossier_id=dossier.pk, by=self.user, at=self.at)
            return self.done("Đã công khai kết quả xem xét.", "desk:lateness-review", dossier.pk)
        if "judge" in request.POST:
            verdict = reader.choice("verdict", LatenessReview.Verdict.values, required="Hãy chọn kết luận.")
            outcome = reader.paragraph("outcome", required="Hãy ghi kết quả xem xét.", longest=LONGEST)
            reader.check()
            review_lateness(dossier_id=dossier.pk, verdict=verdict, outcome=outcome, by=self.user, at=self.at)
            return self.done("Đã ghi kết quả xem xét.", "desk:lateness-review", dossier.pk)
        cause = cause_of(reader, required="Hãy chọn nguyên nhân chậm.")
        explanation = reader.paragraph("explanation", required="Hãy ghi giải trình.", longest=LONGEST)
        reader.check()
        explain_lateness(
            dossier_id=dossier.pk, cause=cause, explanation=explanation, by=self.user, at=self.at
        )
        return self.done(f"Đã giải trình hồ sơ {dossier.code}.", "desk:lateness")
