"""Hồ sơ của tôi sau khi nộp: the receipt, the line of time, what is asked for; for whoever has shown whose it is."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.service.dossiers.models import Dossier, Message
from motcua.service.dossiers.operations import talking
from motcua.service.dossiers.tracking import CODED, describe, track_own
from motcua.service.filing.costs import still_to_pay
from motcua.service.filing.models import Filing
from motcua.service.filing.operations import finishing, submitting
from motcua.service.filing.operations.amending import amendable_now, is_own
from motcua.service.filing.receipt import receipt_pdf
from motcua.service.filing.standing_with import is_cosigner, stands_with
from motcua.service.filing.tracking import (
    NAMES,
    PUBLIC_LABELS,
    belongs_to,
    describe_filing,
    filed_from,
    filing_with,
    milestones_of,
)
from motcua.service.linking.tracking import bundle_of_part
from motcua.service.payments.keys import path_of
from motcua.service.payments.models import Due
from motcua.service.postal.models import Carrier
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import SEEN, TOO_OFTEN, CitizenPage, let_in, step_route
from motcua.web.portal.following import beside, waiting_refunds
from motcua.web.portal.kept import keep_typed, take_typed
from motcua.web.portal.story import filing_standing, filing_story, standing, story
from motcua.web.ui.forms import Reader
from motcua.web.ui.papers import pdf_response


class Filed(CitizenPage):
    """Đã nộp: the number, what happens next, when, who, how to reach a person."""

    public = True

    @cached_property
    def filing(self) -> Filing:
        filing: Filing | None = (
            Filing.objects.select_related(*NAMES, "draft").filter(pk=self.kwargs["filing_id"]).first()
        )
        mine = filing and (belongs_to(filing, self.account_id) or self.began(filing))
        if filing is None or not mine:
            raise self.missing("Không mở được biên nhận này ở đây. Hãy tra cứu bằng số nộp và 4 số cuối")
        return filing

    def began(self, filing: Filing) -> bool:
        """Filed from this browser, or looked up in it."""
        draft = getattr(filing, "draft", None)
        opened = draft is not None and draft.account_id is None and str(draft.pk) in self.opened_here()
        return opened or filing.code in self.request.session.get(SEEN, [])

    def get(self, request: HttpRequest, filing_id: UUID) -> HttpResponse:
        let_in(request, self.filing.code)
        told = describe_filing(self.filing)
        return self.private(
            self.render(
                "portal/own/filed.html",
                filing=self.filing,
                told=told,
                moments=filing_story(told, self.at),
                dues=dues_to_pay(self.filing),
            )
        )


class Receipt(Filed):
    """Biên nhận bằng PDF."""

    public = True

    def get(self, request: HttpRequest, filing_id: UUID) -> HttpResponse:
        return pdf_response(receipt_pdf(self.filing), f"bien-nhan-{self.filing.code}.pdf")


class Mine(CitizenPage):
    """Hồ sơ của tôi: of the account; of a guest, those that this browser has opened."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        self.let_in_begun()
        codes = request.session.get(SEEN, [])
        seen = Filing.objects.filter(code__in=codes)
        if self.account_id:
            seen = seen | Filing.objects.filter(account_id=self.account_id)
        found = seen.select_related("offering__agency", "dossier").order_by("-submitted_at", "-id")
        return self.private(
            self.render("portal/own/index.html", filings=list(found[:50]), is_guest=self.citizen is None)
        )


