"""Trạng thái hồ sơ: the states of a dossier and the table of its lawful moves, as data.

Legal: ND118-2025 Đ17, Đ18, Đ19, Đ21, Đ22, Đ23
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
    AWAITING_SUPPLEMENT = "AWAITING_SUPPLEMENT", "Chờ bổ sung hồ sơ"
    PAUSED = "PAUSED", "Tạm dừng tính thời hạn"
    AWAITING_OUTPUT = "AWAITING_OUTPUT", "Chờ kết quả liên thông"
    DECIDED = "DECIDED", "Đã thẩm định, trình ký"
    SIGNED = "SIGNED", "Đã ký kết quả"
    RESULT_READY = "RESULT_READY", "Có kết quả tại Một cửa"
    RETURNED = "RETURNED", "Đã trả kết quả"
    CORRECTING = "CORRECTING", "Đang sửa kết quả"
    STOPPED = "STOPPED", "Đã dừng theo yêu cầu"
    WITHDRAWN = "WITHDRAWN", "Đã rút hồ sơ"
    LAPSED = "LAPSED", "Đã đóng do không bổ sung"


WAITING = frozenset(  # the clock stands still and promises nothing
    {State.AWAITING_SUPPLEMENT, State.PAUSED, State.AWAITING_OUTPUT}
)
AT_WORK = frozenset(
    {State.RECEIVED, State.TRANSFERRED, State.IN_WORK, State.CONSULTING, State.DECIDED, State.SIGNED}
)
OPEN = AT_WORK | WAITING
FINISHED = frozenset(  # there is a result, and the clock has stopped
    {State.RESULT_READY, State.RETURNED, State.CORRECTING}
)
ENDED_EARLY = frozenset({State.STOPPED, State.WITHDRAWN, State.LAPSED})  # closed without a result
CLOSED = frozenset({State.RETURNED}) | ENDED_EARLY
BEFORE_SIGNATURE = AT_WORK - {State.SIGNED}


class IllegalMove(DomainError):
    """Bước chuyển không hợp lệ: the table of moves has no such line."""


@dataclass(frozen=True)
class Move:
    """Bước chuyển: one lawful move, where it may start, where it ends, and the rule behind it.

    `target` None: the dossier goes back to the state in which it was interrupted; `returns` says which ones there are.
    """

    name: str
    sources: frozenset[State]
    target: State | None
    legal: str = ""
    returns: frozenset[State] = frozenset()

    def apply(self, current: str, *, interrupted: str = "") -> State:
        """The state after the move. Raises IllegalMove with a sentence that says why not."""
        self.check(current)
        if self.target is not None:
            return self.target
        back = State(interrupted)
        if back not in self.returns:
            raise IllegalMove(self._refusal(back), legal=self.legal)
        return back

    def check(self, current: str) -> None:
        """Raises IllegalMove unless the move may start here."""
        state = State(current)
        if state not in self.sources:
            raise IllegalMove(self._refusal(state), legal=self.legal)

    def is_lawful_from(self, current: str) -> bool:
        return State(current) in self.sources

    @property
    def targets(self) -> frozenset[State]:
        return self.returns if self.target is None else frozenset({self.target})

    def _refusal(self, state: State) -> str:
        wanted = " hoặc ".join(f"“{source.label}”" for source in State if source in self.sources)
        return (
            f"Không thể {self.name} khi hồ sơ ở trạng thái “{state.label}”. Việc này chỉ làm được khi hồ sơ ở "
            f"trạng thái {wanted}. Hãy tải lại trang để xem bước hiện tại."
        )


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

ASK_SUPPLEMENT = Move(
    "yêu cầu bổ sung hồ sơ",
    BEFORE_SIGNATURE - {State.CONSULTING},
    State.AWAITING_SUPPLEMENT,
    "ND118-2025 Đ19.5",
)
COMPLETE_SUPPLEMENT = Move(
    "nhận hồ sơ bổ sung",
    frozenset({State.AWAITING_SUPPLEMENT}),
    None,
    "ND118-2025 Đ19.5",
    returns=ASK_SUPPLEMENT.sources,
)
LAPSE = Move(
    "đóng hồ sơ do không bổ sung", frozenset({State.AWAITING_SUPPLEMENT}), State.LAPSED, "ND118-2025 Đ19.5"
)
PAUSE = Move("tạm dừng tính thời hạn", BEFORE_SIGNATURE - {State.CONSULTING}, State.PAUSED, "ND118-2025 Đ19")
RESUME = Move("tính tiếp thời hạn", frozenset({State.PAUSED}), None, "ND118-2025 Đ19", returns=PAUSE.sources)
AWAIT_OUTPUT = Move(
    "chờ kết quả của phần liên thông trước",
    frozenset({State.RECEIVED, State.TRANSFERRED}),
    State.AWAITING_OUTPUT,
    "ND118-2025 Đ20.2",
)
BEGIN_PART = Move(
    "bắt đầu phần liên thông",
    frozenset({State.AWAITING_OUTPUT}),
    None,
    "ND118-2025 Đ20.2",
    returns=AWAIT_OUTPUT.sources,
)
STOP = Move("dừng giải quyết", BEFORE_SIGNATURE | WAITING, State.STOPPED, "ND118-2025 Đ21")
WITHDRAW = Move("rút hồ sơ", BEFORE_SIGNATURE | WAITING, State.WITHDRAWN, "ND118-2025 Đ21")
REOPEN = Move("mở lại hồ sơ", ENDED_EARLY, None, "ND118-2025 Đ21", returns=BEFORE_SIGNATURE)
AMEND = Move(  # the state stays; here is told until when it may be asked
    "sửa hồ sơ theo yêu cầu của người nộp", STOP.sources, None, "ND118-2025 Đ21", returns=STOP.sources
)
SETTLE_AT_ONCE = Move("trả kết quả ngay", frozenset({State.RECEIVED}), State.RETURNED, "ND118-2025 Đ17.4")
FIND_WRONG = Move(
    "ghi nhận kết quả sai",
    frozenset({State.RESULT_READY, State.RETURNED}),
    State.CORRECTING,
    "ND118-2025 Đ23.1",
)
CORRECT = Move("sửa kết quả", frozenset({State.CORRECTING}), State.RESULT_READY, "ND118-2025 Đ23.1")

GOING_BACK = frozenset({State.TRANSFERRED, State.IN_WORK, State.DECIDED})  # before the signature
GO_BACK_TO_RECEPTION = Move("lấy lại về nơi tiếp nhận", GOING_BACK, State.RECEIVED, "ND118-2025 Đ18")
GO_BACK_TO_ASSIGNMENT = Move("lấy lại về bước phân công", GOING_BACK, State.TRANSFERRED, "ND118-2025 Đ19.1")
GO_BACK_TO_WORK = Move("lấy lại về bước thẩm định", GOING_BACK, State.IN_WORK, "ND118-2025 Đ19.2")
GO_BACK_TO_REVIEW = Move(
    "lấy lại về bước xem xét", frozenset({State.DECIDED}), State.DECIDED, "ND118-2025 Đ19.2"
)

MOVES = (
    TRANSFER, ASSIGN, CONSULT, HEAR, PROPOSE, REVIEW, SEND_BACK, SIGN, ISSUE, RETURN,
    ASK_SUPPLEMENT, COMPLETE_SUPPLEMENT, LAPSE, PAUSE, RESUME, AWAIT_OUTPUT, BEGIN_PART, STOP, WITHDRAW, REOPEN,
    SETTLE_AT_ONCE, FIND_WRONG, CORRECT,
    GO_BACK_TO_RECEPTION, GO_BACK_TO_ASSIGNMENT, GO_BACK_TO_WORK, GO_BACK_TO_REVIEW,
)  # fmt: skip
