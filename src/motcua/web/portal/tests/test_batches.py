"""Many dossiers from one sheet: what is wrong is said before, each row is filed once, nothing written is a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, an_organisation, enter
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import BEGINNING, World
from motcua.service.filing.models import BatchRow, Draft, Filing, FilingBatch
from motcua.service.filing.operations import batching
from motcua.service.forms.asking import answers_of
from motcua.service.forms.tests.sample import published
from motcua.service.payments import gateways
from motcua.service.payments.gateways import Told
from motcua.service.payments.keys import path_of
from motcua.service.payments.models import Due, PaymentChannel, PaymentOrder
from motcua.service.payments.operations.hearing import hear
from motcua.service.payments.operations.setting import set_fee_rule, set_payer_group
from motcua.service.payments.states import Verdict
from motcua.service.payments.tests.world import Outside
from motcua.service.postal.tests.world import carrier

pytestmark = pytest.mark.django_db
CODE = "2.000635"
GOOD = {
    "name": "Lò Thị Hòa",
    "born": "1985",
    "home.province": "Điện Biên",
    "home.ward": "phường Mường Lay",
    "has_children": "Có",
    "children.0.child": "Lò Văn An",
    "children.0.sex": "nam",
    "amount": 150000,
    "papers": "Đơn; Ảnh",
    "truth": "Có",
}


@pytest.fixture
def form(online_world: World) -> World:
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=online_world.admin).first()
    assert post
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    published(online_world, second)
    return online_world


@pytest.fixture
def firm(client: Client, form: World) -> CitizenAccount:
    """A firm whose director has signed in and acts for it."""
    director = a_citizen(name="Trần Văn Giám Đốc")
    made = an_organisation(director=director, name="Công ty Nộp Nhiều")
    enter(client, director, acting_for=made)
    return made


def begun(client: Client, world: World) -> FilingBatch:
    key = "01890000-0000-7000-8000-000000000001"
    for _ in range(2):  # pressed twice
        answer = client.post(f"/nop-nhieu/thu-tuc/{CODE}/", {"key": key, "offering": world.offering.pk})
    assert answer["Location"] == f"/nop-nhieu/{key}/"
    return FilingBatch.objects.get()


def filled(client: Client, batch: FilingBatch, *rows: dict[str, Any]) -> SimpleUploadedFile:
    """The template with these rows, as a spreadsheet program would save it."""
    book = load_workbook(io.BytesIO(client.get(f"/nop-nhieu/{batch.pk}/bang-mau/").content))
    sheet = book["Hồ sơ"]
    places = {cell.value: cell.column for cell in sheet[2]}
    for number, row in enumerate(rows, start=3):
        for key, value in row.items():
            sheet.cell(row=number, column=places[key]).value = value
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("bảng.xlsx", kept.getvalue())


def sent(client: Client, batch: FilingBatch, sheet: SimpleUploadedFile) -> str:
    answer = client.post(f"/nop-nhieu/{batch.pk}/bang/", {"sheet": sheet}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def pressed(client: Client, batch: FilingBatch) -> Any:
    terms = {"truth": "1", "return_channel": "ONLINE", "phone": "0987654321"}
    return client.post(f"/nop-nhieu/{batch.pk}/", terms)


class TestABatch:
    def test_from_the_template_to_filings(self, client: Client, form: World, firm: CitizenAccount) -> None:
        assert "Nộp nhiều hồ sơ từ bảng tính" in client.get(f"/nop-ho-so/{CODE}/").content.decode()
        batch = begun(client, form)
        bad = {**GOOD, "amount": "nhiều lắm", "_ref": '=HYPERLINK("http://x")', "home.ward": "Xã Không Có"}
        page = sent(client, batch, filled(client, batch, GOOD, bad))
        assert "Dòng 4" in page
        assert "Viết số tiền bằng số đồng" in page
        assert "Cả 2 dòng cần sửa" in page  # the papers, that every row lacks, are said once
        assert page.count("Hãy gửi tệp chung, ghi tên tệp riêng") == 2
        assert "Hãy ghi tên xã, phường hiện nay" in page  # a sheet has no button to choose
        assert not Filing.objects.exists()
        assert not Draft.objects.exists()

        first, second, third = form.papers[:3]
        pdf = samples.pdf(1, title="riêng")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("thư mục/Ảnh của A.pdf", pdf)
        client.post(
            f"/nop-nhieu/{batch.pk}/giay-to/",
            {
                f"file-{first.pk}": SimpleUploadedFile("chung.pdf", samples.pdf(1, title="chung")),
                "own": SimpleUploadedFile("nhiều.zip", packed.getvalue()),
                f"on-paper-{second.pk}": "1",
            },
        )
        own = {**GOOD, f"_giay-{third.pk}": "ảnh của a.PDF"}
        lacks = {**GOOD, f"_giay-{third.pk}": "chưa gửi.pdf"}
        page = sent(client, batch, filled(client, batch, own, {**own, "name": "Vàng A Sử"}, lacks))
        assert "2 dòng nộp được" in page
        assert "Chưa có tệp chưa gửi.pdf" in page

        assert client.post(f"/nop-nhieu/{batch.pk}/", {"return_channel": "ONLINE"}).status_code == 422
        assert pressed(client, batch).status_code == 302
        assert pressed(client, batch).status_code == 302
        batching.work(batch.pk, clock=now, should_stop=lambda: False)
        page = client.get(f"/nop-nhieu/{batch.pk}/").content.decode()
        assert "Đã nộp 2 hồ sơ" in page
        assert Filing.objects.count() == 2
        filing = Filing.objects.earliest("submitted_at")
        assert filing.applicant == firm.applicant
        assert filing.account_id == firm.pk
        answers = answers_of(filing.dossier_key)
        assert answers
        assert answers.data["children"] == [{"child": "Lò Văn An", "sex": "NAM"}]
        assert Document.objects.filter(subject_id=filing.dossier_key).count() == 2
        row = BatchRow.objects.get(filing=filing)
        assert row.told == {"cells": {}, "faults": {}}
        hand = Line.objects.filter(name="BatchAsked").values_list("actor_id", flat=True)
        assert set(hand) == {batch.hand_id} != {firm.pk}

    def test_by_post_is_filed_once_its_price_was_seen(
        self, client: Client, form: World, firm: CitizenAccount
    ) -> None:
        post, batch = carrier(), begun(client, form)
        client.post(f"/nop-nhieu/{batch.pk}/giay-to/", {f"on-paper-{one.pk}": "1" for one in form.papers})
        sent(client, batch, filled(client, batch, GOOD))
        terms = {
            "truth": "1", "return_channel": "POST", "phone": "0987654321", "return_address": "Số 2 Lê Lợi",
            "province_code": "31", "ward": "", "carrier": str(post.pk),
        }  # fmt: skip
        asked = client.post(f"/nop-nhieu/{batch.pk}/", terms).content.decode()
        assert "31.000 đồng, hẹn giao trong 2 ngày" in asked
        assert not Filing.objects.exists()
        client.post(f"/nop-nhieu/{batch.pk}/", {**terms, f"seen-{post.pk}": "31000"})
        batching.work(batch.pk, clock=now, should_stop=lambda: False)
        filing = Filing.objects.get()
        assert (filing.carrier, filing.postage, filing.return_address, filing.return_province) == (
            post, 31_000, "Số 2 Lê Lợi", "31",
        )  # fmt: skip

    def test_marks_what_is_wrong_and_writes_no_formula(
        self, client: Client, form: World, firm: CitizenAccount
    ) -> None:
        batch = begun(client, form)
        evil = "=cmd|' /C calc'!A0"
        table = f"Ghi nhớ của bạn;Họ và tên;Số tiền *\n'{evil};@SUM(1);-5\n"
        page = sent(client, batch, SimpleUploadedFile("b.csv", table.encode()))
        assert "Dòng 2" in page
        assert client.get("/nop-nhieu/").content.decode().count("chưa nộp, 1 dòng") == 1
        book = load_workbook(io.BytesIO(client.get(f"/nop-nhieu/{batch.pk}/bang-loi/").content))
        assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
        row = {str(head.value): cell for head, cell in zip(book["Hồ sơ"][2], book["Hồ sơ"][3], strict=True)}
        assert row["_ref"].value == evil
        assert row["name"].value == "@SUM(1)"
        assert row["amount"].fill.fgColor.rgb.endswith("FBD9D5")
        assert "Số tiền: Viết số tiền" in row["_loi"].value
        csv_text = client.get(f"/nop-nhieu/{batch.pk}/bang-csv/").content.decode("utf-8-sig")
        assert csv_text.startswith("Ghi nhớ của bạn,")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "Chưa chọn bảng"),
            (b"PK\x03\x04hong", "bị hỏng"),
            (b"\x00\x01\x02", "Không đọc được"),
            ("Tên;Tuổi\nA;1\n".encode(), "Không thấy đầu cột"),
            (b"H\xc3\xba h\xff\xfe,1\n", "Không đọc được"),
            ("Họ và tên\n".encode() + "Lò A\n".encode() * 501, "mỗi lần nộp tối đa 500"),
        ],
    )
    def test_a_sheet_that_is_none_is_refused_in_words(
        self, client: Client, form: World, firm: CitizenAccount, content: bytes, said: str
    ) -> None:
        batch = begun(client, form)
        sheet = {"sheet": SimpleUploadedFile("bảng.xlsx", content)} if content else {}
        answer = client.post(f"/nop-nhieu/{batch.pk}/bang/", sheet, follow=True)
        assert said in answer.content.decode()

    def test_is_nobody_elses_and_is_forgotten(
        self, client: Client, form: World, firm: CitizenAccount
    ) -> None:
        batch = begun(client, form)
        sent(client, batch, filled(client, batch, GOOD))
        other = Client()
        assert other.get(f"/nop-nhieu/{batch.pk}/").status_code == 302
        enter(other, a_citizen())
        assert other.get(f"/nop-nhieu/{batch.pk}/").status_code == 404
        client.post(f"/nop-nhieu/{batch.pk}/giay-to/", {"own": SimpleUploadedFile("a.pdf", samples.pdf(1))})
        client.post(f"/nop-nhieu/{batch.pk}/xoa/")
        assert not FilingBatch.objects.exists()
        assert not Document.objects.filter(subject_id=batch.pk).exists()

    def test_asks_how_many_and_who_pays_less_in_columns(
        self, client: Client, form: World, firm: CitizenAccount
    ) -> None:
        set_payer_group(
            code="HO_NGHEO", name="Hộ nghèo", proof="Giấy xác nhận hộ nghèo", valid_from=date(2026, 1, 1), by=None,
            at=BEGINNING,
        )  # fmt: skip
        set_fee_rule(
            offering=form.offering, kind="CHARGE", name="Lệ phí bản sao", amount=8_000, per="bản", basis="Nghị quyết thử",
            valid_from=date(2026, 1, 1), at=BEGINNING, exemptions=[("HO_NGHEO", 50)],
        )  # fmt: skip
        batch = begun(client, form)
        papers = {f"on-paper-{paper.pk}": "1" for paper in form.papers}
        own = SimpleUploadedFile("nghèo.pdf", samples.pdf(1, title="nghèo"))
        client.post(f"/nop-nhieu/{batch.pk}/giay-to/", {**papers, "own": own})
        poor = {**GOOD, "_so-0": 3, "_dien": "hộ nghèo", "_giay-dien": "nghèo.pdf"}
        unknown = {**GOOD, "_so-0": "vài", "_dien": "Quen biết", "_giay-dien": ""}
        unproved = {**poor, "_giay-dien": "quên.pdf"}
        page = sent(client, batch, filled(client, batch, poor, {**GOOD, "_so-0": 1}, unknown, unproved))
        assert "2 dòng nộp được" in page
        for words in ("Hãy ghi số bản", "Không có diện này", "Chưa có tệp quên.pdf"):
            assert words in page
        pressed(client, batch)
        batching.work(batch.pk, clock=now, should_stop=lambda: False)
        assert sorted(Due.objects.values_list("amount", flat=True)) == [8_000, 12_000]
        filing = Filing.objects.exclude(payer_group="").get()
        assert filing.parts.get(name="Giấy xác nhận hộ nghèo").documents.count() == 1
        self.pay(client, form, batch)

    def pay(self, client: Client, form: World, batch: FilingBatch) -> None:
        """All that the rows owe, by one press."""
        gateways.install({"test": Outside()})
        channel = PaymentChannel.objects.create(
            agency=form.centre, adapter="test", way="PLATFORM", state="PUBLISHED", name="Cổng thử",
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
        assert "Còn phải nộp 20.000 đồng" in client.get(f"/nop-nhieu/{batch.pk}/").content.decode()
        address = f"/nop-nhieu/{batch.pk}/thanh-toan/"
        assert "2 khoản của đợt nộp này" in client.get(address).content.decode()
        for _ in range(2):
            page = client.post(address, {"channel": str(channel.pk)}, follow=True).content.decode()
            assert "Bạn đang trả 20.000 đồng" in page
        order = PaymentOrder.objects.get()
        single = client.get(path_of(Due.objects.earliest("raised_at").pk)).content.decode()
        assert order.reference in single
        back = f"{address}{order.pk}/quay-lai/"
        assert Client().get(back).status_code == 404
        client.post(f"{address}da-tra/")
        assert "Đang chờ ngân hàng xác nhận" in client.get(address).content.decode()
        word = Told(order.reference, Verdict.PAID, 20_000, "G1")
        hear(channel=channel, told=word, source="CALLBACK", at=now())
        assert "Đã nộp đủ" in client.get(address).content.decode()
        due = Due.objects.earliest("raised_at")
        page = client.get(path_of(due.pk)).content.decode()
        assert "Tải giấy xác nhận đã nộp" in page
        paper = client.get(path_of(due.pk).replace("/?", "/xac-nhan/?"))
        assert paper.content.startswith(b"%PDF")
