"""Không đăng nhập được: each way in which it can fail, in words for the person, with a code for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motcua.core.errors import DomainError

if TYPE_CHECKING:
    from motcua.foundation.citizens.models import AssuranceLevel
    from motcua.integrations.sign_in.models import SignInProvider


class SignInFault(DomainError):
    """Chưa đăng nhập được qua nơi cấp tài khoản. `code` is for the log; `may_retry`: pressing again may help."""

    words = "Chưa đăng nhập được qua {provider}. Bạn chưa mất gì; hãy thử lại."

    def __init__(self, provider: SignInProvider | None, code: str = "") -> None:
        super().__init__(self.words.format(provider=provider.name if provider else "nơi cấp tài khoản"))
        self.provider = provider
        self.code = code or type(self).__name__
        self.wanted = ""  # where the person was going
        self.level: AssuranceLevel | None = None  # and how surely they must be known there


class ProviderDown(SignInFault):
    """Nơi cấp tài khoản không trả lời: down, slow, or answering something else than its contract."""

    words = (
        "{provider} đang không trả lời nên chưa đăng nhập được. Bạn chưa mất gì. "
        "Hãy thử lại sau ít phút, chọn cách đăng nhập khác, hoặc làm tiếp không cần đăng nhập."
    )


class Busy(SignInFault):
    """Nhiều người đăng nhập cùng lúc: nothing was used up, the page asks again by itself."""

    words = "Nhiều người đang đăng nhập cùng lúc. Trang sẽ tự thử lại sau vài giây."


class Cancelled(SignInFault):
    """Người dùng không đồng ý, hoặc nơi cấp tài khoản từ chối."""

    words = "Bạn đã dừng đăng nhập ở {provider}, hoặc {provider} chưa cho phép. Bạn có thể thử lại."


class BadAnswer(SignInFault):
    """Câu trả lời không đúng hợp đồng: claims that do not say who it is, userinfo of another subject."""

    words = (
        "{provider} trả lời không đúng nên để an toàn hệ thống chưa cho đăng nhập. "
        "Bạn chưa mất gì; hãy thử lại, hoặc chọn cách đăng nhập khác."
    )


class TokenRefused(BadAnswer):
    """Giấy xác nhận không tin được: signature, algorithm, nonce, issuer, audience or time is wrong."""


class NotOurs(SignInFault):
    """Không phải lượt đăng nhập của trình duyệt này: an unknown state, or one of somebody else."""

    words = (
        "Lượt đăng nhập này không bắt đầu từ trình duyệt của bạn nên không được dùng. "
        "Hãy bấm đăng nhập lại từ đây; trình duyệt cần cho phép cookie."
    )


class TooLate(SignInFault):
    """Đã dùng rồi hoặc quá lâu: the back button, a second press, a page left open."""

    words = "Lượt đăng nhập này đã dùng rồi hoặc đã quá lâu. Hãy đăng nhập lại; việc bạn đang làm vẫn còn."
