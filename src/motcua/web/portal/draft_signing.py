"""Ký tờ khai: the declaration frozen as PDF, signed by who files with their own software, sent back and checked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import Applicant
from motcua.service.filing.declared import form_faults
from motcua.service.filing.operations import declaring
from motcua.service.filing.operations.drafting import person_faults
from motcua.service.forms.definition import OwnSignature
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import TOO_OFTEN, DraftPage
from motcua.web.ui.papers import pdf_response


class SignDeclaration(DraftPage):
    """Bước ký tờ khai: what is signed and by whom, and how its check went."""

    public = True
    step = "ky-to-khai"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if not self.asks_signature:
            return self.go("portal:draft-kiem-tra", *self.address)
        draft = self.draft
        here = declaring.declaration_here(draft)
        return self.step_page(
            "portal/filing/sign.html",
            who=declaring.signatory_of(draft),
            must=declaring.signature_asked(draft, self.at) == OwnSignature.MUST,
            lacking=self.lacking(),
            declaration=here,
            outdated=None if here and here.signed_id else declaring.outdated_signature(draft),
            is_helping=self.helper is not None,
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if "onward" in request.POST:
            return self.onward()
        if not may_act(request, "declaration", str(draft_id), self.at):
            raise DomainError(TOO_OFTEN)
        if "freeze" in request.POST:
            declaring.freeze_declaration(draft_id=self.draft.pk, at=self.at)
            return self.go("portal:draft-ky-to-khai", *self.address)
        if "drop" in request.POST:
            declaring.drop_signed(draft_id=self.draft.pk, at=self.at)
            return self.done("Đã bỏ bản đã ký.", "portal:draft-ky-to-khai", *self.address)
        upload = request.FILES.get("signed")
        if upload is None:
            raise declaring.NotSigned("Hãy chọn tệp tờ khai đã ký.")
        declaring.keep_signed(
            draft_id=self.draft.pk, upload=upload, name=upload.name or "", at=self.at, hand=self.hand
        )
        return self.done("Chữ ký hợp lệ. Đã giữ tờ khai đã ký.", "portal:draft-ky-to-khai", *self.address)

    @property
    def hand(self) -> Applicant | None:
        """Người đang làm thay cho tổ chức, whose own signature stands for it."""
        acting = getattr(self.request, "representative", None)
        return acting.person if acting else None

    def lacking(self) -> list[tuple[str, str]]:
        """Điều phải xong trước khi ký, each with the page where it is put right."""
        wrong = [(sentence, "nguoi-nop") for sentence in person_faults(self.draft, self.at).values()]
        wrong += [(sentence, "to-khai") for sentence in form_faults(self.draft, self.at).values()]
        return [(sentence, reverse(f"portal:draft-{step}", args=self.address)) for sentence, step in wrong]


class ToSign(DraftPage):
    """Tải tờ khai để ký."""

    public = True
    step = "ky-to-khai"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        here = declaring.declaration_here(self.draft)
        if here is None:
            return self.go("portal:draft-ky-to-khai", *self.address)
        answer = pdf_response(declaring.bytes_of(here), here.document.name)
        answer["Content-Disposition"] = f'attachment; filename="{here.document.name}"'
        return answer
