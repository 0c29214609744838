"""Đối soát cho kế toán: what does not fit, statements, a day side by side, refunds, the month with each agency."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key
from motcua.core.money import vnd
from motcua.core.sheets import csv_file, xlsx_file
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.payments.listing import month_pdf, month_rows
from motcua.service.payments.models import (
    Due,
    MoneyException,
    MoneyStatement,
    Payment,
    PaymentChannel,
    PaymentSignal,
    ReconciliationRow,
    Refund,
    Settlement,
)
from motcua.service.payments.operations import reconciling, refunding, resolving, settling
from motcua.service.payments.operations.receiving_back import account_of
from motcua.service.payments.operations.reconciling import COLUMNS
from motcua.service.payments.sending_back import why_by_hand
from motcua.service.payments.states import ADVICE, ExceptionKind, Outcome, RefundState, TariffState
from motcua.web.admin.base import AdminPage
from motcua.web.ui.forms import Reader
from motcua.web.ui.papers import pdf_response

SHOWN = 200
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMN_NAMES = {
    "ngay": "Ngày", "ma_giao_dich": "Mã giao dịch", "so_tien": "Số tiền", "noi_dung": "Nội dung",
    "ma_tham_chieu": "Mã tham chiếu",
}  # fmt: skip


class MoneyPage(AdminPage):
    """What these pages share."""

    abstract = True
    permission = Permission.RECONCILE
    section = "admin:money"

    def agencies(self) -> list[int]:
        return self.access.agencies(Permission.RECONCILE)

    def channels(self) -> list[PaymentChannel]:
        published = PaymentChannel.objects.filter(agency__in=self.agencies(), state=TariffState.PUBLISHED)
        return list(published.select_related("agency").order_by("agency__path", "position"))

    def day(self) -> date:
        return Reader(self.request.GET).day("ngay") or self.today - timedelta(days=1)


class Home(MoneyPage):
    """Việc chưa xong: money that fits nothing, refunds that wait, payments that no bank has told of."""

    def get(self, request: HttpRequest) -> HttpResponse:
        standing = MoneyException.objects.visible_to(self.user, self.at).standing()
        refunds = Refund.objects.filter(agency__in=self.agencies())
        waiting = refunds.exclude(state__in=[RefundState.DONE, RefundState.REFUSED])
        pending = Payment.objects.visible_to(self.user, self.at).filter(
            state="PENDING", created_at__lt=self.at - timedelta(hours=1)
        )
        pending = pending.exclude(pk__in=standing.filter(payment__isnull=False).values("payment"))
        rows = ReconciliationRow.objects.filter(channel__agency__in=self.agencies(), resolved_at__isnull=True)
        return self.render(
            "admin/money/index.html",
            exceptions=list(standing.select_related("owner", "channel").order_by("found_at")[:SHOWN]),
            refunds=list(
                waiting.select_related("payment__due", "exception", "asked_by").order_by("asked_at")[:SHOWN]
            ),
            pending=list(pending.select_related("due", "channel").order_by("created_at")[:SHOWN]),
            rows=list(
                rows.exclude(outcome=Outcome.MATCHED)
                .select_related("channel", "owner")
                .order_by("day")[:SHOWN]
            ),
        )


class ExceptionPage(MoneyPage):
    """Một việc chưa khớp."""

    def get(self, request: HttpRequest, exception_id: UUID) -> HttpResponse:
        seen = MoneyException.objects.visible_to(self.user, self.at).select_related(
            "owner", "channel", "payment", "due", "resolved_by"
        )
        exception = seen.filter(pk=exception_id).first()
        if exception is None:
            raise self.missing("Không có việc này.")
        fitting = Due.objects.open().filter(collector=exception.agency_id).with_received()
        if exception.kind == ExceptionKind.UNDERPAID and exception.due_id:
            fitting = fitting.exclude(pk=exception.due_id)
        fitting = fitting.annotate(gap=Abs(F("amount") - exception.amount)).order_by("gap", "raised_at")
        return self.render(
            "admin/money/exception.html",
            exception=exception,
            signals=list(
                PaymentSignal.objects.filter(payment=exception.payment_id, payment__isnull=False).order_by(
                    "told_at"
                )[:SHOWN]
            ),
            fitting=[
                (str(due.pk), f"{vnd(due.left)} · {due.code or 'chưa có mã'} · {due.name} · {due.payer_name}")
                for due in fitting[:50]
            ],
            advice=ADVICE[ExceptionKind(exception.kind)],
            refund=exception.refunds.exclude(state=RefundState.REFUSED).first(),
        )

    def post(self, request: HttpRequest, exception_id: UUID) -> HttpResponse:
        reader = self.read()
        act = reader.choice(
            "act", ("take", "apply", "explain", "refund"), required="Hãy chọn cách giải quyết."
        )
        reason = reader.text("reason", longest=300)
        due = as_key(reader.text("due"))
        if act == "apply" and due is None:
            reader.refuse("due", "Hãy chọn khoản phải nộp.")
        reader.check()
        if act == "take":
            resolving.take_exception(exception_id=exception_id, by=self.user, at=self.at)
            return self.done("Bạn đã nhận xử lý.", "admin:money-exception", exception_id)
        if act == "apply" and due:
            resolving.apply_exception(
                exception_id=exception_id, due_id=due, reason=reason, by=self.user, at=self.at
            )
        elif act == "explain":
            resolving.explain_exception(exception_id=exception_id, reason=reason, by=self.user, at=self.at)
        else:
            refunding.ask_refund(exception_id=exception_id, reason=reason, by=self.user, at=self.at)
            return self.done("Đã đề nghị hoàn, chờ người thứ hai duyệt.", "admin:money")
        return self.done("Đã giải quyết.", "admin:money")


class RefundPage(MoneyPage):
    """Một phiếu hoàn: approve, refuse, or write down how it was paid."""

    def get(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        refund = (
            Refund.objects.filter(agency__in=self.agencies(), pk=refund_id)
            .select_related(
                "payment__due",
                "payment__channel",
                "payment__order",
                "exception",
                "asked_by",
                "decided_by",
                "agency",
            )
            .first()
        )
        if refund is None:
            raise self.missing("Không có phiếu hoàn này.")
        return self.render(
            "admin/money/refund.html",
            refund=refund,
            account=account_of(refund),
            changes=refund.accounts.count() - 1,
            is_to_pay=is_to_pay(refund),
            by_hand_because=refund.by_hand_because if refund.decided_by_id else why_by_hand(refund),
        )

    def post(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        reader = self.read()
        act = reader.choice("act", ("confirm", "approve", "refuse", "paid"), required="Hãy chọn việc.")
        reason, proof = reader.text("reason", longest=300), reader.text("proof", longest=200)
        account_id = as_key(reader.text("account"))
        reader.check()
        if act == "confirm":
            refunding.confirm_refund(refund_id=refund_id, by=self.user, at=self.at)
            return self.done("Đã xác nhận. Chờ người thứ hai duyệt.", "admin:money-refund", refund_id)
        if act == "approve":
            refund = refunding.approve_refund(
                refund_id=refund_id, account_id=account_id, by=self.user, at=self.at
            )
        elif act == "refuse":
            refund = refunding.refuse_refund(refund_id=refund_id, reason=reason, by=self.user, at=self.at)
        else:
            refund = refunding.pay_refund(
                refund_id=refund_id, account_id=account_id, proof=proof, by=self.user, at=self.at
            )
        return self.done(f"{refund.get_state_display()}.", "admin:money-refund", refund_id)


def is_to_pay(refund: Refund) -> bool:
    """Đến lúc chuyển tiền bằng tay: then the whole number is read."""
    return refund.state == RefundState.SENT or (refund.state == RefundState.APPROVED and refund.is_by_hand)


class Statements(MoneyPage):
    """Nhập sao kê CSV, by which column is what."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/money/statements.html",
            channels=[(str(one.pk), f"{one.name} ({one.agency.name})") for one in self.channels()],
            sources=MoneyStatement.Source.choices,
            columns=[(name, COLUMN_NAMES[name]) for name in COLUMNS],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        channel = reader.choice(
            "channel", [str(one.pk) for one in self.channels()], required="Hãy chọn kênh thanh toán."
        )
        source = reader.choice("source", MoneyStatement.Source.values, required="Hãy chọn sao kê của ai.")
        file = request.FILES.get("file")
        if file is None:
            reader.refuse("file", "Hãy chọn tệp CSV.")
        mapping = {name: reader.text(f"column_{name}", longest=100) for name in COLUMNS}
        reader.check()
        assert file is not None  # noqa: S101  checked
        statement = reconciling.import_statement(
            channel_id=UUID(channel), source=source, content=file.read(), file_name=file.name or "sao-ke.csv",
            mapping=mapping, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã nhập {statement.lines.count()} dòng mới.", "admin:money-day")


class Day(MoneyPage):
    """Đối soát một ngày."""

    def get(self, request: HttpRequest) -> HttpResponse:
        channels, day = self.channels(), self.day()
        chosen = next(
            (one for one in channels if str(one.pk) == request.GET.get("kenh")),
            channels[0] if channels else None,
        )
        rows = ReconciliationRow.objects.filter(channel=chosen, day=day).select_related("resolved_by")
        order = {Outcome.MATCHED: 1}
        return self.render(
            "admin/money/day.html",
            channels=[(str(one.pk), f"{one.name} ({one.agency.name})") for one in channels],
            chosen=chosen,
            day=day,
            rows=sorted(rows, key=lambda row: (order.get(Outcome(row.outcome), 0), row.reference)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        channel = reader.choice("kenh", [str(one.pk) for one in self.channels()], required="Hãy chọn kênh.")
        day = reader.day("ngay", required="Hãy ghi ngày.")
        reader.check()
        assert day is not None  # noqa: S101  checked
        rows = reconciling.reconcile(channel_id=UUID(channel), day=day, by=self.user, at=self.at)
        differing = sum(row.outcome != Outcome.MATCHED for row in rows)
        where = f"{reverse('admin:money-day')}?kenh={channel}&ngay={day:%Y-%m-%d}"
        return self.done(f"Đã đối soát {len(rows)} mã, {differing} chênh lệch.", where)


class Difference(MoneyPage):
    """Giải quyết một chênh lệch."""

    def post(self, request: HttpRequest, row_id: UUID) -> HttpResponse:
        reason = self.read().text("reason", longest=300)
        row = reconciling.resolve_difference(row_id=row_id, reason=reason, by=self.user, at=self.at)
        return self.done(
            "Đã ghi cách giải quyết.",
            f"{reverse('admin:money-day')}?kenh={row.channel_id}&ngay={row.day:%Y-%m-%d}",
        )


class Months(MoneyPage):
    """Quyết toán tháng giữa nơi thu và từng cơ quan."""

    def get(self, request: HttpRequest) -> HttpResponse:
        month = self.month()
        settled = Settlement.objects.filter(collector__in=self.agencies(), month=month).select_related(
            "settled_by"
        )
        names = dict(Agency.objects.filter(pk__in=self.agencies()).values_list("pk", "name"))
        owed = settling.owed_in(month, self.agencies())
        return self.render(
            "admin/money/months.html",
            month=month,
            is_over=month < self.today.replace(day=1),
            rows=[(names.get(row.collector_id, ""), row) for row in owed],
            total={
                name: sum(getattr(row, name) for row in owed) for name in ("collected", "returned", "amount")
            },
            settled={(one.collector_id, one.agency_id): one for one in settled},
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        collector = reader.integer("collector", required="Hãy chọn nơi thu.")
        agency = reader.integer("agency", required="Hãy chọn cơ quan.")
        month = reader.day("month", required="Hãy chọn tháng.")
        proof = reader.text("proof", longest=200)
        reader.check()
        assert month is not None  # noqa: S101  checked
        done = settling.settle_month(
            collector_id=collector or 0,
            agency_id=agency or 0,
            month=month,
            proof=proof,
            by=self.user,
            at=self.at,
        )
        return self.done("Đã quyết toán.", f"{reverse('admin:money-months')}?thang={done.month:%Y-%m-%d}")

    def month(self) -> date:
        asked = Reader(self.request.GET).day("thang") or local_date(self.at)
        return asked.replace(day=1)


class MonthFile(Months):
    """Bảng kê tháng to take away: CSV or XLSX, no cell of which is a formula, or PDF to be signed."""

    def get(self, request: HttpRequest, kind: str = "csv") -> HttpResponse:
        names = dict(Agency.objects.filter(pk__in=self.agencies()).values_list("pk", "name"))
        month = self.month()
        rows = [(names.get(row.collector_id, ""), row) for row in settling.owed_in(month, self.agencies())]
        name = f"thu-ho-{month:%Y-%m}.{kind}"
        if kind == "pdf":
            return pdf_response(month_pdf(rows, month, self.at), name)
        content = (
            csv_file(month_rows(rows))
            if kind == "csv"
            else xlsx_file(month_rows(rows), title=f"Thu hộ {month:%m-%Y}")
        )
        response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def post(self, request: HttpRequest, kind: str = "csv") -> HttpResponse:
        raise DomainError("Tệp chỉ để tải về.")
