"""Người nộp hồ sơ mẫu: made-up people and firms with numbers that have the right shape."""

from __future__ import annotations

from itertools import count
from random import Random

from stdnum.vn import mst

from motcua.demo.province import COMMUNES, FAMILY, GIVEN, PROVINCE_CODE
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput

WOMEN = ("Thị", "Thu", "Ngọc", "Thanh", "Hồng", "Thị Thu", "Thị Minh")
MEN = ("Văn", "Minh", "Quốc", "Đức", "Hữu", "Xuân", "Công")
STREETS = (
    "Thôn Đông",
    "Thôn Đoài",
    "Đường Nguyễn Văn Linh",
    "Đường Bãi Sậy",
    "Tổ dân phố 3",
    "Xóm Mới",
    "Đường Tô Hiệu",
)
TRADES = ("Thương mại", "Xây dựng", "Nông sản", "Vận tải", "May mặc", "Cơ khí")


def a_person(chance: Random) -> ApplicantInput:
    """Một công dân: name, personal number whose century and sex digit fits, phone, address."""
    is_woman = chance.random() < 0.5
    year = chance.randint(1950, 2006)
    century = (0 if year < 2000 else 2) + (1 if is_woman else 0)
    number = f"033{century}{year % 100:02d}{chance.randint(1, 999999):06d}"
    return ApplicantInput(
        name=" ".join(
            (chance.choice(FAMILY), chance.choice(WOMEN if is_woman else MEN), chance.choice(GIVEN))
        ),
        personal_number=number,
        phone=f"09{chance.randint(10_000_000, 89_999_999)}",
        email=f"cong-dan-{number[-6:]}@vidu.vn" if int(number) % 3 == 0 else "",  # one in three has left one
        birth=str(year),
        **_address(chance),
    )


def a_firm(chance: Random) -> ApplicantInput:
    """Một doanh nghiệp: name, tax code with its check digit, phone, address."""
    codes = (f"09{chance.randint(10_000_000, 99_999_999)}" for _ in count())
    return ApplicantInput(
        kind=Applicant.Kind.ORGANISATION,
        name=f"Công ty TNHH {chance.choice(TRADES)} {chance.choice(GIVEN)} {chance.choice(GIVEN)}",
        tax_code=next(code for code in codes if mst.is_valid(code)),
        phone=f"02213{chance.randint(500_000, 899_999)}",
        **_address(chance),
    )


def _address(chance: Random) -> dict[str, str]:
    return {
        "street": f"Số {chance.randint(1, 220)}, {chance.choice(STREETS)}",
        "ward_code": chance.choice(COMMUNES),
        "province_code": PROVINCE_CODE,
    }
