"""Questions about providers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from motcua.foundation.org.querysets import valid_on

if TYPE_CHECKING:
    from motcua.integrations.sign_in.models import SignInProvider  # noqa: F401  named by a string below


class ProviderQuerySet(models.QuerySet["SignInProvider"]):
    """Nơi cấp tài khoản."""

    def offered_on(self, day: date) -> Self:
        """Đang mở; the simulated ones only where simulators run."""
        found = self.filter(valid_on(day))
        return found if settings.SIMULATORS else found.filter(is_simulated=False)
