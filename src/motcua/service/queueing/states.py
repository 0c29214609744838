"""Trạng thái của số thứ tự và của lịch hẹn, with the table of lawful moves, as data."""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class TicketState(Labelled):
    """Trạng thái của số thứ tự."""

    WAITING = "WAITING", "Đang chờ"
    TRANSFERRED = "TRANSFERRED", "Chuyển tiếp, đang chờ"
    CALLED = "CALLED", "Đã gọi"
    SERVING = "SERVING", "Đang phục vụ"
    DONE = "DONE", "Đã xong"
    MISSED = "MISSED", "Gọi vắng mặt"
    LEFT = "LEFT", "Không chờ nữa"


IN_LINE = frozenset({TicketState.WAITING, TicketState.TRANSFERRED})
AT_DESK = frozenset({TicketState.CALLED, TicketState.SERVING})


class AppointmentState(Labelled):
    """Trạng thái của lịch hẹn."""

    BOOKED = "BOOKED", "Đã đặt"
    CANCELLED = "CANCELLED", "Đã hủy"
    CHECKED_IN = "CHECKED_IN", "Đã đến, đã lấy số"


class IllegalTicketMove(DomainError):
    """Việc không hợp lệ với số này: the table of moves has no such line."""


@dataclass(frozen=True)
class TicketMove:
    """Việc làm với một số: where it may start, where it ends."""

    name: str
    sources: frozenset[TicketState]
    target: TicketState

    def apply(self, code: str, current: str) -> TicketState:
        """The state after the move. Raises IllegalTicketMove with a sentence that says why not."""
        state = TicketState(current)
        if state not in self.sources:
            raise IllegalTicketMove(
                f"Không thể {self.name} số {code} vì số này đang ở trạng thái “{state.label}”. "
                "Hãy tải lại trang để xem hàng chờ hiện tại."
            )
        return self.target


S = TicketState
CALL = TicketMove("gọi", IN_LINE, S.CALLED)
CALL_AGAIN = TicketMove("gọi lại", frozenset({S.CALLED}), S.CALLED)
START = TicketMove("bắt đầu phục vụ", frozenset({S.CALLED}), S.SERVING)
FINISH = TicketMove("kết thúc", frozenset({S.SERVING}), S.DONE)
MISS = TicketMove("ghi vắng", frozenset({S.CALLED}), S.MISSED)
RECALL = TicketMove("mời lại", frozenset({S.MISSED}), S.CALLED)
LEAVE = TicketMove("bỏ", IN_LINE | {S.MISSED}, S.LEFT)
SEND_ON = TicketMove("chuyển", IN_LINE | AT_DESK, S.TRANSFERRED)
MOVES = (CALL, CALL_AGAIN, START, FINISH, MISS, RECALL, LEAVE, SEND_ON)
