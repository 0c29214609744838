"""Báo người nộp: which acts on a dossier its applicant hears of, and in what words. Listens in the act's transaction.

The same words stand on the tracking page, where the name is masked: so they never name the applicant.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from motcua.core.events import Event
from motcua.core.time import local
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.dossiers.events import (
    ActedFor,
    ApologySent,
    ClockPaused,
    DossierReopened,
    EndedEarly,
    LinkedPartStopped,
    ResultCorrected,
    ResultIssued,
    SupplementAsked,
    SupplementCompleted,
    WrongResultFound,
)
from motcua.service.dossiers.models import Apology, Correction, Dossier, SupplementItem


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


def tell_of_supplement(event: Event) -> None:
    """Cần bổ sung hồ sơ: everything at once, until when, and that the time does not run meanwhile.

    Legal: ND118-2025 Đ16.3, Đ19.5
    """
    assert isinstance(event, SupplementAsked)  # noqa: S101
    dossier = _dossier(event.subject_id)
    lacking = [item for item in event.items if item["verdict"] != SupplementItem.Verdict.FINE]
    wanted = "; ".join(f"{item['name']}: {item['instruction']}" for item in lacking)
    until = (
        f" Hạn bổ sung: {moment(event.waits_until)}; quá hạn hồ sơ được đóng." if event.waits_until else ""
    )
    _tell(
        dossier,
        event,
        "SUPPLEMENT",
        f"Hồ sơ {dossier.code} cần bổ sung {len(lacking)} nội dung",
        f"Hồ sơ {dossier.code} ({dossier.matter}) cần bổ sung: {wanted}.{until} "
        f"Trong lúc chờ, thời hạn giải quyết chưa tính. Gửi ngay tại {own_page(dossier.code)}bo-sung/ "
        f"hoặc nộp tại {dossier.reception_agency.name}.",
    )


def tell_of_completion(event: Event) -> None:
    """Đã nhận đủ bổ sung: the new day. Legal: ND118-2025 Đ19.5"""
    assert isinstance(event, SupplementCompleted)  # noqa: S101
    dossier = _dossier(event.subject_id)
    then = f" Ngày hẹn trả: {moment(event.due_at)}." if event.due_at else ""
    _tell(
        dossier,
        event,
        "SUPPLEMENT_DONE",
        f"Hồ sơ {dossier.code} đã đủ, được giải quyết tiếp",
        f"Hồ sơ {dossier.code} ({dossier.matter}) đã nhận đủ phần bổ sung và được giải quyết tiếp.{then}",
    )


def tell_of_pause(event: Event) -> None:
    """Đồng hồ dừng: why, by which letter; what the applicant has to do is in the reason. Legal: ND118-2025 Đ19"""
    assert isinstance(event, ClockPaused)  # noqa: S101
    dossier = _dossier(event.subject_id)
    _tell(
        dossier,
        event,
        "PAUSE",
        f"Hồ sơ {dossier.code} tạm dừng tính thời hạn",
        f"Hồ sơ {dossier.code} ({dossier.matter}) tạm dừng tính thời hạn theo văn bản số {event.letter} ngày "
        f"{event.letter_on:%d/%m/%Y}: {event.reason}. Thời gian này không tính vào thời hạn giải quyết.",
    )


def tell_of_early_end(event: Event) -> None:
    """Hồ sơ đóng mà không có kết quả: stopped, withdrawn, or closed because nobody answered.

    Legal: ND118-2025 Đ19.5, Đ21
    """
    assert isinstance(event, EndedEarly)  # noqa: S101
    dossier = _dossier(event.subject_id)
    _tell(
        dossier,
        event,
        "ENDED_EARLY",
        f"Hồ sơ {dossier.code} đã đóng",
        f"Hồ sơ {dossier.code} ({dossier.matter}): {event.label[:1].lower()}{event.label[1:]}. Lý do: {event.reason} "
        f"(Thông báo số {event.number}.) Mời bạn đến {dossier.reception_agency.name} nhận lại giấy tờ đã nộp.",
    )


def tell_of_stopped_part(event: Event) -> None:
    """Phần liên thông dừng, because what it waited for will not come. Legal: ND118-2025 Đ20.2, Đ21"""
    assert isinstance(event, LinkedPartStopped)  # noqa: S101
    dossier = _dossier(event.subject_id)
    _tell(
        dossier,
        event,
        "PART_STOPPED",
        f"Hồ sơ liên thông {dossier.code} phải dừng",
        f"Hồ sơ {dossier.code} ({dossier.matter}) phải dừng: {event.reason} "
        f"Các thủ tục khác của nhóm không phụ thuộc vẫn được giải quyết.",
    )


def tell_of_reopening(event: Event) -> None:
    """Hồ sơ được mở lại, with its new day."""
    assert isinstance(event, DossierReopened)  # noqa: S101
    dossier = _dossier(event.subject_id)
    then = f" Ngày hẹn trả: {moment(event.due_at)}." if event.due_at else ""
    _tell(
        dossier,
        event,
        "REOPENED",
        f"Hồ sơ {dossier.code} được mở lại",
        f"Hồ sơ {dossier.code} ({dossier.matter}) được mở lại và giải quyết tiếp.{then}",
    )


def tell_both_people(event: Event) -> None:
    """Nộp theo ủy quyền: principal and agent both hear of it. Legal: ND118-2025 Đ17.1"""
    assert isinstance(event, ActedFor)  # noqa: S101
    dossier = _dossier(event.subject_id)
    people = Applicant.objects.in_bulk([dossier.applicant_id, event.agent])
    where = f"hồ sơ {dossier.code} ({dossier.matter}) theo giấy ủy quyền tại {dossier.reception_agency.name}"
    words = {
        dossier.applicant_id: f"Người được ủy quyền vừa nộp thay bạn {where}. Nếu bạn không biết việc này, "
        "hãy báo ngay cho nơi tiếp nhận.",
        event.agent: f"Bạn vừa nộp thay người ủy quyền {where}. Kết quả trả cho người ủy quyền.",
    }
    for key, person in people.items():
        tell(
            subject_id=dossier.pk,
            code=dossier.code,
            kind="ACTED_FOR",
            to=Addressee(person.name, person.email, person.phone),
            title=f"Hồ sơ {dossier.code} nộp theo ủy quyền",
            text=words[key],
            by=_actor(event),
            at=event.at,
        )


def own_page(code: str) -> str:
    """Trang hồ sơ của người nộp, as a letter names it; who opens it shows first whose it is."""
    return f"{settings.SITE_URL}/cong-dan/ho-so/{code}/"


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
        by=_actor(event),
        at=event.at,
    )


def _actor(event: Event) -> User | None:
    return User.objects.filter(pk=event.actor_id).first() if event.actor_id else None


def addressee_of(dossier: Dossier) -> Addressee:
    """Chủ hồ sơ, as they can be reached."""
    person = dossier.applicant
    return Addressee(dossier.applicant_name, person.email, dossier.phone or person.phone)
