"""Bộ lọc đã lưu."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.service.dossiers.models import Dossier, Priority, Reminder, SavedFilter
from motcua.service.dossiers.operations import filtering
from motcua.service.dossiers.operations.filtering import FilterRefused, save_filter
from motcua.service.dossiers.operations.reminding import remind
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.web.desk.tests.conftest import TUESDAY, in_work
from motcua.web.desk.wanted import Wanted

INDEX, FILTERS = "/ban-lam-viec/", "/ban-lam-viec/loc/"


def said(answer) -> str:
    return answer.content.decode()


class TestWanted:
    @pytest.mark.parametrize(
        ("query", "is_found"),
        [
            ("trang-thai=IN_WORK", True),
            ("trang-thai=SIGNED", False),
            ("uu-tien=URGENT", True),
            ("uu-tien=NORMAL", False),
            ("linh-vuc=Hộ tịch", True),
            ("linh-vuc=Đất đai", False),
            ("nguoi=chua-co", False),
            ("nguoi=OFFICER", True),
            ("nguoi=COLLEAGUE", False),
            ("thu-tuc=PROCEDURE", True),
            ("thu-tuc=987654321", False),
            ("nhac=1", True),
            ("han=qua-han", False),
            ("han=7-ngay", True),
            ("q=anh&trang-thai=IN_WORK", True),
            ("trang-thai=NONSENSE&thu-tuc=x&nguoi=y&nhac=2&han=z&uu-tien=w", True),
        ],
    )
    def test_narrows_the_list(self, world: World, enter, query: str, is_found: bool) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(priority=Priority.URGENT)
        remind(dossier_id=dossier.pk, by=world.head, at=TUESDAY)
        for word, value in (
            ("OFFICER", world.officer.pk), ("COLLEAGUE", world.colleague.pk), ("PROCEDURE", world.procedure.pk),
        ):  # fmt: skip
            query = query.replace(word, str(value))
        page = said(enter(world.head).get(f"{INDEX}?muc=don-vi&{query}"))
        assert (reverse("desk:dossier", args=[dossier.pk]) in page) is is_found

    def test_is_written_back_as_it_was_read(self) -> None:
        given = {
            "q": "a b",
            "han": "7-ngay",
            "trang-thai": "SIGNED",
            "thu-tuc": "3",
            "nguoi": "chua-co",
            "nhac": "1",
        }
        wanted = Wanted.read(given)
        assert wanted.query(muc="don-vi") == (
            "muc=don-vi&q=a+b&han=7-ngay&trang-thai=SIGNED&thu-tuc=3&nguoi=chua-co&nhac=1"
        )

    def test_walks_on_by_keyset_with_its_conditions(self, world: World, enter, monkeypatch) -> None:
        monkeypatch.setattr("motcua.web.desk.inbox.SIZE", 1)
        for _ in range(2):
            in_work(world)
        page = said(enter(world.head).get(f"{INDEX}?muc=don-vi&trang-thai=IN_WORK"))
        assert (
            "trang-thai=IN_WORK&amp;sau=" in page or "sau=" in page.split("Trang sau")[0].rsplit("href", 1)[1]
        )


class TestFilters:
    def test_offers_what_the_unit_has(self, world: World, enter) -> None:
        page = said(enter(world.head).get(FILTERS))
        for word in (
            world.procedure.code and "trích lục hộ tịch",
            "Hộ tịch",
            "Hoàng Minh Em",
            "Chưa có ai giữ",
        ):
            assert word in page

    def test_looks_without_keeping(self, world: World, enter) -> None:
        answer = enter(world.head).post(FILTERS, {"look": "1", "muc": "don-vi", "uu-tien": "URGENT"})
        assert answer.url == "/ban-lam-viec/?muc=don-vi&uu-tien=URGENT"
        assert not SavedFilter.objects.exists()

    def test_keeps_for_oneself_and_for_the_unit(self, world: World, enter) -> None:
        head = enter(world.head)
        form = {"muc": "don-vi", "trang-thai": "SIGNED"}
        assert "Đã lưu bộ lọc" in said(head.post(FILTERS, {**form, "name": "Chờ phát hành"}, follow=True))
        shared = {**form, "name": "Đã ký", "shared": str(world.department.pk)}
        page = said(head.post(FILTERS, shared, follow=True))
        assert 'aria-current="true"' in page
        seen = said(enter(world.officer).get(INDEX))
        assert "Đã ký" in seen
        assert "Chờ phát hành" not in seen
        assert "Đã ký</a>" not in said(enter(world.stranger).get(INDEX))

    def test_takes_the_place_of_the_same_name(self, world: World) -> None:
        for tab in ("cua-toi", "don-vi"):
            save_filter(name="Một", tab=tab, wanted={}, by=world.head, at=MONDAY)
        assert SavedFilter.objects.get().tab == "don-vi"

    def test_says_what_is_missing_and_keeps_the_rest(self, world: World, enter) -> None:
        answer = enter(world.head).post(FILTERS, {"muc": "don-vi", "q": "trích lục", "name": ""})
        assert answer.status_code == 422
        assert "Hãy đặt tên cho bộ lọc." in said(answer)
        assert "trích lục" in said(answer)

    def test_is_dropped_by_who_kept_it(self, world: World, enter) -> None:
        saved = save_filter(
            name="Chung", tab="don-vi", wanted={}, by=world.head, at=MONDAY, agency_id=world.department.pk
        )
        address = reverse("desk:filter-drop", args=[saved.pk])
        assert enter(world.officer).post(address).status_code == 403
        assert SavedFilter.objects.exists()
        enter(world.head).post(address)
        assert not SavedFilter.objects.exists()

    def test_are_not_without_end(self, world: World, monkeypatch) -> None:
        monkeypatch.setattr(filtering, "MOST", 1)
        save_filter(name="Một", tab="don-vi", wanted={}, by=world.head, at=MONDAY)
        with pytest.raises(FilterRefused):
            save_filter(name="Hai", tab="don-vi", wanted={}, by=world.head, at=MONDAY)

    def test_are_shared_only_where_one_sees(self, world: World) -> None:
        with pytest.raises(filtering.Forbidden):
            save_filter(
                name="Ở Sở khác", tab="don-vi", wanted={}, by=world.head, at=MONDAY, agency_id=world.other.pk
            )

    def test_keeps_a_search(self, world: World, enter) -> None:
        client = enter(world.head)
        asked = said(client.get(FILTERS, {"muc": "tim", "q": "nguyen thi"}))
        assert "Tìm trong mọi hồ sơ" in asked
        page = said(client.post(FILTERS, {"muc": "tim", "q": "nguyen thi", "name": "Họ Nguyễn"}, follow=True))
        assert "Họ Nguyễn" in page
        assert "q=nguyen+thi" in said(client.get(reverse("desk:search")))


class TestQuestions:
    def test_a_page_asks_the_same_whatever_it_shows(self, world: World, enter) -> None:
        """Five hundred rows, reminders and kept filters cost no more questions than one row."""
        client, counts = enter(world.officer), []
        in_work(world)
        for number in range(2):
            for _ in range(3 * number):
                dossier = in_work(world)
                Reminder.objects.create(
                    dossier=dossier, holder=world.officer, by=world.head, at=TUESDAY, on=TUESDAY.date()
                )
                save_filter(name=f"Lọc {dossier.code}", tab="cua-toi", wanted={}, by=world.officer, at=MONDAY)
            with CaptureQueriesContext(connection) as captured:
                client.get(f"{INDEX}?muc=cua-toi&so=500&trang-thai=IN_WORK")
            counts.append(sum("calendarversion" not in one["sql"] for one in captured.captured_queries))
        assert counts[0] == counts[1]
