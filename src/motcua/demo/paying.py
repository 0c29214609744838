"""Tiền của tỉnh mẫu: channels, groups that pay less, a rule with reductions, and dues in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from motcua.demo.province import Province
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import FINISHED
from motcua.service.payments.gateways import Told
from motcua.service.payments.models import PaymentChannel
from motcua.service.payments.operations.channels import set_channel
from motcua.service.payments.operations.charging import add_due
from motcua.service.payments.operations.hearing import hear
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group, set_refund_rule
from motcua.service.payments.states import Verdict
from motcua.service.procedures.models import Offering

BASIS = "Nghị quyết về phí, lệ phí của tỉnh mẫu"
GROUPS = (
    ("HO_NGHEO", "Hộ nghèo", "Giấy xác nhận hộ nghèo"),
    ("TRE_EM", "Trẻ em", "Giấy khai sinh"),
    ("CAO_TUOI", "Người cao tuổi", "Giấy tờ tùy thân"),
    ("KHUYET_TAT", "Người khuyết tật", "Giấy xác nhận khuyết tật"),
    ("CO_CONG", "Người có công với cách mạng", "Giấy chứng nhận"),
)
ACCOUNT = {
    "endpoint": "mo-phong", "ma_ngan_hang": "970436", "tai_khoan": "0900000001",
    "ten_tai_khoan": "TRUNG TAM PHUC VU HCC TINH MAU", "ten_ngan_hang": "Ngân hàng mô phỏng",
}  # fmt: skip
OWING = 6  # open dossiers of the centre that owe something


def found(made: Province, offerings: list[Offering], *, at: datetime, valid_from: date) -> None:
    """Đặt kênh thanh toán, diện miễn giảm, mức thu của tỉnh mẫu."""
    for code, name, proof in GROUPS:
        set_payer_group(code=code, name=name, proof=proof, valid_from=valid_from, by=None, at=at)
    for agency in (made.centre, *made.centres.values()):
        set_channel(
            agency=agency, adapter="dvcqg", name="Cổng thanh toán trực tuyến (mô phỏng)",
            details={**ACCOUNT, "ma_doi_tac": f"MC{agency.pk}"}, valid_from=valid_from, position=1, at=at,
        )  # fmt: skip
        set_channel(
            agency=agency, adapter="vietqr", name="Chuyển khoản quét mã QR (mô phỏng)", details=ACCOUNT,
            valid_from=valid_from, position=2, at=at,
        )  # fmt: skip
        for carrier in ("VNPOST", "VIETTEL"):
            set_channel(
                agency=agency, adapter="cod", name=f"Thu hộ qua {carrier}", details={"buu_chinh": carrier},
                valid_from=valid_from, position=9, at=at,
            )  # fmt: skip
    set_refund_rule(
        valid_from=valid_from,
        needs_two=True,
        promise_days=10,
        basis="Quy chế thu phí của tỉnh mẫu",
        by=None,
        at=at,
    )
    central = [one for one in offerings if one.receiving_agency_id == made.centre.pk]
    for offering in central[:2]:
        set_fee_rule(
            offering=offering, kind="FEE", name="Phí thẩm định hồ sơ", amount=120_000, basis=BASIS, online_percent_off=50,
            valid_from=valid_from, at=at, exemptions=[("HO_NGHEO", 100), ("KHUYET_TAT", 50)],
        )  # fmt: skip


def owe(made: Province, *, at: datetime) -> None:
    """Vài hồ sơ đang giải quyết còn khoản phải nộp, one paid in cash; money with a strange reference waits."""
    working = Dossier.objects.filter(reception_agency=made.centre, closed_at__isnull=True).exclude(
        state__in=sorted(FINISHED)
    )
    clerk = made.people(made.centre, "CLERK")[0]
    for place, dossier in enumerate(working.order_by("-received_at")[:OWING]):
        due = add_due(
            dossier_id=dossier.pk,
            kind="FEE",
            name="Phí thẩm định hồ sơ",
            amount=120_000,
            reason=BASIS,
            by=clerk,
            at=at,
        )
        if place == 0:
            take_cash(due_id=due.pk, by=clerk, at=at + timedelta(minutes=5))
    channel = PaymentChannel.objects.filter(agency=made.centre, adapter="vietqr").first()
    if channel:
        strange = Told("NOP TIEN HO SO DAT DAI", Verdict.PAID, 120_000, "FT26329000001")
        hear(channel=channel, told=strange, source="STATEMENT", at=at)
