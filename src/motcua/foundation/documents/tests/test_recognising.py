from __future__ import annotations

import io
import struct
import unicodedata

import pytest

from motcua.foundation.documents import kinds
from motcua.foundation.documents.kinds import EmptyFile, Kind, RefusedFile, UnsafeFile, WrongType, recognise
from motcua.foundation.documents.names import LONGEST, clean_name, content_disposition
from motcua.foundation.documents.tests import samples

XML = '<?xml version="1.0" encoding="UTF-8"?><hoSo><ten>Nguyễn Thị Hòa</ten></hoSo>'


def kind_of(content: bytes, name: str = "giấy tờ") -> Kind:
    return recognise(io.BytesIO(content), size=len(content), name=name)


class TestRecognise:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (samples.pdf(), kinds.PDF),
            (samples.image("JPEG"), kinds.JPEG),
            (samples.image("PNG"), kinds.PNG),
            (samples.image("TIFF"), kinds.TIFF),
            (samples.image("WEBP"), kinds.WEBP),
            (samples.heic(), kinds.HEIC),
            (samples.office(samples.WORD), kinds.DOCX),
            (samples.office(samples.EXCEL), kinds.XLSX),
            (XML.encode(), kinds.XML),
            (b"\xef\xbb\xbf" + XML.encode(), kinds.XML),
            (XML.replace("UTF-8", "UTF-16").encode("utf-16"), kinds.XML),
            (samples.archive({"a/đơn.txt": "xin chào"}), kinds.ZIP),
        ],
        ids=lambda value: value.label if isinstance(value, Kind) else "",
    )
    def test_goes_by_the_content(self, content: bytes, kind: Kind) -> None:
        assert kind_of(content) is kind

    def test_leaves_the_stream_at_its_beginning(self) -> None:
        stream = io.BytesIO(samples.pdf())
        recognise(stream, size=len(stream.getvalue()), name="a.pdf")
        assert stream.tell() == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"MZ\x90\x00" + b"\x00" * 200,
            b"\x7fELF" + b"\x00" * 200,
            b"xin chao, day la van ban thuong",
            b"\x00" * 500,
            b"#!/bin/sh\nrm -rf /\n",
            samples.EICAR,
            b"RIFF\x00\x00\x00\x00WAVEfmt ",
            samples.office(
                "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
            ),
        ],
    )
    def test_refuses_other_types_and_names_those_it_takes(self, content: bytes) -> None:
        with pytest.raises(WrongType) as refusal:
            kind_of(content, "thư.pdf")
        assert "“thư.pdf”" in refusal.value.message
        assert kinds.ALLOWED in refusal.value.message
        assert refusal.value.field == "file"

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"MZ\x90\x00" + b"\x00" * 200, "chương trình máy tính"),
            (b"GIF89a\x01\x00\x01\x00" + b"\x00" * 50, "GIF"),
            (b"Rar!\x1a\x07\x01\x00abcd", "RAR"),
            (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "MP4"),
        ],
    )
    def test_says_what_it_is_instead(self, content: bytes, word: str) -> None:
        with pytest.raises(WrongType, match=rf"\(nội dung là {word}\)"):
            kind_of(content)

    def test_asks_for_a_newer_form_of_old_office_files(self) -> None:
        with pytest.raises(WrongType, match=r"\.docx"):
            kind_of(kinds.LEGACY_OFFICE + b"\x00" * 600, "đơn.doc")

    @pytest.mark.parametrize(
        "content",
        [
            b"GARBAGE\n" + samples.pdf(),
            b"%PDF-1.7\n<script>alert(1)</script>\n" + samples.pdf(),
            samples.pdf() + samples.archive({"a.txt": "b"}),
            samples.image("PNG") + samples.archive({"a.txt": "b"}),
            samples.image("JPEG")[:20] + b"<?php system($_GET[0]); ?>" + samples.image("JPEG")[20:],
        ],
        ids=["pdf not at 0", "script in pdf", "zip after pdf", "zip after png", "php in jpeg"],
    )
    def test_refuses_files_with_two_faces(self, content: bytes) -> None:
        with pytest.raises(UnsafeFile):
            kind_of(content)

    def test_takes_a_photo_with_more_data_after_its_end(self) -> None:
        assert kind_of(samples.image("JPEG") + samples.image("JPEG") + b"\x00" * 50) is kinds.JPEG

    @pytest.mark.parametrize(
        "content",
        [
            b"<!DOCTYPE html><html><body>a</body></html>",
            b"<html><body><br>khong dong the</body></html>",
            b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="a.xsl"?><a/>',
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            b'<a><b xmlns="http://www.w3.org/1999/xhtml"><script/></b></a>',
        ],
    )
    def test_refuses_markup_that_a_browser_would_run(self, content: bytes) -> None:
        with pytest.raises(UnsafeFile):
            kind_of(content)

    def test_refuses_broken_xml(self) -> None:
        with pytest.raises(WrongType, match="cú pháp"):
            kind_of(b"<hoSo><ten></hoSo>")

    @pytest.mark.parametrize(
        "content",
        [samples.office(samples.MACRO_WORD), samples.office(samples.WORD, **{"word/vbaProject.bin": b"x"})],
    )
    def test_refuses_macros(self, content: bytes) -> None:
        with pytest.raises(UnsafeFile, match="macro"):
            kind_of(content, "đơn.docx")

    @pytest.mark.parametrize("entry", ["setup.exe", "a/b.js", "x.jar", "trang.html"])
    def test_refuses_archives_that_carry_programs(self, entry: str) -> None:
        with pytest.raises(UnsafeFile, match=r"tệp chạy được"):
            kind_of(samples.archive({"đơn.pdf": b"a", entry: b"b"}))

    @pytest.mark.parametrize("entry", ["../../etc/passwd", "/etc/passwd", "C:/a.txt", "..\\a.txt"])
    def test_refuses_archives_that_leave_their_folder(self, entry: str) -> None:
        with pytest.raises(UnsafeFile, match="đường dẫn"):
            kind_of(samples.archive({entry: b"b"}))

    def test_refuses_a_bomb_without_unpacking_it(self) -> None:
        with pytest.raises(UnsafeFile, match="bung ra"):
            kind_of(samples.archive({"a.txt": b"\x00" * (65 * 1024 * 1024)}))

    def test_refuses_an_archive_under_a_password(self) -> None:
        content = bytearray(samples.archive({"a.txt": b"b"}))
        directory = content.rfind(b"PK\x01\x02")
        content[6:8] = content[directory + 8 : directory + 10] = struct.pack("<H", 1)
        with pytest.raises(UnsafeFile, match="mật khẩu"):
            kind_of(bytes(content))

    def test_refuses_an_archive_with_nothing_in_it(self) -> None:
        with pytest.raises(EmptyFile):
            kind_of(samples.archive({}))

    def test_refuses_half_an_archive(self) -> None:
        with pytest.raises(WrongType, match="hỏng"):
            kind_of(samples.archive({"a.txt": b"b" * 5000})[:60])

    @pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 8, 11])
    def test_refuses_the_first_bytes_of_anything_but_never_falls(self, length: int) -> None:
        for content in (samples.image("PNG"), samples.archive({"a": b"b"}), samples.heic(), XML.encode()):
            with pytest.raises(RefusedFile):
                kind_of(content[:length])


