from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from motcua.core.time import local_date, now
from motcua.foundation.citizens.operations.seeding import seed_levels
from motcua.foundation.citizens.tests.factories import a_citizen, a_session, an_organisation, enter
from motcua.foundation.identity.models import Mandate
from motcua.foundation.identity.operations.looking import see_personal_number
from motcua.foundation.identity.tests.factories import an_agency, staff
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.ruling import unwanted_by
from motcua.foundation.notices.operations.seeding import seed_notice_rules
from motcua.service.dossiers.tests.world import build_world

pytestmark = pytest.mark.django_db
PAGES = (
    "/cong-dan/", "/cong-dan/tai-khoan/", "/cong-dan/thiet-bi/", "/cong-dan/uy-quyen/", "/cong-dan/uy-quyen/moi/",
    "/cong-dan/ai-da-xem/", "/cong-dan/tai-khoan/lien-ket/",
)  # fmt: skip


@pytest.fixture
def me(client):
    account = a_citizen(name="Lê Thị Tôi", phone="0912345678")
    enter(client, account)
    return account


class TestPages:
    @pytest.mark.parametrize("address", PAGES)
    def test_are_for_who_has_signed_in_and_never_kept(self, client, me, address):
        turned = Client().get(address)
        assert turned.url.startswith("/cong-dan/dang-nhap/?next=")
        response = client.get(address)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "Lê Thị Tôi" in response.content.decode(), "the head says who is signed in"

    def test_of_guests_offer_to_sign_in_and_come_back(self, client):
        page = client.get("/hang-cho/?x=1").content.decode()
        assert 'href="/cong-dan/dang-nhap/?next=/hang-cho/%3Fx%3D1"' in page

    def test_of_staff_are_not_opened_by_a_citizen(self, client, me):
        assert "/tai-khoan/" in client.get("/quay/").url


class TestHome:
    def test_lists_my_dossiers_only_in_pages_by_key(
        self, client, me, monkeypatch, django_assert_max_num_queries
    ):
        from motcua.web.portal import mine

        monkeypatch.setattr(mine, "PER_PAGE", 2)
        world = build_world()
        codes = [world.receive(applicant=me.applicant).code for _ in range(3)]
        others = world.receive().code
        with django_assert_max_num_queries(8):
            first = client.get("/cong-dan/").content.decode()
        assert codes[2] in first
        assert codes[0] not in first
        assert others not in first
        link = first.partition('rel="next" href="')[2].partition('"')[0]
        second = client.get("/cong-dan/" + link).content.decode()
        assert codes[0] in second
        assert codes[2] not in second
        assert client.get("/cong-dan/?sau=hỏng~x").status_code == 200

    def test_opens_my_dossier_without_the_digits_and_no_other(self, client, me):
        world = build_world()
        mine, others = world.receive(applicant=me.applicant), world.receive()
        assert mine.matter in client.get(f"/cong-dan/ho-so/{mine.code}/").content.decode()
        for code in (others.code, "H31.2-260302-9999"):  # the same answer, whether there is one or not
            answer = client.get(f"/cong-dan/ho-so/{code}/")
            assert answer.status_code == 302
            assert answer["Location"].startswith(f"/tra-cuu/?ma={code}&")


