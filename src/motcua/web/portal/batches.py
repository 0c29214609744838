"""Nộp nhiều hồ sơ từ bảng tính: the empty sheet, the filled one with what is wrong in it, the papers, the one press."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.foundation.identity.models import Mandate
from motcua.service.dossiers.models import Channel
from motcua.service.filing import batches, sheets
from motcua.service.filing.costs import costs_of
from motcua.service.filing.models import BatchRow, Draft, FilingBatch
from motcua.service.filing.operations import batching, drafting
from motcua.service.filing.operations.batching import BatchTerms
from motcua.service.postal.operations.ordering import Place
from motcua.service.postal.places import place_of_unit
from motcua.service.procedures.models import Offering, Procedure
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import RETURNS, TOO_OFTEN, choices_of, offered_of, read_place
from motcua.web.portal.mine import MyPage
from motcua.web.ui.files import file_response
from motcua.web.ui.posting import AsksPost

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = ".xlsx,.csv,.tsv,.txt"
AT_ONCE = 1.0  # seconds that the page files itself, before the worker does the rest
QUIET = 30  # seconds without an answer after which the page offers to go on
MOST_SHOWN = 50  # rows with faults on one page; the marked sheet has them all


class MyBatches(MyPage):
    """Các đợt nộp của tôi, and where to begin one."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/batch/index.html", batches=batches.latest_of(self.citizen.pk))


