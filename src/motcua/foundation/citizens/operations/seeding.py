"""Các mức độ xác thực ban đầu."""

from __future__ import annotations

from motcua.foundation.citizens.models import AssuranceLevel

LEVELS = (
    ("1", "Mức độ 01", 1, "Thông tin đã khai và đối chiếu qua mạng"),
    ("2", "Mức độ 02", 2, "Đã đối chiếu khuôn mặt hoặc vân tay với Căn cước"),
)


def seed_levels() -> None:
    """Thêm những mức độ còn thiếu; those that exist stay as they are. Legal: ND69-2024"""
    for code, name, rank, meaning in LEVELS:
        AssuranceLevel.objects.get_or_create(
            code=code, defaults={"name": name, "rank": rank, "meaning": meaning}
        )
