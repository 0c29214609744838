"""Thanh toán cho công dân: choose a way, pay, wait for the bank, keep the receipt. The link of the notice is the key."""

from __future__ import annotations

import time as system_time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from motcua.core.errors import DomainError
from motcua.core.money import vnd_in_words
from motcua.core.time import local_date
from motcua.service.dossiers.tracking import track
from motcua.service.paperwork.operations.printing import fee_receipt_for_payer
from motcua.service.payments.confirmation import confirmation_pdf
from motcua.service.payments.gateways import GatewayTrouble, Visit
from motcua.service.payments.keys import key_of, opens
from motcua.service.payments.models import Due, MoneyException, Payment, PaymentChannel, Refund
from motcua.service.payments.operations.paying import come_back, give_up, open_payment, start
from motcua.service.payments.states import DueState, ExceptionKind, PaymentState, RefundState, Way
from motcua.web.portal.attempts import may_try
from motcua.web.portal.views import NOT_FOUND, REFUSAL_TAKES, TOO_OFTEN
from motcua.web.ui.network import client_ip
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import pdf_response

KEY = "khoa"


def visit(request: HttpRequest, *, back: str, channel_id: UUID | None) -> Visit:
    """Một lượt sang trang thanh toán: where the payer comes `back` to, where the platform calls, from where they went."""
    callback = reverse("api:payment-callback", args=[channel_id])
    return Visit(request.build_absolute_uri(back), request.build_absolute_uri(callback), client_ip(request))


