"""Giấy tờ trên quầy: the checklist of a reception, read from what was ticked, with the scans that wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from motcua.foundation.documents.kinds import RefusedFile
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import StoreUnavailable, store
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.models import Part
from motcua.service.dossiers.operations.receiving import PartIn
from motcua.service.dossiers.store import Reuse
from motcua.service.holdings.models import HeldPaper
from motcua.service.procedures.models import Paper
from motcua.web.counter.paging import known
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.held import MEANS, read_why
from motcua.web.ui.phones import Lent

STATUSES = [(status.value, status.label) for status in Part.Status]
FORMS = [(form.value, form.label) for form in Part.Form]
STATUS_VALUES, FORM_VALUES = [value for value, _ in STATUSES], [value for value, _ in FORMS]
MOST_COPIES = 1000
LONGEST_TITLE = 500


@dataclass
class Line:
    """Một giấy tờ trên danh sách: what the procedure asks, what was ticked, the scans, and what the store holds."""

    paper: Paper
    status: str
    form: str
    quantity: str
    scans: list[Document] = field(default_factory=list)
    held: HeldPaper | None = None
    may_be_held: bool = True  # False where the store was asked and has none
    refusal: str = ""
    parts: tuple[str, ...] = ()  # of a linked group: the procedures that use it, when there are several

    @property
    def name(self) -> str:
        return f"paper-{self.paper.pk}"


def lines_of(
    papers: Sequence[Paper],
    form: Form,
    *,
    scans: Mapping[int, list[Document]],
    held: Mapping[int, HeldPaper] | None = None,
) -> list[Line]:
    """The checklist as it stands: what was typed, or the beginning, where what is held is ticked already."""
    is_asked, held = held is not None, held or {}
    return [
        Line(
            paper,
            status=str(form.value(f"paper-{paper.pk}", Part.Status.HELD if paper.pk in held else "")),
            form=str(form.value(f"form-{paper.pk}", usual_form(paper))),
            quantity=str(form.value(f"qty-{paper.pk}", usual_quantity(paper))),
            scans=scans.get(paper.pk, []),
            held=held.get(paper.pk),
            may_be_held=not is_asked or paper.pk in held,
            refusal=form.error(f"paper-{paper.pk}"),
        )
        for paper in papers
    ]


def read_parts(
    reader: Reader,
    papers: Sequence[Paper],
    scans: Mapping[int, Sequence[UUID]],
    held: Mapping[int, HeldPaper] | None = None,
) -> list[PartIn]:
    """What was ticked. A paper with a scan is provided; one that nobody ticked is missing, or not needed if optional.

    `held`: what the store holds (None: it was not asked); nothing else can be ticked as held.
    """
    parts = [_part(reader, paper, list(scans.get(paper.pk, ()))) for paper in papers]
    if held is not None:
        for part in parts:
            if part.status == Part.Status.HELD and part.paper_id not in held:
                reader.refuse(
                    f"paper-{part.paper_id}",
                    f"Kho không có “{part.name}” còn dùng được của người này. Hãy chọn lại.",
                )
    return parts


def read_reuse(reader: Reader, parts: Sequence[PartIn], held: Mapping[int, HeldPaper]) -> Reuse | None:
    """Dùng giấy trong kho: the papers ticked as held, and how the person consented; None when none is used."""
    used = {
        part.paper_id: held[part.paper_id].pk
        for part in parts
        if part.status == Part.Status.HELD and part.paper_id is not None and part.paper_id in held
    }
    means = reader.choice("consent", [key for key, _ in MEANS])
    if used and not means:
        reader.refuse(
            "consent", "Hãy hỏi người nộp có đồng ý dùng giấy tờ trong kho không, rồi ghi cách đồng ý."
        )
    return Reuse(used, means) if used else None


def _part(reader: Reader, paper: Paper, scans: list[UUID]) -> PartIn:
    status = reader.choice(f"paper-{paper.pk}", STATUS_VALUES)
    form = reader.choice(f"form-{paper.pk}", FORM_VALUES)
    quantity = reader.integer(f"qty-{paper.pk}", least=1, most=MOST_COPIES)
    if f"qty-{paper.pk}" in reader.errors:
        reader.refuse(f"paper-{paper.pk}", f"Số lượng: {reader.errors.pop(f'qty-{paper.pk}').lower()}")
    if not status:
        status = Part.Status.MISSING if paper.is_required else Part.Status.NOT_NEEDED
        status = Part.Status.PROVIDED if scans else status
    return PartIn(
        name=paper.name,
        paper_id=paper.pk,
        form=form or usual_form(paper),
        quantity=quantity or usual_quantity(paper),
        status=status,
        document_ids=tuple(scans),
        demand=read_why(reader, paper.pk),
    )


def all_provided(
    typed: QueryDict, papers: Iterable[Paper], held: Mapping[int, HeldPaper] | None = None
) -> QueryDict:
    """Đủ cả: every paper that nobody has judged yet is there, or in the store."""
    changed = typed.copy()
    for paper in papers:
        if held and paper.pk in held:
            continue
        if not changed.get(f"paper-{paper.pk}"):
            changed[f"paper-{paper.pk}"] = Part.Status.PROVIDED
    return changed


def usual_form(paper: Paper) -> str:
    return Part.Form.COPY if paper.copies and not paper.originals else Part.Form.ORIGINAL


def usual_quantity(paper: Paper) -> int:
    return min(paper.originals or paper.copies or 1, MOST_COPIES)


def titled(name: str) -> str:
    """The name of a paper as a document bears it."""
    return " ".join(name.split())[:LONGEST_TITLE]


# Scans: kept as soon as they arrive; they wait, belonging to nothing, until the dossier takes them.


def keep_scan(
    upload: UploadedFile[bytes], *, name: str, code: str = "", holder: Applicant, by: User, at: datetime
) -> Document:
    """Lưu bản quét, with what is known already of the paper of that name. Raises RefusedFile, StoreUnavailable."""
    facts = PaperFacts(title=titled(name), holder_id=holder.pk, paper_type_code=code.strip()[:40])
    return store(upload, name=upload.name or "", by=by, at=at, facts=facts)


def keep_scans(
    uploads: Sequence[UploadedFile[bytes]], *, paper: Paper, applicant: Applicant, by: User, at: datetime
) -> tuple[list[UUID], str]:
    """All that can be kept, and the sentences of those that cannot."""
    kept, refusals = [], []
    for upload in uploads:
        try:
            kept.append(
                keep_scan(
                    upload, name=paper.name, code=paper.template_code, holder=applicant, by=by, at=at
                ).pk
            )
        except (RefusedFile, StoreUnavailable) as refusal:
            refusals.append(refusal.message)
    return kept, " ".join(refusals)


def typed_scans(typed: QueryDict, paper_id: int) -> list[UUID]:
    return known(typed.getlist(f"doc-{paper_id}"))


def waiting_scans(
    scans: Mapping[int, Sequence[UUID]], by: User, *, of_draft: UUID | None = None
) -> dict[int, list[Document]]:
    """The uploads of this person behind the keys, or of the draft that is taken in; what is gone is left out."""
    keys = [key for some in scans.values() for key in some]
    if not keys:
        return {}
    mine = Document.objects.unused(uploaded_by_id=by.pk).filter(pk__in=keys).select_related("file")
    found = {document.pk: document for document in mine}
    if of_draft:
        drafted = Document.objects.filter(pk__in=keys, subject_id=of_draft).select_related("file")
        found |= {document.pk: document for document in drafted}
    return {paper: [found[key] for key in some if key in found] for paper, some in scans.items()}


def scans_since(
    dossier_id: UUID, papers: Sequence[Paper], applicant: Applicant, by: User
) -> dict[int, list[Document]]:
    """Uploads of this very reception, found again when its page is read again: keys grow with time."""
    titles = {titled(paper.name): paper.pk for paper in reversed(papers)}
    mine = Document.objects.unused(uploaded_by_id=by.pk).filter(pk__gt=dossier_id, holder_id=applicant.pk)
    found: dict[int, list[Document]] = {}
    for document in mine.select_related("file"):
        if (paper := titles.get(document.title)) is not None:
            found.setdefault(paper, []).append(document)
    return found


def lent_paper(papers: Iterable[Paper], key: int, word: str) -> Lent | None:
    """Ô bản quét của một giấy tờ, as a phone is lent it."""
    paper = next((one for one in papers if one.pk == key), None)
    if word or paper is None:
        return None
    return Lent(paper.name, f"file-{key}", target=f"#scans-{key}", params=[f"doc-{key}"])
