"""What does not fit: looked at, applied, sent back by two people; the till, the statements, the month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.events import Fact
from motcua.service.payments import books
from motcua.service.payments.gateways import Refunding
from motcua.service.payments.models import MoneyException, Payment, ReconciliationRow, Refund
from motcua.service.payments.operations import paying, reconciling, refunding, resolving, settling
from motcua.service.payments.operations.receiving_back import Typed, give_account
from motcua.service.payments.operations.reconciling import judge
from motcua.service.payments.states import AccountKind, Outcome, RefundState
from motcua.service.payments.tests.world import MONDAY, Money

DAY = MONDAY.date()
HEAD = "ngay,ma_giao_dich,so_tien,noi_dung\n"


def again(row):
    row.refresh_from_db()
    return row


def sent(refund: Refund) -> None:
    refunding.send_refund(
        Fact(
            name="RefundApproved",
            subject_type="refund",
            subject_id=refund.pk,
            actor_id=None,
            at=MONDAY,
            payload={},
        )
    )


class TestExceptions:
    def test_money_in_suspense_is_applied_to_a_due_of_that_amount(self, money: Money):
        money.hear("MCLA", amount=50_000)
        due = money.dossier_due()
        exception = MoneyException.objects.get()
        resolving.take_exception(exception_id=exception.pk, by=money.accountant, at=MONDAY)
        resolving.apply_exception(
            exception_id=exception.pk,
            due_id=due.pk,
            reason="Người nộp xác nhận",
            by=money.accountant,
            at=MONDAY,
        )
        assert (again(due).state, due.receipt.amount) == ("PAID", 50_000)
        assert (again(exception).resolution, exception.owner) == ("APPLIED", money.accountant)
        assert books.faults() == []

    def test_of_more_than_the_due_leaves_the_rest_in_suspense_and_is_not_explained_away(self, money: Money):
        money.hear("MCLA", amount=60_000)
        due = money.due()
        resolving.apply_exception(
            exception_id=MoneyException.objects.get().pk, due_id=due.pk, reason="Đúng người", by=money.accountant,
            at=MONDAY,
        )  # fmt: skip
        exception = MoneyException.objects.standing().get()
        assert (again(due).state, exception.kind, exception.amount) == ("PAID", "OVERPAID", 10_000)
        assert books.faults() == []
        with pytest.raises(DomainError, match="Còn tiền"):
            resolving.explain_exception(exception_id=exception.pk, reason="x", by=money.accountant, at=MONDAY)

    def test_is_nobody_else_s_to_see(self, money: Money):
        money.hear("MCLA", amount=60_000)
        with pytest.raises(resolving.NoSuchException):
            resolving.take_exception(
                exception_id=MoneyException.objects.get().pk, by=money.office.clerk, at=MONDAY
            )

    def test_is_sent_back_by_two_people_with_proof(self, money: Money):
        money.hear("MCLA", amount=60_000)
        exception = MoneyException.objects.get()
        refund = refunding.ask_refund(
            exception_id=exception.pk, reason="Chuyển nhầm", by=money.accountant, at=MONDAY
        )
        with pytest.raises(Stale):
            refunding.ask_refund(exception_id=exception.pk, reason="Nữa", by=money.accountant, at=MONDAY)
        with pytest.raises(Forbidden, match="không tự duyệt"):
            refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=MONDAY)
        assert refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=MONDAY).is_by_hand
        with pytest.raises(DomainError, match="chứng từ"):
            refunding.pay_refund(refund_id=refund.pk, proof=" ", by=money.chief, at=MONDAY)
        refunding.pay_refund(refund_id=refund.pk, proof="UNC 12", by=money.chief, at=MONDAY)
        assert again(exception).resolution == "REFUNDED"
        assert books.faults() == []


class TestRefund:
    def asked(self, money: Money) -> tuple[Payment, Refund]:
        due = money.dossier_due()
        payment = money.begun(due)
        money.hear(payment)
        refund = refunding.ask_refund(
            due_id=due.pk, reason="Nộp nhầm hồ sơ", by=money.office.clerk, at=MONDAY
        )
        return again(payment), refund

    def test_goes_by_the_channel_once_and_cancels_the_receipt(self, money: Money):
        payment, refund = self.asked(money)
        refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=MONDAY)
        for _ in range(2):
            sent(refund)
        due = again(payment).due
        assert (payment.state, due.state, again(refund).proof) == ("REFUNDED", "REFUNDED", "GD-HOAN-1")
        assert due.receipt.cancelled_at is not None
        assert due.receipt.dossier.fee_amount == 0
        assert books.faults() == []

    def test_is_approved_to_the_account_that_was_looked_at(self, money: Money):
        payment, refund = self.asked(money)
        typed = Typed("970436", "012345678901", payment.due.payer_name)
        [account] = give_account(subject_id=payment.due.subject_id, typed=typed, by_owner=True, at=MONDAY)
        with pytest.raises(Stale, match="tài khoản khác"):
            refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=MONDAY)
        refunding.approve_refund(refund_id=refund.pk, account_id=account.pk, by=money.accountant, at=MONDAY)

    def test_of_which_nobody_knows_is_looked_at_and_not_sent_twice(self, money: Money):
        _payment, refund = self.asked(money)
        refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=MONDAY)
        money.outside.trouble = "Hết giờ chờ"
        sent(refund)
        assert again(refund).state == RefundState.SENT
        assert MoneyException.objects.get().kind == "REFUND_UNSURE"
        refunding.pay_refund(refund_id=refund.pk, proof="Cổng xác nhận GD9", by=money.accountant, at=MONDAY)
        assert again(refund).state == RefundState.DONE

    def test_that_the_channel_refuses_is_paid_by_hand(self, money: Money):
        _payment, refund = self.asked(money)
        refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=MONDAY)
        money.outside.refunding = Refunding(is_done=False)
        sent(refund)
        assert (again(refund).state, refund.is_by_hand) == (RefundState.APPROVED, True)

    def test_refused_leaves_all_as_it_was(self, money: Money):
        payment, refund = self.asked(money)
        refunding.refuse_refund(refund_id=refund.pk, reason="Không đủ căn cứ", by=money.accountant, at=MONDAY)
        assert (again(payment).state, payment.due.state) == ("SUCCEEDED", "PAID")


class TestTill:
    def test_is_counted_once_by_kind_and_a_difference_is_explained(self, money: Money):
        for kind, amount in (("FEE", 50_000), ("CHARGE", 8_000)):
            paying.take_cash(due_id=money.dossier_due(amount, kind=kind).pk, by=money.office.clerk, at=MONDAY)
        till = settling.till_of(money.office.centre.pk, DAY)
        assert (till.lines, till.expected) == ((("Lệ phí", 1, 8_000), ("Phí", 1, 50_000)), 58_000)
        given = {"agency_id": money.office.centre.pk, "day": DAY, "by": money.office.clerk, "at": MONDAY}
        with pytest.raises(DomainError, match="giải thích"):
            settling.close_till(counted=57_000, note="", **given)
        settling.close_till(counted=58_000, note="", **given)
        with pytest.raises(Stale):
            settling.close_till(counted=58_000, note="", **given)
        assert books.balance(books.cash(money.office.centre.pk)) == 0
        assert books.balance(books.bank(money.office.centre.pk)) == 58_000

    def test_what_comes_after_the_closing_is_counted_the_next_day_and_never_twice(self, money: Money):
        centre, clerk = money.office.centre.pk, money.office.clerk
        given = {"agency_id": centre, "by": clerk, "note": ""}
        paying.take_cash(due_id=money.dossier_due(50_000).pk, by=clerk, at=MONDAY)
        settling.close_till(day=DAY, counted=50_000, at=MONDAY, **given)
        paying.take_cash(due_id=money.dossier_due(8_000).pk, by=clerk, at=MONDAY + timedelta(minutes=5))
        paying.take_cash(due_id=money.dossier_due(5_000).pk, by=clerk, at=MONDAY + timedelta(days=1))
        assert settling.till_of(centre, DAY + timedelta(days=1)).carried == 8_000
        later = MONDAY + timedelta(days=2)
        settling.close_till(day=DAY + timedelta(days=2), counted=13_000, at=later, **given)
        assert books.balance(books.cash(centre)) == 0
        assert settling.till_of(centre, DAY + timedelta(days=3)).expected == 0
        with pytest.raises(Stale, match="04/03/2026"):
            settling.close_till(day=DAY + timedelta(days=1), counted=13_000, at=later, **given)


class TestReadStatement:
    def test_reads_what_banks_write(self):
        content = (
            "\ufeffNgày;Mã GD;Ghi có;Diễn giải\n"
            '02/03/2026;FT1;"50.000";CK MC260302 090000ABCDEFGH\n'
            "2026-03-02;FT2;1,000,000.00;khac\n02/03/2026;FT3;-5000;phi\n"
        ).encode()
        names = {"ngay": "Ngày", "ma_giao_dich": "Mã GD", "so_tien": "Ghi có", "noi_dung": "Diễn giải"}
        lines = reconciling.read_statement(content, names)
        assert [(line.external, line.amount, line.reference) for line in lines] == [
            ("FT1", 50_000, "MC260302090000ABCDEFGH"), ("FT2", 1_000_000, ""),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"\xff\xfe", "UTF-8"),
            (b"a,b\n1,2\n", "không có cột"),
            (f"{HEAD}02/03/2026,F,một triệu,x\n".encode(), "dòng 2"),
            (f"{HEAD}32/03/2026,F,1,x\n".encode(), "ngày"),
            (f"{HEAD}02/03/2026,,1,x\n".encode(), "thiếu mã"),
        ],
    )
    def test_says_what_is_wrong_and_takes_nothing(self, content, said):
        with pytest.raises(DomainError, match=said):
            reconciling.read_statement(content, {})


class TestReconcile:
    def imported(self, money: Money, source: str, *lines: str) -> None:
        content = (HEAD + "\n".join(lines)).encode()
        reconciling.import_statement(
            channel_id=money.channel.pk, source=source, content=content, file_name="s.csv", mapping={}, by=money.accountant,
            at=MONDAY + timedelta(days=1),
        )  # fmt: skip

    def reconciled(self, money: Money) -> dict[str, str]:
        reconciling.reconcile(
            channel_id=money.channel.pk, day=DAY, by=money.accountant, at=MONDAY + timedelta(days=1)
        )
        return dict(ReconciliationRow.objects.values_list("reference", "outcome"))

    @pytest.mark.parametrize(
        ("own", "platform", "bank", "outcome"),
        [
            (5, 5, 5, Outcome.MATCHED), (None, 5, 5, Outcome.MISSING_HERE), (None, None, 5, Outcome.MISSING_HERE),
            (5, None, 5, Outcome.MISSING_THERE), (5, 5, None, Outcome.MISSING_THERE),
            (5, None, None, Outcome.MISSING_THERE),
            (5, 5, 4, Outcome.AMOUNT_DIFFERS), (5, 4, 5, Outcome.AMOUNT_DIFFERS), (5, 4, None, Outcome.AMOUNT_DIFFERS),
        ],
    )  # fmt: skip
    def test_judges(self, own, platform, bank, outcome):
        assert judge(own, platform, bank, asks_platform=True)[0] == outcome

    def test_lays_the_three_side_by_side(self, money: Money):
        whole, short, alone = (money.begun(money.due()) for _ in range(3))
        for payment in (whole, short, alone):
            money.hear(payment)
        told = "02/03/2026,P{0},50000,{1}"
        self.imported(money, "PLATFORM", told.format(1, whole.reference), told.format(2, short.reference))
        self.imported(
            money, "BANK", f"02/03/2026,B1,50000,{whole.reference}", f"02/03/2026,B2,49000,{short.reference}",
            "02/03/2026,B3,70000,khong ro",
        )  # fmt: skip
        assert self.reconciled(money) == {
            whole.reference: "MATCHED", short.reference: "AMOUNT_DIFFERS", alone.reference: "MISSING_THERE",
            "B3": "MISSING_HERE",
        }  # fmt: skip
        assert books.balance(books.bank(money.office.centre.pk)) == 50_000
        row = ReconciliationRow.objects.get(reference="B3")
        with pytest.raises(DomainError, match="lý do"):
            reconciling.resolve_difference(row_id=row.pk, reason="", by=money.accountant, at=MONDAY)
        reconciling.resolve_difference(
            row_id=row.pk, reason="Tiền của đơn vị khác", by=money.accountant, at=MONDAY
        )
        assert self.reconciled(money)["B3"] == "MISSING_HERE"  # what was resolved is left as it is
        assert reconciling.unresolved(DAY) == 2

    def test_a_file_is_read_once_and_by_accountants(self, money: Money):
        line = "02/03/2026,B1,50000,x"
        self.imported(money, "BANK", line)
        with pytest.raises(Stale, match="đã nhập"):
            self.imported(money, "BANK", line)
        with pytest.raises(Forbidden):
            reconciling.reconcile(channel_id=money.channel.pk, day=DAY, by=money.office.clerk, at=MONDAY)
        with pytest.raises(InvalidInput):
            self.imported(money, "BANK", "02/03/2026,B2,x,y")

    def test_a_statement_is_the_word_that_a_transfer_came(self, money: Money):
        money.channel.way = "TRANSFER"
        money.channel.save()
        due = money.due()
        payment = money.begun(due)
        self.imported(money, "BANK", f"02/03/2026,B1,50000,CK {payment.reference}")
        assert again(due).state == "PAID"


class TestSettleMonth:
    def test_hands_over_what_was_collected_less_what_went_back(self, money: Money):
        for amount in (50_000, 8_000):
            paying.take_cash(due_id=money.dossier_due(amount).pk, by=money.office.clerk, at=MONDAY)
        given = {
            "collector_id": money.office.centre.pk, "agency_id": money.office.department.pk, "month": date(2026, 3, 9),
            "by": money.accountant,
        }  # fmt: skip
        with pytest.raises(DomainError, match="chưa hết"):
            settling.settle_month(proof="UNC 1", at=MONDAY, **given)
        settled = settling.settle_month(proof="UNC 1", at=MONDAY + timedelta(days=40), **given)
        assert settled.amount == 58_000
        with pytest.raises(Stale):
            settling.settle_month(proof="UNC 1", at=MONDAY + timedelta(days=40), **given)
        account = books.account(
            AccountKind.COLLECTED, money.office.centre.pk, owner_id=money.office.department.pk, charge="FEE"
        )
        assert books.balance(account) == 0
        assert books.faults() == []

    def test_counts_off_what_went_back_of_an_earlier_month(self, money: Money):
        centre, clerk = money.office.centre.pk, money.office.clerk
        early = money.dossier_due(8_000, kind="CHARGE")
        paying.take_cash(due_id=early.pk, by=clerk, at=MONDAY)
        given = {"collector_id": centre, "agency_id": money.office.department.pk, "by": money.accountant}
        in_april = MONDAY + timedelta(days=40)
        settling.settle_month(month=DAY, proof="UNC 1", at=in_april, **given)
        refund = refunding.ask_refund(due_id=early.pk, reason="Thu nhầm", by=clerk, at=in_april)
        refunding.approve_refund(refund_id=refund.pk, by=money.accountant, at=in_april)
        refunding.pay_refund(refund_id=refund.pk, proof="PC 1", by=money.accountant, at=in_april)
        paying.take_cash(due_id=money.dossier_due(50_000).pk, by=clerk, at=in_april)
        settled = settling.settle_month(
            month=date(2026, 4, 1), proof="UNC 2", at=in_april + timedelta(days=30), **given
        )
        assert settled.amount == 42_000
        assert books.balance(books.bank(centre)) == -50_000  # 8.000 and 42.000 went; no till was closed
