"""Khóa của trang thanh toán: who holds the link from a notice or from tracking may open it, without signing in."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

SALT = "motcua.payments.due"


def key_of(due_id: UUID) -> str:
    """Khóa for the address of one due; it opens that due and no other."""
    return signing.Signer(salt=SALT).signature(str(due_id))


def opens(due_id: UUID, key: str) -> bool:
    """Đúng khóa: compared in constant time."""
    try:
        signing.Signer(salt=SALT).unsign(f"{due_id}:{key}")
    except signing.BadSignature:
        return False
    return True


def path_of(due_id: UUID) -> str:
    """The address of the page with its key, for notices and lists."""
    return f"/thanh-toan/{due_id}/?khoa={key_of(due_id)}"
