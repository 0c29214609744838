"""Số hóa một giấy tờ: pages from a scanner or a phone, what the machine read, the officer's word, signatures, the store.

Everything works by plain forms: order, turn and cut are numbers, and the picture shown is the page as it will be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.errors import InvalidInput
from motcua.core.ids import as_key
from motcua.foundation.documents import content
from motcua.foundation.documents.kinds import PDF, RefusedFile
from motcua.foundation.documents.metadata import LABELS, PaperFacts
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.foundation.documents.rendering import CannotShow
from motcua.foundation.documents.sheets import Cut, flatten
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier, Part
from motcua.service.holdings.finding import type_named
from motcua.service.holdings.models import Digitisation, PaperType, ScanPage
from motcua.service.holdings.operations.digitising import (
    SURE,
    CannotDigitise,
    PageChange,
    add_page,
    arrange,
    begin,
    confirm,
    drop_page,
    finish_scan,
    keep_unsigned,
    seal,
    sign,
    why_unsigned,
)
from motcua.service.holdings.states import State
from motcua.web.counter.dossiers import dossier_of
from motcua.web.counter.files import read_facts
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.phones import LendsToPhone, Lent
from motcua.web.ui.wording import vn_date

SHOWN = 900  # pixels of the picture beside the fields
TURNS = [("0", "Không xoay"), ("90", "Xoay phải"), ("180", "Xoay ngược"), ("270", "Xoay trái")]
DAYS = {"issued_on", "valid_to"}
SIDES = [("left", "trái"), ("right", "phải"), ("top", "trên"), ("bottom", "dưới")]
ACCEPT = "image/*,.heic,.heif,.tif,.tiff,.pdf"
STEPS = ["Chụp, quét", "Máy đọc chữ", "Xác nhận", "Ký số", "Vào kho"]
WAITS = "để giấy tờ chờ định danh chủ"
UNSIGNED = {State.CONFIRMED, State.SIGNED_BY_OFFICER}
STANDS = {
    State.OPEN: 1,
    State.SCANNED: 2,
    State.READ: 3,
    State.CONFIRMED: 4,
    State.SIGNED_BY_OFFICER: 4,
    State.SEALED_BY_AGENCY: 5,
    State.AWAITING_HOLDER: 5,
    State.KEPT: 5,
}


@dataclass(frozen=True)
class Suggested:
    """Gợi ý cạnh một ô: what the machine read and how sure it is."""

    value: str
    confidence: int

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE


@dataclass(frozen=True)
class Subject:
    """Giấy tờ đang số hóa: one of a dossier, or an old result of a campaign."""

    key: UUID
    name: str
    back: str
    back_label: str
    agency: Agency
    procedure_id: int | None
    holder_id: UUID | None
    holder_name: str
    birth_year: int | None = None
    number: str = ""
    issued_on: date | None = None


class ScanningPage(LendsToPhone, Page):
    """Số hóa: one page for all its steps."""

    abstract = True
    files: ClassVar[str] = "counter"

    @cached_property
    def subject(self) -> Subject:
        raise NotImplementedError

    def latest(self) -> Digitisation | None:
        raise NotImplementedError

    def open_one(self) -> Digitisation:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        subject, digitisation = self.subject, self.latest()
        state = State(digitisation.state) if digitisation else State.OPEN
        return self.render(
            "counter/scanning/show.html",
            subject=subject,
            files=self.files,
            digitisation=digitisation,
            steps=STEPS,
            stands=STANDS[state],
            pages=list(digitisation.pages.select_related("document")) if digitisation else [],
            turns=TURNS,
            sides=SIDES,
            accept=ACCEPT,
            facts=self.facts(digitisation),
            suggested=self.suggested(digitisation),
            types=list(PaperType.objects.values_list("code", "name")),
            why_not=why_unsigned(digitisation, self.at) if digitisation and state in UNSIGNED else "",
            phone=self.live_phone() if state == State.OPEN else None,
            may_seal=self.access.may(Permission.ISSUE, subject.agency.pk),
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        reader, here = self.read(), request.path
        act = request.POST.get("act", "")
        if act in {"pages", "finish"} or "drop" in request.POST:
            return self.pages(reader, here, is_last=act == "finish")
        digitisation = self.latest()
        if digitisation is None:
            raise CannotDigitise("Giấy tờ này chưa được quét. Hãy chụp hoặc chọn ảnh.")
        given: dict[str, Any] = {"digitisation_id": digitisation.pk, "by": self.user, "at": self.at}
        if act == "confirm":
            confirm(facts=read_facts(reader, self.subject.holder_id), **given)
            return self.done("Đã xác nhận dữ liệu của giấy tờ.", here)
        if act == "sign":
            sign(**given)
            return self.done("Đã ký số bản số hóa.", here)
        if act == "seal":
            held = seal(**given)
            return self.done(f"Đã ký số của cơ quan và {'đưa giấy tờ vào kho' if held else WAITS}.", here)
        if act == "keep":
            held = keep_unsigned(**given)
            said = "Đã đưa giấy tờ vào kho" if held else f"Đã {WAITS}"
            return self.done(f"{said}, chưa có chữ ký số.", here)
        raise InvalidInput({"act": "Hãy chọn việc cần làm."})

    def pages(self, reader: Reader, here: str, *, is_last: bool) -> HttpResponse:
        """New pictures first, so that no refusal loses them; then order, turn and cut; then all in one file."""
        given: dict[str, Any] = {"by": self.user, "at": self.at}
        digitisation = self.open_one()
        given["digitisation_id"] = digitisation.pk
        if (dropped := as_key(self.request.POST.get("drop", ""))) is not None:
            drop_page(page_id=dropped, **given)
        refusals = []
        for upload in self.request.FILES.getlist("file"):
            try:
                add_page(upload, name=upload.name or "", **given)
            except (RefusedFile, StoreUnavailable, CannotDigitise) as refusal:
                refusals.append(refusal.message)
        if changes := self.read_changes(reader, digitisation):
            arrange(changes=changes, **given)
        if refusals:
            raise InvalidInput({"file": " ".join(refusals)})
        if not is_last:
            return self.go(here)
        finish_scan(**given)
        return self.done("Đã ghép các trang thành một tệp. Máy đang đọc chữ.", here)

    def read_changes(self, reader: Reader, digitisation: Digitisation) -> list[PageChange]:
        changes = []
        for page in digitisation.pages.all():
            if f"position-{page.pk}" not in self.request.POST:
                continue
            position = reader.integer(f"position-{page.pk}", least=1, most=999) or page.position
            turn = reader.choice(f"rotation-{page.pk}", [key for key, _ in TURNS]) or "0"
            sides = {
                side: (reader.integer(f"{side}-{page.pk}", least=0, most=45) or 0) * 10 for side, _ in SIDES
            }
            changes.append(PageChange(page.pk, position, Cut(rotation=int(turn), **sides)))
        reader.check()
        return changes

    def facts(self, digitisation: Digitisation | None) -> dict[str, Any]:
        """The fields as they begin: what is known, what the machine suggests, what the kind of paper says."""
        subject = self.subject
        known = digitisation.document.facts if digitisation and digitisation.document else PaperFacts()
        facts: dict[str, Any] = {name: getattr(known, name) for name in LABELS}
        for name, one in (digitisation.suggestion if digitisation else {}).items():
            if name in facts and name != "holder_name":
                facts[name] = date.fromisoformat(one["value"]) if name in DAYS else one["value"]
        kind = type_named(subject.name, procedure_id=subject.procedure_id) or _type_called(subject.name)
        if kind is not None:
            facts["paper_type_code"] = facts["paper_type_code"] or kind.code
            facts["issuer"] = facts["issuer"] or kind.issued_by
        facts["title"] = facts["title"] or subject.name
        if subject.holder_id is None:
            facts["holder_name"] = facts["holder_name"] or subject.holder_name
            facts["holder_birth_year"] = facts["holder_birth_year"] or subject.birth_year
            facts["issuer"] = facts["issuer"] or subject.agency.name
        facts["number"] = facts["number"] or subject.number
        facts["issued_on"] = facts["issued_on"] or subject.issued_on
        facts["abstract"] = facts["abstract"] or facts["title"]
        facts["valid_from"] = facts["valid_from"] or facts["issued_on"]
        facts["validity_scope"] = facts["validity_scope"] or "Toàn quốc"
        return facts

    def suggested(self, digitisation: Digitisation | None) -> dict[str, Suggested]:
        if digitisation is None:
            return {}
        return {
            name: Suggested(_shown(name, str(one["value"])), round(one["confidence"]))
            for name, one in digitisation.suggestion.items()
        }

    def lent(self, word: str) -> Lent | None:
        if word:
            return None
        return Lent(self.subject.name, target="#so-hoa", vals={"act": "pages"}, is_form=True)


def latest_of(**what: Any) -> Digitisation | None:
    """The last digitisation of that paper."""
    rows = Digitisation.objects.select_related(
        "document__file", "dossier__agency", "item__campaign__agency", "confirmed_by", "signed_by", "held"
    )
    return rows.filter(**what).order_by("-started_at", "-id").first()


class Scanning(ScanningPage):
    """Số hóa một giấy tờ của hồ sơ."""

    permission = Permission.RECEIVE

    @cached_property
    def subject(self) -> Subject:
        dossier: Dossier = dossier_of(self, self.kwargs["dossier_id"])
        part: Part | None = dossier.parts.filter(pk=self.kwargs["part_id"]).first()
        if part is None:
            raise self.missing("Không tìm thấy thành phần hồ sơ này.")
        return Subject(
            key=part.pk,
            name=part.name,
            back=reverse("counter:dossier", args=[dossier.pk]),
            back_label=f"Hồ sơ {dossier.code}",
            agency=dossier.agency,
            procedure_id=dossier.procedure_id,
            holder_id=dossier.applicant_id,
            holder_name=dossier.applicant_name,
        )

    def latest(self) -> Digitisation | None:
        return latest_of(part=self.subject.key)

    def open_one(self) -> Digitisation:
        return begin(part_id=self.subject.key, by=self.user, at=self.at)


def _type_called(name: str) -> PaperType | None:
    """Loại giấy tờ mang đúng tên ấy in the catalogue."""
    found: PaperType | None = PaperType.objects.filter(name__iexact=name).first()
    return found


def _shown(name: str, value: str) -> str:
    return vn_date(date.fromisoformat(value)) if name in DAYS else value


class PagePicture(Page):
    """Ảnh một trang as it will be kept: turned and cut; `?xoay=90`: whole and turned so, to be cut by hand."""

    any_of = (Permission.RECEIVE, Permission.PROCESS, Permission.ASSIGN)

    def get(self, request: HttpRequest, page_id: UUID) -> HttpResponse:
        page = ScanPage.objects.select_related("document__file", "digitisation").filter(pk=page_id).first()
        seen = Digitisation.objects.visible_to(self.user, self.at)
        if page is None or not seen.filter(pk=page.digitisation_id).exists():
            raise self.missing("Không có trang này.")
        cut = self.whole() or Cut(page.rotation, page.left, page.top, page.right, page.bottom)
        try:
            with content.opened(page.document.file.sha256) as stream:
                sheets = flatten(stream, is_pdf=page.document.file.kind is PDF, cut=cut, longest=SHOWN)
        except (CannotShow, FileNotFoundError):
            raise self.missing("Không xem được trang này.") from None
        answer = HttpResponse(sheets[0].content, content_type="image/jpeg")
        answer["Cache-Control"] = "private, no-store"
        return answer

    def whole(self) -> Cut | None:
        turn = self.request.GET.get("xoay", "")
        return Cut(rotation=int(turn)) if turn in dict(TURNS) else None
