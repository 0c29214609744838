from __future__ import annotations

from datetime import date

import pytest

from motcua.service.holdings.validity import Rule, Validity, months_later, validity_of

ISSUED, PRINTED = date(2026, 8, 31), date(2026, 12, 31)


class TestValidityOf:
    @pytest.mark.parametrize(
        ("rule", "issued_on", "printed", "answer"),
        [
            (Rule(), None, None, Validity(None)),
            (Rule(), ISSUED, PRINTED, Validity(PRINTED)),
            (Rule("MONTHS", 6), ISSUED, None, Validity(date(2027, 2, 28))),
            (Rule("MONTHS", 6), ISSUED, PRINTED, Validity(PRINTED)),
            (Rule("MONTHS", 6), None, None, Validity(None, "ngày cấp")),
            (Rule("PRINTED"), ISSUED, PRINTED, Validity(PRINTED)),
            (Rule("PRINTED"), ISSUED, None, Validity(None, "ngày hết hạn ghi trên giấy")),
        ],
    )
    def test_follows_the_rule_of_the_type(self, rule, issued_on, printed, answer):
        assert validity_of(rule, issued_on=issued_on, printed_until=printed) == answer

    def test_a_month_that_is_too_short_ends_on_its_last_day(self):
        assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
        assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
