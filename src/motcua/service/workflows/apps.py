from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "motcua.service.workflows"
    label = "workflows"
    verbose_name = "Quy trình nội bộ"
    default_auto_field = "django.db.models.BigAutoField"
