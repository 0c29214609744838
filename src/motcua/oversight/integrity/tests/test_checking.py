"""A check keeps what it finds from the first time until it is gone, and never hides that it could not ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from motcua.core.errors import Forbidden, Stale
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.oversight.integrity.breaches import Breach, Invariant, Remedy
from motcua.oversight.integrity.commands import integrity
from motcua.oversight.integrity.models import Check, Finding
from motcua.oversight.integrity.operations import checking, mending
from motcua.oversight.integrity.operations.checking import NoSuchInvariant, check
from motcua.oversight.integrity.operations.mending import NoRemedy, NotMended, mend
from motcua.oversight.integrity.tests.plants import NOW, PLANTS
from motcua.service.dossiers.tests.world import World

TOMORROW = NOW + timedelta(days=1)


def wrong(at: datetime) -> list[Breach]:
    return [Breach("1", "Một", "Sai.")]


class TestCheck:
    def test_a_breach_keeps_its_first_day_until_it_is_gone(self, world: World) -> None:
        code = "first-promise-lost"
        PLANTS[code](world)
        first = check(by=None, at=NOW, codes=[code])
        later = check(by=None, at=TOMORROW, codes=[code])
        finding = Finding.objects.get()
        assert (first.fresh, later.fresh, later.standing) == (1, 0, 1)
        assert (finding.found_at, finding.seen_at) == (NOW, TOMORROW)
        assert finding.age(TOMORROW) == timedelta(days=1)
        dossier = finding.dossier
        dossier.first_due_at = dossier.due_at
        dossier.save()
        assert check(by=None, at=TOMORROW, codes=[code]).gone == 1
        finding.refresh_from_db()
        assert finding.gone_at == TOMORROW

    def test_a_question_that_fails_is_told_and_hides_no_other(self, world: World) -> None:
        def breaks(at: object) -> list[Breach]:
            raise ZeroDivisionError("hỏng")

        broken = Invariant("broken", "Hỏng.", "", "ADMIN", breaks)
        sound = Invariant("sound", "Có.", "", "ADMIN", wrong)
        with patch.object(checking, "INVARIANTS", (broken, sound)):
            done = check(by=None, at=NOW)
        assert done.failures == {"broken": "ZeroDivisionError: hỏng"}
        assert done.standing == 1

    def test_is_told_in_one_line(self, world: World) -> None:
        done = check(by=None, at=NOW, codes=["dead-letters"])
        assert [line.name for line in Line.objects.of(done.pk)] == ["IntegrityChecked"]

    def test_is_for_those_who_watch(self, world: World) -> None:
        with pytest.raises(Forbidden):
            check(by=world.clerk, at=NOW)
        assert not Check.objects.exists()

    def test_an_unknown_code_is_refused(self, world: World) -> None:
        with pytest.raises(NoSuchInvariant, match="khong-co"):
            check(by=None, at=NOW, codes=["khong-co"])


class TestMend:
    def test_needs_the_permission(self, world: World) -> None:
        PLANTS["task-in-other-hands"](world)
        check(by=None, at=NOW, codes=["task-in-other-hands"])
        with pytest.raises(Forbidden):
            mend(finding_id=Finding.objects.get().pk, by=world.officer, at=NOW)

    def test_what_has_no_remedy_is_not_pressed(self, world: World) -> None:
        PLANTS["first-promise-lost"](world)
        check(by=None, at=NOW, codes=["first-promise-lost"])
        with pytest.raises(NoRemedy):
            mend(finding_id=Finding.objects.get().pk, by=world.admin, at=NOW)

    def test_changes_nothing_when_the_breach_remains(self, world: World) -> None:
        def touch(key: str, by: User, at: datetime) -> None:
            Finding.objects.update(detail="đã chạm")

        stubborn = Invariant("stubborn", "Không đúng.", "Làm tay.", "ADMIN", wrong, Remedy("Thử", touch))
        with (
            patch.object(checking, "INVARIANTS", (stubborn,)),
            patch.dict(mending.BY_CODE, {"stubborn": stubborn}),
        ):
            check(by=None, at=NOW)
            with pytest.raises(NotMended, match="Làm tay"):
                mend(finding_id=Finding.objects.get().pk, by=world.admin, at=NOW)
        finding = Finding.objects.get()
        assert (finding.detail, finding.gone_at) == ("Sai.", None)

    def test_what_is_gone_is_stale(self, world: World) -> None:
        PLANTS["task-in-other-hands"](world)
        check(by=None, at=NOW, codes=["task-in-other-hands"])
        key = Finding.objects.get().pk
        mend(finding_id=key, by=world.admin, at=NOW)
        with pytest.raises(Stale):
            mend(finding_id=key, by=world.admin, at=NOW)


class TestCommand:
    def test_says_what_is_wrong_and_fails(self, world: World) -> None:
        PLANTS["first-promise-lost"](world)
        told = CliRunner().invoke(integrity, ["--code", "first-promise-lost"])
        assert told.exit_code == 1
        assert "SAI    1" in told.output

    def test_says_that_all_is_well(self, world: World) -> None:
        told = CliRunner().invoke(integrity, ["--code", "dead-letters", "--json"])
        assert (told.exit_code, '"standing": 0' in told.output) == (0, True)

    def test_lists_them(self, world: World) -> None:
        told = CliRunner().invoke(integrity, ["--list"])
        assert "due-not-recomputed" in told.output
        assert told.exit_code == 0
