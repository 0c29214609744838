"""Câu chuyện của một hồ sơ, as its applicant reads it: what is done, who holds it now, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from motcua.service.dossiers.models import Channel
from motcua.service.dossiers.states import WAITING, State
from motcua.service.dossiers.tracking import Awaited, Milestone, Tracking
from motcua.service.filing.states import State as FilingState
from motcua.service.filing.tracking import FilingTracking
from motcua.web.ui.promises import Promise, promise_of
from motcua.web.ui.wording import vn_moment


@dataclass(frozen=True)
class Standing:
    """Tình hình chung: how the promise stands, and one sentence."""

    promise: Promise
    sentence: str


def standing(dossier: Tracking, at: datetime) -> Standing:
    """How the promise stands at `at`, in one sentence."""
    waits = dossier.state in WAITING
    promise = promise_of(
        None if dossier.closed_at else dossier.due_at,
        at=at,
        finished_at=dossier.finished_at or dossier.returned_at,
        is_paused=waits,
    )
    if dossier.closed_at:
        return Standing(
            promise, f"{dossier.state.label} lúc {vn_moment(dossier.closed_at)}. {dossier.closed_reason}"
        )
    if dossier.awaited:
        return Standing(replace(promise, state="WAITING"), _to_bring(dossier.awaited))
    if dossier.delivered:
        return Standing(promise, f"Bạn đã gửi phần bổ sung lúc {vn_moment(dossier.delivered.sent_at)}.")
    if dossier.pause_reason:
        return Standing(promise, f"{dossier.pause_reason} Thời gian này không tính vào thời hạn.")
    if dossier.state == State.CORRECTING:
        return Standing(promise, "Kết quả có sai sót, đang được sửa. Bạn sẽ được báo khi có bản đúng.")
    if dossier.returned_at and dossier.state != State.RESULT_READY:
        return Standing(promise, f"Kết quả đã trả lúc {vn_moment(dossier.returned_at)}.")
    if dossier.finished_at:
        return Standing(promise, f"Đã có kết quả. {_how_it_comes(dossier)}")
    if promise.state == "OVERDUE":
        if dossier.apology:
            return Standing(promise, "Hồ sơ của bạn đang trễ hẹn; cơ quan giải quyết đã xin lỗi.")
        sentence = "Hồ sơ của bạn đang trễ hẹn. Bạn có thể gọi Bộ phận Một cửa để được trả lời lý do."
        return Standing(promise, sentence)
    is_open = promise.state == "NO_PROMISE"
    return Standing(promise, "Thủ tục này không quy định thời hạn bằng số." if is_open else "")


def _how_it_comes(dossier: Tracking) -> str:
    """Nhận kết quả thế nào: as its applicant has chosen."""
    where = dossier.reception_agency
    if dossier.return_channel == Channel.POST:
        return f"{where} gửi bưu chính đến địa chỉ bạn đã ghi."
    if dossier.return_channel == Channel.ONLINE:
        return f"Bạn nhận bản điện tử ở trang này; cần bản giấy thì đến {where}."
    return f"Mời bạn mang giấy hẹn và giấy tờ tùy thân đến {where} để nhận."


def filing_standing(told: FilingTracking, at: datetime) -> str:
    """Một câu về hồ sơ trực tuyến chưa được tiếp nhận."""
    filing = told.filing
    if filing.state == FilingState.SUPPLEMENT_ASKED:
        return f"Bạn cần bổ sung {len(told.wanted) + len(told.missing)} mục."
    if filing.state == FilingState.SUBMITTED:
        due = filing.answer_due_at
        if due is None:
            return f"{filing.reception_agency.name} đang xem hồ sơ."
        if due < at:
            return f"Cơ quan chậm trả lời: lẽ ra trước {vn_moment(due)}. Bạn có thể gọi số điện thoại ở cuối trang."
        return f"{filing.reception_agency.name} trả lời bạn trước {vn_moment(due)}."
    if filing.state == FilingState.WRONG_ADDRESSEE:
        return f"Hồ sơ gửi nhầm nơi. Nơi đúng: {filing.right_place}. {'; '.join(filing.reasons)}."
    if filing.state == FilingState.REFUSED:
        return f"Hồ sơ không được tiếp nhận: {'; '.join(filing.reasons)}."
    return str(FilingState(filing.state).label)


def filing_story(told: FilingTracking, at: datetime) -> list[dict[str, Any]]:
    """Moments of a filing: done, now, next."""
    filing = told.filing
    moments: list[dict[str, Any]] = [_done(one) for one in told.milestones]
    if not told.is_open:
        return moments
    if filing.state == FilingState.SUPPLEMENT_ASKED:
        moments.append({"state": "now", "what": "Chờ bạn bổ sung", "by": filing.reception_agency.name})
        moments.append({"state": "next", "what": "Công chức xem phần bổ sung và trả lời"})
    else:
        note = ""
        if filing.alerted_at is None and filing.alert_due_at:
            note = f"Hệ thống báo công chức trước {vn_moment(filing.alert_due_at)}. "
        if filing.answer_due_at:
            note += f"Trả lời bạn trước {vn_moment(filing.answer_due_at)}."
        moments.append(
            {
                "state": "now",
                "what": "Công chức Một cửa xem hồ sơ",
                "by": filing.reception_agency.name,
                "note": note,
            }
        )
    moments += [{"state": "next", "what": f"Bạn nộp bản giấy: {part.name}"} for part in told.on_paper]
    moments.append({"state": "next", "what": "Tiếp nhận, cấp mã hồ sơ và hẹn ngày trả kết quả"})
    moments.append({"state": "next", "what": "Giải quyết", "by": filing.offering.agency.name})
    moments.append(
        {"state": "next", "what": "Bạn nhận kết quả", "by": RETURN_WAYS.get(filing.return_channel, "")}
    )
    return moments


ENDINGS = {
    "FilingRefused", "FilingMisaddressed", "FilingWithdrawn", "DossierStopped", "DossierWithdrawn", "DossierLapsed",
    "LinkedPartStopped",
}  # fmt: skip


def _done(milestone: Milestone) -> dict[str, Any]:
    """What has happened; an end without a result has no tick."""
    return {
        "state": "done",
        "what": milestone.label,
        "by": milestone.by,
        "at": milestone.at,
        "is_ending": milestone.name in ENDINGS,
    }


RETURN_WAYS = {"ONLINE": "Bản điện tử", "COUNTER": "Tại Bộ phận Một cửa", "POST": "Qua bưu chính"}
READY = {"ONLINE": "Bạn nhận bản điện tử", "POST": "Gửi kết quả cho bạn qua bưu chính"}


def _to_bring(awaited: Awaited) -> str:
    """Bạn cần bổ sung 2 giấy tờ trước 17:00 thứ Ba 17/3."""
    until = f" trước {vn_moment(awaited.until)}" if awaited.until else ""
    return f"Bạn cần bổ sung {len(awaited.items)} giấy tờ{until}."


def story(dossier: Tracking, at: datetime, *, returned_by: datetime | None) -> list[dict[str, Any]]:
    """Moments for the timeline: done, now, next. A part of a bundle is returned with the whole of it."""
    moments: list[dict[str, Any]] = [_done(one) for one in dossier.milestones]
    if dossier.is_closed:
        return moments
    moments.append(_now(dossier, at))
    if dossier.state in WAITING:
        moments.append({"state": "next", "what": "Cơ quan giải quyết tiếp hồ sơ, báo ngày hẹn trả mới"})
        return moments
    if dossier.next_step and dossier.state != State.RESULT_READY:
        moments.append({"state": "next", "what": dossier.next_step})
    if dossier.state != State.RESULT_READY:
        way = RETURN_WAYS.get(dossier.return_channel, "")
        moments.append(
            {"state": "next", "what": "Bạn nhận kết quả", "by": way, "note": _promised(returned_by, at)}
        )
    return moments


def _promised(returned_by: datetime | None, at: datetime) -> str:
    if returned_by is None:
        return ""
    moment = vn_moment(returned_by)
    return f"Hẹn trước {moment}" if at <= returned_by else f"Đã quá ngày hẹn {moment}"


def _now(dossier: Tracking, at: datetime) -> dict[str, Any]:
    """Who holds it, since when, until when."""
    if dossier.state == State.CORRECTING:
        return {"state": "now", "what": "Đang sửa kết quả", "by": dossier.agency}
    if dossier.state == State.RESULT_READY:
        what = READY.get(dossier.return_channel, "Chờ bạn đến nhận kết quả")
        return {"state": "now", "what": what, "by": dossier.reception_agency}
    if dossier.awaited:
        asked = f"Hỏi {dossier.awaited.contact} {dossier.awaited.contact_phone}".strip()
        return {
            "state": "now",
            "what": "Chờ bạn bổ sung giấy tờ",
            "by": dossier.reception_agency,
            "note": f"{asked}.",
        }
    if dossier.delivered:
        due = dossier.delivered.answer_due_at
        note = f"Trả lời bạn trước {vn_moment(due)}. " if due else ""
        return {
            "state": "now",
            "what": "Một cửa xem phần bổ sung bạn gửi",
            "by": dossier.reception_agency,
            "note": f"{note}Đủ thì thời hạn tính từ lúc bạn gửi.",
        }
    if dossier.state == State.PAUSED:
        return {
            "state": "now",
            "what": dossier.state.label,
            "by": dossier.agency,
            "note": dossier.pause_reason,
        }
    holder = dossier.holder or ("Chờ phân công" if dossier.state == State.TRANSFERRED else "Chờ nhận việc")
    where = dossier.reception_agency if dossier.state == State.RECEIVED else dossier.agency
    until = ""
    if dossier.step_due_at:
        past = " và đang trễ" if dossier.step_due_at < at else ""
        until = f" Bước này hẹn xong trước {vn_moment(dossier.step_due_at)}{past}."
    return {
        "state": "now",
        "what": dossier.step or dossier.state.label,
        "by": f"{holder}, {where}",
        "note": f"Giữ hồ sơ từ {vn_moment(dossier.held_since)}.{until}",
    }
