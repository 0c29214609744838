"""Nguồn điền sẵn: the facts that may stand in a field before anybody has typed, and what the page says of each."""

from __future__ import annotations

TYPED = "TYPED"
SOURCES: dict[str, str] = {
    "account.name": "lấy từ tài khoản của bạn",
    "account.personal_number": "lấy từ tài khoản của bạn",
    "account.born_on": "lấy từ tài khoản của bạn",
    "account.gender": "lấy từ tài khoản của bạn",
    "account.phone": "lấy từ tài khoản của bạn",
    "account.email": "lấy từ tài khoản của bạn",
    "account.address": "lấy từ tài khoản của bạn",
    "account.tax_code": "lấy từ tài khoản của tổ chức",
    "account.organisation": "lấy từ tài khoản của tổ chức",
    "population.name": "lấy từ dữ liệu dân cư",
    "population.address": "lấy từ dữ liệu dân cư",
    "offering.agency": "nơi bạn chọn nộp",
}

FACTS: dict[str, str] = {  # what each is, for who draws up a form
    "account.name": "Họ và tên trong tài khoản",
    "account.personal_number": "Số định danh trong tài khoản",
    "account.born_on": "Ngày sinh trong tài khoản",
    "account.gender": "Giới tính trong tài khoản",
    "account.phone": "Điện thoại trong tài khoản",
    "account.email": "Thư điện tử trong tài khoản",
    "account.address": "Nơi ở trong tài khoản",
    "account.tax_code": "Mã số thuế của tổ chức",
    "account.organisation": "Tên tổ chức",
    "population.name": "Họ và tên trong dữ liệu dân cư",
    "population.address": "Nơi ở trong dữ liệu dân cư",
    "offering.agency": "Cơ quan người dân chọn nộp",
}


def alike(source: str) -> list[str]:
    """Các nguồn mà trang nói bằng cùng một lời."""
    return [key for key, words in SOURCES.items() if words == said(source)] or [source]


def said(source: str) -> str:
    """Lấy từ đâu, in words; "" for what was typed."""
    return SOURCES.get(source, "")
