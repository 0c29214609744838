"""Ký số tại bàn làm việc: who can sign digitally, how far it is, signing again, revoking a result."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.time import local
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.signing.models import SigningIdentity
from motcua.service.dossiers.models import Dossier
from motcua.service.holdings.models import Digitisation
from motcua.service.holdings.operations.digitising import seal
from motcua.service.results.models import IssuedResult, ResultDraft, SigningJob
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.operations.signing import go_without, sign_again, stop_waiting
from motcua.service.results.reading import signatures_of
from motcua.service.workflows.blueprint import StepKind
from motcua.web.desk.base import DeskPage

BEFORE_ISSUE = {StepKind.WORK, StepKind.REVIEW, StepKind.SIGN, StepKind.ISSUE}
MOST = 100
SIGNERS = (Permission.SIGN, Permission.ISSUE)


@dataclass(frozen=True)
class Signing:
    """Tình trạng ký số of a dossier, as its page tells it."""

    draft: ResultDraft | None
    mine: SigningIdentity | None  # of who looks, at the step of the signature
    agency: SigningIdentity | None
    jobs: list[SigningJob]
    issued: list[IssuedResult]
    may_mend: bool
    may_revoke: bool

    @property
    def is_shown(self) -> bool:
        return bool(self.draft or self.jobs or self.issued)

    @property
    def is_running(self) -> bool:
        return any(job.state == SigningJob.State.WAITING for job in self.jobs)


def signing_of(page: DeskPage, dossier: Dossier) -> Signing:
    is_before = dossier.step_kind in BEFORE_ISSUE
    drafts = ResultDraft.objects.filter(dossier=dossier, withdrawn_at=None).select_related("document__file")
    is_decided = dossier.decided_at is not None
    may_sign = page.access.may(Permission.SIGN, dossier.agency_id)
    asked = SigningIdentity.objects
    draft = drafts.first() if is_before else None
    is_mine_asked = draft and dossier.step_kind == StepKind.SIGN
    return Signing(
        draft=draft,
        mine=asked.of_officer(page.user.pk, page.at) if is_mine_asked else None,
        agency=asked.of_agency(dossier.agency_id, page.at) if dossier.step_kind == StepKind.ISSUE else None,
        jobs=signatures_of(dossier.pk) if is_decided else [],
        issued=list(IssuedResult.objects.of_dossier(dossier.pk)) if is_decided else [],
        may_mend=may_sign or page.access.may(Permission.ISSUE, dossier.agency_id),
        may_revoke=may_sign,
    )


class Signings(DeskPage):
    """Ký số: what is being signed, what could not be, how far today's signing is."""

    any_of = SIGNERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return signings_page(self)


def signings_page(page: DeskPage) -> HttpResponse:
    """What was asked to be signed, and what waits for the agency's seal."""
    mine = {*page.access.agencies(Permission.SIGN), *page.access.agencies(Permission.ISSUE)}
    seen = Dossier.objects.visible_to(page.user, page.at).filter(agency__in=mine)
    jobs = SigningJob.objects.filter(dossier__in=seen)
    day = local(page.at).replace(hour=0, minute=0, second=0, microsecond=0)
    undone = jobs.filter(state__in=[SigningJob.State.WAITING, SigningJob.State.FAILED])
    return page.render(
        "desk/results/index.html",
        papers=Digitisation.objects.visible_to(page.user, page.at)
        .to_seal(page.user, page.at)
        .select_related("dossier", "part", "item__campaign", "document", "signed_by")[:MOST],
        jobs=undone.select_related("identity", "dossier").order_by("asked_at", "pk")[:MOST],
        counts=jobs.filter(asked_at__gte=day).aggregate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=SigningJob.State.DONE)),
            failed=Count("pk", filter=Q(state=SigningJob.State.FAILED)),
        ),
    )


