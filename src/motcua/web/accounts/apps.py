from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "motcua.web.accounts"
    label = "accounts"
    verbose_name = "Tài khoản"
    default_auto_field = "django.db.models.BigAutoField"
