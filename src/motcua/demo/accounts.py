"""Tài khoản minh họa: who may sign in to the demo, with what."""

from __future__ import annotations

from django.conf import settings

from motcua.core.time import local_date, now
from motcua.demo.loading import NotADemo
from motcua.demo.province import PASSWORD
from motcua.foundation.identity.models import Membership
from motcua.foundation.identity.operations.second_factor import code_for_demo, device_of, secret_of


def listing() -> list[dict[str, str]]:
    """Danh sách tài khoản: sign-in name, password, post, agency; with the code of this moment where one is asked.

    Raises NotADemo outside a demo.
    """
    if not settings.DEMO:
        raise NotADemo("Chỉ bản minh họa (MOTCUA_DEMO=1) mới cho xem tài khoản.")
    seats = (
        Membership.objects.valid_on(local_date(now()))
        .filter(user__is_active=True)
        .select_related("user", "post__role", "post__agency")
        .order_by("post__agency__code", "post__role__position", "user__username")
    )
    return [_account(seat) for seat in seats]


def _account(seat: Membership) -> dict[str, str]:
    account = {
        "username": seat.user.username,
        "password": PASSWORD,
        "name": seat.user.full_name,
        "title": seat.post.role.name,
        "role": seat.post.role.code,
        "agency": seat.post.agency.name,
    }
    device = device_of(seat.user) if seat.post.role.needs_second_factor else None
    if device:
        account |= {"secret": secret_of(device).replace(" ", ""), "code": code_for_demo(device)}
    return account