class SealPaper(DeskPage):
    """Ký số của cơ quan a digitised paper that the officer has signed; then it goes into the store."""

    any_of = (Permission.ISSUE,)

    def get(self, request: HttpRequest, digitisation_id: UUID) -> HttpResponse:
        return signings_page(self)

    def post(self, request: HttpRequest, digitisation_id: UUID) -> HttpResponse:
        held = seal(digitisation_id=digitisation_id, by=self.user, at=self.at)
        then = f"đưa “{held.title}” vào kho" if held else "để giấy tờ chờ định danh chủ"
        return self.done(f"Đã ký số của cơ quan và {then}.", "desk:signings")


class SignAgain(DeskPage):
    """Ký lại: pressed twice it signs once."""

    any_of = SIGNERS

    def post(self, request: HttpRequest, dossier_id: UUID, job_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        job = sign_again(job_id=job_of(self, dossier, job_id).pk, by=self.user, at=self.at)
        sentence = (
            "Tệp đã được ký số." if job.state == job.State.DONE else "Đang ký số lại, xong trong ít giây."
        )
        return self.done(sentence, self.next_address(reverse("desk:dossier", args=[dossier.pk])))


class StopWaiting(DeskPage):
    """Thôi chờ xác nhận trên điện thoại."""

    any_of = SIGNERS

    def post(self, request: HttpRequest, dossier_id: UUID, job_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        job = stop_waiting(job_id=job_of(self, dossier, job_id).pk, by=self.user, at=self.at)
        return self.done(
            f"Đã thôi chờ {job.identity} xác nhận trên điện thoại.",
            self.next_address(reverse("desk:dossier", args=[dossier.pk])),
        )


class GoWithout(DeskPage):
    """Không ký số nữa, in favour of the present way."""

    any_of = SIGNERS

    def post(self, request: HttpRequest, dossier_id: UUID, job_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        job = go_without(job_id=job_of(self, dossier, job_id).pk, by=self.user, at=self.at)
        return self.done(
            f"Kết quả được phát hành không có chữ ký số của {job.identity}.", "desk:dossier", dossier.pk
        )


class Revocation(DeskPage):
    """Thu hồi một kết quả, or a certified copy: the paper that was chosen."""

    permission = Permission.SIGN

    def get(self, request: HttpRequest, dossier_id: UUID, issued_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        issued = self.issued(dossier, issued_id)
        if issued.state != IssuedResult.State.VALID:
            return self.done(f"Giấy {issued.paper_id} không còn hiệu lực.", "desk:dossier", dossier.pk)
        return self.render("desk/results/revoke.html", dossier=dossier, issued=issued)

    def post(self, request: HttpRequest, dossier_id: UUID, issued_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        reason = reader.paragraph("reason", required="Hãy ghi lý do thu hồi.", longest=500)
        number = reader.text("decision_number", required="Hãy nhập số quyết định thu hồi.", longest=80)
        reader.check()
        issued = self.issued(dossier, issued_id)
        revoke_result(issued_id=issued.pk, reason=reason, decision_number=number, by=self.user, at=self.at)
        what = "bản sao chứng thực" if issued.is_certified_copy else "kết quả"
        sentence = f"Đã thu hồi {what} số {issued.number}; ai xác thực đều thấy."
        if issued.is_certified_copy:
            return self.done(sentence, "desk:certifications")
        return self.done(sentence, "desk:dossier", dossier.pk)

    def issued(self, dossier: Dossier, issued_id: UUID) -> IssuedResult:
        found = IssuedResult.objects.of_dossier(dossier.pk).filter(pk=issued_id).first()
        if found is None:
            raise self.missing("Hồ sơ này không có giấy ấy.")
        return found


def job_of(page: DeskPage, dossier: Dossier, job_id: UUID) -> SigningJob:
    job = SigningJob.objects.filter(pk=job_id, dossier=dossier).first()
    if job is None:
        raise page.missing("Không có chữ ký này.")
    return job
