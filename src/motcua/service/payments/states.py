"""Trạng thái của khoản phải nộp và của lần thanh toán, with the moves that are lawful. Pure.

Money that came is a fact whatever was believed before: an attempt that failed or expired may still succeed.
"""

from __future__ import annotations

from motcua.core.choices import Labelled


class DueKind(Labelled):
    """Loại khoản phải nộp."""

    FEE = "FEE", "Phí"
    CHARGE = "CHARGE", "Lệ phí"
    FINE = "FINE", "Tiền phạt"


class Occasion(Labelled):
    """Thu khi nào: at filing, or when a paper copy of an electronic result is made."""

    FILING = "FILING", "Khi nộp hồ sơ"
    COPY = "COPY", "Khi cấp bản giấy của kết quả điện tử"


class DueState(Labelled):
    """Trạng thái khoản phải nộp."""

    OPEN = "OPEN", "Chưa nộp"
    PAID = "PAID", "Đã nộp"
    CANCELLED = "CANCELLED", "Không phải nộp nữa"
    REFUNDED = "REFUNDED", "Đã hoàn tiền"


class PaymentState(Labelled):
    """Trạng thái lần thanh toán."""

    CREATED = "CREATED", "Mới tạo"
    REDIRECTED = "REDIRECTED", "Đã mở trang thanh toán"
    PENDING = "PENDING", "Đang chờ ngân hàng xác nhận"
    SUCCEEDED = "SUCCEEDED", "Thành công"
    FAILED = "FAILED", "Không thành công"
    EXPIRED = "EXPIRED", "Hết hạn, chưa trả tiền"
    REFUND_PENDING = "REFUND_PENDING", "Đang hoàn tiền"
    REFUNDED = "REFUNDED", "Đã hoàn tiền"


class Verdict(Labelled):
    """Lời báo về một lần thanh toán: what the outside said, or that it could not be asked."""

    PAID = "PAID", "Đã trả tiền"
    PENDING = "PENDING", "Đang xử lý"
    NOT_PAID = "NOT_PAID", "Không trả được"
    UNKNOWN = "UNKNOWN", "Chưa hỏi được"


class Way(Labelled):
    """Cách trả tiền."""

    PLATFORM = "PLATFORM", "Thanh toán trực tuyến"
    TRANSFER = "TRANSFER", "Chuyển khoản quét mã QR"
    CASH = "CASH", "Tiền mặt tại quầy"
    POSTAL = "POSTAL", "Bưu chính thu hộ khi phát"


S = PaymentState
LIVE = frozenset({S.CREATED, S.REDIRECTED, S.PENDING})
UNPAID_ENDS = frozenset({S.FAILED, S.EXPIRED})
MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    S.CREATED: frozenset({S.REDIRECTED, S.PENDING, S.SUCCEEDED, S.FAILED, S.EXPIRED}),
    S.REDIRECTED: frozenset({S.PENDING, S.SUCCEEDED, S.FAILED, S.EXPIRED}),
    S.PENDING: frozenset({S.SUCCEEDED, S.FAILED, S.EXPIRED}),
    S.FAILED: frozenset({S.SUCCEEDED, S.PENDING}),
    S.EXPIRED: frozenset({S.SUCCEEDED, S.PENDING}),
    S.SUCCEEDED: frozenset({S.REFUND_PENDING}),
    S.REFUND_PENDING: frozenset({S.SUCCEEDED, S.REFUNDED}),
    S.REFUNDED: frozenset(),
}


def may_move(before: str, after: str) -> bool:
    """Được chuyển: whether an attempt may go from one state to the other."""
    return PaymentState(after) in MOVES[PaymentState(before)]


class ExceptionKind(Labelled):
    """Vì sao tiền hay lời báo không khớp."""

    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE", "Tiền về với mã không có ở đây"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS", "Số tiền về khác số phải nộp"
    UNDERPAID = "UNDERPAID", "Chuyển thiếu, chờ chuyển nốt"
    OVERPAID = "OVERPAID", "Chuyển thừa"
    PAID_TWICE = "PAID_TWICE", "Tiền về thêm cho khoản đã nộp"
    NOT_OWED = "NOT_OWED", "Tiền về cho khoản không phải nộp nữa"
    CONTRADICTION = "CONTRADICTION", "Các lời báo trái nhau"
    REFUND_UNSURE = "REFUND_UNSURE", "Không rõ đã hoàn tiền chưa"


