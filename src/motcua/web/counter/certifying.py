"""Chứng thực bản sao điện tử tại quầy: scan the original, compare, hand to who signs; or refuse by a coded reason."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.models import Certification, CertificationBar
from motcua.service.results.operations.certifying import Original, prepare, refuse
from motcua.service.results.scanned import keep_scan
from motcua.web.counter.dossiers import dossier_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.phones import LendsToPhone, Lent

ACCEPT = ".pdf,image/*,.heic,.heif"
VERDICTS = [("CERTIFY", "Đã đối chiếu, trình ký chứng thực"), ("REFUSE", "Không được chứng thực")]


class Certifying(LendsToPhone, Page):
    """Bản sao điện tử của một hồ sơ: those that were prepared, and one more."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.RECEIVE, Permission.PROCESS)

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        made = Certification.objects.filter(dossier=dossier).select_related(
            "bar", "issued", "compared_by", "scan"
        )
        return self.render(
            "counter/certifying/edit.html",
            dossier=dossier,
            made=made.order_by("-compared_at", "-id"),
            bars=CertificationBar.objects.valid_on(local_date(self.at)).values_list("code", "name"),
            verdicts=VERDICTS,
            accept=ACCEPT,
            phone=self.phones([""])[""],
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        reader = self.read()
        verdict = reader.choice(
            "verdict", [key for key, _ in VERDICTS], required="Hãy chọn chứng thực hay không."
        )
        original = original_in(reader)
        bar, words = reader.text("bar"), reader.paragraph("words", longest=500)
        given: dict[str, Any] = {
            "certification_id": as_key(reader.text("key")) or new_id(),
            "dossier_id": dossier.pk,
            "original": original,
            "by": self.user,
            "at": self.at,
        }
        if Certification.objects.filter(pk=given["certification_id"], dossier=dossier).exists():
            return self.done("Bản này đã ghi rồi.", "counter:certifying", dossier.pk)
        if verdict == "REFUSE":
            reader.check()
            refuse(bar_code=bar, words=words, **given)
            return self.done(
                f"Đã ghi: không chứng thực “{original.title}”.", "counter:certifying", dossier.pk
            )
        if not reader.is_ticked("is_compared"):
            reader.refuse("is_compared", "Hãy đối chiếu bản quét với bản chính rồi đánh dấu.")
        reader.check()
        with transaction.atomic():
            scan = keep_scan(
                request.FILES.getlist("file"), title=original.title, dossier=dossier, by=self.user, at=self.at
            )
            made = prepare(
                document_id=scan.pk, is_compared=True, is_charged=reader.is_ticked("is_charged"), **given
            )
        return self.done(
            f"Đã trình ký chứng thực “{made.title}”, {made.pages} trang.", "counter:certifying", dossier.pk
        )

    def lent(self, word: str) -> Lent | None:
        return None if word else Lent("Bản chính để chứng thực", waits=True)


def original_in(reader: Reader) -> Original:
    """Bản chính, as it was typed."""
    return Original(
        title=reader.text("title", required="Hãy ghi tên bản chính.", longest=400),
        number=reader.text("number", longest=100),
        issuer=reader.text("issuer", longest=300),
        issued_on=reader.day("issued_on"),
    )
