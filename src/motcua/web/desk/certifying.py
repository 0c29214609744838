"""Ký chứng thực bản sao điện tử: what waits for the signer, and the agency's book of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.time import local
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.models import Certification
from motcua.service.results.models.certifying import book_keepers
from motcua.service.results.operations.certifying import certify, send_back
from motcua.web.desk.base import DeskPage
from motcua.web.ui.files import file_response

READERS: tuple[Permission, ...] = (Permission.SIGN, Permission.ISSUE, Permission.PROCESS)
MOST = 100
NAMES = ("dossier", "agency", "compared_by", "sent_back_by", "scan", "certified_by", "issued")


@dataclass(frozen=True)
class Books:
    """Các quyển sổ người này đọc được, and the one that is open: of one agency, of one year."""

    agencies: list[tuple[int, str]]
    agency: int | None
    years: list[int]
    year: int

    @property
    def year_choices(self) -> list[tuple[int, str]]:
        return [(year, str(year)) for year in self.years]


class Certifications(DeskPage):
    """Chờ ký, what was sent back, and one book: the latest number first."""

    any_of: ClassVar[tuple[Permission, ...]] = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Certification.objects.visible_to(self.user, self.at).select_related(*NAMES)
        books = self.books()
        book = seen.in_book(books.agency, books.year) if books.agency else seen.none()
        before = request.GET.get("truoc", "")
        shown = book.filter(number__lt=int(before)) if before.isdecimal() and len(before) < 9 else book
        rows = list(shown.order_by("-number")[: MOST + 1])
        signs_at = self.access.where(Permission.SIGN)
        return self.render(
            "desk/certifying/index.html",
            waiting=[(one, one.agency_id in signs_at) for one in seen.to_sign().order_by("compared_at", "id")[:MOST]],
            back=seen.sent_back().order_by("sent_back_at", "id")[:MOST],
            may_prepare=self.access.may(Permission.PROCESS) or self.access.may(Permission.RECEIVE),
            rows=rows[:MOST],
            next=rows[MOST - 1].number if len(rows) > MOST else "",
            total=book.count(),
            books=books,
            may_revoke=books.agency in signs_at,
            words=self.form.value("words"),
        )  # fmt: skip

    def books(self) -> Books:
        """Sổ theo cơ quan và năm: as chosen, else the first of this person's agencies that has one, this year."""
        numbered = Certification.objects.filter(
            agency__in=book_keepers(self.user, self.at), number__isnull=False
        )
        agencies = list(numbered.order_by("agency__name").values_list("agency", "agency__name").distinct())
        chosen = self.request.GET.get("co-quan", "")
        agency = next(
            (key for key, _ in agencies if str(key) == chosen), agencies[0][0] if agencies else None
        )
        this_year = local(self.at).year
        kept = numbered.filter(agency=agency).values_list("year", flat=True).distinct() if agency else []
        years = sorted({this_year, *(year for year in kept if year)}, reverse=True)
        given = self.request.GET.get("nam", "")
        return Books(agencies, agency, years, next((one for one in years if str(one) == given), this_year))


class Certify(Certifications):
    """Ký chứng thực một bản sao."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.SIGN,)

    def get(self, request: HttpRequest, certification_id: UUID | None = None) -> HttpResponse:
        return super().get(request)

    def post(self, request: HttpRequest, certification_id: UUID) -> HttpResponse:
        made = certify(certification_id=self.seen(certification_id), by=self.user, at=self.at)
        return self.done(
            f"Đã chứng thực số {made.code}. Hệ thống ký số trong ít giây.", "desk:certifications"
        )

    def seen(self, certification_id: UUID) -> UUID:
        mine = Certification.objects.visible_to(self.user, self.at)
        if not mine.filter(pk=certification_id).exists():
            raise self.missing("Không có bản sao này.")
        return certification_id


class SendBack(Certify):
    """Trả lại người đối chiếu."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.SIGN,)

    def post(self, request: HttpRequest, certification_id: UUID) -> HttpResponse:
        reader = self.read()
        words = reader.text("words", required="Hãy ghi vì sao trả lại.", longest=500)
        reader.check()
        made = send_back(certification_id=self.seen(certification_id), words=words, by=self.user, at=self.at)
        return self.done(
            f"Đã trả lại “{made.title}” cho {made.compared_by.full_name}.", "desk:certifications"
        )


class Scan(DeskPage):
    """Bản quét, to be read before it is certified, or done again."""

    any_of: ClassVar[tuple[Permission, ...]] = (*READERS, Permission.RECEIVE)

    def get(self, request: HttpRequest, certification_id: UUID) -> HttpResponseBase:
        mine = Certification.objects.visible_to(self.user, self.at)
        made = mine.filter(pk=certification_id, scan__isnull=False).first()
        if made is None or made.scan_id is None:
            raise self.missing("Không có bản quét này.")
        return file_response(
            request, open_document(document_id=made.scan_id, by=self.user, at=self.at, inline=True)
        )
