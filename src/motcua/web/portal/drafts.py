"""Nộp hồ sơ từ điện thoại: one page for each step, each saved before the next is shown; nothing is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.models import Channel
from motcua.service.filing.contents import Contents
from motcua.service.filing.costs import DraftFee, costs_of
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.opening import opened
from motcua.service.filing.operations import drafting
from motcua.service.filing.operations.codes import plain_code
from motcua.service.filing.revising import changed_since
from motcua.service.forms.asking import form_for
from motcua.service.forms.definition import OwnSignature
from motcua.service.forms.models import FormVersion
from motcua.service.payments.models import PayerGroup
from motcua.service.procedures.models import Offering, PortalMode, Procedure
from motcua.service.procedures.models.revision import NotInForce
from motcua.service.procedures.portal import portal_on
from motcua.web.portal.attempts import may_act, may_try
from motcua.web.portal.kept import carried, carried_along, keep_typed, take_typed
from motcua.web.ui.drafts import keep_open, opened_here
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

SEEN = (
    "ho-so-da-mo"  # in the session: codes of filings and dossiers that this browser has shown to be its own
)
MOST_SEEN = 30
STEPS = (
    ("noi-nop", "Nơi nộp"),
    ("nguoi-nop", "Người nộp"),
    ("to-khai", "Tờ khai"),
    ("mien-giam", "Phí, lệ phí"),
    ("giay-to", "Giấy tờ"),
    ("nhan-ket-qua", "Nhận kết quả"),
    ("cung-ky", "Cùng đứng tên"),
    ("ky-to-khai", "Ký tờ khai"),
    ("kiem-tra", "Kiểm tra, nộp"),
)
TOO_OFTEN = "Bạn đã thử nhiều lần. Hãy chờ 10 phút rồi thử lại, hoặc mang giấy tờ đến Bộ phận Một cửa."
RETURNS = [
    (Channel.ONLINE.value, "Bản điện tử", "Nhận trên Cổng này, có chữ ký số"),
    (Channel.COUNTER.value, "Tại Bộ phận Một cửa", "Bạn đến nhận, mang theo giấy tờ tùy thân"),
    (Channel.POST.value, "Qua bưu chính", "Giao tận nơi; bạn trả cước cho bưu chính"),
]
PERSON = ("kind", "name", "personal_number", "tax_code", "birth", "phone", "email", "street", "province_code")


class CitizenPage(Page):
    """What every page of a citizen knows: the account that is signed in, if any, and the drafts of this browser."""

    abstract = True
    public = True

    @cached_property
    def citizen(self) -> Any:
        """Tài khoản công dân đang đăng nhập, else None: a guest."""
        return getattr(self.request, "citizen", None)

    @property
    def account_id(self) -> UUID | None:
        return self.citizen.pk if self.citizen else None

    @property
    def known_person(self) -> Applicant | None:
        """Người đứng tên tài khoản."""
        return self.citizen.applicant if self.citizen else None

    def opened_here(self) -> list[str]:
        return opened_here(self.request)

    def keep_open(self, draft: Draft) -> None:
        """This browser may open the draft until its session ends."""
        keep_open(self.request, draft)

    def let_in_begun(self) -> list[str]:
        """What was filed from this browser by a guest, which may never have seen the receipt, may be followed in it."""
        begun = Filing.objects.begun_as([UUID(key) for key in self.opened_here()])
        if begun:
            let_in(self.request, *begun)
        return begun

    def private(self, response: HttpResponse) -> HttpResponse:
        add_never_cache_headers(response)
        return response


def let_in(request: HttpRequest, *codes: str) -> None:
    """This browser has shown whose it is; until its session ends."""
    kept = [code for code in request.session.get(SEEN, []) if code not in codes]
    request.session[SEEN] = [*kept, *codes][-MOST_SEEN:]


class Start(CitizenPage):
    """Bắt đầu: which case, where to; a draft begins."""

    public = True

    @cached_property
    def procedure(self) -> Procedure:
        procedure: Procedure | None = (
            Procedure.objects.in_force(local_date(self.at)).filter(code=self.kwargs["code"]).first()
        )
        if procedure is None:
            raise self.missing("Không có thủ tục này, hoặc thủ tục đã hết hiệu lực.")
        return procedure

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        offered = offered_of(self.procedure, self)
        if not offered:
            return self.nowhere()
        revision = self.procedure.revision_on(local_date(self.at))
        is_plain = len(offered) == 1 and not revision.cases
        return self.private(
            self.render(
                "portal/filing/start.html",
                procedure=self.procedure,
                revision=revision,
                **choices_of(self, revision.cases, offered),
                draft_id=self.form.value("draft") or new_id(),
                mine=self.mine(),
                offers_batch=form_for(offered[0], local_date(self.at)) is not None if self.citizen else False,
                costs=costs_of(offered[0], None, local_date(self.at)) if is_plain else None,
            )
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        offering, case_id = read_place(reader, offered_of(self.procedure, self), self.procedure, self)
        reader.check()
        key = as_key(reader.text("draft")) or new_id()
        if not Draft.objects.filter(pk=key).exists() and not may_act(request, "draft", str(key), self.at):
            raise DomainError(TOO_OFTEN)
        draft = drafting.begin_draft(
            draft_id=key,
            offering=offering,
            case_id=case_id,
            account_id=self.account_id,
            applicant=self.known_person,
            at=self.at,
        )
        self.keep_open(draft)
        return self.go(*step_route(draft, draft.step))

    def nowhere(self) -> HttpResponse:
        """Không nộp ở đây: at the national portal, or at a counter."""
        day = local_date(self.at)
        portal = portal_on(self.procedure.revision_on(day), day)
        address = portal.address if portal.mode == PortalMode.Mode.MIRROR else ""
        return self.render(
            "portal/filing/nowhere.html",
            procedure=self.procedure,
            counters=self.counters(),
            elsewhere=address,
        )

    def mine(self) -> list[Draft]:
        """Bản nháp đang làm của thủ tục này."""
        found = own_drafts(self).filter(offering__procedure=self.procedure)
        return list(found.select_related("offering__agency", "offering__procedure", "revision"))

    def counters(self) -> list[Offering]:
        day = local_date(self.at)
        return list(Offering.objects.in_force(day).filter(procedure=self.procedure).for_pages()[:20])


def own_drafts(page: CitizenPage) -> Any:
    """Bản nháp của người đang xem: of the account, and those that this browser has opened."""
    open_ones = Draft.objects.open(at=page.at)
    here = open_ones.filter(pk__in=page.opened_here(), account_id=None)
    if page.account_id is None:
        return here.order_by("-saved_at")
    return (open_ones.filter(account_id=page.account_id) | here).order_by("-saved_at")


def offered_of(procedure: Procedure, page: CitizenPage) -> list[Offering]:
    """Nơi nhận trực tuyến thủ tục này hôm nay; the one of the citizen's own commune first."""
    day = local_date(page.at)
    offered = list(Offering.objects.in_force(day).filter(procedure=procedure).for_pages())
    try:
        revision = procedure.revision_on(day)
    except NotInForce:
        return []
    if not revision.channels_of(Channel.ONLINE) or portal_on(revision, day).mode != PortalMode.Mode.ON:
        return []
    home = places.ward(page.known_person.ward_code) if page.known_person else None
    wanted = fold(home.name) if home else ""
    return sorted(
        offered, key=lambda one: (not wanted or wanted not in fold(one.agency.name), one.agency.name)
    )


