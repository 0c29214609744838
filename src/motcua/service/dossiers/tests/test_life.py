from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.numbering.models import Series
from motcua.foundation.org.operations.agencies import create_agency
from motcua.service.dossiers.history import recomputed
from motcua.service.dossiers.models import Assignment, Dossier, IntakeRefusal
from motcua.service.dossiers.operations.assigning import CannotHold, assign_work, candidates, claim, reassign
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deciding import ReasonMissing, propose, review, send_back, sign
from motcua.service.dossiers.operations.keeping import add_note, prioritise
from motcua.service.dossiers.operations.receiving import (
    AlreadyReceived,
    IncompleteDossier,
    PartIn,
    refuse_intake,
)
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.searching import search
from motcua.service.dossiers.states import MOVES, IllegalMove, State
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY, World
from motcua.service.dossiers.timeline import timeline
from motcua.service.dossiers.tracking import track
from motcua.service.workflows.models import Task


def hours(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def to_work(world: World) -> Dossier:
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=hours(1))
    return assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=hours(2))


def to_signature(world: World) -> Dossier:
    dossier = to_work(world)
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=hours(24))
    return review(dossier_id=dossier.pk, by=world.head, at=hours(25))


class TestReceive:
    def test_gives_a_code_a_line_of_the_register_and_a_promise(self, world: World) -> None:
        dossier = world.receive()
        assert dossier.code == "H31.2-260302-0001"
        assert dossier.book_number == 1
        assert dossier.due_at == datetime(2026, 3, 9, 17, 0, tzinfo=VIETNAM)
        assert dossier.transfer_due_at.date() == date(2026, 3, 2)
        assert (dossier.state, dossier.step_kind, dossier.holder) == (State.RECEIVED, "RECEIVE", world.clerk)
        assert [part.name for part in dossier.parts.order_by("position")] == [
            paper.name for paper in world.papers
        ]

    def test_numbers_run_by_agency_and_day(self, world: World) -> None:
        codes = [world.receive(at).code for at in (MONDAY, MONDAY, MONDAY + timedelta(days=1))]
        assert codes == ["H31.2-260302-0001", "H31.2-260302-0002", "H31.2-260303-0001"]

    def test_keeps_the_regime_of_its_day(self, world: World) -> None:
        assert world.receive().regime == "ND118"

    def test_takes_a_form_sent_twice_once(self, world: World) -> None:
        key = new_id()
        first = world.receive(dossier_id=key)
        with pytest.raises(AlreadyReceived) as refusal:
            world.receive(dossier_id=key)
        assert refusal.value.dossier == first
        assert Dossier.objects.count() == 1

    def test_names_every_missing_paper_at_its_field(self, world: World) -> None:
        with pytest.raises(IncompleteDossier) as refusal:
            world.receive(parts=world.parts()[:1])
        assert set(refusal.value.errors) == {f"paper-{paper.pk}" for paper in world.papers[1:]}
        assert not Series.objects.filter(scope__startswith="dossier:").exists()

    def test_a_paper_ticked_missing_is_missing(self, world: World) -> None:
        parts = world.parts()
        parts[0] = PartIn(name="Tờ khai", paper_id=world.papers[0].pk, status="MISSING")
        with pytest.raises(IncompleteDossier):
            world.receive(parts=parts)

    def test_a_required_paper_is_never_called_needless(self, world: World) -> None:
        parts = world.parts()
        parts[0] = PartIn(name="Tờ khai", paper_id=world.papers[0].pk, status="NOT_NEEDED")
        with pytest.raises(IncompleteDossier):
            world.receive(parts=parts)

    def test_a_paper_of_another_list_is_refused(self, world: World) -> None:
        with pytest.raises(Stale):
            world.receive(parts=[*world.parts(), PartIn(name="Lạ", paper_id=999_999)])

    def test_is_for_clerks_of_that_unit_only(self, world: World) -> None:
        with pytest.raises(Forbidden):
            world.receive(by=world.officer)

    def test_a_refusal_is_written_and_numbered(self, world: World) -> None:
        refusal = refuse_intake(
            offering=world.offering, applicant=world.applicant, reasons=["Thiếu tờ khai", " "], by=world.clerk, at=MONDAY
        )  # fmt: skip
        assert (refusal.number, refusal.reasons) == (1, ["Thiếu tờ khai"])
        assert Line.objects.filter(subject_id=refusal.pk, name="IntakeRefused").count() == 1

    def test_a_refusal_without_a_reason_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidInput):
            refuse_intake(
                offering=world.offering, applicant=world.applicant, reasons=[" "], by=world.clerk, at=MONDAY
            )
        assert not IntakeRefusal.objects.exists()


