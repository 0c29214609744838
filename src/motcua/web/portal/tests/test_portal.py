from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import World, build_world
from motcua.web.portal import views
from motcua.web.portal.attempts import PER_ADDRESS, PER_CODE
from motcua.web.portal.models import Attempt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "REFUSAL_TAKES", 0)


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def dossier(world: World) -> Dossier:
    return world.receive(now() - timedelta(days=2))


def ask(client: Client, code: str, fact: str) -> tuple[int, str]:
    answer = client.post("/tra-cuu/", {"ma": code, "so": fact})
    return answer.status_code, answer.content.decode()


class TestHome:
    def test_opens_for_everybody_with_one_search_box(self, client: Client) -> None:
        page = client.get("/").content.decode()
        assert 'action="/tra-cuu/"' in page
        assert page.count("<h1") == 1


class TestTracking:
    def test_keeps_the_code_of_the_receipt(self, client: Client) -> None:
        page = client.get("/tra-cuu/?ma=H31.2-260302-0001").content.decode()
        assert 'value="H31.2-260302-0001"' in page

    def test_tells_who_holds_it_until_when_and_what_next(self, client: Client, dossier: Dossier) -> None:
        status, page = ask(client, dossier.code, "5678")
        assert status == 200
        for words in (
            dossier.code,
            "Nguyễn T. Á.",
            "Đã tiếp nhận hồ sơ",
            "Trần Thị Cúc",
            "Chuyển hồ sơ đến cơ quan giải quyết",
        ):
            assert words in page

    def test_shows_no_more_than_it_must(self, client: Client, dossier: Dossier) -> None:
        _, page = ask(client, dossier.code.lower(), "1234")
        for secret in ("Nguyễn Thị Ánh", "033190001234", "0912345678", "1234", "5678"):
            assert secret not in page

    def test_is_not_kept_by_browsers_or_proxies(self, client: Client, dossier: Dossier) -> None:
        answer = client.post("/tra-cuu/", {"ma": dossier.code, "so": "1234"})
        assert "no-store" in answer["Cache-Control"]

    def test_says_the_same_of_a_wrong_code_and_a_wrong_fact(self, client: Client, dossier: Dossier) -> None:
        wrong_fact = ask(client, dossier.code, "0000")
        wrong_code = ask(client, dossier.code[:-1] + "9", "0000")
        assert wrong_fact[0] == wrong_code[0] == 422
        assert views.NOT_FOUND in wrong_fact[1]
        assert views.NOT_FOUND in wrong_code[1]

    def test_takes_the_same_time_to_refuse(
        self, client: Client, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slept: list[float] = []
        monkeypatch.setattr(views, "REFUSAL_TAKES", 60)
        monkeypatch.setattr(views.system_time, "sleep", slept.append)
        ask(client, dossier.code, "0000")
        ask(client, "H31.2-260302-9999", "0000")
        assert all(59 < seconds <= 60 for seconds in slept)
        assert len(slept) == 2

    @pytest.mark.parametrize(
        ("fact", "said"),
        [("", "Hãy nhập 4 chữ số cuối."), ("12", "Nhập đúng 4 chữ số cuối."), ("abcd", "Nhập đúng")],
    )
    def test_asks_for_four_digits(self, client: Client, fact: str, said: str) -> None:
        status, page = ask(client, "H31.2-260302-0001", fact)
        assert status == 422
        assert said in page

    def test_stops_guessing_at_one_code_even_with_the_right_fact(
        self, client: Client, dossier: Dossier
    ) -> None:
        for _ in range(PER_CODE):
            assert ask(client, dossier.code, "0000")[0] == 422
        status, page = ask(client, dossier.code, "1234")
        assert status == 429
        assert views.TOO_OFTEN in page

    def test_stops_guessing_from_one_address(self, client: Client) -> None:
        for number in range(PER_ADDRESS):
            assert ask(client, f"H31.2-260302-{number:04d}", "0000")[0] == 422
        assert ask(client, "H31.2-260302-9999", "0000")[0] == 429

    def test_forgets_after_a_while(self, client: Client, dossier: Dossier) -> None:
        for _ in range(PER_CODE + 1):
            ask(client, dossier.code, "0000")
        Attempt.objects.update(since=now() - timedelta(minutes=11))
        assert ask(client, dossier.code, "1234")[0] == 200

    def test_keeps_neither_addresses_nor_codes(self, client: Client, dossier: Dossier) -> None:
        ask(client, dossier.code, "0000")
        keys = list(Attempt.objects.values_list("key", flat=True))
        assert len(keys) == 2
        assert all(len(key) == 64 for key in keys)

    def test_of_a_late_dossier_says_so(self, client: Client, world: World) -> None:
        dossier = world.receive(now() - timedelta(days=30))
        _, page = ask(client, dossier.code, "1234")
        assert "Quá hạn" in page
        assert "đang trễ hẹn" in page


class TestClock:
    def asked(self, client: Client, **changes: str) -> tuple[int, str]:
        given = {"ngay": "13/02/2026", "gio": "15:01", "so": "3", "don-vi": "WORKING_DAY", **changes}
        answer = client.get("/tinh-ngay-hen-tra/", given)
        return answer.status_code, answer.content.decode()

    def test_opens_with_today_filled_in(self, client: Client) -> None:
        answer = client.get("/tinh-ngay-hen-tra/")
        assert answer.status_code == 200
        assert f'value="{now():%d/%m/%Y}"' in answer.content.decode()

    def test_answers_with_the_date_and_every_reason(self, client: Client) -> None:
        status, page = self.asked(client)
        assert status == 200
        assert "17:00 thứ Tư 25/02/2026" in page
        for reason in ("Ngày tiếp nhận, không tính", "Thứ Bảy, nghỉ hằng tuần", "Tết Nguyên Đán"):
            assert reason in page
        assert 'value="13/02/2026"' in page

    def test_counts_from_the_next_day_when_told_to(self, client: Client) -> None:
        _, page = self.asked(client, **{"hom-sau": "1"})
        assert "thứ Năm 26/02/2026" in page

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"ngay": "30/02/2026"}, "chưa phải là một ngày"),
            ({"gio": "27:00"}, "chưa phải là giờ"),
            ({"so": ""}, "Hãy nhập thời hạn."),
            ({"so": "0"}, "Thời hạn phải lớn hơn 0."),
            ({"so": "NaN"}, "chưa phải là một số"),
            ({"don-vi": "YEAR"}, "Chọn một trong các mục"),
            ({"ngay": "13/02/0001"}, ""),
            ({"ngay": "13/02/9999", "so": "1000"}, ""),
        ],
    )
    def test_keeps_what_was_typed_when_it_cannot_answer(
        self, client: Client, changes: dict[str, str], said: str
    ) -> None:
        status, page = self.asked(client, **changes)
        assert status == 422
        assert said in page
        assert "Cần xem lại" in page
