"""Liên thông tại quầy: one filing for a whole group, the page of a bundle, its receipt and its hand-over."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import InvalidInput
from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.documents.operations.storing import discard
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Channel
from motcua.service.dossiers.operations.receiving import PartIn
from motcua.service.filing.operations.at_counter import Owed, file_bundle_owing
from motcua.service.holdings.models import HeldPaper, PaperUse
from motcua.service.holdings.operations.using import Actor, mark_looked
from motcua.service.linking import reading
from motcua.service.linking.models import Bundle, LinkedGroup
from motcua.service.linking.operations.filing import AlreadyFiled, PaperIn, file_bundle
from motcua.service.linking.operations.handing_over import return_bundle
from motcua.service.linking.querysets import NoSuchBundle
from motcua.service.linking.timeline import moments_of_bundle
from motcua.service.paperwork.operations.printing import print_bundle_receipt
from motcua.service.payments.pricing import JointTariff, tariff_of
from motcua.service.procedures.models import Paper
from motcua.web.counter.applicants import applicant_or_404
from motcua.web.counter.group_store import held_of, reuse_each
from motcua.web.counter.home import AT_COUNTER
from motcua.web.counter.mandates import chosen_mandate
from motcua.web.counter.papers import (
    FORMS,
    STATUSES,
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
from motcua.web.counter.results import LONGEST_NAME
from motcua.web.counter.tariff import PROOF, Charging, FeeSum, Payer, proof_part
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.held import MEANS, REASONS
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response
from motcua.web.ui.phones import LendsToPhone, Lent
from motcua.web.ui.promises import promise_of
from motcua.web.ui.wording import vn_moment

MOST = 50
MOST_FEE = 2_000_000_000


class Groups(Page):
    """Chọn nhóm liên thông."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:
        applicant = applicant_or_404(self, applicant_id)
        groups = LinkedGroup.objects.in_force(local_date(self.at)).with_content().order_by("name")
        return self.render(
            "counter/bundles/groups.html",
            applicant=applicant,
            groups=groups,
            acting=chosen_mandate(self, applicant),
            mandate=request.GET.get("uy-quyen", ""),
        )


class AtGroup(Charging):
    """What every page about one person and one group at the counter knows."""

    abstract = True
    permission = Permission.RECEIVE
    collected = "Đã thu cả bộ"

    @cached_property
    def applicant(self) -> Applicant:
        return applicant_or_404(self, self.kwargs["applicant_id"])

    @cached_property
    def group(self) -> LinkedGroup:
        groups = LinkedGroup.objects.in_force(local_date(self.at)).with_content()
        found: LinkedGroup | None = groups.filter(pk=self.kwargs["group_id"]).first()
        if found is None:
            raise self.missing("Nhóm liên thông này không áp dụng hôm nay.")
        return found

    @cached_property
    def reception(self) -> Agency:
        """Where it is handed in: the clerk's own place."""
        units = self.access.agencies(Permission.RECEIVE)
        found = Agency.objects.valid_on(local_date(self.at)).filter(pk__in=units).order_by("pk").first()
        if found is None:
            raise self.missing("Bạn chưa có nơi tiếp nhận.")
        return found

    @cached_property
    def to_choose(self) -> list[tuple[Any, list[Any]]]:
        return reading.cases_to_choose(self.group, local_date(self.at))

    @cached_property
    def cases(self) -> dict[str, int | None]:
        typed = {part.key: self.request.GET.get(f"truong-hop-{part.key}", "") for part, _ in self.to_choose}
        return {key: int(text[:18]) if text.isdecimal() else None for key, text in typed.items()}

    @cached_property
    def checklist(self) -> reading.Checklist:
        return reading.checklist_of(self.group, self.reception, local_date(self.at), cases=self.cases)

    @cached_property
    def papers(self) -> list[Paper]:
        return [asked.paper for asked in self.checklist.asked]

    @cached_property
    def held(self) -> dict[int, HeldPaper]:
        """Đã có trong kho: what this person need not bring, by the key of the paper."""
        return held_of(self.checklist, self.applicant.pk, local_date(self.at))

    @cached_property
    def tariff(self) -> JointTariff:
        day = local_date(self.at)
        return JointTariff(
            {
                branch.key: (
                    branch.name,
                    tariff_of(branch.offering, channel=Channel.COUNTER, case=branch.case, on=day),
                )
                for branch in self.checklist.branches
            },
            day,
        )

    @cached_property
    def mandate(self) -> Mandate | None:
        return chosen_mandate(self, self.applicant)

    def carried(self, **changes: str) -> str:
        names = ["uy-quyen", "ho-so", *(f"truong-hop-{part.key}" for part, _ in self.to_choose)]
        kept = {name: self.request.GET[name] for name in names if self.request.GET.get(name)} | changes
        return f"?{urlencode(kept)}" if kept else ""


