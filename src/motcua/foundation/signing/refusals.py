"""Why a signature could not be made, in words that say what to do next."""

from __future__ import annotations

from typing import ClassVar

from motcua.core.errors import DomainError


class SigningRefused(DomainError):
    """Chưa ký số được. `is_transient`: trying again later may help without anybody changing anything."""

    is_transient: ClassVar[bool] = False


class NoCertificate(SigningRefused):
    """Chưa có chứng thư số."""


class CertificateExpired(SigningRefused):
    """Chứng thư số hết hạn hoặc chưa có hiệu lực."""


class CertificateRevoked(SigningRefused):
    """Chứng thư số đã bị thu hồi."""


class KeyMissing(SigningRefused):
    """Không thấy khóa ký."""


class WrongPin(SigningRefused):
    """Sai mã PIN hoặc mật khẩu khóa."""


class TokenAbsent(SigningRefused):
    """Không thấy thiết bị ký."""

    is_transient = True


class SignerUnavailable(SigningRefused):
    """Dịch vụ ký từ xa hoặc máy chủ dấu thời gian không trả lời."""

    is_transient = True


class UnsignablePdf(SigningRefused):
    """Tệp không ký được: not a PDF, broken, or protected by a password."""


class WrongOrder(SigningRefused):
    """Sai thứ tự ký: the agency's signature comes last."""


class PhoneSaid(SigningRefused):
    """Ký từ xa chưa xong: what has become of the request is written already, so the caller rolls nothing back.

    `state`: how the request ended; "" while it waits.
    """

    state: ClassVar[str] = ""


class AwaitingPhone(PhoneSaid):
    """Đang chờ xác nhận trên điện thoại."""

    is_transient = True


class RefusedOnPhone(PhoneSaid):
    """Người ký từ chối trên điện thoại."""

    state = "REFUSED"


class PhoneTooLate(PhoneSaid):
    """Người ký để quá giờ."""

    state = "EXPIRED"


class WrongSignature(PhoneSaid):
    """Chữ ký nhận về không khớp nội dung đã gửi."""

    state = "WRONG"
