"""Sửa kết quả sai tại cơ quan giải quyết: what is being mended, until when; found here or at the counter."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Correction
from motcua.service.dossiers.operations.correcting import MOST_COST, correct_result, find_wrong
from motcua.service.dossiers.states import CORRECT
from motcua.service.results.models import CorrectionRequest
from motcua.service.results.operations.requesting import accept_correction, refuse_correction
from motcua.web.desk.apologies import LONGEST, WATCHERS, Watch
from motcua.web.desk.base import AT_DESK, DeskPage
from motcua.web.desk.working import Issue, uploaded
from motcua.web.ui.promises import promise_of

MOST = 100


class Corrections(DeskPage):
    """Kết quả sai: under way, the earliest due first; then what was mended."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest) -> HttpResponse:
        agencies = Watch(self.access, self.at).agencies
        found = Correction.objects.filter(dossier__agency__in=agencies).select_related(
            "dossier__agency", "found_by", "corrected_by"
        )
        asked = CorrectionRequest.objects.filter(issued__agency__in=agencies, state="ASKED")
        asked = asked.select_related("issued__dossier").order_by(
            F("due_at").asc(nulls_last=True), "asked_at", "id"
        )
        running = found.filter(corrected_at=None).order_by("due_at", "id")[:MOST]
        return self.render(
            "desk/corrections/index.html",
            running=[
                (one, promise_of(one.due_at, at=self.at, agency_id=one.dossier.agency_id)) for one in running
            ],
            mended=found.filter(corrected_at__isnull=False).order_by("-corrected_at")[:MOST],
            asked=[
                (one, promise_of(one.due_at, at=self.at, agency_id=one.issued.agency_id))
                for one in asked[:MOST]
            ],
            late=asked.filter(due_at__lt=self.at).count(),
        )


class AnswerRequest(DeskPage):
    """Đề nghị đính chính của người dân: the agency mends the paper, or says why it is right."""

    any_of: ClassVar[tuple[Permission, ...]] = AT_DESK

    def get(self, request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        asked = self.asked(dossier.pk, request_id)
        return self.render(
            "desk/corrections/answer.html",
            dossier=dossier,
            asked=asked,
            faults=Correction.Fault.choices,
            verdicts=[("WRONG", "Giấy sai, sửa"), ("RIGHT", "Giấy không sai, trả lời người dân")],
        )

    def post(self, request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        asked = self.asked(dossier.pk, request_id)
        reader = self.read()
        verdict = reader.choice("verdict", ["WRONG", "RIGHT"], required="Hãy chọn giấy sai hay không sai.")
        fault = reader.choice("fault", Correction.Fault.values)
        answer = reader.paragraph("answer", longest=LONGEST)
        if verdict == "WRONG" and not fault:
            reader.refuse("fault", "Hãy chọn sai sót do ai.")
        reader.check()
        if verdict == "RIGHT":
            refuse_correction(request_id=asked.pk, answer=answer, by=self.user, at=self.at)
            return self.done("Đã trả lời người đề nghị.", "desk:corrections")
        correction = accept_correction(request_id=asked.pk, fault=fault, by=self.user, at=self.at)
        until = f" Phải sửa xong trước {correction.due_at:%d/%m/%Y}." if correction.due_at else ""
        return self.done(
            f"Đã ghi nhận kết quả sai của hồ sơ {dossier.code}.{until}", "desk:dossier", dossier.pk
        )

    def asked(self, dossier_id: UUID, request_id: UUID) -> CorrectionRequest:
        found = CorrectionRequest.objects.select_related("issued").filter(issued__dossier=dossier_id)
        asked = found.filter(pk=request_id).first()
        if asked is None:
            raise self.missing("Không có đề nghị này.")
        return asked


class FindWrong(DeskPage):
    """Ghi nhận kết quả sai."""

    any_of: ClassVar[tuple[Permission, ...]] = AT_DESK

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        return self.render(
            "desk/corrections/find.html",
            dossier=dossier,
            result=getattr(dossier, "result", None),
            faults=Correction.Fault.choices,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        fault = reader.choice("fault", Correction.Fault.values, required="Hãy chọn sai sót do ai.")
        wrong = reader.paragraph(
            "wrong", required="Hãy ghi kết quả sai ở đâu, đúng phải là gì.", longest=LONGEST
        )
        reader.check()
        correction = find_wrong(dossier_id=dossier.pk, wrong=wrong, fault=fault, by=self.user, at=self.at)
        until = f" Phải sửa xong trước {correction.due_at:%d/%m/%Y}." if correction.due_at else ""
        return self.done(
            f"Đã ghi nhận kết quả sai của hồ sơ {dossier.code}.{until}", "desk:dossier", dossier.pk
        )


class Correct(Issue):
    """Ký kết quả đã sửa; an upload is kept when something else is refused."""

    permission = Permission.SIGN

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        correction = Correction.objects.filter(dossier=dossier, corrected_at=None).first()
        if correction is None or not CORRECT.is_lawful_from(dossier.state):
            return self.done("Hồ sơ này không có kết quả nào đang sửa.", "desk:dossier", dossier.pk)
        return self.render(
            "desk/corrections/edit.html",
            dossier=dossier,
            correction=correction,
            result=dossier.result,
            is_own_fault=correction.fault == Correction.Fault.AGENCY,
            issued_on=local_date(self.at),
            accept=ACCEPT,
            **{"kept": None, **self.kept()},
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        self.document = uploaded(self)
        given: dict[str, Any] = {
            "number": reader.text("number", required="Hãy nhập số, ký hiệu của kết quả đã sửa.", longest=80),
            "issued_on": reader.day("issued_on", required="Hãy nhập ngày ban hành."),
            "name": reader.text("name"),
            "cost_amount": reader.money("cost_amount") or 0,
            "cost_borne_by": reader.text("cost_borne_by", longest=200),
        }
        if given["cost_amount"] > MOST_COST:
            reader.refuse("cost_amount", "Số tiền quá lớn. Hãy kiểm tra lại.")
        reader.check()
        with transaction.atomic():
            key = self.document.pk if self.document else None
            if key:
                attach(document_ids=[key], subject_id=dossier.pk, by=self.user)
            correct_result(dossier_id=dossier.pk, document_id=key, by=self.user, at=self.at, **given)
        return self.done(
            f"Đã ký kết quả sửa số {given['number']}, chuyển về {dossier.reception_agency.name}.",
            "desk:dossier",
            dossier.pk,
        )
