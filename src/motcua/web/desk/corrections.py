"""Sửa kết quả sai tại cơ quan giải quyết: what is being mended, until when; found here or at the counter."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Correction
from motcua.service.dossiers.operations.correcting import MOST_COST, correct_result, find_wrong
from motcua.service.dossiers.states import CORRECT
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
        running = found.filter(corrected_at=None).order_by("due_at", "id")[:MOST]
        return self.render(
            "desk/corrections/index.html",
            running=[
                (one, promise_of(one.due_at, at=self.at, agency_id=one.dossier.agency_id)) for one in running
            ],
            mended=found.filter(corrected_at__isnull=False).order_by("-corrected_at")[:MOST],
        )


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
