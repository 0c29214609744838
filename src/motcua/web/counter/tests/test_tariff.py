"""The fee at the counter: counted, less for who shows a paper, owed item by item, collected only as the tariff asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World
from motcua.service.paperwork.operations.charging import open_series
from motcua.service.payments import books
from motcua.service.payments.models import ConfirmedGroup, Due
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group
from motcua.web.counter.tests.acting import reception_url, scan, text_of, ticked

pytestmark = pytest.mark.django_db


@pytest.fixture
def fee(world: World) -> None:
    for code, name, proof in (
        ("HO_NGHEO", "Hộ nghèo", "Giấy xác nhận hộ nghèo"),
        ("TRE_EM", "Trẻ em", "Giấy khai sinh"),
    ):
        set_payer_group(code=code, name=name, proof=proof, valid_from=LONG_AGO, by=None, at=BEGINNING)
    set_fee_rule(
        offering=world.offering, kind="CHARGE", name="Lệ phí bản sao", amount=8_000, per="bản", basis="Nghị quyết thử",
        valid_from=LONG_AGO, at=BEGINNING, exemptions=[("HO_NGHEO", 100), ("TRE_EM", 50)],
    )  # fmt: skip
    open_series(
        agency_id=world.centre.pk, kind="CHARGE", template="01BLP", symbol="L-26", tax_code="0900000001",
        valid_from=LONG_AGO, by=world.admin, at=BEGINNING,
    )  # fmt: skip


def take_in(clerk: Client, world: World, **typed: Any) -> Any:
    return clerk.post(
        reception_url(world), ticked(world, **{"quantity-0": "1", "group": "", "proof": "", **typed})
    )


class TestTheSum:
    def test_is_told_by_number_and_group(self, clerk: Client, world: World, fee: None) -> None:
        page = text_of(clerk.get(reception_url(world)))
        assert "Số bản" in page
        assert "Hộ nghèo: không mất phí, kèm giấy xác nhận hộ nghèo" in page
        address = reverse("counter:reception-fee", args=[world.applicant.pk, world.offering.pk])
        part = clerk.get(address, {"quantity-0": "3", "group": "TRE_EM"}).content.decode()
        assert 'value="12.000"' in part
        assert "3 bản × 8.000 đồng, giảm 50 % (Trẻ em)" in part

    def test_is_collected_as_the_tariff_asks_with_a_receipt_that_says_how(
        self, clerk: Client, world: World, fee: None
    ) -> None:
        answer = take_in(clerk, world, **{"quantity-0": "3", "fee_amount": "8.000"})
        assert answer.status_code == 422
        assert "Theo mức thu là 24.000 đồng" in text_of(answer)
        assert not Dossier.objects.exists()
        assert take_in(clerk, world, **{"quantity-0": "3", "fee_amount": "24.000"}).status_code == 302
        due, dossier = Due.objects.get(), Dossier.objects.get()
        assert (due.state, due.quantity, due.amount, dossier.fee_amount) == ("PAID", 3, 24_000, 24_000)
        assert due.receipt
        assert due.receipt.charge == "Lệ phí bản sao (3 bản × 8.000 đồng)"
        assert books.faults() == []

    def test_may_be_paid_later(self, clerk: Client, world: World, fee: None) -> None:
        take_in(clerk, world, **{"quantity-0": "2"})
        assert list(Due.objects.open().values_list("amount", flat=True)) == [16_000]
        assert "16.000 đồng" in text_of(clerk.get(reverse("counter:fees", args=[Dossier.objects.get().pk])))


class TestWhoPaysLess:
    def test_shows_a_paper_that_the_officer_names(self, clerk: Client, world: World, fee: None) -> None:
        answer = take_in(clerk, world, group="HO_NGHEO", **{"file-0": scan("giấy.pdf")})
        assert "Hãy ghi giấy xác nhận hộ nghèo đã xem" in text_of(answer)
        assert "giấy.pdf" in answer.content.decode()  # what was scanned stays
        kept = answer.content.decode().partition('name="doc-0" value="')[2].partition('"')[0]
        proof = {"group": "HO_NGHEO", "proof": "Giấy số 12/2026", "doc-0": kept}
        assert "Người này không phải nộp" in text_of(take_in(clerk, world, fee_amount="8.000", **proof))
        assert take_in(clerk, world, **proof).status_code == 302
        dossier, confirmed = Dossier.objects.get(), ConfirmedGroup.objects.get()
        assert (confirmed.subject_id, confirmed.group_id, confirmed.confirmed_by) == (
            dossier.pk, "HO_NGHEO", world.clerk,
        )  # fmt: skip
        part = dossier.parts.get(paper=None)
        assert (part.name, part.scans.count()) == ("Giấy xác nhận hộ nghèo", 1)
        assert not Due.objects.exists()
        assert "Giấy số 12/2026" in dossier.fee_note

    def test_is_not_asked_where_the_fee_knows_no_group(self, clerk: Client, world: World) -> None:
        page = text_of(clerk.get(reception_url(world)))
        assert "Diện miễn, giảm" not in page
        assert "Số bản" not in page
