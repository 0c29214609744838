"""Trạng thái trên trang: every state as a word, an icon and a tone, in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Cách hiện một trạng thái. `tone`: ok, soon, today, late, paused, waiting, plain, done."""

    word: str
    icon: str
    tone: str


CLOCK_LOOKS = {
    "ON_TIME": Look("Trong hạn", "clock", "ok"),
    "DUE_SOON": Look("Sắp đến hạn", "hourglass-split", "soon"),
    "DUE_TODAY": Look("Đến hạn hôm nay", "bell-fill", "today"),
    "OVERDUE": Look("Quá hạn", "exclamation-triangle-fill", "late"),
    "PAUSED": Look("Tạm dừng", "pause-circle-fill", "paused"),
    "WAITING": Look("Chờ người dân", "person-fill", "waiting"),
    "NO_PROMISE": Look("Không hẹn ngày", "dash-circle", "plain"),
    "ENDED": Look("Đã đóng, không có kết quả", "dash-circle", "plain"),
    "DONE_EARLY": Look("Trước hạn", "check-circle-fill", "ok"),
    "DONE_ON_TIME": Look("Đúng hạn", "check-circle-fill", "ok"),
    "DONE_LATE": Look("Trễ hạn", "exclamation-triangle", "late"),
}
DOSSIER_LOOKS = {
    "RECEIVED": Look("Đã tiếp nhận", "inbox-fill", "plain"),
    "TRANSFERRED": Look("Chờ thụ lý", "arrow-right-circle", "plain"),
    "IN_WORK": Look("Đang giải quyết", "pencil-square", "work"),
    "CONSULTING": Look("Đang lấy ý kiến", "chat-dots", "waiting"),
    "DECIDED": Look("Chờ ký", "pen", "work"),
    "SIGNED": Look("Đã ký", "patch-check", "ok"),
    "RESULT_READY": Look("Có kết quả", "check-circle-fill", "ok"),
    "RETURNED": Look("Đã trả kết quả", "check2-all", "done"),
    "AWAITING_SUPPLEMENT": Look("Chờ bổ sung", "person-fill", "waiting"),
    "AWAITING_OUTPUT": Look("Chờ kết quả liên thông", "hourglass-split", "waiting"),
    "PAUSED": Look("Tạm dừng", "pause-circle-fill", "paused"),
    "CORRECTING": Look("Đang sửa kết quả", "eraser", "work"),
    "STOPPED": Look("Đã dừng", "stop-circle", "done"),
    "WITHDRAWN": Look("Đã rút", "box-arrow-left", "done"),
    "LAPSED": Look("Đã đóng, không bổ sung", "x-circle", "done"),
}
GENERAL_LOOKS = {
    "DRAFT": Look("Bản nháp", "pencil", "plain"),
    "PUBLISHED": Look("Đang áp dụng", "check-circle-fill", "ok"),
    "RETIRED": Look("Hết áp dụng", "archive", "done"),
    "ACTIVE": Look("Đang hoạt động", "check-circle-fill", "ok"),
    "INACTIVE": Look("Đã khóa", "lock-fill", "done"),
    "CLEAN": Look("Không có mã độc", "shield-check", "ok"),
    "INFECTED": Look("Có mã độc", "bug-fill", "late"),
    "UNSCANNED": Look("Chưa quét mã độc", "shield", "plain"),
    "NOT_SCANNED": Look("Chưa quét mã độc", "shield", "plain"),
    "PENDING": Look("Đang xử lý", "hourglass-split", "soon"),
}
TICKET_LOOKS = {
    "CALLED": Look("Đã gọi", "megaphone-fill", "today"),
    "SERVING": Look("Đang phục vụ", "person-workspace", "work"),
    "DONE": Look("Đã xong", "check2-all", "done"),
    "MISSED": Look("Gọi vắng mặt", "person-x", "soon"),
    "LEFT": Look("Không chờ nữa", "box-arrow-right", "plain"),
}
LOOKS = {**TICKET_LOOKS, **GENERAL_LOOKS, **DOSSIER_LOOKS, **CLOCK_LOOKS}


def state_look(state: str, word: str = "") -> Look:
    """The look of a state by its stored word; an unknown one is shown plainly, by `word`."""
    look = LOOKS.get(str(state))
    if look is None:
        return Look(word or str(state), "circle", "plain")
    return Look(word, look.icon, look.tone) if word else look
