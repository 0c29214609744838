"""Nộp hồ sơ từ điện thoại: one page for each step, each saved before the next is shown; nothing is asked twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import new_id
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
from motcua.service.filing.costs import costs_of
from motcua.service.filing.models import Draft, DraftPaper
from motcua.service.filing.operations import drafting, finishing
from motcua.service.filing.operations.finishing import form_of
from motcua.service.filing.reusing import agree, has_agreed, reusable
from motcua.service.filing.revising import changed_since
from motcua.service.forms.asking import answers_of
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.forms.operations.answering import begin
from motcua.service.holdings.models import HeldPaper
from motcua.service.procedures.models import Offering, Paper, Procedure
from motcua.service.procedures.models.revision import NotInForce
from motcua.web.portal.attempts import may_act, may_try
from motcua.web.ui.eforms import FormPages, confirm_pages
from motcua.web.ui.files import file_response
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

DRAFTS = "ban-nhap"  # in the session: the drafts that this browser has begun or opened by their code
MOST_DRAFTS = 20
SEEN = (
    "ho-so-da-mo"  # in the session: codes of filings and dossiers that this browser has shown to be its own
)
MOST_SEEN = 30
CARRIED = "giu-"
MOST_CARRIED = 200
STEPS = (
    ("noi-nop", "Nơi nộp"),
    ("nguoi-nop", "Người nộp"),
    ("to-khai", "Tờ khai"),
    ("giay-to", "Giấy tờ"),
    ("nhan-ket-qua", "Nhận kết quả"),
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
        return [str(key) for key in self.request.session.get(DRAFTS, [])]

    def keep_open(self, draft: Draft) -> None:
        """This browser may open the draft until its session ends."""
        kept = [key for key in self.opened_here() if key != str(draft.pk)]
        self.request.session[DRAFTS] = [*kept, str(draft.pk)][-MOST_DRAFTS:]

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
            return self.render(
                "portal/filing/nowhere.html", procedure=self.procedure, counters=self.counters()
            )
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
    if not revision.channels_of(Channel.ONLINE):
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


def as_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
        found = Draft.objects.select_related(
            "offering__procedure",
            "offering__agency",
            "offering__receiving_agency",
            "offering__unit",
            "revision",
            "case",
            "applicant",
            "mandate__principal",
        )
        draft: Draft | None = found.filter(pk=self.kwargs["draft_id"]).first()
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
        return None

    @cached_property
    def form_version(self) -> FormVersion | None:
        """Biểu mẫu điện tử của thủ tục, if it has one."""
        return form_of(self.draft, self.at)

    @cached_property
    def all_steps(self) -> list[tuple[str, str]]:
        """Các bước: with the form, where the procedure has one."""
        has_form = self.form_version is not None
        return [(key, name) for key, name in STEPS if key != "to-khai" or has_form]

    def shut(self) -> HttpResponse:
        """Phiên đã hết: sign in, or type the code; what was just typed goes along and comes back."""
        if self.draft.account_id:
            sign_in = citizen_sign_in()
            if sign_in:
                return self.send_to(sign_in)
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
    def address(self) -> tuple[str, UUID]:
        return self.draft.offering.procedure.code, self.draft.pk

    def step_page(self, template: str, **context: Any) -> HttpResponse:
        """A page of the wizard: with the list of its steps, and the code to go on elsewhere."""
        return self.private(self.render(template, **self.frame(), **context))

    def frame(self) -> dict[str, Any]:
        """What stands around each step: the others, the one before, the draft itself."""
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
                number < place,
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


def carried(typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, to be sent again: never the token, never a file."""
    if not hasattr(typed, "lists"):
        return []
    pairs = [(name, value) for name, values in typed.lists() for value in values]
    return [(name, value) for name, value in pairs if name not in {"csrfmiddlewaretoken", "code"}][
        :MOST_CARRIED
    ]


