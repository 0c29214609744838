"""Giấy tờ của một bản nháp: how each comes, and its files, each kept the moment it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.service.filing.contents import Contents
from motcua.service.filing.models import DraftPaper
from motcua.service.filing.operations import drafting, finishing
from motcua.service.filing.reusing import agree, has_agreed
from motcua.service.holdings.models import HeldPaper
from motcua.service.postal.possible import carriers_on
from motcua.service.procedures.models import Paper
from motcua.web.portal.drafts import DraftPage, citizen_sign_in
from motcua.web.ui.files import file_response
from motcua.web.ui.forms import Reader
from motcua.web.ui.phones import LendsToPhone, Lent


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


def lines_of(contents: Contents) -> list[Line]:
    files = contents.documents
    lines = []
    for paper in contents.papers:
        row = contents.rows.get(paper.pk)
        lines.append(
            Line(
                paper,
                row.way if row else "",
                [files[key] for key in row.document_ids] if row else [],
                is_declared=contents.is_declared(paper),
                held=contents.held.get(paper.pk),
                is_judged=row is not None,
            )
        )
    return lines


class Papers(DraftPage):
    """Bước 3: the papers; a file is kept the moment it arrives."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        lines = lines_of(self.contents)
        needed = [line for line in lines if line.paper.is_required]
        return self.step_page(
            "portal/filing/papers.html",
            lines=lines,
            ready=sum(line.is_ready for line in needed),
            needed=len(needed),
            notes=self.draft.revision.notes_of(self.draft.case),
            accept=ACCEPT,
            holds=any(line.held for line in lines),
            may_fetch=bool(carriers_on(local_date(self.at))),
            has_agreed=has_agreed(self.draft) if self.account_id else False,
            sign_in="" if self.citizen else citizen_sign_in(),
        )

    def post(self, request: HttpRequest, code: str, draft_id: UUID) -> HttpResponse:
        reader = self.read()
        ways = {line.paper.pk: self.way_of(line, reader) for line in lines_of(self.contents)}
        drafting.save_way(draft_id=self.draft.pk, ways=ways, at=self.at)
        agree(self.draft, is_agreed=reader.is_ticked("consent"), at=self.at)
        faults = finishing.paper_faults(Contents(self.draft, self.at))
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


class Upload(LendsToPhone, DraftPage):
    """Tải tệp lên for one paper: several at once; each that cannot be kept says why, the others are there."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        return self.go("portal:draft-giay-to", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, paper_id: int) -> HttpResponse:
        refusals = []
        uploads = request.FILES.getlist("file")
        if not uploads and not self.stored_before:
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
        line = next(
            (line for line in lines_of(Contents(self.draft, self.at)) if line.paper.pk == paper_id), None
        )
        if line is None:
            raise self.missing("Thủ tục không còn hỏi giấy tờ này.")
        if self.is_fragment:
            return self.render(
                "portal/filing/_paper.html",
                line=line,
                draft=self.draft,
                refusal=" ".join(refusals),
                accept=ACCEPT,
                phone=self.live_phone(),
            )
        for sentence in refusals:
            messages.error(request, sentence)
        if not refusals:
            messages.success(request, f"Đã lưu {len(uploads)} tệp.")
        return self.go(f"{reverse('portal:draft-giay-to', args=self.address)}#paper-{paper_id}")

    def lent(self, word: str) -> Lent | None:
        key = self.kwargs["paper_id"]
        paper = next((one for one in drafting.papers_of(self.draft) if one.pk == key), None)
        return None if word or paper is None else Lent(paper.name, target=f"#paper-{key}")


class Drop(DraftPage):
    """Bỏ một tệp."""

    public = True
    step = "giay-to"

    def get(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        return self.go(f"portal:draft-{self.step}", *self.address)

    def post(self, request: HttpRequest, code: str, draft_id: UUID, document_id: UUID) -> HttpResponse:
        if Document.objects.filter(pk=document_id, subject_id=self.draft.dossier_key).exists():
            drafting.drop_file(draft_id=self.draft.pk, document_id=document_id, at=self.at)
        return self.done("Đã bỏ tệp.", f"portal:draft-{self.step}", *self.address)


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
