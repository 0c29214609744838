"""What may be written of a person or an organisation. Each check gives the tidy value or a sentence by its field."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from stdnum.exceptions import ValidationError as NumberFault
from stdnum.vn import mst

from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.foundation.identity import places
from motcua.foundation.identity.applicants import phone_key, read_phone, tax_key

NAME_LIMIT = 200
FIRST_PROVINCE, LAST_PROVINCE = 1, 96
OLDEST = 1900
DAY_FORM = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
ISO_FORM = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def person_name(text: str, *, field: str = "name") -> str:
    """Họ tên: 2 letters at least, 200 characters at most, composed (NFC); letters, blanks, ' ’ - . only."""
    name = _bounded(text, field, "Họ và tên")
    if any(character.isdigit() for character in name):
        raise DomainError("Họ và tên không có chữ số.", field=field)
    if strange := {one for one in name if not (_is_letter(one) or one in " '’ʼ-.")}:
        raise DomainError(f"Họ và tên có ký tự không dùng được: {' '.join(sorted(strange))}", field=field)
    return name


def organisation_name(text: str, *, field: str = "name") -> str:
    """Tên tổ chức: 2 letters at least, 200 characters at most."""
    name = _bounded(text, field, "Tên tổ chức")
    if any(unicodedata.category(one).startswith("C") for one in name):
        raise DomainError("Tên tổ chức có ký tự không in được.", field=field)
    return name


def personal_number(
    text: str, *, on: date, birth_year: int | None = None, field: str = "personal_number"
) -> str:
    """Số định danh cá nhân: 12 digits: province of birth, century and sex, year, six more.

    Checked for structure only; `birth_year`, when known, must agree. Legal: ND70-2024
    """
    number = re.sub(r"[\s.\-]", "", text)
    if not number:
        raise DomainError("Hãy nhập số định danh cá nhân, gồm 12 chữ số.", field=field)
    if not number.isascii() or not number.isdigit():
        raise DomainError("Số định danh cá nhân chỉ gồm chữ số.", field=field)
    if len(number) != 12:
        raise DomainError(f"Số định danh cá nhân có đúng 12 chữ số; bạn vừa nhập {len(number)}.", field=field)
    if not FIRST_PROVINCE <= int(number[:3]) <= LAST_PROVINCE:
        raise DomainError(
            f"Ba số đầu ({number[:3]}) không phải mã tỉnh nơi đăng ký khai sinh (001 đến 096).", field=field
        )
    born = OLDEST + int(number[3]) // 2 * 100 + int(number[4:6])
    if born > on.year:
        raise DomainError(
            f"Số thứ tư đến thứ sáu ({number[3:6]}) cho năm sinh {born}, ở tương lai. Hãy kiểm tra lại.",
            field=field,
        )
    if birth_year and birth_year != born:
        raise DomainError(
            f"Số định danh cho năm sinh {born}, khác với năm sinh đã nhập ({birth_year}). Hãy kiểm tra lại.",
            field=field,
        )
    return number


def tax_code(text: str, *, field: str = "tax_code") -> str:
    """Mã số thuế 10 số, hoặc 13 số của đơn vị phụ thuộc, with a right check digit."""
    try:
        mst.validate(text)
    except NumberFault as fault:
        raise DomainError(
            "Mã số thuế chưa đúng: cần 10 số (hoặc 13 số), số cuối là số kiểm tra. Hãy so lại với giấy chứng nhận.",
            field=field,
        ) from fault
    return tax_key(text)


def phone(text: str, *, field: str = "phone") -> str:
    """Số điện thoại Việt Nam, or a foreign one that begins with +."""
    number = read_phone(text)
    if number is None or not phonenumbers.is_valid_number(number):
        raise DomainError("Số điện thoại chưa đúng. Ví dụ đúng: 0912 345 678.", field=field)
    return phone_key(text)


def email(text: str, *, field: str = "email") -> str:
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise DomainError("Thư điện tử chưa đúng. Ví dụ đúng: ten@coquan.vn.", field=field) from fault
    return address


def birth(text: str, *, on: date, field: str = "birth") -> tuple[date | None, int | None]:
    """Ngày sinh "31/12/1990", or the year alone "1990": (day, year)."""
    written = text.strip()
    if re.fullmatch(r"\d{4}", written):
        year = int(written)
        _living_year(year, on, field)
        return None, year
    day = calendar_day(written, field=field)
    _living_year(day.year, on, field)
    if day > on:
        raise DomainError("Ngày sinh ở tương lai. Hãy kiểm tra lại.", field=field)
    return day, day.year


def calendar_day(text: str, *, field: str) -> date:
    """A day as people write it, 05/03/1990; 31/02 is refused in words."""
    written = text.strip()
    if match := DAY_FORM.fullmatch(written):
        day, month, year = (int(part) for part in match.groups())
    elif match := ISO_FORM.fullmatch(written):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise DomainError("Hãy ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/03/1990.", field=field)
    try:
        return date(year, month, day)
    except ValueError as fault:
        raise DomainError(f"Không có ngày {day:02d}/{month:02d}/{year} trong lịch.", field=field) from fault


def place(province_code: str, ward_code: str) -> None:
    """The commune must exist today and lie in the province."""
    if province_code and places.province(province_code) is None:
        raise DomainError("Tỉnh, thành phố này không có trong danh mục hiện nay.", field="province_code")
    if not ward_code:
        return
    found = places.ward(ward_code)
    if found is None:
        raise DomainError("Xã, phường này không có trong danh mục hiện nay.", field="ward_code")
    if found.province_code != province_code:
        raise DomainError(f"{found.name} không thuộc tỉnh, thành phố đã chọn.", field="ward_code")


def short(text: str, limit: int, *, field: str, label: str) -> str:
    """Any line of text, tidied, at most `limit` characters."""
    line = tidy(text)
    if len(line) > limit:
        raise DomainError(f"{label} dài tối đa {limit} ký tự; bạn vừa nhập {len(line)}.", field=field)
    return line


def _bounded(text: str, field: str, label: str) -> str:
    name = tidy(text)
    if not name:
        raise DomainError(f"Hãy nhập {label[0].lower()}{label[1:]}.", field=field)
    if sum(_is_letter(one) for one in name) < 2:
        raise DomainError(f"{label} cần ít nhất 2 chữ cái.", field=field)
    if len(name) > NAME_LIMIT:
        raise DomainError(f"{label} dài tối đa {NAME_LIMIT} ký tự; bạn vừa nhập {len(name)}.", field=field)
    return name


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"


def _living_year(year: int, on: date, field: str) -> None:
    if not OLDEST <= year <= on.year:
        raise DomainError(f"Năm sinh phải từ {OLDEST} đến {on.year}.", field=field)
