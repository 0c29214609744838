from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "motcua.foundation.numbering"
    label = "numbering"
    verbose_name = "Cấp số"
    default_auto_field = "django.db.models.BigAutoField"
