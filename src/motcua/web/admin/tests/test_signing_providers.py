"""Providers with which citizens sign: written from the top, open on their days, tried without showing whose keys."""

from __future__ import annotations

from unittest.mock import patch

from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.signing import remote
from motcua.integrations.outward import Answer, Silent
from motcua.integrations.remote_signing.client import line_of
from motcua.integrations.remote_signing.models import SigningProvider
from motcua.service.dossiers.tests.world import World

ASK = "motcua.integrations.remote_signing.client.ask"
TYPED = {
    "code": "smartca", "name": "SmartCA", "address": "https://ky.example.vn/csc/v2", "account": "OTHER",
    "asks": "Tên tài khoản", "secret_name": "MOTCUA_REMOTE_SIGNING_SMARTCA", "position": "1",
    "valid_from": "01/01/2026", "valid_to": "",
}  # fmt: skip


def test_a_provider_is_written_tried_and_offered(admin: Client, world: World, monkeypatch) -> None:
    new = reverse("admin:new-signing-provider")
    for wrong in ({"address": "http://ky.example.vn"}, {"secret_name": "SECRET_KEY"}, {"code": "có dấu"}):
        assert admin.post(new, {**TYPED, **wrong}).status_code == 422
    assert not SigningProvider.objects.exists()
    assert admin.post(new, TYPED).status_code == 302
    page = reverse("admin:signing-provider", args=["smartca"])
    assert "chưa có mã truy cập" in admin.get(page).content.decode()
    monkeypatch.setenv("MOTCUA_REMOTE_SIGNING_SMARTCA", "bi-mat")
    assert line_of("smartca") == ("https://ky.example.vn/csc/v2", "bi-mat")
    with patch(ASK, return_value=Answer(200, "application/json", b'{"credentialIDs": []}')) as ask:
        assert "có 0 chứng thư" in tried(admin, page)
    assert ask.call_args.kwargs["headers"]["Authorization"] == "Bearer bi-mat"
    with patch(ASK, side_effect=Silent("down")):
        assert "Chưa nối được" in tried(admin, page)
    today = local_date(now())
    assert [(one.name, one.takes_number) for one in remote.providers(today)] == [("SmartCA", False)]
    assert admin.post(page, {**TYPED, "valid_to": "31/01/2026"}).status_code == 302
    assert not remote.providers(today)
    assert "bi-mat" not in admin.get(reverse("admin:signing-providers")).content.decode()


def tried(admin: Client, page: str) -> str:
    return admin.post(page, {"try": "1", "tried": "toi"}, follow=True).content.decode()
