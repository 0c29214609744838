"""Đồng hồ: decides every date of the system, purely: from facts to an answer with its explanation.

It reads neither the system's time nor the database. `due` gives the appointment and why; `replay` folds the marks of
a dossier; `index_verdict` is the other clock, that of QĐ 766. Screens always name which of the two they show.
Legal: BLDS-2015 Đ147, Đ148; ND118-2025 Đ17–20; ND61-2018; QD766-2022
"""

from motcua.foundation.calendars.clock.answering import Answer, due, due_at, paper_due, start_of, transfer_due
from motcua.foundation.calendars.clock.checking import (
    AnsweredTooLate,
    ExtendedTooLate,
    ExtendedTooOften,
    NotAfterDue,
    SupplementAskedTooLate,
    SupplementAskedTooOften,
    apology_due,
    check_extension,
    check_supplement_answer,
    check_supplement_request,
    notice_due,
    silence_ends,
)
from motcua.foundation.calendars.clock.compiled import (
    CompiledCalendar,
    OutsideCalendar,
    add_working_minutes,
    compiled,
    working_minutes_between,
)
from motcua.foundation.calendars.clock.explaining import Line
from motcua.foundation.calendars.clock.facts import (
    OFFICE_HOURS,
    OFFICE_WEEK,
    EndMoment,
    Happening,
    Limit,
    Mark,
    Regime,
    Session,
    SupplementRule,
    Unit,
)
from motcua.foundation.calendars.clock.indexing import IndexVerdict, index_verdict
from motcua.foundation.calendars.clock.measuring import Pace, Spent, spent, state_of
from motcua.foundation.calendars.clock.tracking import Track, replay
from motcua.foundation.calendars.clock.weeks import DayKind, ShortDay, WeekHours, WorkCalendar, WorkDay

__all__ = [
    "OFFICE_HOURS",
    "OFFICE_WEEK",
    "Answer",
    "AnsweredTooLate",
    "CompiledCalendar",
    "DayKind",
    "EndMoment",
    "ExtendedTooLate",
    "ExtendedTooOften",
    "Happening",
    "IndexVerdict",
    "Limit",
    "Line",
    "Mark",
    "NotAfterDue",
    "OutsideCalendar",
    "Pace",
    "Regime",
    "Session",
    "ShortDay",
    "Spent",
    "SupplementAskedTooLate",
    "SupplementAskedTooOften",
    "SupplementRule",
    "Track",
    "Unit",
    "WeekHours",
    "WorkCalendar",
    "WorkDay",
    "add_working_minutes",
    "apology_due",
    "check_extension",
    "check_supplement_answer",
    "check_supplement_request",
    "compiled",
    "due",
    "due_at",
    "index_verdict",
    "notice_due",
    "paper_due",
    "replay",
    "silence_ends",
    "spent",
    "start_of",
    "state_of",
    "transfer_due",
    "working_minutes_between",
]
