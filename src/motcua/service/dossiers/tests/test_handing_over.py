"""Bàn giao công việc, và không hồ sơ nào không có người giữ."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import deactivate_staff, end_appointment
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.operations.agencies import close_agency
from motcua.service.dossiers.holding import StillHolds
from motcua.service.dossiers.models import BulkAct, BulkItem, Dossier, HandingOver
from motcua.service.dossiers.operations.assigning import assign_work, reassign
from motcua.service.dossiers.operations.handing_over import NobodyReceives, hand_over, propose_receivers
from motcua.service.dossiers.operations.together import work
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import MONDAY, World

NOON = MONDAY + timedelta(hours=4)
Reason = HandingOver.Reason


def in_work(world: World) -> Dossier:
    dossier = transfer(dossier_id=world.receive().pk, by=world.clerk, at=MONDAY)
    return assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY)


def handed(
    world: World, dossiers: list[Dossier], to: User, *, by: User | None = None, **given: object
) -> BulkAct:
    act = hand_over(
        **{  # type: ignore[arg-type]
            "bulk_id": new_id(),
            "receivers": {one.pk: to.pk for one in dossiers},
            "reason": Reason.LEAVER,
            "giver": world.officer,
            "by": by or world.head,
            "at": NOON,
            **given,
        }
    )
    assert work(act.pk, clock=lambda: NOON, should_stop=lambda: False)
    return act


class TestPropose:
    def test_shares_fairly_among_the_others_of_the_role(self, world: World) -> None:
        dossiers = [in_work(world) for _ in range(3)]
        proposals = propose_receivers(dossiers, giver_id=world.officer.pk, at=NOON)
        assert {one.receiver.key for one in proposals if one.receiver} == {world.colleague.pk}
        assert all("Vũ Thị Giang" in one.advice.why for one in proposals)

    def test_says_where_nobody_can(self, world: World) -> None:
        dossier = in_work(world)
        world.colleague.memberships.update(valid_to=local_date(NOON) - timedelta(days=1))
        (proposal,) = propose_receivers([dossier], giver_id=world.officer.pk, at=NOON)
        assert proposal.receiver is None
        assert proposal.advice.why.startswith("Không có ai")


class TestHandOver:
    def test_moves_each_with_its_own_line_and_one_of_the_whole(self, world: World) -> None:
        dossiers = [in_work(world), in_work(world)]
        act = handed(world, dossiers, world.colleague, note="QĐ 12")
        assert Dossier.objects.held_by(world.colleague).count() == 2
        assert set(act.items.values_list("state", flat=True)) == {BulkItem.State.DONE}
        for dossier in dossiers:
            line = Line.objects.get(subject_id=dossier.pk, name="DossierAssigned")
            assert line.payload["reason"] == "Bàn giao công việc: Thôi việc, nghỉ hưu. QĐ 12"
        whole = Line.objects.get(subject_id=HandingOver.objects.get().pk, name="WorkHandedOver")
        assert whole.payload["receivers"] == {str(world.colleague.pk): 2}

    def test_takes_nothing_from_who_holds_it_now(self, world: World) -> None:
        moved, other = in_work(world), in_work(world)
        act = hand_over(
            bulk_id=new_id(),
            receivers={moved.pk: world.colleague.pk, other.pk: world.stranger.pk},
            reason=Reason.MOVE,
            giver=world.officer,
            by=world.head,
            at=NOON,
        )
        reassign(dossier_id=moved.pk, holder=world.colleague, by=world.head, at=NOON, reason="Gấp")
        assert work(act.pk, clock=lambda: NOON, should_stop=lambda: False)
        answers = dict(act.items.values_list("dossier_id", "state"))
        assert answers == {moved.pk: BulkItem.State.ALREADY, other.pk: BulkItem.State.REFUSED}

    def test_is_safe_to_run_again(self, world: World) -> None:
        dossiers, key = [in_work(world)], new_id()
        for _ in range(2):
            handed(world, dossiers, world.colleague, bulk_id=key)
        assert HandingOver.objects.count() == 1
        assert Line.objects.filter(name="DossierAssigned").count() == 1

    @pytest.mark.parametrize(
        ("who", "is_done"), [("admin", True), ("leader", True), ("colleague", False), ("stranger", False)]
    )
    def test_is_for_who_assigns_or_administers(self, world: World, who: str, is_done: bool) -> None:
        act = handed(world, [in_work(world)], world.colleague, by=getattr(world, who))
        assert (act.items.get().state == BulkItem.State.DONE) is is_done

    def test_asks_for_a_reason_and_a_receiver(self, world: World) -> None:
        for wrong in ({"reason": "X"}, {"receivers": {}}):
            with pytest.raises(NobodyReceives):
                handed(world, [in_work(world)], world.colleague, **wrong)


class TestNobodyLeavesDossiersBehind:
    def test_an_account_is_closed_only_with_empty_hands(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(StillHolds, match="đang giữ 1 hồ sơ"):
            deactivate_staff(world.officer, reason="Nghỉ hưu", by=world.admin, at=NOON)
        world.officer.refresh_from_db()
        assert world.officer.is_active
        handed(world, [dossier], world.colleague)
        deactivate_staff(world.officer, reason="Nghỉ hưu", by=world.admin, at=NOON)

    def test_a_post_is_ended_only_when_nothing_needs_its_role(self, world: World) -> None:
        dossier = in_work(world)
        seat = world.officer.memberships.get()
        with pytest.raises(StillHolds):
            end_appointment(seat, on=local_date(NOON), by=world.admin, at=NOON)
        end_appointment(seat, on=local_date(NOON) + timedelta(days=9), by=world.admin, at=NOON)
        handed(world, [dossier], world.colleague)
        end_appointment(seat, on=local_date(NOON), by=world.admin, at=NOON)

    def test_an_agency_is_closed_only_with_a_successor_for_its_dossiers(self, world: World) -> None:
        in_work(world)
        closing = {"on": date(2026, 3, 2), "by": world.admin, "at": NOON}
        with pytest.raises(StillHolds, match="kế thừa"):
            close_agency(world.department, successors=[], **closing)  # type: ignore[arg-type]
        close_agency(world.department, successors=[(world.other, "WHOLE")], **closing)  # type: ignore[arg-type]

    def test_what_a_closed_agency_held_goes_to_its_successor(self, world: World) -> None:
        dossier = in_work(world)
        tomorrow = NOON + timedelta(days=1)
        close_agency(
            world.department,
            on=local_date(tomorrow),
            successors=[(world.other, "WHOLE")],
            by=world.admin,
            at=NOON,
        )
        assert list(Dossier.objects.forlorn(tomorrow)) == [dossier]
        (proposal,) = propose_receivers([dossier], giver_id=None, at=tomorrow)
        assert proposal.receiver
        assert proposal.receiver.key == world.stranger.pk
        act = hand_over(
            bulk_id=new_id(),
            receivers={dossier.pk: world.stranger.pk},
            reason=Reason.CLOSING,
            agency=world.department,
            by=User.objects.get(pk=world.admin.pk),
            at=tomorrow,
        )
        assert work(act.pk, clock=lambda: tomorrow, should_stop=lambda: False)
        assert act.items.get().sentence == "Đã bàn giao cho Ngô Văn Lâm."
        assert not Dossier.objects.forlorn(tomorrow).exists()

    def test_finds_what_has_lost_its_holder(self, world: World) -> None:
        held = in_work(world)
        assert not Dossier.objects.forlorn(NOON).exists()
        User.objects.filter(pk=world.officer.pk).update(is_active=False)
        assert list(Dossier.objects.forlorn(NOON)) == [held]
