"""Each invariant holds in a sound office, finds its planted fault, and is mended where one press can mend it."""

from __future__ import annotations

import pytest

from motcua.foundation.identity.access import forget_access
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.oversight.integrity.invariants import BY_CODE, INVARIANTS
from motcua.oversight.integrity.models import Finding
from motcua.oversight.integrity.operations.checking import check
from motcua.oversight.integrity.operations.mending import mend
from motcua.oversight.integrity.tests.plants import (
    GAPS_PLANTED,
    NOW,
    PLANTS,
    Plant,
    ready,
    returned,
    signed,
    working,
)
from motcua.service.dossiers.tests.world import World

MENDED = sorted(invariant.code for invariant in INVARIANTS if invariant.remedy)


class TestInvariants:
    def test_are_at_least_twenty_five_and_each_has_its_planted_fault(self) -> None:
        assert len(INVARIANTS) == len(BY_CODE) >= 25
        assert set(PLANTS) == set(BY_CODE)

    def test_hold_in_a_sound_office(self, world: World) -> None:
        for make in (working, signed, ready, returned):
            make(world)
        done = check(by=None, at=NOW)
        assert done.failures == {}
        assert [str(row) for row in Finding.objects.all()] == []

    @pytest.mark.parametrize("code", sorted(PLANTS))
    def test_find_a_planted_fault(self, world: World, code: str) -> None:
        returned(world)  # a sound neighbour, that must not be found
        label = PLANTS[code](world)
        done = check(by=None, at=NOW, codes=[code])
        found = Finding.objects.standing().of(code)
        assert done.failures == {}
        assert [label in row.label for row in found] == [True]
        assert found[0].detail

    @pytest.mark.parametrize(("series", "plant"), sorted(GAPS_PLANTED.items()))
    def test_find_a_missing_number_in_each_series(self, world: World, series: str, plant: Plant) -> None:
        plant(world)
        check(by=None, at=NOW, codes=["number-gap"])
        (found,) = Finding.objects.standing().of("number-gap")
        assert found.label.startswith(f"{series}: 2026")
        assert found.detail == "Số lớn nhất là 3 nhưng có 1 dòng."

    @pytest.mark.parametrize("code", MENDED)
    def test_are_mended_by_one_press_and_told(self, world: World, code: str) -> None:
        PLANTS[code](world)
        check(by=None, at=NOW, codes=[code])
        finding = Finding.objects.get(code=code)
        forget_access(world.admin)
        mend(finding_id=finding.pk, by=world.admin, at=NOW)
        finding.refresh_from_db()
        assert (finding.gone_at, finding.mended_by) == (NOW, world.admin)
        subject = finding.dossier_id or finding.pk
        line = Line.objects.of(subject).last()
        assert line is not None
        assert line.label == "Sửa sai lệch dữ liệu"
        assert faults_of(subject) == []
        again = check(by=None, at=NOW, codes=[code])
        assert again.standing == 0
