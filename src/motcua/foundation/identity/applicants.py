"""Keys by which an applicant is found: they must be the same wherever a number, a phone or a tax code is typed."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from stdnum.vn import mst

from motcua.foundation.identity.sealing import keyed_hash


def number_key(number: str) -> str:
    """Khóa tìm số định danh: the keyed hash of its digits."""
    return keyed_hash(
        "".join(character for character in number if character.isdigit()), use="personal-number"
    )


@lru_cache(maxsize=256)
def read_phone(text: str) -> phonenumbers.PhoneNumber | None:
    """Số điện thoại như đã đọc; None: unreadable. One press looks at the same number several times."""
    try:
        return phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None


def phone_key(text: str) -> str:
    """Điện thoại ở một dạng duy nhất, "0912345678"; a foreign one as "+8613…". Unreadable text comes back tidied."""
    number = read_phone(text)
    if number is None:
        return "".join(text.split())[:20]
    if number.country_code == 84:
        return f"0{phonenumbers.national_significant_number(number)}"[:20]
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:20]


def tax_key(text: str) -> str:
    """Mã số thuế ở một dạng duy nhất: "0100233488" or "0100233488-001"."""
    digits = str(mst.compact(text))
    return (f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits)[:14]
