"""Lựa chọn có tên gọi: a word that is stored, with the Vietnamese label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """Lựa chọn: a member is written `NAME = "NAME", "Tên gọi"`; a stored word alone finds its member."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