def choices_of(page: CitizenPage, cases: Sequence[Any], offered: Sequence[Offering]) -> dict[str, Any]:
    return {
        "cases": [(case.pk, case.label) for case in cases],
        "places": [(one.pk, place_name(one)) for one in offered],
    }


def place_name(offering: Offering) -> str:
    if offering.agency_id == offering.receiving_agency_id:
        return str(offering.agency.name)
    return f"{offering.agency.name} (nộp tại {offering.receiving_agency.name})"


def read_place(
    reader: Reader, offered: Sequence[Offering], procedure: Procedure, page: CitizenPage
) -> tuple[Offering, int | None]:
    """The chosen place and case; the only one where there is nothing to choose."""
    cases = {str(case.pk): case for case in procedure.revision_on(local_date(page.at)).cases}
    by_key = {str(one.pk): one for one in offered}
    if not by_key:
        raise DomainError("Thủ tục này không nhận hồ sơ trực tuyến. Hãy nộp tại Bộ phận Một cửa.")
    only = next(iter(by_key)) if len(by_key) == 1 else ""
    place = reader.choice("offering", by_key, required="" if only else "Hãy chọn nơi nộp.") or only
    case = reader.choice("case", cases, required="Hãy chọn trường hợp của bạn." if cases else "")
    offering = by_key.get(place) or next(iter(by_key.values()))
    return offering, int(case) if case else None


