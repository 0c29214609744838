from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "motcua.web.counter"
    label = "counter"
    verbose_name = "Một cửa"
    default_auto_field = "django.db.models.BigAutoField"
