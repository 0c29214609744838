from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from motcua.core.time import now
from motcua.service.dossiers.models import Stop
from motcua.service.dossiers.tests.world import World
from motcua.service.paperwork.models import IssuedFeeReceipt, PrintedForm
from motcua.service.paperwork.operations.charging import open_series
from motcua.web.counter.tests.acting import received, text_of, with_result

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf"
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split()
    )


@pytest.fixture
def series(world: World) -> None:
    open_series(
        agency_id=world.offering.receiving_agency_id, kind="FEE", template="01BLP1-001", symbol="HY-26P",
        tax_code="0900123456", valid_from=date(2026, 1, 1), by=world.admin, at=now(),
    )  # fmt: skip


class TestPrinting:
    @pytest.mark.parametrize(
        ("paper", "said"),
        [
            ("giay-hen", "GIẤY TIẾP NHẬN HỒ SƠ"),
            ("phieu-kiem-soat", "PHIẾU KIỂM SOÁT"),
            ("phieu-qua-trinh", "PHIẾU QUÁ TRÌNH XỬ LÝ"),
        ],
    )
    def test_gives_pdf_and_word(self, clerk: Client, world: World, paper: str, said: str) -> None:
        address = reverse("counter:paper", args=[received(world).pk, paper])
        assert said in words(clerk.get(address))
        written = clerk.get(address, {"docx": 1})
        assert written.content.startswith(b"PK")
        assert written["Content-Disposition"].endswith('.docx"')
        assert PrintedForm.objects.count() == 1

    def test_offers_what_the_dossier_has(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        page = text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))
        assert "Phiếu quá trình xử lý hồ sơ" in page
        assert "Thông báo dừng" not in page
        Stop.objects.create(
            dossier=dossier, kind="WITHDRAW", number=1, requested_at=now(), reason="Rút", interrupted="RECEIVED",
            at=now(), by=world.clerk,
        )  # fmt: skip
        assert "Thông báo dừng" in text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))
        stop = clerk.get(reverse("counter:paper", args=[dossier.pk, "thong-bao-dung"]))
        assert "THÔNG BÁO DỪNG" in words(stop)

    @pytest.mark.parametrize("paper", ["phieu-xin-loi", "phieu-yeu-cau-bo-sung", "thong-bao-dung"])
    def test_says_when_there_is_nothing_to_print(self, clerk: Client, world: World, paper: str) -> None:
        answer = clerk.get(reverse("counter:paper", args=[received(world).pk, paper]))
        assert answer.status_code == 422

    def test_the_desk_prints_too(self, client: Client, world: World) -> None:
        dossier = with_result(world)
        client.force_login(world.officer)
        page = text_of(client.get(reverse("desk:dossier", args=[dossier.pk])))
        assert "Phiếu quá trình xử lý hồ sơ" in page
        answer = client.get(reverse("desk:paper", args=[dossier.pk, "phieu-kiem-soat"]))
        assert "PHIẾU KIỂM SOÁT" in words(answer)


class TestLists:
    def test_one_paper_for_many_dossiers(self, clerk: Client, world: World) -> None:
        dossiers = [received(world), received(world)]
        page = clerk.get(reverse("counter:register"))
        assert "In một giấy tiếp nhận chung" in text_of(page)
        answer = clerk.get(reverse("counter:batch-receipt"), {"id": [one.pk for one in dossiers]})
        said = words(answer)
        assert "Số lượng: 02 hồ sơ" in said
        assert all(one.code in said for one in dossiers)

    def test_a_batch_of_nothing_is_refused(self, clerk: Client, world: World) -> None:
        answer = clerk.get(reverse("counter:batch-receipt"), {"id": "nonsense"})
        assert (answer.status_code, "Chưa chọn hồ sơ nào" in text_of(answer)) == (422, True)

    def test_a_list_of_the_results_that_came(self, clerk: Client, world: World) -> None:
        dossier = with_result(world)
        page = clerk.get(reverse("counter:results")).content.decode()
        address = reverse("counter:result-list", args=[dossier.agency_id])
        assert address in page
        assert dossier.code in words(clerk.get(address))

    def test_the_hand_over_has_a_number(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        clerk.post(reverse("counter:handover"), {"id": [dossier.pk]})
        answer = clerk.get(reverse("counter:handover-list", args=[dossier.agency_id]), {"vua-giao": 1})
        assert "Số: 01/BG" in words(answer)

    def test_the_register_as_word(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        answer = clerk.get(reverse("counter:register-paper", args=[dossier.reception_agency_id]), {"docx": 1})
        assert answer.content.startswith(b"PK")


class TestFees:
    GIVEN = {"kind": "FEE", "charge": "Phí thẩm định", "amount": "100.000", "way": "CASH", "payer_name": ""}

    def test_issues_prints_and_cancels(self, clerk: Client, world: World, series: None) -> None:
        dossier = received(world, fee_amount=150_000)
        address = reverse("counter:fees", args=[dossier.pk])
        assert "150.000 đồng" in text_of(clerk.get(address))
        clerk.post(address, self.GIVEN)
        issued = IssuedFeeReceipt.objects.get()
        page = text_of(clerk.get(address))
        assert "HY-26P 0000001" in page
        assert "HY-26P 0000001" in text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))
        said = words(clerk.get(reverse("counter:fee-paper", args=[issued.pk])))
        assert "Một trăm nghìn đồng" in said
        clerk.post(reverse("counter:fee-cancel", args=[issued.pk]), {"reason": "Sai tên"})
        assert "Đã hủy" in text_of(clerk.get(address))

    def test_refuses_more_than_was_collected_and_keeps_what_was_typed(
        self, clerk: Client, world: World, series: None
    ) -> None:
        dossier = received(world, fee_amount=50_000)
        answer = clerk.post(reverse("counter:fees", args=[dossier.pk]), self.GIVEN)
        assert answer.status_code == 422
        assert "còn 50.000 đồng" in text_of(answer)
        assert "Phí thẩm định" in answer.content.decode()

    def test_says_who_opens_a_series(self, clerk: Client, world: World) -> None:
        dossier = received(world, fee_amount=150_000)
        answer = clerk.post(reverse("counter:fees", args=[dossier.pk]), self.GIVEN)
        assert "chưa có ký hiệu biên lai" in text_of(answer)

    def test_cancels_with_a_reason(self, clerk: Client, world: World, series: None) -> None:
        dossier = received(world, fee_amount=150_000)
        clerk.post(reverse("counter:fees", args=[dossier.pk]), self.GIVEN)
        answer = clerk.post(
            reverse("counter:fee-cancel", args=[IssuedFeeReceipt.objects.get().pk]), {"reason": " "}
        )
        assert answer.status_code == 422

    def test_are_not_the_officers_business(self, client: Client, world: World, series: None) -> None:
        dossier = received(world, fee_amount=150_000, at=now() - timedelta(minutes=9))
        client.force_login(world.officer)
        assert client.get(reverse("counter:fees", args=[dossier.pk])).status_code == 403
