"""Điều được và không được: how often and until when the law lets the agency ask, wait and extend."""

from __future__ import annotations

from datetime import datetime, timedelta

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.answering import AnyCalendar
from motcua.foundation.calendars.clock.facts import Limit, Regime, Unit
from motcua.foundation.calendars.clock.rulers import ruler_for
from motcua.foundation.calendars.clock.tracking import Track


class SupplementAskedTooOften(DomainError):
    """Đã yêu cầu bổ sung đủ số lần."""


class SupplementAskedTooLate(DomainError):
    """Quá hạn thông báo bổ sung."""


class AnsweredTooLate(DomainError):
    """Quá hạn bổ sung."""


class ExtendedTooOften(DomainError):
    """Đã hẹn lại đủ số lần."""


class ExtendedTooLate(DomainError):
    """Quá hạn gửi thư xin lỗi."""


class NotAfterDue(DomainError):
    """Ngày hẹn lại phải sau ngày hẹn cũ."""


def notice_due(received_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime | None:
    """Hạn thông báo bổ sung, counted from the agency's reception. Legal: ND118-2025 Đ19.5"""
    if regime.supplement_notice_days is None:
        return None
    day = received_at.astimezone(VIETNAM).toordinal()
    return calendar.compiled.nth_close(day, regime.supplement_notice_days)


def silence_ends(notice_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime | None:
    """Hạn chờ bổ sung: the dossier is closed after it. Legal: ND118-2025 Đ19.5; BLDS-2015 Đ148.5"""
    if regime.supplement_silence_days is None:
        return None
    ruler = ruler_for(notice_at, Limit(regime.supplement_silence_days, Unit.DAY), calendar.compiled, regime)
    return ruler.moment(ruler.target)


def apology_due(due_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime:
    """Hạn gửi thư xin lỗi: the close of the last working day that is early enough. Legal: ND118-2025 Đ19.6"""
    last_day = due_at.astimezone(VIETNAM).date() - timedelta(days=regime.apology_lead_days)
    return calendar.compiled.close_before(last_day)


def check_supplement_request(
    track: Track, agency_received_at: datetime, calendar: AnyCalendar, regime: Regime, *, at: datetime
) -> None:
    """Raises SupplementAskedTooOften, SupplementAskedTooLate. Legal: ND118-2025 Đ16.3, Đ19.5"""
    if regime.max_supplements is not None and track.supplements >= regime.max_supplements:
        raise SupplementAskedTooOften(
            f"Đã yêu cầu bổ sung {track.supplements} lần; chỉ được yêu cầu {regime.max_supplements} lần. "
            "Hãy giải quyết theo hồ sơ đang có hoặc trả lời từ chối có lý do.",
            legal="ND118-2025 Đ19.5",
        )
    last = notice_due(agency_received_at, calendar, regime)
    if last is not None and at > last:
        raise SupplementAskedTooLate(
            f"Thông báo bổ sung phải gửi trước {last:%H:%M ngày %d/%m/%Y} "
            f"({regime.supplement_notice_days} ngày làm việc kể từ khi cơ quan nhận hồ sơ). "
            "Hãy giải quyết theo hồ sơ đang có, hoặc trình từ chối giải quyết có lý do.",
            legal="ND118-2025 Đ19.5",
        )


def check_supplement_answer(
    notice_at: datetime, calendar: AnyCalendar, regime: Regime, *, at: datetime
) -> None:
    """Raises AnsweredTooLate: the dossier should have been closed. Legal: ND118-2025 Đ19.5"""
    last = silence_ends(notice_at, calendar, regime)
    if last is not None and at.astimezone(VIETNAM).date() > last.date():
        raise AnsweredTooLate(
            f"Đã quá {regime.supplement_silence_days} ngày kể từ khi yêu cầu bổ sung (hết ngày {last:%d/%m/%Y}). "
            "Hãy đóng hồ sơ này và hướng dẫn nộp hồ sơ mới.",
            legal="ND118-2025 Đ19.5",
        )


def check_extension(track: Track, due_at: datetime, regime: Regime, *, at: datetime, until: datetime) -> None:
    """Raises ExtendedTooOften, ExtendedTooLate, NotAfterDue. Legal: ND118-2025 Đ19.6"""
    if regime.max_extensions is not None and track.extensions >= regime.max_extensions:
        raise ExtendedTooOften(
            f"Hồ sơ đã được hẹn lại; pháp luật chỉ cho hẹn lại {regime.max_extensions} lần.",
            legal="ND118-2025 Đ19.6",
        )
    last_day = due_at.astimezone(VIETNAM).date() - timedelta(days=regime.apology_lead_days)
    if at.astimezone(VIETNAM).date() > last_day:
        raise ExtendedTooLate(
            f"Thư xin lỗi và ngày hẹn lại phải gửi chậm nhất ngày {last_day:%d/%m/%Y}, "
            f"trước ngày hẹn trả ít nhất {regime.apology_lead_days} ngày.",
            legal="ND118-2025 Đ19.6",
        )
    if until <= due_at:
        raise NotAfterDue("Ngày hẹn lại phải sau ngày hẹn trả hiện nay. Hãy chọn lại ngày.", field="until")