class OwnPage(CitizenPage):
    """A page about one filing or dossier of the person who looks. Others are asked to look it up first.

    `may_be_read`: who stands for it beside its owner reads the page, and sends nothing.
    """

    abstract = True
    public = True
    may_be_read: ClassVar[bool] = False

    @cached_property
    def code(self) -> str:
        return str(self.kwargs["code"]).upper()

    @cached_property
    def filing(self) -> Filing | None:
        """Hồ sơ trực tuyến: of that number, or from which the dossier of that code began."""
        return filing_with(self.code) or (filed_from(self.dossier) if self.dossier else None)

    @cached_property
    def dossier(self) -> Dossier | None:
        return CODED.first(code=self.code)

    def entrance(self) -> HttpResponse | None:
        if not self.is_mine() and not self.is_reader:
            keep_typed(self.request, self.code.encode())
            own = reverse("portal:my-filing", args=[self.code])
            wanted = self.request.path if hasattr(self, "get") else own
            return self.go(f"{reverse('portal:tracking')}?{urlencode({'ma': self.code, 'next': wanted})}")
        if self.dossier is None and self.filing and self.filing.dossier:
            if not self.is_reader:
                let_in(self.request, self.filing.dossier.code)
            return self.go(self.request.resolver_match.view_name, self.filing.dossier.code)  # type: ignore[union-attr]
        if self.request.method == "GET" and (typed := take_typed(self.request, self.code.encode())):
            return self.private(self.render("portal/filing/again.html", to=self.request.path, carried=typed))
        return None

    @cached_property
    def is_reader(self) -> bool:
        """Người cùng đứng tên đang đọc: signed in, agreed by this account, and not the owner."""
        if not self.may_be_read or self.request.method not in {"GET", "HEAD"} or self.is_mine():
            return False
        key = self.filing.dossier_key if self.filing else self.dossier.pk if self.dossier else None
        return bool(key and self.known_person and is_cosigner(self.known_person, key))

    def is_mine(self) -> bool:
        return self.was_seen or self.is_owner

    @cached_property
    def was_seen(self) -> bool:
        """Đã mở được trên máy này: looked up in it, or filed from it."""
        return self.code in self.request.session.get(SEEN, []) or self.code in self.let_in_begun()

    @cached_property
    def is_owner(self) -> bool:
        """Signed in as its owner: a code and four digits are not enough for an address, or to send things away."""
        person, filing = self.known_person, self.filing
        if filing and (belongs_to(filing, self.account_id) or (person and person.pk == filing.applicant_id)):
            return True
        return bool(person and self.dossier and is_own(self.dossier, person))

    def the_dossier(self) -> Dossier:
        if self.dossier is None:
            raise self.missing("Hồ sơ này chưa được tiếp nhận.")
        return self.dossier