class Resume(CitizenPage):
    """Tiếp tục bằng mã: on another phone, or after the session is over."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.private(
            self.render(
                "portal/filing/resume.html",
                next=self.form.value("next"),
                carried=self.kept(),
                is_shut=False,
            )
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã tiếp tục.", longest=60)
        reader.check()
        if not may_try(request, f"draft-code:{drafting.plain_code(code)}", self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request)
        draft = drafting.resume_draft(code=code, at=self.at, where="portal", actor_id=self.account_id)
        self.keep_open(draft)
        wanted = reader.text("next", longest=500)
        own = f"/nop-ho-so/{draft.offering.procedure.code}/{draft.pk}/"
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.startswith(own)
        kept = self.kept()
        if is_ours and kept:
            return self.private(self.render("portal/filing/again.html", to=wanted, carried=kept))
        if is_ours:
            return self.go(wanted)
        if draft.filing_id:
            return self.go("portal:filed", draft.filing_id)
        return self.go(*step_route(draft, draft.step))

    def kept(self) -> list[tuple[str, str]]:
        named = [(name, values) for name, values in self.request.POST.lists() if name.startswith(CARRIED)]
        return [(name.removeprefix(CARRIED), value) for name, values in named for value in values][
            :MOST_CARRIED
        ]


class MyDrafts(CitizenPage):
    """Bản nháp của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        drafts = own_drafts(self).select_related("offering__procedure", "offering__agency", "revision")
        return self.private(self.render("portal/filing/drafts.html", drafts=list(drafts[:50])))


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
        held = Mandate.objects.filter(agent=self.known_person, revoked_at=None).select_related("principal")
        day = local_date(self.at)
        return [one for one in held if one.is_valid_at(self.at, day)]

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
        owner = self.draft.owner
        address = places.in_words(
            owner.get("street", ""), owner.get("ward_code", ""), owner.get("province_code", "")
        )
        if not self.known_person:
            return {"offering.agency": self.draft.offering.agency.name}
        return {
            "account.name": owner.get("name", ""),
            "account.personal_number": owner.get("personal_number", ""),
            "account.phone": owner.get("phone", ""),
            "account.email": owner.get("email", ""),
            "account.address": address,
            "account.tax_code": owner.get("tax_code", ""),
            "offering.agency": self.draft.offering.agency.name,
        }

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        """Within the wizard: before the first page of the form stands the step before."""
        if template == self.eform_template:
            frame = self.frame()
            context = {**frame, **context, "back": context.get("back") or frame["back"]}
        return super().render(template, status=status, **context)

    @property
    def actor_id(self) -> UUID | None:
        return self.account_id

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


class Upload(DraftPage):
    """Tải tệp lên for one paper: several at once; each that cannot be kept says why, the others are there."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        return self.go("portal:draft-giay-to", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        refusals = []
        uploads = request.FILES.getlist("file")
        if not uploads:
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
            )
        for sentence in refusals:
            messages.error(request, sentence)
        if not refusals:
            messages.success(request, f"Đã lưu {len(uploads)} tệp.")
        return self.go(f"{reverse('portal:draft-giay-to', args=self.address)}#paper-{paper_id}")


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
    held = reusable(draft, at)
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
                is_declared=finishing.is_declared(draft, paper),
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
        lacking = {
            **drafting.person_faults(draft, self.at),
            **finishing.form_faults(draft, self.at),
            **finishing.paper_faults(draft, self.at),
            **drafting.return_faults(draft),
        }
        return self.step_page(
            "portal/filing/check.html",
            owner=with_ward(draft.owner) if draft.mandate is None else {"name": draft.mandate.principal.name},
            helper=draft.helper,
            lines=lines_of(draft, self.at),
            lacking=[(sentence, self.mending(name)) for name, sentence in lacking.items()],
            answered=answered_pages(draft, self.at),
            return_way={value: label for value, label, _ in RETURNS}.get(draft.return_channel, ""),
            limit=draft.revision.limit_for(Channel.ONLINE, draft.case),
            costs=costs_of(draft.offering, draft.case, local_date(self.at)),
            taken_in_at=place_name(draft.offering),
            may_submit=draft.account_id is not None
            or drafting.rule_on(local_date(self.at)).guests_may_submit,
            sign_in=citizen_sign_in(),
        )

    def mending(self, name: str) -> str:
        """The page where that is put right."""
        if name == "form":
            return reverse("portal:draft-to-khai", args=self.address)
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
        filing = finishing.submit_draft(draft_id=self.draft.pk, account_id=self.account_id, at=self.at)
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
