"""Mã tiếp tục tại quầy: what somebody has prepared on their phone is opened by its code, nothing typed twice."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import AnotherName, find_or_create_applicant
from motcua.foundation.identity.permissions import Permission
from motcua.service.filing.declared import is_declared
from motcua.service.filing.models import CoSigner, Draft
from motcua.service.filing.operations.cosigning import agree_on_paper, know_signer
from motcua.service.filing.operations.declaring import declaration_here
from motcua.service.filing.operations.drafting import as_input, papers_of, resume_draft
from motcua.service.filing.revising import carried_case, carried_paper
from motcua.service.forms.asking import answers_of
from motcua.service.procedures.models import Paper
from motcua.web.ui.files import FilePage
from motcua.web.ui.pages import Page

OPENED = "ban-nhap-tai-quay"  # in the session: the drafts whose code this clerk has typed
MOST_OPENED = 30


class DraftCode(Page):
    """Nhập hoặc quét mã tiếp tục."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("counter/drafts/index.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã tiếp tục của người nộp.", longest=60)
        reader.check()
        draft = resume_draft(code=code, at=self.at, where="counter", actor_id=self.user.pk)
        if draft.filing_id:
            return self.done("Bản nháp này đã được nộp trực tuyến.", "counter:filing", draft.filing_id)
        if draft.dossier_id:
            return self.done("Bản nháp này đã được tiếp nhận.", "counter:dossier", draft.dossier_id)
        kept = [key for key in request.session.get(OPENED, []) if key != str(draft.pk)]
        request.session[OPENED] = [*kept, str(draft.pk)][-MOST_OPENED:]
        return self.go("counter:draft", draft.pk)


def opened_draft(page: Page, draft_id: UUID) -> Draft:
    """A draft whose code was typed here: without it, no clerk looks into what a citizen prepares."""
    found = Draft.objects.select_related(
        "offering__procedure", "offering__agency", "revision", "case", "mandate__principal", "applicant"
    )
    draft: Draft | None = found.open(at=page.at).filter(pk=draft_id).first()
    if draft is None or str(draft.pk) not in page.request.session.get(OPENED, []):
        raise page.missing("Không có bản nháp này, hoặc chưa nhập mã của nó.")
    return draft


class ShowDraft(Page):
    """Bản nháp của người nộp: who, for what, which files; one press goes on to the reception."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, draft_id: UUID, **_signer: UUID) -> HttpResponse:
        draft = opened_draft(self, draft_id)
        rows = {row.paper_id: row for row in draft.papers.prefetch_related("documents__file")}
        return self.render(
            "counter/drafts/show.html",
            draft=draft,
            owner=draft.owner,
            helper=draft.helper,
            lines=[(paper, rows.get(paper.pk)) for paper in papers_of(draft)],
            cosigners=list(draft.cosigners.select_related("witness")),
            declaration=declaration_here(draft),
            may_receive=self.access.may(Permission.RECEIVE, draft.offering.receiving_agency_id),
        )

    def post(self, request: HttpRequest, draft_id: UUID) -> HttpResponse:
        draft, reader = opened_draft(self, draft_id), self.read()
        self.access.require(Permission.RECEIVE, draft.offering.receiving_agency_id)
        try:
            person = self.person(draft, accepts_new_name=reader.is_ticked("renamed"))
        except DomainError as refusal:
            raise DomainError(f"Người nộp khai chưa dùng được: {refusal.message}", field="person") from None
        query = {"ho-so": str(draft.dossier_key), "ban-nhap": str(draft.pk)}
        case = carried_case(draft.case, draft.offering.revision_on(local_date(self.at)))
        if case:
            query["truong-hop"] = str(case.pk)
        if draft.mandate_id:
            query["uy-quyen"] = str(draft.mandate_id)
        address = reverse("counter:reception", args=[person.pk, draft.offering_id])
        return self.go(f"{address}?{urlencode(query)}")

    def person(self, draft: Draft, *, accepts_new_name: bool) -> Applicant:
        if draft.mandate:
            principal: Applicant = draft.mandate.principal
            return principal
        return find_or_create_applicant(
            as_input(draft.owner), by=self.user, at=self.at, accepts_new_name=accepts_new_name
        )


class SignedOnPaper(ShowDraft):
    """Người cùng đứng tên đã ký trên giấy, before this clerk."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, draft_id: UUID, **given: UUID) -> HttpResponse:
        draft, signer_id = opened_draft(self, draft_id), given["signer_id"]
        if not draft.cosigners.filter(pk=signer_id).exists():
            raise self.missing("Không có người này trong bản nháp.")
        field = f"number-{signer_id}"
        number = self.read().text(field, longest=100)
        try:
            signer = agree_on_paper(signer_id=signer_id, personal_number=number, by=self.user, at=self.at)
        except (InvalidInput, AnotherName) as refusal:
            said = refusal.errors.values() if isinstance(refusal, InvalidInput) else [refusal.message]
            raise InvalidInput({field: " ".join(said)}) from None
        follows = " Người này theo dõi được hồ sơ trên mạng." if signer.applicant_id else ""
        return self.done(f"Đã ghi {signer.name} đồng ý trên giấy.{follows}", "counter:draft", draft.pk)