class PayPage(Page):
    """What these pages know: the due, when the address has its key."""

    abstract = True
    public = True

    def due(self, due_id: UUID) -> Due:
        """The due of the address; without its key it is missing."""
        key = self.request.POST.get(KEY) or self.request.GET.get(KEY) or ""
        asked = Due.objects.select_related("agency", "collector", "receipt__series").with_received()
        found = asked.filter(pk=due_id).first()
        if found is None or not opens(due_id, key):
            raise self.missing(
                "Không mở được khoản phải nộp này. Hãy mở lại từ thông báo hoặc trang tra cứu hồ sơ."
            )
        return found

    def page_of(self, due: Due) -> str:
        return f"{reverse('portal:pay', args=[due.pk])}?{urlencode({KEY: key_of(due.pk)})}"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class Pay(PayPage):
    """Một khoản phải nộp: to be paid, being paid, or paid."""

    def get(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        if not request.GET.get(KEY) and request.method == "GET":
            return self.go(f"{reverse('portal:pay-search')}?{urlencode({'khoan': str(due_id)})}")
        due = self.due(due_id)
        payment = _current(due)
        channels = list(PaymentChannel.objects.of(due.collector_id, local_date(self.at)))
        context: dict[str, Any] = {
            "due": due,
            "key": key_of(due.pk),
            "in_words": vnd_in_words(due.left if due.state == DueState.OPEN else due.amount).capitalize(),
            "payment": payment,
            "channels": [(str(one.pk), one.name) for one in channels],
            "held": _held(due),
        }
        if due.state != DueState.OPEN:
            return self.render("portal/pay/done.html", refund=refund_of(due), **context)
        if payment and payment.is_live:
            qr = payment.qr_payload
            return self.render(
                "portal/pay/waiting.html",
                qr=segno.make(qr, error="m").svg_data_uri(scale=5, border=3) if qr else "",
                account=payment.channel.details if payment.channel else {},
                is_held=payment.exceptions.filter(resolved_at__isnull=True).exists(),
                **context,
            )
        return self.render("portal/pay/edit.html", **context)

    def post(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        if due.state != DueState.OPEN:  # another tab was faster
            return self.go(self.page_of(due))
        reader = self.read()
        channels = {
            str(one.pk): one for one in PaymentChannel.objects.of(due.collector_id, local_date(self.at))
        }
        chosen = reader.choice("channel", list(channels), required="Hãy chọn cách trả tiền.")
        reader.check()
        opened = open_payment(due_id=due.pk, channel_id=UUID(chosen), at=self.at)
        if opened.is_new:
            payment = Payment.objects.select_related("due__agency", "channel").get(pk=opened.payment.pk)
            try:
                start(payment, self._visit(due, payment), self.at)
            except GatewayTrouble as trouble:
                raise DomainError(trouble.message) from trouble
        if opened.payment.way == Way.PLATFORM:
            return self.go(f"{reverse('portal:pay-open', args=[due.pk])}?{urlencode({KEY: key_of(due.pk)})}")
        return self.go(self.page_of(due))

    def _visit(self, due: Due, payment: Payment) -> Visit:
        back = f"{reverse('portal:pay-back', args=[due.pk])}?{urlencode({KEY: key_of(due.pk)})}"
        return visit(self.request, back=back, channel_id=payment.channel_id)


class Open(PayPage):
    """Đang chuyển sang trang thanh toán: a page of ours that leads on, so that the way back leads here."""

    def get(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        payment = _current(due)
        if due.state != DueState.OPEN or payment is None or not (payment.is_live and payment.pay_url):
            return self.go(self.page_of(due))
        return self.render("portal/pay/open.html", due=due, payment=payment, here=self.page_of(due))


@method_decorator(csrf_exempt, name="dispatch")  # some platforms send the browser back by POST
class Back(PayPage):
    """Quay lại từ trang thanh toán: what the address says is not believed; the platform itself is asked."""

    def get(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        payment = _current(due)
        if payment and payment.is_live:
            come_back(payment_id=payment.pk, at=self.at)
        return self.go(self.page_of(due))

    def post(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        return self.get(request, due_id)


class Sent(PayPage):
    """“Tôi đã chuyển khoản”."""

    def post(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        payment = _current(due)
        if payment and payment.is_live:
            come_back(payment_id=payment.pk, at=self.at)
        return self.go(self.page_of(due))


class OtherWay(PayPage):
    """“Tôi chưa trả, chọn cách khác”."""

    def post(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        give_up(due_id=due.pk, at=self.at)
        return self.go(self.page_of(due))


class ReceiptPaper(PayPage):
    """Biên lai, the payer's copy."""

    def get(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        if due.receipt is None:
            raise self.missing("Khoản này chưa có biên lai.")
        return pdf_response(fee_receipt_for_payer(due.receipt), f"bien-lai-{due.receipt.serial}.pdf")


class ConfirmationPaper(PayPage):
    """Xác nhận đã nộp tiền, while there is no receipt yet."""

    def get(self, request: HttpRequest, due_id: UUID) -> HttpResponse:
        due = self.due(due_id)
        payment = _current(due)
        if due.state != DueState.PAID or payment is None:
            raise self.missing("Khoản này chưa nộp.")
        return pdf_response(confirmation_pdf(due, payment), f"xac-nhan-{payment.reference}.pdf")


class PaySearch(Page):
    """Mở khoản phải nộp bằng mã hồ sơ và 4 số cuối, as tracking does."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/pay/search.html", code=request.GET.get("ma", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        begun = system_time.monotonic()
        reader = self.read()
        code = reader.text("ma", required="Hãy nhập mã hồ sơ in trên giấy hẹn.", longest=60).upper()
        fact = reader.text("so", required="Hãy nhập 4 chữ số cuối.", longest=20)
        reader.check()
        if not may_try(request, code, self.at):
            self.status = 429
            messages.error(request, TOO_OFTEN)
            return self.get(request)
        if track(code=code, fact=fact) is None:
            system_time.sleep(max(0, begun + REFUSAL_TAKES - system_time.monotonic()))
            raise DomainError(NOT_FOUND)
        dues = list(Due.objects.filter(code=code).with_received().order_by("raised_at"))
        response = self.render(
            "portal/pay/index.html", code=code, dues=[(due, key_of(due.pk)) for due in dues]
        )
        add_never_cache_headers(response)
        return response


def _current(due: Due) -> Payment | None:
    """The try that counts now: the one alive, else the one that has paid, else the last."""
    payments = sorted(due.payments.select_related("channel", "order").order_by("-created_at"), key=_weight)
    return payments[0] if payments else None


def _held(due: Due) -> int:
    """Tiền về không khớp cho khoản này, which an accountant still has to end."""
    standing = (
        MoneyException.objects.standing().filter(payment__due=due).exclude(kind=ExceptionKind.UNDERPAID)
    )
    return int(standing.aggregate(total=Sum("amount", default=0))["total"])


def refund_of(due: Due) -> Refund | None:
    """Phiếu hoàn của khoản này, the last that was not refused."""
    of_due = Q(payment__due=due) | Q(exception__due=due)
    return Refund.objects.filter(of_due).exclude(state=RefundState.REFUSED).order_by("-asked_at").first()


def _weight(payment: Payment) -> int:
    return 0 if payment.is_live else 1 if payment.state == PaymentState.SUCCEEDED else 2
