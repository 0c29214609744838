"""Băm mật khẩu của bản minh họa: light, because that password is told to everybody and ninety accounts bear it."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class PublicPasswordHasher(Argon2PasswordHasher):
    """Chỉ cho bản minh họa; outside of it a sign-in hashes anew at full strength."""

    time_cost = 1
    memory_cost = 8 * 1024
    parallelism = 1
