"""Số hóa giấy tờ: pages, one file, the machine reads, the officer confirms and signs, the agency seals, the store keeps.

Each step only after the one before it (`states.MOVES`). Legal: ND118-2025 Đ17.1, Đ19.2
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.text import fold
from motcua.foundation.documents import content, recognising, sheets
from motcua.foundation.documents.kinds import PDF, WrongType
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.describing import describe
from motcua.foundation.documents.operations.storing import discard, replace, store
from motcua.foundation.documents.rendering import CannotShow
from motcua.foundation.documents.sheets import Cut
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.applicants import number_key
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier, Part, Scan
from motcua.service.dossiers.operations.keeping import attach_scan
from motcua.service.holdings import signing
from motcua.service.holdings.events import (
    DigitisationBegun,
    PaperConfirmed,
    PaperPutAway,
    PaperRead,
    PaperScanned,
    PaperSealed,
    PaperSetAside,
    PaperSigned,
)
from motcua.service.holdings.listening import keep_scan
from motcua.service.holdings.models import CampaignItem, Digitisation, HeldPaper, ScanPage
from motcua.service.holdings.operations import campaigning
from motcua.service.holdings.operations.campaigning import keep_item
from motcua.service.holdings.states import (
    CONFIRM,
    IDENTIFY,
    KEEP,
    KEEP_UNSIGNED,
    READ,
    SCAN,
    SEAL,
    SET_ASIDE,
    SET_ASIDE_UNSIGNED,
    SIGN,
    State,
)
from motcua.service.holdings.suggesting import suggest

Reader = Callable[[bytes], recognising.Recognised]
MOST_PAGES = 60
MOST_CUT = 450  # thousandths of a side
SURE = 80.0  # from this confidence on a suggestion is shown as probably right


class CannotDigitise(DomainError):
    """Không số hóa được."""


@dataclass(frozen=True)
class PageChange:
    """Sửa một trang: its place, its turn and what is cut off each side, in thousandths."""

    page_id: UUID
    position: int
    cut: Cut


@transaction.atomic
def begin(*, part_id: UUID, by: User, at: datetime) -> Digitisation:
    """Bắt đầu số hóa: the open one of this component, or a new one. Raises Forbidden, InvalidInput."""
    part = Part.objects.select_related("dossier").filter(pk=part_id).first()
    if part is None:
        raise InvalidInput({"part": "Không tìm thấy thành phần hồ sơ. Hãy tải lại trang."})
    refuse_stranger(part.dossier, by, at)
    Dossier.objects.lock(part.dossier_id)  # two clicks at once begin one
    earlier = Digitisation.objects.filter(part=part, state=State.OPEN).first()
    if earlier:
        return earlier
    begun = Digitisation.objects.create(dossier=part.dossier, part=part, started_by=by, started_at=at)
    events.record(
        DigitisationBegun(subject_id=begun.pk, actor_id=by.pk, at=at, dossier=part.dossier_id, part=part.pk)
    )
    return begun


@transaction.atomic
def add_page(
    upload: IO[bytes] | File[bytes], *, digitisation_id: UUID, name: str, by: User, at: datetime
) -> ScanPage:
    """Thêm một ảnh hoặc một PDF của máy quét; the same picture twice is one page.

    Raises RefusedFile, Forbidden, OutOfOrder, CannotDigitise.
    """
    digitisation = _locked(digitisation_id, by, at)
    SCAN.apply(digitisation.state)
    if digitisation.pages.count() >= MOST_PAGES:
        raise CannotDigitise(
            f"Một giấy tờ có nhiều nhất {MOST_PAGES} ảnh. Hãy tách thành nhiều giấy tờ.", field="file"
        )
    document = store(upload, name=name, by=by, at=at)
    if not (document.file.kind.is_image or document.file.kind is PDF):
        raise WrongType(
            f"“{document.name}” không phải ảnh hay PDF của máy quét. Hãy chụp hoặc quét giấy tờ rồi thử lại."
        )
    if twin := digitisation.pages.filter(document__file=document.file).first():
        discard(document_id=document.pk, by=by, at=at)
        return twin
    try:
        looked = sheets.flatten(
            _opened(document), is_pdf=document.file.kind is PDF, cut=Cut(), longest=sheets.LOOKED_AT
        )
    except CannotShow as reason:
        raise CannotDigitise(str(reason), field="file") from None
    last = digitisation.pages.order_by("-position").values_list("position", flat=True).first() or 0
    return ScanPage.objects.create(
        digitisation=digitisation,
        position=last + 1,
        document=document,
        sharpness=min((one.sharpness for one in looked), default=0.0),
    )


@transaction.atomic
def arrange(*, digitisation_id: UUID, changes: Sequence[PageChange], by: User, at: datetime) -> Digitisation:
    """Xoay, cắt, xếp thứ tự. Raises Forbidden, OutOfOrder, InvalidInput per page."""
    digitisation = _locked(digitisation_id, by, at)
    SCAN.apply(digitisation.state)
    pages = {page.pk: page for page in digitisation.pages.all()}
    wrong = {}
    for change in changes:
        page = pages.get(change.page_id)
        if page is None:
            continue  # taken away in another window
        sides = (change.cut.left, change.cut.top, change.cut.right, change.cut.bottom)
        if change.cut.rotation not in {0, 90, 180, 270} or not all(0 <= side <= MOST_CUT for side in sides):
            wrong[f"page-{page.pk}"] = (
                f"Trang {page.position}: mỗi cạnh chỉ cắt được từ 0 đến {MOST_CUT // 10} phần trăm."
            )
            continue
        page.position = max(change.position, 0)
        page.rotation = change.cut.rotation
        page.left, page.top, page.right, page.bottom = sides
    if wrong:
        raise InvalidInput(wrong)
    ordered = sorted(pages.values(), key=lambda page: (page.position, page.pk))
    for position, page in enumerate(ordered, start=1):
        page.position = position
    ScanPage.objects.bulk_update(ordered, ["position", "rotation", "left", "top", "right", "bottom"])
    return digitisation


@transaction.atomic
def drop_page(*, page_id: UUID, digitisation_id: UUID, by: User, at: datetime) -> None:
    """Bỏ một trang. Raises Forbidden, OutOfOrder."""
    digitisation = _locked(digitisation_id, by, at)
    SCAN.apply(digitisation.state)
    digitisation.pages.filter(pk=page_id).delete()


@transaction.atomic
def finish_scan(*, digitisation_id: UUID, by: User, at: datetime) -> Digitisation:
    """Ghép trang: one PDF of all pages, tied to the component; the machine reads it afterwards.

    Raises Forbidden, OutOfOrder, CannotDigitise.
    """
    digitisation = _locked(digitisation_id, by, at)
    state = SCAN.apply(digitisation.state)
    pages = list(digitisation.pages.select_related("document__file"))
    if not pages:
        raise CannotDigitise("Chưa có trang nào. Hãy chụp hoặc chọn ảnh của giấy tờ.", field="file")
    pictures = [picture for page in pages for picture in _flat(page)]
    name, holder = digitisation.name, digitisation.holder
    facts = PaperFacts(title=" ".join(name.split())[:500], holder_id=holder.pk if holder else None)
    document = store(
        io.BytesIO(recognising.bound(pictures)), name=f"{fold(name)[:60] or 'giay-to'}.pdf", by=by, at=at,
        subject_id=digitisation.item_id, facts=facts,
    )  # fmt: skip
    if digitisation.part_id:
        attach_scan(part_id=digitisation.part_id, document=document, by=by, at=at)
    digitisation.state, digitisation.document, digitisation.scanned_at = state, document, at
    digitisation.save(update_fields=["state", "document", "scanned_at"])
    events.record(
        PaperScanned(
            subject_id=digitisation.pk, actor_id=by.pk, at=at, document=document.pk, pages=len(pictures)
        )
    )
    return digitisation


def read(*, digitisation_id: UUID, at: datetime, recognise: Reader | None = None) -> Digitisation | None:
    """Máy đọc chữ: the searchable PDF/A takes the place of the scan; suggestions wait for the officer.

    Outside any transaction while the machine reads. None when it was read already. Whatever the machine cannot read, the
    officer types: the step is done with a note.
    """
    waiting = Digitisation.objects.select_related("document__file", "dossier__applicant")
    digitisation = waiting.filter(pk=digitisation_id, state=State.SCANNED).first()
    if digitisation is None or digitisation.document is None:
        return None
    note, found = "", None
    try:
        with content.opened(digitisation.document.file.sha256) as stream:
            found = (recognise or recognising.recognise)(stream.read())
    except recognising.CannotRead as reason:
        note = str(reason)
    return _was_read(digitisation, found, note, at)


@transaction.atomic
def confirm(*, digitisation_id: UUID, facts: PaperFacts, by: User, at: datetime) -> Digitisation:
    """Xác nhận dữ liệu: what the law asks of a digitised paper, by an officer who has compared it with the paper.

    Raises Forbidden, OutOfOrder, InvalidInput for what is still missing. Legal: ND118-2025 Đ19.2
    """
    digitisation = _locked(digitisation_id, by, at)
    state = CONFIRM.apply(digitisation.state)
    if missing := facts.missing():
        raise InvalidInput(
            {"facts": f"Hãy ghi đủ dữ liệu mà pháp luật yêu cầu. Còn thiếu: {', '.join(missing)}."}
        )
    document = _document(digitisation)
    digitisation.state, digitisation.confirmed_by, digitisation.confirmed_at = state, by, at
    digitisation.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    describe(document_id=document.pk, facts=facts, by=by, at=at)
    events.record(
        PaperConfirmed(
            subject_id=digitisation.pk, actor_id=by.pk, at=at, document=document.pk,
            corrected=corrected(digitisation.suggestion, facts),
        )
    )  # fmt: skip
    return digitisation


@transaction.atomic
def sign(*, digitisation_id: UUID, by: User, at: datetime) -> Digitisation:
    """Công chức ký số: who has confirmed it signs it. Raises Forbidden, OutOfOrder, CannotDigitise.

    Legal: ND118-2025 Đ17.1
    """
    digitisation = _locked(digitisation_id, by, at)
    state = SIGN.apply(digitisation.state)
    if digitisation.confirmed_by_id != by.pk:
        raise Forbidden("Người đã xác nhận dữ liệu phải là người ký số bản số hóa này.")
    signed = _signer(digitisation, at).sign(document_id=_document(digitisation).pk, by=by, at=at)
    _take(digitisation, signed)
    digitisation.state, digitisation.signed_by, digitisation.signed_at = state, by, at
    digitisation.save(update_fields=["state", "signed_by", "signed_at", "document"])
    events.record(PaperSigned(subject_id=digitisation.pk, actor_id=by.pk, at=at, document=signed))
    return digitisation


@transaction.atomic
def seal(*, digitisation_id: UUID, by: User, at: datetime) -> HeldPaper | None:
    """Cơ quan ký số, then it is put into the store; None: it waits until its holder is known.

    Raises Forbidden, OutOfOrder, CannotDigitise.

    Legal: ND118-2025 Đ19.2
    """
    digitisation = _locked(digitisation_id, by, at, sealing=True)
    digitisation.state = SEAL.apply(digitisation.state)
    sealed = _signer(digitisation, at).seal(
        document_id=_document(digitisation).pk, agency=digitisation.agency, by=by, at=at
    )
    _take(digitisation, sealed)
    digitisation.sealed_at = at
    digitisation.save(update_fields=["state", "sealed_at", "document"])
    events.record(PaperSealed(subject_id=digitisation.pk, actor_id=by.pk, at=at, document=sealed))
    return put_away(digitisation, by=by, at=at)


@transaction.atomic
def keep_unsigned(*, digitisation_id: UUID, by: User, at: datetime) -> HeldPaper | None:
    """Vào kho khi chưa có chữ ký số: only where nobody can sign; it never counts as the right process.

    None: it waits until its holder is known.

    Raises Forbidden, OutOfOrder, CannotDigitise.
    """
    digitisation = _locked(digitisation_id, by, at)
    KEEP_UNSIGNED.apply(digitisation.state)
    if not why_unsigned(digitisation, at):
        raise CannotDigitise("Đã có chữ ký số: hãy ký bản số hóa này trước khi đưa vào kho.")
    digitisation.is_unsigned = True
    return put_away(digitisation, by=by, at=at)


def why_unsigned(digitisation: Digitisation, at: datetime) -> str:
    """Vì sao chưa ký số được a paper whose data somebody has confirmed; "" when it can be signed and sealed."""
    assert digitisation.confirmed_by is not None  # noqa: S101  the table of moves says so
    return signing.why_not(officer=digitisation.confirmed_by, agency=digitisation.agency, at=at)


def refuse_stranger(dossier: Dossier, by: User, at: datetime) -> None:
    """Chỉ người đang làm hồ sơ. Raises Forbidden."""
    access = access_of(by, at)
    if not (
        dossier.holder_id == by.pk
        or access.may(Permission.RECEIVE, dossier.reception_agency_id)
        or access.may(Permission.PROCESS, dossier.agency_id)
    ):
        raise Forbidden(
            f"Bạn chỉ được xem hồ sơ {dossier.code}. Hãy đề nghị người đang giải quyết số hóa giấy tờ."
        )


def corrected(suggestion: Mapping[str, Any], facts: PaperFacts) -> list[str]:
    """Máy đọc sai: of which data the officer's word is another one than the machine's."""
    said = {name: str(getattr(facts, name) or "") for name in suggestion if hasattr(facts, name)}
    return sorted(name for name, value in said.items() if fold(value) != fold(str(suggestion[name]["value"])))


@transaction.atomic
def _was_read(
    digitisation: Digitisation, found: recognising.Recognised | None, note: str, at: datetime
) -> Digitisation | None:
    digitisation = Digitisation.objects.select_for_update(of=("self",)).get(pk=digitisation.pk)
    if digitisation.state != State.SCANNED:
        return None
    if found is not None:
        document = _document(digitisation)
        searchable = replace(
            io.BytesIO(found.content), document_id=document.pk, name=document.name, by=None, at=at,
            reason="Bản đọc được chữ (PDF/A)",
        )  # fmt: skip
        _take(digitisation, searchable.pk)
        known = digitisation.holder.personal_number_key if digitisation.holder else None
        lines = [[(word.text, word.confidence) for word in line] for line in found.lines]
        suggestions = suggest(lines, is_holders_number=lambda number: number_key(number) == known)
        digitisation.suggestion = {name: asdict(one) for name, one in suggestions.items()}
    digitisation.state, digitisation.read_at, digitisation.read_note = (
        READ.apply(digitisation.state),
        at,
        note[:300],
    )
    digitisation.save(update_fields=["state", "read_at", "read_note", "suggestion", "document"])
    events.record(
        PaperRead(
            subject_id=digitisation.pk, actor_id=None, at=at, document=_document(digitisation).pk,
            fields=sorted(digitisation.suggestion), note=note,
        )
    )  # fmt: skip
    return digitisation


@transaction.atomic
def put_away(digitisation: Digitisation, *, by: User, at: datetime) -> HeldPaper | None:
    """Đưa vào kho; an old result of nobody known waits instead. Part of the act that ends the digitisation."""
    if digitisation.item and digitisation.item.holder_id is None:
        _set_aside(digitisation, by, at)
        return None
    keep = {State.CONFIRMED: KEEP_UNSIGNED, State.AWAITING_HOLDER: IDENTIFY}.get(
        State(digitisation.state), KEEP
    )
    state = keep.apply(digitisation.state)
    trust = HeldPaper.Trust.CHECKED if digitisation.is_unsigned else HeldPaper.Trust.SIGNED
    if digitisation.item:
        held = keep_item(digitisation.item, _document(digitisation), by_id=by.pk, at=at, trust=trust)
    else:
        scans = Scan.objects.select_related("document", "dossier", "part")
        scan = scans.get(document=digitisation.document, part=digitisation.part)
        held = keep_scan(scan, by_id=by.pk, at=at, trust=trust)
    if held is None:
        raise CannotDigitise("Chưa biết giấy tờ này của ai nên chưa vào kho được.")
    digitisation.state, digitisation.held, digitisation.kept_at = state, held, at
    digitisation.save(update_fields=["state", "held", "kept_at", "is_unsigned"])
    events.record(
        PaperPutAway(
            subject_id=digitisation.pk,
            actor_id=by.pk,
            at=at,
            held=held.pk,
            is_unsigned=digitisation.is_unsigned,
        )
    )
    return held


def _set_aside(digitisation: Digitisation, by: User, at: datetime) -> None:
    move = SET_ASIDE_UNSIGNED if digitisation.is_unsigned else SET_ASIDE
    digitisation.state = move.apply(digitisation.state)
    digitisation.save(update_fields=["state", "is_unsigned"])
    events.record(
        PaperSetAside(subject_id=digitisation.pk, actor_id=by.pk, at=at, is_unsigned=digitisation.is_unsigned)
    )


def _take(digitisation: Digitisation, document_id: UUID) -> None:
    """The new file takes the old one's place in the dossier too."""
    if digitisation.part_id:
        Scan.objects.filter(document=digitisation.document, part=digitisation.part_id).update(
            document=document_id
        )
    digitisation.document_id = document_id


