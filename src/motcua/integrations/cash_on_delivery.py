"""Thu hộ qua bưu chính: a channel that nobody connects to; the postman takes the money, the carrier's list tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.integrations.payment_platform.adapters import Adapter
from motcua.service.payments.gateways import (
    Asked,
    Description,
    GatewayTrouble,
    Payable,
    Started,
    Told,
    Tried,
    Visit,
)
from motcua.service.payments.states import Way


class CashOnDelivery(Adapter):
    """Bưu chính thu hộ khi phát."""

    can_query = False
    description = Description(
        "Bưu chính thu hộ khi phát",
        Way.POSTAL,
        (Asked("buu_chinh", "Mã đơn vị bưu chính", "Như ở mục Bưu chính, ví dụ VNPOST"),),
        secrets=(),
    )

    def try_out(self, at: datetime) -> Tried:
        return Tried(
            "Kênh này không nối đi đâu. Nhập bảng kê nộp tiền của bưu chính ở Đối soát, Nhập sao kê."
        )

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        raise GatewayTrouble("Khoản này trả cho bưu tá khi phát.")

    def read(self, given: Mapping[str, Any]) -> Told:
        raise GatewayTrouble("Bưu chính không báo tiền qua đường này.")
