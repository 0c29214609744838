"""The papers of the way, and the number that each bears in the set of forms of a legal regime.

A new circular is a new line of `SETS`. Legal: TT03-2025 PL, TT01-2018 PL
"""

from __future__ import annotations

from collections.abc import Mapping

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError
from motcua.service.paperwork import facts


class Form(Labelled):
    """Biểu mẫu: the papers of the way."""

    RECEIPT = "RECEIPT", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    SUPPLEMENT = "SUPPLEMENT", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
    REFUSAL = "REFUSAL", "Phiếu từ chối giải quyết hồ sơ"
    APOLOGY = "APOLOGY", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    STOP = "STOP", "Thông báo dừng giải quyết hồ sơ"
    CONTROL_SHEET = "CONTROL_SHEET", "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    REGISTER = "REGISTER", "Sổ theo dõi hồ sơ"
    BATCH_RECEIPT = "BATCH_RECEIPT", "Giấy tiếp nhận nhiều hồ sơ và hẹn trả kết quả"
    PROCESS_REPORT = "PROCESS_REPORT", "Phiếu quá trình xử lý hồ sơ"
    HAND_OVER = "HAND_OVER", "Danh sách bàn giao hồ sơ"
    RESULT_LIST = "RESULT_LIST", "Danh sách bàn giao kết quả"
    RETURN_SLIP = "RETURN_SLIP", "Phiếu trả kết quả"
    PAPER_SLIP = "PAPER_SLIP", "Phiếu giao hồ sơ giấy"
    FEE_RECEIPT = "FEE_RECEIPT", "Biên lai thu phí, lệ phí"


class NoSuchForm(DomainError):
    """Bộ biểu mẫu không có mẫu này."""


FACTS: Mapping[Form, type[facts.Facts]] = {
    Form.RECEIPT: facts.Receipt,
    Form.SUPPLEMENT: facts.Supplement,
    Form.REFUSAL: facts.Refusal,
    Form.APOLOGY: facts.Apology,
    Form.STOP: facts.Stop,
    Form.CONTROL_SHEET: facts.ControlSheet,
    Form.REGISTER: facts.Register,
    Form.BATCH_RECEIPT: facts.BatchReceipt,
    Form.PROCESS_REPORT: facts.ProcessReport,
    Form.HAND_OVER: facts.HandOverList,
    Form.RESULT_LIST: facts.ResultList,
    Form.RETURN_SLIP: facts.ReturnSlip,
    Form.PAPER_SLIP: facts.PaperSlip,
    Form.FEE_RECEIPT: facts.FeeReceipt,
}

CURRENT = "TT03-2025"
OLD = "TT01-2018"

SETS: Mapping[str, Mapping[Form, str]] = {
    CURRENT: {
        Form.RECEIPT: "01",
        Form.SUPPLEMENT: "02",
        Form.REFUSAL: "03",
        Form.APOLOGY: "04",
        Form.STOP: "05",
        Form.CONTROL_SHEET: "06",
        Form.REGISTER: "07",
    },
    OLD: {
        Form.RECEIPT: "01",
        Form.SUPPLEMENT: "02",
        Form.REFUSAL: "03",
        Form.APOLOGY: "04",
        Form.CONTROL_SHEET: "05",
        Form.REGISTER: "06",
    },
}
SET_NAMES: Mapping[str, str] = {
    CURRENT: "Bộ mẫu Thông tư 03/2025/TT-VPCP",
    OLD: "Bộ mẫu Thông tư 01/2018/TT-VPCP",
}


def sample_of(form: Form, forms: str = CURRENT) -> str:
    """The words "Mẫu số 01" that the paper bears; "" for a paper that the set does not prescribe. Raises NoSuchForm."""
    if forms not in SETS:
        raise NoSuchForm(f"Không có bộ biểu mẫu “{forms}”. Hãy chọn một bộ khác: {', '.join(SETS)}.")
    number = SETS[forms].get(form)
    return f"Mẫu số {number}" if number else ""
