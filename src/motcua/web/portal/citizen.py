"""Trang của người đã đăng nhập: who comes in, by which sign-in, and for whom they act.

`class MyPage(SignedInMixin, Page)`: `self.citizen` is in whose name the page is, `self.hand` the account whose hand it is
(another one when a person acts for an organisation), `self.representative` says by which right. `needs_level` is the
rank of AssuranceLevel that the page asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import Stale
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession, Representative

if TYPE_CHECKING:
    from motcua.web.ui.pages import Page as Base
else:
    Base = object


def citizen_of(request: HttpRequest) -> CitizenAccount | None:
    """Ai đang đăng nhập ở cổng."""
    found: CitizenAccount | None = getattr(request, "citizen", None)
    return found


def session_of(request: HttpRequest) -> CitizenSession | None:
    found: CitizenSession | None = getattr(request, "citizen_session", None)
    return found


class SignedInMixin(Base):
    """Chỉ người đã đăng nhập: others are sent to sign in and come back; stands before Page in the list of bases."""

    public = True  # no staff's permission is asked; `entrance` asks for the citizen
    needs_level: ClassVar[int] = 0

    def entrance(self) -> HttpResponse | None:
        session = session_of(self.request)
        if session is None:
            self._keep_what_was_typed("Bạn chưa đăng nhập, hoặc đã để trang quá lâu nên hệ thống đăng xuất.")
            return self.send_to(reverse("portal:citizen-sign-in"))
        if session.level.rank < self.needs_level:
            self._keep_what_was_typed("Việc này cần bạn đăng nhập lại ở mức độ xác thực cao hơn.")
            return self.go(step_up_address(self.needs_level, self.request.get_full_path()))
        return super().entrance()

    @property
    def citizen(self) -> CitizenAccount:
        """In whose name: the person, or the organisation they act for."""
        found = citizen_of(self.request)
        assert found is not None  # noqa: S101  entrance has let nobody else in
        return found

    @property
    def session(self) -> CitizenSession:
        found = session_of(self.request)
        assert found is not None  # noqa: S101  entrance has let nobody else in
        return found

    @property
    def hand(self) -> CitizenAccount:
        """Whose hand: the account that has signed in."""
        return self.session.account

    @property
    def representative(self) -> Representative | None:
        found: Representative | None = getattr(self.request, "representative", None)
        return found

    def _keep_what_was_typed(self, why: str) -> None:
        if self.request.method != "GET":
            raise Stale(f"{why} Hãy đăng nhập ở một thẻ khác của trình duyệt, rồi quay lại đây và gửi lại.")


def step_up_address(rank: int, wanted: str) -> str:
    """Nơi đăng nhập lại ở mức cao hơn, and come back to `wanted`."""
    return f"{reverse('portal:citizen-step-up')}?{urlencode({'muc': rank, 'next': wanted})}"
