from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "motcua.foundation.ledger"
    label = "ledger"
    verbose_name = "Nhật ký sự kiện"
    default_auto_field = "django.db.models.BigAutoField"
