"""A walk to the simulated provider and back, the front by Django's client, the back over real HTTP to the live server."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from motcua.foundation.citizens.operations.seeding import seed_levels
from motcua.integrations.sign_in import client as speaking
from motcua.integrations.sign_in.operations.providers import seed_simulated_providers

HOME = "/cong-dan/dang-nhap/"
VNEID, VNCONNECT = "mo-phong-vneid", "mo-phong-vnconnect"


def prepare(settings: Any, live_server: Any) -> None:
    """The simulators on, this server calling itself where it really listens."""
    settings.SIMULATORS = True
    settings.SELF_URL = live_server.url
    speaking.forget_keys()
    seed_levels()
    seed_simulated_providers()


def depart(client: Client, *, provider: str = VNEID, **query: str) -> str:
    """Leave for the provider; its address, as the browser gets it."""
    response = client.get(f"{HOME}qua/{provider}/", query)
    assert response.status_code == 302
    return response.url


def pick(client: Client, address: str, **chosen: str) -> str:
    """Be somebody there; the address that leads back."""
    response = client.post(address, {"nguoi": "an", **chosen})
    assert response.status_code == 302, response.content.decode()[:500]
    parts = urlsplit(response.url)
    return f"{parts.path}?{parts.query}"


def walk(client: Client, *, provider: str = VNEID, query: dict[str, str] | None = None, **chosen: str) -> Any:
    """There and back; what the page of the return answers."""
    return client.get(pick(client, depart(client, provider=provider, **(query or {})), **chosen))


def asked(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
