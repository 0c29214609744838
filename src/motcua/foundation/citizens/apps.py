from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "motcua.foundation.citizens"
    label = "citizens"
    verbose_name = "Công dân đăng nhập"
    default_auto_field = "django.db.models.BigAutoField"
