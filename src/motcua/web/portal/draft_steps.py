"""Các bước sau của một bản nháp: declaration, way of return, last look; each saves and goes on."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Channel
from motcua.service.filing.contents import Contents
from motcua.service.filing.knowing import known_of
from motcua.service.filing.operations import declaring, drafting, finishing
from motcua.service.filing.revising import changed_since
from motcua.service.forms.models import Answers
from motcua.service.forms.operations.answering import begin
from motcua.service.postal.possible import carriers_on
from motcua.web.portal.attempts import may_act
from motcua.web.portal.draft_papers import lines_of
from motcua.web.portal.draft_people import with_ward
from motcua.web.portal.drafts import (
    RETURNS,
    TOO_OFTEN,
    DraftPage,
    citizen_sign_in,
    place_name,
    step_route,
)
from motcua.web.ui.eforms import FormPages, confirm_pages


class FormStep(DraftPage, FormPages):
    """Tờ khai điện tử: page by page; its answers belong to the draft, and later to its dossier."""

    public = True
    step = "to-khai"
    eform_template = "portal/filing/form.html"

    def answers_here(self) -> Answers:
        version, begun = self.form_version, self.contents.answers
        if begun is not None:
            return begun
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


def answered_pages(contents: Contents) -> list[Any]:
    """Câu trả lời của tờ khai, for the last page."""
    return list(confirm_pages(contents.answers, contents.on)) if contents.answers else []


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
        if draft.return_channel == Channel.POST and carriers_on(local_date(self.at)):
            address = reverse("portal:draft-post", args=self.address)
            return self.go(f"{address}?sua=1" if request.GET.get("sua") else address)
        return self.onward()


def step_of(name: str) -> str:
    """Bước where something that is lacking is put right."""
    if name in {"form", "form-count"}:
        return "to-khai"
    if name in {"signers", "declaration"}:
        return "cung-ky" if name == "signers" else "ky-to-khai"
    if name == "group" or name.startswith("quantity-"):
        return "mien-giam"
    if name.startswith("paper-"):
        return "giay-to"
    return "nhan-ket-qua" if name.startswith("return_") else "nguoi-nop"


class Check(DraftPage):
    """Bước 5: everything once more, and the one press that files it."""

    public = True
    step = "kiem-tra"

    @property
    def is_guests_press(self) -> bool:
        """Khách bấm nộp trên máy đã lập bản nháp: the draft is read once, where it is filed, which asks whose it is."""
        is_guest = self.citizen is None and not isinstance(self.request.user, User)
        return (
            self.request.method == "POST" and is_guest and str(self.kwargs["draft_id"]) in self.opened_here()
        )

    def entrance(self) -> HttpResponse | None:
        return None if self.is_guests_press else super().entrance()

    def refused(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nothing was filed, so the page is shown: to whom it may be."""
        try:
            elsewhere = super().entrance() if self.is_guests_press else None
        except DomainError as why:  # taken in at the counter meanwhile
            return self.plainly(why)
        return elsewhere or super().refused(refusal, *args, **kwargs)

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        draft = self.draft
        return self.step_page(
            "portal/filing/check.html",
            owner=with_ward(draft.owner) if draft.mandate is None else {"name": draft.mandate.principal.name},
            helper=draft.helper,
            lines=lines_of(self.contents),
            lacking=[(sentence, self.mending(name)) for name, sentence in self.lacking.items()],
            answered=answered_pages(self.contents),
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
            asks_signature=self.asks_signature,
            declaration=declaring.declaration_here(draft) if self.asks_signature else None,
        )

    @cached_property
    def lacking(self) -> dict[str, str]:
        """What must be put right before it can be filed, by its name."""
        return finishing.faults_of(self.contents, is_seen=self.helper is not None)

    def unfinished(self) -> set[str]:
        return {step_of(name) for name in self.lacking}

    def mending(self, name: str) -> str:
        """The page where that is put right."""
        step = step_of(name)
        address = reverse(f"portal:draft-{step}", args=self.address)
        if step in {"to-khai", "cung-ky", "ky-to-khai"}:
            return address
        return f"{address}?sua=1" if step == "mien-giam" else f"{address}?sua=1#f-{name}"

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        if not reader.is_ticked("truth"):
            reader.refuse("truth", "Hãy xác nhận những điều đã khai là đúng.")
        reader.check()
        if not may_act(request, "submit", str(draft_id), self.at):
            raise DomainError(TOO_OFTEN)
        filing = finishing.submit_draft(
            draft_id=draft_id,
            account_id=self.account_id,
            helper=self.helper,
            is_signed=reader.is_ticked("signed"),
            at=self.at,
        )
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
