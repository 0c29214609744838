"""Hồ sơ trực tuyến chờ trả lời: in the order in which answers are due; taken in, to be completed, or not taken in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import DeliveredPaper, Delivery, Dossier
from motcua.service.dossiers.operations.delivering import look_at_delivery
from motcua.service.dossiers.operations.receiving import IncompleteDossier
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.filing.models import Filing, FilingPart
from motcua.service.filing.operations.answering import (
    Judged,
    accept,
    ask_supplement,
    papers_of,
    redirect,
    refuse,
)
from motcua.service.filing.operations.assisting import shares
from motcua.service.filing.operations.grouping import dearer_by, refuse_group
from motcua.service.filing.standing_with import stands_with
from motcua.service.filing.states import LIVE
from motcua.service.forms.answered import AnsweredPage
from motcua.service.forms.asking import answers_of, in_order
from motcua.service.holdings.finding import held_by_names
from motcua.service.holdings.models import PaperUse
from motcua.service.payments.models import PayerGroup
from motcua.service.payments.operations.confirming import confirmed_group
from motcua.web.counter.paging import known
from motcua.web.ui.files import FilePage
from motcua.web.ui.forms import Reader
from motcua.web.ui.held import ASKING, read_why
from motcua.web.ui.pages import Page
from motcua.web.ui.promises import promise_of

TABS = {"cho": "Chờ trả lời", "bo-sung": "Chờ người nộp bổ sung", "xong": "Đã trả lời"}
MOST = 100
LONGEST = 500
SHARES_OVER = 30  # days over which own and assisted filings are counted
NAMES = (
    "applicant",
    "offering__procedure",
    "offering__agency",
    "reception_agency",
    "case",
    "answered_by",
    "dossier",
    "representative",
    "assisted_by",
)
VERDICTS = [(one.value, one.label) for one in FilingPart.Verdict if one != FilingPart.Verdict.OPEN]


class Filings(Page):
    """Danh sách."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Filing.objects.visible_to(self.user, self.at).select_related(*NAMES)
        asked = seen.filter(state="SUPPLEMENT_ASKED").order_by("answered_at", "id")
        lists = {
            "cho": seen.waiting(),
            "bo-sung": asked,
            "xong": seen.exclude(state__in=sorted(LIVE)).order_by("-submitted_at", "-id"),
        }
        tab = request.GET.get("muc", "")
        tab = tab if tab in TABS else "cho"
        return self.render(
            "counter/filings/index.html",
            tab=tab,
            tabs=[(label, key, lists[key].count() if key != "xong" else None) for key, label in TABS.items()],
            rows=[
                (one, promise_of(one.answer_due_at, at=self.at, agency_id=one.reception_agency_id))
                for one in lists[tab][:MOST]
            ],
            most=MOST,
            shares=shares(
                self.access.agencies(Permission.RECEIVE), since=self.at - timedelta(days=SHARES_OVER)
            ),
            shares_over=SHARES_OVER,
            delivered=Delivery.objects.visible_to(self.user, self.at).waiting().count(),
        )


