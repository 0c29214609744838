"""Ký chứng thực bản sao điện tử: what waits for the signer, and the agency's book of the year."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.time import local
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.models import Certification
from motcua.service.results.operations.certifying import certify, send_back
from motcua.web.desk.base import DeskPage
from motcua.web.ui.files import file_response

READERS: tuple[Permission, ...] = (Permission.SIGN, Permission.ISSUE, Permission.PROCESS)
MOST = 100
NAMES = ("dossier", "agency", "compared_by", "scan", "certified_by", "issued")


class Certifications(DeskPage):
    """Chờ ký, and the book: the latest number first."""

    any_of: ClassVar[tuple[Permission, ...]] = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Certification.objects.visible_to(self.user, self.at).select_related(*NAMES)
        year = self.year()
        book = seen.filter(year=year, number__isnull=False)
        before = request.GET.get("truoc", "")
        shown = book.filter(number__lt=int(before)) if before.isdecimal() and len(before) < 9 else book
        rows = list(shown.order_by("-number", "-id")[: MOST + 1])
        return self.render(
            "desk/certifying/index.html",
            waiting=[(one, self.access.may(Permission.SIGN, one.agency_id)) for one in
                     seen.to_sign().order_by("compared_at", "id")[:MOST]],
            rows=rows[:MOST],
            next=rows[MOST - 1].number if len(rows) > MOST else "",
            total=book.count(),
            year=year,
            words=self.form.value("words"),
        )  # fmt: skip

    def year(self) -> int:
        given = self.request.GET.get("nam", "")
        return int(given) if given.isdecimal() and len(given) == 4 else local(self.at).year


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
    """Bản quét, to be read before it is certified."""

    any_of: ClassVar[tuple[Permission, ...]] = READERS

    def get(self, request: HttpRequest, certification_id: UUID) -> HttpResponseBase:
        mine = Certification.objects.visible_to(self.user, self.at)
        made = mine.filter(pk=certification_id, scan__isnull=False).first()
        if made is None or made.scan_id is None:
            raise self.missing("Không có bản quét này.")
        return file_response(
            request, open_document(document_id=made.scan_id, by=self.user, at=self.at, inline=True)
        )
