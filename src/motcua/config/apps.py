from django.apps import AppConfig


class RoofConfig(AppConfig):
    """The last app: once every room stands, it says who listens to what."""

    name = "motcua.config"
    label = "roof"
    verbose_name = "Một cửa"

    def ready(self) -> None:
        from motcua.config.subscriptions import install

        install()
        _connect_channels()


def _connect_channels() -> None:
    """Which ways of taking money this installation can speak."""
    from motcua.integrations.bank_qr.gateway import BankQr
    from motcua.integrations.payment_platform.adapters import ADAPTERS
    from motcua.service.payments import gateways

    gateways.install({**ADAPTERS, "vietqr": BankQr})
