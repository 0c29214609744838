from __future__ import annotations

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "motcua.oversight.integrity"
    label = "integrity"
    verbose_name = "Toàn vẹn dữ liệu"
