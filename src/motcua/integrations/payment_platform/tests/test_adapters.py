"""Each adapter against a platform that answers well, with a page of HTML, with an error, slowly, or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from motcua.integrations.payment_platform import checksums, transport
from motcua.integrations.payment_platform.adapters import (
    KeyPay,
    NationalPlatform,
    PayGov,
    ViettelPayQr,
    whole,
)
from motcua.service.payments.gateways import GatewayTrouble, Visit
from motcua.service.payments.models import Payment, PaymentChannel, Refund
from motcua.service.payments.operations import paying
from motcua.service.payments.states import Verdict
from motcua.service.payments.tests.world import MONDAY, Money, build

VISIT = Visit("https://motcua.example/ve/", "https://motcua.example/goi-ve/", "10.1.2.3")


@dataclass
class Platform:
    """A server of the test: what it says next, and what it was sent."""

    address: str = ""
    answer: Any = field(default_factory=dict)
    raw: bytes | None = None
    status: int = 200
    kind: str = "application/json"
    pause: float = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)


@pytest.fixture
def platform() -> Iterator[Platform]:
    said = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            said.headers.append(self.headers)
            threading.Event().wait(said.pause)
            body = said.raw if said.raw is not None else json.dumps(said.answer).encode()
            self.send_response(said.status)
            self.send_header("Content-Type", said.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    said.address = f"http://127.0.0.1:{server.server_port}/"
    yield said
    server.shutdown()
    server.server_close()


@pytest.fixture
def money(db: None, monkeypatch: pytest.MonkeyPatch) -> Money:
    for name, value in {
        "DT": "SECRET", "KP_1": "KEY1", "KP_2": "KEY2", "PG": "SK", "PG_BEARER": "B", "PG_LGSP": "L", "VT": "HK",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MOTCUA_PAY_{name}", value)
    return build(has_series=False)


def channel_of(money: Money, adapter: str, secret: str, **details: Any) -> PaymentChannel:
    channel = money.channel
    channel.adapter, channel.secret_name, channel.details = adapter, secret, details
    channel.save()
    return channel


def a_payment(money: Money) -> Payment:
    opened = paying.open_payment(due_id=money.due().pk, channel_id=money.channel.pk, at=MONDAY)
    return Payment.objects.select_related("due__agency", "channel").get(pk=opened.payment.pk)


class TestNationalPlatform:
    def make(self, money: Money, platform: Platform) -> tuple[NationalPlatform, Payment]:
        channel = channel_of(
            money, "dvcqg", "DT", endpoint=platform.address, ma_doi_tac="DT01", tai_khoan="0123"
        )
        return NationalPlatform(channel), a_payment(money)

    def test_starts_with_a_signed_message_and_the_bill(self, money: Money, platform: Platform):
        gateway, payment = self.make(money, platform)
        platform.answer = {"MaLoi": "00", "UrlThanhToan": "https://thanhtoan.example/1"}
        assert gateway.start(payment, VISIT, MONDAY).pay_url == "https://thanhtoan.example/1"
        sent = platform.got[0]
        assert sent["MaXacThuc"] == checksums.platform(sent, checksums.INIT_FIELDS, "SECRET")
        assert (sent["LoaiBanTin"], sent["SoTien"], sent["ThoiGianGD"]) == ("INIT", 50_000, "20260302090000")
        assert sent["ThongTinGiaoDich"] == "phi tham dinh"
        bill = sent["ThongTinBienLai"]
        assert (bill["MaDichVu"], bill["MaDVC"], bill["TKThuHuong"]) == ("2", "2.000635.01", "0123")
        assert bill["PhiLePhi"][0]["SoTien"] == 50_000

    @pytest.mark.parametrize(
        "fault",
        [
            {"raw": b"<html>Bao tri</html>", "kind": "text/html"},
            {"status": 502},
            {"answer": {"MaLoi": "05"}},
            {"answer": [1]},
            {"answer": {"MaLoi": "00", "UrlThanhToan": "javascript:alert(1)"}},
            {"raw": b"{" * 100_000},
            {"pause": 0.6},
        ],
    )
    def test_that_answers_wrongly_is_trouble_and_no_answer(
        self, money: Money, platform: Platform, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(transport, "PATIENCE", 0.3)
        gateway, payment = self.make(money, platform)
        for name, value in fault.items():
            setattr(platform, name, value)
        with pytest.raises(GatewayTrouble):
            gateway.start(payment, VISIT, MONDAY)
        if "answer" not in fault:
            with pytest.raises(GatewayTrouble):
                gateway.query(payment, MONDAY)

    def test_that_is_down_is_trouble(self, money: Money):
        gateway, payment = self.make(money, Platform(address="http://127.0.0.1:9/"))
        with pytest.raises(GatewayTrouble, match="không trả lời"):
            gateway.query(payment, MONDAY)

    @pytest.mark.parametrize(
        ("state", "verdict"),
        [("1", Verdict.PAID), ("3", Verdict.PENDING), ("4", Verdict.NOT_PAID), ("9", Verdict.UNKNOWN)],
    )
    def test_is_asked(self, money: Money, platform: Platform, state: str, verdict: Verdict):
        gateway, payment = self.make(money, platform)
        platform.answer = {
            "MaLoi": "00",
            "TrangThaiGD": state,
            "SoTien": "50000",
            "MaThamChieu": payment.reference,
        }
        told = gateway.query(payment, MONDAY)
        assert (told.verdict, told.amount) == (verdict, 50_000)
        sent = platform.got[0]
        assert sent["MaXacThuc"] == checksums.platform(sent, checksums.QUERY_FIELDS, "SECRET")

    def test_that_speaks_of_another_payment_is_not_believed(self, money: Money, platform: Platform):
        gateway, payment = self.make(money, platform)
        platform.answer = {"TrangThaiGD": "1", "SoTien": 50000, "MaThamChieu": "KHAC"}
        with pytest.raises(GatewayTrouble, match="mã khác"):
            gateway.query(payment, MONDAY)

    def test_is_heard_and_answered_with_its_own_kind_of_message(self, money: Money, platform: Platform):
        gateway, payment = self.make(money, platform)
        given = {"LoaiBanTin": "LAGI", "MaLoi": "00", "MaDoiTac": "DT01", "MaThamChieu": payment.reference,
                 "SoTien": 50000, "MaTienTe": "VND", "MaGiaoDich": "GD1", "MaNganHang": "NH1",
                 "ThoiGianGD": "20260302090500", "ThongTinGiaoDich": "x"}  # fmt: skip
        given["MaXacThuc"] = checksums.platform(given, checksums.CALLBACK_FIELDS, "SECRET")
        told = gateway.read(given)
        assert (told.verdict, told.amount, told.is_authentic) == (Verdict.PAID, 50_000, True)
        answer = gateway.reply(told, given, MONDAY)
        assert (answer["LoaiBanTin"], answer["MaLoi"]) == ("LAGI", "00")
        for name in ("SoTien", "MaLoi", "MaThamChieu", "MaXacThuc", "MaDoiTac"):
            assert not gateway.read(given | {name: "1"}).is_authentic
        assert gateway.reply(gateway.read(given | {"SoTien": 1}), given, MONDAY)["MaLoi"] == "99"

    def test_without_a_secret_is_not_spoken_to(
        self, money: Money, platform: Platform, monkeypatch: pytest.MonkeyPatch
    ):
        gateway, payment = self.make(money, platform)
        monkeypatch.delenv("MOTCUA_PAY_DT")
        with pytest.raises(GatewayTrouble, match="chưa có khóa"):
            gateway.start(payment, VISIT, MONDAY)
        assert platform.got == []


class TestVariants:
    def test_keypay(self, money: Money, platform: Platform):
        gateway = KeyPay(channel_of(money, "keypay", "KP", endpoint=platform.address, client_id="CL1"))
        payment = a_payment(money)
        platform.answer = {"data": {"url": "https://keypay.example/1"}, "status": "0", "return_code": 0}
        assert gateway.start(payment, VISIT, MONDAY).pay_url == "https://keypay.example/1"
        assert gateway.query(payment, MONDAY).verdict == Verdict.PAID
        refund = Refund(payment=payment, amount=50_000, reason="Nộp thừa")
        assert gateway.refund(refund, MONDAY).is_done is True
        sums = [
            checksums.keypay(sent, fields, "KEY1")
            for sent, fields in zip(
                platform.got,
                (checksums.KEYPAY_PAY, checksums.KEYPAY_QUERY, checksums.KEYPAY_REFUND),
                strict=True,
            )
        ]
        assert [sent["check_sum"] for sent in platform.got] == sums
        given = {
            "client_id": "CL1",
            "command": "PAY",
            "status": "0",
            "trans_amount": "50000",
            "transaction_id": payment.reference,
        }
        fields = ["client_id", "command", "status", "trans_amount", "transaction_id"]
        given["check_sum"] = checksums.keypay(given, fields, "KEY2")
        told = gateway.read(given)
        assert (told.is_authentic, told.verdict, gateway.reply(told, given, MONDAY)["return_code"]) == (
            True,
            "PAID",
            0,
        )
        forged = gateway.read(given | {"trans_amount": "1"})
        assert (forged.is_authentic, gateway.reply(forged, given, MONDAY)["return_code"]) == (False, -1)

    def test_paygov(self, money: Money, platform: Platform):
        details = {
            "endpoint": platform.address,
            "partner_code": "P1",
            "access_key": "AK",
            "service_code": "S",
        }
        gateway = PayGov(channel_of(money, "paygov", "PG", **details))
        payment = a_payment(money)
        platform.answer = {"data": {"url": "https://paygov.example/1"}}
        assert gateway.start(payment, VISIT, MONDAY).pay_url == "https://paygov.example/1"
        sent, headers = platform.got[0], platform.headers[0]
        assert (headers["Authorization"], headers["lgspaccesstoken"]) == ("Bearer B", "L")
        assert sent["orderInfo"] == "phi tham dinh"
        given = {name: sent[name] for name in ("orderId", "requestCode", "amount", "checksum")} | {
            "errorCode": "00"
        }
        told = gateway.read(given)
        assert (told.reference, told.verdict, told.is_authentic) == (payment.reference, Verdict.PAID, True)
        assert gateway.reply(told, given, MONDAY)["error_code"] == "SUCCESSFUL"
        assert (
            gateway.reply(gateway.read(given | {"amount": 1}), given, MONDAY)["error_code"]
            == "SIGNATURE_WRONG"
        )

    def test_viettelpay(self, money: Money, platform: Platform):
        gateway = ViettelPayQr(
            channel_of(
                money, "viettelpay", "VT", endpoint=platform.address, merchant_code="M1", access_code="AC"
            )
        )
        payment = a_payment(money)
        platform.answer = {"code": "00", "qr": "VT-QR"}
        assert gateway.start(payment, VISIT, MONDAY).qr_payload == "VT-QR"
        sent = platform.got[0]
        given = {name: sent[name] for name in ("billcode", "order_id", "amount", "check_sum")} | {
            "error_code": "00"
        }
        assert gateway.read(given).is_authentic
        assert not gateway.read(given | {"amount": 1}).is_authentic


class TestWhole:
    @pytest.mark.parametrize(
        ("given", "found"), [(50000, 50_000), ("50000", 50_000), (50000.0, 50_000), ("", None), (None, None)]
    )
    def test_reads(self, given, found):
        assert whole(given) == found

    @pytest.mark.parametrize("given", ["1,5", -1, "NaN", "1e400", 1.5, "mười", {}, "9" * 40])
    def test_guesses_nothing(self, given):
        with pytest.raises(GatewayTrouble):
            whole(given)
