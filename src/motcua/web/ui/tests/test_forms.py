from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.http import QueryDict

from motcua.core.errors import InvalidInput
from motcua.core.time import VIETNAM
from motcua.web.ui.forms import Form, Reader


def reader(**typed: str) -> Reader:
    made = QueryDict(mutable=True)
    made.update(typed)
    return Reader(made)


class TestReader:
    @pytest.mark.parametrize(
        "typed", ["26/11/2026", "26-11-2026", "26.11.2026", "26112026", "2026-11-26", " 26/11/2026 "]
    )
    def test_reads_a_day_as_people_type_it(self, typed: str) -> None:
        assert reader(day=typed).day("day") == date(2026, 11, 26)

    @pytest.mark.parametrize("typed", ["32/11/2026", "29/02/2026", "hôm nay", "11/2026", "26/11/26"])
    def test_refuses_what_is_no_day(self, typed: str) -> None:
        asked = reader(day=typed)
        assert asked.day("day") is None
        assert typed in asked.errors["day"]

    @pytest.mark.parametrize(
        ("typed", "read"), [("15:01", time(15, 1)), ("15h01", time(15, 1)), ("7", time(7)), ("7h", time(7))]
    )
    def test_reads_an_hour(self, typed: str, read: time) -> None:
        assert reader(at=typed).time("at") == read

    def test_refuses_what_is_no_hour(self) -> None:
        asked = reader(at="25:00")
        assert asked.time("at") is None
        assert asked.errors

    def test_puts_day_and_hour_together_in_vietnam(self) -> None:
        found = reader(day="13/02/2026", at="15:01").moment("day", "at")
        assert found == datetime(2026, 2, 13, 15, 1, tzinfo=VIETNAM)

    @pytest.mark.parametrize(
        ("typed", "read"), [("1,5", Decimal("1.5")), ("0.5", Decimal("0.5")), ("3", Decimal(3))]
    )
    def test_reads_a_number_with_comma_or_dot(self, typed: str, read: Decimal) -> None:
        assert reader(n=typed).number("n") == read

    @pytest.mark.parametrize("typed", ["NaN", "Infinity", "3 ngày", "1e999999", "-"])
    def test_refuses_what_is_no_number(self, typed: str) -> None:
        asked = reader(n=typed)
        asked.number("n", most=1000)
        assert "n" in asked.errors

    @pytest.mark.parametrize(("typed", "read"), [("150.000", 150_000), ("150 000 đ", 150_000), ("0", 0)])
    def test_reads_money(self, typed: str, read: int) -> None:
        assert reader(fee=typed).money("fee") == read

    def test_tidies_names_and_keeps_paragraphs(self) -> None:
        asked = reader(name="  Nguyễn   Thị\u00a0Ánh ", note=" một\n\nhai ")
        assert asked.text("name") == "Nguyễn Thị Ánh"
        assert asked.paragraph("note") == "một\n\nhai"

    def test_refuses_choices_that_were_not_given(self) -> None:
        asked = reader(kind="OTHER")
        assert not asked.choice("kind", ["PERSON"])
        assert asked.errors

    def test_says_every_refusal_at_once(self) -> None:
        asked = reader(born="x")
        asked.text("name", required="Hãy nhập họ tên.")
        asked.day("born")
        with pytest.raises(InvalidInput) as refusal:
            asked.check()
        assert set(refusal.value.errors) == {"name", "born"}


class TestForm:
    def test_shows_what_was_typed_before_the_default(self) -> None:
        assert Form().value("name", "Ánh") == "Ánh"
        assert Form({"name": ""}).value("name", "Ánh") == ""

    def test_shows_a_box_as_it_was_left(self) -> None:
        assert Form().is_ticked("agree", default=True)
        assert not Form({}).is_ticked("agree", default=True)

    def test_shows_all_that_was_ticked(self) -> None:
        assert Form(QueryDict("p=a&p=b")).values("p") == ["a", "b"]
