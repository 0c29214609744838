from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "motcua.integrations.sign_in"
    label = "sign_in"
    verbose_name = "Đăng nhập qua nơi cấp tài khoản"
    default_auto_field = "django.db.models.BigAutoField"
