from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import VIETNAM, local_date, now
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.calendars.models import Calendar
from motcua.foundation.calendars.operations.changing import open_calendar
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier, Rescheduling
from motcua.service.dossiers.tests.world import World
from motcua.web.admin.tests.conftest import Entering, page_of

WEDNESDAY = date(2026, 3, 4)  # within the five days of a dossier that is received on Monday, the second
CLOSED = {"kind": "CLOSED", "day": "04/03/2026", "name": "Ngập lụt", "reason": "Thông báo 12/TB-UBND"}


@pytest.fixture
def own(world: World) -> Calendar:
    return open_calendar(agency_id=world.department.pk, name="Lịch của sở", by=None, at=now())


@pytest.fixture
def national(world: World) -> Calendar:
    return Calendar.objects.get(agency_id=None)


def change(calendar: Calendar) -> str:
    return reverse("admin:change-calendar", args=[calendar.pk])


def confirm(client: Client, address: str, typed: dict[str, str]) -> object:
    """See it first, then do it: as the page of the preview sends it."""
    preview = page_of(client.post(address, typed))
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview))
    hidden.pop("csrfmiddlewaretoken", None)
    return client.post(address, hidden)


class TestYear:
    def test_shows_twelve_months_with_the_days_that_differ(self, admin: Client, national: Calendar) -> None:
        page = page_of(admin.get(reverse("admin:calendar", args=[national.pk]), {"year": "2026"}))

        assert "Tháng 12" in page
        assert "day-holiday" in page
        assert "day-made_up" in page
        assert page.count('class="month"') == 12

    @pytest.mark.parametrize("year", ["1800", "99999", "x", "2101"])
    def test_stays_within_the_years(self, admin: Client, national: Calendar, year: str) -> None:
        assert admin.get(reverse("admin:calendar", args=[national.pk]), {"year": year}).status_code == 200

    def test_warns_of_a_year_without_holidays(self, admin: Client, national: Calendar) -> None:
        page = page_of(admin.get(reverse("admin:calendar", args=[national.pk]), {"year": "2040"}))

        assert "Chưa nhập ngày nghỉ lễ nào của năm 2040" in page

    def test_lists_the_regimes_as_dated_data(self, admin: Client, national: Calendar) -> None:
        page = page_of(admin.get(reverse("admin:calendars")))

        assert "Nghị định 61/2018/NĐ-CP" in page
        assert "Tính lại từ đầu" in page

    def test_is_given_to_an_agency_once(self, admin: Client, world: World) -> None:
        given = {"agency_id": "Sở Xây dựng (H31.3)"}

        assert admin.post(reverse("admin:new-calendar"), given).status_code == 302
        assert admin.post(reverse("admin:new-calendar"), given).status_code == 422


