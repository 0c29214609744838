"""Supplements, pauses, reopening, the two clocks and the alarms at the desk."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from motcua.service.dossiers.models import Deadline, Dossier, Pause, Stop
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.operations.stopping import stop
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY, World, build_world, judged
from motcua.web.desk.tests.conftest import TUESDAY, in_work, proposed, to_sign
from motcua.web.ui.wording import vn_moment

ASKED = MONDAY + timedelta(hours=4)


def said(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def link(name: str, dossier: Dossier) -> str:
    return reverse(f"desk:{name}", args=[dossier.pk])


def form_of(dossier: Dossier, **changes: str) -> dict[str, str]:
    fields = {"step": dossier.step_key, "reason": "Thiếu chữ ký", "contact_name": "Hoàng Minh Em"}
    for part, verdict in zip(dossier.parts.order_by("position"), ("MEND", "FINE", "ADD"), strict=True):
        fields[f"verdict-{part.pk}"] = verdict
        fields[f"instruction-{part.pk}"] = "" if verdict == "FINE" else "Ký tên vào trang cuối"
    return fields | changes


def asked(world: World) -> Dossier:
    dossier = in_work(world)
    ask_supplement(
        dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu chữ ký", contact_name="Hoàng Minh Em",
        by=world.officer, at=ASKED,
    )  # fmt: skip
    return Dossier.objects.get(pk=dossier.pk)


class TestAskSupplement:
    def test_is_offered_to_whoever_has_the_step_until_the_signature(self, world: World, enter) -> None:
        for dossier, person in ((in_work(world), world.officer), (to_sign(world), world.leader)):
            assert link("supplement", dossier) in enter(person).get(link("dossier", dossier)).content.decode()
        other = in_work(world)
        assert (
            link("supplement", other)
            not in enter(world.colleague).get(link("dossier", other)).content.decode()
        )

    def test_asks_for_every_component_and_stops_the_clock(self, world: World, enter) -> None:
        dossier, client = in_work(world), enter(world.officer)
        page = said(client.get(link("supplement", dossier)))
        for part in dossier.parts.all():
            assert part.name in page
        answer = client.post(link("supplement", dossier), form_of(dossier), follow=True)
        assert "phiếu yêu cầu bổ sung số 1/PBS" in said(answer)
        assert "Chờ người nộp đến" in said(answer)
        dossier.refresh_from_db()
        assert dossier.state == State.AWAITING_SUPPLEMENT

    def test_says_by_each_field_what_is_missing_and_keeps_what_was_typed(self, world: World, enter) -> None:
        dossier, client = in_work(world), enter(world.officer)
        last = dossier.parts.get(position=3)
        answer = client.post(link("supplement", dossier), form_of(dossier, **{f"verdict-{last.pk}": ""}))
        assert answer.status_code == 422
        assert f"Hãy kết luận về “{last.name}”" in said(answer)
        assert answer.content.decode().count("Ký tên vào trang cuối") == 2
        assert "Thiếu chữ ký" in answer.content.decode()

    def test_says_beforehand_that_the_time_is_over(self, world: World, enter) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(agency_received_at=MONDAY - timedelta(days=7))
        client = enter(world.officer)
        assert "Thông báo bổ sung phải gửi trước" in said(client.get(link("supplement", dossier)))
        answer = client.post(link("supplement", dossier), form_of(dossier))
        assert answer.status_code == 422
        assert "Thông báo bổ sung phải gửi trước" in said(answer)

    def test_what_the_dossier_has_no_component_for_may_be_asked(self, world: World, enter) -> None:
        dossier, client = in_work(world), enter(world.officer)
        half = form_of(dossier, **{"extra-name-2": "Giấy ủy quyền"})
        assert "Hãy hướng dẫn người nộp làm gì với “Giấy ủy quyền”" in said(
            client.post(link("supplement", dossier), half)
        )
        client.post(link("supplement", dossier), half | {"extra-instruction-2": "Có chứng thực"})
        assert dossier.supplements.get().items.get(position=4).name == "Giấy ủy quyền"


class TestInbox:
    def test_what_waits_for_the_applicant_stands_in_its_own_section(self, world: World, enter) -> None:
        dossier, client = asked(world), enter(world.officer)
        assert (
            link("dossier", dossier)
            not in client.get(reverse("desk:index"), {"muc": "cua-toi"}).content.decode()
        )
        answer = client.get(reverse("desk:index"), {"muc": "cho-dan"})
        assert link("dossier", dossier) in answer.content.decode()
        assert "Đang chờ người dân 1 hồ sơ" in said(answer)
        assert f"đến {vn_moment(dossier.supplements.get().waits_until)}" in said(answer)

    def test_its_sheet_says_what_was_asked_and_offers_no_act_of_the_step(self, world: World, enter) -> None:
        dossier = asked(world)
        page = enter(world.officer).get(link("dossier", dossier))
        assert "Phiếu số 1/PBS" in said(page)
        assert "quầy nhận đủ thì đồng hồ chạy tiếp" in said(page)
        assert link("proposal", dossier) not in page.content.decode()


class TestPause:
    @pytest.fixture
    def land(self, db: None) -> World:
        return build_world(has_financial_pause=True)

    def test_is_offered_only_where_the_procedure_allows_it(self, world: World, enter) -> None:
        dossier = in_work(world)
        assert (
            link("pause", dossier) not in enter(world.officer).get(link("dossier", dossier)).content.decode()
        )

    def test_stops_and_goes_on(self, land: World, enter) -> None:
        dossier, client = in_work(land), enter(land.officer)
        assert link("pause", dossier) in client.get(link("dossier", dossier)).content.decode()
        fields = {
            "step": "work", "kind": "FINANCIAL", "reason": "Chờ nộp thuế", "basis": "Luật Đất đai",
            "letter": "1/TB", "letter_on": "02/03/2026",
        }  # fmt: skip
        wrong = client.post(link("pause", dossier), fields | {"letter": ""})
        assert "Hãy ghi số văn bản" in said(wrong)
        assert "Đã dừng tính thời hạn" in said(client.post(link("pause", dossier), fields, follow=True))
        page = client.get(link("dossier", dossier))
        assert "Đồng hồ dừng" in said(page)
        assert link("resume", dossier) in page.content.decode()
        assert "Hẹn trả mới" in said(client.post(link("resume", dossier), {"step": "work"}, follow=True))
        assert Pause.objects.get(dossier=dossier).ended_at == TUESDAY


class TestReopen:
    def stopped(self, world: World) -> Dossier:
        dossier = in_work(world)
        stop(
            dossier_id=dossier.pk, kind=Stop.Kind.WITHDRAW, requested_by="Nguyễn Thị Ánh", reason="Đổi ý",
            papers="không", fees="không", by=world.clerk, at=ASKED,
        )  # fmt: skip
        return Dossier.objects.get(pk=dossier.pk)

    def test_is_offered_to_heads_alone(self, world: World, enter) -> None:
        dossier = self.stopped(world)
        head, officer = enter(world.head), enter(world.officer)
        assert link("reopening", dossier) in head.get(link("dossier", dossier)).content.decode()
        assert link("reopening", dossier) not in officer.get(link("dossier", dossier)).content.decode()
        assert officer.post(link("reopening", dossier), {"reason": "Đổi ý"}).status_code == 403

    def test_brings_the_dossier_back_to_its_step(self, world: World, enter) -> None:
        dossier, client = self.stopped(world), enter(world.head)
        assert "Hãy ghi lý do" in said(client.post(link("reopening", dossier), {"reason": ""}))
        answer = client.post(link("reopening", dossier), {"reason": "Người nộp đổi ý"}, follow=True)
        assert "Đã mở lại hồ sơ" in said(answer)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.step_key) == (State.IN_WORK, "work")


class TestTwoClocks:
    def test_stand_side_by_side_with_the_reason(self, world: World, enter) -> None:
        dossier = asked(world)
        page = said(enter(world.officer).get(link("clocks", dossier)))
        for words in ("Đồng hồ pháp lý", "Đồng hồ chỉ số", "Đang chờ bổ sung", "tính lại từ đầu"):
            assert words in page

    def test_are_for_who_may_see_the_dossier(self, world: World, enter) -> None:
        assert enter(world.stranger).get(link("clocks", in_work(world))).status_code == 422


class TestDeadlines:
    def test_what_runs_out_soon_is_counted_and_listed(self, world: World, enter) -> None:
        dossier = in_work(world)
        client = enter(world.officer)
        assert "thời hạn sắp hết" not in said(client.get(reverse("desk:index")))
        assert raise_alarms(MONDAY + timedelta(days=3, hours=5)) == 1
        assert "1 thời hạn sắp hết" in said(client.get(reverse("desk:index")))
        page = client.get(reverse("desk:deadlines"))
        assert link("dossier", dossier) in page.content.decode()
        assert "Thông báo bổ sung hồ sơ" in said(page)

    def test_those_of_other_places_are_not(self, world: World, enter) -> None:
        in_work(world)
        raise_alarms(MONDAY + timedelta(days=3, hours=5))
        assert "Không có thời hạn nào" in said(enter(world.stranger).get(reverse("desk:deadlines")))

    def test_comes_page_by_page(self, world: World, enter, monkeypatch) -> None:
        monkeypatch.setattr("motcua.web.ui.deadlines.SIZE", 1)
        one, two = in_work(world), in_work(world)
        raise_alarms(MONDAY + timedelta(days=3, hours=5))
        client: Client = enter(world.officer)
        first = client.get(reverse("desk:deadlines")).content.decode()
        following = re.search(r'rel="next" href="([^"]+)"', first)
        assert following
        second = client.get(reverse("desk:deadlines") + unescape(following[1])).content.decode()
        shown = {link("dossier", dossier) for dossier in (one, two)}
        assert {address for address in shown if address in first} | {a for a in shown if a in second} == shown
        assert Deadline.objects.alarmed().count() == 2


def test_a_proposed_dossier_can_still_be_asked_about_by_the_reviewer(world: World, enter) -> None:
    dossier = proposed(world)
    answer = enter(world.head).post(link("supplement", dossier), form_of(dossier), follow=True)
    assert "1/PBS" in said(answer)
