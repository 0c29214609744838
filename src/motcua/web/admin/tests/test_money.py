"""The accountant's pages: what stands, who may end it, money back by two people, a day, a month."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pikepdf import Pdf

from motcua.core.time import local_date, now
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Role
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY
from motcua.service.payments import books, gateways
from motcua.service.payments.models import (
    Due,
    MoneyException,
    Payment,
    PaymentChannel,
    ReconciliationRow,
    Refund,
    Settlement,
)
from motcua.service.payments.operations import ordering, paying, refunding
from motcua.service.payments.states import RefundState
from motcua.service.payments.tests.world import Money, build
from motcua.web.admin.tests.conftest import Entering, page_of

R = RefundState


@pytest.fixture
def money(db: Any) -> Iterator[Money]:
    before = dict(gateways._adapters)
    yield build()
    gateways.install(before)


@pytest.fixture
def accountant(money: Money, enter: Entering) -> Client:
    return enter(money.accountant)


@pytest.fixture
def second(money: Money, enter: Entering) -> Client:
    return enter(money.chief)


def unmatched(money: Money, amount: int = 50_000) -> MoneyException:
    money.hear("MCLA", amount=amount, at=now() - timedelta(hours=1))
    return MoneyException.objects.get()


def paid(money: Money, amount: int = 50_000) -> Due:
    due = money.dossier_due(amount)
    return paying.take_cash(due_id=due.pk, by=money.office.clerk, at=now() - timedelta(hours=1))


def a_stranger(money: Money, enter: Entering) -> Client:
    """An accountant of another agency."""
    user = create_staff(
        username="ketoan3", full_name="Đỗ Thị Lan", password="Mot-cua-2026!", by=None, at=BEGINNING
    )
    post = open_post(
        agency=money.office.department, title="Kế toán sở", role=Role.objects.get(code="ACCOUNTANT"),
        valid_from=LONG_AGO, by=None, at=BEGINNING,
    )  # fmt: skip
    appoint(user, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
    return enter(user)


class TestExceptions:
    def test_are_for_accountants_of_the_place(self, money: Money, accountant: Client, enter: Entering):
        exception = unmatched(money)
        address = reverse("admin:money-exception", args=[exception.pk])
        assert address in page_of(accountant.get(reverse("admin:money")))
        assert enter(money.office.clerk).get(address).status_code == 403
        stranger = a_stranger(money, enter)
        assert address not in page_of(stranger.get(reverse("admin:money")))
        assert stranger.get(address).status_code == 404
        stranger.post(address, {"act": "refund", "reason": "Trả lại người chuyển"})
        assert not Refund.objects.exists()

    def test_money_goes_to_a_due_that_was_chosen_with_a_reason(self, money: Money, accountant: Client):
        exception, due = unmatched(money), money.dossier_due()
        address = reverse("admin:money-exception", args=[exception.pk])
        assert str(due.pk) in page_of(accountant.get(address))
        for chosen in ("", "không phải mã"):
            answer = accountant.post(address, {"act": "apply", "due": chosen, "reason": "Đã gọi hỏi lại"})
            assert answer.status_code == 422
            assert "Hãy chọn khoản phải nộp" in page_of(answer)
            assert "Đã gọi hỏi lại" in page_of(answer)
        assert accountant.post(address, {"act": "apply", "due": str(due.pk)}).status_code == 422
        accountant.post(address, {"act": "take"})
        accountant.post(address, {"act": "apply", "due": str(due.pk), "reason": "Đã gọi hỏi lại"})
        due.refresh_from_db()
        exception.refresh_from_db()
        assert (due.state, exception.resolution, exception.owner) == ("PAID", "APPLIED", money.accountant)
        assert books.faults() == []


class TestRefund:
    def test_of_unmatched_money_is_agreed_by_a_second_person_and_paid_with_its_proof(
        self, money: Money, accountant: Client, second: Client
    ):
        exception = unmatched(money)
        asking = {"act": "refund", "reason": "Người chuyển nhầm"}
        for _ in range(2):  # pressed twice
            accountant.post(reverse("admin:money-exception", args=[exception.pk]), asking)
        refund = Refund.objects.get()
        address = reverse("admin:money-refund", args=[refund.pk])
        assert "Chờ một kế toán khác duyệt" in page_of(accountant.get(address))
        assert accountant.post(address, {"act": "approve"}).status_code == 403
        assert accountant.post(address, {"act": "paid", "proof": "UNC 7"}).status_code == 409
        assert "Duyệt hoàn" in page_of(second.get(address))
        second.post(address, {"act": "approve"})
        refund.refresh_from_db()
        assert (refund.state, refund.decided_by) == (R.APPROVED, money.chief)
        assert second.post(address, {"act": "paid"}).status_code == 422
        second.post(address, {"act": "paid", "proof": "UNC 7"})
        assert second.post(address, {"act": "paid", "proof": "UNC 7"}).status_code == 409
        refund.refresh_from_db()
        assert (refund.state, refund.proof) == (R.DONE, "UNC 7")
        assert books.balance(books.suspense(money.channel)) == 0
        assert books.faults() == []

    def test_of_a_paid_due_is_asked_at_the_counter_refused_then_paid_back(
        self, money: Money, accountant: Client, enter: Entering
    ):
        due, clerk = paid(money), enter(money.office.clerk)
        ask = reverse("counter:ask-refund", args=[due.subject_id, due.pk])
        assert "Hãy ghi lý do hoàn tiền" in page_of(clerk.post(ask))
        assert not Refund.objects.exists()
        clerk.post(ask, {"reason": "Thu nhầm thủ tục"})
        address = reverse("admin:money-refund", args=[Refund.objects.get().pk])
        assert clerk.post(address, {"act": "approve"}).status_code == 403
        answer = accountant.post(address, {"act": "refuse"})
        assert (answer.status_code, "Hãy ghi lý do không duyệt" in page_of(answer)) == (422, True)
        accountant.post(address, {"act": "refuse", "reason": "Thu đúng"})
        assert Payment.objects.get(due=due).state == "SUCCEEDED"

        clerk.post(ask, {"reason": "Đã xem lại, thu nhầm"})
        refund = Refund.objects.get(state=R.ASKED)
        address = reverse("admin:money-refund", args=[refund.pk])
        assert "Phải trả bằng tay: Đã thu tiền mặt" in page_of(accountant.get(address))
        accountant.post(address, {"act": "approve"})
        accountant.post(address, {"act": "paid", "proof": "PC 12"})
        due.refresh_from_db()
        assert (due.state, due.receipt.cancelled_at is not None) == ("REFUNDED", True)
        assert books.balance(books.cash(money.office.centre.pk)) == 0
        assert books.faults() == []

    def test_says_before_it_is_approved_how_the_money_goes(self, money: Money, accountant: Client):
        dues = [money.dossier_due(amount) for amount in (50_000, 30_000)]
        made = ordering.open_order(due_ids=[due.pk for due in dues], channel_id=money.channel.pk, at=MONDAY)
        money.hear(made.order.reference, amount=80_000)
        refund = refunding.ask_refund(due_id=dues[0].pk, reason="Nhầm", by=money.chief, at=MONDAY)
        address = reverse("admin:money-refund", args=[refund.pk])
        assert "Phải trả bằng tay: Khoản này trả chung một lệnh với 1 khoản khác" in page_of(
            accountant.get(address)
        )
        money.outside.can_refund_part = True
        assert "Duyệt xong, máy gửi lệnh hoàn qua Cổng thử" in page_of(accountant.get(address))

    def test_is_nothing_to_a_stranger(self, money: Money, enter: Entering):
        refund = refunding.ask_refund(
            due_id=paid(money).pk, reason="Thu nhầm", by=money.office.clerk, at=now()
        )
        address, stranger = reverse("admin:money-refund", args=[refund.pk]), a_stranger(money, enter)
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"act": "approve"}).status_code == 403
        refund.refresh_from_db()
        assert refund.state == R.ASKED


class TestDay:
    def test_a_statement_is_read_and_what_differs_is_ended_with_a_reason(
        self, money: Money, accountant: Client
    ):
        day = local_date(now()) - timedelta(days=1)
        content = f"Ngày,Mã GD,Số tiền,Diễn giải\n{day:%d/%m/%Y},FT1,70.000,CK la\n"
        form = {
            "channel": str(money.channel.pk), "source": "BANK", "column_ngay": "Ngày", "column_ma_giao_dich": "Mã GD",
            "column_so_tien": "Tiền", "column_noi_dung": "Diễn giải", "column_ma_tham_chieu": "",
        }  # fmt: skip
        address = reverse("admin:money-statements")

        def sent(**changes: str) -> Any:
            file = SimpleUploadedFile("sao-ke.csv", content.encode())
            return accountant.post(address, {**form, **changes, "file": file})

        assert "không có cột" in page_of(sent())
        assert sent(column_so_tien="Số tiền").status_code == 302
        where = {"kenh": str(money.channel.pk), "ngay": f"{day:%d/%m/%Y}"}
        accountant.post(reverse("admin:money-day"), where)
        row = ReconciliationRow.objects.get()
        assert row.outcome == "MISSING_HERE"
        shown = page_of(accountant.get(reverse("admin:money-day"), where))
        assert "70.000 đồng" in shown
        end = reverse("admin:money-difference", args=[row.pk])
        assert end in shown
        assert "Hãy ghi" in page_of(accountant.post(end))
        accountant.post(end, {"reason": "Tiền của đơn vị khác"})
        row.refresh_from_db()
        assert (row.reason, row.resolved_by) == ("Tiền của đơn vị khác", money.accountant)
        assert end not in page_of(accountant.get(reverse("admin:money-day"), where))

    def test_of_a_place_without_channels_says_so(self, money: Money, accountant: Client):
        PaymentChannel.objects.all().delete()
        assert accountant.get(reverse("admin:money-day")).status_code == 200


class TestMonth:
    def test_is_listed_downloaded_and_handed_over_once(self, money: Money, accountant: Client):
        month = (local_date(now()).replace(day=1) - timedelta(days=1)).replace(day=1)
        due = money.dossier_due(50_000)
        paying.take_cash(
            due_id=due.pk, by=money.office.clerk, at=now().replace(year=month.year, month=month.month, day=3)
        )
        address, asked = reverse("admin:money-months"), {"thang": f"{month:%Y-%m-%d}"}
        assert "50.000 đồng" in page_of(accountant.get(address, asked))
        file = accountant.get(reverse("admin:money-month-file"), asked)
        paper = accountant.get(reverse("admin:money-month-paper"), asked).content
        with Pdf.open(io.BytesIO(paper)) as pdf:
            assert pdf.docinfo["/Title"] == f"Bảng kê thu hộ phí, lệ phí tháng {month:%m/%Y}"
        sheet = load_workbook(
            io.BytesIO(accountant.get(reverse("admin:money-month-sheet"), asked).content)
        ).active
        assert [cell.value for cell in sheet[2]][2:] == ["Phí", 50_000, 0, 50_000]
        assert money.office.department.name in file.content.decode("utf-8-sig")
        form = {
            "collector": money.office.centre.pk, "agency": money.office.department.pk, "month": f"{month:%d/%m/%Y}",
        }  # fmt: skip
        assert accountant.post(address, form).status_code == 422
        assert accountant.post(address, {**form, "proof": "UNC 1"}).status_code == 302
        assert accountant.post(address, {**form, "proof": "UNC 1"}).status_code == 409
        assert Settlement.objects.get().amount == 50_000
        assert "UNC 1" in page_of(accountant.get(address, asked))
