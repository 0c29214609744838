"""Every form beside its list of fields: what the circulars ask for stands on the paper, as PDF and as DOCX."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace
from functools import cache
from io import BytesIO

import pytest
import zxingcpp
from docx import Document
from pypdf import PdfReader

from motcua.service.paperwork import samples
from motcua.service.paperwork.facts import Look, as_json, from_json
from motcua.service.paperwork.layouts import lay_out
from motcua.service.paperwork.registry import FACTS, SETS, Form
from motcua.service.paperwork.rendering import render, render_docx
from motcua.service.paperwork.samples import SAMPLES, at
from motcua.service.paperwork.sheet import Picture, plain
from motcua.service.paperwork.tests.test_rendering import pages_of, words_of

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NEW, OLD = "TT03-2025", "TT01-2018"
PERSON = (
    "Nguyễn Thị Tuyết Nhung",
    "Số định danh cá nhân: 066190001234",
    "Địa chỉ: 25 Lý Thường Kiệt, phường Buôn Ma Thuột, tỉnh Đắk Lắk",
    "Số điện thoại: 0905 123 456",
    "Email: tuyetnhung@example.vn",
)
HEAD = ("ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK", "Độc lập - Tự do - Hạnh phúc")
AUTHORISED = (
    "Người được ủy quyền: Trần Quốc Hùng",
    "066085004321",
    "Thôn 3, xã Ea Kar",
    "hung.tq@example.vn",
    "Giấy ủy quyền số 12/2026",
)
REQUIRED = {
    (Form.RECEIPT, NEW): (
        "Mẫu số 01", "Số: 0975/TTPVHCC", "Mã hồ sơ: H15.13-261120-0975", *PERSON, *AUTHORISED,
        "Tiếp nhận hồ sơ của ông/bà", "Nội dung yêu cầu giải quyết", "Thành phần hồ sơ nộp gồm", "Hình thức", "Số lượng",
        "Số lượng hồ sơ: 01 (bộ)", "Thời hạn giải quyết: 05 ngày làm việc", "08 giờ 05 phút, ngày 20/11/2026",
        "17 giờ 00 phút, ngày 30/11/2026", "Nhận kết quả tại: Quầy số 04", "Quyển số: 2026; Số thứ tự: 0975",
        "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ),
    (Form.RECEIPT, OLD): (
        "Mẫu số 01", "Số: 0975/TTPVHCC", "Mã hồ sơ: H15.13-261120-0975", *PERSON, *AUTHORISED, "Tiếp nhận hồ sơ của:",
        "Thời gian giải quyết theo quy định: 05 ngày làm việc", "Đăng ký nhận kết quả tại: Quầy số 04",
        "Quyển số: 2026; Số thứ tự: 0975", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ),
    (Form.SUPPLEMENT, NEW): (
        "Mẫu số 02", "Số: 12/PBS", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "Hồ sơ của: Nguyễn", *PERSON,
        "Nội dung yêu cầu giải quyết", "Trích đo bản đồ địa chính thửa đất – 01 bản chính", "Bản nộp thiếu tọa độ",
        "02 bản chụp", "Lý do:", "1. Hồ sơ chưa đủ thành phần", "ông Y Blăng Niê, Phòng Đăng ký đất đai",
        "số điện thoại 0262 3 812 345", "17 giờ 00 phút, ngày 08/12/2026", "NGƯỜI HƯỚNG DẪN", "Y Blăng Niê",
    ),
    (Form.SUPPLEMENT, OLD): (
        "Mẫu số 02", "Số: 12/PBS", "Bản chính", "Bản sao chứng thực", "Bản chụp", "Trích đo bản đồ địa chính thửa đất",
        "NGƯỜI HƯỚNG DẪN",
    ),
    (Form.REFUSAL, NEW): (
        "Mẫu số 03", "Số: 05/PTC", "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ", *PERSON, "Mã hồ sơ", "Nội dung yêu cầu giải quyết",
        "Lý do từ chối", "thông báo thu hồi đất số 45/TB-UBND", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ),
    (Form.REFUSAL, OLD): ("Mẫu số 03", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
    (Form.APOLOGY, NEW): (
        "Mẫu số 04", "Số: 07/PXL", "PHIẾU XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN", "Kính gửi: Nguyễn Thị", "Ngày 20/11/2026",
        "Sở Nông nghiệp và Môi trường", "Cấp giấy chứng nhận quyền sử dụng đất", "066190001234", "H15.13-261120-0975",
        "17 giờ 00 phút, ngày 30/11/2026", "Chờ ý kiến xác định nguồn gốc sử dụng đất", "17 giờ 00 phút, ngày 04/12/2026",
        "xin lỗi ông/bà", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Hoàng Minh Tuấn",
    ),
    (Form.APOLOGY, OLD): ("Mẫu số 04", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", "xin lỗi ông/bà"),
    (Form.STOP, NEW): (
        "Mẫu số 05", "Số: 03/TBD", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", *PERSON, "theo đề nghị của ông/bà",
        "Đang thẩm định tại Phòng Đăng ký đất đai", "Lý do dừng", "Phí, lệ phí: Đã thu 150.000 đồng",
        "Giấy tờ bản chính trả lại", "Giấy chứng sinh (bản chính)", "09 giờ 30 phút, ngày 25/11/2026",
    ),
    (Form.STOP, OLD): ("THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",),
    (Form.CONTROL_SHEET, NEW): (
        "Mẫu số 06", "Số: 0975/PKS", "Mã hồ sơ", "Cơ quan (bộ phận) giải quyết hồ sơ: Sở Nông nghiệp và Môi trường",
        "Cơ quan phối hợp giải quyết hồ sơ: Chi cục Thuế khu vực XIV", "Thời gian nhận hồ sơ", "Thời gian hẹn trả kết quả",
        "Tên cơ quan, đơn vị", "Thời gian giao, nhận hồ sơ", "Kết quả", "Ghi chú", "Giao:", "Nhận:", "Người giao",
        "Người nhận", "Trước hạn", "Đúng hạn", "Quá hạn",
    ),
    (Form.CONTROL_SHEET, OLD): ("Mẫu số 05", "Quyển số:", "Số thứ tự:"),
    (Form.REGISTER, NEW): (
        "Mẫu số 07", "SỔ THEO DÕI HỒ SƠ", "Lĩnh vực: Đất đai", "Quyển số: 2026", "Mã hồ sơ", "Tên thủ tục hành chính",
        "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại", "Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả",
        "Trả kết quả", "Cách nhận kết quả", "Ký nhận",
    ),
    (Form.REGISTER, OLD): ("Mẫu số 06", "Số bộ"),
    (Form.BATCH_RECEIPT, NEW): (
        "Số: 18/GTNN", "Số lượng: 06 hồ sơ", "Trần Quốc Hùng", "Thời hạn", "Số bộ", "Chủ hồ sơ", "Cơ quan giải quyết",
        "Hẹn trả", "H15.13-261102-0001", "05 ngày làm việc",
    ),
    (Form.PROCESS_REPORT, NEW): (
        "Số: 0975/QTXL", "Ngày gửi", "Người xử lý", "Thao tác", "Người nhận", "Thời hạn của người gửi", "Thẩm định hồ sơ",
        "Đang giữ hồ sơ: Lê Thị Hồng Vân",
    ),
    (Form.HAND_OVER, NEW): ("Số: 31/BG", "Bên giao", "Bên nhận", "08 hồ sơ", "Số giấy tờ"),
    (Form.RESULT_LIST, NEW): (
        "Số: 22/BGKQ", "Bên giao: Sở Nông nghiệp và Môi trường", "Kết quả", "Chủ hồ sơ", "Địa chỉ", "Thu phí",
        "Nhận qua BCCI", "CS 00001/2026", "06 kết quả",
    ),
    (Form.RETURN_SLIP, NEW): (
        "Số: 0610/PTKQ", "Kết quả: Giấy chứng nhận quyền", "Số, ký hiệu: CS 01234/2026", "Loại văn bản: Giấy chứng nhận",
        "bản điện tử đã ký số", "Điện thoại người nhận: 0914 222 333", "14 giờ 20 phút, ngày 26/11/2026",
        "NGƯỜI TRẢ KẾT QUẢ",
        "Điện thoại liên hệ: 0262 3 812 345",
    ),
    (Form.PAPER_SLIP, NEW): (
        "Số: 04/PGHS", "PHIẾU GIAO HỒ SƠ GIẤY", "Mã hồ sơ: H15.13-261120-0975", "Bên nhận: Sở Nông nghiệp và Môi trường",
        "Tên giấy tờ", "Phải giao trước: 08 giờ 20 phút", "Chuyển bằng: Bưu điện tỉnh", "Ghi nhận khi nhận: Nhận đủ",
        "Đỗ Thị Mai",
    ),
    (Form.FEE_RECEIPT, NEW): (
        "Mẫu số: 01BLP1-001", "Ký hiệu: ĐL-26P", "Số: 0000123", "Mã số thuế: 6000181156", "BIÊN LAI THU PHÍ",
        "Liên 1: Lưu tại đơn vị thu", "Liên 2: Giao người nộp tiền", "Liên 3: Nội bộ", "2.115.104 đồng",
        "Hai triệu một trăm mười lăm nghìn một trăm linh bốn đồng", "Mã hồ sơ: H15.13-261120-0975", "Phí thẩm định",
    ),
}  # fmt: skip


def words_of_docx(content):
    """All the words of a Word file, in one line."""
    document = Document(BytesIO(content))
    places = [document._body._element, *(
        band._element
        for section in document.sections
        for band in (section.header, section.first_page_header, section.footer)
    )]  # fmt: skip
    paragraphs = (node for place in places for node in place.iter(f"{WORD}p"))
    said = (
        "".join(
            " " if node.tag == f"{WORD}br" else node.text or ""
            for node in paragraph.iter(f"{WORD}t", f"{WORD}br")
        )
        for paragraph in paragraphs
    )
    return " ".join(unicodedata.normalize("NFC", " ".join(said)).split())


@cache
def words_of_sample(form, forms):
    """What stands on the form of a regime, filled in with its sample: as PDF, and as DOCX."""
    sample = SAMPLES[form]
    return words_of(render(form, sample, regime_forms=forms)), words_of_docx(
        render_docx(form, sample, regime_forms=forms)
    )


class TestEveryForm:
    def test_has_its_list_of_fields(self):
        assert {form for form, _ in REQUIRED} == set(Form) == set(SAMPLES) == set(FACTS)

    @pytest.mark.parametrize(("form", "forms"), list(REQUIRED))
    def test_shows_them_as_pdf(self, form, forms):
        printed, _ = words_of_sample(form, forms)
        wanted = (*REQUIRED[form, forms], *(HEAD if form is not Form.FEE_RECEIPT else HEAD[:1]))
        assert [field for field in wanted if field not in printed] == []

    @pytest.mark.parametrize(("form", "forms"), list(REQUIRED))
    def test_shows_them_as_docx(self, form, forms):
        _, written = words_of_sample(form, forms)
        assert [field for field in REQUIRED[form, forms] if field not in written] == []

    @pytest.mark.parametrize("form", list(Form))
    @pytest.mark.parametrize("forms", list(SETS))
    def test_says_the_same_in_both(self, form, forms):
        """One layout: no word of the sheet is lost on either way."""
        said = plain([block for copy in lay_out(form, SAMPLES[form], forms).copies for block in copy])
        printed, written = (words.replace(" ", "") for words in words_of_sample(form, forms))
        lines = ["".join(line.replace("\u200b", "").split()) for line in said.splitlines()]
        assert [line for line in lines if line not in printed] == []
        assert [line for line in lines if line not in written] == []

    @pytest.mark.parametrize("form", list(Form))
    def test_comes_back_from_its_snapshot(self, form):
        assert from_json(FACTS[form], as_json(SAMPLES[form])) == SAMPLES[form]

    @pytest.mark.parametrize("form", list(Form))
    def test_gives_the_same_docx_for_the_same_facts_and_moment(self, form):
        assert render_docx(form, SAMPLES[form], at=at(9)) == render_docx(form, SAMPLES[form], at=at(9))

    @pytest.mark.parametrize("form", list(Form))
    def test_keeps_vietnamese_letters_in_docx(self, form):
        document = Document(BytesIO(render_docx(form, SAMPLES[form])))
        fonts = document.styles["Normal"].element.rPr.rFonts
        assert {
            value for key, value in fonts.attrib.items() if key.endswith(("ascii", "hAnsi", "cs", "eastAsia"))
        } == {"Times New Roman"}

    def test_understands_a_snapshot_of_an_older_release(self):
        kept = as_json(samples.RECEIPT)
        for name in ("look", "certification"):
            del kept[name]
        assert from_json(FACTS[Form.RECEIPT], kept) == samples.RECEIPT


class TestCertification:
    def test_counts_pages_and_copies(self):
        printed = words_of(render(Form.RECEIPT, samples.CERTIFIED_RECEIPT))
        for field in (
            "Yêu cầu chứng thực: 03 trang; 05 bản giấy; có ký số bản điện tử",
            "Số trang",
            "Bằng tốt nghiệp đại học 02",
        ):
            assert field in printed, field

    def test_is_silent_on_other_receipts(self):
        assert "Yêu cầu chứng thực" not in words_of(render(Form.RECEIPT, samples.RECEIPT))


class TestLook:
    def styled(self, **look):
        return replace(samples.PLAIN_RECEIPT, look=Look(**look))

    def marks_on(self, receipt):
        import pypdfium2

        document = pypdfium2.PdfDocument(render(Form.RECEIPT, receipt))
        image = document[0].render(scale=3).to_pil()
        document.close()
        return {
            str(found.format).rpartition(".")[2].replace("Code", "").replace(" ", ""): found.text
            for found in zxingcpp.read_barcodes(image)
        }

    def test_prints_a_bar_code_that_can_be_read(self):
        assert self.marks_on(self.styled(mark="BARCODE")) == {"128": samples.RECEIPT.code}

    def test_prints_both(self):
        found = self.marks_on(self.styled(mark="BOTH"))
        assert set(found.values()) == {samples.RECEIPT.code, samples.RECEIPT.tracking_url}

    def test_prints_none(self):
        assert self.marks_on(self.styled(mark="NONE")) == {}

    def test_leaves_out_the_book(self):
        assert "Quyển số" not in words_of(render(Form.RECEIPT, self.styled(has_book=False)))

    def test_takes_another_paper(self):
        page = pages_of(render(Form.RECEIPT, self.styled(paper="A5")))[0]
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (420, 595)

    def test_labels_each_copy(self):
        receipt = replace(self.styled(), copies=("Liên: Lưu", "Liên: Giao khách hàng"))
        pages = pages_of(render(Form.RECEIPT, receipt))
        assert ["Liên: Lưu" in page.extract_text() for page in pages] == [True, False]
        assert "Liên: Giao khách hàng" in pages[1].extract_text()


class TestSheets:
    @pytest.mark.parametrize(
        "form", [form for form in Form if form in {Form.REGISTER, Form.HAND_OVER, Form.RESULT_LIST}]
    )
    def test_repeat_the_head_of_a_long_table(self, form):
        facts = SAMPLES[form]
        name = next(field.name for field in fields(facts) if field.name in {"rows", "entries"})
        long = replace(facts, **{name: getattr(facts, name) * 8})
        pages = PdfReader(BytesIO(render(form, long))).pages
        assert len(pages) > 2
        for page in list(pages)[:-1]:
            assert "Mã hồ sơ" in page.extract_text()

    def test_draw_pictures_for_word_as_dots(self):
        sheet = lay_out(Form.RECEIPT, samples.RECEIPT)

        def pictures(blocks):
            for block in blocks:
                for run in getattr(block, "runs", ()):
                    if isinstance(run, Picture):
                        yield run
                for row in getattr(block, "rows", ()):
                    for cell in row:
                        yield from pictures(cell.blocks)

        found = list(pictures(sheet.copies[0]))
        assert [picture.png[:4] for picture in found] == [b"\x89PNG"]
