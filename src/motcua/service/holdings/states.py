"""Đúng quy trình số hóa: where a paper stands on its way to the store, and the table of its lawful moves.

Legal: ND118-2025 Đ17.1, Đ19.2
"""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class State(Labelled):
    """Bước số hóa: in this order, none left out."""

    OPEN = "OPEN", "Đang chụp, quét"
    SCANNED = "SCANNED", "Đã quét, chờ đọc chữ"
    READ = "READ", "Đã đọc chữ, chờ công chức xác nhận"
    CONFIRMED = "CONFIRMED", "Công chức đã xác nhận dữ liệu"
    SIGNED_BY_OFFICER = "SIGNED_BY_OFFICER", "Công chức đã ký số"
    SEALED_BY_AGENCY = "SEALED_BY_AGENCY", "Cơ quan đã ký số"
    AWAITING_HOLDER = "AWAITING_HOLDER", "Xong các bước, chờ định danh chủ giấy tờ"
    KEPT = "KEPT", "Đã vào kho"


class OutOfOrder(DomainError):
    """Không đúng thứ tự số hóa."""


@dataclass(frozen=True)
class Move:
    """Một bước lawful only from the one before it."""

    name: str
    source: State
    target: State

    def apply(self, state: str) -> str:
        """The next state. Raises OutOfOrder."""
        if state != self.source:
            raise OutOfOrder(
                f"Không {self.name} được: giấy tờ đang ở bước “{State(state).label.lower()}”, "
                f"phải qua bước “{self.source.label.lower()}” trước.",
                legal="ND118-2025 Đ19.2",
            )
        return self.target


SCAN = Move("ghép trang", State.OPEN, State.SCANNED)
READ = Move("đọc chữ", State.SCANNED, State.READ)
CONFIRM = Move("xác nhận dữ liệu", State.READ, State.CONFIRMED)
SIGN = Move("ký số", State.CONFIRMED, State.SIGNED_BY_OFFICER)
SEAL = Move("ký số của cơ quan", State.SIGNED_BY_OFFICER, State.SEALED_BY_AGENCY)
KEEP = Move("đưa vào kho", State.SEALED_BY_AGENCY, State.KEPT)
KEEP_UNSIGNED = Move("đưa vào kho khi chưa có chữ ký số", State.CONFIRMED, State.KEPT)
SET_ASIDE = Move("để chờ định danh", State.SEALED_BY_AGENCY, State.AWAITING_HOLDER)
SET_ASIDE_UNSIGNED = Move("để chờ định danh khi chưa có chữ ký số", State.CONFIRMED, State.AWAITING_HOLDER)
IDENTIFY = Move("đưa vào kho", State.AWAITING_HOLDER, State.KEPT)
MOVES = (SCAN, READ, CONFIRM, SIGN, SEAL, KEEP, KEEP_UNSIGNED, SET_ASIDE, SET_ASIDE_UNSIGNED, IDENTIFY)
