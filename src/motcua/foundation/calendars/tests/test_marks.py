"""What supplements, pauses and extensions do, under the old law and the new."""

from datetime import datetime

import pytest

from motcua.core.time import VIETNAM
from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    AnsweredTooLate,
    ExtendedTooLate,
    ExtendedTooOften,
    Happening,
    Limit,
    Mark,
    NotAfterDue,
    SupplementAskedTooLate,
    SupplementAskedTooOften,
    Track,
    Unit,
    apology_due,
    check_extension,
    check_supplement_answer,
    check_supplement_request,
    due,
    index_verdict,
    notice_due,
    replay,
    silence_ends,
)

CALENDAR = seeds.national_calendar()
ND61, ND118, ND309 = seeds.REGIMES
FIVE = Limit(5, Unit.WORKING_DAY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def supplemented(asked: str, answered: str) -> list[Mark]:
    return [
        Mark(Happening.SUPPLEMENT_REQUESTED, at(asked)),
        Mark(Happening.SUPPLEMENT_COMPLETED, at(answered)),
    ]


class TestSupplement:
    def test_stops_the_clock_while_it_is_awaited(self) -> None:
        answer = due(
            at("2026-03-02T08:00"),
            FIVE,
            CALENDAR,
            ND118,
            events=supplemented("2026-03-03T09:00", "2026-03-05T09:00")[:1],
        )

        assert answer.due_at is None
        assert answer.is_paused
        assert "đang dừng" in answer.explanation[-1].reason

    def test_starts_again_from_zero_under_the_new_law(self) -> None:
        marks = supplemented("2026-03-03T09:00", "2026-03-05T09:00")

        answer = due(at("2026-03-02T08:00"), FIVE, CALENDAR, ND118, events=marks)

        assert answer.due_at == at("2026-03-12T17:00")
        assert answer.start_at == at("2026-03-05T09:00")
        assert any("tính lại từ đầu" in line.reason for line in answer.explanation)

    def test_only_waits_under_the_old_law(self) -> None:
        # Tuesday is used; Wednesday and Thursday are waited for; Friday, Monday, Tuesday and Wednesday are left.
        marks = supplemented("2025-03-04T17:00", "2025-03-06T17:00")

        answer = due(at("2025-03-03T08:00"), FIVE, CALENDAR, ND61, events=marks)

        assert answer.due_at == at("2025-03-12T17:00")
        assert any("Chờ bổ sung" in line.reason for line in answer.explanation)

    def test_keeps_the_law_of_its_reception(self) -> None:
        # Received on the last day of the old law, asked and answered under the new one.
        marks = supplemented("2025-07-01T17:00", "2025-07-03T17:00")
        regime = seeds.regime_on(at("2025-06-30T08:00").date())

        assert due(at("2025-06-30T08:00"), FIVE, CALENDAR, regime, events=marks).due_at == at(
            "2025-07-09T17:00"
        )
        assert due(at("2025-06-30T08:00"), FIVE, CALENDAR, ND118, events=marks).due_at == at(
            "2025-07-10T17:00"
        )

    @pytest.mark.parametrize("asked", ["2026-03-03T09:00", "2026-03-05T17:00"])
    def test_may_be_asked_until_the_third_day(self, asked: str) -> None:
        check_supplement_request(
            Track(at("2026-03-02T08:00")), at("2026-03-02T08:00"), CALENDAR, ND118, at=at(asked)
        )

        assert notice_due(at("2026-03-02T08:00"), CALENDAR, ND118) == at("2026-03-05T17:00")

    @pytest.mark.parametrize("asked", ["2026-03-05T17:01", "2026-03-06T08:00"])
    def test_may_not_be_asked_on_the_fourth(self, asked: str) -> None:
        with pytest.raises(SupplementAskedTooLate, match="17:00 ngày 05/03/2026"):
            check_supplement_request(
                Track(at("2026-03-02T08:00")), at("2026-03-02T08:00"), CALENDAR, ND118, at=at(asked)
            )

    def test_may_be_asked_once(self) -> None:
        track = replay(at("2026-03-02T08:00"), supplemented("2026-03-03T09:00", "2026-03-04T09:00"), ND118)

        with pytest.raises(SupplementAskedTooOften, match="1 lần"):
            check_supplement_request(
                track, at("2026-03-04T09:00"), CALENDAR, ND118, at=at("2026-03-05T09:00")
            )

    def test_is_awaited_for_fifteen_days(self) -> None:
        asked = at("2026-03-03T09:00")
        assert silence_ends(asked, CALENDAR, ND118) == at("2026-03-18T17:00")

        check_supplement_answer(asked, CALENDAR, ND118, at=at("2026-03-18T22:00"))
        with pytest.raises(AnsweredTooLate, match="18/03/2026"):
            check_supplement_answer(asked, CALENDAR, ND118, at=at("2026-03-19T08:00"))


class TestFinancialObligation:
    def test_is_not_counted(self) -> None:
        marks = [
            Mark(Happening.PAUSED, at("2026-03-03T17:00")),
            Mark(Happening.RESUMED, at("2026-03-05T17:00")),
        ]

        answer = due(at("2026-03-02T08:00"), FIVE, CALENDAR, ND118, events=marks)

        assert answer.due_at == at("2026-03-11T17:00")
        assert sum(line.counted for line in answer.explanation) == 5

    def test_of_days_moves_the_end_by_the_days_waited(self) -> None:
        marks = [
            Mark(Happening.PAUSED, at("2026-03-03T00:00")),
            Mark(Happening.RESUMED, at("2026-03-06T00:00")),
        ]

        answer = due(at("2026-03-02T08:00"), Limit(10, Unit.DAY), CALENDAR, ND118, events=marks)

        assert answer.due_at == at("2026-03-16T17:00")  # 12 + 3 is a Sunday


class TestBoundaryFree:
    def test_counts_from_the_competent_agency(self) -> None:
        received = Mark(Happening.AGENCY_RECEIVED, at("2026-08-11T10:00"))

        waiting = due(at("2026-08-10T08:00"), FIVE, CALENDAR, ND309, boundary_free=True)
        arrived = due(at("2026-08-10T08:00"), FIVE, CALENDAR, ND309, boundary_free=True, events=[received])

        assert waiting.is_provisional
        assert waiting.due_at == at("2026-08-17T17:00")
        assert not arrived.is_provisional
        assert arrived.due_at == at("2026-08-18T17:00")


class TestExtension:
    EXTENDED = Mark(Happening.EXTENDED, at("2026-03-06T09:00"), until=at("2026-03-12T17:00"))

    def test_moves_the_lawful_date_and_keeps_the_first(self) -> None:
        answer = due(at("2026-03-02T08:00"), FIVE, CALENDAR, ND118, events=[self.EXTENDED])

        assert answer.due_at == at("2026-03-12T17:00")
        assert answer.first_due_at == at("2026-03-09T17:00")
        assert "thư xin lỗi" in answer.explanation[-1].reason

    def test_is_moved_itself_by_what_is_paused_later(self) -> None:
        marks = [
            self.EXTENDED,
            Mark(Happening.PAUSED, at("2026-03-09T17:00")),
            Mark(Happening.RESUMED, at("2026-03-10T17:00")),
        ]

        assert due(at("2026-03-02T08:00"), FIVE, CALENDAR, ND118, events=marks).due_at == at(
            "2026-03-13T17:00"
        )

    def test_is_asked_a_day_before_and_once(self) -> None:
        track, promise = Track(at("2026-03-02T08:00")), at("2026-03-09T17:00")
        until = at("2026-03-12T17:00")

        check_extension(track, promise, ND118, at=at("2026-03-08T16:00"), until=until)
        assert apology_due(promise, CALENDAR, ND118) == at("2026-03-06T17:00")
        with pytest.raises(ExtendedTooLate, match="08/03/2026"):
            check_extension(track, promise, ND118, at=at("2026-03-09T08:00"), until=until)
        with pytest.raises(NotAfterDue):
            check_extension(track, promise, ND118, at=at("2026-03-06T08:00"), until=promise)
        with pytest.raises(ExtendedTooOften):
            check_extension(
                track.after(self.EXTENDED, ND118), until, ND118, at=at("2026-03-10T08:00"), until=until
            )


class TestIndexClock:
    APPOINTMENT = at("2026-03-09T17:00")

    def judge(self, *marks: Mark, appointment: datetime | None = APPOINTMENT, limit: Limit = FIVE):
        return index_verdict(
            at("2026-03-02T08:00"),
            appointment,
            marks,
            period_end=at("2026-03-31T23:59"),
            longest_limit=limit,
            calendar=CALENDAR,
            regime=ND118,
        )

    def test_prefers_the_decision_to_the_return(self) -> None:
        verdict = self.judge(
            Mark(Happening.RETURNED, at("2026-03-12T09:00")), Mark(Happening.DECIDED, at("2026-03-09T16:00"))
        )

        assert verdict.is_on_time
        assert verdict.end_at == at("2026-03-09T16:00")

    def test_takes_the_supplement_out(self) -> None:
        marks = [
            *supplemented("2026-03-04T09:00", "2026-03-06T09:00"),
            Mark(Happening.DECIDED, at("2026-03-11T16:00")),
        ]

        verdict = self.judge(*marks)

        assert verdict.is_on_time
        assert verdict.end_at == at("2026-03-09T16:00")
        assert due(at("2026-03-02T08:00"), FIVE, CALENDAR, ND118, events=marks).due_at == at(
            "2026-03-13T17:00"
        )

    def test_ends_at_the_request_while_the_citizen_is_away(self) -> None:
        verdict = self.judge(Mark(Happening.SUPPLEMENT_REQUESTED, at("2026-03-04T09:00")))

        assert verdict.is_on_time
        assert verdict.end_at == at("2026-03-04T09:00")

    def test_holds_two_requests_without_an_end_for_overdue(self) -> None:
        again = Mark(Happening.SUPPLEMENT_REQUESTED, at("2026-03-09T09:00"))
        marks = [*supplemented("2026-03-04T09:00", "2026-03-06T09:00"), again]

        assert self.judge(*marks).is_on_time is False
        assert self.judge(*marks, Mark(Happening.STOPPED, at("2026-03-10T09:00"))).is_on_time

    def test_uses_the_longest_limit_without_an_appointment(self) -> None:
        decided = Mark(Happening.DECIDED, at("2026-03-10T09:00"))

        assert self.judge(decided, appointment=None).is_on_time is False
        assert self.judge(decided, appointment=None, limit=Limit(10, Unit.WORKING_DAY)).is_on_time
        assert self.judge(decided, appointment=None, limit=Limit(None, Unit.NONE)).is_on_time is None

    def test_judges_what_has_not_ended_at_the_end_of_the_period(self) -> None:
        verdict = self.judge()

        assert verdict.is_on_time is False
        assert verdict.end_at == at("2026-03-31T23:59")