class TestActingFor:
    def test_switches_the_name_under_which_all_is_done(self, client, me):
        firm = an_organisation(director=me, name="Công ty Một")
        page = client.get("/cong-dan/").content.decode()
        assert "Làm thay cho Công ty Một" in page
        client.post("/cong-dan/lam-thay/", {"dai-dien": str(firm.representatives.get().pk)})
        page = client.get("/cong-dan/").content.decode()
        assert "Hồ sơ của Công ty Một" in page
        assert "Lê Thị Tôi đang làm thay cho <b>Công ty Một</b>" in page
        client.post("/cong-dan/lam-thay/", {"dai-dien": ""})
        assert "Hồ sơ của tôi" in client.get("/cong-dan/").content.decode()

    def test_of_another_firm_is_refused(self, client, me):
        firm = an_organisation(director=a_citizen())
        response = client.post("/cong-dan/lam-thay/", {"dai-dien": str(firm.representatives.get().pk)})
        assert response.status_code == 403

    def test_a_firm_names_and_ends_who_acts_for_it(self, client, me):
        firm = an_organisation(director=me)
        clerk = a_citizen(name="Đỗ Văn Nộp")
        enter(client, me, acting_for=firm)
        values = {
            "name": "Đỗ Văn Nộp",
            "personal_number": clerk.applicant.personal_number,
            "title": "Kế toán",
        }
        assert client.post("/cong-dan/nguoi-lam-thay/", values).status_code == 302
        row = firm.representatives.get(person=clerk.applicant)
        client.post(f"/cong-dan/nguoi-lam-thay/{row.pk}/thoi/")
        row.refresh_from_db()
        assert row.ended_at


class TestAccount:
    def test_keeps_what_was_typed_beside_the_refusal(self, client, me):
        response = client.post("/cong-dan/tai-khoan/", {"email": "sai", "phone": "", "channel": "EMAIL"})
        assert response.status_code == 422
        assert 'value="sai"' in response.content.decode()
        client.post("/cong-dan/tai-khoan/", {"email": "toi@vidu.vn", "phone": "", "channel": "EMAIL"})
        me.refresh_from_db()
        assert me.email == "toi@vidu.vn"

    def test_the_last_way_in_stays(self, client, me):
        response = client.post(f"/cong-dan/tai-khoan/lien-ket/{me.links.get().pk}/bo/")
        assert "cách đăng nhập duy nhất" in response.content.decode()

    def test_signs_another_device_out(self, client, me):
        other, _key = a_session(me)
        assert "Thiết bị" in client.get("/cong-dan/thiet-bi/").content.decode()
        client.post(f"/cong-dan/thiet-bi/{other.pk}/dang-xuat/")
        other.refresh_from_db()
        assert other.end == "ELSEWHERE"
        third, _key = a_session(me)
        client.post("/cong-dan/thiet-bi/khac/dang-xuat/")
        third.refresh_from_db()
        assert third.end == "ELSEWHERE"
        assert client.get("/cong-dan/").status_code == 200, "this one stays"


class TestWhoLooked:
    def test_says_who_of_which_agency_and_why(self, client, me, django_assert_max_num_queries):
        clerk = staff("CLERK", an_agency(name="Ủy ban nhân dân xã Mẫu"), full_name="Trần Văn Xem")
        see_personal_number(me.applicant, reason="Đối chiếu bản gốc", by=clerk, at=now())
        see_personal_number(a_citizen().applicant, reason="Việc của người khác", by=clerk, at=now())
        with django_assert_max_num_queries(8):
            page = client.get("/cong-dan/ai-da-xem/").content.decode()
        assert "Trần Văn Xem, Ủy ban nhân dân xã Mẫu" in page
        assert "Lý do: Đối chiếu bản gốc" in page
        assert "Việc của người khác" not in page
        assert "Liên kết tài khoản đăng nhập" in page

    def test_tells_each_opening_of_a_dossier_once_a_day(self, client, me):
        world = build_world()
        dossier = world.receive(applicant=me.applicant, at=now())
        counter = Client()
        counter.force_login(world.clerk)
        session = counter.session
        session["second_factor"] = True
        session.save()
        for _ in range(3):
            assert counter.get(f"/quay/ho-so/{dossier.pk}/").status_code == 200
        page = client.get("/cong-dan/ai-da-xem/").content.decode()
        assert page.count(f"Hồ sơ {dossier.code}") == 1
        assert world.clerk.full_name.partition(",")[0] in page


