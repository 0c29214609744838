"""An office's own templates: what is refused, what is filled, which one prints, and what a paper keeps of it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from types import SimpleNamespace

import pytest
from docx import Document
from docx.shared import Mm, Pt

from motcua.core.errors import DomainError
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.paperwork.facts import as_json
from motcua.service.paperwork.models import PaperTemplate
from motcua.service.paperwork.operations.printing import print_receipt
from motcua.service.paperwork.operations.templating import (
    NotADraft,
    NotFillable,
    Place,
    discard_template,
    publish_template,
    upload_template,
    withdraw_template,
)
from motcua.service.paperwork.registry import FACTS, Form
from motcua.service.paperwork.samples import SAMPLES, at
from motcua.service.paperwork.templating import converting, filling
from motcua.service.paperwork.templating.converting import CannotConvert, as_pdf, libre_office
from motcua.service.paperwork.templating.fields import fields_of, schema_of
from motcua.service.paperwork.templating.filling import fill, problems_in
from motcua.service.paperwork.templating.packages import LARGEST, RefusedTemplate, check_package
from motcua.service.paperwork.templating.sandbox import FILTERS, Sandbox
from motcua.service.paperwork.tests import world as worlds
from motcua.service.paperwork.tests.test_forms import words_of_docx
from motcua.service.paperwork.tests.test_rendering import pages_of, words_of
from motcua.service.paperwork.writing.reading import limits_of, read_docx

PLAIN = (
    "GIẤY HẸN RIÊNG",
    "Mã: {{ code }}",
    "Của: {{ applicant.name|upper }}",
    "Nhận lúc {{ received_at|moment }}",
)

RELATION = '<Relationship Id="rId99" Type="http://x/{}" Target="{}" TargetMode="External"/></Relationships>'


def docx(*lines, table=(), header=""):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        made = document.add_table(len(table), len(table[0]), style="Table Grid")
        for down, row in enumerate(table):
            for across, words in enumerate(row):
                made.cell(down, across).text = words
    if header:
        document.sections[0].header.paragraphs[0].text = header
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def repacked(content, *, add=None, change=None):
    """The package with other parts in it."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            for name, (old, new) in (change or {}).items():
                if entry.filename == name:
                    assert old.encode() in data
                    data = data.replace(old.encode(), new.encode())
            made.writestr(entry.filename, data)
        for name, data in (add or {}).items():
            made.writestr(name, data)
    return target.getvalue()


@pytest.fixture
def no_office(monkeypatch):
    monkeypatch.setattr(converting.shutil, "which", lambda _name: None)


