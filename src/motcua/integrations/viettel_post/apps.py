from django.apps import AppConfig


class ViettelPostConfig(AppConfig):
    name = "motcua.integrations.viettel_post"
    label = "viettel_post"
    verbose_name = "Viettel Post"
    default_auto_field = "django.db.models.BigAutoField"
