"""Báo người nộp: which acts on a dossier its applicant hears of, and in what words.

SAID is what is told with the act, in its transaction: event, kind, words. STEPS are those that the page's own course of
the dossier shows already; they leave as short messages, told by the worker after the commit. The same words stand on the
tracking page, where the name is masked: they never name the applicant.
Legal: ND224-2026 Đ15
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from motcua.core.events import Event, Fact
from motcua.core.time import local
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.choosing import can_be_reached, is_any_connected
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.dossiers import events as facts
from motcua.service.dossiers.models import Apology, Channel, Correction, Dossier, SupplementItem
from motcua.service.dossiers.tracking import PUBLIC_LABELS

STEPS: Mapping[type[Event], str] = {
    facts.DossierReceived: "RECEIVED",
    facts.DossierTransferred: "TRANSFERRED",
    facts.AgencyReceived: "TRANSFERRED",
    facts.WorkAssigned: "IN_WORK",
    facts.DossierClaimed: "IN_WORK",
    facts.DossierAssigned: "IN_WORK",
    facts.OpinionAsked: "OPINION",
    facts.OpinionGiven: "OPINION",
    facts.DecisionProposed: "PROPOSED",
    facts.DecisionSigned: "SIGNED",
    facts.ClockResumed: "RESUMED",
    facts.DueDateMoved: "DUE_MOVED",
    facts.LimitCorrected: "DUE_MOVED",
    facts.DossierAmended: "AMENDED",
    facts.OutputAwaited: "LINKED",
    facts.LinkedPartBegun: "LINKED",
    facts.ResultReturned: "RETURNED",
    facts.ResultReturnedAgain: "RETURNED",
    facts.SettledAtOnce: "RETURNED",
}


@dataclass(frozen=True)
class Said:
    """Lời báo: what follows the code in the title, and in the text. `of`: what the sentence begins with."""

    kind: str
    title: str
    text: str
    of: str = "Hồ sơ"


def tell_applicant(event: Event) -> None:
    """Báo người nộp theo bảng."""
    dossier = _dossier(event.subject_id)
    said = next(words for kind, words in SAID.items() if isinstance(event, kind))(event, dossier)
    _tell(
        dossier,
        event,
        said.kind,
        f"{said.of} {dossier.code} {said.title}",
        f"{said.of} {dossier.code} ({dossier.matter}){said.text}",
    )


def tell_of_step(fact: Fact) -> None:
    """Mỗi lần hồ sơ chuyển trạng thái: what, at which agency, by whom, when; the new day where there is one.

    Called by the worker once the act is committed, so that no act waits for it and many at once cost no more; told again
    after an interruption it says nothing twice. A dossier that came on line is told of by the answer to its filing.
    Legal: ND224-2026 Đ15
    """
    if not is_any_connected() or fact.payload.get("channel") == Channel.ONLINE:
        return
    kind, dossier = STEP_KINDS[fact.name], _dossier(fact.subject_id)
    to = addressee_of(dossier)
    if not can_be_reached(email=to.email, phone=to.phone) or _is_told(fact, kind):
        return
    by = User.objects.filter(pk=fact.actor_id).first()
    label = PUBLIC_LABELS[fact.name]
    where = dossier.reception_agency if fact.name in AT_RECEPTION else dossier.agency
    person = f", {by.full_name}" if by else ""
    is_over = dossier.closed_at is not None or kind == "RETURNED"
    due = "" if is_over else _new_day(dossier.due_at)
    tell_owner(
        dossier,
        kind=kind,
        title=f"Hồ sơ {dossier.code}: {label[:1].lower()}{label[1:]}",
        text=f"Hồ sơ {dossier.code} ({dossier.matter}): {label[:1].lower()}{label[1:]} lúc {moment(fact.at)} "
        f"({where.name}{person}).{due}",
        by=by,
        at=fact.at,
        is_step=True,
    )


def _is_told(fact: Fact, kind: str) -> bool:
    return Notice.objects.filter(subject_id=fact.subject_id, kind=kind, queued_at=fact.at).exists()


STEP_KINDS = {event.__name__: kind for event, kind in STEPS.items()}
AT_RECEPTION = frozenset({"DossierReceived", "ResultReturned", "ResultReturnedAgain", "SettledAtOnce"})


def tell_of_apology(event: Event) -> None:
    """Thư xin lỗi: the reason, the date that was promised and the new one. Legal: ND118-2025 Đ19.6"""
    assert isinstance(event, facts.ApologySent)  # noqa: S101  said in config/subscriptions.py
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


def tell_both_people(event: Event) -> None:
    """Nộp theo ủy quyền: principal and agent both hear of it. Legal: ND118-2025 Đ17.1"""
    assert isinstance(event, facts.ActedFor)  # noqa: S101
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
            to=Addressee(person.name, person.email, person.phone, person.pk),
            title=f"Hồ sơ {dossier.code} nộp theo ủy quyền",
            text=words[key],
            by=_actor(event),
            at=event.at,
            agency_id=dossier.agency_id,
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
    tell_owner(dossier, kind=kind, title=title, text=" ".join(text.split()), by=_actor(event), at=event.at)


def tell_owner(
    dossier: Dossier,
    *,
    kind: str,
    title: str,
    text: str,
    by: User | None,
    at: datetime,
    is_step: bool = False,
) -> None:
    """Báo chủ hồ sơ; the agency that settles it pays."""
    tell(
        subject_id=dossier.pk,
        code=dossier.code,
        kind=kind,
        to=addressee_of(dossier),
        title=title,
        text=text,
        by=by,
        at=at,
        is_step=is_step,
        agency_id=dossier.agency_id,
    )


def _actor(event: Event) -> User | None:
    return User.objects.filter(pk=event.actor_id).first() if event.actor_id else None


def addressee_of(dossier: Dossier) -> Addressee:
    """Chủ hồ sơ, as they can be reached."""
    person = dossier.applicant
    return Addressee(dossier.applicant_name, person.email, dossier.phone or person.phone, person.pk)


# The words, one function for each event; SAID at the end says which.


def _result(event: facts.ResultIssued, dossier: Dossier) -> Said:
    """Có kết quả; told beforehand when it comes before its day. Legal: ND118-2025 Đ22.3, Đ22.5"""
    is_early = dossier.due_at is not None and local(event.at).date() < local(dossier.due_at).date()
    early = f", sớm hơn ngày hẹn {moment(dossier.due_at)}" if is_early and dossier.due_at else ""
    return Said(
        "EARLY_RESULT" if is_early else "RESULT",
        "đã có kết quả" + (" trước hạn" if is_early else ""),
        f" đã có kết quả{early}. Mời bạn nhận tại {dossier.reception_agency.name}.",
    )


def _wrong_result(event: facts.WrongResultFound, dossier: Dossier) -> Said:
    """Kết quả có sai sót: it is being mended, until when, at whose cost. Legal: ND118-2025 Đ23.1"""
    until = f" Bản đúng có trước {moment(event.due_at)}." if event.due_at else ""
    free = " Bạn không phải trả chi phí sửa." if event.fault == Correction.Fault.AGENCY else ""
    return Said(
        "WRONG_RESULT",
        "có sai sót, đang sửa",
        f" có sai sót: {event.reason}. {dossier.agency.name} đang sửa.{until}{free}",
        of="Kết quả hồ sơ",
    )


def _corrected_result(event: facts.ResultCorrected, dossier: Dossier) -> Said:
    """Kết quả đã sửa xong, mời nhận. Legal: ND118-2025 Đ23.1"""
    return Said(
        "CORRECTED_RESULT",
        "đã sửa xong",
        f" đã sửa xong, số mới {event.number}, thay cho số {event.old_number}. "
        f"Mời bạn nhận tại {dossier.reception_agency.name}.",
        of="Kết quả hồ sơ",
    )


def _supplement(event: facts.SupplementAsked, dossier: Dossier) -> Said:
    """Cần bổ sung hồ sơ: everything at once, until when, and that the time does not run meanwhile.

    Legal: ND118-2025 Đ16.3, Đ19.5
    """
    lacking = [item for item in event.items if item["verdict"] != SupplementItem.Verdict.FINE]
    wanted = "; ".join(f"{item['name']}: {item['instruction'].rstrip('. ')}" for item in lacking)
    until = (
        f" Hạn bổ sung: {moment(event.waits_until)}; quá hạn hồ sơ được đóng." if event.waits_until else ""
    )
    return Said(
        "SUPPLEMENT",
        f"cần bổ sung {len(lacking)} nội dung",
        f" cần bổ sung: {wanted}.{until} Trong lúc chờ, thời hạn giải quyết chưa tính. "
        f"Gửi ngay tại {own_page(dossier.code)}bo-sung/ hoặc nộp tại {dossier.reception_agency.name}.",
    )


def _completion(event: facts.SupplementCompleted, _: Dossier) -> Said:
    """Đã nhận đủ bổ sung: the new day. Legal: ND118-2025 Đ19.5"""
    text = f" đã nhận đủ phần bổ sung và được giải quyết tiếp.{_new_day(event.due_at)}"
    return Said("SUPPLEMENT_DONE", "đã đủ, được giải quyết tiếp", text)


def _pause(event: facts.ClockPaused, _: Dossier) -> Said:
    """Đồng hồ dừng: why, by which letter; what the applicant has to do is in the reason. Legal: ND118-2025 Đ19"""
    return Said(
        "PAUSE",
        "tạm dừng tính thời hạn",
        f" tạm dừng tính thời hạn theo văn bản số {event.letter} ngày {event.letter_on:%d/%m/%Y}: {event.reason}. "
        "Thời gian này không tính vào thời hạn giải quyết.",
    )


def _early_end(event: facts.EndedEarly, dossier: Dossier) -> Said:
    """Hồ sơ đóng mà không có kết quả: stopped, withdrawn, or closed because nobody answered.

    Legal: ND118-2025 Đ19.5, Đ21
    """
    return Said(
        "ENDED_EARLY",
        "đã đóng",
        f": {event.label[:1].lower()}{event.label[1:]}. Lý do: {event.reason} (Thông báo số {event.number}.) "
        f"Mời bạn đến {dossier.reception_agency.name} nhận lại giấy tờ đã nộp.",
    )


def _stopped_part(event: facts.LinkedPartStopped, _: Dossier) -> Said:
    """Phần liên thông dừng, because what it waited for will not come. Legal: ND118-2025 Đ20.2, Đ21"""
    return Said(
        "PART_STOPPED",
        "phải dừng",
        f" phải dừng: {event.reason} Các thủ tục khác của nhóm không phụ thuộc vẫn được giải quyết.",
        of="Hồ sơ liên thông",
    )


def _reopening(event: facts.DossierReopened, _: Dossier) -> Said:
    """Hồ sơ được mở lại, with its new day."""
    text = f" được mở lại và giải quyết tiếp.{_new_day(event.due_at)}"
    return Said("REOPENED", "được mở lại", text)


def _new_day(due_at: datetime | None) -> str:
    return f" Ngày hẹn trả: {moment(due_at)}." if due_at else ""


SAID: Mapping[type[Event], Callable[[Any, Dossier], Said]] = {
    facts.ResultIssued: _result,
    facts.WrongResultFound: _wrong_result,
    facts.ResultCorrected: _corrected_result,
    facts.SupplementAsked: _supplement,
    facts.SupplementCompleted: _completion,
    facts.ClockPaused: _pause,
    facts.EndedEarly: _early_end,  # stopped, withdrawn, lapsed
    facts.LinkedPartStopped: _stopped_part,
    facts.DossierReopened: _reopening,
}
