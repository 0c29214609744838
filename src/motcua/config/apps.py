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
        _connect_carriers()


def _connect_channels() -> None:
    """Which ways of taking money this installation can speak."""
    from motcua.integrations.bank_qr.gateway import BankQr
    from motcua.integrations.cash_on_delivery import CashOnDelivery
    from motcua.integrations.payment_platform.adapters import ADAPTERS
    from motcua.service.payments import gateways

    gateways.install({**ADAPTERS, "vietqr": BankQr, "cod": CashOnDelivery})


def _connect_carriers() -> None:
    """Which posts this installation can speak with."""
    from motcua.integrations.viettel_post.client import ViettelPost
    from motcua.integrations.vnpost.client import Vnpost
    from motcua.service.postal import carriers

    carriers.install({"vnpost": Vnpost, "viettel_post": ViettelPost})
