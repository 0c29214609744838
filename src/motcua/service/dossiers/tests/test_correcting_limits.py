"""What a correction of the law's numbers moves, and what it must leave alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.time import local
from motcua.foundation.calendars.loading import regime_named, regime_on
from motcua.foundation.calendars.models import RegimeRule
from motcua.foundation.calendars.operations.regulating import (
    as_it_would_be,
    change_regime,
    open_regime,
    subject_of,
)
from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier, Rescheduling
from motcua.service.dossiers.operations.rescheduling import correct_limit, preview, preview_limits
from motcua.service.dossiers.operations.stopping import stop
from motcua.service.dossiers.tests.test_supplementing import ask, bring_all, vn
from motcua.service.dossiers.tests.world import LONG_AGO, MONDAY, World, in_work
from motcua.service.procedures.models import Case, Channel, LimitUnit, Revision

TUESDAY = MONDAY + timedelta(days=1)


def correct(world: World, days: int) -> Revision:
    """A second revision, in force from as long ago as the first, with another limit."""
    revision = Revision.objects.create(
        procedure=world.procedure,
        number=2,
        valid_from=LONG_AGO,
        published_at=TUESDAY,
        name=world.procedure.name,
    )
    Case.objects.create(revision=revision, position=1, name="Trường hợp chung")
    Channel.objects.create(
        revision=revision,
        position=1,
        kind="COUNTER",
        limit_value=Decimal(days),
        limit_unit=LimitUnit.WORKING_DAY,
    )
    return revision


class TestCorrectLimit:
    def test_moves_an_open_dossier_and_keeps_its_first_promise(self, world: World) -> None:
        dossier = in_work(world)
        first = dossier.due_at
        correct(world, 8)
        (shift,) = preview_limits(world.procedure.pk)
        assert (str(shift.limit_before), str(shift.limit_after)) == ("5 ngày làm việc", "8 ngày làm việc")
        correct_limit(dossier_id=dossier.pk, by=world.admin, at=TUESDAY, reason="Đính chính")
        dossier.refresh_from_db()
        assert local(dossier.due_at) == local(shift.after) == vn("2026-03-12T17:00")
        assert (dossier.first_due_at, dossier.due_at) == (first, rebuilt(dossier))
        assert Rescheduling.objects.get().reason == "Đính chính"
        assert faults_of(dossier.pk) == []
        assert list(preview_limits(world.procedure.pk)) == []
        assert correct_limit(dossier_id=dossier.pk, by=world.admin, at=TUESDAY, reason="Đính chính") is None

    def test_a_step_is_never_due_after_the_dossier(self, world: World) -> None:
        dossier = in_work(world)
        correct(world, 1)
        done = correct_limit(dossier_id=dossier.pk, by=world.admin, at=TUESDAY, reason="Đính chính")
        assert done
        assert done.step_due_at == done.due_at

    def test_leaves_alone_what_was_set_by_hand_or_is_closed(self, world: World) -> None:
        by_hand, closed = in_work(world), in_work(world)
        Dossier.objects.filter(pk=by_hand.pk).update(due_reason="Xác minh ở nước ngoài")
        stop(
            dossier_id=closed.pk, kind="STOP", requested_by="Ánh", reason="Đổi ý", papers="không", fees="không",
            by=world.clerk, at=TUESDAY,
        )  # fmt: skip
        correct(world, 8)
        assert list(preview_limits(world.procedure.pk)) == []
        for one in (by_hand, closed):
            assert correct_limit(dossier_id=one.pk, by=world.admin, at=TUESDAY, reason="Đính chính") is None

    def test_a_waiting_dossier_goes_on_with_the_new_limit(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, MONDAY + timedelta(hours=4))
        correct(world, 8)
        correct_limit(dossier_id=dossier.pk, by=world.admin, at=TUESDAY, reason="Đính chính")
        dossier.refresh_from_db()
        assert dossier.due_at is None
        bring_all(world, dossier, vn("2026-03-04T09:00"))
        dossier.refresh_from_db()
        assert local(dossier.due_at) == vn("2026-03-16T17:00")

    def test_a_revision_from_later_on_corrects_nothing(self, world: World) -> None:
        in_work(world)
        revision = correct(world, 8)
        assert revision.valid_from < MONDAY.date()
        later = Revision.objects.create(
            procedure=world.procedure,
            number=3,
            valid_from=date(2026, 4, 1),
            published_at=TUESDAY,
            name="Sau này",
        )
        (shift,) = preview_limits(world.procedure.pk)
        assert str(shift.limit_after) == "8 ngày làm việc"
        assert later.number == 3

    def test_needs_the_permission(self, world: World) -> None:
        dossier = in_work(world)
        correct(world, 8)
        with pytest.raises(Forbidden):
            correct_limit(dossier_id=dossier.pk, by=world.officer, at=TUESDAY, reason="Đính chính")


class TestChangeRegime:
    @pytest.fixture(autouse=True)
    def _law(self, db: None) -> None:
        seed_law()

    def test_says_what_was_and_what_is_and_counts_from_then_on(self, world: World) -> None:
        before = regime_named("ND118")
        change_regime(
            code="ND118",
            values={"supplement_silence_days": 20},
            reason="Đính chính",
            by=world.admin,
            at=MONDAY,
        )
        assert (before.supplement_silence_days, regime_named("ND118").supplement_silence_days) == (15, 20)
        told = Line.objects.of(subject_of("ND118")).get()
        assert told.payload["changes"] == [{"field": "supplement_silence_days", "before": 15, "after": 20}]
        supplement = ask(world, in_work(world), MONDAY + timedelta(hours=4))
        assert local(supplement.waits_until) == vn("2026-03-23T17:00")

    def test_its_preview_names_the_open_dossiers_of_that_regime_alone(self, world: World) -> None:
        dossier, finished = in_work(world), in_work(world)
        old = in_work(world)
        Dossier.objects.filter(pk=old.pk).update(regime="ND61")
        Dossier.objects.filter(pk=finished.pk).update(state="RESULT_READY", finished_at=TUESDAY)
        rule = RegimeRule.objects.get(code="ND118")
        regime = as_it_would_be(rule, {"end_moment": "SAME_HOUR"}, "Đính chính")
        (shift,) = preview({}, regime=regime)
        assert (shift.dossier_id, local(shift.after)) == (dossier.pk, vn("2026-03-09T09:00"))

    def test_is_refused_without_a_change_a_reason_or_sense(self, world: World) -> None:
        for values, reason in (({}, "Sửa"), ({"max_supplements": 2}, " "), ({"supplement": "?"}, "Sửa")):
            with pytest.raises(InvalidInput):
                change_regime(code="ND118", values=values, reason=reason, by=world.admin, at=MONDAY)


class TestOpenRegime:
    def test_takes_over_on_its_day(self, world: World) -> None:
        seed_law()
        open_regime(
            code="ND-MOI", name="Nghị định mới", basis="", valid_from=date(2026, 9, 1), reason="Nghị định mới",
            by=world.admin, at=vn("2026-08-20T09:00"),
        )  # fmt: skip
        assert regime_on(date(2026, 8, 31)).code == "ND118-309"
        assert regime_on(date(2026, 9, 1)).code == "ND-MOI"
        assert RegimeRule.objects.get(code="ND118-309").valid_to == date(2026, 8, 31)
        with pytest.raises(InvalidInput) as refusal:
            open_regime(
                code="ND-MOI", name="", basis="", valid_from=date(2026, 9, 1), reason="", by=world.admin,
                at=vn("2026-09-02T09:00"),
            )  # fmt: skip
        assert set(refusal.value.errors) == {"code", "name", "valid_from", "reason"}
