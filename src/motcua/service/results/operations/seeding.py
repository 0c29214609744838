"""Trường hợp không được chứng thực bản sao: what a new installation starts with; an administrator changes it as data.

In words of our own, by memory of the article; the text was not at hand, so each row says where to look it up.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from motcua.service.results.models import CertificationBar

START = date(2015, 4, 10)
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
