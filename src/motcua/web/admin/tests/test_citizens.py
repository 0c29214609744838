"""Công dân: accounts found, locked with a reason that is told, devices signed out; providers written and tried."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.operations.signing_in import SignInRefused
from motcua.foundation.citizens.tests.factories import a_citizen, a_session
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.notices.models import Notice
from motcua.integrations.sign_in.models import SignInProvider
from motcua.service.dossiers.tests.world import World
from motcua.service.holdings.models import PaperMatch, PaperType
from motcua.web.admin.tests.conftest import Entering, page_of

LIST = "admin:citizens"
REASON = "Người khác dùng số định danh của bạn"


@pytest.fixture
def account(world: World) -> CitizenAccount:
    return a_citizen(name="Lò Thị Hòa", personal_number="014190001237", phone="0912345678")


def own(account: CitizenAccount) -> str:
    return reverse("admin:citizen", args=[account.pk])


class TestAccounts:
    def test_are_found_by_name_and_number(self, admin: Client, account: CitizenAccount) -> None:
        for text in ("lo thi hoa", "014 190 001 237", "0912345678"):
            assert own(account) in page_of(admin.get(reverse(LIST), {"q": text})), text
        assert own(account) not in page_of(admin.get(reverse(LIST), {"q": "014190001238"}))
        assert "014190001237" not in page_of(admin.get(own(account)))

    def test_are_locked_told_why_and_opened_again(self, admin: Client, account: CitizenAccount) -> None:
        a_session(account)
        assert admin.post(own(account), {"act": "lock"}).status_code == 422
        assert admin.post(own(account), {"act": "lock", "reason": REASON}).status_code == 302
        assert admin.post(own(account), {"act": "lock", "reason": REASON}).status_code == 409
        assert not account.sessions.filter(ended_at=None).exists()
        assert REASON in Notice.objects.get(kind="ACCOUNT_LOCKED").text
        assert REASON in page_of(admin.get(own(account)))
        with pytest.raises(SignInRefused, match=REASON):
            a_session(account)
        assert own(account) in page_of(admin.get(reverse(LIST)))
        admin.post(own(account), {"act": "unlock", "reason": "Đã xác minh"})
        assert a_session(account)

    def test_are_signed_out_on_every_device_by_the_office(
        self, admin: Client, world: World, account: CitizenAccount
    ) -> None:
        a_session(account)
        a_session(account)
        admin.post(own(account), {"act": "devices", "reason": "Mất điện thoại"})
        assert set(account.sessions.exclude(end="").values_list("end", flat=True)) == {"OFFICE"}
        line = Line.objects.filter(subject_id=account.pk, name="CitizenSignedOut").latest("number")
        assert (line.actor_id, line.payload["reason"]) == (world.admin.pk, "Mất điện thoại")

    def test_are_for_the_administrator_of_the_highest_place(
        self, world: World, enter: Entering, account: CitizenAccount
    ) -> None:
        local = enter(staff("ADMIN", world.department))
        assert local.get(reverse(LIST)).status_code == 403
        assert local.post(own(account), {"act": "lock", "reason": REASON}).status_code == 403


PROVIDER = {
    "code": "vneid", "name": "VNeID", "dialect": "VNEID", "issuer": "https://sso.vidu.vn",
    "authorize_url": "https://sso.vidu.vn/authorize", "token_url": "https://sso.vidu.vn/token",
    "userinfo_url": "https://sso.vidu.vn/userinfo", "jwks_url": "https://sso.vidu.vn/jwks", "client_id": "tinh",
    "secret_name": "MOTCUA_SIGN_IN_VNEID", "client_auth": "POST", "scopes": "openid", "algorithms": "RS256, ES256",
    "level_claims": "loAs", "levels": "1 = 1\n2 = 2", "claim_map": "phone = phone_number", "position": "1",
    "valid_from": "01/12/2026",
}  # fmt: skip


class TestProviders:
    def test_are_written_with_dates_and_the_name_of_the_secret_alone(
        self, admin: Client, account: CitizenAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTCUA_SIGN_IN_VNEID", "rat-bi-mat")
        new = reverse("admin:new-provider")
        for wrong in ({"issuer": "http://sso.vidu.vn"}, {"levels": "mot hai"}, {"algorithms": "HS256"}):
            assert admin.post(new, {**PROVIDER, **wrong}).status_code == 422, wrong
        assert admin.post(new, PROVIDER).status_code == 302
        made = SignInProvider.objects.get(pk="vneid")
        assert (made.levels, made.claim_map, made.valid_from) == (
            {"1": "1", "2": "2"}, {"phone": "phone_number"}, date(2026, 12, 1),
        )  # fmt: skip
        for page in (
            admin.get(reverse("admin:providers")),
            admin.get(reverse("admin:provider", args=["vneid"])),
        ):
            assert "rat-bi-mat" not in page_of(page)
        ended = {**PROVIDER, "valid_to": "31/12/2026"}
        assert admin.post(reverse("admin:provider", args=["vneid"]), ended).status_code == 302
        assert Line.objects.filter(subject_id=made.uid).latest("number").payload["changed"] == ["valid_to"]

    def test_are_tried_at_a_press(self, admin: Client, account: CitizenAccount, monkeypatch: Any) -> None:
        admin.post(reverse("admin:new-provider"), PROVIDER)
        own_page = reverse("admin:provider", args=["vneid"])
        answer = admin.post(own_page, {"try": "1"}, follow=True)
        assert "Chưa nối được" in page_of(answer)  # no socket leaves the tests
        monkeypatch.setattr("motcua.web.admin.providers.check_provider", lambda _: 2)
        said = page_of(admin.post(own_page, {"try": "1"}, follow=True))
        assert "công bố 2 khóa công khai" in said
        assert "CHƯA có (biến MOTCUA_SIGN_IN_VNEID)" in said


class TestPaperTypes:
    GIVEN = {
        "code": "kq.gks", "name": "Giấy khai sinh", "validity": "MONTHS", "months": "6", "valid_from": "01/07/2025",
        "names": "Giấy khai sinh\nBản sao giấy khai sinh",
    }  # fmt: skip

    def test_are_made_and_mended_with_the_names_procedures_use(self, admin: Client, world: World) -> None:
        new = reverse("admin:new-paper-type")
        assert admin.post(new, {**self.GIVEN, "months": ""}).status_code == 422
        assert admin.post(new, self.GIVEN).status_code == 302
        row = PaperType.objects.get(code="KQ.GKS")
        assert "giay khai sinh" in page_of(admin.get(reverse("admin:paper-type", args=[row.pk])))
        taken = {**self.GIVEN, "code": "KHAC", "name": "Khác", "names": "giấy khai sinh"}
        assert "đã là của loại Giấy khai sinh" in page_of(admin.post(new, taken))
        mended = {**self.GIVEN, "validity": "FOREVER", "names": "Giấy khai sinh", "reason": "Luật Hộ tịch"}
        assert admin.post(reverse("admin:paper-type", args=[row.pk]), mended).status_code == 302
        row.refresh_from_db()
        assert (row.validity, row.months) == ("FOREVER", 0)
        assert list(PaperMatch.objects.values_list("name_folded", flat=True)) == ["giay khai sinh"]
        assert (
            Line.objects.get(subject_id=row.uid, name="PaperTypeChanged").payload["reason"] == "Luật Hộ tịch"
        )
