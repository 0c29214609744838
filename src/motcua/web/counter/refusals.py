"""Từ chối tiếp nhận: say in writing what is missing, so that one visit is enough to know; form 03."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import IntakeRefusal, Part
from motcua.service.dossiers.operations.receiving import refuse_intake
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.dossiers.store import Wanted
from motcua.service.holdings.operations.demanding import names_within
from motcua.service.paperwork.models import PrintedForm
from motcua.service.paperwork.operations.printing import print_refusal
from motcua.service.paperwork.registry import Form as Paper
from motcua.web.counter.paging import known
from motcua.web.counter.papers import titled
from motcua.web.counter.receptions import AtCounter
from motcua.web.ui.forms import Form
from motcua.web.ui.held import ASKING, read_why
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response

MISSING = "Thiếu giấy tờ: {}."
OTHERS = [
    ("NOT_HERE", "Hồ sơ không thuộc thẩm quyền giải quyết của cơ quan tại đây."),
    ("NOT_ENTITLED", "Người nộp không thuộc đối tượng thực hiện thủ tục."),
    ("NOT_VALID", "Giấy tờ không hợp lệ hoặc đã hết giá trị."),
]


class Refusal(AtCounter):
    """Lập phiếu từ chối."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID, offering_id: int) -> HttpResponse:
        return self.page(ticked=[])

    def page(self, ticked: list[str]) -> HttpResponse:
        return self.render(
            "counter/refusals/edit.html",
            applicant=self.applicant,
            offering=self.offering,
            case=self.case,
            missing=[(str(paper.pk), titled(paper.name)) for paper in self.papers],
            others=OTHERS,
            reasons=ASKING,
            ticked=ticked,
            refusal_id=self.form.value("refusal_id", str(new_id())),
            back=f"../?{self.request.GET.urlencode()}" if self.request.GET else "../",
        )

    def post(self, request: HttpRequest, applicant_id: UUID, offering_id: int) -> HttpResponseBase:
        if "open" in request.POST:  # from the checklist: what is missing there stands ready here
            typed = request.POST
            ticked = [
                str(paper.pk)
                for paper in self.papers
                if typed.get(f"paper-{paper.pk}") == Part.Status.MISSING
                or (paper.is_required and paper.pk not in self.held and not typed.get(f"paper-{paper.pk}"))
            ]
            self.form = Form({"matter": typed.get("matter", "")})
            return self.page(ticked)
        reader = self.read()
        names = {str(paper.pk): titled(paper.name) for paper in self.papers}
        reasons = [MISSING.format(names[key]) for key in reader.several("missing", names)]
        reasons += [dict(OTHERS)[key] for key in reader.several("others", [key for key, _ in OTHERS])]
        reasons += reader.paragraph("reasons", longest=3000).splitlines()
        matter = reader.text("matter", longest=500)
        why = read_why(reader, "missing")
        reader.check()
        wanted = [Wanted(name, "missing", why) for name in names_within(reasons, list(names.values()))]
        refusal_id = next(iter(known([request.POST.get("refusal_id", "")])), None) or new_id()
        if not self.is_written(refusal_id):
            try:
                refuse_intake(
                    offering=self.offering,
                    applicant=self.applicant,
                    reasons=reasons,
                    by=self.user,
                    at=self.at,
                    matter=matter,
                    refusal_id=refusal_id,
                    wanted=wanted,
                )
            except IntegrityError:  # the same page was sent twice in the same instant
                if not self.is_written(refusal_id):
                    raise
        return self.go("counter:refusal", refusal_id)

    def is_written(self, refusal_id: UUID) -> bool:
        return IntakeRefusal.objects.filter(pk=refusal_id).exists()


class Show(Page):
    """Phiếu từ chối: it prints itself, once."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, refusal_id: UUID) -> HttpResponse:
        refusal = refusal_of(self, refusal_id)
        is_printed = PrintedForm.objects.filter(subject_id=refusal.pk, form=Paper.REFUSAL).exists()
        return self.render(
            "counter/refusals/show.html", refusal=refusal, is_printed=is_printed, today=local_date(self.at)
        )


class Print(Page):
    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, refusal_id: UUID) -> HttpResponse:
        refusal = refusal_of(self, refusal_id)
        printed = print_refusal(refusal_id=refusal.pk, by=self.user, at=self.at)
        return paper_response(printed, request)


def refusal_of(page: Page, refusal_id: UUID) -> IntakeRefusal:
    """The refusal, when it was written at a counter of this person. Raises NoSuchDossier."""
    units = page.access.agencies(Permission.RECEIVE)
    found: IntakeRefusal = first_or_refuse(
        IntakeRefusal.objects.filter(pk=refusal_id, agency__in=units).select_related(
            "procedure", "applicant", "agency", "refused_by"
        )
    )
    return found
