"""The supplement loop under both regimes, in the cases that people really bring."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.time import VIETNAM, local
from motcua.foundation.calendars.clock import AnsweredTooLate, SupplementAskedTooLate, SupplementAskedTooOften
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Deadline, Dossier, Part, Supplement, SupplementItem
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.operations.supplementing import (
    BroughtIn,
    ItemIn,
    ask_supplement,
    complete_supplement,
)
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.dossiers.tests.world import MONDAY, World, build_world, in_work, judged, lacking_items
from motcua.service.workflows.models import Task

HOUR = timedelta(hours=1)


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def ask(world: World, dossier: Dossier, at: datetime, **changes: object) -> Supplement:
    given = {
        "dossier_id": dossier.pk,
        "items": judged(dossier),
        "reason": "Tờ khai thiếu chữ ký, thiếu giấy tờ chứng minh nơi cư trú.",
        "contact_name": "Hoàng Minh Em",
        "contact_phone": "0912345678",
        "by": world.officer,
        "at": at,
        **changes,
    }
    return ask_supplement(**given)  # type: ignore[arg-type]


def bring_all(world: World, dossier: Dossier, at: datetime) -> Supplement:
    brought = [BroughtIn(item.pk) for item in lacking_items(dossier)]
    return complete_supplement(dossier_id=dossier.pk, brought=brought, by=world.clerk, at=at)


class TestAskSupplement:
    def test_stops_the_clock_and_says_everything_once(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, MONDAY + 4 * HOUR)
        dossier.refresh_from_db()
        assert dossier.state == State.AWAITING_SUPPLEMENT
        assert (dossier.due_at, dossier.step_due_at, dossier.holder) == (None, None, world.officer)
        assert dossier.first_due_at is not None
        assert supplement.number == 1
        assert supplement.agency == world.department
        assert local(supplement.waits_until) == vn("2026-03-17T17:00")
        assert [item.verdict for item in supplement.items.all()] == ["MEND", "FINE", "ADD"]
        assert Task.objects.open().get(dossier_id=dossier.pk).due_at is None
        assert faults_of(dossier.pk) == []

    @pytest.mark.parametrize("day", [0, 1, 2, 3])
    def test_is_lawful_until_the_third_working_day(self, world: World, day: int) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + timedelta(days=day, hours=4))
        dossier.refresh_from_db()
        assert dossier.state == State.AWAITING_SUPPLEMENT

    def test_is_refused_on_the_fourth_with_the_rule_and_what_to_do_instead(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(SupplementAskedTooLate) as refusal:
            ask(world, dossier, MONDAY + timedelta(days=4))
        assert refusal.value.legal == "ND118-2025 Đ19.5"
        assert "05/03/2026" in refusal.value.message
        assert "từ chối" in refusal.value.message

    def test_is_refused_a_second_time(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, MONDAY + 5 * HOUR)
        with pytest.raises(SupplementAskedTooOften, match="chỉ được yêu cầu 1 lần"):
            ask(world, dossier, MONDAY + 6 * HOUR)

    def test_asks_for_a_verdict_on_every_component(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(InvalidInput) as refusal:
            ask(world, dossier, MONDAY + 4 * HOUR, items=judged(dossier)[:2])
        last = dossier.parts.get(position=3)
        assert list(refusal.value.errors) == [f"verdict-{last.pk}"]

    def test_asks_for_an_instruction_where_something_is_lacking(self, world: World) -> None:
        dossier = in_work(world)
        items = [ItemIn(verdict="ADD", part_id=part.pk) for part in dossier.parts.all()]
        with pytest.raises(InvalidInput) as refusal:
            ask(world, dossier, MONDAY + 4 * HOUR, items=[*items, ItemIn(verdict="ADD")])
        assert len(refusal.value.errors) == 5

    def test_is_refused_when_nothing_is_lacking(self, world: World) -> None:
        dossier = in_work(world)
        items = [ItemIn(verdict="FINE", part_id=part.pk) for part in dossier.parts.all()]
        with pytest.raises(InvalidInput, match="không có gì phải bổ sung"):
            ask(world, dossier, MONDAY + 4 * HOUR, items=items)

    def test_may_name_what_the_dossier_has_no_component_for(self, world: World) -> None:
        dossier = in_work(world)
        items = [ItemIn(verdict="FINE", part_id=part.pk) for part in dossier.parts.all()]
        extra = ItemIn(verdict="ADD", name="Giấy ủy quyền", instruction="Có chứng thực", certified=1)
        ask(world, dossier, MONDAY + 4 * HOUR, items=[*items, extra])
        bring_all(world, dossier, MONDAY + 5 * HOUR)
        new = dossier.parts.get(position=4)
        assert (new.name, new.form, new.status) == ("Giấy ủy quyền", "CERTIFIED", "PROVIDED")

    def test_is_for_whom_the_step_belongs_to(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(NotYourStep):
            ask(world, dossier, MONDAY + 4 * HOUR, by=world.colleague)
        with pytest.raises(Forbidden):
            ask(world, dossier, MONDAY + 4 * HOUR, by=world.stranger)

    def test_the_counter_may_ask_before_it_hands_over(self, world: World) -> None:
        dossier = world.receive()
        supplement = ask(world, dossier, MONDAY + HOUR, by=world.clerk)
        assert supplement.agency == world.centre
        bring_all(world, dossier, MONDAY + timedelta(days=1))
        dossier.refresh_from_db()
        assert dossier.state == State.RECEIVED
        assert local(dossier.transfer_due_at) == vn("2026-03-03T17:00")

    def test_the_leader_may_ask_until_the_signature(self, world: World) -> None:
        dossier = in_work(world)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY + 3 * HOUR)
        review(dossier_id=dossier.pk, by=world.head, at=MONDAY + 4 * HOUR)
        ask(world, dossier, MONDAY + 5 * HOUR, by=world.leader)
        bring_all(world, dossier, MONDAY + 6 * HOUR)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.step_key) == (State.DECIDED, "sign")
        sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY + 7 * HOUR)
        with pytest.raises(IllegalMove) as refusal:
            ask(world, dossier, MONDAY + 8 * HOUR, by=world.clerk)
        assert refusal.value.legal == "ND118-2025 Đ19.5"

    def test_pressed_twice_asks_once(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(IllegalMove):
            ask(world, dossier, MONDAY + 4 * HOUR)
        assert dossier.supplements.count() == 1

    def test_numbers_have_no_gap(self, world: World) -> None:
        first, second = in_work(world), in_work(world)
        ask(world, first, MONDAY + 4 * HOUR)
        with pytest.raises(DomainError):
            ask(world, second, MONDAY + 4 * HOUR, reason="")
        assert ask(world, second, MONDAY + 5 * HOUR).number == 2

    def test_work_stands_still_meanwhile(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(IllegalMove, match="Chờ bổ sung hồ sơ"):
            propose(
                dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY + 5 * HOUR
            )


class TestCompleteSupplement:
    def test_restarts_the_clock_under_the_law_of_2025(self, world: World) -> None:
        dossier = in_work(world)
        first = dossier.first_due_at
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, vn("2026-03-10T10:00"))
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK
        assert local(dossier.due_at) == vn("2026-03-17T17:00")  # five working days again
        assert dossier.first_due_at == first
        assert dossier.due_at == rebuilt(dossier)
        assert local(dossier.step_due_at) == vn("2026-03-12T10:00")  # the step has its two days again
        assert Task.objects.open().get(dossier_id=dossier.pk).due_at == dossier.step_due_at
        assert dossier.holder == world.officer

    def test_leaves_the_waiting_out_under_the_law_of_2018(self, world: World) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(regime="ND61")
        step_due = dossier.step_due_at
        supplement = ask(world, dossier, vn("2026-03-03T17:00"))
        assert (supplement.waits_until, supplement.notice_due_at) == (None, None)
        bring_all(world, dossier, vn("2026-03-10T07:30"))
        dossier.refresh_from_db()
        assert local(dossier.first_due_at) == vn("2026-03-09T17:00")
        assert local(dossier.due_at) == vn("2026-03-13T17:00")  # four working days later
        assert dossier.due_at == rebuilt(dossier)
        assert dossier.step_due_at == step_due + timedelta(days=6)  # four working days and a week-end

    def test_may_be_asked_again_under_the_law_of_2018(self, world: World) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(regime="ND61")
        ask(world, dossier, vn("2026-03-03T09:00"))
        bring_all(world, dossier, vn("2026-03-04T09:00"))
        ask(world, dossier, vn("2026-03-25T09:00"))
        assert dossier.supplements.count() == 2

    def test_an_incomplete_bringing_is_recorded_and_moves_nothing(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        one, two = lacking_items(dossier)
        complete_supplement(
            dossier_id=dossier.pk,
            brought=[BroughtIn(one.pk)],
            by=world.clerk,
            at=vn("2026-03-04T09:00"),
            note="Hẹn mang sau",
        )
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at) == (State.AWAITING_SUPPLEMENT, None)
        assert [item.pk for item in lacking_items(dossier)] == [two.pk]
        told = Line.objects.of(dossier.pk).last()
        assert (told.name, told.payload["lacking"]) == ("SupplementBrought", [two.name])
        complete_supplement(
            dossier_id=dossier.pk, brought=[BroughtIn(two.pk)], by=world.clerk, at=vn("2026-03-05T09:00")
        )
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_marks_the_paper_as_handed_in(self, world: World) -> None:
        dossier = in_work(world)
        Part.objects.filter(dossier=dossier, position=3).update(status="MISSING")
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, MONDAY + 5 * HOUR)
        assert dossier.parts.get(position=3).status == Part.Status.PROVIDED

    def test_is_taken_on_the_fifteenth_day(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)  # 2 March; the fifteenth day is Tuesday 17
        bring_all(world, dossier, vn("2026-03-17T16:59"))
        dossier.refresh_from_db()
        assert local(dossier.due_at) == vn("2026-03-24T17:00")

    def test_is_refused_on_the_sixteenth(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(AnsweredTooLate, match="đóng hồ sơ này") as refusal:
            bring_all(world, dossier, vn("2026-03-18T07:31"))
        assert refusal.value.legal == "ND118-2025 Đ19.5"

    def test_a_fifteenth_day_of_rest_rolls_to_the_next_working_day(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, vn("2026-03-05T09:00"))  # 20 March is a Friday
        assert local(supplement.waits_until) == vn("2026-03-20T17:00")
        other = in_work(world, at=vn("2026-03-05T08:00"))
        supplement = ask(world, other, vn("2026-03-06T10:00"))  # 21 March is a Saturday
        assert local(supplement.waits_until) == vn("2026-03-23T17:00")

    def test_is_for_the_counter(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(Forbidden):
            complete_supplement(
                dossier_id=dossier.pk,
                brought=[BroughtIn(lacking_items(dossier)[0].pk)],
                by=world.officer,
                at=MONDAY + 5 * HOUR,
            )

    def test_something_must_be_brought(self, world: World) -> None:
        dossier = in_work(world)
        supplement = ask(world, dossier, MONDAY + 4 * HOUR)
        fine = supplement.items.get(verdict="FINE")
        for brought in ([], [BroughtIn(fine.pk)]):
            with pytest.raises(InvalidInput, match="ít nhất một"):
                complete_supplement(
                    dossier_id=dossier.pk, brought=brought, by=world.clerk, at=MONDAY + 5 * HOUR
                )
        assert not SupplementItem.objects.exclude(brought_at=None).exists()

    def test_a_date_set_by_hand_keeps_its_distance(self, world: World) -> None:
        dossier = in_work(world)
        due = vn("2026-03-12T11:00")
        Dossier.objects.filter(pk=dossier.pk).update(
            due_reason="Chờ kết quả xác minh ở nước ngoài",
            due_at=due,
            first_due_at=due,
            limit_value=None,
            limit_unit="NONE",
        )
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, vn("2026-03-09T09:00"))  # a week after the reception, at the same hour
        dossier.refresh_from_db()
        assert local(dossier.due_at) == vn("2026-03-19T11:00")
        assert dossier.due_at == rebuilt(dossier)

    def test_without_any_promise_there_is_none_afterwards(self, world: World) -> None:
        dossier = in_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(
            due_at=None, first_due_at=None, limit_value=None, limit_unit="NONE"
        )
        ask(world, dossier, MONDAY + 4 * HOUR)
        bring_all(world, dossier, MONDAY + 5 * HOUR)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at) == (State.IN_WORK, None)


class TestDeadlines:
    def test_the_notice_runs_from_the_hand_over_and_the_silence_from_the_notice(self, world: World) -> None:
        dossier = in_work(world)
        notice = Deadline.objects.get(dossier=dossier, kind="SUPPLEMENT_NOTICE")
        assert local(notice.due_at) == vn("2026-03-05T17:00")
        ask(world, dossier, MONDAY + 4 * HOUR)
        notice.refresh_from_db()
        assert notice.met_at == MONDAY + 4 * HOUR
        silence = Deadline.objects.running().get(dossier=dossier)
        assert (silence.kind, silence.agency) == ("SUPPLEMENT_SILENCE", world.centre)
        assert local(silence.alarm_at) == vn("2026-03-16T07:30")  # two working days before
        bring_all(world, dossier, vn("2026-03-04T09:00"))
        silence.refresh_from_db()
        assert silence.met_at is not None


class TestAcrossTheLaws:
    def test_received_on_the_last_day_of_the_old_law_it_keeps_it(self, db: None) -> None:
        world = build_world(since=date(2025, 6, 1))
        dossier = world.receive(at=vn("2025-06-30T09:00"))
        assert (dossier.regime, local(dossier.due_at)) == ("ND61", vn("2025-07-07T17:00"))
        transfer(dossier_id=dossier.pk, by=world.clerk, at=vn("2025-06-30T10:00"))
        assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=vn("2025-06-30T11:00"))
        supplement = ask(world, dossier, vn("2025-07-04T17:00"))  # the fourth day; the new law would refuse
        assert supplement.waits_until is None
        bring_all(world, dossier, vn("2025-07-25T07:30"))  # the twenty-first day
        dossier.refresh_from_db()
        assert local(dossier.due_at) == vn("2025-07-25T17:00")  # one day was left
        assert dossier.due_at == rebuilt(dossier)