class TestMandates:
    def give(self, client, agent, **more):
        today = local_date(now())
        values = {
            "agent_name": agent.name, "agent_number": agent.applicant.personal_number, "valid_from": f"{today:%d/%m/%Y}",
            "valid_to": f"{today + timedelta(days=30):%d/%m/%Y}", "key": "0190a000-0000-7000-8000-000000000001", **more,
        }  # fmt: skip
        return client.post("/cong-dan/uy-quyen/moi/", values)

    def test_is_given_once_told_to_both_and_ended_by_the_agent(self, client, me):
        agent = a_citizen(name="Phạm Thị Giúp", phone="0987654321")
        assert self.give(client, agent).url == "/cong-dan/uy-quyen/"
        self.give(client, agent)
        mandate = Mandate.objects.get()
        assert (mandate.principal, mandate.agent) == (me.applicant, agent.applicant)
        assert mandate.is_valid_at(now(), local_date(now()))
        told = Notice.objects.filter(subject_id=mandate.pk, kind="MANDATE_GIVEN")
        assert set(told.values_list("recipient", flat=True)) == {me.name, agent.name}
        assert "Phạm Thị Giúp" in client.get("/cong-dan/uy-quyen/").content.decode()
        theirs = Client()
        enter(theirs, agent)
        assert "Làm thay Lê Thị Tôi" in theirs.get("/cong-dan/uy-quyen/").content.decode()
        assert theirs.post(f"/cong-dan/uy-quyen/{mandate.pk}/thu-hoi/", {"reason": ""}).status_code == 422
        theirs.post(f"/cong-dan/uy-quyen/{mandate.pk}/thu-hoi/", {"reason": "Tôi đi xa"})
        mandate.refresh_from_db()
        assert mandate.revoked_reason == "Tôi đi xa"
        assert Notice.objects.filter(subject_id=mandate.pk, kind="MANDATE_REVOKED").count() >= 2

    def test_of_others_is_not_seen_nor_ended(self, client, me):
        owner, agent = Client(), a_citizen()
        enter(owner, a_citizen(name="Người Khác"))
        self.give(owner, agent)
        mandate = Mandate.objects.get()
        assert client.get(f"/cong-dan/uy-quyen/{mandate.pk}/thu-hoi/").status_code == 404
        response = client.post(f"/cong-dan/uy-quyen/{mandate.pk}/thu-hoi/", {"reason": "Phá"})
        assert response.status_code == 404
        mandate.refresh_from_db()
        assert mandate.revoked_at is None

    def test_never_tells_whose_a_number_is(self, client, me):
        known = a_citizen(name="Tên Bí Mật")
        response = self.give(client, known, agent_name="Ai Đó")
        assert response.status_code == 422
        page = response.content.decode()
        assert "không khớp" in page
        assert "Bí Mật" not in page

    def test_needs_a_sure_sign_in(self, client):
        seed_levels()
        account = a_citizen()
        enter(client, account, level="1")
        assert "nang-muc" in client.get("/cong-dan/uy-quyen/moi/").url
        response = self.give(client, a_citizen())
        assert response.status_code == 409
        assert not Mandate.objects.exists()

    def test_out_of_bounds_is_refused_by_the_field(self, client, me):
        response = self.give(client, a_citizen(), valid_to="01/01/2020", procedures="KHONG-CO")
        assert "Không có thủ tục mã KHONG-CO" in response.content.decode()
        response = self.give(client, a_citizen(), valid_to="01/01/2020")
        assert response.status_code == 422
        assert 'id="f-valid_to-error"' in response.content.decode()
        assert self.give(client, me).status_code == 422, "not to oneself"


class TestUnwanted:
    def test_kinds_are_left_out_unless_they_are_obligatory(self, client, me):
        seed_notice_rules()
        answer = client.post("/cong-dan/tai-khoan/", {"act": "kinds", "unwanted": ["IN_WORK", "RESULT"]})
        assert answer.status_code == 302
        page = client.get("/cong-dan/tai-khoan/").content.decode()
        assert "Có người thụ lý" in page
        assert unwanted_by(me.applicant_id) == ["IN_WORK"]