class TestCleanName:
    @pytest.mark.parametrize(
        ("given", "kind", "clean"),
        [
            ("Giấy khai sinh.pdf", kinds.PDF, "Giấy khai sinh.pdf"),
            (unicodedata.normalize("NFD", "Giấy khai sinh.pdf"), kinds.PDF, "Giấy khai sinh.pdf"),
            ("C:\\Users\\lan\\CCCD.PDF", kinds.PDF, "CCCD.pdf"),
            ("../../etc/passwd", kinds.PDF, "passwd.pdf"),
            ("ảnh.png", kinds.JPEG, "ảnh.jpg"),
            ("ảnh.jpeg", kinds.JPEG, "ảnh.jpeg"),
            ("hóa đơn.exe", kinds.PDF, "hóa đơn.pdf"),
            ("QĐ 12.2026", kinds.PDF, "QĐ 12.2026.pdf"),
            ("a\x00b\r\nc\u202egpj.pdf", kinds.PDF, "abcgpj.pdf"),
            ("", kinds.PNG, "tep.png"),
            ("...", kinds.PNG, "tep.png"),
            (".pdf", kinds.PDF, "pdf.pdf"),
        ],
    )
    def test_keeps_the_words_and_tells_the_truth_in_the_extension(
        self, given: str, kind: Kind, clean: str
    ) -> None:
        assert clean_name(given, kind) == clean

    def test_cuts_a_name_of_three_hundred_letters(self) -> None:
        clean = clean_name("ư" * 300 + ".pdf", kinds.PDF)
        assert len(clean) <= LONGEST
        assert clean.endswith(".pdf")


class TestContentDisposition:
    def test_carries_a_vietnamese_name_for_all_clients(self) -> None:
        header = content_disposition('Đơn "xin" cấp.pdf', inline=False)
        assert header == (
            "attachment; filename=\"Don xin cap.pdf\"; filename*=UTF-8''%C4%90%C6%A1n%20%22xin%22%20c%E1%BA%A5p.pdf"
        )
        assert header.isascii()

    def test_cannot_be_broken_into_two_headers(self) -> None:
        assert "\n" not in content_disposition("a\r\nSet-Cookie: b.pdf", inline=True)
