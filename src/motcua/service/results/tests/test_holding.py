"""What the holder does with a result: shares it, orders it on paper, asks that it be mended; and the paper copy itself."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from pyzbar.pyzbar import decode

from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.citizens.tests.factories import a_citizen
from motcua.foundation.notices.models import Notice
from motcua.foundation.signing.tests.world import picture
from motcua.foundation.signing.validating import validate
from motcua.oversight.integrity.invariants.flow import deadline_of_closed
from motcua.service.dossiers.models import Deadline, Dossier
from motcua.service.dossiers.operations.correcting import correct_result
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.tests.world import MONDAY
from motcua.service.filing.costs import costs_of
from motcua.service.payments import books
from motcua.service.payments.models import Refund
from motcua.service.payments.operations.charging import add_due
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.results.checking import Kind, check_text
from motcua.service.results.holding import NoSuchResult, my_result
from motcua.service.results.models import AnswerRule, CopyOrder, ShareOpening
from motcua.service.results.operations.copying import print_copy
from motcua.service.results.operations.ordering import cancel_order, end_order, order_copy
from motcua.service.results.operations.requesting import accept_correction, ask_correction, refuse_correction
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.operations.sharing import ShareGone, end_share, open_share, share_result, token_of
from motcua.service.results.printed import copy_pdf
from motcua.service.results.tests.world import at, published

NOW = at(6)


def shared(world, paper, key=None, days: int = 7):
    return share_result(
        share_id=key or new_id(), issued_id=paper.pk, holder=world.applicant, to_whom="Ngân hàng", days=days,
        account_id=new_id(), at=NOW,
    )  # fmt: skip


class TestShare:
    def test_a_visit_is_told_once_and_the_link_ends(self, world, signers) -> None:
        paper, key = published(world), new_id()
        share = shared(world, paper, key)
        assert shared(world, paper, key) == share  # pressed twice
        token = token_of(share)
        for minutes in (0, 5, 30):
            assert open_share(token, at=NOW + timedelta(minutes=minutes)).issued == paper
        assert ShareOpening.objects.count() == 2
        assert Notice.objects.filter(kind="SHARE_OPENED", channel="PORTAL").count() == 2
        for gone in (token[:-1] + "x", "rubbish"):
            with pytest.raises(ShareGone):
                open_share(gone, at=NOW)
        with pytest.raises(ShareGone):
            open_share(token, at=NOW + timedelta(days=7))
        end_share(share_id=share.pk, holder=world.applicant, account_id=new_id(), at=NOW)
        with pytest.raises(ShareGone):
            open_share(token, at=NOW + timedelta(hours=1))

    def test_nobody_shares_what_is_somebody_elses(self, world, signers) -> None:
        paper, other = published(world), a_citizen(name="Trần Văn Bình").applicant
        with pytest.raises(NoSuchResult):
            share_result(
                share_id=new_id(), issued_id=paper.pk, holder=other, to_whom="Ai đó", days=7, account_id=new_id(), at=NOW
            )  # fmt: skip
        with pytest.raises(NoSuchResult):
            my_result(other, paper.paper_id, NOW)


def copied(world, paper, key=None):
    return print_copy(
        copy_id=key or new_id(), issued_id=paper.pk, agency_id=world.centre.pk, by=world.clerk, at=NOW
    )


class TestPaperCopy:
    def test_is_counted_serves_the_order_and_leads_to_the_original(self, world, signers) -> None:
        paper, key = published(world), new_id()
        order = order_copy(
            order_id=new_id(), issued_id=paper.pk, holder=world.applicant, way="COUNTER", name="Nguyễn Thị Ánh",
            phone="0912 345 678", address="", account_id=new_id(), at=NOW,
        )  # fmt: skip
        copy = copied(world, paper, key)
        assert copied(world, paper, key) == copy
        assert copied(world, paper).number == 2
        order.refresh_from_db()
        assert (order.state, order.copy) == (CopyOrder.State.READY, copy)
        assert Notice.objects.filter(kind="COPY_READY", channel="PORTAL").count() == 1
        content = copy_pdf(copy)
        [code] = [
            one.data.decode() for one in decode(picture(content)) if one.data.decode().endswith(copy.payload)
        ]
        verdict = check_text(code, at=NOW)
        assert (verdict.kind, verdict.issued, verdict.copy) == (Kind.VALID, paper, copy)
        assert "Bản giấy thứ 1" in verdict.details[0]
        assert not validate(content, at=NOW).is_signed
        with pikepdf.Pdf.open(BytesIO(content)) as pdf:
            assert "/AcroForm" not in pdf.Root
        revoke_result(issued_id=paper.pk, reason="Khai gian", decision_number="9/QĐ", by=world.leader, at=NOW)
        assert check_text(copy.paper_id, at=NOW).kind == Kind.REVOKED
        with pytest.raises(Stale):
            copied(world, paper)

    def test_only_at_ones_own_counter(self, world, signers) -> None:
        paper = published(world)
        with pytest.raises(Forbidden):
            print_copy(
                copy_id=new_id(), issued_id=paper.pk, agency_id=world.centre.pk, by=world.officer, at=NOW
            )

    def test_its_fee_is_owed_once_and_no_more_when_it_is_not_wanted(self, world, signers) -> None:
        paper, terms = published(world), {"kind": "FEE", "name": "Phí bản giấy", "basis": "Thử", "at": NOW}
        set_fee_rule(offering=world.offering, amount=5000, valid_from=MONDAY.date(), occasion="COPY", **terms)
        given = {
            "issued_id": paper.pk, "holder": world.applicant, "way": "COUNTER", "name": "Nguyễn Thị Ánh",
            "phone": "0912 345 678", "address": "", "account_id": new_id(), "at": NOW,
        }  # fmt: skip
        assert not costs_of(world.offering, None, MONDAY.date()).total  # it is not asked at filing
        order = order_copy(order_id=new_id(), **given)
        [due] = order.dues.all()
        assert (due.amount, due.subject_id, due.state, order.fee) == (5000, paper.dossier_id, "OPEN", 5000)
        cancel_order(order_id=order.pk, holder=world.applicant, account_id=new_id(), at=NOW)
        due.refresh_from_db()
        assert due.state == "CANCELLED"
        second = order_copy(order_id=new_id(), **given)
        second.dues.update(state="PAID", paid_at=NOW, way="CASH")
        with pytest.raises(Stale, match="hoàn phí"):
            cancel_order(order_id=second.pk, holder=world.applicant, account_id=new_id(), at=NOW)

    def test_that_cannot_be_made_is_ended_and_what_was_paid_comes_back(self, world, signers) -> None:
        paper, terms = published(world), {"kind": "FEE", "name": "Phí bản giấy", "basis": "Thử", "at": NOW}
        set_fee_rule(offering=world.offering, amount=5000, valid_from=MONDAY.date(), occasion="COPY", **terms)
        given = {
            "issued_id": paper.pk, "holder": world.applicant, "way": "COUNTER", "name": "Nguyễn Thị Ánh",
            "phone": "0912 345 678", "address": "", "account_id": new_id(), "at": NOW,
        }  # fmt: skip
        order = order_copy(order_id=new_id(), **given)
        [due] = order.dues.all()
        other = add_due(
            dossier_id=paper.dossier_id,
            kind="FEE",
            name="Phí khác",
            amount=9000,
            reason="",
            by=world.clerk,
            at=NOW,
        )
        for one in (due, other):
            take_cash(due_id=one.pk, by=world.clerk, at=NOW)
        why = {"reason": "Máy in hỏng, không có phôi", "at": NOW}
        with pytest.raises(Forbidden):
            end_order(order_id=order.pk, by=world.officer, **why)
        with pytest.raises(InvalidInput):
            end_order(order_id=order.pk, by=world.clerk, reason=" ", at=NOW)
        for _ in range(2):  # pressed twice
            ended, _refunds = end_order(order_id=order.pk, by=world.clerk, **why)
        assert (ended.state, ended.ended_by, ended.ended_because) == ("CANCELLED", world.clerk, why["reason"])
        refund = Refund.objects.get()
        assert (refund.amount, refund.occasion, refund.payment.due, refund.asked_by) == (
            5000,
            "COPY_ENDED",
            due,
            None,
        )
        [notice] = Notice.objects.filter(kind="COPY_ENDED", channel="PORTAL")
        assert "Máy in hỏng" in notice.text
        assert "5.000 đồng bạn đã nộp sẽ được trả lại" in notice.text
        third = order_copy(order_id=new_id(), **given)
        end_order(order_id=third.pk, by=world.clerk, **why)
        assert (third.dues.get().state, Refund.objects.count()) == ("CANCELLED", 1)
        assert books.faults() == []


def asked(world, paper):
    return ask_correction(
        request_id=new_id(), issued_id=paper.pk, holder=world.applicant, wrong="Năm sinh 1990, đúng là 1991",
        account_id=new_id(), at=at(7),
    )  # fmt: skip


class TestCorrectionRequest:
    def test_becomes_a_correction_and_the_chain_is_seen(self, world, signers) -> None:
        paper = published(world)
        request = asked(world, paper)
        with pytest.raises(Stale):
            asked(world, paper)
        correction = accept_correction(request_id=request.pk, fault="AGENCY", by=world.officer, at=at(8))
        assert (correction.wrong, correction.cost_borne_by) == (request.wrong, world.department.name)
        assert Dossier.objects.get(pk=paper.dossier_id).state == "CORRECTING"
        correct_result(
            dossier_id=paper.dossier_id, number="13/TL", issued_on=MONDAY.date(), by=world.leader, at=at(9)
        )
        mine = my_result(world.applicant, paper.paper_id, at(10))
        assert [one.number for one in mine.chain] == ["12/TL", "13/TL"]
        assert mine.requests[0].correction == correction
        assert not mine.may_be_copied

    def test_has_a_time_that_the_province_sets_and_late_ones_are_listed(self, world, signers) -> None:
        AnswerRule.objects.create(valid_from=MONDAY.date(), answer_days=2, basis="Quy chế")
        request = asked(world, published(world))  # on Monday
        assert local_date(request.due_at) == MONDAY.date() + timedelta(days=2)
        late = request.due_at + timedelta(minutes=1)
        assert (request.is_late_at(at(8)), request.is_late_at(late)) == (False, True)
        raise_alarms(late)
        [deadline] = Deadline.objects.visible_to(world.officer, late).alarmed()
        assert (deadline.kind, deadline.due_at, deadline.subject) == (
            "CORRECTION_ANSWER", request.due_at, request.pk,
        )  # fmt: skip
        assert not list(deadline_of_closed(late))
        refuse_correction(request_id=request.pk, answer="Đúng như giấy.", by=world.officer, at=late)
        assert not Deadline.objects.running().exists()
        request.refresh_from_db()
        assert request.is_late_at(late)

    def test_or_is_answered_with_a_reason(self, world, signers) -> None:
        request = asked(world, published(world))
        refuse_correction(
            request_id=request.pk, answer="Giấy khai sinh ghi 1990.", by=world.officer, at=at(8)
        )
        assert (
            "Giấy khai sinh ghi 1990." in Notice.objects.get(kind="CORRECTION_ANSWER", channel="PORTAL").text
        )
        with pytest.raises(Stale):
            accept_correction(request_id=request.pk, fault="AGENCY", by=world.officer, at=at(8))
