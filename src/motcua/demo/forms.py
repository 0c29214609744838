"""Mẫu giấy tờ của tỉnh mẫu: a template of the province's own, built here, published; one more waiting to be tried."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from docx import Document
from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
from docx.shared import Mm, Pt

from motcua.demo.province import Province
from motcua.service.paperwork.operations.charging import open_series
from motcua.service.paperwork.operations.styling import set_look
from motcua.service.paperwork.operations.templating import Place, publish_template, upload_template
from motcua.service.paperwork.registry import Form

DECISION = "Quyết định ban hành mẫu giấy tờ của tỉnh mẫu"
TAX_CODE = "0900000001"


def found(made: Province, *, at: datetime, valid_from: date) -> None:
    """Đặt mẫu: the province's slip for returned results in use, its receipt as a draft, its fee receipts numbered."""
    slip = upload_template(
        place=Place(Form.RETURN_SLIP, agency_id=made.root.pk), content=_slip(), file_name="phieu-tra-ket-qua-tinh.docx",
        by=made.controller, at=at,
    )  # fmt: skip
    publish_template(
        template_id=slip.pk,
        by=made.admin,
        at=at + timedelta(minutes=20),
        valid_from=valid_from,
        reason=DECISION,
    )
    upload_template(
        place=Place(Form.RECEIPT, agency_id=made.root.pk), content=_receipt(), file_name="giay-hen-tinh.docx",
        by=made.controller, at=at + timedelta(minutes=30), reason="Bản thử, chờ góp ý của các đơn vị",
    )  # fmt: skip
    set_look(
        agency_id=None, form=Form.BATCH_RECEIPT, valid_from=valid_from, by=made.admin, at=at, mark="NONE",
        copies=("Liên: Lưu", "Liên: Giao khách hàng"), reason=DECISION,
    )  # fmt: skip
    for kind, symbol in (("FEE", "TM-26P"), ("CHARGE", "TM-26L")):
        for agency in (made.centre, *made.centres.values()):
            open_series(
                agency_id=agency.pk, kind=kind, template="01BLP-001", symbol=symbol, tax_code=TAX_CODE,
                valid_from=valid_from, by=made.admin, at=at,
            )  # fmt: skip


def _slip() -> bytes:
    document = _blank()
    _head(document)
    _line(document, "PHIẾU TRẢ KẾT QUẢ", is_bold=True, size=15, is_centred=True)
    _line(document, "Mã hồ sơ: {{ code }}", is_centred=True)
    for words in (
        "{{ unit }} trả kết quả cho: {{ applicant.name|upper }}",
        "{{ applicant.id_label }}: {{ applicant.id_number }}",
        "Thủ tục: {{ procedure }}",
        "Kết quả: {{ result }}, số {{ result_number }} ngày {{ result_on|day }}",
        (
            "Hẹn trả: {% if due_at %}{{ due_at|moment }}{% else %}không ấn định{% endif %}"
            "{% if verdict %} ({{ verdict|lower }}){% endif %}"
        ),
        "Trả lúc: {{ returned_at|moment }}",
        "Người nhận: {{ receiver }}{% if not receiver_is_applicant %} (nhận thay){% endif %}",
    ):
        _line(document, words)
    _line(document, "{%p if note %}")
    _line(document, "Ghi chú: {{ note }}")
    _line(document, "{%p endif %}")
    _line(document, "{{ qr }}", is_centred=True)
    _signed(document, ("NGƯỜI NHẬN", "{{ receiver }}"), ("NGƯỜI TRẢ", "{{ returned_by }}"))
    return _bytes(document)


def _receipt() -> bytes:
    document = _blank()
    _head(document)
    _line(document, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", is_bold=True, size=15, is_centred=True)
    _line(document, "{{ barcode }}", is_centred=True)
    _line(document, "{{ unit }} tiếp nhận hồ sơ của: {{ applicant.name }}")
    _line(document, "Nội dung: {{ procedure }}")
    table = document.add_table(4, 3, style="Table Grid")
    rows = (("STT", "Tên giấy tờ", "Số lượng"), ("{%tr for row in components %}", "", ""),
            ("{{ loop.index }}", "{{ row.name }} ({{ row.form|lower }})", "{{ row.quantity|two }}"),
            ("{%tr endfor %}", "", ""))  # fmt: skip
    for down, row in enumerate(rows):
        for across, words in enumerate(row):
            table.cell(down, across).text = words
    for column, width in zip(table.columns, (Mm(14), Mm(122), Mm(26)), strict=True):
        for place in column.cells:
            place.width = width
    _line(
        document,
        "Nhận lúc {{ received_at|moment }}; hẹn trả {{ due_at|moment }} ({{ due_at|weekday }}).",
        is_bold=True,
    )
    _line(document, "Nhận kết quả tại: {{ return_place }}")
    _line(document, "{%p if fee %}")
    _line(document, "Phí, lệ phí: {{ fee|money }} ({{ fee|in_words }})")
    _line(document, "{%p endif %}")
    _line(document, "Quyển số {{ book }}, số thứ tự {{ entry }}")
    _signed(document, ("NGƯỜI NỘP HỒ SƠ", "{{ submitter }}"), ("NGƯỜI TIẾP NHẬN", "{{ receiver }}"))
    return _bytes(document)


def _blank() -> Any:
    document = Document()
    usual = document.styles["Normal"]
    usual.font.name, usual.font.size = "Times New Roman", Pt(13)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    return document


def _head(document: Any) -> None:
    table = document.add_table(1, 2)
    for place, lines in zip(
        table.rows[0].cells,
        (("{{ letterhead.agency|upper }}", "Số: {{ letterhead.number }}"),
         ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
          "{{ letterhead.place }}, {{ letterhead.on|long_day }}")),
        strict=True,
    ):  # fmt: skip
        for number, words in enumerate(lines):
            paragraph = place.paragraphs[0] if number == 0 else place.add_paragraph()
            paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
            run = paragraph.add_run(words)
            run.bold, run.font.size = number == 0, Pt(11)


def _line(
    document: Any, words: str, *, is_bold: bool = False, size: int = 13, is_centred: bool = False
) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(words)
    run.bold, run.font.size = is_bold, Pt(size)
    if is_centred:
        paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER


def _signed(document: Any, *signers: tuple[str, str]) -> None:
    table = document.add_table(1, len(signers))
    for place, (role, name) in zip(table.rows[0].cells, signers, strict=True):
        place.paragraphs[0].add_run(role).bold = True
        for words in ("", "", name):
            place.add_paragraph(words)
        for paragraph in place.paragraphs:
            paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER


def _bytes(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
