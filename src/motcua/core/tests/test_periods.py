from datetime import date

import pytest

from motcua.core.periods import Period

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))


class TestPeriod:
    def test_holds_both_its_ends(self) -> None:
        assert date(2026, 6, 1) in JUNE
        assert date(2026, 6, 30) in JUNE
        assert date(2026, 7, 1) not in JUNE

    def test_without_last_day_never_ends(self) -> None:
        assert date(2099, 1, 1) in Period(date(2026, 1, 1))

    @pytest.mark.parametrize(
        ("other", "common"),
        [
            (Period(date(2026, 6, 30), date(2026, 7, 5)), Period(date(2026, 6, 30), date(2026, 6, 30))),
            (Period(date(2026, 7, 1)), None),
            (Period(date(2020, 1, 1)), JUNE),
            (Period(date(2026, 5, 1), date(2026, 5, 31)), None),
        ],
    )
    def test_intersects(self, other: Period, common: Period | None) -> None:
        assert JUNE.intersection(other) == common == other.intersection(JUNE)
        assert JUNE.overlaps(other) is (common is not None)

    def test_cannot_end_before_it_begins(self) -> None:
        with pytest.raises(ValueError, match="cannot end"):
            Period(date(2026, 6, 2), date(2026, 6, 1))

    def test_of_a_month_knows_leap_years_and_december(self) -> None:
        assert Period.of_month(2028, 2).last == date(2028, 2, 29)
        assert Period.of_month(2026, 12) == Period(date(2026, 12, 1), date(2026, 12, 31))
        assert len(list(Period.of_year(2026).days())) == 365
