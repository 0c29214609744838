from django.apps import AppConfig


class PaperworkConfig(AppConfig):
    name = "motcua.service.paperwork"
    label = "paperwork"
    verbose_name = "Biểu mẫu, sổ"
    default_auto_field = "django.db.models.BigAutoField"
