from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from motcua.foundation.citizens.middleware import remember
from motcua.foundation.citizens.operations.seeding import seed_levels
from motcua.foundation.citizens.sessions import COOKIE
from motcua.foundation.citizens.tests.factories import a_citizen, an_organisation, enter
from motcua.web.portal.citizen import SignedInMixin
from motcua.web.ui.pages import Page

pytestmark = pytest.mark.django_db


class Mine(SignedInMixin, Page):
    """A page of whoever has signed in."""

    def get(self, request):
        return HttpResponse(f"{self.citizen.name} / {self.hand.name}")

    post = get


class Sure(Mine):
    """A page that asks for level 2."""

    needs_level = 2


def ask(view, client=None, method="get", address="/viec/?x=1", **values):
    request = getattr(RequestFactory(), method)(address, values)
    remember(request, client.cookies[COOKIE].value if client else "")
    request.user = None
    request._messages = []
    return view.as_view()(request)


class TestSignedIn:
    def test_sends_a_guest_to_sign_in_and_back(self):
        response = ask(Mine)
        assert response.url == "/cong-dan/dang-nhap/?next=%2Fviec%2F%3Fx%3D1"

    def test_lets_a_citizen_in(self, client):
        enter(client, a_citizen(name="Lê Văn Vào"))
        assert ask(Mine, client).content.decode() == "Lê Văn Vào / Lê Văn Vào"

    def test_says_whose_hand_acts_for_an_organisation(self, client):
        director = a_citizen(name="Lê Văn Giám")
        firm = an_organisation(director=director, name="Công ty Một")
        enter(client, director, acting_for=firm)
        assert ask(Mine, client).content.decode() == "Công ty Một / Lê Văn Giám"

    def test_asks_for_a_surer_sign_in_where_the_act_needs_it(self, client):
        account = a_citizen()
        enter(client, account, level="1")
        assert ask(Mine, client).status_code == 200
        response = ask(Sure, client)
        assert response.url == "/cong-dan/dang-nhap/nang-muc/?muc=2&next=%2Fviec%2F%3Fx%3D1"
        enter(client, account, level="2")
        assert ask(Sure, client).status_code == 200

    def test_loses_nothing_that_was_typed_when_the_session_is_over(self):
        response = ask(Mine, method="post", why="Tôi đã viết rất nhiều chữ")
        assert response.status_code == 409
        assert "Tôi đã viết rất nhiều chữ" in response.content.decode()


class TestSignInPage:
    def test_lets_a_guest_go_on_where_they_were(self, client):
        page = client.get("/cong-dan/dang-nhap/", {"next": "/hang-cho/"}).content.decode()
        assert 'href="/hang-cho/">Làm không cần đăng nhập' in page

    @pytest.mark.parametrize(
        "elsewhere", ["https://xau.vn/", "//xau.vn/", "javascript:alert(1)", "\\\\xau.vn"]
    )
    def test_never_leads_elsewhere(self, client, elsewhere):
        page = client.get("/cong-dan/dang-nhap/", {"next": elsewhere}).content.decode()
        assert 'href="/">Làm không cần đăng nhập' in page
        assert f'href="{elsewhere}' not in page

    def test_says_what_a_surer_level_means(self, client):
        seed_levels()
        page = client.get("/cong-dan/dang-nhap/nang-muc/", {"muc": "2"}).content.decode()
        assert "mức độ 02" in page
