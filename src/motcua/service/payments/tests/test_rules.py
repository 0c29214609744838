"""How much is to be paid: tables of cases, no database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.errors import DomainError
from motcua.service.payments.rules import Exemption, NotComputable, Rule, charge, part

POOR = Exemption("HO_NGHEO", "hộ nghèo", 100)
CHILD = Exemption("TRE_EM", "trẻ em", 50)


class TestCharge:
    # ruff: noqa: E501  rows of a table
    @pytest.mark.parametrize(
        ("rule", "given", "amount", "reason"),
        [
            (Rule("FEE", "Phí", 0), {}, 0, "Không thu phí"),
            (Rule("FEE", "Phí", 50_000), {}, 50_000, "Mức thu cố định"),
            (Rule("FEE", "Phí", 50_000), {"quantity": 3}, 50_000, "Mức thu cố định"),
            (Rule("FEE", "Phí", 2_000, "trang"), {"quantity": 7}, 14_000, "7 trang × 2.000 đồng"),
            (Rule("FEE", "Phí", 2_000, "trang", least=10_000), {"quantity": 2}, 10_000, "2 trang × 2.000 đồng, tối thiểu 10.000 đồng"),
            (Rule("FEE", "Phí", 2_000, "trang", most=20_000), {"quantity": 90}, 20_000, "90 trang × 2.000 đồng, tối đa 20.000 đồng"),
            (Rule("FEE", "Phí", 50_000, online_percent_off=50), {"is_online": True}, 25_000, "giảm 50 % khi nộp trực tuyến"),
            (Rule("FEE", "Phí", 50_000, online_percent_off=50), {}, 50_000, "Mức thu cố định"),
            (Rule("FEE", "Phí", 50_000, online_percent_off=100), {"is_online": True}, 0, "miễn khi nộp trực tuyến"),
            (Rule("FEE", "Phí", 50_000, exemptions=(POOR, CHILD)), {"groups": ["TRE_EM", "HO_NGHEO"]}, 0, "Được miễn: hộ nghèo"),
            (Rule("FEE", "Phí", 50_000, exemptions=(POOR, CHILD)), {"groups": ["TRE_EM"]}, 25_000, "giảm 50 % (trẻ em)"),
            (Rule("FEE", "Phí", 50_000, exemptions=(POOR,)), {"groups": ["KHAC"]}, 50_000, "Mức thu cố định"),
        ],
    )  # fmt: skip
    def test_says_how_much_and_why(self, rule, given, amount, reason):
        found = charge(rule, **given)
        assert (found.amount, found.reason) == (amount, reason)

    def test_guesses_nothing(self):
        with pytest.raises(NotComputable, match="chưa cố định"):
            charge(Rule("FEE", "Phí", None))
        with pytest.raises(DomainError, match="từ 1"):
            charge(Rule("FEE", "Phí", 10, "bản"), quantity=0)

    @given(st.integers(0, 10**9), st.integers(0, 100), st.integers(0, 100))
    def test_is_whole_and_never_more_than_the_whole(self, amount, off, online):
        rule = Rule(
            "FEE", "Phí", amount, online_percent_off=online, exemptions=(Exemption("A", "a", max(off, 1)),)
        )
        found = charge(rule, groups=["A"], is_online=True).amount
        assert isinstance(found, int)
        assert 0 <= found <= amount

    def test_rounds_half_a_dong_up(self):
        assert [part(5, 50), part(1, 50), part(3, 33)] == [3, 1, 1]
