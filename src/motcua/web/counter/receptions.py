"""Bước 3: tiếp nhận. The papers, the fee, the appointment and its reason; one act takes the dossier in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import Answer, Limit
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import discard
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.integrations.national_papers.client import is_connected
from motcua.integrations.national_papers.operations.fetching import fetch
from motcua.service.dossiers.models import Channel, Dossier, Part
from motcua.service.dossiers.operations.receiving import (
    AlreadyReceived,
    AppointmentMoved,
    NoPromise,
    PartIn,
    appointment,
    receive,
)
from motcua.service.dossiers.operations.settling_at_once import settle_at_once, why_not_at_once
from motcua.service.filing.models import Draft
from motcua.service.filing.operations.at_counter import Owed, receive_owing
from motcua.service.filing.operations.finishing import receive_draft
from motcua.service.holdings.finding import held_for_all, types_asked
from motcua.service.holdings.models import HeldPaper, PaperUse
from motcua.service.holdings.operations.using import Actor, consent, mark_looked
from motcua.service.payments.pricing import Tariff, tariff_of
from motcua.service.procedures.models import Case, Offering, Paper
from motcua.web.counter.applicants import applicant_or_404, carried
from motcua.web.counter.drafts import draft_at_reception, files_of_draft, typed_of_draft
from motcua.web.counter.mandates import chosen_mandate
from motcua.web.counter.offerings import offering_elsewhere_or_404, offering_or_404
from motcua.web.counter.papers import (
    FORMS,
    STATUSES,
    Line,
    all_provided,
    keep_scans,
    lent_paper,
    lines_of,
    read_parts,
    read_reuse,
    scans_since,
    typed_scans,
    waiting_scans,
)
from motcua.web.counter.post_choice import asks_post, choice_page
from motcua.web.counter.tariff import PROOF, Charging, FeeSum, fee_typed_of, proof_part, proofs_of
from motcua.web.counter.tickets import tie_to_number
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.held import MEANS, REASONS
from motcua.web.ui.pages import Page
from motcua.web.ui.phones import LendsToPhone, Lent
from motcua.web.ui.wording import vn_moment

RETURN_WAYS = [
    (Channel.COUNTER.value, "Tại Một cửa"),
    (Channel.POST.value, "Qua bưu chính công ích"),
    (Channel.ONLINE.value, "Bản điện tử, qua Cổng dịch vụ công"),
]
MOST_FEE = 2_000_000_000


class AtCounter(Charging):
    """What every page about one person and one procedure at the counter knows."""

    abstract = True
    permission = Permission.RECEIVE

    @cached_property
    def applicant(self) -> Applicant:
        return applicant_or_404(self, self.kwargs["applicant_id"])

    @cached_property
    def offering(self) -> Offering:
        if "phi-dia-gioi" in self.request.GET:
            return offering_elsewhere_or_404(self, self.kwargs["offering_id"])
        return offering_or_404(self, self.kwargs["offering_id"])

    @cached_property
    def reception(self) -> Agency | None:
        """Phi địa giới: the clerk's own place, which is not the one that usually takes it in; else None."""
        if "phi-dia-gioi" not in self.request.GET:
            return None
        units = self.access.agencies(Permission.RECEIVE)
        return Agency.objects.valid_on(local_date(self.at)).filter(pk__in=units).order_by("pk").first()

    @cached_property
    def mandate(self) -> Mandate | None:
        """Theo ủy quyền: the one that the address names."""
        return chosen_mandate(self, self.applicant)

    def appointment(self) -> tuple[Limit, Answer]:
        """The date that is told to the person, and will be promised."""
        return appointment(
            offering=self.offering,
            case=self.case,
            at=self.at,
            channel=self.channel,
            boundary_free=self.reception is not None,
        )

    @cached_property
    def case(self) -> Case | None:
        """The chosen case; None also when there is one still to choose. Raises NotACase."""
        wanted = self.request.GET.get("truong-hop", "")
        revision = self.offering.revision_on(local_date(self.at))
        if not wanted.isdecimal():
            return None
        return revision.case_or_refuse(int(wanted[:18]))

    @cached_property
    def tariff(self) -> Tariff:
        return tariff_of(self.offering, channel=self.channel, case=self.case, on=local_date(self.at))

    @cached_property
    def papers(self) -> list[Paper]:
        return self.offering.revision_on(local_date(self.at)).papers_of(self.case)

    @cached_property
    def held(self) -> dict[int, HeldPaper]:
        """Đã có trong kho: what this person need not bring, by the key of the paper."""
        return held_for_all(
            self.applicant.pk,
            self.papers,
            procedure_id=self.offering.procedure_id,
            on=local_date(self.at),
        )

    @property
    def place_id(self) -> int:
        """Nơi tiếp nhận."""
        return self.reception.pk if self.reception else self.offering.receiving_agency_id

    @property
    def channel(self) -> str:
        """How it was handed in; the first way that the procedure has, when none is chosen."""
        chosen = str(self.form.value("channel"))
        ways = self.ways
        return chosen if chosen in dict(ways) else (ways[0][0] if ways else Channel.COUNTER.value)

    @cached_property
    def ways(self) -> list[tuple[str, str]]:
        """Kênh nộp: over the counter and by post; what is filed online does not come here."""
        revision = self.offering.revision_on(local_date(self.at))
        kinds = (Channel.COUNTER, Channel.POST)
        return [(kind.value, kind.label) for kind in kinds if revision.channels_of(kind)]


