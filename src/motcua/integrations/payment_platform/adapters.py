"""Cách nối từng cổng: how a try is started, asked for, heard and refunded; which one counts is data of the channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from motcua.core.text import fold
from motcua.core.time import local
from motcua.integrations.payment_platform import checksums, simulator, variants
from motcua.integrations.payment_platform.transport import (
    has_secret,
    is_simulated,
    name_of_secret,
    post,
    secret_of,
)
from motcua.service.payments.gateways import (
    Asked,
    Description,
    GatewayTrouble,
    Payable,
    Refunding,
    Started,
    Told,
    Tried,
    Visit,
)
from motcua.service.payments.models import PaymentChannel, Refund
from motcua.service.payments.states import DueKind, Verdict, Way

STAMP = "%Y%m%d%H%M%S"
OK = "00"
ADDRESS = Asked("endpoint", "Địa chỉ của cổng", "https://…; bản minh họa ghi: mo-phong")
ACCOUNT = (
    Asked("tai_khoan", "Số tài khoản thụ hưởng"),
    Asked("ma_ngan_hang", "Mã ngân hàng"),
    Asked("ten_tai_khoan", "Tên tài khoản, không dấu"),
)
REFUNDS_PARTS = Asked(
    "hoan_mot_phan",
    "Hoàn từng khoản của lệnh trả chung",
    "Ghi “có” khi bên vận hành cổng xác nhận nhận hoàn một phần nhiều lần cho một giao dịch; để trống thì trả bằng tay",
    False,
)
PROBE = "THUKENH"  # the reference of a question about nothing
ASKS_NOTHING = (
    "Cổng này không hỏi trước được. Khóa và địa chỉ đã đủ; hãy trả thử một khoản nhỏ trước khi ban hành."
)
NO_REFUND = "Cổng này không nhận lệnh hoàn; hãy trả bằng tay và ghi chứng từ."


class Adapter:
    """What all of them share: the channel, its settings, and one POST."""

    can_refund = False
    can_refund_part = False
    can_query = True
    description: ClassVar[Description]

    def __init__(self, channel: PaymentChannel) -> None:
        self.channel = channel
        self.details: Mapping[str, Any] = channel.details

    def call(
        self, act: str, message: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        if is_simulated(self.channel):
            return simulator.answer(self.channel, act, message, secret=secret_of(self.channel))
        address = self.details.get(f"{act}_url") or self.details.get("endpoint")
        if not address:
            raise GatewayTrouble("Kênh thanh toán chưa có địa chỉ của cổng.")
        return post(address, message, headers)

    def heard_at(self, visit: Visit, message: dict[str, Any]) -> dict[str, Any]:
        """A simulated platform is told where to call; real ones know it since they were connected."""
        if not is_simulated(self.channel):
            return message
        return {"return_url": visit.return_url, **message, variants.CALLBACK: visit.callback_url}

    def secrets(self) -> list[tuple[str, bool]]:
        """Each variable of the environment that must hold a part of the key, and whether it does."""
        parts = self.description.secrets
        return [(name_of_secret(self.channel, part), has_secret(self.channel, part)) for part in parts]

    def try_out(self, at: datetime) -> Tried:
        """Thử nối: ask about a reference that does not exist, where one can ask. Raises GatewayTrouble."""
        for part in self.description.secrets:
            secret_of(self.channel, part)
        if not (is_simulated(self.channel) or self.details.get("init_url") or self.details.get("endpoint")):
            raise GatewayTrouble("Kênh thanh toán chưa có địa chỉ của cổng.")
        return Tried(ASKS_NOTHING)

    def query(self, payment: Payable, at: datetime) -> Told:
        return Told(payment.reference, Verdict.UNKNOWN)

    def refund(self, refund: Refund, at: datetime) -> Refunding:
        raise GatewayTrouble(NO_REFUND)


class NationalPlatform(Adapter):
    """Nền tảng thanh toán của Cổng Dịch vụ công quốc gia: INIT, callback, QUERY, GET_BILL."""

    description = Description(
        "Nền tảng thanh toán trực tuyến quốc gia",
        Way.PLATFORM,
        (
            ADDRESS,
            Asked("ma_doi_tac", "Mã đối tác"),
            *ACCOUNT,
            Asked("phien_ban", "Phiên bản bản tin", "1.0.6", False),
        ),
    )

    def try_out(self, at: datetime) -> Tried:
        super().try_out(at)
        told = self.call("query", self._asking("QUERY", PROBE, at))
        return Tried(f"Cổng đã trả lời bản tin hỏi (mã {str(told.get('MaLoi', 'không nêu'))[:20]}).")

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        message = self._signed(
            {
                "LoaiBanTin": "INIT",
                "PhienBan": self._version,
                "MaDoiTac": self._partner,
                "MaThamChieu": payment.reference,
                "SoTien": payment.amount,
                "LoaiHinhThanhToan": "PAY",
                "MaKenhThanhToan": self.details.get("kenh", "1"),
                "MaThietBi": "1",
                "NgonNgu": "vi-VN",
                "MaTienTe": "VND",
                "MaNganHang": self.details.get("ngan_hang", "PAYMENT"),
                "ThongTinGiaoDich": plain(f"{payment.words} {payment.due.code}")[:200],
                "ThoiGianGD": f"{local(at):{STAMP}}",
                "Ip": visit.address or "127.0.0.1",
                "ThongTinBienLai": self._bill(payment),
                "UrlTraVe": visit.return_url,
            },
            checksums.INIT_FIELDS,
        )
        if is_simulated(self.channel):
            message["UrlGoiVe"] = visit.callback_url
        told = self.call("init", message)
        if str(told.get("MaLoi")) != OK or not told.get("UrlThanhToan"):
            raise GatewayTrouble(f"Cổng không mở được trang thanh toán (mã {str(told.get('MaLoi'))[:10]}).")
        address = str(told["UrlThanhToan"])
        if not address.startswith(("https://", "http://localhost", "http://127.0.0.1", "/")):
            raise GatewayTrouble("Cổng trả về địa chỉ không an toàn.")
        return Started(pay_url=address[:2000])

    def query(self, payment: Payable, at: datetime) -> Told:
        told = self.call("query", self._asking("QUERY", payment.reference, at))
        amount = told.get("SoTien")
        if told.get("MaThamChieu") not in {None, payment.reference}:
            raise GatewayTrouble("Cổng trả lời về mã khác.")
        verdicts = {"1": Verdict.PAID, "3": Verdict.PENDING, "4": Verdict.NOT_PAID}
        verdict = verdicts.get(str(told.get("TrangThaiGD")), Verdict.UNKNOWN)
        if "MaXacThuc" in told and self.details.get("query_answer_signed", True):
            known = checksums.platform(told, checksums.CALLBACK_FIELDS, secret_of(self.channel))
            if not checksums.same(told["MaXacThuc"], known):
                raise GatewayTrouble("Câu trả lời của cổng không đúng mã xác thực.")
        return Told(payment.reference, verdict, whole(amount), str(told.get("MaGiaoDich") or ""))

    def bill(self, payment: Payable, at: datetime) -> str:
        """Biên lai của nền tảng: the address of its PDF, or ""."""
        told = self.call("bill", self._asking("GET_BILL", payment.reference, at))
        return str(told.get("UrlBienLai") or "")

    def read(self, given: Mapping[str, Any]) -> Told:
        """Callback: the kind of the message is echoed, never assumed."""
        known = checksums.platform(given, checksums.CALLBACK_FIELDS, secret_of(self.channel))
        return Told(
            str(given.get("MaThamChieu") or ""),
            Verdict.PAID if str(given.get("MaLoi")) == OK else Verdict.NOT_PAID,
            whole(given.get("SoTien")),
            str(given.get("MaGiaoDich") or ""),
            is_authentic=checksums.same(given.get("MaXacThuc"), known)
            and given.get("MaDoiTac") == self._partner
            and given.get("MaTienTe") in {None, "VND"},
        )

    def reply(self, told: Told, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        answer = {
            "LoaiBanTin": given.get("LoaiBanTin"),
            "MaLoi": OK if told.is_authentic else "99",
            "MoTaLoi": "" if told.is_authentic else "Sai mã xác thực",
            "MaDoiTac": self._partner,
            "MaThamChieu": told.reference,
            "ThoiGianGD": f"{local(at):{STAMP}}",
        }
        signed = ("LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
        return {**answer, "MaXacThuc": checksums.platform(answer, signed, secret_of(self.channel))}

    @property
    def _version(self) -> str:
        return str(self.details.get("phien_ban", "1.0.6"))

    @property
    def _partner(self) -> str:
        return str(self.details.get("ma_doi_tac", ""))

    def _signed(self, message: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
        return {**message, "MaXacThuc": checksums.platform(message, fields, secret_of(self.channel))}

    def _asking(self, kind: str, reference: str, at: datetime) -> dict[str, Any]:
        return self._signed(
            {
                "LoaiBanTin": kind,
                "PhienBan": self._version,
                "MaDoiTac": self._partner,
                "MaThamChieu": reference,
                "ThoiGianGD": f"{local(at):{STAMP}}",
            },
            checksums.QUERY_FIELDS,
        )

    def _bill(self, payment: Payable) -> dict[str, Any]:
        """ThongTinBienLai; the treasury's block of a fine is what the channel's settings say."""
        due = payment.due
        is_fine = due.kind == DueKind.FINE
        bill: dict[str, Any] = {
            "MaDichVu": "1" if is_fine else "2",
            "MaDVC": f"{due.procedure_code}{self.details.get('duoi_ma_dvc', '.01')}",
            "TenDVC": due.procedure[:250],
            "MaTTHC": due.procedure_code,
            "TenTTHC": due.procedure[:250],
            "MaDonVi": due.agency.code,
            "TenDonVi": due.agency.name,
            "MaHoSo": payment.code,
            "TKThuHuong": self.details.get("tai_khoan", ""),
            "MaNHThuHuong": self.details.get("ma_ngan_hang", ""),
            "TenTKThuHuong": self.details.get("ten_tai_khoan", ""),
            "NoiDungThanhToan": plain(payment.words)[:250],
            "HoTenNguoiNop": due.payer_name,
            "SoCMNDNguoiNop": "",
            "DiaChiNguoiNop": "",
            "HuyenNguoiNop": "",
            "TinhNguoiNop": "",
        }
        if is_fine:
            bill |= self.details.get("kho_bac", {})
            bill["DSKhoanNop"] = [{"NoiDung": due.name, "SoTien": due.amount}]
        else:
            bill["PhiLePhi"] = [
                {
                    "LoaiPhiLePhi": "1" if one.kind == DueKind.FEE else "2", "MaPhiLePhi": "",
                    "TenPhiLePhi": one.name, "SoTien": amount,
                }
                for one, amount in payment.lines
            ]  # fmt: skip
        return bill


class KeyPay(Adapter):
    """KeyPay 3: signed by the first key, its callbacks by the second; it takes refunds."""

    can_refund = True
    description = Description(
        "KeyPay 3",
        Way.PLATFORM,
        (ADDRESS, Asked("client_id", "client_id"), REFUNDS_PARTS),
        secrets=("1", "2"),
    )

    def __init__(self, channel: PaymentChannel) -> None:
        super().__init__(channel)
        self.can_refund_part = fold(str(self.details.get(REFUNDS_PARTS.name, ""))) == "co"

    def try_out(self, at: datetime) -> Tried:
        super().try_out(at)
        told = self.call("query", self._query(PROBE))
        return Tried(f"Cổng đã trả lời bản tin hỏi (mã {str(told.get('status', 'không nêu'))[:20]}).")

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        message = {
            "client_id": self._client,
            "transaction_id": payment.reference,
            "trans_amount": payment.amount,
            "command": "PAY",
            "version": "3.0",
            "description": plain(payment.words)[:200],
            "locale": "vn",
            "country_code": "vi",
            "currency_code": "VND",
            "environment": 1,
            "return_url": visit.return_url,
            "addition_fee": 0,
        }
        data = (
            self.call("init", self.heard_at(visit, self._signed(message, checksums.KEYPAY_PAY))).get("data")
            or {}
        )
        if not (isinstance(data, dict) and (data.get("url") or data.get("qrcode_pay"))):
            raise GatewayTrouble("Cổng không mở được trang thanh toán.")
        return Started(pay_url=str(data.get("url") or "")[:2000])

    def query(self, payment: Payable, at: datetime) -> Told:
        told = self.call("query", self._query(payment.reference))
        return Told(
            payment.reference,
            self._verdict(told),
            whole(told.get("trans_amount")),
            str(told.get("bank_trans_id") or ""),
        )

    def refund(self, refund: Refund, at: datetime) -> Refunding:
        """The reason begins with the due's own reference, so that two alike of one order are not taken for one."""
        if refund.payment is None:
            raise GatewayTrouble(NO_REFUND)
        message = {
            "amount": refund.amount,
            "client_id": self._client,
            "command": "REFUND",
            "reason": plain(f"{refund.payment.reference} {refund.reason}")[:200],
            "transaction_id": refund.payment.outer_reference,
        }
        told = self.call("refund", self._signed(message, checksums.KEYPAY_REFUND))
        code = str(told.get("return_code", ""))
        return Refunding(
            {"0": True, "-1": False}.get(code), str(told.get("refund_id") or refund.payment.outer_reference)
        )

    def read(self, given: Mapping[str, Any]) -> Told:
        fields = self.details.get(
            "callback_fields", ["client_id", "command", "status", "trans_amount", "transaction_id"]
        )
        known = checksums.keypay(given, fields, secret_of(self.channel, "2"))
        return Told(
            str(given.get("transaction_id") or ""),
            self._verdict(given),
            whole(given.get("trans_amount")),
            str(given.get("bank_trans_id") or ""),
            is_authentic=checksums.same(given.get("check_sum"), known)
            and given.get("client_id") == self._client,
        )

    def reply(self, told: Told, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        return {
            "return_code": 0 if told.is_authentic else -1,
            "return_msg": "OK" if told.is_authentic else "Sai check_sum",
        }

    @property
    def _client(self) -> str:
        return str(self.details.get("client_id", ""))

    def _query(self, reference: str) -> dict[str, Any]:
        message = {"client_id": self._client, "command": "QUERY", "transaction_id": reference}
        return self._signed(message, checksums.KEYPAY_QUERY)

    def _signed(self, message: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
        return {**message, "check_sum": checksums.keypay(message, fields, secret_of(self.channel, "1"))}

    @staticmethod
    def _verdict(told: Mapping[str, Any]) -> Verdict:
        status = str(told.get("status", ""))
        return (
            Verdict.PAID
            if status == "0"
            else Verdict.NOT_PAID
            if status.lstrip("-").isdigit()
            else Verdict.UNKNOWN
        )


class PayGov(Adapter):
    """PayGov qua trục LGSP: two tokens in the headers; it is not asked, it tells."""

    can_query = False
    description = Description(
        "PayGov qua trục LGSP",
        Way.PLATFORM,
        (
            ADDRESS,
            Asked("partner_code", "partnerCode"),
            Asked("access_key", "accessKey"),
            Asked("service_code", "serviceCode"),
        ),
        secrets=("", "BEARER", "LGSP"),
    )

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        order = payment.code
        message = {
            "partnerCode": self.details.get("partner_code", ""),
            "accessKey": self._access,
            "returnUrl": visit.return_url,
            "orderId": order,
            "amount": payment.amount,
            "orderInfo": plain(payment.words)[:200],
            "requestCode": payment.reference,
            "ipAddress": visit.address or "127.0.0.1",
            "serviceCode": self.details.get("service_code", ""),
            "checksum": self._sum(order, payment.reference, payment.amount),
        }
        headers = {
            "Authorization": f"Bearer {secret_of(self.channel, 'BEARER')}",
            "lgspaccesstoken": secret_of(self.channel, "LGSP"),
        }
        data = self.call("init", self.heard_at(visit, message), headers).get("data")
        begins = ("https://", "/") if is_simulated(self.channel) else "https://"
        if not isinstance(data, dict) or not str(data.get("url") or "").startswith(begins):
            raise GatewayTrouble("Cổng không mở được trang thanh toán.")
        return Started(pay_url=str(data["url"])[:2000])

    def read(self, given: Mapping[str, Any]) -> Told:
        known = self._sum(given.get("orderId", ""), given.get("requestCode", ""), given.get("amount", ""))
        return Told(
            str(given.get("requestCode") or ""),
            Verdict.PAID if str(given.get("errorCode")) == OK else Verdict.NOT_PAID,
            whole(given.get("amount")),
            str(given.get("transactionNo") or given.get("transactionCode") or ""),
            is_authentic=checksums.same(given.get("checksum"), known),
        )

    def reply(self, told: Told, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        if not told.is_authentic:
            return {"error_code": "SIGNATURE_WRONG", "error_message": "Sai checksum"}
        return {"error_code": "SUCCESSFUL", "error_message": ""}

    @property
    def _access(self) -> str:
        return str(self.details.get("access_key", ""))

    def _sum(self, order: object, request: object, amount: object) -> str:
        partner = self.details.get("partner_code", "")
        return checksums.paygov(secret_of(self.channel), self._access, partner, order, request, amount)


class ViettelPayQr(Adapter):
    """ViettelPay QR: the payer scans; the codes of its word are a setting of the channel."""

    can_query = False
    description = Description(
        "ViettelPay QR",
        Way.PLATFORM,
        (ADDRESS, Asked("merchant_code", "merchant_code"), Asked("access_code", "access_code")),
    )
    codes: Mapping[str, Verdict] = {
        "00": Verdict.PAID, "01": Verdict.PENDING, "02": Verdict.NOT_PAID, "03": Verdict.NOT_PAID,
    }  # fmt: skip

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started:
        bill = payment.code
        message = {
            "billcode": bill,
            "order_id": payment.reference,
            "merchant_code": self._merchant,
            "amount": payment.amount,
            "check_sum": self._sum(bill, payment.reference, payment.amount),
        }
        told = self.call("init", self.heard_at(visit, message))
        if str(told.get("code")) != OK or not told.get("qr"):
            raise GatewayTrouble("Cổng không cấp được mã QR.")
        return Started(qr_payload=str(told["qr"])[:1000])

    def read(self, given: Mapping[str, Any]) -> Told:
        known = self._sum(given.get("billcode", ""), given.get("order_id", ""), given.get("amount", ""))
        return Told(
            str(given.get("order_id") or ""),
            self.codes.get(str(given.get("error_code")), Verdict.UNKNOWN),
            whole(given.get("amount")),
            str(given.get("vt_transaction_id") or ""),
            is_authentic=checksums.same(given.get("check_sum"), known),
        )

    def reply(self, told: Told, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        return {"error_code": OK if told.is_authentic else "02", "order_id": told.reference}

    @property
    def _merchant(self) -> str:
        return str(self.details.get("merchant_code", ""))

    def _sum(self, bill: object, order: object, amount: object) -> str:
        access = str(self.details.get("access_code", ""))
        return checksums.viettelpay(secret_of(self.channel), access, bill, self._merchant, order, amount)


ADAPTERS: dict[str, object] = {
    "dvcqg": NationalPlatform,
    "keypay": KeyPay,
    "paygov": PayGov,
    "viettelpay": ViettelPayQr,
}


def plain(text: str) -> str:
    """Without diacritics and signs: platforms refuse some of them."""
    return " ".join(fold(text).split())


def whole(amount: object) -> int | None:
    """Đồng as a platform writes them: 50000, "50000" or 50000.0; None when it says none. Raises GatewayTrouble."""
    if amount is None or amount == "":
        return None
    try:
        number = float(str(amount))
        if number < 0 or number != int(number) or number >= 2**53:
            raise ValueError(amount)
    except (ValueError, OverflowError) as fault:
        raise GatewayTrouble("Cổng báo số tiền không đọc được.") from fault
    return int(number)
