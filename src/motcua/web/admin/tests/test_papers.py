from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from motcua.core.time import local_date, now
from motcua.service.dossiers.tests.world import World
from motcua.service.paperwork.models import FeeSeries, PaperLook, PaperTemplate
from motcua.service.paperwork.registry import Form
from motcua.web.admin.tests.conftest import page_of

TODAY = f"{local_date(now()):%d/%m/%Y}"
YESTERDAY = f"{local_date(now()) - timedelta(days=1):%d/%m/%Y}"


def word_file(*lines: str, name: str = "mau.docx") -> SimpleUploadedFile:
    document = Document()
    for line in lines or ("Mã hồ sơ {{ code }} của {{ applicant.name }}",):
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return SimpleUploadedFile(name, target.getvalue())


def upload(client: Client, *lines: str, **more: Any) -> Any:
    given = {"form": "RECEIPT", "file": word_file(*lines), **more}
    return client.post(reverse("admin:new-paper-template"), given)


@pytest.fixture
def drafted(admin: Client) -> PaperTemplate:
    assert upload(admin).status_code == 302
    return PaperTemplate.objects.get()


def address(name: str, template: PaperTemplate, *more: str) -> str:
    return reverse(f"admin:{name}", args=[template.pk, *more])


class TestShowing:
    def test_lists_every_form(self, admin: Client, drafted: PaperTemplate) -> None:
        page = page_of(admin.get(reverse("admin:papers")))
        for form in Form:
            assert form.label in page
        assert "Mẫu số 05 (Thông tư 03/2025/TT-VPCP)" in page
        assert "Bản thử" in page

    @pytest.mark.parametrize("form", list(Form))
    def test_explains_every_field_of_a_form(self, admin: Client, form: Form) -> None:
        page = page_of(admin.get(reverse("admin:paper-fields", args=[form.value])))
        assert "{{ letterhead.agency }}" in page
        assert "T08:05" not in page
        assert "Giá trị mẫu" in page

    @pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("docx", b"PK")])
    def test_gives_the_built_in_form_out(self, admin: Client, kind: str, begins: bytes) -> None:
        answer = admin.get(reverse("admin:paper-sample", args=["APOLOGY", kind]), {"bo": "TT01-2018"})
        assert answer.content.startswith(begins)

    @pytest.mark.parametrize("path", ["admin:paper-fields"])
    def test_there_is_no_such_form(self, admin: Client, path: str) -> None:
        assert admin.get(reverse(path, args=["NOTHING"])).status_code == 404
        assert (
            admin.get(reverse("admin:paper-sample", args=["RECEIPT", "pdf"]), {"bo": "X"}).status_code == 404
        )

    def test_is_for_those_who_manage_papers(self, clerk: Client) -> None:
        assert clerk.get(reverse("admin:papers")).status_code == 403


class TestUploading:
    def test_is_tried_before_it_is_used(self, admin: Client, drafted: PaperTemplate) -> None:
        page = page_of(admin.get(address("paper-template", drafted)))
        assert "Ban hành mẫu" in page
        filled = admin.get(address("paper-template-file", drafted, "docx"))
        words = " ".join(paragraph.text for paragraph in Document(io.BytesIO(filled.content)).paragraphs)
        assert "H15.13-261120-0975 của Nguyễn Thị Tuyết Nhung" in words
        assert admin.get(address("paper-template-file", drafted, "pdf")).content.startswith(b"%PDF")
        assert admin.get(address("paper-template-file", drafted, "anh"))["Content-Type"] == "image/webp"
        assert admin.get(address("paper-template-file", drafted, "goc")).content == bytes(drafted.content)

    def test_names_every_wrong_place_and_keeps_what_was_typed(self, admin: Client) -> None:
        answer = upload(admin, "{{ cod }} {{ applicant.nam }} {{ x() }}", reason="Theo quyết định riêng")
        page = page_of(answer)
        assert answer.status_code == 422
        for words in ("“cod”", "“code”", "“applicant.name”", "call", "Theo quyết định riêng"):
            assert words in page, words
        assert not PaperTemplate.objects.exists()

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"file": SimpleUploadedFile("mau.docx", b"%PDF-1.7")}, "PDF"),
            ({"file": ""}, "Hãy chọn tệp Word"),
            ({"form": "NOTHING"}, "Chọn một trong"),
            ({"procedure": "9.999999"}, "Không có thủ tục"),
            ({"agency": "Cơ quan trên trời"}, "Không có cơ quan"),
        ],
    )
    def test_refuses_beside_the_field(self, admin: Client, given: dict[str, Any], words: str) -> None:
        answer = upload(admin, **given)
        assert answer.status_code == 422
        assert words in page_of(answer)

    def test_is_kept_to_one_procedure_and_agency(self, admin: Client, world: World) -> None:
        upload(
            admin,
            procedure=f"{world.procedure.name} ({world.procedure.code})",
            agency="H31.2",
            forms="TT03-2025",
        )
        template = PaperTemplate.objects.get()
        assert (template.procedure, template.forms) == (world.procedure, "TT03-2025")
        assert template.agency is not None


