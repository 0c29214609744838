"""Who may do what to a dossier, beyond holding the permission somewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.time import local_date
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.access import forget_access
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.identity.operations.delegating import delegate
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, Role
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.dossiers.operations.assigning import CannotHold, claim, reassign
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.keeping import add_note, prioritise
from motcua.service.dossiers.operations.rescheduling import reschedule
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.test_life import hours, to_signature, to_work
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY, World
from motcua.service.dossiers.tracking import track
from motcua.service.procedures.models import NotInForce


def one_more(username: str, role: str, agency: Agency) -> User:
    user = create_staff(
        username=username, full_name="Lý Thị Xuân", password="Mot-cua-2026!", by=None, at=BEGINNING
    )
    post = open_post(
        agency=agency,
        title=username,
        role=Role.objects.get(code=role),
        valid_from=LONG_AGO,
        by=None,
        at=BEGINNING,
    )
    appoint(user, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
    return user


def leaves(user: User, on: datetime) -> None:
    Membership.objects.filter(user=user).update(valid_to=local_date(on) - timedelta(days=1))
    forget_access(user)


def asked(world: World) -> tuple[Dossier, Consultation]:
    dossier = to_work(world)
    return dossier, consult(
        dossier_id=dossier.pk, agency=world.other, question="Có vướng quy hoạch?", due_at=hours(30),
        by=world.officer, at=hours(3),
    )  # fmt: skip


class TestActingForAnother:
    def test_who_assigns_does_not_propose_for_the_officer_and_review_it_too(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(NotYourStep, match="người khác giữ"):
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.head, at=hours(3))

    def test_a_leader_signs_what_another_holds_only_after_taking_it_over(self, world: World) -> None:
        deputy = one_more("phogiamdoc", "LEADER", world.department)
        dossier = to_signature(world)
        claim(dossier_id=dossier.pk, by=world.leader, at=hours(26))
        with pytest.raises(NotYourStep):
            sign(dossier_id=dossier.pk, by=deputy, at=hours(27))
        reassign(dossier_id=dossier.pk, holder=deputy, by=deputy, at=hours(27), reason="Giám đốc đi công tác")
        assert sign(dossier_id=dossier.pk, by=deputy, at=hours(27)).state == State.SIGNED

    def test_a_colleague_at_the_counter_hands_over_the_pile_of_the_unit(self, world: World) -> None:
        colleague = one_more("quay.hai", "CLERK", world.centre)
        dossier = world.receive()
        assert transfer(dossier_id=dossier.pk, by=colleague, at=hours(1)).state == State.TRANSFERRED

    def test_a_deputy_by_delegation_goes_on_with_what_the_giver_holds(self, world: World) -> None:
        dossier = to_work(world)
        post = Membership.objects.get(user=world.officer).post
        delegate(
            giver=world.officer, receiver=world.colleague, post=post, valid_from=date(2026, 3, 2),
            valid_to=date(2026, 3, 31), reason="Nghỉ phép", by=world.officer, at=MONDAY,
        )  # fmt: skip
        forget_access(world.colleague)
        done = propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.colleague, at=hours(3))
        assert done.state == State.DECIDED

    def test_a_waiting_step_is_for_its_role(self, world: World) -> None:
        dossier = to_work(world)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=hours(3))
        with pytest.raises(NotYourStep):  # may review, but the workflow names the head of division
            review(dossier_id=dossier.pk, by=world.leader, at=hours(4))

    def test_work_sent_back_does_not_go_to_somebody_who_has_left(self, world: World) -> None:
        dossier = to_signature(world)
        leaves(world.officer, hours(26))
        back = send_back(dossier_id=dossier.pk, reason="Thiếu căn cứ", by=world.leader, at=hours(26))
        assert (back.step_key, back.holder) == ("work", None)
        assert claim(dossier_id=dossier.pk, by=world.colleague, at=hours(27)).holder == world.colleague


class TestReadersOnly:
    @pytest.mark.parametrize("role", ["AUDITOR", "CONTROLLER"])
    def test_who_only_looks_changes_nothing(self, world: World, role: str) -> None:
        reader = one_more("chidoc", role, world.province)
        dossier = to_work(world)
        assert Dossier.objects.visible_to(reader, hours(3)).filter(pk=dossier.pk).exists()
        with pytest.raises(Forbidden):
            prioritise(dossier_id=dossier.pk, priority="HIGH", reason="Gấp", by=reader, at=hours(3))
        with pytest.raises(Forbidden):
            add_note(dossier_id=dossier.pk, text="Xem", by=reader, at=hours(3))

    def test_the_records_clerk_does_not_set_priorities(self, world: World) -> None:
        dossier = to_work(world)
        with pytest.raises(Forbidden):
            prioritise(dossier_id=dossier.pk, priority="HIGH", reason="Gấp", by=world.records, at=hours(3))
        assert (
            prioritise(
                dossier_id=dossier.pk, priority="HIGH", reason="Gấp", by=world.head, at=hours(3)
            ).priority
            == "HIGH"
        )

    def test_dates_move_only_by_who_manages_calendars(self, world: World) -> None:
        dossier = to_work(world)
        Dossier.objects.filter(pk=dossier.pk).update(due_at=hours(200))
        with pytest.raises(Forbidden):
            reschedule(dossier_id=dossier.pk, by=world.officer, at=hours(3), reason="Nghỉ bù")
        assert reschedule(dossier_id=dossier.pk, by=world.admin, at=hours(3), reason="Nghỉ bù")


class TestConsultation:
    def test_the_asked_agency_reads_the_dossier_while_the_question_is_open(self, world: World) -> None:
        dossier, question = asked(world)
        reading = Dossier.objects.readable_by(world.stranger, hours(4)).filter(pk=dossier.pk)
        assert reading.exists()
        assert list(Consultation.objects.waiting_for(world.stranger, hours(4))) == [question]
        assert not Dossier.objects.visible_to(world.stranger, hours(4)).exists()
        answer(consultation_id=question.pk, text="Không vướng.", by=world.stranger, at=hours(5))
        assert not reading.exists()
        assert not Consultation.objects.waiting_for(world.stranger, hours(6)).exists()

    def test_nobody_else_reads_it(self, world: World) -> None:
        dossier, _ = asked(world)
        elsewhere = one_more("records-other", "RECORDS", world.other)
        assert not Dossier.objects.readable_by(elsewhere, hours(4)).filter(pk=dossier.pk).exists()

    def test_who_took_the_work_over_records_the_answer(self, world: World) -> None:
        dossier, question = asked(world)
        reassign(
            dossier_id=dossier.pk,
            holder=world.colleague,
            by=world.head,
            at=hours(4),
            reason="Chuyển công tác",
        )
        answer(consultation_id=question.pk, text="Không vướng.", by=world.colleague, at=hours(5))
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_who_asked_and_left_records_nothing(self, world: World) -> None:
        _, question = asked(world)
        leaves(world.officer, hours(5))
        with pytest.raises(Forbidden):
            answer(consultation_id=question.pk, text="Không vướng.", by=world.officer, at=hours(5))

    def test_a_question_is_answered_once(self, world: World) -> None:
        _, question = asked(world)
        answer(consultation_id=question.pk, text="Không vướng.", by=world.stranger, at=hours(5))
        with pytest.raises(InvalidInput):
            answer(consultation_id=question.pk, text="Có vướng.", by=world.stranger, at=hours(6))


class TestIssueing:
    def signed(self, world: World) -> Dossier:
        return sign(dossier_id=to_signature(world).pk, by=world.leader, at=hours(26))

    def test_takes_no_file_of_somebody_else(self, world: World) -> None:
        dossier = self.signed(world)
        foreign = store(BytesIO(b"%PDF-1.4\n%%EOF\n"), name="a.pdf", by=world.stranger, at=hours(1))
        with pytest.raises(Stale):
            issue(
                dossier_id=dossier.pk, number="1", issued_on=date(2026, 3, 3), document_id=foreign.pk,
                by=world.records, at=hours(27),
            )  # fmt: skip

    def test_keeps_its_own_file_with_the_dossier(self, world: World) -> None:
        dossier = self.signed(world)
        mine = store(BytesIO(b"%PDF-1.4\n%%EOF\n"), name="a.pdf", by=world.records, at=hours(27))
        issue(
            dossier_id=dossier.pk, number="1", issued_on=date(2026, 3, 3), document_id=mine.pk,
            by=world.records, at=hours(27),
        )  # fmt: skip
        mine.refresh_from_db()
        assert mine.subject_id == dossier.pk

    def test_says_by_the_field_that_a_number_is_too_long(self, world: World) -> None:
        dossier = self.signed(world)
        with pytest.raises(InvalidInput) as refusal:
            issue(
                dossier_id=dossier.pk, number="9" * 81, name="x" * 501, issued_on=date(2026, 3, 3), by=world.records,
                at=hours(27),
            )  # fmt: skip
        assert set(refusal.value.errors) == {"number", "name"}

    def test_counts_days_as_in_vietnam(self, world: World) -> None:
        from datetime import UTC

        dossier = self.signed(world)
        early = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # in Vietnam it is the fifth already
        issue(dossier_id=dossier.pk, number="1", issued_on=date(2026, 3, 5), by=world.records, at=early)

    def test_a_returned_dossier_cannot_be_claimed_and_says_so(self, world: World) -> None:
        dossier = self.signed(world)
        issue(dossier_id=dossier.pk, number="1", issued_on=date(2026, 3, 3), by=world.records, at=hours(27))
        return_result(dossier_id=dossier.pk, by=world.clerk, at=hours(28))
        with pytest.raises(CannotHold, match="đã xong"):
            claim(dossier_id=dossier.pk, by=world.clerk, at=hours(29))


class TestReceiving:
    def test_not_where_the_procedure_is_offered_no_more(self, world: World) -> None:
        world.offering.valid_to = date(2026, 3, 1)
        world.offering.save()
        with pytest.raises(NotInForce):
            world.receive()

    def test_nothing_of_the_ledger_holds_a_personal_number(self, world: World) -> None:
        from motcua.foundation.ledger.models import Line

        world.receive(representative=world.applicant, authorisation="Giấy ủy quyền 01")
        for payload in Line.objects.values_list("payload", flat=True):
            assert "033190001234" not in str(payload)
            assert "0912345678" not in str(payload)


class TestTracking:
    def test_a_branch_is_known_by_the_digits_of_its_tax_code(self, world: World) -> None:
        dossier = world.receive()
        type(world.applicant).objects.filter(pk=world.applicant.pk).update(tax_code="0100109106-001")
        assert track(code=dossier.code, fact="6001") is not None
        assert track(code=dossier.code, fact="0000") is None
        assert track(code="H31.2-260302-9999", fact="6001") is None
