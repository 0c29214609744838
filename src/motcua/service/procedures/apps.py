from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "motcua.service.procedures"
    label = "procedures"
    verbose_name = "Bộ thủ tục hành chính"
    default_auto_field = "django.db.models.BigAutoField"