class SignerFollows(Page):
    """Người đã ký trên giấy theo dõi trên mạng: their number, seen by this clerk."""

    permission = Permission.RECEIVE

    @cached_property
    def signer(self) -> CoSigner:
        units = self.access.agencies(Permission.RECEIVE)
        # what a citizen still prepares is looked into with its code alone
        filed_or_opened = Q(draft__ended_at__isnull=False) | Q(draft__in=self.request.session.get(OPENED, []))
        found = CoSigner.objects.filter(
            filed_or_opened,
            state=CoSigner.State.AGREED,
            witness__isnull=False,
            draft__offering__receiving_agency__in=units,
        )
        signer = (
            found.select_related("draft__revision", "witness").filter(pk=self.kwargs["signer_id"]).first()
        )
        if signer is None:
            raise self.missing("Không có người nào đã ký trên giấy ở đây.")
        return signer

    def get(self, request: HttpRequest, signer_id: UUID) -> HttpResponse:
        return self.render(
            "counter/drafts/follows.html",
            signer=self.signer,
            onward=self.next_address(reverse("counter:index")),
        )

    def post(self, request: HttpRequest, signer_id: UUID) -> HttpResponse:
        reader = self.read()
        number = reader.text(
            "personal_number", required="Hãy ghi số định danh trên giấy tờ đã xem.", longest=100
        )
        reader.check()
        signer = know_signer(signer_id=self.signer.pk, personal_number=number, by=self.user, at=self.at)
        return self.done(
            f"{signer.name} theo dõi được hồ sơ khi đăng nhập.", self.next_address(reverse("counter:index"))
        )


class DraftFile(FilePage):
    """Tệp của bản nháp đã mở bằng mã."""

    permission = Permission.RECEIVE

    def may_open(self, document: Document) -> bool:
        opened = self.request.session.get(OPENED, [])
        if document.subject_id is None:
            return False
        return Draft.objects.filter(pk__in=opened, dossier_key=document.subject_id).exists()


def draft_at_reception(page: Page, dossier_id: UUID | None) -> Draft | None:
    """Bản nháp đang được tiếp nhận: named by the address, opened by its code in this session."""
    key = page.request.GET.get("ban-nhap", "")
    if dossier_id is None or key not in page.request.session.get(OPENED, []):
        return None
    found: Draft | None = Draft.objects.open(at=page.at).filter(pk=key, dossier_key=dossier_id).first()
    return found


def files_of_draft(draft: Draft, papers: list[Paper]) -> dict[int, list[Document]]:
    """Tệp của bản nháp, by the paper that the procedure asks for today."""
    found: dict[int, list[Document]] = {}
    for row in draft.papers.select_related("paper").prefetch_related("documents__file"):
        paper = carried_paper(row.paper, papers)
        files = sorted(row.documents.all(), key=lambda one: one.pk)
        if paper and files:
            found[paper.pk] = files
    here, answers = declaration_here(draft), answers_of(draft.dossier_key)
    own = next((paper.pk for paper in papers if is_declared(answers, paper)), None)
    if here and here.signed and own:
        found[own] = [here.signed, *found.get(own, [])]
    return found


def typed_of_draft(draft: Draft) -> dict[str, Any]:
    """What the form of the reception is filled with at first."""
    helper = draft.helper if draft.acting == Draft.Acting.RELATIVE else {}
    typed = {
        "return_channel": draft.return_channel,
        "rep_name": helper.get("name", ""),
        "rep_personal_number": helper.get("personal_number", ""),
        "rep_phone": helper.get("phone", ""),
        "authorisation": f"Người thân: {helper['relation']}" if helper.get("relation") else "",
    }
    return {name: value for name, value in typed.items() if value}
