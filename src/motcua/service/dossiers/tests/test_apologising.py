"""Apologies: foreseen, drafted, sent in time or late, once; and what the applicant hears of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.operations.delegating import delegate
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.foreseeing import forecasts, learn_paces
from motcua.service.dossiers.history import marks_of, recomputed
from motcua.service.dossiers.models import Apology, Deadline, Dossier, LateCause, StepPace, Supplement
from motcua.service.dossiers.operations.apologising import (
    ApologisedAlready,
    InDraftAlready,
    NotADraft,
    NothingPromised,
    discard_apology,
    draft_apology,
    foresee_lateness,
    proposed_date,
    revise_apology,
    send_apology,
)
from motcua.service.dossiers.operations.deciding import sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.supplementing import BroughtIn, ask_supplement, complete_supplement
from motcua.service.dossiers.tests.test_life import hours, to_signature, to_work
from motcua.service.dossiers.tests.world import World, judged, lacking_items
from motcua.service.dossiers.tracking import track

DUE = datetime(2026, 3, 9, 17, tzinfo=VIETNAM)  # Monday, five working days after the reception
FRIDAY, SUNDAY = datetime(2026, 3, 6, 10, tzinfo=VIETNAM), datetime(2026, 3, 8, 10, tzinfo=VIETNAM)
MONDAY_DUE, TUESDAY = datetime(2026, 3, 9, 8, tzinfo=VIETNAM), datetime(2026, 3, 10, 9, tzinfo=VIETNAM)
NEW_DAY = date(2026, 3, 12)
NEW_DUE = datetime(2026, 3, 12, 17, tzinfo=VIETNAM)


@pytest.fixture
def dossier(world: World) -> Dossier:
    return to_work(world)


def cause() -> LateCause:
    return LateCause.objects.get(code="CQ-THAMDINH")


def a_draft(world: World, dossier: Dossier, at: datetime = FRIDAY, until: date = NEW_DAY) -> Apology:
    return draft_apology(
        dossier_id=dossier.pk, cause=cause(), explanation="Phải xác minh thêm.", until=until, by=world.officer, at=at
    )  # fmt: skip


def sent(world: World, dossier: Dossier, at: datetime, until: date = NEW_DAY) -> Apology:
    return send_apology(apology_id=a_draft(world, dossier, at, until).pk, by=world.leader, at=at)


class TestDraft:
    def test_says_the_new_date_at_the_close_of_its_day_and_until_when_to_send(self, world, dossier):
        apology = a_draft(world, dossier)
        assert (apology.due_before, apology.due_after) == (DUE, NEW_DUE)
        assert apology.send_by == datetime(
            2026, 3, 6, 17, tzinfo=VIETNAM
        )  # the last working day before Sunday
        assert apology.forecast
        assert Deadline.objects.get(subject=apology.pk).due_at == apology.send_by

    @pytest.mark.parametrize(
        "until",
        [date(2026, 3, 9), date(2026, 3, 14), date(2026, 3, 2)],
        ids=["not-after", "saturday", "past"],
    )
    def test_refuses_a_day_that_cannot_be_promised(self, world, dossier, until):
        with pytest.raises(InvalidInput) as refusal:
            a_draft(world, dossier, until=until)
        assert refusal.value.field == "until"

    def test_is_there_once_and_can_be_revised(self, world, dossier):
        apology = a_draft(world, dossier)
        with pytest.raises(InDraftAlready):
            a_draft(world, dossier)
        revised = revise_apology(
            apology_id=apology.pk,
            cause=None,
            explanation="",
            until=date(2026, 3, 11),
            by=world.head,
            at=FRIDAY,
        )
        assert revised.due_after.date() == date(2026, 3, 11)

    def test_is_not_for_strangers(self, world, dossier):
        with pytest.raises(Forbidden):
            draft_apology(
                dossier_id=dossier.pk, cause=None, explanation="", until=NEW_DAY, by=world.stranger, at=FRIDAY
            )

    def test_is_discarded_with_a_reason(self, world, dossier):
        apology = a_draft(world, dossier)
        with pytest.raises(InvalidInput):
            discard_apology(apology_id=apology.pk, reason=" ", by=world.head, at=FRIDAY)
        discard_apology(apology_id=apology.pk, reason="Sẽ xong đúng hẹn", by=world.head, at=FRIDAY)
        assert Deadline.objects.get(subject=apology.pk).dropped_at == FRIDAY
        with pytest.raises(NotADraft):
            send_apology(apology_id=apology.pk, by=world.leader, at=FRIDAY)


class TestSending:
    @pytest.mark.parametrize("at", [FRIDAY, SUNDAY], ids=["working-day-before", "one-day-before"])
    def test_in_time_moves_the_lawful_date_and_keeps_the_first(self, world, dossier, at):
        apology = sent(world, dossier, at)
        dossier.refresh_from_db()
        assert apology.extends
        assert (dossier.due_at, dossier.first_due_at) == (NEW_DUE, DUE)
        assert str(apology) == "1/PXL"
        assert Line.objects.of(dossier.pk).last().name == "DueExtended"
        assert verify().faults == []

    def test_leaves_a_clock_that_can_be_rebuilt(self, world, dossier):
        sent(world, dossier, FRIDAY)
        dossier.refresh_from_db()
        calendar = work_calendar(dossier.agency_id, dossier.received_at.date())
        assert recomputed(dossier, calendar, marks_of(dossier)) == dossier.due_at == NEW_DUE

    @pytest.mark.parametrize("at", [MONDAY_DUE, TUESDAY], ids=["same-day", "after"])
    def test_too_late_apologises_and_stays_overdue(self, world, dossier, at):
        apology = sent(world, dossier, at)
        dossier.refresh_from_db()
        assert not apology.extends
        assert dossier.due_at == DUE
        assert Line.objects.of(dossier.pk).last().name == "ApologySent"
        assert not Dossier.objects.overdue_without_apology(at=TUESDAY).exists()
        assert Dossier.objects.overdue(at=TUESDAY).get() == dossier
        assert "vẫn được tính là trễ hẹn" in Notice.objects.about(dossier.pk).first().text

    @pytest.mark.parametrize("first", [FRIDAY, TUESDAY], ids=["after-an-extension", "after-a-late-one"])
    def test_a_second_new_date_is_refused_with_the_rule(self, world, dossier, first):
        sent(world, dossier, first)
        with pytest.raises(ApologisedAlready) as refusal:
            a_draft(world, dossier, TUESDAY + timedelta(days=1), date(2026, 3, 20))
        assert refusal.value.legal == "ND118-2025 Đ19.6"
        assert "chỉ cho hẹn lại 1 lần" in refusal.value.message

    def test_a_drafted_second_one_is_refused_when_it_is_sent(self, world, dossier):
        sent(world, dossier, FRIDAY)
        second = Apology.objects.create(
            dossier=dossier, cause=cause(), due_before=NEW_DUE, due_after=NEW_DUE + timedelta(days=5),
            send_by=NEW_DUE, drafted_at=FRIDAY,
        )  # fmt: skip
        with pytest.raises(ApologisedAlready):
            send_apology(apology_id=second.pk, by=world.leader, at=FRIDAY)

    def test_needs_a_cause(self, world, dossier):
        apology = draft_apology(
            dossier_id=dossier.pk, cause=None, explanation="", until=NEW_DAY, by=world.officer, at=FRIDAY
        )
        with pytest.raises(InvalidInput) as refusal:
            send_apology(apology_id=apology.pk, by=world.leader, at=FRIDAY)
        assert refusal.value.field == "cause"

    def test_is_signed_by_rank(self, world, dossier):
        apology = a_draft(world, dossier)
        for person in (world.officer, world.head, world.clerk):
            with pytest.raises(Forbidden):
                send_apology(apology_id=apology.pk, by=person, at=FRIDAY)

    def test_a_substitute_signs_for_the_leader(self, world, dossier):
        post = world.leader.memberships.get().post
        delegate(
            giver=world.leader,
            receiver=world.head,
            post=post,
            valid_from=FRIDAY.date(),
            valid_to=FRIDAY.date(),
            reason="Đi công tác",
            by=world.leader,
            at=FRIDAY,
        )
        apology = send_apology(apology_id=a_draft(world, dossier).pk, by=world.head, at=FRIDAY)
        assert (apology.signed_by, apology.signed_for) == (world.head, world.leader)

    def test_a_letter_drafted_for_another_date_is_looked_at_again(self, world, dossier):
        apology = a_draft(world, dossier)
        Dossier.objects.filter(pk=dossier.pk).update(due_at=DUE + timedelta(days=1))
        with pytest.raises(NotADraft):
            send_apology(apology_id=apology.pk, by=world.leader, at=FRIDAY)

    def test_after_a_restart_the_first_new_date_may_still_be_given(self, world, dossier):
        sent(world, dossier, TUESDAY)  # late: it moved nothing
        wednesday = datetime(2026, 3, 11, 9, tzinfo=VIETNAM)
        Supplement.objects.create(
            dossier=dossier,
            agency=dossier.agency,
            number=1,
            reason="Thiếu",
            contact_name="A",
            asked_at=wednesday,
            asked_by=world.officer,
            interrupted="IN_WORK",
            completed_at=wednesday + timedelta(hours=1),
            completed_by=world.clerk,
        )
        calendar = work_calendar(dossier.agency_id, dossier.received_at.date())
        restarted = recomputed(dossier, calendar, marks_of(dossier))
        assert restarted == datetime(2026, 3, 18, 17, tzinfo=VIETNAM)
        Dossier.objects.filter(pk=dossier.pk).update(due_at=restarted)
        apology = sent(world, dossier, datetime(2026, 3, 17, 9, tzinfo=VIETNAM), date(2026, 3, 20))
        dossier.refresh_from_db()
        assert apology.extends
        assert recomputed(dossier, calendar, marks_of(dossier)) == dossier.due_at == apology.due_after

    def test_a_supplement_in_between_restarts_the_promise_that_is_then_moved_once(self, world, dossier):
        ask_supplement(
            dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu", contact_name="A", by=world.officer,
            at=datetime(2026, 3, 4, 9, tzinfo=VIETNAM),
        )  # fmt: skip
        with pytest.raises(NothingPromised):
            a_draft(world, dossier)
        complete_supplement(
            dossier_id=dossier.pk, brought=[BroughtIn(item.pk) for item in lacking_items(dossier)], by=world.clerk,
            at=datetime(2026, 3, 16, 9, tzinfo=VIETNAM),
        )  # fmt: skip
        dossier.refresh_from_db()
        assert dossier.due_at == datetime(2026, 3, 23, 17, tzinfo=VIETNAM)
        apology = sent(world, dossier, datetime(2026, 3, 22, 10, tzinfo=VIETNAM), date(2026, 3, 26))
        dossier.refresh_from_db()
        calendar = work_calendar(dossier.agency_id, dossier.received_at.date())
        assert apology.extends
        assert recomputed(dossier, calendar, marks_of(dossier)) == dossier.due_at == apology.due_after
        assert dossier.first_due_at == DUE

    def test_without_a_running_promise_there_is_nothing_to_move(self, world, dossier):
        Dossier.objects.filter(pk=dossier.pk).update(state="PAUSED", due_at=None)
        with pytest.raises(NothingPromised):
            a_draft(world, dossier)

    def test_numbers_have_no_gaps(self, world):
        letters = [sent(world, to_work(world), FRIDAY) for _ in range(3)]
        with pytest.raises(InvalidInput):
            sent(world, to_work(world), FRIDAY, date(2026, 3, 14))
        letters.append(sent(world, to_work(world), FRIDAY))
        assert [letter.number for letter in letters] == [1, 2, 3, 4]


class TestForeseeing:
    def test_drafts_for_what_is_due_soon_and_will_not_be_ready(self, world, dossier):
        assert foresee_lateness(datetime(2026, 3, 4, 9, tzinfo=VIETNAM)) == 0
        late = datetime(2026, 3, 9, 11, tzinfo=VIETNAM)
        Dossier.objects.filter(pk=dossier.pk).update(due_at=DUE)
        assert foresee_lateness(late) == 1
        apology = Apology.objects.get()
        assert (apology.drafted_by, apology.cause, apology.state) == (None, None, "DRAFT")
        assert apology.due_after > DUE
        assert any("Thẩm định hồ sơ" in line for line in apology.forecast)
        assert foresee_lateness(late) == 0

    def test_drafts_for_what_is_overdue_already(self, world, dossier):
        assert foresee_lateness(TUESDAY) == 1

    def test_leaves_in_peace_what_was_answered(self, world, dossier):
        sent(world, dossier, TUESDAY)
        assert foresee_lateness(TUESDAY) == 0

    def test_does_not_draft_again_what_was_discarded(self, world, dossier):
        foresee_lateness(TUESDAY)
        discard_apology(apology_id=Apology.objects.get().pk, reason="Đang chờ ký", by=world.head, at=TUESDAY)
        assert foresee_lateness(TUESDAY) == 0

    def test_puts_away_the_draft_of_what_is_ready(self, world):
        dossier = to_signature(world)
        a_draft(world, dossier, FRIDAY)
        sign(dossier_id=dossier.pk, by=world.leader, at=FRIDAY)
        issue(dossier_id=dossier.pk, number="1/KQ", issued_on=FRIDAY.date(), by=world.records, at=FRIDAY)
        foresee_lateness(FRIDAY)
        assert Apology.objects.get().state == "DISCARDED"

    def test_learns_what_a_step_really_takes(self, world):
        for _ in range(5):
            to_work(world)
        assert learn_paces(hours(3)) == 2
        assert StepPace.objects.get(step_key="receive").samples == 5
        late = to_work(world)
        StepPace.objects.create(
            workflow_id=late.workflow_id, step_key="work", minutes=20 * 480, samples=9, as_of=hours(3)
        )
        assert forecasts([late], at=hours(3))[late.pk].is_late

    def test_the_clock_proposes_a_day(self, world, dossier):
        found, moment = proposed_date(dossier, TUESDAY)
        assert found is not None
        assert found.is_late
        assert moment is not None
        assert moment > TUESDAY


class TestApplicant:
    def test_is_told_with_the_code_and_both_dates(self, world, dossier):
        sent(world, dossier, FRIDAY)
        told = {notice.channel: notice for notice in Notice.objects.about(dossier.pk)}
        assert set(told) == {"PORTAL", "SMS"}
        assert told["PORTAL"].state == "SENT"
        assert told["SMS"].state == "UNCONNECTED"
        for part in (dossier.code, "09/03/2026", "12/03/2026", "Thẩm định chậm", "1/PXL"):
            assert part in told["PORTAL"].text
        assert dossier.applicant_name not in told["PORTAL"].text  # the tracking page masks it

    def test_sees_the_apology_and_both_dates_when_tracking(self, world, dossier):
        sent(world, dossier, FRIDAY)
        found = track(code=dossier.code, fact="1234")
        assert found is not None
        assert (found.due_at, found.first_due_at) == (NEW_DUE, DUE)
        assert found.apology is not None
        assert found.apology.cause == cause().name
        assert "Đã xin lỗi và hẹn lại ngày trả" in [one.label for one in found.milestones]
