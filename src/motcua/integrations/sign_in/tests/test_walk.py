"""The whole way to the provider and back, each planted fault on it, over real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.citizens.sessions import COOKIE, tokens_of
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.integrations import outward
from motcua.integrations.sign_in import client as speaking
from motcua.integrations.sign_in.faults import ProviderDown
from motcua.integrations.sign_in.models import SignInAttempt, SignInProvider, SimulatedGrant
from motcua.integrations.sign_in.operations.travelling import forget_old_attempts
from motcua.integrations.sign_in.simulator import operations as simulator
from motcua.integrations.sign_in.tests.world import VNCONNECT, asked, depart, pick, walk

pytestmark = pytest.mark.usefixtures("provider")
NEXT = {"next": "/hang-cho/?x=1"}
AN = "033088000101"


def is_out(client):
    return COOKIE not in client.cookies and not CitizenSession.objects.exists()


class TestWalk:
    def test_signs_a_person_in_and_leads_back(self, client):
        response = walk(client, query=NEXT)
        assert (response.status_code, response.url) == (302, "/hang-cho/?x=1")
        session = CitizenSession.objects.get()
        assert (session.account.name, session.level_id) == ("Nguyễn Văn An", "2")
        assert session.account.applicant.personal_number == AN
        assert client.cookies[COOKIE]["httponly"]
        assert set(tokens_of(session)) == {"id_token", "access_token"}
        assert client.get("/cong-dan/").status_code == 200

    def test_asks_with_pkce_state_and_nonce_and_keeps_no_secret(self, client):
        said = asked(depart(client))
        assert (said["response_type"], said["code_challenge_method"]) == ("code", "S256")
        assert len(said["state"]) >= 43
        assert len(said["nonce"]) >= 43
        attempt = SignInAttempt.objects.get()
        assert said["state"] not in {attempt.state_digest, attempt.nonce}
        assert attempt.verifier not in str(said)

    def test_signs_an_organisation_in_with_its_representative(self, client):
        walk(client, provider=VNCONNECT, nguoi="tc-mau")
        firm = CitizenAccount.objects.get()
        assert (firm.kind, firm.applicant.tax_code) == ("ORGANISATION", "0900000108")
        row = firm.representatives.get()
        assert (row.name, row.person.personal_number) == ("Nguyễn Văn An", AN)
        of_the_person = Client()
        of_the_person.post(walk(of_the_person, provider=VNCONNECT).url)
        assert CitizenAccount.objects.get(kind="PERSON").applicant == row.person

    def test_never_leads_elsewhere(self, client):
        assert walk(client, query={"next": "https://xau.vn/"}).url == "/cong-dan/"

    def test_takes_claims_of_ones_own(self, client):
        walk(client, nguoi="rieng", sub="mp-x", HoVaTen="Lò Thị Riêng", SoDinhDanh="", loAs="1")
        account = CitizenAccount.objects.get()
        assert (account.name, account.level_id, account.applicant.personal_number) == (
            "Lò Thị Riêng",
            "1",
            "",
        )

    def test_a_new_key_of_session_replaces_the_old(self, client):
        walk(client)
        old = client.cookies[COOKIE].value
        walk(client)
        assert client.cookies[COOKIE].value != old
        assert list(CitizenSession.objects.order_by("id").values_list("end", flat=True)) == ["REPLACED", ""]


class TestPlantedFaults:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ("WRONG_NONCE", "id_token:nonce"),
            ("ALG_NONE", "id_token:"),
            ("ALG_HS", "id_token:"),
            ("OTHER_KEY", "id_token:bad_signature"),
            ("EXPIRED", "id_token:exp"),
            ("WRONG_AUD", "id_token:aud"),
            ("WRONG_AZP", "id_token:azp"),
            ("WRONG_ISS", "id_token:iss"),
            ("OTHER_SUB", "userinfo:sub"),
            ("HTML", "200:not-json"),
            ("BROKEN", "token:500"),
            ("DENIED", "authorize:access_denied"),
        ],
    )
    def test_is_refused_in_words_and_nothing_is_lost(self, client, fault, code):
        response = walk(client, query=NEXT, su_co=fault)
        assert response.status_code == 422
        page = response.content.decode()
        assert "Thử lại với VNeID" in page
        assert "next=%2Fhang-cho%2F%3Fx%3D1" in page, "the way back is kept"
        assert 'href="/hang-cho/?x=1">Làm không cần đăng nhập' in page
        assert SignInAttempt.objects.get().fault.startswith(code)
        assert is_out(client)
        assert walk(client, query=NEXT).url == "/hang-cho/?x=1", "trying again helps"

    def test_a_slow_provider_is_not_waited_for(self, client, monkeypatch):
        monkeypatch.setattr(simulator, "SLOW", 2)
        monkeypatch.setattr(speaking, "PATIENCE", 0.3)
        response = walk(client, su_co="SLOW")
        assert (response.status_code, is_out(client)) == (422, True)
        assert "đang không trả lời" in response.content.decode()

    def test_a_provider_that_is_down(self, client):
        SignInProvider.objects.filter(is_simulated=True).update(token_url="http://127.0.0.1:9/token")
        response = walk(client, query=NEXT)
        assert "đang không trả lời" in response.content.decode()
        assert is_out(client)

    def test_a_state_of_somebody_else(self, client):
        other = Client()
        theirs = pick(other, depart(other, next="/tra-cuu/"))
        depart(client, **NEXT)
        response = client.get(theirs)
        page = response.content.decode()
        assert "không bắt đầu từ trình duyệt của bạn" in page
        assert "next=%2Fhang-cho" in page, "one's own way back"
        assert "tra-cuu%2F" not in page, "nothing of theirs"
        assert is_out(client)
        assert other.get(theirs).status_code == 302, "theirs still works"

    def test_a_state_that_the_provider_changed(self, client):
        assert walk(client, su_co="OTHER_STATE").status_code == 422
        assert is_out(client)

    def test_a_code_replayed(self, client):
        back = pick(client, depart(client))
        assert client.get(back).status_code == 302
        response = client.get(back)
        assert "đã dùng rồi" in response.content.decode()
        assert CitizenSession.objects.count() == 1

    def test_a_code_stolen_into_another_way(self, client):
        """PKCE: a code that was given for one way is of no use in another."""
        stolen = asked(pick(client, depart(client)))["code"]
        mine = asked(pick(client, depart(client)))
        response = client.get("/cong-dan/dang-nhap/ve/", {**mine, "code": stolen})
        assert response.status_code == 422
        assert is_out(client)

    def test_an_answer_of_another_issuer(self, client):
        back = asked(pick(client, depart(client)))
        response = client.get("/cong-dan/dang-nhap/ve/", {**back, "iss": "https://noi-khac.vidu.vn"})
        assert response.status_code == 422
        assert is_out(client)

    def test_a_page_left_open_too_long(self, client):
        back = pick(client, depart(client))
        SignInAttempt.objects.update(expires_at=now() - timedelta(seconds=1))
        assert "quá lâu" in client.get(back).content.decode()

    def test_too_many_at_once_asks_again_by_itself(self, client):
        back = pick(client, depart(client))
        slots = outward.slots()
        taken = 0
        while slots.acquire(blocking=False):
            taken += 1
        try:
            response = client.get(back)
        finally:
            slots.release(taken)
        assert (response.status_code, response["Refresh"]) == (503, "3")
        assert client.get(back).status_code == 302, "nothing was used up"


class TestConfirmation:
    def met(self, name="Nguyễn Văn An"):
        data = ApplicantInput(name=name, personal_number=AN)
        return find_or_create_applicant(data, by=None, at=now())

    def test_asks_whether_it_is_you(self, client):
        known = self.met()
        response = walk(client, query=NEXT)
        assert "/xac-nhan/" in response.url
        assert is_out(client)
        page = client.get(response.url).content.decode()
        assert AN not in page
        assert "•••••••••101" in page
        assert Client().get(response.url).status_code == 422, "of this browser only"
        assert client.post(response.url).url == "/hang-cho/?x=1"
        assert CitizenAccount.objects.get().applicant == known
        assert SignInAttempt.objects.get().held_sealed is None
        assert client.post(response.url).status_code == 422, "once"

    def test_no_is_no(self, client):
        self.met()
        response = walk(client)
        client.post(response.url, {"khong": "1"})
        assert is_out(client)
        assert not CitizenAccount.objects.exists()

    def test_what_is_held_is_forgotten(self, client):
        self.met()
        walk(client)
        forget_old_attempts(now() + timedelta(hours=1))
        assert SignInAttempt.objects.get().held_sealed is None
        forget_old_attempts(now() + timedelta(days=60))
        assert not SignInAttempt.objects.exists()

    def test_a_way_without_return_is_forgotten_sooner(self, client):
        depart(client)
        walk(client)
        forget_old_attempts(now() + timedelta(days=2))
        assert SignInAttempt.objects.get().used_at
        assert not SimulatedGrant.objects.exists()


class TestLinking:
    def test_a_further_way_in(self, client):
        walk(client)
        account = CitizenAccount.objects.get()
        response = walk(client, provider=VNCONNECT, query={"lien-ket": "1"})
        assert response.url == "/cong-dan/tai-khoan/"
        assert account.links.count() == 2
        walk(Client(), provider=VNCONNECT)
        assert CitizenAccount.objects.count() == 1

    def test_of_another_person_is_refused(self, client):
        enter(client, a_citizen())
        response = walk(client, provider=VNCONNECT, query={"lien-ket": "1"})
        assert "không khớp" in response.content.decode()


class TestStepUp:
    def test_asks_the_provider_for_more_and_comes_back(self, client):
        said = asked(depart(client, muc="2", next="/cong-dan/uy-quyen/moi/"))
        assert (said["acr_values"], said["prompt"]) == ("2", "login")
        walk(client, query={"next": "/cong-dan/uy-quyen/moi/"}, nguoi="binh")
        assert CitizenSession.objects.get().level_id == "1"
        turned = client.get("/cong-dan/uy-quyen/moi/")
        assert turned.url.startswith("/cong-dan/dang-nhap/nang-muc/?muc=2")
        page = client.get(turned.url).content.decode()
        assert "muc=2" in page
        own = {
            "nguoi": "rieng",
            "sub": "mp-binh",
            "HoVaTen": "Trần Thị Bình",
            "SoDinhDanh": "033190000102",
            "loAs": "2",
        }
        response = walk(client, query={"next": "/cong-dan/uy-quyen/moi/", "muc": "2"}, **own)
        assert response.url == "/cong-dan/uy-quyen/moi/"
        assert client.get(response.url).status_code == 200


class TestSignOut:
    def test_here_and_by_a_link_there(self, client):
        walk(client)
        access_token = tokens_of(CitizenSession.objects.get())["access_token"]
        provider = SignInProvider.objects.get(pk="mo-phong-vneid")
        assert speaking.introspect(provider, access_token=access_token)
        response = client.post("/cong-dan/dang-xuat/")
        assert "/mo-phong/dang-nhap/vneid/logout/?id_token_hint=" in response.content.decode()
        assert client.get("/cong-dan/").status_code == 302
        assert SimulatedGrant.objects.get().revoked_at, "the token was taken back"
        assert not speaking.introspect(provider, access_token=access_token)
        assert client.post("/cong-dan/dang-xuat/").url == "/", "a second press changes nothing"

    def test_here_though_the_provider_is_down(self, client):
        walk(client)
        SignInProvider.objects.update(revoke_url="http://127.0.0.1:9/")
        assert client.post("/cong-dan/dang-xuat/").status_code == 200
        assert CitizenSession.objects.get().end == "SIGNED_OUT"


class TestProviders:
    def test_are_off_by_date_and_where_no_simulator_runs(self, client, settings):
        SignInProvider.objects.filter(pk=VNCONNECT).update(valid_to=now().date() - timedelta(days=1))
        page = client.get("/cong-dan/dang-nhap/").content.decode()
        assert "VNeID (mô phỏng)" in page
        assert "quốc gia" not in page
        settings.SIMULATORS = False
        assert "mô phỏng" not in client.get("/cong-dan/dang-nhap/").content.decode()
        assert client.get("/cong-dan/dang-nhap/qua/mo-phong-vneid/").status_code == 404
        assert client.get("/mo-phong/dang-nhap/vneid/jwks/").status_code == 404

    def test_are_tried(self):
        provider = SignInProvider.objects.first()
        assert speaking.check_provider(provider) == 1
        provider.jwks_url = "http://127.0.0.1:9/"
        with pytest.raises(ProviderDown):
            speaking.check_provider(provider)
