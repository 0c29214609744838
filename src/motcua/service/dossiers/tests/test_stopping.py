from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.time import local
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Assignment, Consultation, Deadline, Dossier, Stop
from motcua.service.dossiers.operations.amending import PartChange, amend
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.pausing import resume
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.stopping import NotYetSilent, lapse, lapse_silent, reopen, stop
from motcua.service.dossiers.searching import search
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.dossiers.tests.test_pausing import stop_clock
from motcua.service.dossiers.tests.test_supplementing import ask, vn
from motcua.service.dossiers.tests.world import MONDAY, World, in_work
from motcua.service.workflows.models import Task

HOUR = timedelta(hours=1)
LATER = vn("2026-03-11T09:00")


def end(world: World, dossier: Dossier, at: datetime, **changes: object) -> Stop:
    given = {
        "dossier_id": dossier.pk,
        "kind": Stop.Kind.WITHDRAW,
        "requested_by": "Nguyễn Thị Ánh",
        "reason": "Không còn nhu cầu",
        "papers": "Trả lại 3 bản chính",
        "fees": "Không thu",
        "by": world.clerk,
        "at": at,
        **changes,
    }
    return stop(**given)  # type: ignore[arg-type]


class TestStop:
    def test_ends_the_dossier_and_every_step_of_it(self, world: World) -> None:
        dossier = in_work(world)
        stopped = end(world, dossier, MONDAY + 4 * HOUR)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.closed_at) == (State.WITHDRAWN, MONDAY + 4 * HOUR)
        assert (dossier.step_key, dossier.holder, dossier.step_due_at) == ("", None, None)
        assert (stopped.number, stopped.interrupted) == (1, State.IN_WORK)
        assert not Task.objects.open().filter(dossier_id=dossier.pk).exists()
        assert not Assignment.objects.filter(dossier=dossier, until=None).exists()
        assert not Deadline.objects.running().filter(dossier=dossier).exists()
        assert faults_of(dossier.pk) == []

    def test_may_be_asked_for_until_the_result_is_signed(self, world: World) -> None:
        dossier = in_work(world)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY + 3 * HOUR)
        review(dossier_id=dossier.pk, by=world.head, at=MONDAY + 4 * HOUR)
        sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY + 5 * HOUR)
        with pytest.raises(IllegalMove, match="Đã ký kết quả") as refusal:
            end(world, dossier, MONDAY + 6 * HOUR)
        assert refusal.value.legal == "ND118-2025 Đ21"

    def test_asks_for_everything_that_form_05_tells(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(InvalidInput) as refusal:
            end(
                world, dossier, MONDAY + 4 * HOUR, kind="SILENCE", requested_by="", reason="", papers="", fees="",
                requested_at=MONDAY + 5 * HOUR,
            )  # fmt: skip
        assert set(refusal.value.errors) == {
            "kind",
            "requested_by",
            "reason",
            "papers",
            "fees",
            "requested_at",
        }

    def test_is_for_the_counter(self, world: World) -> None:
        with pytest.raises(Forbidden):
            end(world, in_work(world), MONDAY + 4 * HOUR, by=world.officer)

    def test_while_it_waits_ends_the_waiting(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, MONDAY + 4 * HOUR)
        end(world, dossier, LATER, kind=Stop.Kind.STOP)
        supplement.refresh_from_db()
        dossier.refresh_from_db()
        assert (dossier.state, supplement.closed_at) == (State.STOPPED, LATER)
        assert dossier.due_at == rebuilt(dossier)

    def test_takes_back_the_questions_that_are_open(self, world: World) -> None:
        dossier = in_work(world)
        asked = consult(
            dossier_id=dossier.pk, agency=world.other, question="?", due_at=LATER, by=world.officer, at=MONDAY + 3 * HOUR
        )  # fmt: skip
        end(world, dossier, MONDAY + 4 * HOUR)
        assert not Consultation.objects.waiting_for(world.stranger, LATER).exists()
        with pytest.raises(InvalidInput, match="đã dừng"):
            answer(consultation_id=asked.pk, text="Thống nhất", by=world.stranger, at=MONDAY + 5 * HOUR)

    def test_a_second_press_is_refused(self, world: World) -> None:
        dossier = in_work(world)
        end(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(IllegalMove):
            end(world, dossier, MONDAY + 4 * HOUR)
        assert dossier.stops.count() == 1


class TestLapse:
    def test_comes_on_the_day_after_the_last(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, MONDAY + 4 * HOUR)
        assert lapse_silent(vn("2026-03-17T23:59")) == 0
        assert lapse_silent(vn("2026-03-18T00:10")) == 1
        dossier.refresh_from_db()
        supplement.refresh_from_db()
        assert (dossier.state, supplement.is_awaited) == (State.LAPSED, False)
        told = Line.objects.of(dossier.pk).last()
        assert (told.name, told.actor_id) == ("DossierLapsed", None)
        assert "1/PBS" in dossier.stops.get().reason
        assert lapse_silent(vn("2026-03-18T00:20")) == 0

    def test_is_done_by_hand_not_a_day_earlier(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(NotYetSilent, match="17/03/2026"):
            lapse(dossier_id=dossier.pk, by=world.clerk, at=vn("2026-03-17T17:30"))
        lapse(dossier_id=dossier.pk, by=world.clerk, at=vn("2026-03-18T08:00"))

    def test_is_unknown_to_the_law_of_2018(self, world: World) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(regime="ND61")
        ask(world, dossier, MONDAY + 4 * HOUR)
        assert lapse_silent(vn("2026-12-01T08:00")) == 0
        with pytest.raises(NotYetSilent, match="không cho đóng"):
            lapse(dossier_id=dossier.pk, by=world.clerk, at=vn("2026-12-01T08:00"))


class TestReopen:
    def test_goes_on_where_it_was_left_with_the_time_that_was_left(self, world: World) -> None:
        dossier = in_work(world)
        step_due = dossier.step_due_at
        end(world, dossier, vn("2026-03-03T17:00"))
        reopen(dossier_id=dossier.pk, reason="Người nộp đổi ý", by=world.head, at=vn("2026-03-10T07:30"))
        dossier.refresh_from_db()
        assert (dossier.state, dossier.step_key, dossier.holder) == (State.IN_WORK, "work", world.officer)
        assert local(dossier.due_at) == vn("2026-03-13T17:00")  # four working days later
        assert dossier.step_due_at == step_due + timedelta(days=6)
        assert dossier.due_at == rebuilt(dossier)

    def test_can_be_carried_to_its_end(self, world: World) -> None:
        dossier = in_work(world)
        end(world, dossier, vn("2026-03-03T17:00"))
        at = vn("2026-03-10T08:00")
        reopen(dossier_id=dossier.pk, reason="Người nộp đổi ý", by=world.leader, at=at)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=at)
        review(dossier_id=dossier.pk, by=world.head, at=at)
        sign(dossier_id=dossier.pk, by=world.leader, at=at)
        issue(dossier_id=dossier.pk, number="1/KQ", issued_on=at.date(), by=world.records, at=at)
        done = return_result(dossier_id=dossier.pk, by=world.clerk, at=at)
        assert done.state == State.RETURNED
        assert faults_of(dossier.pk) == []

    def test_a_lapsed_one_leaves_the_waiting_and_the_closed_time_out(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, vn("2026-03-03T17:00"))
        lapse_silent(vn("2026-03-19T00:10"))
        reopen(dossier_id=dossier.pk, reason="Ốm nằm viện", by=world.head, at=vn("2026-03-23T07:30"))
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK
        assert local(dossier.due_at) == vn("2026-03-26T17:00")  # four days were left
        assert dossier.due_at == rebuilt(dossier)

    def test_a_paused_one_goes_on_in_the_state_before_the_pause(self, land: World) -> None:
        dossier = in_work(land)
        stop_clock(land, dossier, vn("2026-03-03T17:00"))
        end(land, dossier, vn("2026-03-05T17:00"))
        reopen(dossier_id=dossier.pk, reason="Đã nộp thuế", by=land.head, at=vn("2026-03-10T07:30"))
        dossier.refresh_from_db()
        assert (dossier.state, local(dossier.due_at)) == (State.IN_WORK, vn("2026-03-13T17:00"))
        with pytest.raises(IllegalMove):
            resume(dossier_id=dossier.pk, by=land.officer, at=LATER)

    def test_needs_the_permission_and_a_reason(self, world: World) -> None:
        dossier = in_work(world)
        end(world, dossier, MONDAY + 4 * HOUR)
        for person in (world.officer, world.clerk, world.stranger):
            with pytest.raises(Forbidden):
                reopen(dossier_id=dossier.pk, reason="Đổi ý", by=person, at=LATER)
        with pytest.raises(InvalidInput):
            reopen(dossier_id=dossier.pk, reason=" ", by=world.head, at=LATER)

    def test_what_goes_on_cannot_be_opened(self, world: World) -> None:
        with pytest.raises(IllegalMove):
            reopen(dossier_id=in_work(world).pk, reason="Đổi ý", by=world.head, at=LATER)


class TestAmend:
    def change(self, world: World, dossier: Dossier, **changes: object) -> Dossier:
        given = {
            "dossier_id": dossier.pk,
            "requested_by": "Nguyễn Thị Ánh",
            "reason": "Ghi nhầm số điện thoại",
            "matter": dossier.matter,
            "phone": dossier.phone,
            "return_channel": dossier.return_channel,
            "sets": dossier.sets,
            "by": world.clerk,
            "at": LATER,
            **changes,
        }
        return amend(**given)  # type: ignore[arg-type]

    def test_says_what_was_and_what_is(self, world: World) -> None:
        dossier = in_work(world)
        part = dossier.parts.get(position=1)
        self.change(
            world, dossier, phone="0987 654 321", matter="Cấp lại trích lục",
            parts=[PartChange(part.pk, form="COPY", quantity=2)],
        )  # fmt: skip
        told = Line.objects.of(dossier.pk).last()
        said = {one["field"]: (one["before"], one["after"]) for one in told.payload["changes"]}
        assert said["điện thoại"] == ("0912345678", "0987654321")
        assert said["Tờ khai: số lượng"] == ("1", "2")
        assert [one.pk for one in search("0987654321", user=world.clerk, at=LATER)] == [dossier.pk]

    def test_is_refused_once_the_result_is_signed_and_when_nothing_changes(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(InvalidInput, match="Chưa có gì thay đổi"):
            self.change(world, dossier)
        Dossier.objects.filter(pk=dossier.pk).update(state=State.SIGNED)
        with pytest.raises(IllegalMove):
            self.change(world, dossier, sets=2)

    def test_names_every_wrong_field(self, world: World) -> None:
        dossier = in_work(world)
        part = dossier.parts.get(position=1)
        with pytest.raises(InvalidInput) as refusal:
            self.change(
                world, dossier, requested_by="", reason="", matter="", phone="12", return_channel="?", sets=0,
                parts=[PartChange(part.pk, form="COPY", quantity=0)],
            )  # fmt: skip
        assert set(refusal.value.errors) == {
            "requested_by", "reason", "matter", "phone", "return_channel", "sets", f"quantity-{part.pk}",
        }  # fmt: skip
