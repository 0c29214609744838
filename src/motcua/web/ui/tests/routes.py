"""Addresses for tests: the real ones, and pages that refuse in every way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from motcua.config import urls
from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.foundation.identity.permissions import Permission
from motcua.web.ui.pages import Page

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


class Refusing(Page):
    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.GET.get("refuse"):
            raise DomainError("Không xem được hồ sơ này.", legal="ND118-2025 Đ17")
        return self.render("ui/style.html", **_nothing(self))

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        wanted = reader.text("wanted")
        refusals = {
            "field": DomainError("Hãy nhập họ và tên khác.", field="full_name"),
            "general": DomainError("Hồ sơ đang được người khác giữ."),
            "several": InvalidInput({"full_name": "Hãy nhập họ tên.", "phone": "Hãy nhập điện thoại."}),
            "stale": Stale("Hồ sơ này đã được Lê Văn Cường chuyển đi lúc 09:12."),
            "forbidden": Forbidden("Bạn chưa được giao quyền ký."),
        }
        if wanted in refusals:
            raise refusals[wanted]
        return self.done("Đã ghi.", "ui:style", undo="/hoan-tac/")


class ForClerks(Page):
    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("trong")


class Broken(Page):
    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        raise RuntimeError


class OnlyPost(Page):
    public = True

    def post(self, request: HttpRequest) -> HttpResponse:
        raise DomainError("Không làm được.")


def _nothing(page: Page) -> dict[str, object]:
    from motcua.web.ui.views import StylePage

    return StylePage.examples(page)  # type: ignore[arg-type]


urlpatterns = [
    path("tu-choi/", Refusing.as_view()),
    path("can-bo/", ForClerks.as_view()),
    path("hong/", Broken.as_view()),
    path("chi-gui/", OnlyPost.as_view()),
    *urls.urlpatterns,
]