class TestChange:
    def test_shows_first_which_dates_would_move_and_writes_nothing(
        self, admin: Client, world: World, own: Calendar
    ) -> None:
        dossier = world.receive()

        page = page_of(admin.post(change(own), CLOSED))

        assert "Xem trước: 1 ngày hẹn sẽ dời" in page
        assert dossier.code in page
        assert "Ngập lụt" in page
        assert work_calendar(world.department.pk, WEDNESDAY).is_working(WEDNESDAY)
        assert not own.days.exists()

    def test_then_changes_the_calendar_and_moves_the_dates(
        self, admin: Client, world: World, own: Calendar
    ) -> None:
        dossier = world.receive()
        before = dossier.due_at

        answer = confirm(admin, change(own), CLOSED)

        dossier.refresh_from_db()
        assert answer.status_code == 302  # type: ignore[attr-defined]
        assert own.days.get().day == WEDNESDAY
        assert dossier.due_at is not None
        assert before is not None
        assert dossier.due_at > before
        moved = Rescheduling.objects.get(dossier=dossier)
        assert (moved.reason, moved.by) == ("Thông báo 12/TB-UBND", world.admin)
        result = page_of(admin.get(answer["Location"]))  # type: ignore[index]
        assert dossier.code in result
        assert "Mọi ngày hẹn đang khớp với lịch" in result

    def test_moves_only_the_dossiers_of_that_agency(self, admin: Client, world: World) -> None:
        world.receive()
        other = open_calendar(agency_id=world.other.pk, name="Lịch khác", by=None, at=now())

        assert "không ngày hẹn nào phải dời" in page_of(admin.post(change(other), CLOSED))

    def test_the_common_calendar_moves_everybody(
        self, admin: Client, world: World, national: Calendar
    ) -> None:
        dossier = world.receive()

        confirm(admin, change(national), {**CLOSED, "kind": "OFF", "name": "Nghỉ thêm"})

        dossier.refresh_from_db()
        assert dossier.due_at == datetime(2026, 3, 10, 17, 0, tzinfo=VIETNAM)

    def test_shows_it_again_when_somebody_changed_the_calendar_meanwhile(
        self, admin: Client, world: World, own: Calendar
    ) -> None:
        answer = admin.post(change(own), {**CLOSED, "apply": "1", "token": "cũ"})

        assert "Lịch vừa có người đổi" in page_of(answer)
        assert not own.days.exists()

    def test_swaps_two_days_and_takes_both_back(self, admin: Client, own: Calendar) -> None:
        typed = {"kind": "SWAP", "day": "05/03/2026", "worked": "07/03/2026", "reason": "Công văn 1"}
        confirm(admin, change(own), typed)
        assert set(own.days.values_list("kind", flat=True)) == {"OFF", "WORKED"}

        confirm(admin, change(own), {"kind": "ORDINARY", "day": "07/03/2026", "reason": "Thu hồi"})

        assert not own.days.exists()

    def test_closes_a_span_and_a_part_of_a_day(self, admin: Client, own: Calendar) -> None:
        confirm(admin, change(own), {**CLOSED, "last": "06/03/2026"})
        assert own.days.count() == 3
        typed = {
            "kind": "SHORT",
            "day": "09/03/2026",
            "opens": "7h30",
            "closes": "10",
            "name": "Họp",
            "reason": "Họp",
        }

        confirm(admin, change(own), typed)

        assert own.days.get(kind="SHORT").closes.hour == 10

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"day": "31/02/2026"}, "chưa phải là một ngày"),
            ({"day": ""}, "Hãy nhập ngày."),
            ({"reason": " "}, "Hãy ghi lý do"),
            ({"name": ""}, "Hãy ghi tên ngày nghỉ hoặc lý do."),
            ({"last": "01/03/2026"}, "Ngày cuối phải từ ngày đầu"),
            ({"kind": "SWAP"}, "Hãy nhập ngày làm bù."),
            ({"kind": "ORDINARY"}, "không có gì khác thường"),
            ({"kind": "SHORT", "opens": "10", "closes": "9"}, "giờ kết thúc sau đó"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, admin: Client, own: Calendar, changes: dict[str, str], sentence: str
    ) -> None:
        answer = admin.post(change(own), {**CLOSED, **changes})

        assert answer.status_code == 422
        assert sentence in page_of(answer)
        assert not own.days.exists()

    def test_each_calendar_belongs_to_its_administrator(
        self, world: World, own: Calendar, national: Calendar, enter: Entering
    ) -> None:
        local = enter(staff("ADMIN", world.department))
        stranger = enter(staff("ADMIN", world.other))

        assert local.post(change(own), CLOSED).status_code == 200
        assert local.post(change(national), CLOSED).status_code == 403
        assert stranger.post(change(own), CLOSED).status_code == 403
        assert stranger.get(reverse("admin:calendar", args=[own.pk])).status_code == 200


