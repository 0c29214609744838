from django.apps import AppConfig


class PostalConfig(AppConfig):
    name = "motcua.service.postal"
    label = "postal"
    verbose_name = "Bưu chính"
    default_auto_field = "django.db.models.BigAutoField"
