from __future__ import annotations

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "motcua.service.linking"
    verbose_name = "Liên thông"
    default_auto_field = "django.db.models.BigAutoField"
