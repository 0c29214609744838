"""Quy tắc thông báo ban đầu: what a new installation starts with; the province changes it as data."""

from __future__ import annotations

from datetime import date, time

from django.db import transaction

from motcua.foundation.notices.models import Notice, NoticeRule, NoticeTemplate, QuietHours
from motcua.foundation.notices.rules import USUAL_ORDER

START = date(2018, 6, 21)
QUIET = (time(21), time(7))  # the software's starting values
# kind, name, urgent, obligatory: what asks something of the applicant, or ends a time of theirs, cannot be refused.
KINDS = (
    ("", "Các loại khác", False, True),
    ("RECEIVED", "Đã tiếp nhận hồ sơ", False, True),
    ("TRANSFERRED", "Đã chuyển đến cơ quan giải quyết", False, False),
    ("IN_WORK", "Có người thụ lý", False, False),
    ("PROPOSED", "Đã thẩm định xong", False, False),
    ("OPINION", "Lấy ý kiến cơ quan liên quan", False, False),
    ("DUE_MOVED", "Tính lại ngày hẹn trả", False, True),
    ("AMENDED", "Sửa hồ sơ theo yêu cầu của bạn", False, True),
    ("LINKED", "Bước của hồ sơ liên thông", False, False),
    ("SIGNED", "Đã ký kết quả", False, False),
    ("RESUMED", "Tính tiếp thời hạn", False, True),
    ("RETURNED", "Đã trả kết quả", False, False),
    ("RESULT", "Đã có kết quả", False, True),
    ("EARLY_RESULT", "Có kết quả trước hạn", False, True),
    ("SUPPLEMENT", "Cần bổ sung hồ sơ", False, True),
    ("APOLOGY", "Xin lỗi vì chậm", False, True),
    ("MANDATE_GIVEN", "Ủy quyền vừa được lập", True, True),
    ("MANDATE_REVOKED", "Ủy quyền đã chấm dứt", True, True),
    ("ACTED_FOR", "Có người nộp thay", True, True),
    ("WRONG_INFO", "Trả lời báo sai thông tin", False, True),
    ("ACCOUNT_LOCKED", "Tài khoản bị khóa hoặc được mở", True, True),
)
# Steps on the way go by what costs little: no SMS.
STEPS = {"TRANSFERRED", "IN_WORK", "OPINION", "PROPOSED", "SIGNED", "LINKED"}
SHORT = "{tieu_de}. Mã số {ma_so}. Xem tại trang Tra cứu hồ sơ của tỉnh."
WHOLE = "{noi_dung} Mã số {ma_so}."  # of what stands on no page
WHOLE_KINDS = ("MANDATE_GIVEN", "MANDATE_REVOKED", "ACTED_FOR", "WRONG_INFO", "ACCOUNT_LOCKED")


@transaction.atomic
def seed_notice_rules() -> None:
    """Add what is missing; what somebody has changed stays so."""
    known = set(NoticeRule.objects.values_list("kind", flat=True))
    NoticeRule.objects.bulk_create(
        NoticeRule(
            kind=kind,
            name=name,
            channels=[
                channel for channel in USUAL_ORDER if channel != Notice.Channel.SMS or kind not in STEPS
            ],
            is_urgent=is_urgent,
            is_obligatory=is_obligatory,
            valid_from=START,
        )
        for kind, name, is_urgent, is_obligatory in KINDS
        if kind not in known
    )
    if not QuietHours.objects.exists():
        QuietHours.objects.create(starts_at=QUIET[0], ends_at=QUIET[1], valid_from=START)
    if not NoticeTemplate.objects.exists():
        NoticeTemplate.objects.bulk_create(
            NoticeTemplate(
                kind=kind,
                channel=Notice.Channel.SMS,
                text=WHOLE if kind else SHORT,
                is_plain=True,
                valid_from=START,
            )
            for kind in ("", *WHOLE_KINDS)
        )