ADVICE: dict[ExceptionKind, str] = {
    ExceptionKind.UNKNOWN_REFERENCE: (
        "Tìm người chuyển theo nội dung và số tiền trên sao kê. Thấy khoản thì ghi tiền vào đó; không thấy thì hoàn lại."
    ),
    ExceptionKind.AMOUNT_DIFFERS: "Hỏi cổng số tiền thật đã thu, rồi ghi vào khoản phải nộp hoặc hoàn lại.",
    ExceptionKind.UNDERPAID: (
        "Số tiền này đã tính vào khoản phải nộp; trang thanh toán chỉ còn hỏi phần thiếu. Chờ người nộp chuyển nốt, "
        "hoặc hoàn lại khi người nộp không nộp nữa."
    ),
    ExceptionKind.OVERPAID: "Khoản đã nộp đủ. Hoàn phần thừa cho người chuyển, hoặc ghi vào khoản khác người đó còn nợ.",
    ExceptionKind.PAID_TWICE: "Khoản đã nộp bằng lần khác. Hoàn lại, hoặc ghi vào khoản khác người đó còn nợ.",
    ExceptionKind.NOT_OWED: "Khoản không còn phải nộp. Hoàn lại cho người chuyển.",
    ExceptionKind.CONTRADICTION: "Đối chiếu sao kê ngân hàng trước; tin ngân hàng, rồi ghi đã rõ thế nào.",
    ExceptionKind.REFUND_UNSURE: "Hỏi cổng lệnh hoàn đã đi chưa, rồi ghi chứng từ ở phiếu hoàn.",
}


class Resolution(Labelled):
    """Cách giải quyết tiền chưa khớp."""

    APPLIED = "APPLIED", "Ghi vào khoản phải nộp"
    REFUNDED = "REFUNDED", "Trả lại người chuyển"
    EXPLAINED = "EXPLAINED", "Đã rõ, không có tiền phải xử lý"


class RefundState(Labelled):
    """Trạng thái phiếu hoàn tiền."""

    ASKED = "ASKED", "Chờ người thứ hai duyệt"
    APPROVED = "APPROVED", "Đã duyệt, chờ trả"
    SENT = "SENT", "Đã gửi lệnh hoàn, chờ cổng trả lời"
    DONE = "DONE", "Đã trả lại"
    REFUSED = "REFUSED", "Không duyệt"


class RefundCause(Labelled):
    """Vì sao hoàn tiền: asked by hand, or by the system when what was paid for does not come about."""

    BY_HAND = "BY_HAND", "Theo đề nghị"
    REFUSED = "REFUSED", "Hồ sơ không được tiếp nhận"
    WITHDRAWN = "WITHDRAWN", "Người nộp rút hồ sơ"
    MISADDRESSED = "MISADDRESSED", "Hồ sơ gửi nhầm nơi"
    COPY_ENDED = "COPY_ENDED", "Không lập được bản giấy đã đặt"


class Outcome(Labelled):
    """Kết quả đối soát của một mã."""

    MATCHED = "MATCHED", "Khớp"
    MISSING_HERE = "MISSING_HERE", "Bên ngoài có, ở đây không có"
    MISSING_THERE = "MISSING_THERE", "Ở đây có, bên ngoài không có"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS", "Lệch số tiền"


class TariffState(Labelled):
    """Tình trạng của mức thu, của kênh thanh toán: nothing counts before a second person has published it."""

    DRAFT = "DRAFT", "Bản soạn, chờ người thứ hai"
    PUBLISHED = "PUBLISHED", "Đã ban hành"
    DROPPED = "DROPPED", "Đã bỏ"


class AccountKind(Labelled):
    """Tài khoản của sổ tiền: where the đồng lies, or to whom it is owed."""

    CASH = "CASH", "Quỹ tiền mặt"
    CLEARING = "CLEARING", "Tiền đang về qua kênh thanh toán"
    BANK = "BANK", "Tiền gửi ngân hàng"
    COLLECTED = "COLLECTED", "Thu hộ phải nộp cơ quan"
    SUSPENSE = "SUSPENSE", "Tiền chưa khớp, đang giữ"
