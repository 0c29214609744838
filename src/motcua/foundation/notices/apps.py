from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "motcua.foundation.notices"
    label = "notices"
    verbose_name = "Thông báo"
    default_auto_field = "django.db.models.BigAutoField"
