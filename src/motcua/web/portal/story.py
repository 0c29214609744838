"""Câu chuyện của một hồ sơ, as its applicant reads it: what is done, who holds it now, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.foundation.calendars.clock import state_of
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tracking import Tracking
from motcua.web.ui.wording import vn_moment


@dataclass(frozen=True)
class Standing:
    """Tình hình chung: the state of the promise and one sentence."""

    state: str
    due_at: datetime | None
    sentence: str


def standing(dossier: Tracking, at: datetime) -> Standing:
    """How the promise stands at `at`, in one sentence."""
    ended_at = dossier.finished_at or dossier.returned_at
    if ended_at is None:
        state = state_of(dossier.due_at, at)
        sentence = {
            "OVERDUE": "Hồ sơ của bạn đang trễ hẹn. Bạn có thể gọi Bộ phận Một cửa để được trả lời lý do.",
            "NO_PROMISE": "Thủ tục này không quy định thời hạn bằng số.",
        }.get(state, "")
        return Standing(state, dossier.due_at, sentence)
    is_late = dossier.due_at is not None and ended_at > dossier.due_at
    if dossier.returned_at:
        sentence = f"Kết quả đã trả lúc {vn_moment(dossier.returned_at)}."
    else:
        sentence = f"Đã có kết quả. Mời bạn mang giấy hẹn và giấy tờ tùy thân đến {dossier.reception_agency} để nhận."
    return Standing("DONE_LATE" if is_late else "DONE_ON_TIME", dossier.due_at, sentence)


def story(dossier: Tracking) -> list[dict[str, Any]]:
    """Moments for the timeline: done, now, next."""
    moments: list[dict[str, Any]] = [
        {"state": "done", "what": milestone.label, "by": milestone.by, "at": milestone.at}
        for milestone in dossier.milestones
    ]
    if dossier.is_closed:
        return moments
    moments.append(_now(dossier))
    if dossier.next_step and dossier.state != State.RESULT_READY:
        moments.append({"state": "next", "what": dossier.next_step})
    if dossier.state != State.RESULT_READY:
        due = f"Hẹn trước {vn_moment(dossier.due_at)}" if dossier.due_at else ""
        moments.append({"state": "next", "what": "Bạn nhận kết quả", "note": due})
    return moments


def _now(dossier: Tracking) -> dict[str, Any]:
    """Who holds it, since when, until when."""
    if dossier.state == State.RESULT_READY:
        return {"state": "now", "what": "Chờ bạn đến nhận kết quả", "by": dossier.reception_agency}
    holder = dossier.holder or ("Chờ phân công" if dossier.state == State.TRANSFERRED else "Chờ nhận việc")
    where = dossier.reception_agency if dossier.state == State.RECEIVED else dossier.agency
    until = f" Bước này làm xong trước {vn_moment(dossier.step_due_at)}." if dossier.step_due_at else ""
    return {
        "state": "now",
        "what": dossier.step or dossier.state.label,
        "by": f"{holder}, {where}",
        "note": f"Giữ hồ sơ từ {vn_moment(dossier.held_since)}.{until}",
    }
