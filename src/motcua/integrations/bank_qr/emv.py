"""VietQR: fields as tag, length, value; a CRC-16 at the end. Pure."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from motcua.core.text import fold

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
VIETNAM, DONG = "VN", "704"
LONGEST_MEMO = 25


class Unreadable(ValueError):
    """Không phải mã VietQR, or its CRC is wrong."""


@dataclass(frozen=True)
class Transfer:
    """Lệnh chuyển: to which account of which bank (six digits of NAPAS), how much, with which words."""

    bank: str
    account: str
    amount: int
    memo: str


def payload(transfer: Transfer) -> str:
    """Nội dung mã QR of one transfer; the words keep only letters and figures that every bank takes."""
    if not (transfer.bank.isdecimal() and len(transfer.bank) == 6):
        raise Unreadable("Mã ngân hàng gồm 6 chữ số.")
    if not (transfer.account.isascii() and transfer.account.isalnum() and len(transfer.account) <= 19):
        raise Unreadable("Số tài khoản chỉ gồm chữ và số, tối đa 19 ký tự.")
    if transfer.amount <= 0:
        raise Unreadable("Số tiền phải lớn hơn 0.")
    beneficiary = _field("00", transfer.bank) + _field("01", transfer.account)
    merchant = _field("00", NAPAS) + _field("01", beneficiary) + _field("02", TO_ACCOUNT)
    body = "".join(
        (
            _field("00", "01"),
            _field("01", "12"),
            _field("38", merchant),
            _field("53", DONG),
            _field("54", str(transfer.amount)),
            _field("58", VIETNAM),
            _field("62", _field("08", memo(transfer.memo))),
            "6304",
        )
    )
    return f"{body}{crc(body)}"


def read(text: str) -> Transfer:
    """Đọc ngược một mã VietQR. Raises Unreadable."""
    if len(text) < 8 or text[-8:-4] != "6304" or crc(text[:-4]) != text[-4:].upper():
        raise Unreadable("Mã kiểm tra không đúng.")
    top = fields(text)
    merchant = fields(top.get("38", ""))
    beneficiary = fields(merchant.get("01", ""))
    if merchant.get("00") != NAPAS or top.get("53") != DONG:
        raise Unreadable("Không phải mã chuyển khoản VietQR.")
    try:
        amount = int(top.get("54", "0"))
    except ValueError:
        raise Unreadable("Số tiền không đọc được.") from None
    return Transfer(
        beneficiary.get("00", ""), beneficiary.get("01", ""), amount, fields(top.get("62", "")).get("08", "")
    )


def fields(text: str) -> dict[str, str]:
    """Tag to value of one level. Raises Unreadable."""
    found, place = {}, 0
    while place < len(text):
        tag, size = text[place : place + 2], text[place + 2 : place + 4]
        if not (size.isdecimal() and size.isascii()) or place + 4 + int(size) > len(text):
            raise Unreadable("Độ dài không đúng.")
        found[tag] = text[place + 4 : place + 4 + int(size)]
        place += 4 + int(size)
    return found


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE, four capital hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def memo(words: str) -> str:
    """Nội dung chuyển khoản: capitals, figures and blanks, as banks keep them."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in fold(words))
    return " ".join(kept.upper().split())[:LONGEST_MEMO]


def _field(tag: str, value: str) -> str:
    if len(value) > 99:
        raise Unreadable(f"Trường {tag} quá dài.")
    return f"{tag}{len(value):02d}{value}"