class TestPackage:
    """What may not even be opened."""

    def test_takes_a_plain_document(self):
        check_package(docx(*PLAIN), "mau.docx")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "rỗng"),
            (b"%PDF-1.7\n%%EOF", "PDF"),
            (b"MZ\x90\x00", "không đúng loại"),
            (b"PK\x03\x04broken", "hỏng"),
            (b"0" * (LARGEST + 1), "2 MB"),
        ],
    )
    def test_refuses_what_is_no_word_file(self, content, words):
        with pytest.raises(RefusedTemplate, match=words):
            check_package(content, "mau.docx")

    @pytest.mark.parametrize(
        ("parts", "words"),
        [
            ({"word/vbaProject.bin": b"x"}, "macro"),
            ({"word/embeddings/oleObject1.bin": b"x"}, "nhúng"),
            ({"word/activeX/activeX1.xml": b"<a/>"}, "ActiveX"),
            ({"../../etc/passwd": b"x"}, "đường dẫn"),
            ({"word/bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}, "quá lớn"),
            ({f"word/media/{number}.png": b"x" for number in range(400)}, "quá lớn"),
            ({"word/evil.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "DTD"),
            ({"word/evil.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")}, "DTD"),
            ({"word/long.xml": b"<a>" + b"x" * 3_000_000 + b"</a>"}, "quá dài"),
        ],
    )
    def test_refuses_what_could_run_or_burst(self, parts, words):
        with pytest.raises(RefusedTemplate, match=words):
            check_package(repacked(docx(*PLAIN), add=parts), "mau.docx")

    def test_refuses_what_calls_out(self):
        relation = RELATION.format("attachedTemplate", "http://evil/x.dotm")
        content = repacked(
            docx(*PLAIN), change={"word/_rels/document.xml.rels": ("</Relationships>", relation)}
        )
        with pytest.raises(RefusedTemplate, match="bên ngoài"):
            check_package(content, "mau.docx")

    def test_takes_a_link_to_a_page(self):
        relation = RELATION.format("hyperlink", "https://dichvucong.gov.vn")
        check_package(
            repacked(docx(*PLAIN), change={"word/_rels/document.xml.rels": ("</Relationships>", relation)}),
            "mau.docx",
        )

    @pytest.mark.parametrize(
        "codes", [["DDEAUTO c:\\\\cmd"], ["INCLUDE", "PICTURE http://evil/x.png"], ["INCLUDETEXT x"]]
    )
    def test_refuses_fields_that_fetch_even_when_they_are_cut(self, codes):
        runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
        content = repacked(docx(*PLAIN), change={"word/document.xml": ("</w:p>", f"{runs}</w:p>")})
        with pytest.raises(RefusedTemplate, match="không được dùng"):
            check_package(content, "mau.docx")

    def test_takes_page_numbers(self):
        code = '<w:r><w:instrText xml:space="preserve"> PAGE \\* MERGEFORMAT </w:instrText></w:r>'
        check_package(
            repacked(docx(*PLAIN), change={"word/document.xml": ("</w:p>", f"{code}</w:p>")}), "mau.docx"
        )


class TestSandbox:
    """The small language: what it says no to, by name."""

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ("{{ ''.__class__.__mro__ }}", "Không dùng được"),
            ("{{ applicant.__class__ }}", "applicant.__class__"),
            ("{{ code.__init__.__globals__ }}", "không có trường con"),
            ("{{ code.upper() }}", "call"),
            ("{{ applicant['name'] }}", "getitem"),
            ("{{ self }}", "“self”"),
            ("{{ request }}", "“request”"),
            ("{{ range(9) }}", "call"),
            ("{{ lipsum }}", "“lipsum”"),
            ("{{ 'a' * 1000000000 }}", "mul"),
            ("{{ 9 ** 9 ** 9 }}", "pow"),
            ("{% set x = code %}", "assign"),
            ("{% macro m() %}{% endmacro %}", "macro"),
            ("{% include 'x' %}", "include"),
            ("{% import 'x' as y %}", "import"),
            ("{{ code|attr('x') }}", "attr"),
            ("{{ code|day('x') }}", "tham số"),
            ("{{ code|daay }}", "“day”"),
            ("{{ aplicant.name }}", "“applicant”"),
            ("{{ applicant.nam }}", "“applicant.name”"),
            ("{% for x in code %}{% endfor %}", "không phải danh sách"),
            ("{% for x in components recursive %}{% endfor %}", "Vòng lặp"),
            ("{% for x in components %}{% for y in components %}{% endfor %}{% endfor %}", "lồng nhau"),
            ("{% for x in components %}", "endfor"),
            ("{{ code", "Cú pháp"),
            ("{% for x in components %}{{ loop.cycle }}{% endfor %}", "loop.cycle"),
        ],
    )
    def test_names_what_it_refuses(self, said, words):
        problems = problems_in(docx(said), Form.RECEIPT)
        assert problems
        assert words in " ".join(problem.message for problem in problems)

    def test_refuses_in_the_header_and_in_the_properties_too(self):
        assert problems_in(docx(*PLAIN, header="{{ cod }}"), Form.RECEIPT)
        document = Document()
        document.core_properties.title = "{{ ''.__class__ }}"
        target = io.BytesIO()
        document.save(target)
        assert problems_in(target.getvalue(), Form.RECEIPT)

    def test_holds_at_run_time_what_the_check_would_have_let_through(self):
        sandbox = Sandbox(schema_of(Form.RECEIPT))
        for source in ("{{ x.__class__ }}", "{{ x['a'] }}", "{{ x.y() }}"):
            template = super(Sandbox, sandbox).from_string(source)
            with pytest.raises(Exception, match=r"__class__|^a$|call|y"):
                template.render(x=SimpleNamespace(y=print))

    def test_writes_values_as_text_never_as_markup(self):
        facts = as_json(SAMPLES[Form.REFUSAL]) | {"matter": '<w:p/> & "x" {{ code }}'}
        filled = fill(docx("{{ matter }}"), Form.REFUSAL, facts)
        assert words_of_docx(filled) == '<w:p/> & "x" {{ code }}'

    def test_stops_a_paper_that_grows_beyond_reason(self, monkeypatch):
        monkeypatch.setattr(filling, "LARGEST_FILLED", 20_000)
        content = docx(
            table=[["{%tr for row in entries %}"], ["{{ row.name }}" + "x" * 500], ["{%tr endfor %}"]]
        )
        with pytest.raises(RefusedTemplate, match="quá dài"):
            fill(content, Form.REGISTER, as_json(SAMPLES[Form.REGISTER]))


class TestFields:
    @pytest.mark.parametrize("form", list(Form))
    def test_are_all_explained(self, form):
        listed = fields_of(form)
        assert all(field.explanation for field in listed)
        assert "letterhead.agency" in [field.name for field in listed]

    @pytest.mark.parametrize("form", list(Form))
    def test_can_all_be_filled(self, form):
        """What the page of fields offers, the sandbox takes."""
        plain = [
            field.name
            for field in fields_of(form)
            if field.kind not in {"nhóm", "danh sách"} and "row." not in field.name
        ]
        content = docx(*[f"{{{{ {name} }}}}" for name in plain])
        assert problems_in(content, form) == []
        assert fill(content, form, as_json(SAMPLES[form]))

    @pytest.mark.parametrize(
        ("place", "words"),
        [
            ("{{ received_at|moment }}", "08 giờ 05 phút, ngày 20/11/2026"),
            (
                "{{ received_at|day }} {{ received_at|time }} {{ received_at|weekday }}",
                "20/11/2026 08:05 thứ Sáu",
            ),
            ("{{ letterhead.on|long_day }}", "ngày 20 tháng 11 năm 2026"),
            (
                "{{ fee|money }}; {{ fee|in_words }}; {{ fee|figures }}",
                "150.000 đồng; Một trăm năm mươi nghìn đồng; 150.000",
            ),
            ("{{ sets|two }} {{ unit|upper }}", "01 TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH ĐẮK LẮK"),
            ("{% if representative %}{{ representative.name }}{% endif %}", "Trần Quốc Hùng"),
            ("{% if certification %}có{% else %}không{% endif %}", "không"),
            ("{{ explanation }}", "Nhận lúc 08:05 ngày 20/11/2026"),
            ("{{ applicant.is_organisation }}", "không"),
        ],
    )
    def test_are_written_as_offices_write(self, place, words):
        assert words in words_of_docx(fill(docx(place), Form.RECEIPT, as_json(SAMPLES[Form.RECEIPT])))

    def test_repeat_a_row_for_each_paper(self):
        content = docx(
            table=[
                ["{%tr for row in components %}", ""],
                ["{{ loop.index }}", "{{ row.name }}"],
                ["{%tr endfor %}", ""],
            ]
        )
        written = words_of_docx(fill(content, Form.RECEIPT, as_json(SAMPLES[Form.RECEIPT])))
        assert "1 Tờ khai đăng ký khai sinh theo mẫu" in written
        assert "5 Văn bản ủy quyền được chứng thực" in written

    def test_name_filters_that_exist(self):
        assert all(words for _, words in FILTERS.values())


class TestConverting:
    def test_reads_word_by_itself_when_there_is_no_office(self, no_office):
        document = Document()
        paragraph = document.add_paragraph()
        paragraph.alignment = 1
        run = paragraph.add_run("Chữ đậm, nghiêng, gạch chân")
        run.bold = run.italic = run.underline = True
        run.font.size = Pt(20)
        table = document.add_table(2, 3, style="Table Grid")
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Ô gộp ngang"
        table.cell(0, 2).merge(table.cell(1, 2)).text = "Ô gộp dọc"
        table.cell(1, 0).text = "Ô thường"
        document.add_paragraph("Việc một", style="List Number")
        document.add_paragraph("Việc hai", style="List Number")
        section = document.sections[0]
        section.page_width, section.page_height = Mm(148), Mm(210)
        section.header.paragraphs[0].text = "Đầu trang"
        section.footer.paragraphs[0].text = "Chân trang"
        target = io.BytesIO()
        document.save(target)

        converted = as_pdf(target.getvalue(), at=at(9))

        page = pages_of(converted.pdf)[0]
        words = words_of(converted.pdf)
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (420, 595)
        for wanted in (
            "Chữ đậm, nghiêng, gạch chân",
            "Ô gộp ngang",
            "Ô gộp dọc",
            "Ô thường",
            "1. Việc một",
            "2. Việc hai",
            "Đầu trang",
            "Chân trang",
        ):
            assert wanted in words, wanted
        sheet = read_docx(target.getvalue())
        run = sheet.copies[0][0].runs[0]
        assert (run.bold, run.italic, run.underline, run.size) == (True, True, True, 20)
        cells = sheet.copies[0][1].rows
        assert [(cell.columns, cell.rows) for cell in cells[0]] == [(2, 1), (1, 2)]
        assert converted.by == "bộ vẽ có sẵn"
        assert as_pdf(target.getvalue(), at=at(9)).pdf == converted.pdf

    @pytest.mark.parametrize("form", list(Form))
    def test_reads_our_own_word_files_back_with_every_word(self, form):
        from motcua.service.paperwork.rendering import render_docx
        from motcua.service.paperwork.sheet import plain

        written = render_docx(form, SAMPLES[form])
        sheet = read_docx(written)
        said, words = plain(sheet.copies[0]), "".join(words_of_docx(written).split())
        assert said.strip()
        assert [line for line in said.splitlines() if "".join(line.split()) not in words] == []

    def test_says_what_it_leaves_out(self):
        content = repacked(
            docx(*PLAIN),
            change={"word/document.xml": ("<w:sectPr", "<w:p><w:r><w:pict/></w:r></w:p><w:sectPr")},
        )
        assert limits_of(content) == ["hình vẽ kiểu cũ"]
        assert limits_of(docx(*PLAIN)) == []

    def test_says_what_to_install(self, no_office):
        office = libre_office()
        assert not office.is_present
        assert "libreoffice" in office.advice

    def test_asks_libreoffice_when_it_is_there(self, tmp_path, monkeypatch):
        program = tmp_path / "soffice"
        program.write_text(
            '#!/bin/sh\nfor last; do :; done\nprintf "%%PDF-1.7 %s" "$(env | sort | tr "\\n" " ")" > "${last%.docx}.pdf"\n'
        )
        program.chmod(0o755)
        monkeypatch.setattr(converting.shutil, "which", lambda _name: str(program))
        monkeypatch.setenv("MOTCUA_SECRET_KEY", "demo-only-should-not-leak")

        converted = as_pdf(docx(*PLAIN))

        assert converted.by == "LibreOffice"
        assert converted.pdf.startswith(b"%PDF")
        assert b"should-not-leak" not in converted.pdf

    def test_gives_up_on_an_office_that_hangs(self, tmp_path, monkeypatch):
        program = tmp_path / "soffice"
        program.write_text("#!/bin/sh\nsleep 30\n")
        program.chmod(0o755)
        monkeypatch.setattr(converting.shutil, "which", lambda _name: str(program))
        monkeypatch.setattr(converting, "MOST_SECONDS", 0.3)
        with pytest.raises(CannotConvert):
            as_pdf(docx(*PLAIN))


@pytest.mark.django_db
class TestLife:
    @pytest.fixture(autouse=True)
    def _own_drawing(self, no_office):
        """By our own means, so that the pages do not hang on what the machine has."""

    @pytest.fixture
    def world(self):
        return worlds.build()

    def upload(self, world, *lines, **place):
        return upload_template(
            place=Place(Form.RECEIPT, **place), content=docx(*(lines or PLAIN)), file_name="mau.docx",
            by=world.people["LEADER"], at=at(7),
        )  # fmt: skip

    def publish(self, world, template, **more):
        return publish_template(
            template_id=template.pk, by=world.people["LEADER"], at=at(7, 30), reason="Theo QĐ 12", **more
        )

    def printed(self, world, dossier=None):
        dossier = dossier or world.receive(at(8))
        return print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 5))

    def test_prints_by_a_published_template(self, world):
        template = self.publish(world, self.upload(world))
        paper = self.printed(world)
        assert paper.template_id == template.pk
        assert "GIẤY HẸN RIÊNG" in words_of(paper.pdf())
        assert "NGUYỄN THỊ TUYẾT NHUNG" in words_of(paper.pdf())
        assert "GIẤY HẸN RIÊNG" in words_of_docx(paper.docx())

    def test_does_not_print_by_a_draft(self, world):
        self.upload(world)
        assert self.printed(world).template_id is None

    def test_the_most_specific_prints(self, world):
        self.publish(world, self.upload(world, "TOÀN TỈNH {{ code }}"))
        self.publish(world, self.upload(world, "TRUNG TÂM {{ code }}", agency_id=world.centre.pk))
        self.publish(world, self.upload(world, "SỞ KHÁC {{ code }}", agency_id=world.department.pk))
        self.publish(
            world, self.upload(world, "BỘ CŨ {{ code }}", forms="TT01-2018", agency_id=world.centre.pk)
        )
        assert "TRUNG TÂM" in words_of(self.printed(world).pdf())

    def test_a_paper_keeps_its_pages_when_the_template_changes_or_goes(self, world):
        first = self.publish(world, self.upload(world))
        dossier = world.receive(at(8))
        paper = self.printed(world, dossier)
        pages = paper.pdf()
        second = self.publish(world, self.upload(world, "MẪU MỚI {{ code }}"))
        withdraw_template(template_id=second.pk, reason="Sai tên", by=world.people["LEADER"], at=at(9))
        again = self.printed(world, dossier)
        assert (again.pk, again.template_id, again.pdf()) == (paper.pk, first.pk, pages)

    def test_after_a_withdrawal_the_built_in_form_holds(self, world):
        template = self.publish(world, self.upload(world))
        withdraw_template(
            template_id=template.pk, reason="Sai tên cơ quan", by=world.people["LEADER"], at=at(7, 45)
        )
        paper = self.printed(world)
        assert paper.template_id is None
        assert "GIẤY TIẾP NHẬN HỒ SƠ" in words_of(paper.pdf())

    def test_holds_from_its_day_on(self, world):
        self.publish(world, self.upload(world), valid_from=date(2026, 11, 23))
        assert self.printed(world).template_id is None
        later = world.receive(at(8, day=23))
        assert print_receipt(dossier_id=later.pk, by=world.people["CLERK"], at=at(9, day=23)).template_id

    def test_the_version_before_holds_until_the_day_before(self, world):
        first = self.publish(world, self.upload(world))
        self.publish(world, self.upload(world, "MỚI {{ code }}"), valid_from=date(2026, 11, 23))
        assert self.printed(world).template_id == first.pk

    def test_writes_who_did_what_and_why(self, world):
        template = self.publish(world, self.upload(world))
        withdraw_template(template_id=template.pk, reason="Sai tên", by=world.people["LEADER"], at=at(9))
        lines = Line.objects.filter(subject_id=template.pk).order_by("number")
        assert [(line.name, line.payload["reason"]) for line in lines] == [
            ("TemplateUploaded", ""), ("TemplatePublished", "Theo QĐ 12"), ("TemplateWithdrawn", "Sai tên"),
        ]  # fmt: skip
        assert verify().is_intact

    def test_a_new_draft_takes_the_place_of_the_one_before(self, world):
        first = self.upload(world)
        second = self.upload(world, "HAI {{ code }}")
        first.refresh_from_db()
        assert (first.state, second.version) == (PaperTemplate.State.DISCARDED, 2)
        with pytest.raises(NotADraft):
            self.publish(world, first)

    def test_a_published_one_is_not_discarded(self, world):
        template = self.publish(world, self.upload(world))
        with pytest.raises(NotADraft):
            discard_template(template_id=template.pk, by=world.people["LEADER"], at=at(9))

    @pytest.mark.parametrize(
        ("lines", "error", "words"),
        [
            (("{{ cod }} {{ applicant.nam }}",), NotFillable, "“cod”"),
            (("Không có chỗ nào",), RefusedTemplate, "ít nhất một trường"),
        ],
    )
    def test_refuses_at_once_what_cannot_be_filled(self, world, lines, error, words):
        with pytest.raises(error, match=words):
            self.upload(world, *lines)
        assert not PaperTemplate.objects.exists()

    def test_is_published_with_a_reason_and_not_for_yesterday(self, world):
        template = self.upload(world)
        with pytest.raises(DomainError, match="lý do"):
            publish_template(template_id=template.pk, by=world.people["LEADER"], at=at(8), reason=" ")
        with pytest.raises(DomainError, match="quá khứ"):
            self.publish(world, template, valid_from=date(2026, 11, 19))


class TestSamples:
    @pytest.mark.parametrize("form", list(Form))
    def test_are_of_the_kind_that_the_form_states(self, form):
        assert isinstance(SAMPLES[form], FACTS[form])
