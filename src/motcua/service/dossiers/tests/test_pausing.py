from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import InvalidInput
from motcua.core.time import local
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier, Pause
from motcua.service.dossiers.operations.assigning import claim, reassign
from motcua.service.dossiers.operations.pausing import PauseNotAllowed, pause, resume
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.dossiers.tests.test_supplementing import ask, bring_all, vn
from motcua.service.dossiers.tests.world import MONDAY, World, in_work

HOUR = timedelta(hours=1)


def stop_clock(world: World, dossier: Dossier, at: datetime, **changes: object) -> Pause:
    given = {
        "dossier_id": dossier.pk,
        "kind": Pause.Kind.FINANCIAL,
        "reason": "Chờ người nộp thực hiện nghĩa vụ tài chính về đất đai.",
        "basis": "Luật Đất đai",
        "letter": "115/TB-CCT",
        "letter_on": date(2026, 3, 2),
        "by": world.officer,
        "at": at,
        **changes,
    }
    return pause(**given)  # type: ignore[arg-type]


class TestPause:
    def test_takes_the_waiting_out_of_the_time(self, land: World) -> None:
        dossier = in_work(land)
        step_due = dossier.step_due_at
        stop_clock(land, dossier, vn("2026-03-03T17:00"))
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at, dossier.step_due_at) == (State.PAUSED, None, None)
        resume(dossier_id=dossier.pk, by=land.officer, at=vn("2026-03-17T07:30"), note="Đã nộp đủ")
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK
        assert local(dossier.due_at) == vn("2026-03-20T17:00")  # nine working days later
        assert local(dossier.first_due_at) == vn("2026-03-09T17:00")
        assert dossier.step_due_at == step_due + timedelta(days=13)
        assert dossier.due_at == rebuilt(dossier)

    def test_resumed_in_the_same_instant_changes_nothing(self, land: World) -> None:
        dossier = in_work(land)
        due, step_due = dossier.due_at, dossier.step_due_at
        stop_clock(land, dossier, MONDAY + 4 * HOUR)
        resume(dossier_id=dossier.pk, by=land.officer, at=MONDAY + 4 * HOUR)
        dossier.refresh_from_db()
        assert (dossier.due_at, dossier.step_due_at) == (due, step_due)

    def test_is_refused_where_the_procedure_knows_none(self, world: World) -> None:
        dossier = in_work(world)
        with pytest.raises(PauseNotAllowed, match="không có quy định") as refusal:
            stop_clock(world, dossier, MONDAY + 4 * HOUR)
        assert refusal.value.legal == "ND118-2025 Đ19"

    def test_is_refused_for_a_reason_that_the_procedure_does_not_know(self, land: World) -> None:
        with pytest.raises(PauseNotAllowed):
            stop_clock(land, in_work(land), MONDAY + 4 * HOUR, kind=Pause.Kind.OTHER_LAW)

    def test_needs_its_letter(self, land: World) -> None:
        with pytest.raises(InvalidInput) as refusal:
            stop_clock(land, in_work(land), MONDAY + 4 * HOUR, letter=" ", letter_on=None)
        assert set(refusal.value.errors) == {"letter", "letter_on"}
        for day in (date(2026, 3, 1), date(2026, 3, 3)):
            with pytest.raises(InvalidInput, match="từ ngày tiếp nhận"):
                stop_clock(land, in_work(land), MONDAY + 4 * HOUR, letter_on=day)

    def test_does_not_overlap(self, land: World) -> None:
        dossier = in_work(land)
        stop_clock(land, dossier, MONDAY + 4 * HOUR)
        with pytest.raises(IllegalMove, match="Tạm dừng"):
            stop_clock(land, dossier, MONDAY + 5 * HOUR)
        assert dossier.pauses.count() == 1

    def test_may_come_after_a_supplement(self, land: World) -> None:
        dossier = in_work(land)
        ask(land, dossier, MONDAY + 4 * HOUR)
        bring_all(land, dossier, vn("2026-03-04T09:00"))
        stop_clock(land, dossier, vn("2026-03-05T17:00"))
        resume(dossier_id=dossier.pk, by=land.officer, at=vn("2026-03-09T07:30"))
        dossier.refresh_from_db()
        assert local(dossier.due_at) == vn("2026-03-12T17:00")  # Wednesday 11, and the Friday left out
        assert dossier.due_at == rebuilt(dossier)

    def test_is_ended_by_whoever_has_the_step_then(self, land: World) -> None:
        dossier = in_work(land)
        stop_clock(land, dossier, MONDAY + 4 * HOUR)
        reassign(
            dossier_id=dossier.pk,
            holder=land.colleague,
            by=land.head,
            at=MONDAY + 5 * HOUR,
            reason="Nghỉ phép",
        )
        with pytest.raises(NotYourStep):
            resume(dossier_id=dossier.pk, by=land.officer, at=MONDAY + 6 * HOUR)
        resume(dossier_id=dossier.pk, by=land.colleague, at=MONDAY + 6 * HOUR)

    def test_resuming_what_runs_is_refused(self, land: World) -> None:
        dossier = in_work(land)
        with pytest.raises(IllegalMove):
            resume(dossier_id=dossier.pk, by=land.officer, at=MONDAY + 4 * HOUR)
        claim(dossier_id=dossier.pk, by=land.officer, at=MONDAY + 5 * HOUR)
