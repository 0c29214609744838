from django.apps import AppConfig


class PaymentPlatformConfig(AppConfig):
    name = "motcua.integrations.payment_platform"
    label = "payment_platform"
    verbose_name = "Cổng thanh toán"
    default_auto_field = "django.db.models.BigAutoField"
