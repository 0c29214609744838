"""Cùng đứng tên: who prepares the draft names the others; each of them reads it and answers by their own account."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.ids import as_key, new_id
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.service.dossiers.models import Channel
from motcua.service.filing.contents import Contents
from motcua.service.filing.models import CoSigner
from motcua.service.filing.operations import cosigning
from motcua.service.filing.operations.codes import plain_code
from motcua.service.filing.operations.cosigning import Answering
from motcua.service.payments.models import PayerGroup
from motcua.web.portal.attempts import may_try
from motcua.web.portal.citizen import step_up_address
from motcua.web.portal.draft_papers import lines_of
from motcua.web.portal.draft_people import with_ward
from motcua.web.portal.draft_steps import answered_pages
from motcua.web.portal.drafts import RETURNS, TOO_OFTEN, CitizenPage, DraftPage, place_name
from motcua.web.portal.mine import MyPage
from motcua.web.ui.files import file_response

UNKNOWN = "Không có lời mời nào với mã này. Hồ sơ có thể đã nộp hoặc đã xóa; hãy hỏi lại người mời bạn."
PERSON = ("name", "personal_number", "phone", "email")


class Signers(DraftPage):
    """Bước cùng đứng tên: who is asked, and what they have answered."""

    public = True
    step = "cung-ky"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        asked = cosigning.signers_asked(self.draft, self.at)
        if asked is None:
            return self.go("portal:draft-kiem-tra", *self.address)
        named = list(self.draft.cosigners.select_related("witness"))
        return self.step_page(
            "portal/filing/signers.html",
            asked=asked,
            named=[(one, cosigning.address_of(one)) for one in named],
            may_add=len(named) < asked.most,
            is_enough=len(named) >= asked.least,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        if "onward" in request.POST:
            return self.onward()
        person = {name: reader.text(name, longest=200) for name in PERSON}
        reader.check()
        signer = cosigning.invite_signer(
            draft_id=self.draft.pk,
            signer_id=as_key(reader.text("key")) or new_id(),
            person=person,
            at=self.at,
        )
        return self.done(f"Đã mời {signer.name}.", "portal:draft-cung-ky", *self.address)


class Uninvite(DraftPage):
    """Thôi mời một người."""

    public = True
    step = "cung-ky"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, signer_id: UUID) -> HttpResponse:
        return self.go("portal:draft-cung-ky", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, signer_id: UUID) -> HttpResponse:
        cosigning.remove_signer(draft_id=self.draft.pk, signer_id=signer_id, at=self.at)
        return self.done("Đã thôi mời người này.", "portal:draft-cung-ky", *self.address)


class InvitationCode(CitizenPage):
    """Nhập mã mời."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.private(self.render("portal/filing/invitation_code.html"))

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã mời.", longest=40)
        plain = plain_code(code)
        if code and not plain:
            reader.refuse("code", "Mã mời gồm chữ và số. Hãy xem lại tin nhắn mời.")
        reader.check()
        return self.go("portal:invitation", plain)


class Invited(MyPage):
    """A page of who is invited: the code opens nothing to anybody else's account, and is not to be guessed."""

    abstract = True

    @cached_property
    def signer(self) -> CoSigner:
        code = str(self.kwargs["code"])
        found = cosigning.invited_with(code, self.at)
        if found is None:
            is_early = may_try(self.request, f"invitation:{code}", self.at)
            raise cosigning.NotInvited(UNKNOWN if is_early else TOO_OFTEN)
        if not cosigning.is_meant(found, self.hand.applicant):
            raise cosigning.NotInvited(
                "Lời mời này dành cho người khác. Hãy đăng nhập bằng tài khoản của người được mời."
            )
        return found


class Invitation(Invited):
    """Xem hồ sơ được mời cùng đứng tên, và trả lời."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        draft = self.signer.draft
        contents = Contents(draft, self.at)
        return self.render(
            "portal/filing/invitation.html",
            signer=self.signer,
            draft=draft,
            asked=cosigning.signers_asked(draft, self.at),
            others=list(draft.cosigners.exclude(pk=self.signer.pk)),
            owner=with_ward(draft.owner) if draft.mandate is None else {"name": draft.mandate.principal.name},
            helper=draft.helper,
            answered=answered_pages(contents),
            lines=lines_of(contents),
            return_way={value: label for value, label, _ in RETURNS}.get(draft.return_channel, ""),
            limit=draft.revision.limit_for(Channel.ONLINE, draft.case),
            costs=contents.fee.costs,
            group=PayerGroup.objects.filter(pk=draft.payer_group).first() if draft.payer_group else None,
            proofs=list(draft.proofs.order_by("id")),
            taken_in_at=place_name(draft.offering),
            content=cosigning.content_of(draft),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        who = Answering(self.signer.pk, self.hand.applicant, self.hand.pk)
        if "decline" in request.POST:
            cosigning.decline(who, reason=reader.text("reason", longest=300), at=self.at)
            return self.done("Đã báo cho người mời bạn.", "portal:invitation", code)
        asked = cosigning.signers_asked(self.signer.draft, self.at)
        level = self.session.level.rank
        if asked and level < asked.level:
            messages.info(request, "Việc này cần bạn đăng nhập lại ở mức độ xác thực cao hơn.")
            return self.go(step_up_address(asked.level, reverse("portal:invitation", args=[code])))
        if not reader.is_ticked("truth"):
            reader.refuse("truth", "Hãy đánh dấu là bạn đã xem và đồng ý.")
        reader.check()
        cosigning.agree(who, content=reader.text("content"), level=level, at=self.at)
        return self.done("Đã ghi nhận bạn đồng ý cùng đứng tên.", "portal:invitation", code)


class InvitationFile(Invited):
    """Xem một tệp của hồ sơ được mời."""

    public = True

    def get(self, request: HttpRequest, code: str, document_id: UUID) -> HttpResponseBase:
        if not Document.objects.filter(pk=document_id, subject_id=self.signer.draft.dossier_key).exists():
            raise self.missing("Không có tệp này.")
        return file_response(
            request, open_document(document_id=document_id, by=None, at=self.at, inline=True)
        )
