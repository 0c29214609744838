from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from motcua.foundation.identity.models import User
from motcua.service.dossiers.tests.world import World, build_world
from motcua.web.ui.pages import SECOND_FACTOR, Page

pytestmark = [pytest.mark.django_db, pytest.mark.urls("motcua.web.ui.tests.routes")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world(db: None) -> World:
    made = build_world()
    User.objects.update(must_change_password=False)
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="motcua.foundation.identity.backends.StaffBackend")
    return client


class TestPermission:
    def test_is_demanded_of_every_page(self) -> None:
        with pytest.raises(TypeError, match="must say who may open it"):
            type("Forgotten", (Page,), {})

    def test_sends_a_stranger_to_sign_in_and_back(self, client: Client) -> None:
        answer = client.get("/can-bo/?trang=2")
        assert answer.status_code == 302
        assert answer["Location"] == "/tai-khoan/dang-nhap/?next=%2Fcan-bo%2F%3Ftrang%3D2"

    def test_opens_for_who_holds_it(self, world: World) -> None:
        assert signed_in(world.clerk).get("/can-bo/").content == b"trong"

    def test_refuses_who_does_not(self, world: World) -> None:
        answer = signed_in(world.officer).get("/can-bo/")
        assert answer.status_code == 403
        assert "Bạn chưa được giao quyền tiếp nhận hồ sơ" in answer.content.decode()

    def test_asks_who_signs_for_the_second_factor_first(self, world: World) -> None:
        client = signed_in(world.leader)
        answer = client.get("/can-bo/")
        assert answer.status_code == 302
        assert "next=%2Fcan-bo%2F" in answer["Location"]
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        assert client.get("/can-bo/").status_code == 403

    def test_asks_the_database_little(self, world: World, django_assert_max_num_queries: object) -> None:
        client = signed_in(world.clerk)
        client.get("/can-bo/")
        with django_assert_max_num_queries(2):  # type: ignore[operator]
            client.get("/can-bo/")


class TestRefusal:
    def test_stands_beside_its_field_with_what_was_typed(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "field", "full_name": "Đặng <Văn> A"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#f-full_name">Hãy nhập họ và tên khác.' in page
        assert 'id="f-full_name-error"' in page
        assert 'value="Đặng &lt;Văn&gt; A"' in page
        assert 'aria-invalid="true"' in page

    def test_without_a_field_is_a_message(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "general"})
        assert answer.status_code == 422
        assert answer.content.decode().count("Hồ sơ đang được người khác giữ.") == 1

    def test_names_every_field_at_once(self, client: Client) -> None:
        page = client.post("/tu-choi/", {"wanted": "several"}).content.decode()
        assert "Cần xem lại 2 chỗ" in page
        assert page.count("Hãy nhập điện thoại.") == 2

    def test_of_an_old_page_says_that_nothing_was_done(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "stale"})
        assert answer.status_code == 409
        assert "Lê Văn Cường" in answer.content.decode()
        assert "chưa được thực hiện" in answer.content.decode()

    def test_never_leads_to_another_site(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "stale"}, headers={"Referer": "https://other.example/x"})
        assert "other.example" not in answer.content.decode()

    def test_of_a_page_that_only_posts_stands_alone(self, client: Client) -> None:
        answer = client.post("/chi-gui/")
        assert answer.status_code == 422
        assert "Không làm được." in answer.content.decode()

    def test_of_a_get_stands_alone(self, client: Client) -> None:
        answer = client.get("/tu-choi/?refuse=1")
        assert answer.status_code == 422
        assert "ND118-2025 Đ17" in answer.content.decode()

    @pytest.mark.parametrize(
        ("wanted", "status"), [("field", 422), ("general", 422), ("stale", 409), ("forbidden", 403)]
    )
    def test_of_a_fragment_goes_into_the_messages(self, client: Client, wanted: str, status: int) -> None:
        answer = client.post("/tu-choi/", {"wanted": wanted}, headers=HTMX)
        assert answer.status_code == status
        assert answer["HX-Retarget"] == "#messages"
        assert "<html" not in answer.content.decode()
        assert 'class="message message-error"' in answer.content.decode()


class TestDone:
    def test_says_so_on_the_next_page_with_a_way_back(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "nothing"}, follow=True)
        page = answer.content.decode()
        assert answer.redirect_chain == [("/giao-dien/", 302)]
        assert "Đã ghi." in page
        assert 'action="/hoan-tac/"' in page

    def test_tells_a_fragment_where_to_go(self, client: Client) -> None:
        answer = client.post("/tu-choi/", {"wanted": "nothing"}, headers=HTMX)
        assert (answer.status_code, answer["HX-Redirect"]) == (204, "/giao-dien/")
        assert [str(said) for said in get_messages(answer.wsgi_request)] == ["Đã ghi."]


class TestFault:
    def test_of_an_unknown_address_says_what_to_do(self, client: Client) -> None:
        answer = client.get("/khong-co/")
        assert answer.status_code == 404
        assert "Về trang chủ" in answer.content.decode()

    def test_of_ours_needs_no_database_and_has_a_number(self, client: Client) -> None:
        client.raise_request_exception = False
        answer = client.get("/hong/")
        assert answer.status_code == 500
        assert "Mã báo lỗi" in answer.content.decode()

    def test_of_a_page_open_too_long_says_so(self) -> None:
        answer = Client(enforce_csrf_checks=True).post("/tu-choi/", {})
        assert answer.status_code == 403
        assert "Trang này đã mở quá lâu" in answer.content.decode()

    def test_of_a_page_open_too_long_opens_only_ours_again(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        for came_from, is_offered in (("http://testserver/noi/", True), ("http://la.example/", False)):
            page = strict.post("/tu-choi/", {}, headers={"Referer": came_from}).content.decode()
            assert (f'href="{came_from}"' in page) is is_offered


class TestFrame:
    def test_lists_only_the_doors_of_the_person(self, world: World) -> None:
        page = signed_in(world.clerk).get("/giao-dien/").content.decode()
        assert "Trần Thị Cúc" in page
        assert "Quản trị" not in page

    def test_has_landmarks_and_a_way_past_the_bar(self, client: Client) -> None:
        page = client.get("/giao-dien/").content.decode()
        for part in ('<a class="skip" href="#main">', '<main id="main"', 'lang="vi"', 'aria-live="polite"'):
            assert part in page

    def test_carries_no_inline_style_or_script(self, client: Client) -> None:
        page = client.get("/giao-dien/").content.decode()
        assert " style=" not in page
        assert " on" + "click=" not in page
        assert page.count("<script") == page.count("<script src=")


class TestAppearance:
    def test_is_kept_in_a_cookie_and_shown(self, client: Client) -> None:
        answer = client.post("/giao-dien/cach-hien/", {"theme": "dark", "next": "/tra-cuu/"})
        assert (answer.status_code, answer["Location"]) == (302, "/tra-cuu/")
        assert 'data-theme="dark"' in client.get("/giao-dien/").content.decode()

    def test_takes_only_what_it_knows(self, client: Client) -> None:
        answer = client.post("/giao-dien/cach-hien/", {"size": '"><b>', "next": "//other.example/"})
        assert answer["Location"] == "/"
        assert not answer.cookies
