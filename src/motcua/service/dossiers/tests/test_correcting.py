"""Wrong results: found, mended in time at the agency's cost, handed over again; and results given at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Correction, Deadline, Dossier
from motcua.service.dossiers.operations.correcting import correct_result, find_wrong
from motcua.service.dossiers.operations.deciding import sign
from motcua.service.dossiers.operations.receiving import AlreadyReceived
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.settling_at_once import NotAtOnce, settle_at_once
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.dossiers.tests.test_life import hours, to_signature
from motcua.service.dossiers.tests.world import MONDAY, World, build_world
from motcua.service.dossiers.tracking import track
from motcua.service.workflows.models import Task

READY, GIVEN = hours(27), hours(28)  # Tuesday noon
FOUND = datetime(2026, 3, 5, 9, tzinfo=VIETNAM)  # Thursday
DUE = datetime(2026, 3, 10, 17, tzinfo=VIETNAM)  # three working days later
MENDED = datetime(2026, 3, 9, 10, tzinfo=VIETNAM)


@pytest.fixture
def ready(world: World) -> Dossier:
    dossier = to_signature(world)
    sign(dossier_id=dossier.pk, by=world.leader, at=hours(26))
    return issue(
        dossier_id=dossier.pk, number="12/TL-HT", issued_on=date(2026, 3, 3), by=world.records, at=READY
    )


@pytest.fixture
def returned(world: World, ready: Dossier) -> Dossier:
    return return_result(dossier_id=ready.pk, by=world.clerk, at=GIVEN)


def found(world: World, dossier: Dossier, fault: str = "AGENCY") -> Correction:
    return find_wrong(
        dossier_id=dossier.pk, wrong="Sai ngày sinh: đúng là 12/5/1990", fault=fault, by=world.clerk, at=FOUND
    )


def mended(world: World, dossier: Dossier, **changes: object) -> Correction:
    given = {"number": "15/TL-HT", "issued_on": MENDED.date(), "cost_amount": 8000, **changes}
    return correct_result(dossier_id=dossier.pk, by=world.leader, at=MENDED, **given)  # type: ignore[arg-type]


class TestFindingWrong:
    def test_gives_the_regimes_time_and_keeps_the_wrong_paper(self, world, returned):
        correction = found(world, returned)
        returned.refresh_from_db()
        assert returned.state == State.CORRECTING
        assert correction.due_at == DUE
        assert Deadline.objects.get(subject=correction.pk).due_at == DUE
        assert (correction.old_number, correction.old_returned_at) == ("12/TL-HT", GIVEN)
        assert correction.cost_borne_by == world.department.name
        assert "không phải trả chi phí" in Notice.objects.about(returned.pk).first().text

    def test_the_applicants_own_mistake_has_no_deadline(self, world, returned):
        correction = found(world, returned, "APPLICANT")
        assert (correction.due_at, correction.cost_borne_by) == (None, "")
        assert not Deadline.objects.filter(kind="CORRECTION").exists()

    def test_is_for_the_counter_and_the_agency(self, world, returned):
        with pytest.raises(Forbidden):
            find_wrong(dossier_id=returned.pk, wrong="Sai", fault="AGENCY", by=world.stranger, at=FOUND)

    def test_says_what_is_wrong(self, world, returned):
        with pytest.raises(InvalidInput) as refusal:
            find_wrong(dossier_id=returned.pk, wrong=" ", fault="?", by=world.clerk, at=FOUND)
        assert set(refusal.value.errors) == {"wrong", "fault"}

    def test_needs_a_result(self, world):
        with pytest.raises(IllegalMove):
            found(world, to_signature(world))


class TestMending:
    def test_brings_a_new_paper_to_the_counter(self, world, returned):
        found(world, returned)
        correction = mended(world, returned)
        returned.refresh_from_db()
        assert returned.state == State.RESULT_READY
        assert (returned.result.number, returned.result.returned_at) == ("15/TL-HT", None)
        assert returned.finished_at == READY  # the index counts the first
        assert (correction.cost_amount, correction.corrected_by) == (8000, world.leader)
        assert Deadline.objects.get(kind="CORRECTION").met_at == MENDED
        assert "15/TL-HT" in Notice.objects.about(returned.pk).first().text

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"number": " "}, "number"),
            ({"number": "12/TL-HT"}, "number"),
            ({"issued_on": date(2026, 3, 2)}, "issued_on"),
            ({"issued_on": date(2026, 3, 20)}, "issued_on"),
            ({"cost_amount": -1}, "cost_amount"),
        ],
    )
    def test_refuses_what_cannot_be(self, world, returned, changes, field):
        found(world, returned)
        with pytest.raises(InvalidInput) as refusal:
            mended(world, returned, **changes)
        assert refusal.value.field == field

    def test_is_the_leaders(self, world, returned):
        found(world, returned)
        with pytest.raises(Forbidden):
            correct_result(
                dossier_id=returned.pk, number="15", issued_on=MENDED.date(), by=world.records, at=MENDED
            )

    def test_twice_is_refused(self, world, returned):
        found(world, returned)
        mended(world, returned)
        with pytest.raises(IllegalMove):
            mended(world, returned, number="16/TL-HT")


class TestHandingOverAgain:
    def test_after_the_workflow_has_ended_leaves_its_trace_alone(self, world, returned):
        found(world, returned)
        mended(world, returned)
        before = list(Task.objects.of(returned.pk).values_list("step_key", "outcome", "completed_at"))
        again = return_result(
            dossier_id=returned.pk,
            by=world.clerk,
            at=MENDED + timedelta(hours=3),
            receiver_name="Nguyễn Văn Bình",
        )
        assert again.state == State.RETURNED
        assert list(Task.objects.of(returned.pk).values_list("step_key", "outcome", "completed_at")) == before
        assert Line.objects.of(returned.pk).last().name == "ResultReturnedAgain"
        assert verify().faults == []
        with pytest.raises(NotYourStep):
            return_result(dossier_id=returned.pk, by=world.clerk, at=MENDED + timedelta(hours=4))

    def test_is_the_counters(self, world, returned):
        found(world, returned)
        mended(world, returned)
        with pytest.raises(Forbidden):
            return_result(dossier_id=returned.pk, by=world.officer, at=MENDED)

    def test_before_it_was_given_out_the_usual_step_is_still_open(self, world, ready):
        found(world, ready)
        with pytest.raises(IllegalMove):
            return_result(dossier_id=ready.pk, by=world.clerk, at=FOUND)
        mended(world, ready)
        return_result(dossier_id=ready.pk, by=world.clerk, at=MENDED)
        assert Line.objects.of(ready.pk).last().name == "ResultReturned"
        assert not Task.objects.of(ready.pk).open().exists()

    def test_can_go_wrong_again_and_the_chain_stays(self, world, returned):
        found(world, returned)
        mended(world, returned)
        found(world, returned)
        mended(world, returned, number="17/TL-HT")
        assert [one.old_number for one in returned.corrections.order_by("id")] == ["12/TL-HT", "15/TL-HT"]
        assert returned.result.__class__.objects.get(dossier=returned).number == "17/TL-HT"

    def test_the_applicant_sees_it(self, world, returned):
        found(world, returned)
        seen = track(code=returned.code, fact="1234")
        assert seen is not None
        assert seen.state == State.CORRECTING
        assert "Kết quả có sai sót, đang sửa" in [one.label for one in seen.milestones]


class TestAtOnce:
    @pytest.fixture
    def allowed(self, db: None) -> World:
        world = build_world(at_once=True)
        world.offering.counter_authority = "Quyết định 12/QĐ-STP ngày 01/02/2026"
        world.offering.save()
        return world

    def settle(self, world: World, **changes: object) -> Dossier:
        given = {
            "offering": world.offering, "applicant": world.applicant, "parts": world.parts(), "number": "7/BS",
            "by": world.clerk, "at": MONDAY, **changes,
        }  # fmt: skip
        return settle_at_once(**given)  # type: ignore[arg-type]

    def test_records_and_hands_over_in_one_act(self, allowed):
        dossier = self.settle(allowed)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.is_immediate, dossier.book_number) == (State.RETURNED, True, 1)
        assert dossier.finished_at == dossier.returned_at == MONDAY
        assert (dossier.step_key, dossier.holder) == ("", None)
        assert dossier.result.number == "7/BS"
        assert not Task.objects.of(dossier.pk).open().exists()
        assert [line.name for line in Line.objects.of(dossier.pk)] == ["DossierReceived", "SettledAtOnce"]
        assert dossier.is_on_time(MONDAY) is True

    def test_needs_a_procedure_that_is_settled_at_once(self, world):
        world.offering.counter_authority = "QĐ 12"
        world.offering.save()
        with pytest.raises(NotAtOnce):
            self.settle(world)

    def test_needs_what_lets_the_counter_decide(self, allowed):
        allowed.offering.counter_authority = ""
        with pytest.raises(NotAtOnce, match="chưa được giao"):
            self.settle(allowed)
        assert not Dossier.objects.exists()

    def test_needs_a_number_and_every_paper(self, allowed):
        with pytest.raises(InvalidInput):
            self.settle(allowed, number=" ")
        with pytest.raises(InvalidInput):
            self.settle(allowed, parts=allowed.parts()[:1])

    def test_is_for_the_counter(self, allowed):
        with pytest.raises(Forbidden):
            self.settle(allowed, by=allowed.officer)

    def test_pressed_twice_is_one(self, allowed):
        from motcua.core.ids import new_id

        key = new_id()
        self.settle(allowed, dossier_id=key)
        with pytest.raises(AlreadyReceived):
            self.settle(allowed, dossier_id=key)
        assert Dossier.objects.count() == 1

    def test_a_wrong_one_is_mended_like_any_other(self, allowed):
        dossier = self.settle(allowed)
        found(allowed, dossier)
        mended(allowed, dossier)
        assert return_result(dossier_id=dossier.pk, by=allowed.clerk, at=MENDED).state == State.RETURNED


class TestEarlyResult:
    def test_is_told_beforehand(self, world, ready):
        notice = Notice.objects.about(ready.pk).first()
        assert notice.kind == "EARLY_RESULT"
        assert "sớm hơn ngày hẹn 17:00 ngày 09/03/2026" in notice.text

    def test_on_the_day_it_is_a_result_like_any(self, world):
        dossier = to_signature(world)
        sign(dossier_id=dossier.pk, by=world.leader, at=hours(26))
        due_day = datetime(2026, 3, 9, 9, tzinfo=VIETNAM)
        issue(dossier_id=dossier.pk, number="1", issued_on=due_day.date(), by=world.records, at=due_day)
        assert Notice.objects.about(dossier.pk).first().kind == "RESULT"
