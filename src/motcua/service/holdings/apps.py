from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    name = "motcua.service.holdings"
    label = "holdings"
    verbose_name = "Kho giấy tờ"
    default_auto_field = "django.db.models.BigAutoField"
