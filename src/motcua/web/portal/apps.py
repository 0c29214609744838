from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "motcua.web.portal"
    label = "portal"
    verbose_name = "Cổng dịch vụ công"
    default_auto_field = "django.db.models.BigAutoField"
