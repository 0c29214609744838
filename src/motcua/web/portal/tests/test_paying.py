"""Paying from a phone: nothing twice, no word of failure after the money, the receipt at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from motcua.config.apps import _connect_channels
from motcua.core.time import now
from motcua.foundation.ledger.outbox import deliver_due
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.service.payments import books
from motcua.service.payments.gateways import Told
from motcua.service.payments.keys import key_of, path_of
from motcua.service.payments.models import Due, MoneyException, Payment, PaymentChannel
from motcua.service.payments.operations import hearing, paying
from motcua.service.payments.operations.charging import raise_dues
from motcua.service.payments.rules import Charge
from motcua.service.payments.states import PaymentState, Verdict
from motcua.service.payments.tests.world import Money, build
from motcua.web.portal import views

S = PaymentState


@pytest.fixture(autouse=True)
def in_a_demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "DEMO", True)
    monkeypatch.setattr(views, "REFUSAL_TAKES", 0)
    yield
    _connect_channels()


@pytest.fixture
def money(db: None) -> Money:
    return an_office()


def an_office() -> Money:
    made = build()
    _connect_channels()
    made.channel.adapter, made.channel.details = "dvcqg", {"endpoint": "mo-phong", "ma_doi_tac": "DT01"}
    made.channel.save()
    made.second.adapter, made.second.way = "vietqr", "TRANSFER"
    made.second.details = {"endpoint": "mo-phong", "ma_ngan_hang": "970436", "tai_khoan": "0011001234567"}
    made.second.save()
    return made


def a_due(money: Money, amount: int = 50_000) -> Due:
    dossier = money.office.receive(at=now())
    charges = [Charge("FEE", "Phí thẩm định", amount, "Mức thu cố định")]
    return raise_dues(
        subject_id=dossier.pk, code=dossier.code, offering=money.office.offering, charges=charges,
        payer_name="Nguyễn Thị Ánh", at=now(),
    )[0]  # fmt: skip


def choose(client: Client, due: Due, channel: PaymentChannel) -> None:
    client.post(f"/thanh-toan/{due.pk}/", {"khoa": key_of(due.pk), "channel": str(channel.pk)})


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class TestPay:
    def test_says_how_much_in_figures_and_words_and_why(self, client: Client, money: Money):
        page = words(client.get(path_of(a_due(money).pk)))
        for said in (
            "Nộp 50.000 đồng",
            "Năm mươi nghìn đồng",
            "Phí thẩm định",
            "Mức thu cố định",
            "Cổng thử hai",
        ):
            assert said in page

    def test_opens_with_its_key_only(self, client: Client, money: Money):
        due, other = a_due(money), a_due(money)
        assert client.get(f"/thanh-toan/{due.pk}/?khoa={key_of(other.pk)}").status_code == 404
        assert client.get(f"/thanh-toan/{due.pk}/").status_code == 302
        assert client.post(f"/thanh-toan/{due.pk}/", {"channel": "x"}).status_code == 404
        response = client.get(path_of(due.pk))
        assert "no-store" in response["Cache-Control"]

    def test_is_found_by_the_code_and_four_digits(self, client: Client, money: Money):
        due = a_due(money)
        assert "Không tìm thấy" in words(client.post("/thanh-toan/", {"ma": due.code, "so": "9999"}))
        page = words(client.post("/thanh-toan/", {"ma": due.code, "so": "1234"}))
        assert path_of(due.pk) in page
        assert path_of(due.pk) in words(client.post("/tra-cuu/", {"ma": due.code, "so": "1234"}))

    def test_pressed_twice_opens_one_payment(self, client: Client, money: Money):
        due = a_due(money)
        for _ in range(2):
            choose(client, due, money.channel)
        assert Payment.objects.filter(due=due).count() == SimulatedOrder.objects.count() == 1

    def test_leads_to_the_platform_by_a_page_of_ours(self, client: Client, money: Money):
        due = a_due(money)
        response = client.post(
            f"/thanh-toan/{due.pk}/", {"khoa": key_of(due.pk), "channel": str(money.channel.pk)}, follow=True
        )
        assert f"/mo-phong/thanh-toan/{SimulatedOrder.objects.get().pk}/" in words(response)

    def test_waits_for_the_bank_and_never_says_failed(self, client: Client, money: Money):
        due = a_due(money)
        choose(client, due, money.channel)
        page = words(client.get(f"/thanh-toan/{due.pk}/ve/?khoa={key_of(due.pk)}", follow=True))
        assert "Đang chờ ngân hàng xác nhận" in page
        assert "Không cần trả lại" in page
        assert 'http-equiv="refresh"' in page
        assert "không thành công" not in page.lower()

    def test_shows_the_code_of_a_transfer(self, client: Client, money: Money):
        due = a_due(money)
        choose(client, due, money.second)
        page = words(client.get(path_of(due.pk)))
        assert "Quét mã để chuyển 50.000 đồng" in page
        assert Payment.objects.get().reference in page
        client.post(f"/thanh-toan/{due.pk}/da-chuyen/", {"khoa": key_of(due.pk)})
        assert Payment.objects.get().state == S.PENDING

    def test_may_begin_another_way(self, client: Client, money: Money):
        due = a_due(money)
        choose(client, due, money.channel)
        client.post(f"/thanh-toan/{due.pk}/doi-cach/", {"khoa": key_of(due.pk)})
        choose(client, due, money.second)
        assert [one.state for one in Payment.objects.order_by("created_at")] == [S.EXPIRED, S.REDIRECTED]

    def test_of_a_platform_that_does_not_answer_says_that_nothing_was_taken(
        self, client: Client, money: Money
    ):
        money.channel.details = {"endpoint": "http://127.0.0.1:9/"}
        money.channel.secret_name = ""
        money.channel.save()
        due = a_due(money)
        response = client.post(
            f"/thanh-toan/{due.pk}/", {"khoa": key_of(due.pk), "channel": str(money.channel.pk)}
        )
        assert response.status_code == 422
        assert "chưa có khoản tiền nào bị trừ" in words(response)

    def test_paid_gives_the_receipt_and_the_back_button_pays_no_more(self, client: Client, money: Money):
        due = a_due(money)
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=now())
        assert "Bạn đã nộp 50.000 đồng" in words(client.get(path_of(due.pk)))
        paper = client.get(f"/thanh-toan/{due.pk}/bien-lai/?khoa={key_of(due.pk)}")
        assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
        choose(client, due, money.channel)
        assert Payment.objects.filter(due=due).count() == 1

    def test_tells_of_money_on_top(self, client: Client, money: Money):
        due = a_due(money)
        choose(client, due, money.channel)
        payment = Payment.objects.get()
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=now(), anyway=True)
        assert "về thừa" not in words(client.get(path_of(due.pk)))
        told = Told(payment.reference, Verdict.PAID, amount=due.amount, transaction="GD-1")
        hearing.hear(channel=money.channel, told=told, source="CALLBACK", at=now())
        assert "Còn 50.000 đồng về thừa cho khoản này" in words(client.get(path_of(due.pk)))


class TestCallback:
    def test_of_nobody_or_of_nonsense_is_refused(self, client: Client, money: Money):
        address = f"/api/thanh-toan/{money.channel.pk}/"
        assert client.post(address, b"<html>", content_type="application/json").status_code == 400
        assert client.post(address, b"[]", content_type="application/json").status_code == 400
        assert client.post("/api/thanh-toan/01a21476-5e77-7c20-9f60-3ad4a2ad4d11/", {}).status_code == 400
        assert client.get(address).status_code == 405
        forged = client.post(
            address, {"MaLoi": "00", "MaThamChieu": "X", "SoTien": 5}, content_type="application/json"
        )
        assert forged.json()["MaLoi"] == "99"
        assert MoneyException.objects.count() == 0

    def test_lookup_tells_what_a_dossier_owes_to_who_has_the_secret(self, client: Client, money: Money):
        from motcua.integrations.payment_platform.transport import secret_of

        due = a_due(money)
        address = f"/api/thanh-toan/{money.channel.pk}/tra-cuu/"
        bearer = {"Authorization": f"Bearer {secret_of(money.channel)}"}

        def asked(code: str, headers: dict[str, str]) -> int:
            response = client.post(
                address, {"MaHoSo": code}, content_type="application/json", headers=headers
            )
            return response.json()["error_code"]

        assert (asked(due.code, bearer), asked("KHAC", bearer), asked(due.code, {})) == (1, 0, -1)


@pytest.mark.django_db(transaction=True)
class TestSimulatedPlatform:
    """The whole way over HTTP: the worker's part calls this server back, as a platform would."""

    @pytest.mark.parametrize(
        ("way", "state", "exceptions"),
        [
            ("thanh-cong", "PAID", []),
            ("bao-hai-lan", "PAID", []),
            ("that-bai", "OPEN", []),
            ("khong-bao", "PAID", []),
            ("sai-so-tien", "OPEN", ["AMOUNT_DIFFERS"]),
            ("sai-chu-ky", "PAID", []),
        ],
    )
    def test_pays_as_it_is_told(self, live_server, way: str, state: str, exceptions: list[str]):
        money = an_office()
        due = a_due(money)
        client = Client(HTTP_HOST=f"127.0.0.1:{live_server.thread.port}")
        choose(client, due, money.channel)
        order = SimulatedOrder.objects.get()
        client.post(f"/mo-phong/thanh-toan/{order.pk}/", {"way": way})
        for _ in range(3):
            deliver_due()
        if way == "sai-chu-ky":  # what was forged makes us ask
            client.get(f"/thanh-toan/{due.pk}/ve/?khoa={key_of(due.pk)}")
        if way in {"khong-bao", "sai-chu-ky"}:
            client.get(f"/thanh-toan/{due.pk}/ve/?khoa={key_of(due.pk)}")
            deliver_due()
        due.refresh_from_db()
        assert (due.state, list(MoneyException.objects.values_list("kind", flat=True))) == (state, exceptions)
        assert books.faults() == []
