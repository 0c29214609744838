"""Trang báo lỗi: what cannot be answered, said in words, with what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from motcua.core.ids import new_id


@dataclass(frozen=True)
class Fault:
    """Lỗi: its number, what happened, what to do."""

    status: int
    title: str
    words: str


BAD_REQUEST = Fault(
    400,
    "Yêu cầu chưa đọc được",
    "Trình duyệt đã gửi dữ liệu không đầy đủ. Hãy quay lại trang trước và gửi lại.",
)
FORBIDDEN = Fault(
    403,
    "Bạn chưa có quyền mở trang này",
    "Nếu công việc của bạn cần trang này, hãy liên hệ quản trị hệ thống của cơ quan.",
)
MISSING = Fault(
    404,
    "Không có trang này",
    "Địa chỉ có thể đã gõ thiếu hoặc trang đã được chuyển đi. Hãy kiểm tra lại địa chỉ, hoặc bắt đầu từ trang chủ.",
)
BROKEN = Fault(
    500,
    "Hệ thống gặp lỗi",
    "Việc bạn vừa làm có thể chưa được ghi. Hãy chờ một phút rồi thử lại; nếu vẫn lỗi, báo mã dưới đây cho quản trị.",
)
OLD_PAGE = Fault(
    403,
    "Trang này đã mở quá lâu",
    "Để an toàn, mỗi trang chỉ gửi được trong một thời gian. Hãy mở lại trang rồi gửi lại; phần đã lưu vẫn còn. "
    "Trình duyệt cần cho phép cookie.",
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, FORBIDDEN)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = (
        str(exception.args[0]) if exception and exception.args and isinstance(exception.args[0], str) else ""
    )
    return _answer(request, Fault(404, said.rstrip(".") or MISSING.title, MISSING.words))


def broken(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database, which may be what is broken."""
    return _answer(request, BROKEN, number=new_id().hex[-8:].upper())


def old_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page that was sent is opened anew from here: a phone has no key to load it again."""
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return _answer(request, OLD_PAGE, again=came_from if is_ours else "")


def _answer(request: HttpRequest, fault: Fault, number: str = "", again: str = "") -> HttpResponse:
    theme = request.COOKIES.get("theme", "")
    context = {
        "fault": fault,
        "number": number,
        "again": again,
        "theme": theme if theme in {"light", "dark"} else "",
        "size": "",
    }
    return HttpResponse(render_to_string("ui/error.html", context), status=fault.status)
