"""Các diện ưu tiên ban đầu, which an administrator's database may change."""

from __future__ import annotations

from datetime import date

from motcua.service.queueing.models import PriorityKind
from motcua.service.queueing.operations.ticketing import APPOINTED

SINCE = date(2018, 6, 21)
KINDS = (
    ("ELDERLY", "Người cao tuổi"),
    ("DISABLED", "Người khuyết tật"),
    ("PREGNANT", "Phụ nữ mang thai"),
    ("CHILD", "Người đi cùng trẻ nhỏ"),
    ("MERIT", "Người có công với cách mạng"),
    (APPOINTED, "Hẹn trước"),
)


def seed_priority_kinds() -> None:
    """Thêm những diện còn thiếu; those that exist stay as they are. Legal: ND118-2025 Đ13"""
    for position, (code, name) in enumerate(KINDS, start=1):
        PriorityKind.objects.get_or_create(
            code=code,
            defaults={
                "name": name, "position": position, "valid_from": SINCE, "is_by_appointment": code == APPOINTED,
            },
        )  # fmt: skip
