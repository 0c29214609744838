"""Trạng thái hồ sơ nộp trực tuyến, and the table of its lawful moves. Legal: ND118-2025 Đ17.2, Đ21"""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError


class State(Labelled):
    """Trạng thái: where a filing stands before it is a dossier."""

    SUBMITTED = "SUBMITTED", "Chờ trả lời"
    SUPPLEMENT_ASKED = "SUPPLEMENT_ASKED", "Chờ người nộp bổ sung"
    ACCEPTED = "ACCEPTED", "Đã tiếp nhận"
    REFUSED = "REFUSED", "Từ chối tiếp nhận"
    WRONG_ADDRESSEE = "WRONG_ADDRESSEE", "Gửi nhầm nơi"
    WITHDRAWN = "WITHDRAWN", "Người nộp đã rút"


class IllegalAnswer(DomainError):
    """Không trả lời được ở trạng thái này."""


@dataclass(frozen=True)
class Move:
    """Một bước chuyển lawful from `sources`."""

    name: str
    sources: frozenset[State]
    target: State
    legal: str

    def apply(self, current: str) -> State:
        """Raises IllegalAnswer."""
        if State(current) not in self.sources:
            raise IllegalAnswer(
                f"Không thể {self.name} khi hồ sơ nộp trực tuyến ở trạng thái “{State(current).label}”. "
                "Hãy tải lại trang để xem.",
                legal=self.legal,
            )
        return self.target


WAITING = frozenset({State.SUBMITTED})
LIVE = frozenset({State.SUBMITTED, State.SUPPLEMENT_ASKED})
ANSWER = "ND118-2025 Đ17.2"

ASK = Move("yêu cầu bổ sung", WAITING, State.SUPPLEMENT_ASKED, ANSWER)
COMPLETE = Move("nhận phần bổ sung", frozenset({State.SUPPLEMENT_ASKED}), State.SUBMITTED, ANSWER)
ACCEPT = Move("tiếp nhận", WAITING, State.ACCEPTED, ANSWER)
REFUSE = Move("từ chối tiếp nhận", LIVE, State.REFUSED, ANSWER)
REDIRECT = Move("báo gửi nhầm nơi", LIVE, State.WRONG_ADDRESSEE, ANSWER)
WITHDRAW = Move("rút hồ sơ", LIVE, State.WITHDRAWN, "ND118-2025 Đ21")
CHANGE_CONTACT = Move(
    "đổi thông tin liên hệ", LIVE, State.SUBMITTED, ANSWER
)  # only asked whether it may be; moves nothing
MOVES = (ASK, COMPLETE, ACCEPT, REFUSE, REDIRECT, WITHDRAW)
