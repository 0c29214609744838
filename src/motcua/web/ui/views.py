"""Trang mẫu giao diện: every component in every state, for looking at."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit, Unit, due
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.web.ui.forms import Form
from motcua.web.ui.pages import Page
from motcua.web.ui.states import CLOCK_LOOKS, DOSSIER_LOOKS, GENERAL_LOOKS

ERRORS = {"name": "Hãy nhập họ và tên.", "born": "“32/13/1999” chưa phải là một ngày. Viết ngày/tháng/năm."}

ROWS = (
    (12, "Nguyễn Thị Ánh", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "IN_WORK", "OVERDUE", -1.5),
    (31, "Hợp tác xã Hòa Bình", "Chuyển mục đích sử dụng đất", "CONSULTING", "DUE_TODAY", 0),
    (48, "Y Moan Ênuôl", "Đăng ký khai sinh", "TRANSFERRED", "DUE_SOON", 1),
    (50, "Đặng Quốc Ưng", "Cấp bản sao trích lục hộ tịch", "RESULT_READY", "DONE_EARLY", None),
)


class StylePage(Page):
    """Living list of the components."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("ui/style.html", **self.examples())

    def examples(self) -> dict[str, Any]:
        at = self.at
        return {
            "clock_states": list(CLOCK_LOOKS),
            "dossier_states": list(DOSSIER_LOOKS),
            "general_states": list(GENERAL_LOOKS),
            "wrong": Form({"name": "", "born": "32/13/1999", "kind": "PERSON"}, ERRORS),
            "due": at + timedelta(days=2),
            "today": at.date(),
            "moments": [
                {
                    "state": "done",
                    "what": "Đã tiếp nhận hồ sơ",
                    "by": "Trần Thị Bình",
                    "at": at - timedelta(days=2),
                },
                {
                    "state": "done",
                    "what": "Đã chuyển đến phòng Tư pháp",
                    "by": "Lê Văn Cường",
                    "at": at,
                    "is_late": True,
                },
                {
                    "state": "now",
                    "what": "Đang thẩm định",
                    "by": "Phạm Minh Đức",
                    "at": at,
                    "note": "Đến 16:30 ngày mai",
                },
                {"state": "next", "what": "Lãnh đạo ký kết quả"},
            ],
            "days": due(
                datetime(2026, 8, 28, 15, 1, tzinfo=VIETNAM),
                Limit(Decimal("1.5"), Unit.WORKING_DAY),
                work_calendar(None, at.date()),
                regime_on(at.date()),
            ).explanation,
            "rows": [
                dict(zip(("number", "name", "matter", "state", "clock", "days"), row, strict=True))
                for row in ROWS
            ],
        }