class Filing(AtGroup):
    """Tiếp nhận cho cả nhóm: one checklist, one appointment with its reason, one act."""

    permission = Permission.RECEIVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scans: dict[int, list[UUID]] = {}

    def get(self, request: HttpRequest, applicant_id: UUID, group_id: int) -> HttpResponse:
        unchosen = [part for part, _ in self.to_choose if self.cases.get(part.key) is None]
        if unchosen:
            if "chon" in request.GET:
                refusals = {
                    f"truong-hop-{part.key}": f"Hãy chọn trường hợp của “{part.procedure.name}”."
                    for part in unchosen
                }
                self.form, self.status = Form(request.GET, refusals), 422
            return self.render(
                "counter/bundles/cases.html",
                applicant=self.applicant,
                group=self.group,
                to_choose=self.to_choose,
                acting=self.mandate,
                mandate=request.GET.get("uy-quyen", ""),
            )
        bundle_id = self.bundle_id()
        if bundle_id is None:
            return self.go(request.path + self.carried(**{"ho-so": str(new_id())}))
        if earlier := Bundle.objects.visible_to(self.user, self.at).filter(pk=bundle_id).first():
            return self.already(AlreadyFiled(earlier))
        if request.method == "POST":
            scans = waiting_scans(self.scans, self.user)
        else:
            scans = scans_since(bundle_id, [*self.papers, PROOF], self.applicant, self.user)
        mark_looked(
            self.held.values(), kind=PaperUse.Kind.LISTED, actor=Actor.officer(self.user, self.reception.pk),
            at=self.at, subject_id=bundle_id, purpose=f"Tiếp nhận {self.group.name}",
        )  # fmt: skip
        lines = lines_of(self.papers, self.form, scans=scans, held=self.held)
        for line, asked in zip(lines, self.checklist.asked, strict=True):
            line.parts = self.checklist.names_of(asked)
        return self.render(
            "counter/bundles/edit.html",
            applicant=self.applicant,
            group=self.group,
            reception=self.reception,
            checklist=self.checklist,
            plan=self.checklist.planned(self.at),
            lines=lines,
            statuses=STATUSES,
            means=MEANS,
            reasons=REASONS,
            forms=FORMS,
            accept=ACCEPT,
            mandate=self.mandate,
            carried=self.carried(),
            fees=[
                fee
                for branch in self.checklist.branches
                for fee in branch.revision.fees_for(Channel.COUNTER, branch.case)
            ],
            fee_url=reverse("counter:filing-fee", args=[applicant_id, group_id]) + self.carried(),
            **self.fee_context(self.form.typed or {}, scans.get(PROOF.pk, [])),
        )

    def post(self, request: HttpRequest, applicant_id: UUID, group_id: int) -> HttpResponseBase:
        reader = self.read()
        self.keep_uploads(reader)
        if "all" in request.POST:
            self.form = Form(all_provided(request.POST, self.papers, self.held))
            return self.get(request, **self.kwargs)
        if dropped := request.POST.get("drop"):
            return self.without(dropped)
        parts = read_parts(reader, self.papers, self.scans, self.held)
        reuse = read_reuse(reader, parts, self.held)
        payer = self.read_payer(reader) if self.tariff.is_set else None
        fee = reader.money("fee_amount") or 0
        if fee > MOST_FEE:
            reader.refuse("fee_amount", "Số tiền quá lớn. Hãy kiểm tra lại.")
        fee_note = reader.text("fee_note", longest=200)
        self.refuse_moved_appointment(reader)
        reader.check()
        try:
            bundle = self.take_in(
                payer,
                group=self.group,
                reception=self.reception,
                applicant=self.applicant,
                papers=[_paper_in(part) for part in parts],
                reuse=reuse_each(self.checklist, reuse),
                by=self.user,
                at=self.at,
                bundle_id=self.bundle_id(),
                cases=self.cases,
                mandate=self.mandate,
                fee_amount=fee,
                fee_note=fee_note,
            )
        except AlreadyFiled as twice:
            return self.already(twice)
        return self.done(f"Đã tiếp nhận bộ hồ sơ {bundle.code}.", "counter:bundle", bundle.pk)

    def take_in(self, payer: Payer | None, **given: Any) -> Bundle:
        """Where fee rules count, each part owes its own, and keeps the paper that makes it cheaper."""
        if payer is None:
            return file_bundle(**given)
        each = self.owed_each(payer)
        besides = {key: proof_part(one, self.scans) for key, one in each.items()}
        return file_bundle_owing(owed=each, besides=besides, **given)

    def owed_each(self, payer: Payer) -> dict[str, Owed]:
        """Phải thu của từng phần."""
        costs = self.tariff.costs_each(group=payer.code, quantities=payer.quantities)
        return {
            key: Owed(costs[key], payer.group if payer.code in tariff.codes else None, payer.proof)
            for key, (_, tariff) in self.tariff.parts.items()
        }

    def without(self, dropped: str) -> HttpResponse:
        """One scan goes away, for browsers without scripts."""
        for key in {one for some in self.scans.values() for one in some if str(one) == dropped}:
            discard(document_id=key, by=self.user, at=self.at)
        self.scans = {
            paper: [one for one in some if str(one) != dropped] for paper, some in self.scans.items()
        }
        return self.get(self.request, **self.kwargs)

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

    def refuse_moved_appointment(self, reader: Reader) -> None:
        """What was told to the person is what is promised."""
        told, due_at = reader.text("promised"), self.checklist.planned(self.at).due_at
        if told and due_at and told != local_date(due_at).isoformat():
            sentence = (
                f"Ngày hẹn trả vừa chuyển sang {vn_moment(due_at)}. Hãy báo lại người nộp rồi tiếp nhận."
            )
            raise InvalidInput({"promised": sentence})

    def already(self, twice: AlreadyFiled) -> HttpResponse:
        return self.done(twice.message, "counter:bundle", twice.bundle.pk)

    def bundle_id(self) -> UUID | None:
        return as_key(self.request.GET.get("ho-so", ""))


