"""Bưu chính của tỉnh mẫu: two carriers, both simulated; their prices and codes are made up for the demo."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from motcua.foundation.identity import places
from motcua.service.postal.operations.setting import COLUMNS, import_codes, set_carrier, set_price, set_status

STATUSES = {"VNPOST": {"1": "NOTED", "3": "IN_TRANSIT", "5": "FAILED", "6": "RETURNED"}}
CARRIERS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "VNPOST",
        {
            "name": "VNPost (mô phỏng)", "dialect": "vnpost", "price_way": "ASKED", "promise_days": 2, "most_tries": 3,
            "details": {"endpoint": "mo-phong", "customer_code": "TINHMAU"},
        },
    ),
    (
        "VIETTEL",
        {
            "name": "Viettel Post (mô phỏng)", "dialect": "viettel_post", "price_way": "ASKED", "promise_days": 3,
            "most_tries": 2, "details": {"endpoint": "mo-phong", "customer_id": 1, "group_address": 1, "service": "VCN"},
        },
    ),
)  # fmt: skip
PRICES = ((True, 500, 22_000), (True, 2_000, 30_000), (False, 500, 31_000), (False, 2_000, 45_000))


def found(*, at: datetime, valid_from: date) -> None:
    """Đặt hai đơn vị bưu chính mô phỏng."""
    codes = "\n".join(
        [",".join(COLUMNS), *(f"{one.code},,{one.code},{one.code}00," for one in places.provinces())]
    )
    for code, given in CARRIERS:
        carrier = set_carrier(
            code=code,
            decide_within_days=3,
            otherwise="RETURN",
            valid_from=valid_from,
            by=None,
            at=at,
            **given,
        )
        for status, meaning in STATUSES.get(code, {}).items():
            set_status(
                carrier_id=carrier.pk, status=status, meaning=meaning, valid_from=valid_from, by=None, at=at
            )
        import_codes(carrier_id=carrier.pk, text=codes, valid_from=valid_from, by=None, at=at)
        for is_local, up_to_grams, amount in PRICES:
            set_price(
                carrier_id=carrier.pk, is_local=is_local, up_to_grams=up_to_grams, amount=amount, valid_from=valid_from,
                by=None, at=at,
            )  # fmt: skip
