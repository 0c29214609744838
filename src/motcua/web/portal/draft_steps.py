"""Các bước của một bản nháp: place, person, declaration, papers, return, last look; each saves and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.foundation.identity import places
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.applicants import ApplicantInput
from motcua.service.dossiers.models import Channel
from motcua.service.filing.knowing import known_of
from motcua.service.filing.models import Draft, DraftPaper
from motcua.service.filing.operations import drafting, finishing
from motcua.service.filing.reusing import agree, has_agreed, reusable
from motcua.service.filing.revising import changed_since
from motcua.service.forms.asking import answers_of
from motcua.service.forms.models import Answers
from motcua.service.forms.operations.answering import begin
from motcua.service.holdings.models import HeldPaper
from motcua.service.procedures.models import Paper
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import (
    PERSON,
    RETURNS,
    TOO_OFTEN,
    DraftPage,
    choices_of,
    citizen_sign_in,
    let_in,
    offered_of,
    place_name,
    read_place,
    step_route,
)
from motcua.web.ui.eforms import FormPages, confirm_pages
from motcua.web.ui.files import file_response
from motcua.web.ui.forms import Reader
from motcua.web.ui.phones import LendsToPhone, Lent


class Place(DraftPage):
    """Bước 1: case and place, once more."""

    public = True
    step = "noi-nop"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        procedure = self.draft.offering.procedure
        revision = self.draft.offering.revision_on(local_date(self.at))
        offered = offered_of(procedure, self)
        return self.step_page("portal/filing/place.html", **choices_of(self, revision.cases, offered))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader, procedure = self.read(), self.draft.offering.procedure
        offering, case_id = read_place(reader, offered_of(procedure, self), procedure, self)
        reader.check()
        drafting.choose_place(draft_id=self.draft.pk, offering=offering, case_id=case_id, at=self.at)
        return self.onward()


class Who(DraftPage):
    """Bước 2: whose dossier it is, and who files."""

    public = True
    step = "nguoi-nop"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        return self.step_page(
            "portal/filing/who.html",
            owner=with_ward(self.draft.owner),
            helper=self.draft.helper,
            acting=self.draft.acting if self.draft.mandate_id is None else f"MANDATE-{self.draft.mandate_id}",
            actings=[(value, label) for value, label in Draft.Acting.choices if value != Draft.Acting.MANDATE]
            + [(f"MANDATE-{one.pk}", f"Theo ủy quyền của {one.principal.name}") for one in self.mandates],
            kinds=Applicant.Kind.choices,
            provinces=[(one.code, one.name) for one in places.provinces()],
            known=self.known_person,
        )

    @cached_property
    def mandates(self) -> list[Mandate]:
        """Ủy quyền còn hiệu lực trao cho người đang đăng nhập."""
        if self.known_person is None:
            return []
        held = Mandate.objects.valid_at(self.at, local_date(self.at))
        return list(held.filter(agent=self.known_person).select_related("principal"))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        acting, mandate = self.read_acting(reader)
        owner = self.read_person(reader)
        helper = None
        if acting == Draft.Acting.RELATIVE:
            helper = self.read_helper(reader)
        relation = reader.text("relation", longest=100)
        draft = drafting.save_person(
            draft_id=self.draft.pk,
            owner=owner,
            acting=acting,
            helper=helper,
            relation=relation,
            mandate=mandate,
            at=self.at,
        )
        for name, sentence in drafting.person_faults(draft, self.at).items():
            reader.refuse(name, sentence)
        reader.check()
        return self.onward()

    def read_acting(self, reader: Reader) -> tuple[str, Mandate | None]:
        given = reader.text("acting")
        by_key = {f"MANDATE-{one.pk}": one for one in self.mandates}
        if given in by_key:
            return Draft.Acting.MANDATE, by_key[given]
        return (given if given == Draft.Acting.RELATIVE else Draft.Acting.SELF), None

    def read_person(self, reader: Reader) -> ApplicantInput:
        typed = {name: reader.text(name, longest=400) for name in PERSON}
        ward_code = read_ward(reader, typed["province_code"])
        if self.known_person and reader.text("acting") == Draft.Acting.SELF:
            known = drafting.typed_of(self.known_person)
            typed |= {name: known[name] for name in ("kind", "name", "personal_number", "tax_code", "birth")}
        return ApplicantInput(
            **{**typed, "kind": typed["kind"] or Applicant.Kind.PERSON, "ward_code": ward_code}
        )

    def read_helper(self, reader: Reader) -> ApplicantInput:
        if self.known_person:
            known = drafting.typed_of(self.known_person)
            return ApplicantInput(**known)
        fields = ("name", "personal_number", "phone", "email")
        return ApplicantInput(**{name: reader.text(f"helper_{name}", longest=400) for name in fields})


def read_ward(reader: Reader, province_code: str) -> str:
    """Xã, phường as somebody writes it: found without marks in the chosen province; several or none are asked again."""
    written = reader.text("ward", longest=100)
    if not written:
        return ""
    if places.province(province_code) is None:
        reader.refuse("province_code", "Hãy chọn tỉnh, thành phố trước.")
        return ""
    wanted = fold(written)
    exact = [
        one
        for one in places.wards(province_code)
        if wanted in {one.folded, one.folded.removeprefix(f"{fold(one.kind)} ")}
    ]
    found = exact or places.search(written, province_code=province_code, limit=6)
    if len(found) == 1:
        return found[0].code
    names = ", ".join(one.name for one in found)
    said = (
        f"Có nhiều nơi gần giống: {names}. Hãy ghi rõ hơn."
        if found
        else "Không thấy xã, phường này trong tỉnh đã chọn."
    )
    reader.refuse("ward", said)
    return ""


def with_ward(owner: dict[str, str]) -> dict[str, str]:
    ward = places.ward(owner.get("ward_code", ""))
    return {**dict.fromkeys(PERSON, ""), **owner, "ward": ward.name if ward else ""}


@dataclass(frozen=True)
class Line:
    """Một giấy tờ trên trang: what the procedure asks, how it will come, and the files that are there."""

    paper: Paper
    way: str
    documents: Sequence[Document]
    is_declared: bool = False  # by the electronic form
    held: HeldPaper | None = None  # in the store, and the person's own
    is_judged: bool = False  # its owner has said how it comes

    @property
    def is_ready(self) -> bool:
        return self.is_declared or bool(self.documents) or self.way == DraftPaper.Way.PAPER or self.is_reused

    @property
    def is_reused(self) -> bool:
        """Dùng bản trong kho: so chosen, or not chosen otherwise yet."""
        if self.held is None or self.documents or self.is_declared:
            return False
        return self.way == DraftPaper.Way.HELD or not self.is_judged


class FormStep(DraftPage, FormPages):
    """Tờ khai điện tử: page by page; its answers belong to the draft, and later to its dossier."""

    public = True
    step = "to-khai"
    eform_template = "portal/filing/form.html"

    def answers_here(self) -> Answers:
        version = self.form_version
        found = answers_of(self.draft.dossier_key)
        if found is not None:
            return found
        if version is None:
            raise self.missing("Thủ tục này không có tờ khai điện tử.")
        return begin(
            subject_id=self.draft.dossier_key,
            version=version,
            by=self.account_id,
            at=self.at,
            known=self.known(),
        )

    def known(self) -> dict[str, Any]:
        """What is filled in: of whom the dossier is, as they have said it in the step before."""
        if not self.known_person:
            return {"offering.agency": self.draft.offering.agency.name}
        return known_of(self.draft.owner, self.draft.offering)

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        """Within the wizard: before the first page of the form stands the step before."""
        if template == self.eform_template:
            frame = self.frame()
            context = {**frame, **context, "back": context.get("back") or frame["back"]}
        return super().render(template, status=status, **context)

    @property
    def actor_id(self) -> UUID | None:
        return self.account_id

    @property
    def handed_in_at(self) -> int | None:
        return self.draft.offering.receiving_agency_id

    def page_address(self, key: str) -> str:
        if key:
            return reverse("portal:draft-form-page", args=[*self.address, key])
        return reverse("portal:draft-to-khai", args=self.address)

    def confirm_address(self) -> str:
        address = self.onward()["Location"]
        return str(address)


class Papers(DraftPage):
    """Bước 3: the papers; a file is kept the moment it arrives."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        lines = lines_of(self.draft, self.at)
        needed = [line for line in lines if line.paper.is_required]
        return self.step_page(
            "portal/filing/papers.html",
            lines=lines,
            ready=sum(line.is_ready for line in needed),
            needed=len(needed),
            notes=self.draft.revision.notes_of(self.draft.case),
            accept=ACCEPT,
            holds=any(line.held for line in lines),
            has_agreed=has_agreed(self.draft) if self.account_id else False,
            sign_in="" if self.citizen else citizen_sign_in(),
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        ways = {line.paper.pk: self.way_of(line, reader) for line in lines_of(self.draft, self.at)}
        drafting.save_way(draft_id=self.draft.pk, ways=ways, at=self.at)
        agree(self.draft, is_agreed=reader.is_ticked("consent"), at=self.at)
        faults = finishing.paper_faults(self.draft, self.at)
        if faults:
            raise InvalidInput(faults)
        return self.onward()

    @staticmethod
    def way_of(line: Line, reader: Reader) -> str:
        """What its owner has chosen for one paper; files that are there go before everything else."""
        if line.documents:
            return DraftPaper.Way.UPLOAD.value
        if line.held and reader.is_ticked(f"held-{line.paper.pk}"):
            return DraftPaper.Way.HELD.value
        on_paper = reader.is_ticked(f"on-paper-{line.paper.pk}")
        return DraftPaper.Way.PAPER.value if on_paper else DraftPaper.Way.UPLOAD.value


class Upload(LendsToPhone, DraftPage):
    """Tải tệp lên for one paper: several at once; each that cannot be kept says why, the others are there."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        return self.go("portal:draft-giay-to", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        refusals = []
        uploads = request.FILES.getlist("file")
        if not uploads and not self.stored_before:
            refusals.append("Chưa có tệp nào được gửi lên. Hãy chọn ảnh hoặc tệp rồi gửi lại.")
        for upload in uploads:
            try:
                drafting.keep_file(
                    draft_id=self.draft.pk,
                    paper_id=paper_id,
                    upload=upload,
                    name=upload.name or "",
                    at=self.at,
                )
            except (RefusedFile, StoreUnavailable, drafting.TooManyFiles) as refusal:
                refusals.append(refusal.message)
        line = next((line for line in lines_of(self.draft, self.at) if line.paper.pk == paper_id), None)
        if line is None:
            raise self.missing("Thủ tục không còn hỏi giấy tờ này.")
        if self.is_fragment:
            return self.render(
                "portal/filing/_paper.html",
                line=line,
                draft=self.draft,
                refusal=" ".join(refusals),
                accept=ACCEPT,
                phone=self.live_phone(),
            )
        for sentence in refusals:
            messages.error(request, sentence)
        if not refusals:
            messages.success(request, f"Đã lưu {len(uploads)} tệp.")
        return self.go(f"{reverse('portal:draft-giay-to', args=self.address)}#paper-{paper_id}")

    def lent(self, word: str) -> Lent | None:
        key = self.kwargs["paper_id"]
        paper = next((one for one in drafting.papers_of(self.draft) if one.pk == key), None)
        return None if word or paper is None else Lent(paper.name, target=f"#paper-{key}")


class Drop(DraftPage):
    """Bỏ một tệp."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        return self.go("portal:draft-giay-to", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        if Document.objects.filter(pk=document_id, subject_id=self.draft.dossier_key).exists():
            drafting.drop_file(draft_id=self.draft.pk, document_id=document_id, at=self.at)
        return self.done("Đã bỏ tệp.", "portal:draft-giay-to", *self.address)


class OwnFile(DraftPage):
    """Xem tệp mình đã tải lên."""

    public = True
    step = "giay-to"
    shows_change = False

    def get(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponseBase:
        mine = Document.objects.filter(pk=document_id, subject_id=self.draft.dossier_key)
        if not mine.exists():
            raise self.missing("Không có tệp này.")
        return file_response(
            request, open_document(document_id=document_id, by=None, at=self.at, inline=True)
        )


def answered_pages(draft: Draft, at: datetime) -> list[Any]:
    """Câu trả lời của tờ khai, for the last page."""
    answers = answers_of(draft.dossier_key)
    return list(confirm_pages(answers, local_date(at))) if answers else []


def lines_of(draft: Draft, at: datetime) -> list[Line]:
    held, answers = reusable(draft, at), answers_of(draft.dossier_key)
    rows = {row.paper_id: row for row in draft.papers.prefetch_related("documents__file")}
    lines = []
    for paper in drafting.papers_of(draft):
        row = rows.get(paper.pk)
        files = sorted(row.documents.all(), key=lambda one: one.pk) if row else []
        lines.append(
            Line(
                paper,
                row.way if row else "",
                files,
                is_declared=finishing.is_declared(answers, paper),
                held=held.get(paper.pk),
                is_judged=row is not None,
            )
        )
    return lines


class Return(DraftPage):
    """Bước 4: how the result comes."""

    public = True
    step = "nhan-ket-qua"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        owner = self.draft.owner
        known = places.in_words(
            owner.get("street", ""), owner.get("ward_code", ""), owner.get("province_code", "")
        )
        return self.step_page(
            "portal/filing/return.html", ways=RETURNS, address=self.draft.return_address or known
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        draft = drafting.save_return(
            draft_id=self.draft.pk,
            channel=reader.text("return_channel"),
            address=reader.text("return_address", longest=300),
            at=self.at,
        )
        for name, sentence in drafting.return_faults(draft).items():
            reader.refuse(name, sentence)
        reader.check()
        return self.onward()


class Check(DraftPage):
    """Bước 5: everything once more, and the one press that files it."""

    public = True
    step = "kiem-tra"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        draft = self.draft
        lacking = finishing.faults_of(draft, self.at)
        return self.step_page(
            "portal/filing/check.html",
            owner=with_ward(draft.owner) if draft.mandate is None else {"name": draft.mandate.principal.name},
            helper=draft.helper,
            lines=lines_of(draft, self.at),
            lacking=[(sentence, self.mending(name)) for name, sentence in lacking.items()],
            answered=answered_pages(draft, self.at),
            return_way={value: label for value, label, _ in RETURNS}.get(draft.return_channel, ""),
            limit=draft.revision.limit_for(Channel.ONLINE, draft.case),
            costs=self.fee.costs,
            group=next((one for one in self.payer_groups if one.pk == draft.payer_group), None),
            proofs=draft.proofs.count(),
            asks_fee=self.fee.is_asked,
            taken_in_at=place_name(draft.offering),
            is_helping=self.helper is not None,
            may_submit=draft.account_id is not None
            or self.helper is not None
            or drafting.rule_on(local_date(self.at)).guests_may_submit,
            sign_in=citizen_sign_in(),
            cosigners=list(draft.cosigners.all()),
        )

    def mending(self, name: str) -> str:
        """The page where that is put right."""
        if name in {"form", "form-count"}:
            return reverse("portal:draft-to-khai", args=self.address)
        if name == "signers":
            return reverse("portal:draft-cung-ky", args=self.address)
        if name == "group" or name.startswith("quantity-"):
            return f"{reverse('portal:draft-mien-giam', args=self.address)}?sua=1"
        step = (
            "giay-to"
            if name.startswith("paper-")
            else "nhan-ket-qua"
            if name.startswith("return_")
            else "nguoi-nop"
        )
        return f"{reverse(f'portal:draft-{step}', args=self.address)}?sua=1#f-{name}"

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        if not reader.is_ticked("truth"):
            reader.refuse("truth", "Hãy xác nhận những điều đã khai là đúng.")
        reader.check()
        if not may_act(request, "submit", str(draft_id), self.at):
            raise DomainError(TOO_OFTEN)
        filing = finishing.submit_draft(
            draft_id=self.draft.pk,
            account_id=self.account_id,
            helper=self.helper,
            is_signed=reader.is_ticked("signed"),
            at=self.at,
        )
        let_in(request, filing.code)
        return self.go("portal:filed", filing.pk)


class Changed(DraftPage):
    """Thủ tục đã đổi: what changed since it was typed, before anything is asked again."""

    public = True
    shows_change = False

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        changed = changed_since(self.draft, self.at) if self.draft.is_open else None
        if changed is None:
            return self.go(*step_route(self.draft, self.draft.step if self.draft.is_open else "kiem-tra"))
        return self.private(self.render("portal/filing/changed.html", draft=self.draft, changed=changed))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        self.read()
        changed = changed_since(self.draft, self.at)
        drafting.follow_revision(draft_id=self.draft.pk, at=self.at)
        if changed and changed.is_case_gone:
            return self.go("portal:draft-noi-nop", *self.address)
        if changed and changed.come:
            return self.go("portal:draft-giay-to", *self.address)
        return self.go(*step_route(self.draft, self.draft.step))


class Forget(DraftPage):
    """Xóa bản nháp, with its files, at its owner's word."""

    public = True
    shows_change = False

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        return self.private(self.render("portal/filing/forget.html", draft=self.draft))

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        drafting.forget_draft(draft_id=self.draft.pk, at=self.at, asked_by=self.account_id, is_asked=True)
        return self.done("Đã xóa bản nháp và các tệp của nó.", "portal:my-drafts")