class Story(OwnPage):
    """Hồ sơ của tôi: one line of time; what is done, who holds it, what next."""

    public = True
    may_be_read = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.dossier is None:
            return self.of_filing()
        told = track_own(code=self.dossier.code, applicant=self.known_person) if self.known_person else None
        told, whole = told or describe(self.dossier), bundle_of_part(self.dossier.code)
        talk = list(Message.objects.of(self.dossier.pk))
        moments = story(told, self.at, returned_by=whole.due_at if whole else told.due_at)
        if self.filing:
            taken_in = PUBLIC_LABELS["FilingAccepted"]  # the dossier's own line says it
            earlier = [one for one in milestones_of(self.filing) if one.label != taken_in]
            moments = [
                *({"state": "done", "what": one.label, "by": one.by, "at": one.at} for one in earlier),
                *moments,
            ]
        return self.private(
            self.render(
                "portal/own/show.html",
                dossier=told,
                whole=whole,
                standing=standing(told, self.at),
                moments=moments,
                talk=talk,
                asked=[one for one in talk if one.is_waiting and one.is_from_office],
                message_id=self.form.value("message") or new_id(),
                is_open=not self.is_reader and not told.is_closed and told.returned_at is None,
                is_reader=self.is_reader,
                beside=stands_with(self.dossier.pk),
                may_amend=self.may_amend(self.dossier),
                may_post=not self.is_reader
                and told.returned_at is None
                and Carrier.objects.valid_on(local_date(self.at)).filter(is_on=True).exists(),
                **beside(self.dossier.code, self.at),
            )
        )

    def may_amend(self, dossier: Dossier) -> bool:
        """Tự sửa được: only who has signed in as its owner; a code and four digits are not enough."""
        person = self.known_person
        return person is not None and is_own(dossier, person) and bool(amendable_now(dossier, self.at))

    def of_filing(self) -> HttpResponse:
        if self.filing is None:
            raise self.missing("Không có hồ sơ này.")
        told = describe_filing(self.filing)
        return self.private(
            self.render(
                "portal/own/filing.html",
                filing=self.filing,
                told=told,
                standing=filing_standing(told, self.at),
                moments=filing_story(told, self.at),
                may_copy=belongs_to(self.filing, self.account_id),
                dues=dues_to_pay(self.filing),
                refunds=waiting_refunds(self.filing.dossier_key),
                is_reader=self.is_reader,
                beside=stands_with(self.filing.dossier_key),
            )
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Nhắn cơ quan."""
        dossier, reader = self.the_dossier(), self.read()
        text = reader.paragraph("text", required="Hãy viết câu hỏi hoặc câu trả lời của bạn.", longest=2000)
        reader.check()
        if not may_act(request, "message", str(dossier.pk), self.at):
            raise DomainError(TOO_OFTEN, field="text")
        talking.write_to_office(
            dossier_id=dossier.pk,
            text=text,
            account_id=self.account_id,
            message_id=key_of(reader),
            at=self.at,
        )
        return self.done("Đã gửi. Cơ quan trả lời ở đây và báo cho bạn.", "portal:my-filing", dossier.code)


def dues_to_pay(filing: Filing) -> list[tuple[Due, str]]:
    """Khoản còn phải nộp, each with the address where it is paid."""
    return [(due, path_of(due.pk)) for due in still_to_pay(filing)]


def key_of(reader: Reader) -> UUID | None:
    try:
        return UUID(reader.text("message"))
    except ValueError:
        return None


class Withdraw(OwnPage):
    """Rút hồ sơ trực tuyến, before it is taken in; afterwards the counter writes it down."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.private(self.render("portal/own/withdraw.html", filing=self.filing, dossier=self.dossier))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        reason = reader.paragraph("reason", longest=500)
        reader.check()
        if self.filing is None or self.dossier is not None:
            raise DomainError(
                "Hồ sơ đã được tiếp nhận. Hãy nhắn cơ quan hoặc đến Một cửa để yêu cầu dừng, rút."
            )
        submitting.withdraw(filing_id=self.filing.pk, reason=reason, account_id=self.account_id, at=self.at)
        return self.done("Đã rút hồ sơ.", "portal:my-filing", self.code)


class Contact(OwnPage):
    """Đổi nơi cơ quan trả lời tôi."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.filing is None or self.dossier is not None:
            raise self.missing("Hồ sơ đã được tiếp nhận; hãy báo Một cửa để đổi thông tin liên hệ.")
        return self.private(self.render("portal/own/contact.html", filing=self.filing))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        phone, email = reader.text("phone", longest=40), reader.text("email", longest=254)
        reader.check()
        if self.filing is None:
            raise self.missing("Không có hồ sơ này.")
        submitting.change_contact(
            filing_id=self.filing.pk, phone=phone, email=email, account_id=self.account_id, at=self.at
        )
        return self.done("Đã đổi thông tin liên hệ.", "portal:my-filing", self.code)


class Copy(OwnPage):
    """Chép hồ sơ này thành bản nháp mới."""

    public = True

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.citizen is None or self.filing is None:
            raise DomainError("Hãy đăng nhập để chép hồ sơ cũ.")
        draft = finishing.copy_filing(
            filing=self.filing,
            draft_id=new_id(),
            account_id=self.citizen.pk,
            applicant=self.citizen.applicant,
            at=self.at,
        )
        self.keep_open(draft)
        messages.success(request, "Đã chép. Hãy xem lại từng bước; giấy tờ cần nộp mới.")
        return self.go(*step_route(draft, draft.step))