class TestHours:
    def typed(self, **changes: str) -> dict[str, str]:
        week = {"valid_from": "02/03/2026", "reason": "Quyết định giờ mùa hè"}
        for number in range(5):
            week |= {f"am-start-{number}": "7:00", f"am-end-{number}": "11:00"}
            week |= {f"pm-start-{number}": "13:00", f"pm-end-{number}": "16:00"}
        return week | changes

    def test_are_seen_first_and_then_set(self, admin: Client, world: World, own: Calendar) -> None:
        dossier = world.receive()
        address = reverse("admin:change-hours", args=[own.pk])
        assert "Xem trước: 1 ngày hẹn sẽ dời" in page_of(admin.post(address, self.typed()))

        confirm(admin, address, self.typed())

        dossier.refresh_from_db()
        assert dossier.due_at == datetime(2026, 3, 9, 16, 0, tzinfo=VIETNAM)
        assert Line.objects.filter(subject_id=own.pk, name="WorkingHoursChanged").exists()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"am-end-0": ""}, "Thứ Hai: cần cả giờ bắt đầu và giờ kết thúc."),
            ({"am-end-0": "6:00"}, "giờ kết thúc phải sau giờ bắt đầu"),
            ({"pm-start-1": "10:00"}, "chồng lên nhau"),
            ({"am-start-2": "25:00"}, "chưa phải là giờ"),
            ({"reason": ""}, "Hãy ghi lý do"),
        ],
    )
    def test_says_what_is_wrong(
        self, admin: Client, own: Calendar, changes: dict[str, str], sentence: str
    ) -> None:
        answer = admin.post(reverse("admin:change-hours", args=[own.pk]), self.typed(**changes))

        assert answer.status_code == 422
        assert sentence in page_of(answer)


class TestMovingOn:
    def test_moves_what_is_left_by_itself(self, admin: Client, world: World, own: Calendar) -> None:
        from motcua.foundation.calendars.operations.changing import change_days, closure

        dossier = world.receive()
        change_days(
            calendar_id=own.pk, changes=closure(WEDNESDAY, WEDNESDAY, "Bão"), reason="Bão số 3", by=world.admin, at=now()
        )  # fmt: skip
        address = reverse("admin:reschedule", args=[own.pk])
        assert "Còn 1 ngày hẹn chưa khớp" in page_of(admin.get(address))

        part = page_of(admin.post(address, {"total": "1"}, headers={"HX-Request": "true"}))

        assert "<html" not in part
        assert "Mọi ngày hẹn đang khớp với lịch" in part
        assert Rescheduling.objects.get(dossier=dossier).reason == "Bão số 3"

    def test_goes_on_where_the_request_before_stopped(
        self, admin: Client, world: World, own: Calendar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from motcua.service.dossiers.operations import rescheduling
        from motcua.web.admin import calendars

        monkeypatch.setattr(rescheduling, "CHUNK", 1)
        monkeypatch.setattr(calendars, "AT_ONCE", -1.0)
        for _ in range(2):
            dossier = world.receive()
            Dossier.objects.filter(pk=dossier.pk).update(due_at=(dossier.due_at or now()) + timedelta(days=9))
        address = reverse("admin:reschedule", args=[own.pk])
        first = admin.post(address)
        assert "looked=1" in first.url
        page = page_of(admin.get(first.url))
        assert "Đã tính lại 1 trong 2 ngày hẹn, dời 1." in page
        fields = dict(pair.split("=") for pair in first.url.split("?")[1].split("&"))
        monkeypatch.undo()
        assert "Mọi ngày hẹn đang khớp với lịch." in page_of(admin.post(address, fields, follow=True))
        assert Rescheduling.objects.count() == 2

    def test_says_what_could_not_move(
        self, admin: Client, own: Calendar, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from motcua.service.dossiers.operations.rescheduling import Moved
        from motcua.web.admin import calendars

        monkeypatch.setattr(calendars, "reschedule_all", lambda **_: Moved(1, 1, 0, busy=1))
        part = page_of(admin.post(reverse("admin:reschedule", args=[own.pk]), headers={"HX-Request": "true"}))

        assert "Còn 1 hồ sơ chưa dời được" in part
        assert "hx-trigger" not in part


def test_today_is_marked(admin: Client, national: Calendar) -> None:
    assert "is-today" in page_of(
        admin.get(reverse("admin:calendar", args=[national.pk]), {"year": local_date(now()).year})
    )
