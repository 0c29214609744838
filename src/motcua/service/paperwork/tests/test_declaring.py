from __future__ import annotations

import unicodedata
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from motcua.demo.eforms import FORMS
from motcua.service.forms.answered import AnsweredPage, Line, Part
from motcua.service.forms.definition import write
from motcua.service.forms.models import Answers, Form, FormVersion
from motcua.service.paperwork.declaring import declaration_docx, declaration_pdf
from motcua.service.paperwork.layouts.declarations import Declaration, lay_out_declaration
from motcua.service.paperwork.samples import at
from motcua.service.paperwork.writing.pdf import write_pdf

NAUGHTY = "#set page() $x$ \\ *đậm* _x_ <script> [[ ]] {{ 7*7 }} @ref // ﷺ 𝕋 \u202e"


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def answered(code: str, data: dict[str, Any]) -> Answers:
    """Answers in memory to a form of the demo."""
    told = next(one for one in FORMS if one.code == code)
    form = Form(code=code, name=told.definition.title, official=told.official)
    answers = Answers(
        subject_id=uuid4(), version=FormVersion(form=form, number=3, document=write(told.definition))
    )
    answers.data = data
    return answers


class TestDeclaration:
    def test_says_every_answer_and_leaves_room_for_the_rest(self) -> None:
        data = {
            "requester": "Nguyễn Thị Hoa", "child_name": "Trần Bảo An", "child_born": "2026-11-20",
            "born_at": "CO_SO_Y_TE", "hospital": "Bệnh viện Phụ sản", "has_mother": "KHONG",
            "requester_home": {"form": "NEW", "province": "31", "ward": "11074", "detail": "Thôn 3"},
        }  # fmt: skip
        given = {
            "addressee": "Ủy ban nhân dân xã Tứ Kỳ",
            "signer": "Nguyễn Thị Hoa",
            "place": "Tứ Kỳ",
            "at": at(9),
        }
        pdf = declaration_pdf(answered("khai-sinh", data), **given)  # type: ignore[arg-type]
        words = words_of(pdf)
        for said in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: Ủy ban nhân dân xã Tứ Kỳ",
            "Họ và tên của trẻ: Trần Bảo An", "Ngày sinh: 20/11/2026", "Thôn 3, Xã Tứ Kỳ, Thành phố Hải Phòng",
            "Trẻ sinh ở đâu: Cơ sở y tế", "Dân tộc: …", "NGƯỜI KHAI", "phiên bản 3",
        ):  # fmt: skip
            assert said in words, said
        assert "Họ và tên mẹ" not in words  # not asked
        metadata = PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
        assert b"<pdfaid:part>2</pdfaid:part>" in metadata
        assert pdf == declaration_pdf(answered("khai-sinh", data), **given)  # type: ignore[arg-type]
        assert declaration_docx(answered("khai-sinh", data), **given)[:2] == b"PK"  # type: ignore[arg-type]

    @pytest.mark.parametrize("rows", [1, 300])
    def test_any_text_is_only_text(self, rows: int) -> None:
        part = Part("Con 1", tuple(Line(f"a{place}", f"Câu {place}", NAUGHTY) for place in range(rows)))
        facts = Declaration(
            title="Thử", addressee="", pages=[AnsweredPage("p", "Trang", (part,))], on=at(9).date()
        )
        words = words_of(write_pdf(lay_out_declaration(facts), at=at(9)))
        assert "#set page()" in words
        assert "{{ 7*7 }}" in words