class TestWholeWay:
    def test_goes_from_the_counter_to_the_returned_result(self, world: World) -> None:
        dossier = to_signature(world)
        sign(dossier_id=dossier.pk, by=world.leader, at=hours(26))
        issue(
            dossier_id=dossier.pk, number="12/TL-HT", issued_on=date(2026, 3, 3), by=world.records, at=hours(27)
        )  # fmt: skip
        return_result(dossier_id=dossier.pk, by=world.clerk, at=hours(28), receiver_name="Nguyễn Văn Bình")

        dossier.refresh_from_db()
        assert dossier.state == State.RETURNED
        assert dossier.is_on_time(hours(30)) is True
        assert (dossier.step_key, dossier.holder) == ("", None)
        assert dossier.result.receiver_name == "Nguyễn Văn Bình"
        assert dossier.result.receiver_is_applicant is False
        assert [entry.name for entry in timeline(dossier)] == [
            "DossierReceived",
            "DossierTransferred",
            "WorkAssigned",
            "DecisionProposed",
            "DecisionReviewed",
            "DecisionSigned",
            "ResultIssued",
            "ResultReturned",
        ]
        assert not Task.objects.filter(dossier_id=dossier.pk, completed_at=None).exists()
        assert not Assignment.objects.filter(dossier=dossier, until=None).exists()
        assert verify().is_intact

    def test_a_refusal_is_a_result_with_its_reason(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(ReasonMissing):
            propose(dossier_id=dossier.pk, outcome="REFUSE", reason=" ", by=world.officer, at=hours(24))
        propose(
            dossier_id=dossier.pk,
            outcome="REFUSE",
            reason="Không đủ điều kiện",
            by=world.officer,
            at=hours(24),
        )
        review(dossier_id=dossier.pk, by=world.head, at=hours(25))
        sign(dossier_id=dossier.pk, by=world.leader, at=hours(26))
        issue(
            dossier_id=dossier.pk, number="13/TB", issued_on=date(2026, 3, 3), by=world.records, at=hours(27)
        )
        dossier.refresh_from_db()
        assert dossier.result.name == "Thông báo từ chối giải quyết hồ sơ"

    def test_what_is_sent_back_returns_to_the_same_officer(self, world: World) -> None:
        dossier = to_signature(world)
        send_back(dossier_id=dossier.pk, reason="Bổ sung căn cứ", by=world.leader, at=hours(26))
        dossier.refresh_from_db()
        assert (dossier.state, dossier.step_kind, dossier.holder) == (State.IN_WORK, "WORK", world.officer)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=hours(27))
        assert dossier.decisions.filter(sent_back_at=None).count() == 1


