"""Lateness: explained by the unit, judged and published by the controlling office, without personal data."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier, LateCause, LatenessReview, LatenessRule
from motcua.service.dossiers.operations.explaining import (
    NamesAPerson,
    NotLate,
    causes_on,
    explain_due,
    explain_lateness,
    publish_lateness,
    put_late_cause,
    put_lateness_rule,
    review_lateness,
)
from motcua.service.dossiers.tests.test_life import to_work
from motcua.service.dossiers.tests.world import World

TUESDAY = datetime(2026, 3, 10, 9, tzinfo=VIETNAM)  # the day after the promise
IN_TIME = datetime(2026, 3, 6, 9, tzinfo=VIETNAM)


@pytest.fixture
def late(world: World) -> Dossier:
    return to_work(world)


@pytest.fixture
def controller(world: World) -> User:
    return User.objects.get(username="kiemsoat")


def explained(world: World, dossier: Dossier, **changes: object) -> LatenessReview:
    given = {
        "cause": LateCause.objects.get(code="PH-YKIEN"), "explanation": "Đã đôn đốc hai lần.", "by": world.officer,
        "at": TUESDAY, **changes,
    }  # fmt: skip
    return explain_lateness(dossier_id=dossier.pk, **given)  # type: ignore[arg-type]


def reviewed(
    by: User, dossier: Dossier, outcome: str = "Cơ quan phối hợp rút kinh nghiệm."
) -> LatenessReview:
    return review_lateness(dossier_id=dossier.pk, verdict="NO_FAULT", outcome=outcome, by=by, at=TUESDAY)


class TestExplaining:
    def test_has_its_own_time(self, world, late):
        review = explained(world, late)
        assert review.explain_due_at == explain_due(late) == datetime(2026, 3, 12, 17, tzinfo=VIETNAM)

    def test_may_be_written_anew_until_it_is_judged(self, world, late, controller):
        explained(world, late)
        explained(world, late, explanation="Viết lại.")
        assert LatenessReview.objects.get().explanation == "Viết lại."
        reviewed(controller, late)
        with pytest.raises(Stale):
            explained(world, late)

    def test_is_for_what_is_late(self, world, late):
        with pytest.raises(NotLate):
            explained(world, late, at=IN_TIME)

    def test_needs_cause_and_words(self, world, late):
        with pytest.raises(InvalidInput) as refusal:
            explained(world, late, cause=None, explanation=" ")
        assert set(refusal.value.errors) == {"cause", "explanation"}

    def test_is_the_units(self, world, late):
        with pytest.raises(Forbidden):
            explained(world, late, by=world.stranger)


class TestJudging:
    def test_is_the_controllers(self, world, late):
        explained(world, late)
        with pytest.raises(Forbidden):
            reviewed(world.leader, late)

    def test_needs_the_explanation_first(self, late, controller):
        with pytest.raises(InvalidInput):
            reviewed(controller, late)

    def test_is_published_in_a_second_act(self, world, late, controller):
        explained(world, late)
        with pytest.raises(InvalidInput):
            publish_lateness(dossier_id=late.pk, by=controller, at=TUESDAY)
        reviewed(controller, late)
        publish_lateness(dossier_id=late.pk, by=controller, at=TUESDAY)
        with pytest.raises(Stale):
            reviewed(controller, late)
        assert [line.name for line in Line.objects.of(late.pk)][-3:] == [
            "LatenessExplained",
            "LatenessReviewed",
            "LatenessPublished",
        ]

    @pytest.mark.parametrize("word", ["Nguyễn Thị Ánh", "nguyen thi anh", "0912345678", "H31.2-260302-0001"])
    def test_never_names_the_applicant(self, world, late, controller, word):
        explained(world, late)
        with pytest.raises(NamesAPerson):
            reviewed(controller, late, f"Hồ sơ của {word} chậm do cơ quan phối hợp.")


class TestData:
    def test_causes_have_their_days(self, world, controller):
        cause = LateCause.objects.get(code="HT-PHANMEM")
        put_late_cause(
            cause_id=cause.pk, code="x", name=cause.name, side=cause.side, valid_from=cause.valid_from,
            valid_to=date(2026, 3, 1), by=controller, at=TUESDAY,
        )  # fmt: skip
        assert "HT-PHANMEM" not in {one.code for one in causes_on(TUESDAY.date())}
        assert "HT-PHANMEM" in {one.code for one in causes_on(date(2026, 3, 1))}

    def test_a_code_is_used_once(self, world, controller):
        with pytest.raises(InvalidInput) as refusal:
            put_late_cause(
                code="PH-YKIEN", name="Khác", side="AGENCY", valid_from=date(2026, 1, 1), valid_to=None, by=controller,
                at=TUESDAY,
            )  # fmt: skip
        assert refusal.value.field == "code"

    def test_the_days_to_explain_are_the_provinces(self, world, late, controller):
        put_lateness_rule(
            valid_from=date(2026, 3, 1), draft_days=3, explain_days=5, basis="QĐ 5/QĐ-UBND", by=controller, at=TUESDAY
        )  # fmt: skip
        assert explain_due(late) == datetime(2026, 3, 16, 17, tzinfo=VIETNAM)
        assert LatenessRule.objects.count() == 2

    def test_are_not_for_everybody(self, world):
        with pytest.raises(Forbidden):
            put_lateness_rule(
                valid_from=date(2026, 3, 1),
                draft_days=3,
                explain_days=5,
                basis="x",
                by=world.leader,
                at=TUESDAY,
            )
