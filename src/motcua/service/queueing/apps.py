from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "motcua.service.queueing"
    label = "queueing"
    verbose_name = "Hàng chờ"
    default_auto_field = "django.db.models.BigAutoField"
