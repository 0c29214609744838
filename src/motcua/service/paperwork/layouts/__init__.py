"""Bố cục: how each form lays its facts out, as a neutral sheet; the one place where its words stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from motcua.service.paperwork.facts import Facts
from motcua.service.paperwork.layouts import control, lists, money, notices, receipts, registers
from motcua.service.paperwork.layouts.parts import Style
from motcua.service.paperwork.registry import CURRENT, Form, sample_of
from motcua.service.paperwork.sheet import Sheet

LAYOUTS: Mapping[Form, Callable[[Any, Style], Sheet]] = {
    Form.RECEIPT: receipts.receipt,
    Form.BATCH_RECEIPT: receipts.batch_receipt,
    Form.SUPPLEMENT: notices.supplement,
    Form.REFUSAL: notices.refusal,
    Form.APOLOGY: notices.apology,
    Form.STOP: notices.stop,
    Form.CONTROL_SHEET: control.control_sheet,
    Form.PROCESS_REPORT: control.process_report,
    Form.REGISTER: registers.register,
    Form.HAND_OVER: lists.hand_over,
    Form.RESULT_LIST: lists.result_list,
    Form.RETURN_SLIP: notices.return_slip,
    Form.PAPER_SLIP: lists.paper_slip,
    Form.FEE_RECEIPT: money.fee_receipt,
}


def lay_out(form: Form, facts: Facts, forms: str = CURRENT) -> Sheet:
    """Bố cục của biểu mẫu, in the words of the set. Raises NoSuchForm."""
    return LAYOUTS[form](facts, Style(forms=forms, sample=sample_of(form, forms)))
