"""Which template prints a form, by the set of forms of the legal regime. A new circular is a new folder and a line here.

Legal: TT03-2025 PL, TT01-2018 PL
"""

from __future__ import annotations

from collections.abc import Mapping

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class Form(Labelled):
    """Biểu mẫu: the papers of the way."""

    RECEIPT = "RECEIPT", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    REFUSAL = "REFUSAL", "Phiếu từ chối giải quyết hồ sơ"
    CONTROL_SHEET = "CONTROL_SHEET", "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    REGISTER = "REGISTER", "Sổ theo dõi hồ sơ"
    HAND_OVER = "HAND_OVER", "Danh sách bàn giao hồ sơ"
    RETURN_SLIP = "RETURN_SLIP", "Phiếu trả kết quả"


class NoSuchForm(DomainError):
    """Bộ biểu mẫu không có mẫu này."""


CURRENT = "TT03-2025"

SETS: Mapping[str, Mapping[Form, str]] = {
    "TT03-2025": {
        Form.RECEIPT: "tt03_2025/01_receipt.typ",
        Form.REFUSAL: "tt03_2025/03_refusal.typ",
        Form.CONTROL_SHEET: "tt03_2025/06_control_sheet.typ",
        Form.REGISTER: "tt03_2025/07_register.typ",
        Form.HAND_OVER: "tt03_2025/hand_over.typ",
        Form.RETURN_SLIP: "tt03_2025/return_slip.typ",
    },
    "TT01-2018": {
        Form.RECEIPT: "tt01_2018/01_receipt.typ",
        Form.REFUSAL: "tt01_2018/03_refusal.typ",
        Form.CONTROL_SHEET: "tt01_2018/05_control_sheet.typ",
        Form.REGISTER: "tt01_2018/06_register.typ",
        Form.HAND_OVER: "tt01_2018/hand_over.typ",
        Form.RETURN_SLIP: "tt01_2018/return_slip.typ",
    },
}


def template_of(form: Form, forms: str = CURRENT) -> str:
    """The template's path below `typst/`. Raises NoSuchForm."""
    try:
        return SETS[forms][form]
    except KeyError:
        raise NoSuchForm(
            f"Bộ biểu mẫu “{forms}” không có “{form.label}”. Hãy chọn một bộ khác: {', '.join(SETS)}."
        ) from None
