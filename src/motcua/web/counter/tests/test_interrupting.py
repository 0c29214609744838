"""Supplements, an end without a result, corrections and alarms at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from motcua.foundation.documents.models import Document
from motcua.service.dossiers.models import Dossier, Stop
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY, World, in_work, judged, lacking_items
from motcua.web.counter.tests.acting import scan, text_of

ASKED = MONDAY + timedelta(hours=4)
FRIDAY = MONDAY + timedelta(days=4)
TOO_LATE = MONDAY + timedelta(days=16)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with at_moment(FRIDAY):
        yield


def at_moment(at: datetime):
    return patch("motcua.web.ui.pages.now", return_value=at)


def link(name: str, dossier: Dossier) -> str:
    return reverse(f"counter:{name}", args=[dossier.pk])


def asked(world: World) -> Dossier:
    dossier = in_work(world)
    ask_supplement(
        dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu chữ ký", contact_name="Hoàng Minh Em",
        by=world.officer, at=ASKED,
    )  # fmt: skip
    return Dossier.objects.get(pk=dossier.pk)


class TestAskSupplement:
    def test_before_the_hand_over_the_counter_asks(self, clerk: Client, world: World) -> None:
        dossier = world.receive(at=FRIDAY - timedelta(minutes=5))
        page = clerk.get(link("dossier", dossier))
        assert link("ask-supplement", dossier) in page.content.decode()
        fields = {"step": "receive", "reason": "Thiếu chữ ký", "contact_name": "Trần Thị Cúc"}
        for part in dossier.parts.all():
            fields |= {f"verdict-{part.pk}": "ADD", f"instruction-{part.pk}": "Nộp bản chính"}
        answer = clerk.post(link("ask-supplement", dossier), fields, follow=True)
        assert "Đã lập phiếu yêu cầu bổ sung số 1/PBS" in text_of(answer)

    def test_afterwards_it_is_the_officers(self, clerk: Client, world: World) -> None:
        dossier = in_work(world)
        assert link("ask-supplement", dossier) not in clerk.get(link("dossier", dossier)).content.decode()


class TestSupplements:
    def test_is_the_next_act_of_a_dossier_that_waits(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        page = clerk.get(link("dossier", dossier))
        assert link("supplements", dossier) in page.content.decode()
        assert "Chờ người dân" in text_of(page)
        listed = clerk.get(reverse("counter:waiting"))
        assert link("supplements", dossier) in listed.content.decode()
        assert "1 hồ sơ chờ người dân" in text_of(clerk.get(reverse("counter:index")))

    def test_a_part_of_it_moves_nothing(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        one, two = lacking_items(dossier)
        answer = clerk.post(link("supplements", dossier), {"item": [str(one.pk)]}, follow=True)
        assert "còn thiếu 1 giấy tờ" in text_of(answer)
        answer = clerk.post(link("supplements", dossier), {"item": [str(two.pk)]}, follow=True)
        assert "Đã nhận đủ hồ sơ bổ sung. Hẹn trả mới" in text_of(answer)
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_a_scan_counts_as_brought_and_stays_with_its_part(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        one, two = lacking_items(dossier)
        clerk.post(link("supplements", dossier), {f"file-{one.pk}": scan(), "item": [str(two.pk)]})
        assert dossier.scans.get().part_id == one.part_id
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_a_refusal_keeps_the_scans(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        one, _ = lacking_items(dossier)
        with at_moment(TOO_LATE):
            answer = clerk.post(link("supplements", dossier), {f"file-{one.pk}": scan()})
        assert answer.status_code == 422
        assert "Hãy đóng hồ sơ này" in text_of(answer)
        assert str(Document.objects.get().pk) in answer.content.decode()

    def test_nothing_ticked_is_refused(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        assert "ít nhất một giấy tờ" in text_of(clerk.post(link("supplements", dossier), {}))

    def test_after_the_last_day_the_dossier_can_be_closed(self, clerk: Client, world: World) -> None:
        dossier = asked(world)
        assert link("lapse", dossier) not in clerk.get(link("supplements", dossier)).content.decode()
        with at_moment(TOO_LATE):
            assert link("lapse", dossier) in clerk.get(link("supplements", dossier)).content.decode()
            answer = clerk.post(link("lapse", dossier), follow=True)
        assert "Đã đóng hồ sơ" in text_of(answer)
        assert "Quá hạn bổ sung" in text_of(answer)

    def test_nothing_awaited_says_so(self, clerk: Client, world: World) -> None:
        assert "không chờ bổ sung" in text_of(clerk.get(link("supplements", in_work(world))))


class TestStop:
    FIELDS = {
        "kind": "WITHDRAW", "requested_by": "Nguyễn Thị Ánh", "reason": "Không còn nhu cầu",
        "papers": "Trả lại 3 bản chính", "fees": "Không thu",
    }  # fmt: skip

    def test_closes_the_dossier_and_shows_what_was_given_back(self, clerk: Client, world: World) -> None:
        dossier = in_work(world)
        assert link("stop", dossier) in clerk.get(link("dossier", dossier)).content.decode()
        answer = clerk.post(link("stop", dossier), self.FIELDS, follow=True)
        assert "thông báo số 1" in text_of(answer)
        assert "Giấy tờ: Trả lại 3 bản chính." in text_of(answer)
        assert link("stop", dossier) not in answer.content.decode()
        assert Stop.objects.get(dossier=dossier).kind == "WITHDRAW"

    def test_says_by_each_field_what_is_missing(self, clerk: Client, world: World) -> None:
        answer = clerk.post(link("stop", in_work(world)), {**self.FIELDS, "papers": "", "reason": ""})
        assert answer.status_code == 422
        assert "Hãy ghi giấy tờ đã trả lại" in text_of(answer)
        assert "Hãy ghi lý do" in text_of(answer)
        assert "Nguyễn Thị Ánh" in answer.content.decode()

    def test_is_not_offered_once_signed(self, clerk: Client, world: World) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(state=State.SIGNED)
        assert link("stop", dossier) not in clerk.get(link("dossier", dossier)).content.decode()
        answer = clerk.post(link("stop", dossier), self.FIELDS)
        assert answer.status_code == 422
        assert "Không thể rút hồ sơ" in text_of(answer)


class TestAmend:
    def fields(self, dossier: Dossier, **changes: str) -> dict[str, str]:
        fields = {
            "matter": dossier.matter, "phone": dossier.phone, "return_channel": "COUNTER", "sets": "1",
            "requested_by": "Nguyễn Thị Ánh", "reason": "Đổi số điện thoại",
        }  # fmt: skip
        for part in dossier.parts.all():
            fields |= {f"form-{part.pk}": part.form, f"quantity-{part.pk}": "1", f"note-{part.pk}": ""}
        return fields | changes

    def test_corrects_what_the_applicant_asks_for(self, clerk: Client, world: World) -> None:
        dossier = in_work(world)
        assert dossier.phone in clerk.get(link("amend", dossier)).content.decode()
        answer = clerk.post(link("amend", dossier), self.fields(dossier, phone="0987654321"), follow=True)
        assert "Đã sửa hồ sơ" in text_of(answer)
        dossier.refresh_from_db()
        assert dossier.phone == "0987654321"

    def test_nothing_changed_is_said(self, clerk: Client, world: World) -> None:
        dossier = in_work(world)
        answer = clerk.post(link("amend", dossier), self.fields(dossier))
        assert (answer.status_code, "Chưa có gì thay đổi" in text_of(answer)) == (422, True)


class TestClocksAndDeadlines:
    def test_the_two_clocks_stand_side_by_side(self, clerk: Client, world: World) -> None:
        page = text_of(clerk.get(link("clocks", asked(world))))
        assert "Đồng hồ pháp lý" in page
        assert "Đồng hồ chỉ số" in page

    def test_a_hand_over_that_runs_out_is_told_on_the_first_page(self, clerk: Client, world: World) -> None:
        dossier = world.receive(at=FRIDAY - timedelta(hours=1))
        assert raise_alarms(FRIDAY) == 0
        assert raise_alarms(FRIDAY.replace(hour=16, minute=1)) == 1
        with at_moment(FRIDAY.replace(hour=16, minute=1)):
            assert "1 thời hạn sắp hết" in text_of(clerk.get(reverse("counter:index")))
        with at_moment(FRIDAY + timedelta(days=7)):
            assert "1 thời hạn đã quá" in text_of(clerk.get(reverse("counter:index")))
        page = clerk.get(reverse("counter:deadlines"))
        assert link("dossier", dossier) in page.content.decode()
        clerk.post(link("transfer", dossier), {"step": "receive"})
        page = text_of(clerk.get(reverse("counter:index")))
        assert "thời hạn sắp hết" not in page
        assert "thời hạn đã quá" not in page
