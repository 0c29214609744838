"""Dữ liệu có ngày của kết quả: what a new installation starts with; an administrator changes it as data.

What bars certification is in words of our own, by memory of the article; the text was not at hand, so each row says where
to look it up. No law sets the days to answer a request: they are the software's starting value, and say so.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from motcua.service.results.models import AnswerRule, CertificationBar

START = date(2015, 4, 10)
ANSWER_START, ANSWER_DAYS = date(2025, 7, 1), 5
ANSWER_BASIS = "Giá trị khởi đầu của phần mềm; tỉnh đặt lại theo quy chế của mình"
BASIS = "Điều 22 Nghị định 23/2015/NĐ-CP (chưa đối chiếu nguyên văn)"
BARS = (
    ("TAY-XOA", "Bản chính bị tẩy xóa, sửa chữa, thêm bớt nội dung không hợp lệ"),
    ("HU-HONG", "Bản chính hư hỏng, cũ nát, không đọc được nội dung"),
    ("MAT", "Bản chính đóng dấu mật, hoặc ghi rõ không được sao chụp"),
    ("TRAI-LUAT", "Nội dung trái pháp luật, đạo đức xã hội, hoặc xâm phạm quyền của người khác"),
    ("NUOC-NGOAI", "Giấy của nước ngoài chưa hợp pháp hóa lãnh sự, không thuộc diện được miễn"),
    ("TU-LAP", "Giấy do cá nhân tự lập, không có xác nhận và đóng dấu của cơ quan, tổ chức"),
)


@transaction.atomic
def seed_certification_bars() -> None:
    """Add what is missing; what somebody has changed stays so."""
    for code, name in BARS:
        CertificationBar.objects.get_or_create(
            code=code, defaults={"name": name, "basis": BASIS, "valid_from": START}
        )


@transaction.atomic
def seed_answer_rule() -> None:
    """Hạn trả lời đề nghị đính chính, where nobody has set one."""
    if not AnswerRule.objects.exists():
        AnswerRule.objects.create(valid_from=ANSWER_START, answer_days=ANSWER_DAYS, basis=ANSWER_BASIS)