class FilingFee(FeeSum, AtGroup):
    """Số tiền phải thu của cả bộ, asked anew when a number or the group changes."""

    permission = Permission.RECEIVE


class FilingUploads(LendsToPhone, AtGroup):
    """Bản quét của một giấy tờ của cả bộ."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, applicant_id: UUID, group_id: int, paper_id: int) -> HttpResponse:
        paper = next((one for one in [*self.papers, PROOF] if one.pk == paper_id), None)
        if paper is None:
            raise self.missing("Giấy tờ này không thuộc nhóm đã chọn.")
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


class Bundles(Page):
    """Các bộ hồ sơ liên thông chưa trả xong, the earliest promise first."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
        seen = Bundle.objects.visible_to(self.user, self.at)
        if text and (found := seen.with_code(text).first()):
            return self.go("counter:bundle", found.pk)
        rows = seen.not_returned().with_parts().order_by("due_at", "id")[:MOST]
        return self.render(
            "counter/bundles/index.html",
            text=text,
            rows=[
                (bundle, reading.standing_of(bundle), promise_of(bundle.due_at, at=self.at))
                for bundle in rows
            ],
            total=seen.not_returned().count(),
        )


class Show(Page):
    """Một bộ hồ sơ: each part, where it is, since when, until when; one timeline."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, bundle_id: UUID) -> HttpResponse:
        bundle = bundle_of(self, bundle_id)
        standing = reading.standing_of(bundle)
        return self.render(
            "counter/bundles/show.html",
            bundle=bundle,
            standing=standing,
            promise=promise_of(bundle.due_at, at=self.at, finished_at=reading.finished_at(bundle)),
            parts_of=[
                (part, promise_of(part.dossier.due_at, at=self.at, finished_at=part.dossier.finished_at))
                for part in bundle.parts.all()
            ],
            moments=moments_of_bundle(bundle),
            may_return=standing.is_ready and self.access.may(Permission.RETURN, bundle.reception_agency_id),
            may_print=self.access.may(Permission.SEE_PERSONAL, bundle.reception_agency_id),
        )


class Receipt(Page):
    """Giấy tiếp nhận của cả bộ, as PDF."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, bundle_id: UUID) -> HttpResponseBase:
        printed = print_bundle_receipt(bundle_id=bundle_of(self, bundle_id).pk, by=self.user, at=self.at)
        return paper_response(printed, request)


class Return(Show):
    """Trả kết quả cả bộ."""

    permission = Permission.RETURN

    def post(self, request: HttpRequest, bundle_id: UUID) -> HttpResponse:
        reader = self.read()
        receiver = reader.text("receiver_name", longest=LONGEST_NAME)
        note = reader.text("note", longest=300)
        reader.check()
        bundle = return_bundle(
            bundle_id=bundle_of(self, bundle_id).pk,
            by=self.user,
            at=self.at,
            receiver_name=receiver,
            note=note,
        )
        return self.done(f"Đã trả kết quả bộ hồ sơ {bundle.code}.", "counter:bundle", bundle.pk)


def bundle_of(page: Page, bundle_id: UUID) -> Bundle:
    """The bundle, for the place that received it. Raises NoSuchBundle, whether it is missing or hidden."""
    found = Bundle.objects.visible_to(page.user, page.at).with_parts().filter(pk=bundle_id).first()
    if found is None:
        raise NoSuchBundle("Không tìm thấy bộ hồ sơ, hoặc bộ hồ sơ không thuộc phạm vi bạn được xem.")
    return found


def _paper_in(part: PartIn) -> PaperIn:
    return PaperIn(
        key=str(part.paper_id),
        form=part.form,
        quantity=part.quantity,
        status=part.status,
        note=part.note,
        document_ids=tuple(part.document_ids),
        demand=part.demand,
    )
