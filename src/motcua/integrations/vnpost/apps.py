from django.apps import AppConfig


class VnpostConfig(AppConfig):
    name = "motcua.integrations.vnpost"
    label = "vnpost"
    verbose_name = "VNPost"
    default_auto_field = "django.db.models.BigAutoField"
