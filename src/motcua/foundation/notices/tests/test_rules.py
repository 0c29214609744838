"""The arithmetic of notices: tables alone, no database."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from motcua.core.time import VIETNAM
from motcua.foundation.notices.rules import (
    Quiet,
    affordable,
    fill,
    order,
    plain,
    quiet_until,
    segments,
    unknown_places,
)

NIGHT = Quiet(time(21), time(7))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (on(6, 20, 59), None),
        (on(6, 21), on(7, 7)),
        (on(6, 23, 59), on(7, 7)),
        (on(7, 0), on(7, 7)),
        (on(7, 6, 59), on(7, 7)),
        (on(7, 7), None),
        (on(31, 22), datetime(2026, 4, 1, 7, tzinfo=VIETNAM)),
    ],
)
def test_the_night_ends_in_the_morning(at, until):
    assert quiet_until(at, NIGHT) == until


def test_noon_may_be_quiet_too_and_the_same_hour_twice_is_never():
    assert quiet_until(on(6, 12, 30), Quiet(time(12), time(13))) == on(6, 13)
    assert quiet_until(on(6, 12), Quiet(time(12), time(12))) is None
    assert quiet_until(on(6, 23), None) is None


@pytest.mark.parametrize(
    ("text", "alphabet", "count"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("[" * 80, "GSM-7", 1),
        ("[" * 81, "GSM-7", 2),
        ("ồ" * 70, "UCS-2", 1),
        ("ồ" * 71, "UCS-2", 2),
        ("ồ" * 134, "UCS-2", 2),
        ("\U0001f600" * 35, "UCS-2", 1),
        ("\U0001f600" * 36, "UCS-2", 2),
    ],
)
def test_segments_are_what_the_network_bills(text, alphabet, count):
    found = segments(text)
    assert (found.alphabet, found.count) == (alphabet, count)


def test_without_marks_every_vietnamese_letter_is_cheap():
    assert plain("Hồ sơ “Đất đai” đã đủ – mời nhận…") == 'Ho so "Dat dai" da du - moi nhan.'
    assert segments(plain("ẮẰẲẴẶỚỜỞỠỢỨỪỬỮỰđĐýỷỹ")).alphabet == "GSM-7"


def test_the_wish_comes_first_where_the_rule_has_it():
    assert order(["ZALO", "SMS", "EMAIL"], "EMAIL", {"EMAIL", "SMS", "ZALO"}) == ["EMAIL", "ZALO", "SMS"]
    assert order(["ZALO", "EMAIL"], "SMS", {"SMS", "ZALO"}) == ["ZALO"]
    assert order(["ZALO", "SMS", "EMAIL"], "", {"EMAIL"}) == ["EMAIL"]


def test_money_holds_back_what_is_not_urgent():
    costs = [("ZALO", 200), ("SMS", 800), ("EMAIL", 0)]
    assert affordable(costs, 300, is_urgent=False) == ["ZALO", "EMAIL"]
    assert affordable(costs, 0, is_urgent=False) == ["EMAIL"]
    assert affordable(costs, 0, is_urgent=True) == ["ZALO", "SMS", "EMAIL"]
    assert affordable(costs, None, is_urgent=False) == ["ZALO", "SMS", "EMAIL"]


def test_only_known_places_are_filled():
    assert fill("{ma_so}: {noi_dung}", {"ma_so": "H1", "noi_dung": "{x}"}) == "H1: {x}"
    assert unknown_places("{ma_so} {ten}") == ["ten"]
    assert unknown_places("{ma_so} {tieu_de}") == []
