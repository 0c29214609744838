"""Whatever is sent, the answer is a sentence by its field or an honest page; nothing is lost or done twice."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import World
from motcua.web.counter.tests.acting import EICAR, reception_url, scan, text_of, ticked

pytestmark = pytest.mark.django_db


class TestPerson:
    @pytest.mark.parametrize(
        ("typed", "field", "said"),
        [
            ({"name": "A"}, "name", "cần ít nhất 2 chữ cái"),
            ({"name": "Ă" * 300}, "name", "dài tối đa 200 ký tự"),
            ({"name": ""}, "name", "Hãy nhập họ và tên"),
            ({"name": "Trần An", "personal_number": "03319000123"}, "personal_number", "bạn vừa nhập 11"),
            ({"name": "Trần An", "birth": "31/02/1990"}, "birth", "Không có ngày 31/02/1990"),
            ({"name": "Trần An", "phone": "12345"}, "phone", "Số điện thoại chưa đúng"),
            ({"name": "Trần An", "email": "a@"}, "email", "Thư điện tử chưa đúng"),
            ({"name": "Trần An", "ward_code": "Ea Kar"}, "ward_code", "Hãy chọn tỉnh"),
            (
                {"name": "Cty", "kind": "ORGANISATION", "tax_code": "0100109107"},
                "tax_code",
                "Mã số thuế chưa đúng",
            ),
        ],
    )
    def test_is_answered_by_its_field_with_everything_kept(
        self, clerk: Client, typed: dict[str, str], field: str, said: str
    ) -> None:
        before = Applicant.objects.count()
        page = clerk.post(reverse("counter:receive"), {"street": "12 Lê Duẩn", **typed})

        assert page.status_code == 422
        assert said in text_of(page)
        assert f'href="#f-{field}"' in page.content.decode()
        assert 'value="12 Lê Duẩn"' in page.content.decode()
        assert Applicant.objects.count() == before

    def test_a_name_in_nfd_is_the_same_person(self, clerk: Client, world: World) -> None:
        typed = {"name": unicodedata.normalize("NFD", "Nguyễn Thị Ánh"), "personal_number": "033190001234"}
        clerk.post(reverse("counter:receive"), typed)

        assert Applicant.objects.get().name == "Nguyễn Thị Ánh"
        assert "Nguyễn Thị Ánh" in text_of(clerk.get(reverse("counter:receive"), {"q": typed["name"]}))

    @pytest.mark.parametrize("text", ["'; DROP TABLE", "%", "x" * 5000, "https://", "<script>"])
    @pytest.mark.parametrize("route", ["counter:receive", "counter:search", "counter:results"])
    def test_any_search_is_answered(self, clerk: Client, route: str, text: str) -> None:
        page = clerk.get(reverse(route), {"q": text})

        assert page.status_code in {200, 422}
        assert "<script>" not in page.content.decode().replace("<script src", "")


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("rong.pdf", b"", "rỗng (0 byte)"),
            ("phan-mem.pdf", b"MZ\x90\x00 program", "chương trình máy tính"),
            ("trang.html", b"<html><script>1</script></html>", "không phải dữ liệu XML"),
            ("thu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word, Excel đời cũ"),
            ("eicar.com", EICAR, "không đúng loại được nhận"),
        ],
    )
    def test_is_refused_beside_its_paper_and_the_form_is_kept(
        self, clerk: Client, world: World, name: str, content: bytes, said: str
    ) -> None:
        paper = world.papers[0]
        typed = ticked(world, fee_note="giữ lại", **{f"file-{paper.pk}": scan(name, content)})
        page = clerk.post(reception_url(world), typed)

        assert page.status_code == 422
        assert said in text_of(page)
        assert f'href="#f-paper-{paper.pk}"' in page.content.decode()
        assert 'value="giữ lại"' in page.content.decode()
        assert not Document.objects.exists()
        assert not Dossier.objects.exists()

    def test_eicar_inside_a_pdf_is_taken_where_there_is_no_scanner(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        typed = ticked(world, **{f"file-{paper.pk}": scan("to-khai.pdf", b"%PDF-1.4 " + EICAR)})
        clerk.post(reception_url(world), typed)

        assert Document.objects.get().file.scan_state == "NOT_SCANNED"

    def test_too_large_is_said_with_the_limit(self, clerk: Client, world: World, settings: Settings) -> None:
        settings.UPLOAD_LIMIT = 1024 * 1024
        paper = world.papers[0]
        big = scan("ban-ve.pdf", b"%PDF-1.4 " + b"x" * 2 * 1024 * 1024)
        page = clerk.post(reception_url(world), ticked(world, **{f"file-{paper.pk}": big}))

        assert page.status_code == 422
        assert "vượt mức 1 MB" in text_of(page)

    def test_for_a_part_of_a_dossier(self, clerk: Client, world: World) -> None:
        dossier = world.receive()
        address = reverse("counter:scan", args=[dossier.pk])
        part = dossier.parts.get(position=1)
        refused = clerk.post(address, {"part": str(part.pk), "file": scan("rong.pdf", b"")})
        assert refused.status_code == 422
        assert "rỗng (0 byte)" in text_of(refused)
        assert "Hãy chọn tệp bản quét" in text_of(clerk.post(address, {"part": str(part.pk)}))
        assert "Không tìm thấy thành phần" in text_of(clerk.post(address, {"part": "x", "file": scan()}))

        taken = clerk.post(address, {"part": str(part.pk), "file": scan()}, follow=True)
        assert "Đã gắn bản quét" in text_of(taken)
        assert Document.objects.get().subject_id == dossier.pk


class TestReception:
    @pytest.mark.parametrize(
        ("typed", "field", "said"),
        [
            ({"fee_amount": "mười nghìn"}, "fee_amount", "Viết số tiền bằng số đồng"),
            ({"fee_amount": "9" * 30}, "fee_amount", "Số tiền quá lớn"),
            ({"due_on": "31/02/2026"}, "due_on", "chưa phải là một ngày"),
            ({"sets": "0"}, "sets", "từ 1"),
            ({"matter": "m" * 501}, "matter", "tối đa 500"),
            ({"return_channel": "BỒ CÂU"}, "return_channel", "Chọn một trong các mục"),
        ],
    )
    def test_is_answered_by_its_field(
        self, clerk: Client, world: World, typed: dict[str, str], field: str, said: str
    ) -> None:
        page = clerk.post(reception_url(world), ticked(world, **typed))

        assert page.status_code == 422
        assert said in text_of(page)
        assert f'href="#f-{field}"' in page.content.decode()
        assert not Dossier.objects.exists()

    @pytest.mark.parametrize("quantity", ["0", "nhiều", "99999999999"])
    def test_a_wrong_number_of_copies_is_said_by_the_paper(
        self, clerk: Client, world: World, quantity: str
    ) -> None:
        paper = world.papers[2]
        page = clerk.post(reception_url(world), ticked(world, **{f"qty-{paper.pk}": quantity}))

        assert page.status_code == 422
        assert f'href="#f-paper-{paper.pk}"' in page.content.decode()
        assert f'value="{quantity}"' in page.content.decode()

    @pytest.mark.parametrize("query", ["", "?ho-so=khong-phai-khoa", "?truong-hop=999999", "?truong-hop=abc"])
    def test_any_address_is_answered(self, clerk: Client, world: World, query: str) -> None:
        address = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])

        assert clerk.get(f"{address}{query}", follow=True).status_code in {200, 422}
        assert clerk.post(f"{address}{query}", ticked(world)).status_code in {302, 422}

    def test_an_unknown_procedure_or_person_is_an_honest_page(self, clerk: Client, world: World) -> None:
        nobody = reverse("counter:reception", args=[world.clerk.pk, world.offering.pk])
        nothing = reverse("counter:reception", args=[world.applicant.pk, 999999])

        assert clerk.get(nobody).status_code == 404
        assert clerk.get(nothing).status_code == 404

    def test_a_character_that_cannot_be_stored_never_breaks_anything(
        self, clerk: Client, world: World
    ) -> None:
        typed = ticked(world, matter="Trích\0 lục", fee_note="\0", rep_name="Trần\0 An")
        page = clerk.post(reception_url(world), typed)

        assert page.status_code == 400
        assert not Dossier.objects.exists()
