"""Hai người: what one person has drafted, another one publishes. Pure."""

from __future__ import annotations

from motcua.core.errors import Forbidden

ANOTHER = "Hãy nhờ người thứ hai kiểm tra và ban hành."


def refuse_own_draft(drafter: object, publisher: object, *, advice: str = ANOTHER) -> None:
    """Người soạn không tự ban hành; `advice` says whom to ask. Raises Forbidden."""
    if publisher is None or drafter == publisher:
        raise Forbidden(f"Người soạn không tự ban hành. {advice}")
