"""Báo người nộp: which acts on a dossier its applicant hears of, and in what words. Listens in the act's transaction.

The same words stand on the tracking page, where the name is masked: so they never name the applicant.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.events import Event
from motcua.core.time import local
from motcua.foundation.identity.models import User
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.dossiers.events import (
    ApologySent,
    ResultCorrected,
    ResultIssued,
    WrongResultFound,
)
from motcua.service.dossiers.models import Apology, Correction, Dossier


def tell_of_apology(event: Event) -> None:
    """Thư xin lỗi: the reason, the date that was promised and the new one. Legal: ND118-2025 Đ19.6"""
    assert isinstance(event, ApologySent)  # noqa: S101  said in config/subscriptions.py
    dossier = _dossier(event.subject_id)
    apology = Apology.objects.select_related("cause").get(pk=event.apology)
    because = f"Lý do: {apology.cause.name if apology.cause else ''}. {apology.explanation}".strip()
    then = (
        f"Ngày hẹn trả mới: {moment(apology.due_after)}."
        if apology.extends
        else f"Dự kiến có kết quả: {moment(apology.due_after)}. Hồ sơ vẫn được tính là trễ hẹn."
    )
    _tell(
        dossier,
        event,
        "APOLOGY",
        f"Xin lỗi vì hồ sơ {dossier.code} chậm kết quả",
        f"{dossier.agency.name} xin lỗi bạn vì chưa trả được kết quả hồ sơ {dossier.code} "
        f"({dossier.matter}) đúng ngày hẹn {moment(apology.due_before)}. {because} {then} (Thư số {apology}.)",
    )


def tell_of_result(event: Event) -> None:
    """Có kết quả; told beforehand when it comes before its day. Legal: ND118-2025 Đ22.3, Đ22.5"""
    assert isinstance(event, ResultIssued)  # noqa: S101
    dossier = _dossier(event.subject_id)
    is_early = dossier.due_at is not None and local(event.at).date() < local(dossier.due_at).date()
    early = f", sớm hơn ngày hẹn {moment(dossier.due_at)}" if is_early and dossier.due_at else ""
    _tell(
        dossier,
        event,
        "EARLY_RESULT" if is_early else "RESULT",
        f"Hồ sơ {dossier.code} đã có kết quả" + (" trước hạn" if is_early else ""),
        f"Hồ sơ {dossier.code} ({dossier.matter}) đã có kết quả{early}. "
        f"Mời bạn nhận tại {dossier.reception_agency.name}.",
    )


def tell_of_wrong_result(event: Event) -> None:
    """Kết quả có sai sót: it is being mended, until when, at whose cost. Legal: ND118-2025 Đ23.1"""
    assert isinstance(event, WrongResultFound)  # noqa: S101
    dossier = _dossier(event.subject_id)
    until = f" Bản đúng có trước {moment(event.due_at)}." if event.due_at else ""
    free = " Bạn không phải trả chi phí sửa." if event.fault == Correction.Fault.AGENCY else ""
    _tell(
        dossier,
        event,
        "WRONG_RESULT",
        f"Kết quả hồ sơ {dossier.code} có sai sót, đang sửa",
        f"Kết quả của hồ sơ {dossier.code} ({dossier.matter}) có sai sót: {event.reason}. "
        f"{dossier.agency.name} đang sửa.{until}{free}",
    )


def tell_of_corrected_result(event: Event) -> None:
    """Kết quả đã sửa xong, mời nhận. Legal: ND118-2025 Đ23.1"""
    assert isinstance(event, ResultCorrected)  # noqa: S101
    dossier = _dossier(event.subject_id)
    _tell(
        dossier,
        event,
        "CORRECTED_RESULT",
        f"Kết quả hồ sơ {dossier.code} đã sửa xong",
        f"Kết quả của hồ sơ {dossier.code} ({dossier.matter}) đã sửa xong, số mới {event.number}, thay cho số "
        f"{event.old_number}. Mời bạn nhận tại {dossier.reception_agency.name}.",
    )


def moment(at: datetime) -> str:
    """An instant in a letter."""
    return f"{local(at):%H:%M ngày %d/%m/%Y}"


def _dossier(dossier_id: UUID) -> Dossier:
    return Dossier.objects.select_related("applicant", "agency", "reception_agency").get(pk=dossier_id)


def _tell(dossier: Dossier, event: Event, kind: str, title: str, text: str) -> None:
    tell(
        subject_id=dossier.pk,
        code=dossier.code,
        kind=kind,
        to=addressee_of(dossier),
        title=title,
        text=" ".join(text.split()),
        by=User.objects.filter(pk=event.actor_id).first() if event.actor_id else None,
        at=event.at,
    )


def addressee_of(dossier: Dossier) -> Addressee:
    """Chủ hồ sơ, as they can be reached."""
    person = dossier.applicant
    return Addressee(dossier.applicant_name, person.email, dossier.phone or person.phone)