class Reception(AtCounter):
    """Tiếp nhận."""

    permission = Permission.RECEIVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scans: dict[int, list[UUID]] = {}
        self.owed: Owed | None = None

    def get(self, request: HttpRequest, applicant_id: UUID, offering_id: int) -> HttpResponse:
        applicant, revision = self.applicant, self.offering.revision_on(local_date(self.at))
        if revision.cases and self.case is None:
            return self.render(
                "counter/receptions/cases.html",
                applicant=applicant,
                offering=self.offering,
                revision=revision,
                acting=self.mandate,
                addresses=[
                    (case, carried(request, **{"truong-hop": str(case.pk)})) for case in revision.cases
                ],
            )
        dossier_id = self.dossier_id()
        if dossier_id is None:
            return self.go(request.path + carried(request, **{"ho-so": str(new_id())}))
        earlier = Dossier.objects.visible_to(self.user, self.at).filter(pk=dossier_id).first()
        if earlier:
            raise AlreadyReceived(earlier)
        if request.method == "POST":
            scans = waiting_scans(self.scans, self.user, of_draft=self.draft_key)
        else:
            scans = scans_since(dossier_id, [*self.papers, PROOF], self.applicant, self.user)
            if self.draft:
                self.form = Form({**typed_of_draft(self.draft), **fee_typed_of(self.draft, self)})
                for paper_id, files in files_of_draft(self.draft, self.papers).items():
                    scans[paper_id] = [*files, *scans.get(paper_id, [])]
                scans |= proofs_of(self.draft)
        mark_looked(
            self.held.values(),
            kind=PaperUse.Kind.LISTED,
            actor=Actor.officer(self.user, self.place_id),
            at=self.at,
            subject_id=dossier_id,
            purpose=f"Tiếp nhận hồ sơ {revision.name}",
        )
        limit, answer = self.appointment()
        return self.render(
            "counter/receptions/edit.html",
            applicant=self.applicant,
            offering=self.offering,
            revision=revision,
            case=self.case,
            lines=self.lines(scans),
            means=MEANS,
            reasons=REASONS,
            may_fetch=is_connected(),
            notes=revision.notes_of(self.case),
            statuses=STATUSES,
            forms=FORMS,
            accept=ACCEPT,
            limit=limit,
            answer=answer,
            fees=revision.fees_for(self.channel, self.case),
            fee_url=reverse("counter:reception-fee", args=[applicant_id, offering_id]) + carried(request),
            **self.fee_context(self.form.typed or {}, scans.get(PROOF.pk, [])),
            ways=self.ways,
            return_ways=RETURN_WAYS,
            reception=self.reception,
            mandate=self.mandate,
            carried=carried(request),
            at_once=why_not_at_once(self.offering, local_date(self.at)) is None,
        )

    def post(self, request: HttpRequest, applicant_id: UUID, offering_id: int) -> HttpResponseBase:
        reader = self.read()
        self.keep_uploads(reader)
        if again := self.comfort(request.POST):
            return again
        held = self.held_as_ticked()
        parts = read_parts(reader, self.papers, self.scans, held)
        reuse = read_reuse(reader, parts, held)
        self.owed = self.read_owed(reader)
        given = self.read_terms(reader)
        parts += proof_part(self.owed, self.scans)
        representative = self.read_representative(reader)
        try:
            if "now" in request.POST:
                return self.settle_now(reader, parts, representative, {**given, "reuse": reuse})
            dossier = self.take_in(
                offering=self.offering,
                applicant=self.applicant,
                parts=parts,
                case_id=self.case.pk if self.case else None,
                representative=representative,
                reception=self.reception,
                mandate=self.mandate,
                reuse=reuse,
                told_on=reader.text("promised"),
                **given,
            )
        except AlreadyReceived as twice:
            return self.already(twice)
        except AppointmentMoved as moved:
            sentence = f"Ngày hẹn trả vừa chuyển sang {vn_moment(moved.due_at)}. Hãy báo lại người nộp rồi tiếp nhận."
            raise InvalidInput({"promised": sentence}) from None
        tie_to_number(self, dossier)
        receipt = reverse("counter:receipt", args=[dossier.pk])
        return self.go(choice_page(dossier, receipt) if asks_post(self, dossier) else receipt)

    def held_as_ticked(self) -> dict[int, HeldPaper]:
        """The store is asked only where a paper was ticked as held; `receive` asks for the others."""
        ticked = (self.request.POST.get(f"paper-{paper.pk}") for paper in self.papers)
        return self.held if Part.Status.HELD in ticked else {}

    @cached_property
    def draft(self) -> Draft | None:
        """Bản nháp của người nộp, when it is taken in by its code."""
        return draft_at_reception(self, self.dossier_id())

    @property
    def draft_key(self) -> UUID | None:
        return self.draft.dossier_key if self.draft else None

    def take_in(self, **given: Any) -> Dossier:
        """What was prepared by its owner ends as this dossier; else the dossier alone."""
        if self.draft:
            return self.charged(partial(receive_draft, draft_id=self.draft.pk), **given)
        return self.charged(partial(receive, dossier_id=self.dossier_id()), **given)

    def charged(self, take_in: Callable[..., Dossier], **given: Any) -> Dossier:
        """With what the tariff asks of this person, where it asked."""
        if self.owed:
            return receive_owing(take_in, owed=self.owed, by=self.user, at=self.at, **given)
        return take_in(by=self.user, at=self.at, **given)

    def lines(self, scans: dict[int, list[Document]]) -> list[Line]:
        """The checklist; what a draft has brought along stands there as handed in."""
        lines = lines_of(self.papers, self.form, scans=scans, held=self.held)
        for line in lines:
            if self.draft and line.scans and not line.status:
                line.status = Part.Status.PROVIDED
        return lines

    def settle_now(
        self, reader: Reader, parts: list[PartIn], representative: Applicant | None, given: dict[str, Any]
    ) -> HttpResponse:
        """Ghi nhận và trả kết quả ngay: the person leaves with the result, without a receipt unless asked for."""
        number = reader.text("result_number", required="Hãy nhập số, ký hiệu của kết quả.", longest=80)
        reader.check()
        dossier = self.charged(
            partial(settle_at_once, number=number, dossier_id=self.dossier_id()),
            offering=self.offering,
            applicant=self.applicant,
            parts=parts,
            case_id=self.case.pk if self.case else None,
            representative=representative,
            **given,
        )
        return self.done(
            f"Đã ghi nhận hồ sơ {dossier.code} và trả kết quả ngay.", "counter:dossier", dossier.pk
        )

    def comfort(self, typed: QueryDict) -> HttpResponse | None:
        """Buttons besides the one act, for browsers without scripts: all papers are there, or one scan goes away."""
        if dropped := typed.get("drop"):
            for key in {one for some in self.scans.values() for one in some if str(one) == dropped}:
                discard(document_id=key, by=self.user, at=self.at)
            self.scans = {
                paper: [one for one in some if str(one) != dropped] for paper, some in self.scans.items()
            }
        elif "all" in typed:
            self.form = Form(all_provided(typed, self.papers, self.held))
        elif "fetch" in typed:
            self.fetch(typed)
        else:
            return None
        return self.get(self.request, **self.kwargs)

    def fetch(self, typed: QueryDict) -> None:
        """Lấy từ kho quốc gia what this person is not known to hold; the person has said yes."""
        key = self.dossier_id()
        if key is None:
            raise self.missing("Hãy mở lại trang tiếp nhận.")
        consent(
            holder_id=self.applicant.pk,
            subject_id=key,
            means=typed.get("consent", ""),
            by=self.user,
            at=self.at,
        )
        lacking = [paper for paper in self.papers if paper.pk not in self.held]
        kept = fetch(
            holder=self.applicant,
            types=types_asked(lacking, procedure_id=self.offering.procedure_id),
            procedure=self.offering.procedure.code,
            subject_id=key,
            agency_id=self.place_id,
            by=self.user,
            at=self.at,
        )
        self.__dict__.pop("held", None)
        usable = sum(paper.pk in self.held for paper in lacking)
        said = (
            f"Kho quốc gia có {len(kept)} giấy tờ, dùng được {usable}."
            if kept
            else "Kho quốc gia không có giấy nào."
        )
        messages.info(self.request, said)
        fields = {paper: f"paper-{paper.pk}" for paper in self.papers if paper.pk in self.held}
        chosen = {name: "HELD" for paper, name in fields.items() if paper in lacking or not typed.get(name)}
        changed = typed.copy()
        for name, value in chosen.items():
            changed[name] = value
        self.form = Form(changed)

    def keep_uploads(self, reader: Reader) -> None:
        """Files sent with the form are kept before anything else is judged, so that no refusal loses them."""
        for paper in [*self.papers, PROOF]:
            kept, refusal = keep_scans(
                self.request.FILES.getlist(f"file-{paper.pk}"),
                paper=paper, applicant=self.applicant, by=self.user, at=self.at,
            )  # fmt: skip
            self.scans[paper.pk] = [*typed_scans(self.request.POST, paper.pk), *kept]
            if refusal:
                reader.refuse(f"paper-{paper.pk}", refusal)
        waiting = waiting_scans(self.scans, self.user, of_draft=self.draft_key)
        for key, some in self.scans.items():
            usable = [document.pk for document in waiting.get(key, [])]
            if len(usable) < len(some):
                reader.refuse(f"paper-{key}", "Có bản quét không còn dùng được. Hãy chọn lại tệp.")
            self.scans[key] = usable

    def read_terms(self, reader: Reader) -> dict[str, Any]:
        """Everything besides people and papers."""
        due_at: datetime | None = None
        if reader.text("due_on"):
            due_at = reader.moment("due_on", "due_time", required="Hãy nhập cả ngày và giờ hẹn trả.")
        fee = reader.money("fee_amount") or 0
        if fee > MOST_FEE:
            reader.refuse("fee_amount", "Số tiền quá lớn. Hãy kiểm tra lại.")
        terms = {
            "matter": reader.text("matter", longest=500),
            "channel": reader.choice("channel", [key for key, _ in self.ways]) or self.channel,
            "return_channel": reader.choice("return_channel", [key for key, _ in RETURN_WAYS])
            or Channel.COUNTER,
            "sets": reader.integer("sets", least=1, most=99) or 1,
            "authorisation": reader.text("authorisation", longest=200),
            "fee_amount": fee,
            "fee_note": reader.text("fee_note", longest=200),
            "due_at": due_at,
            "due_reason": reader.text("due_reason", longest=300),
        }
        reader.check()
        return terms

    def read_representative(self, reader: Reader) -> Applicant | None:
        """Người nộp thay, found or written down like the applicant; its refusals stand by its own fields."""
        name = reader.text("rep_name", longest=2000)
        if not name:
            return None
        data = ApplicantInput(
            name=name,
            personal_number=reader.text("rep_personal_number", longest=100),
            phone=reader.text("rep_phone", longest=100),
        )
        try:
            return find_or_create_applicant(data, by=self.user, at=self.at)
        except InvalidInput as refusal:
            raise InvalidInput({f"rep_{field}": said for field, said in refusal.errors.items()}) from None
        except DomainError as refusal:
            raise InvalidInput({f"rep_{refusal.field}": refusal.message}) from None

    def refused(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(refusal, AlreadyReceived):
            return self.already(refusal)
        if isinstance(refusal, NoPromise) and refusal.field == "due_at":
            refusal.field = "due_on"  # as the page calls it
        return super().refused(refusal, *args, **kwargs)

    def already(self, twice: AlreadyReceived) -> HttpResponse:
        return self.done(twice.message, "counter:dossier", twice.dossier.pk)

    def dossier_id(self) -> UUID | None:
        return as_key(self.request.GET.get("ho-so", ""))


class ReceptionFee(FeeSum, AtCounter):
    """Số tiền phải thu, asked anew when the number or the group changes."""

    permission = Permission.RECEIVE


class Uploads(LendsToPhone, AtCounter):
    """Bản quét của một giấy tờ: each file as soon as it is chosen; the answer is the paper's list of scans."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, applicant_id: UUID, offering_id: int, paper_id: int) -> HttpResponse:
        paper = next((one for one in [*self.papers, PROOF] if one.pk == paper_id), None)
        if paper is None:
            raise self.missing("Giấy tờ này không thuộc thủ tục đã chọn.")
        kept, refusal = keep_scans(
            request.FILES.getlist(f"file-{paper_id}"),
            paper=paper, applicant=self.applicant, by=self.user, at=self.at,
        )  # fmt: skip
        before = self.stored_before.get(f"file-{paper_id}", [])
        keys = [*typed_scans(request.POST, paper_id), *before, *kept]
        scans = waiting_scans({paper_id: list(dict.fromkeys(keys))}, self.user)
        return self.render(
            "counter/receptions/_scans.html",
            status=422 if refusal else 200,
            paper=paper,
            scans=scans.get(paper_id, []),
            refusal=refusal,
            accept=ACCEPT,
            upload_url=request.get_full_path(),
            phone=self.live_phone(),
        )

    def lent(self, word: str) -> Lent | None:
        return lent_paper([*self.papers, PROOF], self.kwargs["paper_id"], word)


class UploadDrop(Page):
    """Bỏ một bản quét chưa dùng."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        discard(document_id=document_id, by=self.user, at=self.at)
        return (
            HttpResponse()
            if self.is_fragment
            else self.done("Đã bỏ bản quét.", self.next_address(reverse("counter:index")))
        )
