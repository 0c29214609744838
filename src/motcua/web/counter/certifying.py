"""Chứng thực bản sao điện tử tại quầy: scan the original, compare, hand to who signs; or refuse by a coded reason.

What the signer sends back waits in a list of its own until it is done again, refused, or wanted no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from motcua.core.ids import as_key, new_id
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.permissions import Permission
from motcua.service.results.models import Certification, CertificationBar
from motcua.service.results.operations.certifying import (
    Original,
    drop,
    prepare,
    prepare_again,
    presented,
    refuse,
)
from motcua.service.results.scanned import keep_scan
from motcua.web.counter.dossiers import dossier_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.phones import LendsToPhone, Lent

ACCEPT = ".pdf,image/*,.heic,.heif"
MOST = 100
VERDICTS = [("CERTIFY", "Đã đối chiếu, trình ký chứng thực"), ("REFUSE", "Không được chứng thực")]
DROP = ("DROP", "Người yêu cầu thôi, không chứng thực nữa")
PREPARERS: tuple[Permission, ...] = (Permission.RECEIVE, Permission.PROCESS)
NAMES = ("dossier", "compared_by", "sent_back_by", "agency")


class Certifications(Page):
    """Việc chứng thực tại đây: what was sent back, one's own first; what waits for its signature."""

    any_of: ClassVar[tuple[Permission, ...]] = PREPARERS

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Certification.objects.visible_to(self.user, self.at).select_related(*NAMES)
        back = list(seen.sent_back().order_by("sent_back_at", "id")[:MOST])
        return self.render(
            "counter/certifying/index.html",
            back=sorted(back, key=lambda one: one.compared_by_id != self.user.pk),
            waiting=seen.to_sign().order_by("compared_at", "id")[:MOST],
        )


class Certifying(LendsToPhone, Page):
    """Bản sao điện tử của một hồ sơ: those that were prepared, and one more. A scan that has come is not lost."""

    any_of: ClassVar[tuple[Permission, ...]] = PREPARERS
    verdicts: ClassVar[Sequence[tuple[str, str]]] = VERDICTS
    scan: Document | None = None

    @cached_property
    def before(self) -> Certification | None:
        """Bản bị trả lại đang được làm lại."""
        return None

    def get(self, request: HttpRequest, dossier_id: UUID, **kwargs: Any) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        made = Certification.objects.filter(dossier=dossier).select_related(
            "bar", "issued", "compared_by", "scan"
        )
        return self.render(
            "counter/certifying/edit.html",
            dossier=dossier,
            made=[] if self.before else made.order_by("-compared_at", "-id"),
            again=self.before,
            bars=CertificationBar.objects.valid_on(local_date(self.at)).values_list("code", "name"),
            verdicts=self.verdicts,
            accept=ACCEPT,
            phone=self.phones([""])[""],
            kept=None if self.form.error("file") else self.scan,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, dossier_id: UUID, **kwargs: Any) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        reader = self.read()
        verdict = reader.choice(
            "verdict", [key for key, _ in self.verdicts], required="Hãy chọn chứng thực hay không."
        )
        original = original_in(reader)
        bar, words = reader.text("bar"), reader.paragraph("words", longest=500)
        if request.FILES.getlist("file"):
            self.scan = keep_scan(
                request.FILES.getlist("file"), title=original.title, dossier=dossier, by=self.user, at=self.at
            )
        else:
            self.scan = self.came_before(reader)
        key = self.before.pk if self.before else as_key(reader.text("key")) or new_id()
        given: dict[str, Any] = {
            "certification_id": key,
            "original": original,
            "by": self.user,
            "at": self.at,
        }
        if verdict == "CERTIFY" and not reader.is_ticked("is_compared"):
            reader.refuse("is_compared", "Hãy đối chiếu bản quét với bản chính rồi đánh dấu.")
        reader.check()
        if verdict == "DROP":
            made = drop(certification_id=key, words=words, by=self.user, at=self.at)
            return self.told(f"Đã thôi chứng thực “{made.title}”.", dossier.pk)
        if verdict == "REFUSE":
            made = refuse(bar_code=bar, words=words, dossier_id=dossier.pk, **given)
            return self.told(f"Đã ghi: không chứng thực “{made.title}”.", dossier.pk)
        with transaction.atomic():
            made = self.prepared(reader, dossier.pk, given)
        return self.told(f"Đã trình ký chứng thực “{made.title}”, {made.pages} trang.", dossier.pk)

    def prepared(self, reader: Reader, dossier_id: UUID, given: dict[str, Any]) -> Certification:
        if pressed_before := presented(given["certification_id"], dossier_id):
            return pressed_before
        if self.scan is None:
            reader.refuse("file", "Hãy quét hoặc chụp bản chính.")
        reader.check()
        assert self.scan is not None  # noqa: S101  checked
        return prepare(
            document_id=self.scan.pk, dossier_id=dossier_id, is_compared=True,
            is_charged=reader.is_ticked("is_charged"), **given,
        )  # fmt: skip

    def came_before(self, reader: Reader) -> Document | None:
        """The scan of an earlier press that was refused for something else."""
        keys = [as_key(reader.text("document")), *self.stored_before.get("file", [])]
        return Document.objects.unused(uploaded_by_id=self.user.pk).filter(pk__in=filter(None, keys)).first()

    def told(self, sentence: str, dossier_id: UUID) -> HttpResponse:
        return self.done(sentence, "counter:certifying", dossier_id)

    def lent(self, word: str) -> Lent | None:
        return None if word else Lent("Bản chính để chứng thực", waits=True)


class Again(Certifying):
    """Làm lại một bản bị trả lại: what was typed and scanned before is there."""

    any_of: ClassVar[tuple[Permission, ...]] = PREPARERS
    verdicts: ClassVar[Sequence[tuple[str, str]]] = [*VERDICTS, DROP]

    @cached_property
    def before(self) -> Certification | None:
        seen = Certification.objects.visible_to(self.user, self.at).select_related("sent_back_by", "scan")
        found = seen.filter(pk=self.kwargs["certification_id"], dossier=self.kwargs["dossier_id"]).first()
        if found is None:
            raise self.missing("Không có bản sao này.")
        return found

    def get(self, request: HttpRequest, dossier_id: UUID, **kwargs: Any) -> HttpResponse:
        if self.before and self.before.state != Certification.State.SENT_BACK:
            return self.go("counter:certifying", dossier_id)
        return super().get(request, dossier_id)

    def prepared(self, reader: Reader, dossier_id: UUID, given: dict[str, Any]) -> Certification:
        document = self.scan.pk if self.scan else None
        return prepare_again(document_id=document, is_compared=True, **given)

    def told(self, sentence: str, dossier_id: UUID) -> HttpResponse:
        return self.done(sentence, "counter:certifications")


def original_in(reader: Reader) -> Original:
    """Bản chính, as it was typed."""
    return Original(
        title=reader.text("title", required="Hãy ghi tên bản chính.", longest=400),
        number=reader.text("number", longest=100),
        issuer=reader.text("issuer", longest=300),
        issued_on=reader.day("issued_on"),
    )
