from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "motcua.web.ui"
    label = "ui"
    verbose_name = "Giao diện"
    default_auto_field = "django.db.models.BigAutoField"
