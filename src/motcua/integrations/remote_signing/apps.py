from django.apps import AppConfig


class RemoteSigningConfig(AppConfig):
    name = "motcua.integrations.remote_signing"
    label = "remote_signing"
    verbose_name = "Ký số từ xa"
    default_auto_field = "django.db.models.BigAutoField"
