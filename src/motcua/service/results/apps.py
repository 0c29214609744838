from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "motcua.service.results"
    label = "results"
    verbose_name = "Kết quả điện tử"
    default_auto_field = "django.db.models.BigAutoField"
