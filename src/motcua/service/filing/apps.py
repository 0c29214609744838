from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "motcua.service.filing"
    label = "filing"
    verbose_name = "Hồ sơ nộp trực tuyến"
    default_auto_field = "django.db.models.BigAutoField"