class TestPublishing:
    def test_goes_on_to_use_and_back(self, admin: Client, drafted: PaperTemplate) -> None:
        admin.post(address("publish-paper-template", drafted), {"valid_from": TODAY, "reason": "QĐ 12"})
        drafted.refresh_from_db()
        assert drafted.state == "PUBLISHED"
        assert "Thu hồi mẫu này" in page_of(admin.get(address("paper-template", drafted)))
        admin.post(address("withdraw-paper-template", drafted), {"withdraw_reason": "Sai tên"})
        drafted.refresh_from_db()
        assert (drafted.state, drafted.withdrawn_reason) == ("WITHDRAWN", "Sai tên")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"valid_from": YESTERDAY, "reason": "QĐ 12"}, "quá khứ"),
            ({"valid_from": TODAY}, "lý do, căn cứ"),
            ({"reason": "QĐ 12"}, "ngày dùng"),
        ],
    )
    def test_refuses(self, admin: Client, drafted: PaperTemplate, given: dict[str, str], words: str) -> None:
        answer = admin.post(address("publish-paper-template", drafted), given)
        assert answer.status_code == 422
        assert words in page_of(answer)

    def test_withdraws_with_a_reason(self, admin: Client, drafted: PaperTemplate) -> None:
        admin.post(address("publish-paper-template", drafted), {"valid_from": TODAY, "reason": "QĐ 12"})
        assert admin.post(address("withdraw-paper-template", drafted), {}).status_code == 422

    def test_a_draft_is_thrown_away(self, admin: Client, drafted: PaperTemplate) -> None:
        admin.post(address("discard-paper-template", drafted))
        drafted.refresh_from_db()
        assert drafted.state == "DISCARDED"

    def test_the_clerk_does_not(self, clerk: Client, drafted: PaperTemplate) -> None:
        answer = clerk.post(
            address("publish-paper-template", drafted), {"valid_from": TODAY, "reason": "QĐ 12"}
        )
        assert answer.status_code == 403


class TestLooks:
    GIVEN = {
        "valid_from": TODAY,
        "mark": "BARCODE",
        "copies": "Liên: Lưu\nLiên: Giao khách hàng",
        "reason": "CV 12",
    }

    def test_are_set_from_a_day_on(self, admin: Client) -> None:
        assert admin.post(reverse("admin:paper-looks"), self.GIVEN).status_code == 302
        look = PaperLook.objects.get()
        assert (look.mark, look.has_book, look.copies) == (
            "BARCODE",
            False,
            ["Liên: Lưu", "Liên: Giao khách hàng"],
        )
        assert "Liên: Giao khách hàng" in page_of(admin.get(reverse("admin:paper-looks")))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"valid_from": YESTERDAY}, "quá khứ"),
            ({"reason": ""}, "lý do"),
            ({"mark": "X"}, "Chọn một"),
            ({"valid_from": "x"}, "ngày"),
        ],
    )
    def test_are_refused_beside_the_field(self, admin: Client, change: dict[str, str], words: str) -> None:
        answer = admin.post(reverse("admin:paper-looks"), self.GIVEN | change)
        assert answer.status_code == 422
        assert words in page_of(answer)
        assert "Liên: Giao khách hàng" in page_of(answer)


class TestFeeSeries:
    GIVEN = {
        "agency": "H31.2",
        "kind": "FEE",
        "template": "01BLP1-001",
        "symbol": "ĐL-26P",
        "tax_code": "6000181156",
        "valid_from": TODAY,
    }

    def test_is_opened_for_a_unit(self, admin: Client, world: World) -> None:
        assert admin.post(reverse("admin:fee-series"), self.GIVEN).status_code == 302
        assert FeeSeries.objects.get().symbol == "ĐL-26P"
        assert "ĐL-26P" in page_of(admin.get(reverse("admin:fee-series")))

    def test_refuses_a_second_from_the_same_day(self, admin: Client, world: World) -> None:
        admin.post(reverse("admin:fee-series"), self.GIVEN)
        answer = admin.post(reverse("admin:fee-series"), self.GIVEN | {"symbol": "ĐL-27P"})
        assert answer.status_code == 422
        assert "sau ký hiệu đang dùng" in page_of(answer)

    @pytest.mark.parametrize("name", ["agency", "kind", "template", "symbol", "tax_code", "valid_from"])
    def test_asks_for_everything(self, admin: Client, world: World, name: str) -> None:
        assert admin.post(reverse("admin:fee-series"), self.GIVEN | {name: ""}).status_code == 422
