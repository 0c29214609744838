"""Nguyên nhân chậm và quy định ban đầu: what a new installation starts with; the province changes it as data.

The causes follow what forms of apology name; the days are the software's starting values and say so.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from motcua.service.dossiers.models import LateCause, LatenessRule

START = date(2018, 6, 21)  # when the duty to apologise by letter began
S = LateCause.Side

CAUSES = (
    ("CQ-NHANLUC", "Thiếu người xử lý hoặc người phụ trách vắng mặt", S.AGENCY),
    ("CQ-THAMDINH", "Thẩm định chậm hơn thời gian của quy trình", S.AGENCY),
    ("CQ-KHOILUONG", "Số hồ sơ tăng đột biến", S.AGENCY),
    ("CQ-KYDUYET", "Chậm ở khâu xem xét, ký duyệt", S.AGENCY),
    ("CQ-KIEMTRA", "Phải kiểm tra, xác minh thực tế nhiều lần", S.AGENCY),
    ("PH-YKIEN", "Cơ quan phối hợp trả lời ý kiến chậm", S.OTHER_AGENCY),
    ("PH-LIENTHONG", "Hồ sơ liên thông chờ kết quả của cơ quan khác", S.OTHER_AGENCY),
    ("HT-PHANMEM", "Sự cố phần mềm, chữ ký số", S.SYSTEM),
    ("HT-KETNOI", "Không kết nối được cơ sở dữ liệu quốc gia, chuyên ngành", S.SYSTEM),
    ("ND-THONGTIN", "Phải làm rõ thông tin do người nộp cung cấp", S.APPLICANT),
    ("BK-THIENTAI", "Thiên tai, dịch bệnh, sự kiện bất khả kháng", S.OUTSIDE),
)
DRAFT_DAYS, EXPLAIN_DAYS = 2, 3
BASIS = "Giá trị khởi đầu của phần mềm; tỉnh đặt lại theo quy chế của mình"


@transaction.atomic
def seed_lateness() -> None:
    """Add what is missing; what somebody has changed stays so."""
    for code, name, side in CAUSES:
        LateCause.objects.get_or_create(code=code, defaults={"name": name, "side": side, "valid_from": START})
    if not LatenessRule.objects.exists():
        LatenessRule.objects.create(
            valid_from=START, draft_days=DRAFT_DAYS, explain_days=EXPLAIN_DAYS, basis=BASIS
        )