class Answer(Page):
    """Một hồ sơ trực tuyến: its papers, and the answer."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, filing_id: UUID) -> HttpResponse:
        filing = self.filing(filing_id)
        parts = list(filing.parts.prefetch_related("documents__file"))
        reused = list(
            PaperUse.objects.used().filter(subject_id=filing.dossier_key).select_related("held", "paper")
        )
        sent = {part.paper_id for part in parts} | {use.paper_id for use in reused}
        return self.render(
            "counter/filings/edit.html",
            filing=filing,
            parts_=parts,
            lacking=[paper for paper in papers_of(filing) if paper.is_required and paper.pk not in sent],
            verdicts=VERDICTS,
            answered=answered_of(filing, self.at),
            reasons=ASKING,
            held=held_by_names(
                filing.applicant_id,
                {part.name for part in parts},
                procedure_id=filing.offering.procedure_id,
                on=local_date(self.at),
            ),
            reused=reused,
            beside=stands_with(filing.dossier_key),
            promise=promise_of(filing.answer_due_at, at=self.at, agency_id=filing.reception_agency_id),
            notices=Notice.objects.about(filing.pk),
            **group_of(filing),
        )

    def post(self, request: HttpRequest, filing_id: UUID) -> HttpResponse:
        filing = self.filing(filing_id)
        reader = self.read()
        answer = request.POST.get("answer", "")
        if answer == "accept":
            return self.accept(filing)
        if answer == "supplement":
            self.ask(filing, reader)
            return self.done(f"Đã yêu cầu bổ sung hồ sơ {filing.code}.", "counter:filings")
        reasons = reader.paragraph("reasons", longest=2000).splitlines()
        if answer == "redirect":
            place = reader.text("right_place", longest=250)
            reader.check()
            redirect(filing_id=filing.pk, reasons=reasons, right_place=place, by=self.user, at=self.at)
            return self.done(f"Đã báo hồ sơ {filing.code} gửi nhầm nơi.", "counter:filings")
        if answer != "refuse":
            reader.refuse("answer", "Hãy chọn cách trả lời.")
        reader.check()
        refuse(filing_id=filing.pk, reasons=reasons, by=self.user, at=self.at)
        return self.done(f"Đã từ chối tiếp nhận hồ sơ {filing.code}.", "counter:filings")

    def accept(self, filing: Filing) -> HttpResponse:
        try:
            came = known(self.request.POST.getlist("came"))
            dossier = accept(filing_id=filing.pk, by=self.user, at=self.at, came_on_paper=came)
        except IncompleteDossier as lacking:
            names = [paper.name for paper in papers_of(filing) if f"paper-{paper.pk}" in lacking.errors]
            said = f"Chưa tiếp nhận được vì chưa có: {'; '.join(names)}. Hãy yêu cầu bổ sung."
            raise InvalidInput({"answer": said}) from None
        return self.done(f"Đã tiếp nhận hồ sơ trực tuyến, mã {dossier.code}.", "counter:dossier", dossier.pk)

    def ask(self, filing: Filing, reader: Reader) -> None:
        judged = {
            part.pk: Judged(
                reader.choice(f"part-{part.pk}", [key for key, _ in VERDICTS]),
                reader.text(f"instruction-{part.pk}", longest=LONGEST),
                read_why(reader, part.pk),
            )
            for part in filing.parts.all()
        }
        missing = reader.paragraph("missing", longest=2000).splitlines()
        why = read_why(reader, "missing")
        reader.check()
        ask_supplement(
            filing_id=filing.pk, judged=judged, missing=missing, missing_demand=why, by=self.user, at=self.at
        )

    def filing(self, filing_id: UUID) -> Filing:
        seen = Filing.objects.visible_to(self.user, self.at).select_related(*NAMES)
        found: Filing = first_or_refuse(seen.filter(pk=filing_id))
        return found


def answered_of(filing: Filing, at: datetime) -> list[AnsweredPage]:
    """Tờ khai điện tử, in words."""
    answers = answers_of(filing.dossier_key)
    if answers is None:
        return []
    return list(in_order(answers.version, answers.data, local_date(at), answers.provenance))


def group_of(filing: Filing) -> dict[str, Any]:
    """Diện miễn, giảm đã khai: `group`, `dearer`, what who does not belong to it owes besides, and who has confirmed it."""
    group = PayerGroup.objects.filter(pk=filing.payer_group).first() if filing.payer_group else None
    if group is None:
        return {"group": None, "dearer": 0, "confirmed": None}
    return {"group": group, "dearer": dearer_by(filing), "confirmed": confirmed_group(filing.dossier_key)}


class GroupRefusal(Answer):
    """Không thuộc diện miễn, giảm đã khai."""

    def post(self, request: HttpRequest, filing_id: UUID) -> HttpResponse:
        filing, reader = self.filing(filing_id), self.read()
        reason = reader.text("group_reason", longest=300)
        reader.check()
        dues = refuse_group(filing_id=filing.pk, reason=reason, by=self.user, at=self.at)
        owed = vnd(sum(due.amount for due in dues))
        return self.done(f"Đã ghi; người nộp được báo cần nộp {owed}.", "counter:filing", filing.pk)


class File(FilePage):
    """Tệp của một hồ sơ trực tuyến."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.RECEIVE,)

    def may_open(self, document: Document) -> bool:
        if document.subject_id is None:
            return False
        return Filing.objects.visible_to(self.user, self.at).filter(dossier_key=document.subject_id).exists()


class Deliveries(Page):
    """Phần bổ sung gửi trực tuyến chờ xem, the earliest first."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Delivery.objects.visible_to(self.user, self.at).waiting()
        found = waiting.select_related("dossier", "supplement")
        return self.render("counter/filings/deliveries.html", deliveries=list(found[:MOST]))


class LookAtDelivery(Page):
    """Xem một phần bổ sung: what has no fault is taken in, as brought when it was sent."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        delivery = self.delivery(delivery_id)
        return self.render(
            "counter/filings/delivery.html",
            delivery=delivery,
            papers=list(delivery.papers.select_related("item").prefetch_related("documents__file")),
        )

    def post(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        delivery, reader = self.delivery(delivery_id), self.read()
        faults = {}
        for paper in delivery.papers.all():
            fault = reader.text(f"fault-{paper.pk}", longest=LONGEST)
            verdict = reader.choice(f"good-{paper.pk}", ["1", "0"], required="Hãy kết luận đạt hay chưa đạt.")
            if verdict == "0":
                if not fault:
                    reader.refuse(f"good-{paper.pk}", "Hãy ghi vì sao chưa đạt và người nộp cần làm gì.")
                faults[paper.pk] = fault
        reader.check()
        supplement = look_at_delivery(delivery_id=delivery.pk, faults=faults, by=self.user, at=self.at)
        all_good = "Đã nhận đủ phần bổ sung."
        said = all_good if supplement.completed_at else "Đã ghi; phần còn lại đã báo người nộp."
        return self.done(said, "counter:dossier", delivery.dossier_id)

    def delivery(self, delivery_id: UUID) -> Delivery:
        waiting = Delivery.objects.visible_to(self.user, self.at).waiting()
        found: Delivery | None = (
            waiting.select_related("dossier", "supplement").filter(pk=delivery_id).first()
        )
        if found is None:
            raise self.missing("Không có phần bổ sung này, hoặc đã được xem.")
        return found


class DeliveredFile(FilePage):
    """Tệp của một phần bổ sung."""

    permission = Permission.RECEIVE

    def may_open(self, document: Document) -> bool:
        seen = Dossier.objects.visible_to(self.user, self.at)
        return DeliveredPaper.objects.filter(documents=document, delivery__dossier__in=seen).exists()
