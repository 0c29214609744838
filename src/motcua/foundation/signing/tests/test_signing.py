"""Signing and judging a PDF: what stands, what is refused in which words, and whether a second judge agrees."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from pyzbar.pyzbar import decode

from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.making import sign_pdf
from motcua.foundation.signing.refusals import (
    CertificateExpired,
    CertificateRevoked,
    KeyMissing,
    TokenAbsent,
    UnsignablePdf,
    WrongOrder,
    WrongPin,
)
from motcua.foundation.signing.stamping import Stamp
from motcua.foundation.signing.tests.world import AT, SECRET, authority, paper, picture, unsaved
from motcua.foundation.signing.validating import validate

LATER = AT + timedelta(minutes=5)
CODE = "HTTPS://MOTCUA.EXAMPLE.VN/X/" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 7


@pytest.fixture
def ca(tmp_path, settings):
    return authority(tmp_path, settings)


def signed(ca, *, both: bool = True) -> bytes:
    officer = unsaved(ca, "Đặng Quốc Hưng")
    once = sign_pdf(paper(), identity=officer, reason="Ký kết quả", place="Hưng Yên", at=AT).content
    return sealed(ca, once) if both else once


def sealed(ca, content: bytes) -> bytes:
    agency = unsaved(ca, "Sở Tư pháp tỉnh Mẫu", is_agency=True)
    stamp = Stamp.with_code(("Sở Tư pháp tỉnh Mẫu", "Mã giấy: KQ26-ABCD-EFGH"), CODE)
    return sign_pdf(content, identity=agency, reason="Phát hành", place="", at=AT, stamp=stamp).content


def altered(content: bytes) -> bytes:
    """One letter inside the signed range is another."""
    place = content.index(b"/Producer") if b"/Producer" in content else content.index(b"obj") + 20
    return content[: place + 2] + bytes([content[place + 2] ^ 1]) + content[place + 3 :]


def added_to(content: bytes) -> bytes:
    """A further revision that changes what is seen."""
    from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject, pdf_name
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    drawn = writer.add_object(StreamObject(stream_data=b"0 0 0 rg 100 500 300 40 re f"))
    writer.add_stream_to_page(0, drawn, DictionaryObject({pdf_name("/Font"): DictionaryObject()}))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class TestSign:
    def test_with_elliptic_keys_as_the_demo_has(self, tmp_path, settings) -> None:
        authority(tmp_path, settings)
        light = LocalCa(tmp_path, SECRET, AT, is_rsa=False)
        report = validate(signed(light), at=AT)
        assert (len(report.signatures), report.is_good) == (2, True)

    def test_officer_then_agency_both_stand(self, ca) -> None:
        source = paper()
        officer = unsaved(ca, "Đặng Quốc Hưng")
        once = sign_pdf(source, identity=officer, reason="Ký kết quả", place="Hưng Yên", at=AT)
        twice = sealed(ca, once.content)
        assert once.level == "B-LT"
        assert once.content.startswith(source)
        assert twice.startswith(once.content)
        found = validate(twice, at=LATER)
        assert found.is_good
        assert [
            (one.signer, one.is_agency, one.signed_at, one.is_time_proven) for one in found.signatures
        ] == [
            ("Đặng Quốc Hưng", False, AT, True),
            ("Sở Tư pháp tỉnh Mẫu", True, AT, True),
        ]

    def test_the_stamp_is_seen_in_vietnamese_and_its_code_is_read_by_two_readers(self, ca) -> None:
        content = signed(ca)
        seen = picture(content)
        assert [one.data.decode() for one in decode(seen)] == [CODE]
        assert [one.text for one in zxingcpp.read_barcodes(seen)] == [CODE]
        words = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()
        assert "Ký bởi: Đặng Quốc Hưng" in words
        assert "Sở Tư pháp tỉnh Mẫu" in words

    def test_a_stamp_covers_nothing_while_there_is_room(self, ca) -> None:
        officer = unsaved(ca, "Đặng Quốc Hưng")
        long = "Một dòng chữ dài từ mép này sang mép kia. " * 60
        roomy = sign_pdf(paper(lines=10), identity=officer, reason="", place="", at=AT)
        full = sign_pdf(
            paper(long, lines=12), identity=officer, reason="", place="", at=AT,
            stamp=Stamp(("Ký",), page=0, width=150, height=60),
        )  # fmt: skip
        assert roomy.covers_nothing
        assert not full.covers_nothing

    def test_the_agency_signs_last_and_once(self, ca) -> None:
        content = signed(ca)
        with pytest.raises(WrongOrder, match="đã có chữ ký số của cơ quan"):
            sign_pdf(content, identity=unsaved(ca, "Lê Văn Dũng"), reason="", place="", at=AT)
        with pytest.raises(WrongOrder):
            sealed(ca, content)

    def test_two_officers_may_sign(self, ca) -> None:
        content = sign_pdf(
            signed(ca, both=False), identity=unsaved(ca, "Lê Văn Dũng"), reason="", place="", at=AT
        ).content
        found = validate(sealed(ca, content), at=LATER)
        assert found.is_good
        assert len(found.signatures) == 3


class TestRefusals:
    def test_expired_and_not_yet(self, ca) -> None:
        identity = unsaved(ca, "Hết Hạn", valid_for=timedelta(days=1))
        with pytest.raises(CertificateExpired, match="hết hạn ngày 03/03/2026"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT + timedelta(days=2))
        with pytest.raises(CertificateExpired, match="có hiệu lực từ"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT - timedelta(days=2))

    def test_revoked_by_the_issuer_and_by_us(self, ca) -> None:
        identity = unsaved(ca, "Mất Khóa")
        ca.revoke(identity.certificate, at=AT)
        with pytest.raises(CertificateRevoked, match="bị nơi cấp thu hồi"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT + timedelta(seconds=5))
        identity.revoked_at, identity.revoked_reason = AT, "Chuyển công tác"
        with pytest.raises(CertificateRevoked, match="Chuyển công tác"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=LATER)

    def test_wrong_passphrase_missing_file_and_no_token(self, ca, settings) -> None:
        identity = unsaved(ca, "Đặng Quốc Hưng")
        settings.SIGNING_SECRET = "wrong"
        settings.TSA_URL = ""
        with pytest.raises(WrongPin, match="Mật khẩu tệp khóa"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT)
        identity.key_name = "../officer.p12"
        with pytest.raises(KeyMissing, match="Không thấy tệp khóa"):
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT)
        identity.keeper = "TOKEN"
        with pytest.raises(TokenAbsent, match="MOTCUA_PKCS11_MODULE") as refused:
            sign_pdf(paper(), identity=identity, reason="", place="", at=AT)
        assert refused.value.is_transient

    @pytest.mark.parametrize(
        "content", [b"", b"no pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"]
    )
    def test_what_is_no_pdf(self, ca, content: bytes) -> None:
        with pytest.raises(UnsignablePdf, match="hỏng nên không ký được"):
            sign_pdf(content, identity=unsaved(ca, "A"), reason="", place="", at=AT)

    def test_a_pdf_under_a_password(self, ca) -> None:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(paper())) as pdf:
            pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
        with pytest.raises(UnsignablePdf, match="đặt mật khẩu"):
            sign_pdf(out.getvalue(), identity=unsaved(ca, "A"), reason="", place="", at=AT)


class TestValidate:
    def test_altered_content_is_told(self, ca) -> None:
        found = validate(altered(signed(ca)), at=LATER)
        assert found.is_altered
        assert {one.sentence for one in found.signatures} == {"Tệp đã bị sửa sau khi ký."}

    def test_something_added_after_the_signatures_is_told(self, ca) -> None:
        found = validate(added_to(signed(ca)), at=LATER)
        assert found.is_altered
        assert all(one.is_intact and one.is_changed_after for one in found.signatures)

    def test_revoked_and_untrusted(self, ca, tmp_path) -> None:
        officer = unsaved(ca, "Mất Khóa")
        content = sign_pdf(paper(), identity=officer, reason="", place="", at=AT).content
        ca.revoke(officer.certificate, at=AT + timedelta(minutes=1))
        [one] = validate(content, at=LATER).signatures
        assert one.is_revoked
        assert "bị thu hồi từ 02/03/2026" in one.sentence
        (tmp_path / "trust" / "local-root.pem").unlink()
        [one] = validate(content, at=LATER).signatures
        assert (one.is_intact, one.is_trusted) == (True, False)

    @pytest.mark.parametrize("content", [b"", b"x" * 100, b"%PDF-1.7 broken"])
    def test_never_raises_for_what_somebody_uploads(self, ca, content: bytes) -> None:
        assert not validate(content, at=AT).is_pdf

    def test_unsigned(self, ca) -> None:
        assert not validate(paper(), at=AT).is_signed


@pytest.mark.skipif(not shutil.which("openssl"), reason="Chưa cài openssl: không có người kiểm tra thứ hai.")
class TestSecondValidator:
    """OpenSSL reads the CMS of each signature over its bytes and comes to the same word as pyHanko."""

    def said(self, ca, content: bytes, folder: Path) -> list[bool]:
        told = []
        for found in re.finditer(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+) ?\]", content):
            begin, first, second, last = (int(value) for value in found.groups())
            (folder / "data").write_bytes(content[begin : begin + first] + content[second : second + last])
            cms = bytes.fromhex(content[begin + first + 1 : second - 1].decode())
            (folder / "cms").write_bytes(cms)
            root = folder / "trust" / "local-root.pem"
            lists = []
            for path in (folder / "crl").glob("*.crl"):
                made = ["openssl", "crl", "-inform", "DER", "-in", str(path)]
                lists.append(subprocess.run(made, capture_output=True, check=True).stdout)
            (folder / "known.pem").write_bytes(root.read_bytes() + b"".join(lists))
            done = subprocess.run(
                ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "cms"), "-content",
                 str(folder / "data"), "-CAfile", str(folder / "known.pem"), "-crl_check_all",
                 "-purpose", "any", "-attime", str(int(LATER.timestamp())), "-out", "/dev/null"],
                capture_output=True, check=False,
            )  # fmt: skip
            told.append(done.returncode == 0)
        return told

    def test_agrees_on_intact_altered_and_revoked(self, ca, tmp_path) -> None:
        officer = unsaved(ca, "Đặng Quốc Hưng")
        once = sign_pdf(paper(), identity=officer, reason="", place="", at=AT).content
        content = sealed(ca, once)
        assert self.said(ca, content, tmp_path) == [True, True]
        assert [one.is_good for one in validate(content, at=LATER).signatures] == [True, True]
        assert self.said(ca, altered(content), tmp_path) == [False, False]
        assert [one.is_good for one in validate(altered(content), at=LATER).signatures] == [False, False]
        ca.revoke(officer.certificate, at=AT + timedelta(minutes=1))
        assert self.said(ca, content, tmp_path) == [False, True]
        assert [one.is_good for one in validate(content, at=LATER).signatures] == [False, True]


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="Chưa cài poppler-utils: không có pdfsig.")
def test_pdfsig_agrees_on_intact_and_altered(ca, tmp_path) -> None:
    """Poppler's own reader; without a store of its own it judges the digest and the signature, not the trust."""
    for content, word in ((signed(ca), "Signature is Valid."), (altered(signed(ca)), "Digest Mismatch.")):
        path = tmp_path / "signed.pdf"
        path.write_bytes(content)
        said = subprocess.run(
            ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
        ).stdout
        assert said.count("Signature #") == 2
        assert said.count(word) == 2, said
