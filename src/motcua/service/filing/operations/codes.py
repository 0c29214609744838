"""Mã tiếp tục, mã mời: short enough to be written by hand, too many to be guessed."""

from __future__ import annotations

import secrets

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CODE_LENGTH = 10  # 31 to the power of 10: with the limit of tries nobody meets one by guessing


def new_code() -> str:
    """Một mã mới."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def plain_code(text: str) -> str:
    """What was typed, as the code is kept: no blanks, no dashes, capitals."""
    return "".join(letter for letter in text.upper() if letter.isalnum())[:40]
