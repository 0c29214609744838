from django.apps import AppConfig


class AdminConfig(AppConfig):
    name = "motcua.web.admin"
    label = "admin"
    verbose_name = "Quản trị"
    default_auto_field = "django.db.models.BigAutoField"
