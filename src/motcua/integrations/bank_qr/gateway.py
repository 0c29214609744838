"""Kênh chuyển khoản: draws the QR; the bank cannot be asked, it tells by a signed notice or by its statement."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.integrations.bank_qr import emv
from motcua.integrations.payment_platform.adapters import Adapter, whole
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.integrations.payment_platform.transport import is_simulated, secret_of
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
from motcua.service.payments.models import PaymentChannel
from motcua.service.payments.states import Verdict, Way

REFERENCE = re.compile(r"MC\d{12}[2-9A-HJ-NP-Z]{8}")


class BankQr(Adapter):
    """VietQR tới tài khoản của nơi thu. The shape of the bank's notice is ours: no bank's contract was at hand."""

    can_query = False
    description = Description(
        "Chuyển khoản quét mã VietQR",
        Way.TRANSFER,
        (
            Asked("ma_ngan_hang", "Mã ngân hàng", "6 chữ số, ví dụ 970436"),
            Asked("tai_khoan", "Số tài khoản"),
            Asked("ten_tai_khoan", "Tên tài khoản, không dấu"),
            Asked("ten_ngan_hang", "Tên ngân hàng"),
            Asked("endpoint", "Mô phỏng", "Chỉ ở bản minh họa: mo-phong", is_needed=False),
        ),
    )

    def try_out(self, at: datetime) -> Tried:
        """Vẽ mã với số tiền nhỏ nhất; the person scans it and reads the name of the account. Raises GatewayTrouble."""
        secret_of(self.channel)
        words = (
            "Khóa nhận báo có đã đủ. Quét mã này bằng ứng dụng ngân hàng, đọc tên tài khoản, rồi đừng chuyển."
        )
        return Tried(words, self._qr(1_000, "THU KENH"))

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        qr = self._qr(payment.amount, payment.reference)
        if is_simulated(self.channel):
            SimulatedOrder.objects.get_or_create(
                reference=payment.reference,
                defaults={
                    "channel": self.channel, "amount": payment.amount, "words": payment.reference,
                    "return_url": visit.return_url, "callback_url": visit.callback_url,
                },
            )  # fmt: skip
        return Started(qr_payload=qr)

    def _qr(self, amount: int, words: str) -> str:
        bank, account = str(self.details.get("ma_ngan_hang", "")), str(self.details.get("tai_khoan", ""))
        try:
            return emv.payload(emv.Transfer(bank, account, amount, words))
        except emv.Unreadable as fault:
            raise GatewayTrouble("Tài khoản nhận của kênh này chưa đúng.") from fault

    def read(self, given: Mapping[str, Any]) -> Told:
        words = str(given.get("noi_dung") or "")
        return Told(
            reference_in(words) or words[:100] or "khong-noi-dung",
            Verdict.PAID,
            whole(given.get("so_tien")),
            str(given.get("ma_giao_dich") or ""),
            is_authentic=hmac.compare_digest(
                str(given.get("chu_ky") or "").encode(), _signature(self.channel, given).encode()
            ),
        )

    def reply(self, told: Told, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        return {"status": "00" if told.is_authentic else "99"}

    def simulated_notice(self, reference: str, amount: int, transaction: str, fault: str) -> dict[str, Any]:
        """Báo có của ngân hàng mô phỏng, with the fault that was asked for."""
        told = notice(self.channel, reference, amount - 1000 if fault == "AMOUNT" else amount, transaction)
        return {**told, "chu_ky": told["chu_ky"][::-1]} if fault == "CHECKSUM" else told


def reference_in(words: str) -> str:
    """Mã tham chiếu in the words of a transfer, whatever the bank has put around and into it."""
    found = REFERENCE.search(re.sub(r"[^0-9A-Z]", "", words.upper()))
    return found[0] if found else ""


def notice(channel: PaymentChannel, words: str, amount: int, transaction: str) -> dict[str, Any]:
    """Báo có, as the bank would send it."""
    told = {"noi_dung": f"CK {words} nguoi nop", "so_tien": amount, "ma_giao_dich": transaction}
    return {**told, "chu_ky": _signature(channel, told)}


def _signature(channel: PaymentChannel, told: Mapping[str, Any]) -> str:
    words = "|".join(str(told.get(name, "")) for name in ("noi_dung", "so_tien", "ma_giao_dich"))
    return hmac.new(secret_of(channel).encode(), words.encode(), "sha256").hexdigest()