def step_route(draft: Draft, step: str) -> tuple[Any, ...]:
    return (f"portal:draft-{step}", draft.offering.procedure.code, draft.pk)


class DraftPage(CitizenPage):
    """One step of a draft: opened by its account, by the browser that began it, or after its code was typed."""

    abstract = True
    public = True
    step: ClassVar[str] = ""
    shows_change: ClassVar[bool] = True

    @cached_property
    def draft(self) -> Draft:
        draft = opened(self.kwargs["draft_id"], local_date(self.at))
        if draft is None or draft.is_over(self.at):
            raise self.missing("Không còn bản nháp này. Bản nháp quá hạn giữ đã được xóa cùng các tệp")
        return draft

    def may_open(self) -> bool:
        if self.draft.account_id:
            return self.draft.account_id == self.account_id
        return str(self.draft.pk) in self.opened_here()

    def entrance(self) -> HttpResponse | None:
        if not self.may_open():
            return self.shut()
        if self.draft.account_id is None and self.citizen and self.draft.is_open:
            drafting.take_draft(
                draft_id=self.draft.pk,
                account_id=self.citizen.pk,
                applicant=self.citizen.applicant,
                at=self.at,
            )
            del self.draft
        if self.draft.filing_id and self.shows_change:
            return self.go("portal:filed", self.draft.filing_id)
        if self.draft.dossier_id and self.shows_change:
            raise drafting.DraftEnded("Bản nháp này đã được tiếp nhận tại quầy. Bạn có giấy hẹn trả kết quả.")
        if self.shows_change and changed_since(self.draft, self.at):
            return self.go("portal:draft-changed", *self.address)
        if self.request.method == "GET" and (typed := take_typed(self.request, self.draft.pk.bytes)):
            return self.private(self.render("portal/filing/again.html", to=self.request.path, carried=typed))
        return None

    @cached_property
    def contents(self) -> Contents:
        """Nội dung bản nháp, as it was when this page was asked for."""
        return Contents(self.draft, self.at)

    @property
    def form_version(self) -> FormVersion | None:
        """Biểu mẫu điện tử của thủ tục, if it has one."""
        return self.contents.version

    @cached_property
    def all_steps(self) -> list[tuple[str, str]]:
        """Các bước: with the form, what the fee asks and who else must agree, each where there is such a question."""
        version = self.form_version
        left_out = set() if version else {"to-khai"}
        left_out |= set() if version and version.definition.signers else {"cung-ky"}
        left_out |= set() if self.asks_signature else {"ky-to-khai"}
        left_out |= set() if self.fee.is_asked else {"mien-giam"}
        return [(key, name) for key, name in STEPS if key not in left_out]

    @property
    def asks_signature(self) -> bool:
        """Tờ khai được hoặc phải ký số."""
        version = self.form_version
        return version is not None and version.definition.signature != OwnSignature.NONE

    @cached_property
    def payer_groups(self) -> list[PayerGroup]:
        """Diện miễn, giảm mà mức thu của lần nộp này hỏi."""
        return self.fee.tariff.groups()

    @property
    def fee(self) -> DraftFee:
        """Phí của bản nháp, by what was said before this page."""
        return self.contents.fee

    def shut(self) -> HttpResponse:
        """Phiên đã hết: sign in, or type the code; what was just typed goes along and comes back."""
        if self.draft.account_id:
            if self.citizen:  # somebody else's, or one's own under another name
                raise self.missing(
                    "Bản nháp này của tài khoản khác. Nếu bạn đã lập khi làm thay tổ chức, hãy đổi ở Trang của tôi"
                )
            keep_typed(self.request, self.draft.pk.bytes)
            return self.go(f"{citizen_sign_in()}?{urlencode({'next': self.request.path})}")
        typed = self.request.POST if self.request.method == "POST" else {}
        return self.private(
            self.render(
                "portal/filing/resume.html",
                status=403,
                next=self.request.path,
                carried=carried(typed),
                is_shut=True,
            )
        )

    @property
    def helper(self) -> User | None:
        """Công chức đang hỗ trợ người nộp at this very screen; None on the person's own phone."""
        user = self.request.user
        return user if isinstance(user, User) and self.draft.assisted_by_id == user.pk else None

    @property
    def address(self) -> tuple[str, UUID]:
        return self.draft.offering.procedure.code, self.draft.pk

    def step_page(self, template: str, **context: Any) -> HttpResponse:
        """A page of the wizard: with the list of its steps, and the code to go on elsewhere."""
        return self.private(self.render(template, **self.frame(), **context))

    def unfinished(self) -> set[str]:
        """The steps before this one that are known to lack something; looked for on the last page alone."""
        return set()

    def frame(self) -> dict[str, Any]:
        """What stands around each step: the others, the one before, the draft itself."""
        unfinished = self.unfinished()
        place = [key for key, _ in self.all_steps].index(self.step) + 1
        reached = max(
            place,
            [key for key, _ in self.all_steps].index(self.draft.step) + 1
            if self.draft.step in dict(self.all_steps)
            else 1,
        )
        steps = [
            (
                name,
                reverse(f"portal:draft-{key}", args=self.address) if number <= reached else "",
                number == place,
                number < place and key not in unfinished,
            )
            for number, (key, name) in enumerate(self.all_steps, start=1)
        ]
        back = reverse(f"portal:draft-{self.all_steps[place - 2][0]}", args=self.address) if place > 1 else ""
        return {"draft": self.draft, "steps": steps, "back": back}

    def onward(self) -> HttpResponse:
        """Bước sau; back to the last page when one came from there to mend something."""
        keys = [key for key, _ in self.all_steps]
        following = (
            "kiem-tra" if self.request.GET.get("sua") else keys[min(keys.index(self.step) + 1, len(keys) - 1)]
        )
        reached = self.draft.step if self.draft.step in keys else keys[0]
        if keys.index(following) > keys.index(reached):
            drafting.save_step(draft_id=self.draft.pk, step=following, at=self.at)
        return self.go(f"portal:draft-{following}", *self.address)