class TestRefusals:
    def test_a_step_done_twice_is_done_once(self, world: World) -> None:
        dossier = to_signature(world)
        sign(dossier_id=dossier.pk, by=world.leader, at=hours(26), step="sign")
        with pytest.raises(Stale):
            sign(dossier_id=dossier.pk, by=world.leader, at=hours(26), step="sign")
        assert Line.objects.filter(subject_id=dossier.pk, name="DecisionSigned").count() == 1

    def test_an_act_of_another_step_says_where_the_dossier_is(self, world: World) -> None:
        dossier = world.receive()
        with pytest.raises(NotYourStep, match="Tiếp nhận, chuyển hồ sơ"):
            sign(dossier_id=dossier.pk, by=world.leader, at=MONDAY)

    def test_a_stranger_may_do_nothing(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(Forbidden):
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.stranger, at=hours(24))
        with pytest.raises(Forbidden):
            add_note(dossier_id=dossier.pk, text="Xem", by=world.stranger, at=hours(24))
        assert not Dossier.objects.visible_to(world.stranger, hours(24)).exists()

    def test_a_note_shows_no_key_of_its_own_in_the_story(self, world: World) -> None:
        dossier = to_work(world)
        add_note(dossier_id=dossier.pk, text="Đã gọi điện", by=world.officer, at=hours(3))
        last = timeline(dossier)[-1]
        assert (last.label, last.note) == ("Ghi chú", "")

    def test_a_colleague_does_not_act_on_what_another_holds(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(NotYourStep, match="người khác giữ"):
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.colleague, at=hours(24))

    def test_work_goes_only_to_somebody_of_that_role(self, world: World) -> None:
        dossier = world.receive()
        transfer(dossier_id=dossier.pk, by=world.clerk, at=hours(1))
        with pytest.raises(CannotHold):
            assign_work(dossier_id=dossier.pk, holder=world.records, by=world.head, at=hours(2))
        dossier.refresh_from_db()
        assert dossier.step_key == "assign"

    @pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
    def test_every_move_refuses_every_state_outside_its_table(self, move) -> None:
        for state in State:
            if state in move.sources:
                for target in move.targets:
                    assert move.apply(state, interrupted=target) == target
            else:
                with pytest.raises(IllegalMove, match=move.name):
                    move.apply(state)


class TestHands:
    def test_the_first_to_claim_has_it(self, world: World) -> None:
        dossier = to_work(world)
        reassign(
            dossier_id=dossier.pk, holder=world.colleague, by=world.head, at=hours(3), reason="Nghỉ phép"
        )
        dossier.refresh_from_db()
        assert dossier.holder == world.colleague
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.colleague, at=hours(24))
        claim(dossier_id=dossier.pk, by=world.head, at=hours(25))
        with pytest.raises(Stale):
            claim(dossier_id=dossier.pk, by=world.leader, at=hours(25))

    def test_reassigning_needs_a_reason(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(CannotHold, match="lý do"):
            reassign(dossier_id=dossier.pk, holder=world.colleague, by=world.head, at=hours(3), reason="")

    def test_candidates_are_those_of_the_step(self, world: World) -> None:
        dossier = to_work(world)
        assert set(candidates(dossier, MONDAY)) == {world.officer, world.colleague}

    def test_people_of_an_internal_unit_are_candidates_too(self, world: World) -> None:
        room = create_agency(
            code="H31.2.1",
            name="Phòng Hộ tịch",
            kind="DIVISION",
            parent=world.department,
            valid_from=LONG_AGO,
            by=None,
            at=BEGINNING,
        )
        insider = staff("OFFICER", room)
        dossier = to_work(world)
        assert insider in candidates(dossier, MONDAY)
        reassign(dossier_id=dossier.pk, holder=insider, by=world.head, at=hours(3), reason="Đúng chuyên môn")


class TestConsult:
    def test_runs_inside_the_limit_and_comes_back(self, world: World) -> None:
        dossier = to_work(world)
        due = dossier.due_at
        question = consult(
            dossier_id=dossier.pk,
            agency=world.other,
            question="Có vướng quy hoạch?",
            due_at=hours(48),
            by=world.officer,
            at=hours(3),
        )
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at) == (State.CONSULTING, due)
        with pytest.raises(IllegalMove):
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=hours(4))
        answer(consultation_id=question.pk, text="Không vướng.", by=world.stranger, at=hours(5))
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_wrong_input_is_named_by_field(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(InvalidInput) as refusal:
            consult(
                dossier_id=dossier.pk,
                agency=world.department,
                question="",
                due_at=hours(1),
                by=world.officer,
                at=hours(3),
            )
        assert set(refusal.value.errors) == {"question", "due_at", "agency"}


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "nguyen thi anh",
            "Nguyễn Thị Ánh",
            "NGUYEN",
            "thi anh",
            "ánh",
            "0912 345 678",
            "033190001234",
            "h31.2-260302-0001",
            "trích lục",
            "http://localhost:8000/tra-cuu/?ma=H31.2-260302-0001",
        ],
    )
    def test_finds_by_name_number_phone_and_code(self, world: World, text: str) -> None:
        dossier = world.receive()
        assert search(text, user=world.clerk, at=MONDAY) == [dossier]

    def test_shows_nothing_to_a_stranger(self, world: World) -> None:
        world.receive()
        assert search("nguyen thi anh", user=world.stranger, at=MONDAY) == []

    def test_asks_few_questions(self, world: World, django_assert_max_num_queries) -> None:
        world.receive()
        search("x", user=world.clerk, at=MONDAY)
        with django_assert_max_num_queries(3):
            search("nguyen thi anh", user=world.clerk, at=MONDAY)

    @pytest.mark.parametrize("text", ["", "tran thi anh", "0912 345 679", "H31.2-260302-0002"])
    def test_finds_nothing_else(self, world: World, text: str) -> None:
        world.receive()
        assert search(text, user=world.clerk, at=MONDAY) == []


