"""Trạng thái của bưu gửi, with the table of lawful moves, as data."""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class ShipmentState(Labelled):
    """Trạng thái của bưu gửi."""

    ORDERED = "ORDERED", "Đã đặt, chờ giao bưu chính"
    HANDED_OVER = "HANDED_OVER", "Đã giao bưu chính"
    IN_TRANSIT = "IN_TRANSIT", "Đang trên đường"
    DELIVERED = "DELIVERED", "Đã phát"
    FAILED = "FAILED", "Phát không thành công"
    REDELIVER = "REDELIVER", "Chờ phát lại"
    RETURNING = "RETURNING", "Đang chuyển hoàn"
    RETURNED = "RETURNED", "Đã hoàn về nơi gửi"
    CANCELLED = "CANCELLED", "Đã hủy"


S = ShipmentState
ON_THE_WAY = frozenset({S.HANDED_OVER, S.IN_TRANSIT, S.REDELIVER, S.RETURNING})
LIVE = ON_THE_WAY | {S.ORDERED, S.FAILED}


class Direction(Labelled):
    """Chiều gửi."""

    RETURN = "RETURN", "Trả kết quả"
    COLLECT = "COLLECT", "Nhận hồ sơ giấy"
    COPY = "COPY", "Gửi bản giấy của kết quả"


class Meaning(Labelled):
    """Ý nghĩa của tin bưu chính: what a status of a carrier says in our words.

    NOTED, STOPPED and UNKNOWN move nothing: the counter asks about what the carrier has stopped, and what nobody has
    explained is shown as it came.
    """

    NOTED = "NOTED", "Ghi nhận"
    IN_TRANSIT = "IN_TRANSIT", "Đang chuyển"
    DELIVERED = "DELIVERED", "Đã phát"
    FAILED = "FAILED", "Phát không thành công"
    RETURNING = "RETURNING", "Đang chuyển hoàn"
    RETURNED = "RETURNED", "Đã hoàn"
    STOPPED = "STOPPED", "Bưu chính dừng"
    UNKNOWN = "UNKNOWN", "Chưa rõ nghĩa"


OVERTAKEN = frozenset({Meaning.IN_TRANSIT, Meaning.FAILED, Meaning.RETURNING})  # what a later word makes old


class Otherwise(Labelled):
    """Quá hạn quyết định thì: what happens to a failed parcel of which nobody has decided."""

    RETURN = "RETURN", "Tự chuyển hoàn"
    WAIT = "WAIT", "Chờ, nhắc ở quầy"


class IllegalShipmentMove(DomainError):
    """Việc không hợp lệ với bưu gửi này: the table of moves has no such line."""


@dataclass(frozen=True)
class ShipmentMove:
    """Việc làm với một bưu gửi: where it may start, where it ends."""

    name: str
    sources: frozenset[ShipmentState]
    target: ShipmentState

    def apply(self, code: str, current: str) -> ShipmentState:
        """The state after the move. Raises IllegalShipmentMove with a sentence that says why not."""
        if not self.is_lawful_from(current):
            raise IllegalShipmentMove(
                f"Không thể {self.name} bưu gửi {code} khi đang ở trạng thái “{ShipmentState(current).label}”. "
                "Hãy tải lại trang để xem tình trạng hiện tại."
            )
        return self.target

    def is_lawful_from(self, current: str) -> bool:
        return ShipmentState(current) in self.sources


CARRIED = frozenset({S.ORDERED, S.HANDED_OVER, S.IN_TRANSIT, S.REDELIVER})
HAND_OVER = ShipmentMove("giao bưu chính", frozenset({S.ORDERED}), S.HANDED_OVER)
CARRY = ShipmentMove("ghi đang chuyển", CARRIED, S.IN_TRANSIT)
DELIVER = ShipmentMove("ghi đã phát", CARRIED | {S.FAILED}, S.DELIVERED)
FAIL = ShipmentMove("ghi phát không thành công", CARRIED - {S.ORDERED}, S.FAILED)
TRY_AGAIN = ShipmentMove("yêu cầu phát lại", frozenset({S.FAILED}), S.REDELIVER)
GET_BACK = ShipmentMove("yêu cầu chuyển hoàn", frozenset({S.FAILED}), S.RETURNING)
SEND_BACK = ShipmentMove(
    "ghi đang chuyển hoàn", (CARRIED - {S.ORDERED}) | {S.FAILED}, S.RETURNING
)  # a carrier may send back by itself
COME_BACK = ShipmentMove("ghi đã hoàn", (CARRIED - {S.ORDERED}) | {S.FAILED, S.RETURNING}, S.RETURNED)
CANCEL = ShipmentMove("hủy", frozenset({S.ORDERED}), S.CANCELLED)
MOVES = (HAND_OVER, CARRY, DELIVER, FAIL, TRY_AGAIN, GET_BACK, SEND_BACK, COME_BACK, CANCEL)
MOVE_OF = {
    Meaning.IN_TRANSIT: CARRY,
    Meaning.DELIVERED: DELIVER,
    Meaning.FAILED: FAIL,
    Meaning.RETURNING: SEND_BACK,
    Meaning.RETURNED: COME_BACK,
}