def citizen_sign_in() -> str:
    """Where a citizen signs in; "" where this installation has no such page."""
    from motcua.web.ui.environment import maybe_url

    return maybe_url("portal:citizen-sign-in")


class Resume(CitizenPage):
    """Tiếp tục bằng mã: on another phone, or after the session is over."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.private(
            self.render(
                "portal/filing/resume.html",
                next=self.form.value("next"),
                carried=carried_along(request),
                is_shut=False,
            )
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã tiếp tục.", longest=60)
        reader.check()
        if not may_try(request, f"draft-code:{plain_code(code)}", self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request)
        draft = drafting.resume_draft(code=code, at=self.at, where="portal", actor_id=self.account_id)
        self.keep_open(draft)
        wanted = reader.text("next", longest=500)
        own = f"/nop-ho-so/{draft.offering.procedure.code}/{draft.pk}/"
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.startswith(own)
        kept = carried_along(request)
        if is_ours and kept:
            return self.private(self.render("portal/filing/again.html", to=wanted, carried=kept))
        if is_ours:
            return self.go(wanted)
        if draft.filing_id:
            return self.go("portal:filed", draft.filing_id)
        return self.go(*step_route(draft, draft.step))


class MyDrafts(CitizenPage):
    """Bản nháp của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        drafts = own_drafts(self).select_related("offering__procedure", "offering__agency", "revision")
        return self.private(self.render("portal/filing/drafts.html", drafts=list(drafts[:50])))