def _flat(page: ScanPage) -> list[bytes]:
    cut = Cut(page.rotation, page.left, page.top, page.right, page.bottom)
    try:
        flat = sheets.flatten(_opened(page.document), is_pdf=page.document.file.kind is PDF, cut=cut)
    except CannotShow as reason:
        raise CannotDigitise(f"Trang {page.position}: {reason}", field="file") from None
    return [one.content for one in flat]


def _opened(document: Document) -> IO[bytes]:
    return content.opened(document.file.sha256)


def _document(digitisation: Digitisation) -> Document:
    assert digitisation.document is not None  # noqa: S101  the table of moves and a constraint say so
    return digitisation.document


def _signer(digitisation: Digitisation, at: datetime) -> signing.PaperSigner:
    if why := why_unsigned(digitisation, at):
        raise CannotDigitise(why)
    found = signing.signer()
    assert found is not None  # noqa: S101  why_not has said so
    return found


def _locked(digitisation_id: UUID, by: User, at: datetime, *, sealing: bool = False) -> Digitisation:
    """Lock it for somebody who works on its dossier. Raises Forbidden, CannotDigitise.

    Its old result is taken first, as who names its holder or strikes it off does: what is read of it stands.
    """
    CampaignItem.objects.select_for_update(of=("self",)).filter(digitisations=digitisation_id).first()
    rows = Digitisation.objects.select_for_update(of=("self",)).select_related(
        "dossier__agency", "part", "document", "confirmed_by", "item__campaign__agency", "item__holder"
    )
    digitisation = rows.filter(pk=digitisation_id).first()
    if digitisation is None:
        raise CannotDigitise("Không tìm thấy giấy tờ đang số hóa. Hãy tải lại trang.")
    if sealing:
        access_of(by, at).require(Permission.ISSUE, digitisation.agency.pk)
    elif digitisation.dossier:
        refuse_stranger(digitisation.dossier, by, at)
    elif digitisation.item:
        campaigning.refuse_stranger(digitisation.item.campaign, by, at)
    if digitisation.item:
        campaigning.refuse_struck(digitisation.item)
    return digitisation
