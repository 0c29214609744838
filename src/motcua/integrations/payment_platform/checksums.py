"""Mã xác thực: what each platform signs, and how. Pure.

Observed in running clients, not read in an official text: what is not sure is a setting of the channel.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

INIT_FIELDS = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan", "MaThietBi",
    "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip",
)  # fmt: skip
CALLBACK_FIELDS = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD",
    "ThongTinGiaoDich",
)  # fmt: skip
QUERY_FIELDS = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
KEYPAY_PAY = ("addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version")
KEYPAY_QUERY = ("client_id", "command", "transaction_id")
KEYPAY_REFUND = ("amount", "client_id", "command", "reason", "transaction_id")


def platform(message: Mapping[str, Any], fields: Sequence[str], secret: str) -> str:
    """MaXacThuc: SHA-256 of the fields and the secret, joined by a bar."""
    return sha256("|".join([*_texts(message, fields), secret]).encode()).hexdigest()


def keypay(message: Mapping[str, Any], fields: Sequence[str], key: str) -> str:
    """check_sum of KeyPay 3: HMAC-SHA-256 of the fields joined by a bar."""
    return hmac.new(key.encode(), "|".join(_texts(message, fields)).encode(), "sha256").hexdigest()


def paygov(secret: str, *parts: object) -> str:
    """Checksum of PayGov: SHA-256 of the secret and the parts, one after the other."""
    return sha256("".join([secret, *map(str, parts)]).encode()).hexdigest()


def viettelpay(hash_key: str, access_code: str, *parts: object) -> str:
    """check_sum of ViettelPay QR: base64 of HMAC-SHA-1."""
    words = "".join([access_code, *map(str, parts)]).encode()
    return base64.b64encode(hmac.new(hash_key.encode(), words, "sha1").digest()).decode()


def same(given: object, expected: str) -> bool:
    """Compared in constant time; hex may come in capitals."""
    text = str(given or "")
    folded = text.lower() if len(expected) == 64 else text
    return hmac.compare_digest(folded.encode(), expected.encode())


def _texts(message: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    return ["" if message.get(name) is None else str(message[name]) for name in fields]
