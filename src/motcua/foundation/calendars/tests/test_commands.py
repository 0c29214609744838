import json

import pytest
from click.testing import CliRunner, Result
from django.db import DatabaseError

from motcua.foundation.calendars import loading
from motcua.foundation.calendars.commands import clock


def ask(*words: str) -> Result:
    return CliRunner().invoke(clock, ["due", *words])


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(loading, "_current", refuse)


class TestDue:
    def test_answers_without_a_database(self) -> None:
        result = ask("2026-02-13T15:01", "3", "working-day", "--regime", "ND118")

        assert result.exit_code == 0
        assert "17:00 ngày 25/02/2026" in result.output
        assert "Nghỉ lễ: Tết Nguyên Đán" in result.output

    def test_answers_in_json(self) -> None:
        answer = json.loads(ask("2026-02-13T15:01", "3", "working-day", "--regime", "nđ118", "--json").output)

        assert answer["due_at"] == "2026-02-25T17:00:00+07:00"
        assert answer["due_on"] == "2026-02-25"
        assert answer["regime"] == "ND118"
        assert answer["transfer_due_at"] == "2026-02-23T07:30:00+07:00"
        assert sum(line["counted"] for line in answer["explanation"]) == 3

    @pytest.mark.parametrize(
        ("unit", "number", "due_on"),
        [("working-day", "1,5", "2026-03-04"), ("day", "15", "2026-03-17"), ("hour", "8", "2026-03-03"),
         ("month", "6", "2026-09-03")],
    )  # fmt: skip
    def test_knows_every_unit(self, unit: str, number: str, due_on: str) -> None:
        assert json.loads(ask("2026-03-02T08:00", number, unit, "--json").output)["due_on"] == due_on

    def test_reads_an_instant_of_another_zone(self) -> None:
        assert json.loads(ask("2026-03-02T01:00+00:00", "8", "hour", "--json").output)["received_at"] == (
            "2026-03-02T08:00:00+07:00"
        )

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("2026-02-31T08:00", "3", "day"), "không phải thời điểm"),
            (("2026-03-02T08:00", "ba", "day"), "không phải số"),
            (("2026-03-02T08:00", "0", "day"), "lớn hơn 0"),
            (("2026-03-02T08:00", "3", "day", "--regime", "ND999"), "Hãy chọn một trong: ND61"),
            (("9999-03-02T08:00", "3", "day"), "nằm ngoài lịch"),
        ],
    )
    def test_refuses_in_one_sentence(self, words: tuple[str, ...], sentence: str) -> None:
        result = ask(*words)

        assert result.exit_code != 0
        assert sentence in result.output