class BatchStart(MyPage):
    """Bắt đầu một đợt: for whom, which case, where to."""

    public = True

    @cached_property
    def procedure(self) -> Procedure:
        found = Procedure.objects.in_force(local_date(self.at)).filter(code=self.kwargs["code"]).first()
        if found is None:
            raise self.missing("Không có thủ tục này, hoặc thủ tục đã hết hiệu lực.")
        return found

    @cached_property
    def offered(self) -> list[Offering]:
        return offered_of(self.procedure, self)  # type: ignore[arg-type]

    @property
    def known_person(self) -> Any:
        return self.citizen.applicant

    def mandates(self) -> list[Mandate]:
        """Ủy quyền còn hiệu lực trao cho người đang đăng nhập."""
        held = Mandate.objects.valid_at(self.at, local_date(self.at))
        return list(held.filter(agent=self.citizen.applicant).select_related("principal"))

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        revision = self.procedure.revision_on(local_date(self.at))
        return self.render(
            "portal/batch/start.html",
            procedure=self.procedure,
            **choices_of(self, revision.cases, self.offered),  # type: ignore[arg-type]
            people=[("", self.citizen.name), *((one.pk, one.principal.name) for one in self.mandates())],
            key=self.form.value("key") or new_id(),
            most=drafting.rule_on(local_date(self.at)).batch_rows,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        offering, case_id = read_place(reader, self.offered, self.procedure, self)  # type: ignore[arg-type]
        mandates = {str(one.pk): one for one in self.mandates()}
        chosen = reader.choice("mandate", mandates)
        reader.check()
        if not may_act(request, "batch", str(self.citizen.pk), self.at):
            raise DomainError(TOO_OFTEN)
        batch = batching.begin_batch(
            batch_id=as_key(reader.text("key")) or new_id(),
            offering=offering,
            case_id=case_id,
            account_id=self.citizen.pk,
            hand_id=self.hand.pk,
            applicant=self.citizen.applicant,
            mandate=mandates.get(chosen),
            at=self.at,
        )
        return self.go("portal:batch", batch.pk)


class OwnBatch(MyPage):
    """A page about one batch of who has signed in."""

    abstract = True

    @cached_property
    def batch(self) -> FilingBatch:
        found = (
            FilingBatch.objects.select_related(
                "offering__procedure",
                "offering__agency",
                "offering__receiving_agency",
                "case",
                "version__form",
                "applicant",
                "mandate__principal",
            )
            .filter(pk=self.kwargs["batch_id"], account_id=self.citizen.pk)
            .first()
        )
        if found is None:
            raise self.missing("Không có đợt nộp này trong những đợt của bạn. Đợt quá hạn giữ đã được xóa.")
        return found

    def here(self, part: str = "") -> str:
        address = reverse("portal:batch", args=[self.batch.pk])
        return f"{address}#{part}" if part else address

    def back_with(self, refusal: DomainError, part: str) -> HttpResponse:
        """The batch again, with what was refused said above."""
        messages.error(self.request, refusal.message)
        return self.go(self.here(part))


class BatchPage(AsksPost, OwnBatch):
    """Một đợt nộp: the steps on one page until it is filed, then what came of each row.

    Its press files for a second, the worker does the rest; pressed again, nothing is filed twice.
    """

    public = True
    prices_now = False

    @property
    def known(self) -> Place:
        batch, owner = self.batch, batches.owner_typed(self.batch)
        province = batch.return_province or owner.get("province_code", "")
        ward = batch.return_ward if batch.return_province else owner.get("ward_code", "")
        address = batch.return_address or owner.get("street", "")
        return Place(owner.get("name", ""), owner.get("phone", ""), address, province, ward)

    @cached_property
    def unit(self) -> Place:
        return place_of_unit(self.batch.offering.receiving_agency, local_date(self.at))

    def too_often(self) -> str:
        return "" if may_act(self.request, "postage", str(self.batch.pk), self.at) else TOO_OFTEN

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        if not self.batch.is_open:
            told = self.filed()
            return self.render(
                "portal/batch/_filed.html" if self.is_fragment else "portal/batch/filed.html", **told
            )
        return self.render("portal/batch/show.html", **self.open_batch())

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        reader = self.read()
        if self.batch.is_open and not reader.is_ticked("truth"):
            reader.refuse("truth", "Hãy xác nhận những điều đã khai là đúng.")
        channel, wish = reader.text("return_channel"), None
        if self.batch.is_open and not channel:
            reader.refuse("return_channel", "Hãy chọn cách nhận kết quả.")
        if self.batch.is_open and channel == Channel.POST and self.carriers:
            wish = self.read_wish(reader)
            if wish is None:  # the price for this address first; pressed again, it is filed
                return self.get(request, batch_id)
        terms = BatchTerms(
            channel=channel,
            address=reader.text("return_address", longest=300),
            wish=wish,
            phone=reader.text("phone", longest=20),
            email=reader.text("email", longest=254),
        )
        reader.check()
        batch = batching.ask_to_file(batch_id=self.batch.pk, terms=terms, hand_id=self.hand.pk, at=self.at)
        until = time.monotonic() + AT_ONCE
        batching.work(batch.pk, clock=lambda: self.at, should_stop=lambda: time.monotonic() > until)
        return self.go(self.here())

    def open_batch(self) -> dict[str, Any]:
        batch, day = self.batch, local_date(self.at)
        labels = {column.key: column.label for column in batches.columns_of_batch(batch, self.at)}
        wrong = [(row.number, row.told) for row in batch.rows.filter(state=BatchRow.State.WRONG)]
        common = batches.faults_of_all([told["faults"] for _, told in wrong])
        pool = batches.pool_of(batch)
        return {
            "batch": batch,
            "progress": batches.progress_of(batch),
            "common": [(labels.get(key, key), sentence) for key, sentence in common.items()],
            "wrong": [
                (
                    number,
                    told["cells"].get(sheets.REFERENCE, ""),
                    [
                        (labels.get(key, key), said)
                        for key, said in told["faults"].items()
                        if key not in common
                    ],
                )
                for number, told in wrong
                if told["faults"].keys() - common.keys()
            ],
            "most_shown": MOST_SHOWN,
            "papers": batches.shared_papers(batch, self.at),
            "pool": sorted(pool.values(), key=lambda one: one.name)[:MOST_SHOWN],
            "pool_size": len(pool),
            "owner": batches.owner_of(batch),
            "contact": batches.owner_typed(batch),
            "ways": RETURNS,
            "post": self.post_context(batch.carrier) if self.carriers else None,
            "accept": ACCEPT,
            "sheets": SHEETS,
            "costs": costs_of(batch.offering, batch.case, day),
            "rule": drafting.rule_on(day),
        }

    def filed(self) -> dict[str, Any]:
        rows = list(self.batch.rows.select_related("filing"))
        left = [row.pk for row in rows if row.state == BatchRow.State.REFUSED]
        last = max((row.at for row in rows if row.at), default=self.batch.asked_at) or self.at
        progress = batches.progress_of(self.batch)
        return {
            "batch": self.batch,
            "progress": progress,
            "total": progress.total - progress.wrong,
            "rows": rows,
            "drafts": set(Draft.objects.filter(pk__in=left).values_list("pk", flat=True)),
            "left": batches.owed_by(self.batch),
            "is_quiet": progress.good and (self.at - last).total_seconds() > QUIET,
        }


class Template(OwnBatch):
    """Bảng mẫu, empty or as it was sent with its faults marked."""

    public = True

    def get(self, request: HttpRequest, batch_id: UUID, kind: str) -> HttpResponse:
        columns = batches.columns_of_batch(self.batch, self.at)
        name = f"{kind}-{self.batch.offering.procedure.code}"
        if kind == "bang-csv":
            return download(sheets.written_csv(columns), "text/csv; charset=utf-8", f"{name}.csv")
        rows = [(row.told["cells"], row.told["faults"]) for row in self.kept(kind)]
        if kind == "bang-loi" and not rows:
            raise self.missing("Không còn dòng nào cần sửa.")
        title = f"{self.batch.version.form.name} – {self.batch.offering.agency.name}"
        return download(sheets.written_xlsx(columns, title=title, rows=rows), XLSX_TYPE, f"{name}.xlsx")

    def kept(self, kind: str) -> list[BatchRow]:
        """The rows of the marked sheet: while it is open all of them, later those that were not filed."""
        if kind != "bang-loi":
            return []
        rows = self.batch.rows.all()
        return list(rows if self.batch.is_open else rows.exclude(state=BatchRow.State.FILED))


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class SendSheet(OwnBatch):
    """Gửi bảng đã điền."""

    public = True

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        return self.go(self.here("bang"))

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        upload = request.FILES.get("sheet")
        try:
            if upload is None:
                raise DomainError("Chưa chọn bảng. Hãy chọn tệp rồi gửi lại.")
            wrong = batching.keep_sheet(
                batch_id=self.batch.pk,
                upload=upload,
                name=upload.name or "",
                size=upload.size or 0,
                at=self.at,
            )
        except DomainError as refusal:
            return self.back_with(refusal, "bang")
        said = f"Đã đọc bảng: {wrong} dòng cần sửa." if wrong else "Đã đọc bảng: mọi dòng đều nộp được."
        return self.done(said, self.here("bang"))


class SendPapers(OwnBatch):
    """Gửi giấy tờ: for all rows, for single rows by their names, or later on paper."""

    public = True

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        return self.go(self.here("giay-to"))

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        reader = self.read()
        known = [one.paper.pk for one in batches.shared_papers(self.batch, self.at)]
        refusals, count = [], 0
        for name, paper_id in [*((f"file-{key}", key) for key in known), ("own", None)]:
            for upload in request.FILES.getlist(name):
                try:
                    count += self.keep(upload, paper_id)
                except (RefusedFile, StoreUnavailable) as refusal:
                    refusals.append(refusal.message)
                except InvalidInput as refusal:
                    refusals += refusal.errors.values()
        on_paper = [key for key in known if reader.is_ticked(f"on-paper-{key}")]
        batching.bring_on_paper(batch_id=self.batch.pk, paper_ids=on_paper, at=self.at)
        batching.judge_again(batch_id=self.batch.pk, at=self.at)
        for sentence in dict.fromkeys(refusals):
            messages.error(request, sentence)
        return self.done(f"Đã lưu {count} tệp." if count else "Đã lưu.", self.here("giay-to"))

    def keep(self, upload: Any, paper_id: int | None) -> int:
        given = {"batch_id": self.batch.pk, "upload": upload, "name": upload.name or "", "at": self.at}
        if paper_id is None:
            return batching.keep_own(**given)
        batching.keep_shared(paper_id=paper_id, **given)
        return 1


class BatchFile(OwnBatch):
    """Xem một tệp của đợt nộp; bỏ nó."""

    public = True

    def get(self, request: HttpRequest, batch_id: UUID, document_id: UUID) -> HttpResponseBase:
        self.own(document_id)
        return file_response(
            request, open_document(document_id=document_id, by=None, at=self.at, inline=True)
        )

    def post(self, request: HttpRequest, batch_id: UUID, document_id: UUID) -> HttpResponse:
        self.own(document_id)
        batching.drop_from_batch(batch_id=self.batch.pk, document_id=document_id, at=self.at)
        batching.judge_again(batch_id=self.batch.pk, at=self.at)
        return self.done("Đã bỏ tệp.", self.here("giay-to"))

    def own(self, document_id: UUID) -> None:
        if not Document.objects.filter(pk=document_id, subject_id=self.batch.pk).exists():
            raise self.missing("Không có tệp này.")


class ForgetBatch(OwnBatch):
    """Xóa bảng và tệp của một đợt."""

    public = True

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        batching.forget_batch(batch_id=self.batch.pk, at=self.at, asked_by=self.hand.pk)
        return self.done("Đã xóa bảng và các tệp của đợt này.", "portal:batches")