class TestKeyset:
    def test_walks_every_dossier_once_in_lawful_order(self, world: World) -> None:
        for day in range(7):
            world.receive(MONDAY + timedelta(days=day % 3))
        seen: list[Dossier] = []
        last: Dossier | None = None
        while page := list(
            Dossier.objects.held_by(world.clerk)
            .in_lawful_order()
            .page_after(last.due_at if last else None, last.pk if last else None)[:2]
        ):
            seen += page
            last = page[-1]
        assert len(seen) == len({dossier.pk for dossier in seen}) == 7
        assert [dossier.due_at for dossier in seen] == sorted(dossier.due_at for dossier in seen)


class TestTracking:
    def test_needs_the_code_and_a_fact_of_the_applicant(self, world: World) -> None:
        dossier = to_work(world)
        tracking = track(code=dossier.code.lower(), fact="1234")
        assert tracking is not None
        assert tracking.applicant == "Nguyễn T. Á."
        assert tracking.holder == "Hoàng Minh Em"
        assert [milestone.label for milestone in tracking.milestones] == [
            "Đã tiếp nhận hồ sơ",
            "Đã chuyển đến cơ quan giải quyết",
            "Đã phân công người giải quyết",
        ]
        assert track(code=dossier.code, fact="5678") is not None  # the last digits of the phone
        assert track(code=dossier.code, fact="9999") is None
        assert track(code=dossier.code, fact="") is None
        assert track(code="H31.2-260302-9999", fact="1234") is None

    def test_never_tells_what_stays_inside(self, world: World) -> None:
        dossier = to_work(world)
        add_note(dossier_id=dossier.pk, text="Nghi ngờ giấy giả", by=world.officer, at=hours(3))
        tracking = track(code=dossier.code, fact="1234")
        assert tracking is not None
        assert "Nghi ngờ" not in str(tracking)
        assert "033190001234" not in str(tracking)


class TestKeeping:
    def test_a_change_of_priority_gives_its_reason(self, world: World) -> None:
        dossier = world.receive()
        with pytest.raises(InvalidInput):
            prioritise(dossier_id=dossier.pk, priority="URGENT", reason="", by=world.clerk, at=MONDAY)
        prioritise(
            dossier_id=dossier.pk, priority="URGENT", reason="Người cao tuổi", by=world.clerk, at=MONDAY
        )
        assert Line.objects.filter(subject_id=dossier.pk, name="PriorityChanged").exists()


class TestProjection:
    def test_the_stored_promise_is_what_the_facts_give(self, world: World) -> None:
        from motcua.foundation.calendars.loading import work_calendar

        for minutes in range(0, 60 * 24 * 9, 397):
            dossier = world.receive(MONDAY + timedelta(minutes=minutes))
            assert (
                recomputed(dossier, work_calendar(dossier.agency_id, dossier.received_at.date()))
                == dossier.due_at
            )
            assert isinstance(dossier.limit, Limit)
