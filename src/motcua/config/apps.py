from django.apps import AppConfig


class RoofConfig(AppConfig):
    """The last app: once every room stands, it says who listens to what."""

    name = "motcua.config"
    label = "roof"
    verbose_name = "Một cửa"

    def ready(self) -> None:
        from motcua.config.subscriptions import install

        install()
