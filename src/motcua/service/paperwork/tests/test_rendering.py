"""The forms as their reader meets them: every word, the QR, the page."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from motcua.service.paperwork import fonts
from motcua.service.paperwork.facts import Component, Entry, HandOver, Person, as_json, two_digits, verdict
from motcua.service.paperwork.fonts import FontsMissing
from motcua.service.paperwork.registry import SETS, Form, NoSuchForm, sample_of
from motcua.service.paperwork.rendering import render, render_snapshot
from motcua.service.paperwork.samples import (
    CONTROL_SHEET,
    HAND_OVER,
    LETTERHEAD,
    LETTERS,
    PLAIN_RECEIPT,
    RECEIPT,
    REFUSAL,
    REGISTER,
    RETURN_SLIP,
    SAMPLES,
    at,
)

EVERY_FORM = [(form, forms) for forms in SETS for form in Form]


def pages_of(pdf):
    return PdfReader(BytesIO(pdf)).pages


def words_of(pdf):
    """All text, in one line, so that a wrapped sentence is found."""
    text = " ".join(page.extract_text() for page in pages_of(pdf))
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


class TestRender:
    @pytest.mark.parametrize(("form", "forms"), EVERY_FORM)
    def test_prints_every_form_of_both_sets_as_pdf_a(self, form, forms):
        pdf = render(form, SAMPLES[form], regime_forms=forms, at=at(9))
        reader = PdfReader(BytesIO(pdf))
        metadata = reader.trailer["/Root"]["/Metadata"].get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in metadata
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata
        if form is not Form.FEE_RECEIPT:  # a receipt for money bears its unit and its serial number instead
            assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words_of(pdf)
            assert "Độc lập - Tự do - Hạnh phúc" in words_of(pdf)

    @pytest.mark.parametrize(("form", "forms"), EVERY_FORM)
    def test_embeds_one_typeface_only(self, form, forms):
        names = {
            font.get_object()["/BaseFont"].split("+")[-1]
            for page in pages_of(render(form, SAMPLES[form], regime_forms=forms))
            for font in page["/Resources"]["/Font"].values()
        }
        assert names
        assert all(name.startswith("Tinos") for name in names)

    def test_gives_the_same_bytes_for_the_same_facts_and_moment(self):
        assert render(Form.RECEIPT, RECEIPT, at=at(9)) == render(Form.RECEIPT, RECEIPT, at=at(9))

    def test_prints_from_the_snapshot_what_it_printed_from_the_facts(self):
        assert render_snapshot(Form.RECEIPT, as_json(RECEIPT), at=at(9)) == render(
            Form.RECEIPT, RECEIPT, at=at(9)
        )

    def test_keeps_every_vietnamese_letter(self):
        assert len(LETTERS) == 134
        letters = LETTERS + "₫–“”…" + "ÝýĐđ"
        printed = words_of(render(Form.REFUSAL, replace(REFUSAL, reasons=(" ".join(letters),))))
        assert " ".join(letters) in printed

    def test_joins_letters_typed_as_base_and_mark(self):
        name = unicodedata.normalize("NFD", "Nguyễn Thị Thủy Trường")
        printed = words_of(render(Form.REFUSAL, replace(REFUSAL, applicant=Person(name=name))))
        assert "Nguyễn Thị Thủy Trường" in printed

    @pytest.mark.parametrize(
        "hostile",
        [
            "#panic()",
            "*đậm* _nghiêng_ $x$",
            '#read("/common.typ")',
            "<nhãn> @tham-chiếu \\ [a] {b}",
            "// hết",
        ],
    )
    def test_shows_markup_as_it_was_typed(self, hostile):
        assert hostile in words_of(render(Form.REFUSAL, replace(REFUSAL, matter=hostile)))

    def test_breaks_a_name_of_300_letters_inside_the_page(self):
        long = "Nguyễn" * 50
        pdf = render(Form.RECEIPT, replace(PLAIN_RECEIPT, applicant=replace(RECEIPT.applicant, name=long)))
        assert long in words_of(pdf).replace(" ", "")


class TestReceipt:
    @pytest.mark.parametrize("forms", list(SETS))
    def test_shows_every_field(self, forms):
        printed = words_of(render(Form.RECEIPT, RECEIPT, regime_forms=forms))
        for field in (
            "Mẫu số 01",
            "Số: 0975/TTPVHCC",
            "Đắk Lắk, ngày 20 tháng 11 năm 2026",
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            "Mã hồ sơ: H15.13-261120-0975",
            "Nguyễn Thị Tuyết Nhung",
            "Số định danh cá nhân: 066190001234",
            "25 Lý Thường Kiệt, phường Buôn Ma Thuột, tỉnh Đắk Lắk",
            "Số điện thoại: 0905 123 456",
            "Email: tuyetnhung@example.vn",
            "Người được ủy quyền: Trần Quốc Hùng",
            "066085004321",
            "Thôn 3, xã Ea Kar",
            "0914 222 333",
            "hung.tq@example.vn",
            "Giấy ủy quyền số 12/2026",
            RECEIPT.procedure,
            RECEIPT.matter,
            *(part.name for part in RECEIPT.components),
            "Bản sao chứng thực 02",
            "01 (bộ)",
            "05 ngày làm việc",
            "08 giờ 05 phút, ngày 20/11/2026",
            "17 giờ 00 phút, ngày 30/11/2026",
            "thứ Hai",
            "Quầy số 04",
            "Quyển số: 2026; Số thứ tự: 0975.",
            "150.000 đồng (Một trăm năm mươi nghìn đồng)",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TIẾP NHẬN HỒ SƠ",
            "Lê Thị Hồng Vân",
            RECEIPT.explanation[1],
        ):
            assert field in printed, field

    @pytest.mark.parametrize("receipt", [RECEIPT, PLAIN_RECEIPT], ids=["authorised", "plain"])
    def test_stands_on_one_page_of_a4_for_five_papers(self, receipt):
        pages = pages_of(render(Form.RECEIPT, receipt))
        assert len(pages) == 1
        assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)

    def test_is_printed_on_a5_by_the_set_of_2018(self):
        pages = pages_of(render(Form.RECEIPT, PLAIN_RECEIPT, regime_forms="TT01-2018"))
        assert len(pages) == 1
        assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (420, 595)

    def test_carries_a_qr_that_opens_the_tracking_page(self):
        page = pypdfium2.PdfDocument(render(Form.RECEIPT, RECEIPT))[0]
        codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        assert [code.text for code in codes] == [RECEIPT.tracking_url]

    def test_repeats_the_head_of_a_long_list_on_each_page(self):
        papers = tuple(Component(name=f"Giấy tờ thứ {number} " + "rất dài " * 12) for number in range(1, 61))
        pages = pages_of(render(Form.RECEIPT, replace(RECEIPT, components=papers)))
        assert len(pages) > 2
        assert all("Tên giấy tờ" in page.extract_text() for page in pages[:-1])
        assert "Giấy tờ thứ 60" in words_of(render(Form.RECEIPT, replace(RECEIPT, components=papers)))

    def test_prints_each_copy_with_its_label(self):
        copies = ("Liên 1: Chuyển kèm hồ sơ", "Liên 2: Giao người nộp")
        pages = pages_of(render(Form.RECEIPT, replace(PLAIN_RECEIPT, copies=copies)))
        assert [label in page.extract_text() for label, page in zip(copies, pages, strict=True)] == [
            True,
            True,
        ]

    def test_says_why_when_no_moment_is_promised(self):
        receipt = replace(PLAIN_RECEIPT, due_at=None, due_note="Theo thông báo của cơ quan giải quyết")
        assert "Thời gian trả kết quả: Theo thông báo của cơ quan" in words_of(render(Form.RECEIPT, receipt))

    def test_addresses_an_organisation(self):
        organisation = Person(
            name="Công ty TNHH Ea Pốk", is_organisation=True, id_number="6000181156", id_label="Mã số thuế"
        )
        printed = words_of(render(Form.RECEIPT, replace(PLAIN_RECEIPT, applicant=organisation)))
        assert "Tiếp nhận hồ sơ của tổ chức: Công ty TNHH Ea Pốk" in printed
        assert "Mã số thuế: 6000181156" in printed

    def test_leaves_out_the_lines_of_what_is_not_there(self):
        bare = replace(
            PLAIN_RECEIPT, applicant=Person(name="Y Blăng Niê"), fee=0, tracking_url="", contact_phone=""
        )
        printed = words_of(render(Form.RECEIPT, bare))
        for label in ("Số điện thoại:", "Email:", "Người được ủy quyền", "Phí, lệ phí", "Tra cứu hồ sơ"):
            assert label not in printed


class TestRefusal:
    def test_shows_every_field(self):
        printed = words_of(render(Form.REFUSAL, REFUSAL))
        for field in (
            "Mẫu số 03",
            "Số: 05/PTC",
            "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ",
            "066190001234",
            "0905 123 456",
            REFUSAL.code,
            REFUSAL.procedure,
            REFUSAL.matter,
            *REFUSAL.reasons,
            "09 giờ 40 phút, ngày 20/11/2026",
            "Lê Thị Hồng Vân",
        ):
            assert field in printed, field

    def test_bears_the_title_of_its_set(self):
        assert "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ" in words_of(
            render(Form.REFUSAL, REFUSAL, regime_forms="TT01-2018")
        )


class TestControlSheet:
    @pytest.mark.parametrize(("forms", "sample"), [("TT03-2025", "Mẫu số 06"), ("TT01-2018", "Mẫu số 05")])
    def test_shows_each_hand_over(self, forms, sample):
        pdf = render(Form.CONTROL_SHEET, CONTROL_SHEET, regime_forms=forms)
        printed = words_of(pdf)
        for field in (
            sample,
            "Số: 0975/PKS",
            *CONTROL_SHEET.partners,
            "17 giờ 00 phút, ngày 30/11/2026",
            "Có kết quả: 10 giờ 30 phút, ngày 26/11/2026 – trước hạn",
            "Giao: Trung tâm Phục vụ hành chính công",
            "Nhận: Phòng Đăng ký đất đai",
            "10:15 ngày 20/11/2026",
            "Y Blăng Niê",
            "Quá hạn",
            "Chờ ý kiến của cơ quan thuế",
            "Vào sổ, phát hành",
        ):
            assert field in printed, field

    def test_stands_before_the_first_hand_over(self):
        assert "Chưa có lần giao, nhận nào" in words_of(
            render(Form.CONTROL_SHEET, replace(CONTROL_SHEET, hand_overs=(), finished_at=None))
        )

    def test_repeats_its_head_over_pages(self):
        many = tuple(
            HandOver(giver_unit=f"Đơn vị {number}", receiver_unit=f"Đơn vị {number + 1}", at=at(9))
            for number in range(40)
        )
        pages = pages_of(render(Form.CONTROL_SHEET, replace(CONTROL_SHEET, hand_overs=many)))
        assert len(pages) > 1
        assert all("Tên cơ quan, đơn vị" in page.extract_text() for page in pages)


class TestRegister:
    @pytest.mark.parametrize(("forms", "sample"), [("TT03-2025", "Mẫu số 07"), ("TT01-2018", "Mẫu số 06")])
    def test_lies_flat_and_repeats_its_head_on_each_page(self, forms, sample):
        pages = pages_of(render(Form.REGISTER, REGISTER, regime_forms=forms))
        assert len(pages) > 1
        for number, page in enumerate(pages, start=1):
            text = " ".join(page.extract_text().split())
            assert page.mediabox.width > page.mediabox.height
            assert sample in text
            if "Người giữ sổ" not in text.lower():
                assert "Tên thủ tục hành chính" in text
            assert number == 1 or str(number) in text

    def test_shows_every_field(self):
        entry = replace(REGISTER.entries[0], note="Ghi chú riêng")
        printed = words_of(render(Form.REGISTER, replace(REGISTER, entries=(entry,))))
        for field in (
            "Lĩnh vực: Đất đai",
            "Quyển số: 2026",
            "Từ ngày 01/11/2026 đến ngày 30/11/2026",
            entry.procedure,
            entry.name,
            "0905 123 001",
            entry.agency,
            "03/11/2026",
            "10/11/2026",
            "09/11/2026",
            "Trực tiếp",
            "Ghi chú riêng",
            "Tổng số: 01 hồ sơ; đã trả kết quả: 01",
        ):
            assert field in printed, field
        assert entry.code in printed.replace(" ", "")

    def test_says_so_when_it_is_empty(self):
        assert "Không có hồ sơ nào" in words_of(render(Form.REGISTER, replace(REGISTER, entries=())))

    def test_prints_hundreds_of_lines(self):
        entries = tuple(
            Entry(number=number, code=f"H15.13-261120-{number:04d}", procedure="Đăng ký khai sinh", name="Y Blăng Niê",
                  contact="0905", agency="UBND xã Ea Kar", received_at=at(8))
            for number in range(1, 401)
        )  # fmt: skip
        assert len(pages_of(render(Form.REGISTER, replace(REGISTER, entries=entries)))) > 12


class TestOtherPapers:
    def test_lists_what_is_handed_over(self):
        printed = words_of(render(Form.HAND_OVER, HAND_OVER))
        for field in (
            "Số: 31/BG",
            "Bên nhận: Sở Nông nghiệp và Môi trường",
            "08 hồ sơ",
            "Khẩn",
            HAND_OVER.rows[7].code,
        ):
            assert field in printed, field

    def test_says_what_was_returned_to_whom(self):
        printed = words_of(render(Form.RETURN_SLIP, RETURN_SLIP))
        for field in (
            RETURN_SLIP.result,
            "CS 01234/2026",
            "26/11/2026",
            "Trần Quốc Hùng (người nhận thay)",
            "14 giờ 20 phút, ngày 26/11/2026",
            "trước hạn",
            *RETURN_SLIP.given_back,
        ):
            assert field in printed, field


class TestSampleOf:
    @pytest.mark.parametrize(
        ("form", "forms", "words"),
        [
            (Form.APOLOGY, "TT03-2025", "Mẫu số 04"),
            (Form.CONTROL_SHEET, "TT03-2025", "Mẫu số 06"),
            (Form.CONTROL_SHEET, "TT01-2018", "Mẫu số 05"),
            (Form.STOP, "TT01-2018", ""),
            (Form.HAND_OVER, "TT03-2025", ""),
        ],
    )
    def test_numbers_a_form_as_its_set_does(self, form, forms, words):
        assert sample_of(form, forms) == words

    def test_refuses_a_set_that_nobody_knows(self):
        with pytest.raises(NoSuchForm, match="TT99"):
            sample_of(Form.RECEIPT, "TT99")


class TestFonts:
    def test_says_what_to_do_when_they_are_missing(self, settings, tmp_path):
        settings.BASE = settings.VAR = tmp_path
        with pytest.raises(FontsMissing, match="npm ci"):
            fonts.font_folder()

    def test_takes_those_put_beside_the_data(self, settings, tmp_path):
        folder = tmp_path / "assets" / "fonts" / "tinos"
        folder.mkdir(parents=True)
        for face in fonts.FACES:
            (folder / f"{face}.ttf").touch()
        settings.BASE = settings.VAR = tmp_path
        assert fonts.font_folder() == folder


class TestVerdict:
    @pytest.mark.parametrize(
        ("moment", "due", "expected"),
        [
            (at(17, day=19), at(17), "Trước hạn"),
            (at(8), at(17), "Đúng hạn"),
            (at(17), at(17), "Đúng hạn"),
            (at(17, 1), at(17), "Quá hạn"),
            (at(8), None, ""),
            (None, at(8), ""),
        ],
    )
    def test_compares_moments_and_then_days(self, moment, due, expected):
        assert verdict(moment, due) == expected


class TestTwoDigits:
    def test_puts_a_nought_before_a_single_digit(self):
        assert [two_digits(number) for number in (5, 10, 975)] == ["05", "10", "975"]


class TestLetterhead:
    @pytest.mark.parametrize(
        ("month", "words"), [(1, "tháng 01 năm 2026"), (2, "tháng 02 năm 2026"), (3, "tháng 3 năm 2026")]
    )
    def test_writes_the_day_as_the_decree_asks(self, month, words):
        letterhead = replace(LETTERHEAD, on=at(8, day=5, month=month).date())
        assert f"ngày 05 {words}" in words_of(render(Form.REFUSAL, replace(REFUSAL, letterhead=letterhead)))
