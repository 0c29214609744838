"""Họ tên: names drawn as often as they are met in Viet Nam, so that a search over many of them is honest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random

from motcua.core.text import fold

# Family names by their share of the people, in per mille; the first three are more than half of everybody.
FAMILY = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Hoàng": 36, "Huỳnh": 15, "Phan": 45, "Vũ": 24, "Võ": 15,
    "Đặng": 21, "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 5, "Đào": 6, "Đoàn": 6, "Vương": 3,
    "Trịnh": 6, "Trương": 9, "Đinh": 8, "Lâm": 5, "Phùng": 4, "Mai": 5, "Tô": 3, "Hà": 5, "Tạ": 3, "Quách": 2,
    "Chu": 3, "Cao": 5, "Lương": 5, "Tống": 1, "Thái": 2, "Kiều": 1, "Nghiêm": 1, "Khúc": 1, "Doãn": 1,
}  # fmt: skip
WOMEN = {
    "Thị": 450, "Thị Thu": 45, "Thị Thanh": 40, "Thị Ngọc": 40, "Thị Hồng": 38, "Thị Minh": 25, "Thị Kim": 25,
    "Thị Phương": 20, "Thị Bích": 16, "Thị Mai": 15, "Thị Lan": 10, "Thu": 30, "Ngọc": 35, "Thanh": 30,
    "Khánh": 20, "Phương": 22, "Minh": 18, "Hồng": 16, "Bảo": 14, "Diệu": 8, "Hà": 8, "Quỳnh": 8,
}  # fmt: skip
MEN = {
    "Văn": 400, "Đức": 60, "Minh": 55, "Quốc": 40, "Hữu": 38, "Xuân": 34, "Công": 28, "Đình": 40, "Quang": 36,
    "Ngọc": 34, "Thanh": 30, "Anh": 22, "Tuấn": 18, "Trọng": 18, "Duy": 16, "Viết": 12, "Bá": 12, "Mạnh": 16,
    "Tiến": 14, "Hoàng": 16, "Gia": 10, "Thành": 14, "Việt": 10, "Hồng": 8,
}  # fmt: skip
GIVEN_WOMEN = {
    "Lan": 40, "Hương": 46, "Hoa": 40, "Hằng": 34, "Hà": 42, "Thảo": 36, "Linh": 44, "Trang": 46, "Nga": 32,
    "Mai": 36, "Oanh": 22, "Thủy": 36, "Yến": 26, "Huyền": 34, "Ngân": 24, "Phương": 40, "Anh": 48, "Dung": 30,
    "Loan": 24, "Hiền": 34, "Hồng": 28, "Vân": 32, "Nhung": 26, "Quyên": 16, "Thanh": 24, "Tuyết": 20, "Xuân": 16,
    "Ánh": 18, "Hạnh": 28, "Liên": 24, "Minh": 10, "Ngọc": 26, "Tâm": 18, "Thu": 26, "Thơm": 14, "Hòa": 14,
    "Bích": 8, "Cúc": 10, "Đào": 8, "Giang": 16, "Huệ": 20, "Lý": 12, "Na": 6, "Sen": 8, "Thương": 14, "Trâm": 12,
}  # fmt: skip
GIVEN_MEN = {
    "Hùng": 48, "Dũng": 42, "Tuấn": 52, "Cường": 38, "Minh": 36, "Hải": 36, "Nam": 34, "Long": 28, "Sơn": 32,
    "Thắng": 30, "Anh": 40, "Bình": 30, "Đức": 34, "Hiếu": 28, "Hoàng": 26, "Hưng": 28, "Huy": 26, "Khánh": 16,
    "Kiên": 18, "Lâm": 14, "Mạnh": 22, "Phong": 18, "Phúc": 18, "Quân": 22, "Quang": 24, "Quyết": 12, "Tâm": 14,
    "Thành": 32, "Thịnh": 16, "Tiến": 24, "Toàn": 20, "Trung": 28, "Tú": 18, "Tùng": 22, "Việt": 18, "Vinh": 14,
    "Vũ": 10, "Chiến": 14, "Chung": 12, "Đạt": 20, "Giang": 14, "Hà": 16, "Hòa": 16, "Lợi": 10, "Lực": 6, "Nghĩa": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a part of one, with its two keys of search."""

    written: str
    folded: str
    reversed: str


class Pool:
    """Words with their weights, ready to be drawn by the thousand."""

    def __init__(self, shares: dict[str, int]) -> None:
        self._names = [Name(word, fold(word), " ".join(reversed(fold(word).split()))) for word in shares]
        self._weights = list(accumulate(shares.values()))

    def draw(self, chance: Random, number: int) -> list[Name]:
        return chance.choices(self._names, cum_weights=self._weights, k=number)


class Names:
    """Tên người: endless names of one sex, drawn a thousand at a time."""

    def __init__(self, chance: Random, middle: dict[str, int], given: dict[str, int]) -> None:
        self._chance = chance
        self._pools = (Pool(FAMILY), Pool(middle), Pool(given))
        self._waiting: list[tuple[Name, ...]] = []

    def next(self) -> Name:
        if not self._waiting:
            self._waiting = list(zip(*(pool.draw(self._chance, 1000) for pool in self._pools), strict=True))
        family, middle, given = self._waiting.pop()
        return Name(
            f"{family.written} {middle.written} {given.written}",
            f"{family.folded} {middle.folded} {given.folded}",
            f"{given.reversed} {middle.reversed} {family.reversed}",
        )


def women(chance: Random) -> Names:
    return Names(chance, WOMEN, GIVEN_WOMEN)


def men(chance: Random) -> Names:
    return Names(chance, MEN, GIVEN_MEN)
