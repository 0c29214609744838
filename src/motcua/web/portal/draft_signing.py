"""Ký tờ khai: the declaration frozen as PDF, signed by who files on the phone or with their own software, and checked."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.sealing import BrokenSeal, seal, unseal
from motcua.foundation.signing import remote
from motcua.foundation.signing.remote import Provider
from motcua.service.filing.declared import form_faults
from motcua.service.filing.operations import by_phone, declaring
from motcua.service.filing.operations.drafting import person_faults
from motcua.service.forms.definition import OwnSignature
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import TOO_OFTEN, DraftPage
from motcua.web.ui.papers import pdf_response

SOUGHT = "chung-thu-tim"  # in the session: which account at which provider, sealed


class SigningPage(DraftPage):
    """What the pages of this step share: who signs, and with whom they may hold a key."""

    abstract = True
    public = True
    step = "ky-to-khai"

    @property
    def hand(self) -> Applicant | None:
        """Người đang làm thay cho tổ chức, whose own signature stands for it."""
        acting = getattr(self.request, "representative", None)
        return acting.person if acting else None

    @cached_property
    def providers(self) -> Sequence[Provider]:
        """Nhà cung cấp ký số từ xa mở hôm nay."""
        return remote.providers(local_date(self.at))

    def shut(self) -> HttpResponse:
        """Phiên đã hết while the page waits: the whole page says so."""
        if self.is_fragment:
            return self.go("portal:draft-ky-to-khai", *self.address)
        return super().shut()


class SignDeclaration(SigningPage):
    """Bước ký tờ khai: what is signed and by whom, and how its check went."""

    public = True

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if not self.asks_signature:
            return self.go("portal:draft-kiem-tra", *self.address)
        draft = self.draft
        phone = by_phone.standing_of(draft, by_phone.look_after(draft_id=draft.pk, at=self.at))
        here = declaring.declaration_here(draft)
        if phone.waiting:
            return self.waiting(phone)
        if self.is_fragment:  # it has ended: the whole page says how
            return self.go("portal:draft-ky-to-khai", *self.address)
        return self.step_page(
            "portal/filing/sign.html",
            who=declaring.signatory_of(draft),
            must=declaring.signature_asked(draft, self.at) == OwnSignature.MUST,
            lacking=self.lacking(),
            declaration=here,
            outdated=None if here and here.signed_id else declaring.outdated_signature(draft),
            is_helping=self.helper is not None,
            phone=phone,
            providers=self.providers,
            options=[(one.code, one.name, one.hint) for one in self.providers],
            number=self.known_number(),
            is_by_file=self.request.GET.get("cach") == "tep" or not self.providers,
        )

    def waiting(self, phone: by_phone.Standing) -> HttpResponse:
        """Chờ điện thoại: renews itself; the link does the same by hand."""
        assert phone.waiting is not None  # noqa: S101  the caller has looked
        version = "im" if phone.silent else "cho"
        if self.is_fragment and self.request.GET.get("v") == version:
            return HttpResponse(status=204)
        told: dict[str, Any] = {
            "phone": phone,
            "provider": {one.code: one for one in self.providers}.get(phone.waiting.provider),
            "here": reverse("portal:draft-ky-to-khai", args=self.address),
            "version": version,
        }
        if self.is_fragment:
            return self.private(self.render("portal/filing/_waiting.html", **told))
        return self.step_page("portal/filing/sign_waiting.html", **told)

    def found(self) -> HttpResponse:
        """Tìm chứng thư; what was asked for is kept, sealed, so that its page can be opened and left as any other."""
        reader = self.read()
        provider, account = reader.text("provider", longest=40), reader.text("account", longest=100)
        reader.check()
        by_phone.find_keys(
            draft_id=self.draft.pk, provider=provider, account=account, at=self.at, hand=self.hand
        )
        sought = seal(json.dumps([provider, account]), bound_to=self.draft.pk.bytes)
        self.request.session[SOUGHT] = base64.b64encode(sought).decode()
        return self.go("portal:draft-signing-key", *self.address)

    def known_number(self) -> str:
        """Số điền sẵn: of who is to sign, where a provider knows people by it."""
        takes = any(one.takes_number for one in self.providers)
        return declaring.signatories(self.draft, self.hand)[-1].number if takes else ""

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        if "onward" in request.POST:
            return self.onward()
        if not may_act(request, "declaration", str(draft_id), self.at):
            raise DomainError(TOO_OFTEN)
        if "freeze" in request.POST:
            declaring.freeze_declaration(draft_id=self.draft.pk, at=self.at)
            return self.go(f"{reverse('portal:draft-ky-to-khai', args=self.address)}?cach=tep")
        if "find" in request.POST:
            return self.found()
        if "sign" in request.POST:
            reader = self.read()
            provider, credential = reader.text("provider", longest=40), reader.text("credential", longest=200)
            reader.check()
            by_phone.ask_phone(
                draft_id=self.draft.pk, provider=provider, credential=credential, at=self.at, hand=self.hand
            )
            return self.go("portal:draft-ky-to-khai", *self.address)
        if "stop" in request.POST:
            by_phone.stop_waiting(draft_id=self.draft.pk, at=self.at)
            return self.done(
                "Đã thôi chờ. Xác nhận trên điện thoại từ giờ không có tác dụng.",
                "portal:draft-ky-to-khai", *self.address,
            )  # fmt: skip
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

    def lacking(self) -> list[tuple[str, str]]:
        """Điều phải xong trước khi ký, each with the page where it is put right."""
        wrong = [(sentence, "nguoi-nop") for sentence in person_faults(self.draft, self.at).values()]
        wrong += [(sentence, "to-khai") for sentence in form_faults(self.draft, self.at).values()]
        return [(sentence, reverse(f"portal:draft-{step}", args=self.address)) for sentence, step in wrong]


class ChooseKey(SigningPage):
    """Chứng thư tìm thấy, before anything is sent to the phone; asked for anew each time."""

    public = True

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        sought = self.sought()
        if sought is None or by_phone.standing_of(self.draft).waiting:
            return self.go("portal:draft-ky-to-khai", *self.address)
        try:
            keys = by_phone.find_keys(
                draft_id=self.draft.pk, provider=sought[0], account=sought[1], at=self.at, hand=self.hand
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return self.go("portal:draft-ky-to-khai", *self.address)
        usable = [one for one in keys if not one.fault]
        return self.step_page(
            "portal/filing/sign_found.html",
            keys=keys,
            usable=usable,
            options=[option_of(one) for one in usable],
            provider={one.code: one for one in self.providers}[sought[0]],
        )

    def sought(self) -> tuple[str, str] | None:
        """Which account at which provider was asked for in this session, for this draft."""
        kept = self.request.session.get(SOUGHT, "")
        try:
            provider, account = json.loads(unseal(base64.b64decode(kept), bound_to=self.draft.pk.bytes))
        except (BrokenSeal, ValueError):
            return None
        return provider, account


def option_of(own: by_phone.OwnKey) -> tuple[str, str, str]:
    """A certificate as one chooses it: whose, until when, by whom."""
    holder = own.found.holder
    until = f"{holder.valid_to.astimezone(VIETNAM):%d/%m/%Y}"
    hint = f"Dùng đến {until}, {holder.issuer} cấp, số {holder.serial}"
    return own.found.key.credential, holder.name, hint


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
