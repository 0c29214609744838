from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "motcua.service.forms"
    label = "forms"
    verbose_name = "Biểu mẫu điện tử"
    default_auto_field = "django.db.models.BigAutoField"
