"""Phân cấp, ủy quyền: the offering, the routing and the signature follow the decision, for dossiers of its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import DomainError, InvalidInput
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.operations.seats import seat, unseat
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import MONDAY
from motcua.service.procedures.models import Entrustment, Offering
from motcua.service.procedures.operations.entrusting import (
    NothingToEntrust,
    end_entrustment,
    entrust,
    preview,
)

DAY = MONDAY.date()
NEXT_WEEK = DAY + timedelta(days=7)


def entrusted(world, **changes) -> Entrustment:
    given = {
        "kind": "AUTHORISED", "decision": "45/QĐ-STP", "decided_on": DAY, "giver": world.department,
        "receiver": world.other, "valid_from": NEXT_WEEK, "valid_to": NEXT_WEEK + timedelta(days=13),
        "procedure_ids": [world.procedure.pk], "signature": "TUQ. GIÁM ĐỐC", "by": world.admin, "at": MONDAY, **changes,
    }  # fmt: skip
    return entrust(**given)


def settling(world, days: int) -> list[int]:
    on = DAY + timedelta(days=days)
    return [one.agency_id for one in Offering.objects.in_force(on).filter(procedure=world.procedure)]


class TestEntrust:
    def test_moves_the_offering_for_its_time_and_back(self, world):
        entrusted(world)
        assert settling(world, 6) == [world.department.pk]
        assert settling(world, 7) == [world.other.pk]
        assert settling(world, 20) == [world.other.pk]
        assert settling(world, 21) == [world.department.pk]

    def test_a_dossier_received_in_its_time_goes_to_the_receiver(self, world):
        made = entrusted(world)
        before = world.receive()
        at = MONDAY + timedelta(days=7)
        offering = Offering.objects.in_force(NEXT_WEEK).get(procedure=world.procedure)
        dossier = world.receive(at=at, offering=offering)
        assert dossier.agency == world.other
        assert dossier.code.startswith("H31.3-")
        assert transfer(dossier_id=dossier.pk, by=world.clerk, at=at).step_role == "DIVISION_HEAD"
        assert Dossier.objects.visible_to(world.stranger, at).get() == dossier
        found = Entrustment.objects.of(world.procedure.pk, world.other.pk, NEXT_WEEK).get()
        assert found.signature == "TUQ. GIÁM ĐỐC"
        assert list(Dossier.objects.under(made)) == [dossier]
        assert before.agency == world.department

    def test_by_field_takes_all_its_procedures(self, world):
        moves = preview(
            giver=world.department, receiver=world.other, valid_from=NEXT_WEEK, fields=["Hộ tịch"]
        )
        assert [one.offering.procedure for one in moves] == [world.procedure]
        assert entrusted(world, procedure_ids=[], fields=["Hộ tịch"]).procedures.count() == 1

    def test_is_in_the_ledger_with_what_moved(self, world):
        made = entrusted(world)
        line = Line.objects.get(subject_id=made.pk)
        assert line.payload["procedures"] == [world.procedure.code]
        assert line.payload["offerings"] == 1

    def test_refuses_what_the_decision_does_not_say(self, world):
        with pytest.raises(InvalidInput) as refused:
            entrusted(world, decision=" ", signature="", valid_to=None, receiver=world.department)
        assert set(refused.value.errors) == {"decision", "signature", "valid_to", "receiver"}
        with pytest.raises(NothingToEntrust):
            entrusted(world, procedure_ids=[], fields=["Đất đai"])

    def test_handed_down_without_an_end_lasts(self, world):
        entrusted(world, kind="HANDED_DOWN", valid_to=None, signature="")
        assert settling(world, 4000) == [world.other.pk]


class TestEnd:
    @pytest.mark.parametrize("kind", ["AUTHORISED", "HANDED_DOWN"])
    def test_gives_it_back_from_the_day(self, world, kind):
        made = entrusted(
            world, kind=kind, valid_to=None if kind == "HANDED_DOWN" else NEXT_WEEK + timedelta(days=13)
        )
        end_entrustment(
            entrustment_id=made.pk, on=NEXT_WEEK + timedelta(days=5), reason="Quyết định thay thế", by=world.admin,
            at=MONDAY + timedelta(days=8),
        )  # fmt: skip
        assert settling(world, 11) == [world.other.pk]
        assert settling(world, 12) == [world.department.pk]
        assert settling(world, 400) == [world.department.pk]

    def test_needs_a_reason_and_a_day_to_come(self, world):
        made = entrusted(world)
        with pytest.raises(DomainError, match="lý do"):
            end_entrustment(entrustment_id=made.pk, on=NEXT_WEEK, reason="", by=world.admin, at=MONDAY)
        with pytest.raises(DomainError, match="Ngày chấm dứt"):
            end_entrustment(entrustment_id=made.pk, on=DAY, reason="Sai", by=world.admin, at=MONDAY)


class TestVertical:
    def test_an_agency_sits_at_the_centre_for_a_time(self, world):
        made = seat(
            agency=world.other,
            centre=world.centre,
            mode="SENT_STAFF",
            valid_from=DAY,
            by=world.admin,
            at=MONDAY,
        )
        world.other.refresh_from_db()
        assert world.other.is_vertical
        assert world.centre.vertical_seats.valid_on(DAY).get() == made
        with pytest.raises(DomainError, match="đã có"):
            seat(
                agency=world.other,
                centre=world.centre,
                mode="OWN_COUNTER",
                valid_from=DAY,
                by=None,
                at=MONDAY,
            )
        unseat(seat_id=made.pk, on=NEXT_WEEK, reason="Chuyển trụ sở", by=world.admin, at=MONDAY)
        assert not world.centre.vertical_seats.valid_on(NEXT_WEEK).exists()
