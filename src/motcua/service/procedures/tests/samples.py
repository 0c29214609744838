"""One entry of the national catalogue, as the file writes it, with every kind of value that the file holds."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from motcua.core.time import VIETNAM
from motcua.service.procedures.facts import (
    ChannelFacts,
    FeeFacts,
    GroupFacts,
    LimitFacts,
    PaperFacts,
    ProcedureFacts,
    ResultFacts,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
CATALOGUE = Path(__file__).resolve().parents[6] / "shared" / "data" / "procedures_core.json"

ENTRY: dict[str, Any] = {
    "code": "1.000001",
    "name": "Thủ tục cấp giấy thử",
    "ministry": "Bộ Thử",
    "decision_no": "1/QĐ-BT",
    "levels": ["Cấp tỉnh", "Cấp xã"],
    "kind": "Loại khác",
    "field": "Thử nghiệm",
    "subjects": ["Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp", "HTX)"],
    "agency": "Sở Thử",
    "competent": "",
    "receiving": "",
    "coordinating": "",
    "conditions": "Đủ 18 tuổi.",
    "channels": [
        {
            "channel": "Trực tiếp",
            "time_value": 1.5,
            "time_unit": "Ngày làm việc",
            "fee_label": "2,000 Việt Nam Đồng",
            "fee_amount": 2000,
            "fee_currency": "VND",
            "note": "(/trang)",
        },
        {
            "channel": "Trực tuyến",
            "time_value": 3.0,
            "time_unit": "(không ghi đơn vị)",
            "fee_label": "Miễn phí",
            "fee_amount": 0,
            "fee_currency": "VND",
            "note": "",
        },
        {
            "channel": "Dịch vụ bưu chính",
            "time_value": None,
            "time_unit": "",
            "fee_label": "Không có thông tin",
            "fee_amount": None,
            "fee_currency": None,
            "note": "",
        },
    ],
    "paper_groups": [
        {"group": "", "papers": [{"text": "Tờ khai", "original": 1, "copy": 0}]},
        {"group": "a) Trường hợp mới", "papers": [{"text": "Ảnh", "original": 2, "copy": 0}]},
        {"group": "b) Trường hợp đổi", "papers": [{"text": "Giấy cũ", "original": 1, "copy": 1}]},
        {"group": "* Lưu ý:", "papers": [{"text": "Mang bản chính để đối chiếu", "original": 0, "copy": 0}]},
    ],
    "results": [{"name": "Giấy thử", "code": "KQ.G00.000001"}, {"name": "Văn bản trả lời", "code": ""}],
    "legal": ["1/2020/QH14", "2/2021/NĐ-CP"],
    "steps": "- Nộp hồ sơ;\n\n-  Nhận kết quả.",
    "source": "https://example.vn/1",
}


def entry(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ENTRY) | changes


def as_file(*rows: Any) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False).encode()


def birth(**changes: Any) -> ProcedureFacts:
    """A small procedure of our own: two cases, one of them with a limit of its own."""
    told: dict[str, Any] = {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "levels": ("Cấp xã",),
        "settling": "Ủy ban nhân dân cấp xã",
        "groups": (
            GroupFacts(papers=(PaperFacts("Tờ khai", 1), PaperFacts("Ảnh", 2, is_required=False))),
            GroupFacts("Trẻ sinh tại bệnh viện", "ALTERNATIVE", (PaperFacts("Giấy chứng sinh", 1),)),
            GroupFacts("Trẻ bị bỏ rơi", "ALTERNATIVE", (PaperFacts("Biên bản về việc trẻ bị bỏ rơi", 1),)),
        ),
        "channels": (
            ChannelFacts(
                "COUNTER",
                "Trực tiếp",
                LimitFacts(days("1"), "WORKING_DAY", "Ngày làm việc"),
                fees=(FeeFacts(8000, "VND", "Lệ phí"), FeeFacts(5000, "VND", "Phí", case=2)),
                case_limits=((2, LimitFacts(days("7"), "DAY", "Ngày")),),
            ),
            ChannelFacts("ONLINE", "Trực tuyến", LimitFacts(days("3"), "NONE", "(không ghi đơn vị)")),
        ),
        "results": (ResultFacts("Giấy khai sinh", "KQ.G15.000031"),),
    }
    return ProcedureFacts(**{**told, **changes})


def days(number: str) -> Any:
    from decimal import Decimal

    return Decimal(number)
