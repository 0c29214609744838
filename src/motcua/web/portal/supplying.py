"""Bổ sung hồ sơ trên mạng: what was marked and nothing else, file by file, then sent at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.storing import discard_from
from motcua.service.dossiers.models import Delivery, SupplementItem
from motcua.service.dossiers.operations import delivering
from motcua.service.dossiers.operations.supplementing import awaited
from motcua.service.filing.operations import submitting
from motcua.service.filing.operations.submitting import FiledPart
from motcua.service.filing.states import State
from motcua.service.filing.tracking import describe_filing
from motcua.web.portal.filed import OwnPage
from motcua.web.ui.files import file_response
from motcua.web.ui.forms import Reader
from motcua.web.ui.phones import LendsToPhone, Lent


@dataclass(frozen=True)
class Wanted:
    """Một giấy tờ phải bổ sung: its key, what to do, the files that are there."""

    key: str
    name: str
    instruction: str
    files: Sequence[Document]


class Supplement(LendsToPhone, OwnPage):
    """Bổ sung hồ sơ, of a filing that waits or of a dossier that was received: only what was marked, in plain words.

    Each file is kept the moment it arrives.
    """

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        wanted = self.wanted()
        return self.private(
            self.render(
                "portal/own/supplement.html",
                code=self.code,
                wanted=wanted,
                phones=self.phones([one.key for one in wanted]),
                asked=self.asked(),
                sent=Delivery.objects.waiting().filter(dossier=self.dossier).first()
                if self.dossier
                else None,
                accept=ACCEPT,
                filing=self.filing,
                dossier=self.dossier,
            )
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        wanted = self.wanted()
        if not wanted:
            raise DomainError("Hồ sơ này không chờ bạn bổ sung gì. Hãy tải lại trang.")
        for one in wanted:
            for upload in request.FILES.getlist(f"file-{one.key}"):
                self.keep(reader, one, upload)
        if dropped := reader.text("drop"):
            self.drop(dropped, wanted)
            return self.go("portal:my-supplement", self.code)
        self.__dict__.pop("_wanted", None)
        wanted = self.wanted()
        reader.check()
        if "keep" in request.POST:
            messages.success(request, "Đã giữ các tệp, chưa gửi đi.")
            return self.get(request, code)  # with the words that are being written
        return self.send(reader, wanted)

    def lent(self, word: str) -> Lent | None:
        one = next((one for one in self.wanted() if one.key == word), None)
        return Lent(one.name, f"file-{word}", waits=True) if one else None

    def keep(self, reader: Reader, one: Wanted, upload: Any) -> None:
        try:
            self.store(one, upload)
        except DomainError as refusal:
            reader.refuse(f"file-{one.key}", refusal.message)

    def drop(self, key: str, wanted: Sequence[Wanted]) -> None:
        for one in wanted:
            for document in one.files:
                if str(document.pk) == key and document.subject_id:
                    discard_from(
                        document_id=document.pk,
                        subject_id=document.subject_id,
                        at=self.at,
                        actor_id=self.account_id,
                    )

    def asked(self) -> dict[str, Any]:
        """By whom, why, until when."""
        if self.request_ is not None:
            return {
                "reason": self.request_.reason,
                "until": self.request_.waits_until,
                "contact": self.request_.contact_name,
                "phone": self.request_.contact_phone,
            }
        agency = self.filing.reception_agency if self.filing else self.the_dossier().reception_agency
        return {"reason": "", "until": None, "contact": agency.name, "phone": agency.phone}

    @cached_property
    def request_(self) -> Any:
        return awaited(self.dossier) if self.dossier else None

    def wanted(self) -> list[Wanted]:
        if "_wanted" not in self.__dict__:
            self.__dict__["_wanted"] = self._of_dossier() if self.dossier else self._of_filing()
        found: list[Wanted] = self.__dict__["_wanted"]
        return found

    def _of_dossier(self) -> list[Wanted]:
        if self.request_ is None:
            return []
        files = delivering.waiting_files(self.request_)
        items = self.request_.items.exclude(verdict="FINE").filter(brought_at=None)
        return [Wanted(str(item.pk), item.name, item.instruction, files.get(item.pk, [])) for item in items]

    def _of_filing(self) -> list[Wanted]:
        if self.filing is None or self.filing.state != State.SUPPLEMENT_ASKED:
            return []
        told = describe_filing(self.filing)
        found = [(str(part.pk), part.name, part.instruction) for part in told.wanted]
        found += [(f"them-{place}", reason, "") for place, reason in enumerate(told.missing, start=1)]
        return [
            Wanted(key, name, instruction, submitting.waiting_files(self.filing, key))
            for key, name, instruction in found
        ]

    def store(self, one: Wanted, upload: Any) -> None:
        if self.dossier:
            item = SupplementItem.objects.get(pk=one.key, supplement=self.request_)
            delivering.keep_delivered(
                supplement=self.request_, item=item, upload=upload, name=upload.name or "", at=self.at
            )
        elif self.filing:
            submitting.keep_wanted(
                filing=self.filing,
                part_id=one.key,
                title=one.name,
                upload=upload,
                name=upload.name or "",
                at=self.at,
            )

    def send(self, reader: Reader, wanted: Sequence[Wanted]) -> HttpResponse:
        words = {one.key: reader.paragraph(f"words-{one.key}", longest=1000) for one in wanted}
        for one in wanted:
            if not one.files and not words[one.key]:
                reader.refuse(f"file-{one.key}", f"Chưa có tệp hay câu trả lời cho “{one.name}”.")
        reader.check()
        if self.dossier:
            delivering.send_supplement(
                dossier_id=self.dossier.pk,
                sent=[
                    delivering.Sent(UUID(one.key), [document.pk for document in one.files], words[one.key])
                    for one in wanted
                ],
                account_id=self.account_id,
                at=self.at,
            )
        elif self.filing:
            named = {str(part.pk): part for part in self.filing.parts.all()}
            parts = [
                FiledPart(
                    name=one.name[:500],
                    paper_id=named[one.key].paper_id if one.key in named else None,
                    document_ids=[document.pk for document in one.files],
                    note=words[one.key],
                    waits_in=[one.key],
                )
                for one in wanted
            ]
            submitting.supplement(
                filing_id=self.filing.pk, parts=parts, account_id=self.account_id, at=self.at
            )
        return self.done(
            "Đã gửi phần bổ sung. Cơ quan xem và báo lại cho bạn.", "portal:my-filing", self.code
        )


class OwnFile(OwnPage):
    """Tệp bổ sung của tôi, before it is sent."""

    public = True

    def get(self, request: HttpRequest, code: str, document_id: UUID) -> HttpResponseBase:
        page = Supplement()
        page.setup(request, code=code)
        files = {document.pk for one in page.wanted() for document in one.files}
        if document_id not in files:
            raise self.missing("Không có tệp này.")
        return file_response(
            request, open_document(document_id=document_id, by=None, at=self.at, inline=True)
        )
