"""Trạng thái hồ sơ: the states of a dossier and the table of its lawful moves, as data.

Legal: ND118-2025 Đ17, Đ18, Đ19, Đ22
"""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class State(Labelled):
    """Trạng thái: where a dossier stands."""

    RECEIVED = "RECEIVED", "Đã tiếp nhận"
    TRANSFERRED = "TRANSFERRED", "Đã chuyển, chờ thụ lý"
    IN_WORK = "IN_WORK", "Đang giải quyết"
    CONSULTING = "CONSULTING", "Đang lấy ý kiến"
    DECIDED = "DECIDED", "Đã thẩm định, trình ký"
    SIGNED = "SIGNED", "Đã ký kết quả"
    RESULT_READY = "RESULT_READY", "Có kết quả tại Một cửa"
    RETURNED = "RETURNED", "Đã trả kết quả"


OPEN = frozenset(
    {State.RECEIVED, State.TRANSFERRED, State.IN_WORK, State.CONSULTING, State.DECIDED, State.SIGNED}
)
FINISHED = frozenset({State.RESULT_READY, State.RETURNED})  # the clock has stopped: there is a result
CLOSED = frozenset({State.RETURNED})


class IllegalMove(DomainError):
    """Bước chuyển không hợp lệ: the table of moves has no such line."""


@dataclass(frozen=True)
class Move:
    """Bước chuyển: one lawful move, where it may start, where it ends, and the rule behind it."""

    name: str
    sources: frozenset[State]
    target: State
    legal: str = ""

    def apply(self, current: str) -> State:
        """The state after the move. Raises IllegalMove with a sentence that says why not."""
        state = State(current)
        if state not in self.sources:
            wanted = " hoặc ".join(f"“{source.label}”" for source in State if source in self.sources)
            raise IllegalMove(
                f"Không thể {self.name} khi hồ sơ ở trạng thái “{state.label}”. Việc này chỉ làm được khi hồ sơ ở "
                f"trạng thái {wanted}. Hãy tải lại trang để xem bước hiện tại.",
                legal=self.legal,
            )
        return self.target

    def is_lawful_from(self, current: str) -> bool:
        return State(current) in self.sources


TRANSFER = Move("chuyển hồ sơ", frozenset({State.RECEIVED}), State.TRANSFERRED, "ND118-2025 Đ18")
ASSIGN = Move(
    "phân công thụ lý", frozenset({State.TRANSFERRED, State.IN_WORK}), State.IN_WORK, "ND118-2025 Đ19.1"
)
CONSULT = Move(
    "lấy ý kiến", frozenset({State.IN_WORK, State.CONSULTING}), State.CONSULTING, "ND118-2025 Đ19.4"
)
HEAR = Move("ghi nhận ý kiến", frozenset({State.CONSULTING}), State.IN_WORK, "ND118-2025 Đ19.4")
PROPOSE = Move("trình kết quả thẩm định", frozenset({State.IN_WORK}), State.DECIDED, "ND118-2025 Đ19.2")
REVIEW = Move("xem xét hồ sơ trình", frozenset({State.DECIDED}), State.DECIDED, "ND118-2025 Đ19.2")
SEND_BACK = Move("trả lại bước thẩm định", frozenset({State.DECIDED}), State.IN_WORK, "ND118-2025 Đ19.2")
SIGN = Move("ký kết quả", frozenset({State.DECIDED}), State.SIGNED, "ND118-2025 Đ22.1")
ISSUE = Move("phát hành kết quả", frozenset({State.SIGNED}), State.RESULT_READY, "ND118-2025 Đ22.1")
RETURN = Move("trả kết quả", frozenset({State.RESULT_READY}), State.RETURNED, "ND118-2025 Đ22.3")

MOVES = (TRANSFER, ASSIGN, CONSULT, HEAR, PROPOSE, REVIEW, SEND_BACK, SIGN, ISSUE, RETURN)
