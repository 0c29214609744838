"""Số hóa: pages become a paper, step after step, and nothing is lost when a tool is missing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from uuid import UUID

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pytest_django import Settings

from motcua.core.errors import Forbidden, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.documents import content, recognising
from motcua.foundation.documents.capabilities import text_recognition
from motcua.foundation.documents.kinds import RefusedFile
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.storing import replace
from motcua.foundation.documents.sheets import Cut, flatten
from motcua.foundation.documents.tests import samples
from motcua.foundation.signing.operations.keeping import register_identity
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.models import Scan
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.holdings import signing
from motcua.service.holdings.finding import held_for
from motcua.service.holdings.models import Digitisation, HeldPaper, PaperType
from motcua.service.holdings.operations.digitising import (
    CannotDigitise,
    PageChange,
    add_page,
    arrange,
    begin,
    confirm,
    finish_scan,
    keep_unsigned,
    read,
    seal,
    sign,
)
from motcua.service.holdings.states import KEEP, KEEP_UNSIGNED, MOVES, SEAL, SIGN, OutOfOrder, State
from motcua.service.holdings.suggesting import suggest
from motcua.service.results.tests.world import equip

LATER = MONDAY + timedelta(hours=1)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
PAPER = (
    "ỦY BAN NHÂN DÂN TỈNH MẪU",
    "SỞ TƯ PHÁP",
    "Số: 15/TL-STP",
    "Tỉnh Mẫu, ngày 02 tháng 3 năm 2026",
    "TRÍCH LỤC KHAI SINH",
    "Họ, chữ đệm, tên: NGUYỄN THỊ ÁNH",
    "Ngày, tháng, năm sinh: 14/05/1990",
    "Số định danh cá nhân: 033190001234",
    "Có giá trị đến ngày 02/09/2026",
)


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path) -> None:
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


class Hand:
    """Signs by replacing the file; enough to walk the whole way."""

    def why_not(self, *, officer, agency, at) -> str:
        return ""

    def sign(self, *, document_id: UUID, by, at) -> UUID:
        return replace(
            io.BytesIO(samples.pdf(title=f"{by} {at}")), document_id=document_id, name="a.pdf", by=by, at=at
        ).pk

    def seal(self, *, document_id: UUID, agency, by, at) -> UUID:
        return self.sign(document_id=document_id, by=by, at=at)


@pytest.fixture
def hand():
    before = signing.signer()
    signing.install(Hand())
    yield
    signing.install(before)


@pytest.fixture
def _blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without Tesseract."""
    missing = text_recognition().__class__("Tesseract", "", is_present=False, advice="Cài nhận dạng chữ.")
    monkeypatch.setattr(recognising, "text_recognition", lambda: missing)


def photo(size=(600, 800), colour="white", form="JPEG", rotation=1) -> io.BytesIO:
    target = io.BytesIO()
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).rectangle((20, 20, 120, 60), fill="black")
    exif = Image.Exif()
    exif[0x0112] = rotation
    picture.save(target, form, exif=exif)
    target.seek(0)
    return target


def typed_page() -> Image.Image:
    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype(FONT, 34)
    for place, line in enumerate(PAPER):
        ImageDraw.Draw(page).text((90, 90 + place * 70), line, fill=0, font=font)
    return page


def scanned(world: World, picture: io.BytesIO | None = None) -> Digitisation:
    dossier = world.receive()
    part = dossier.parts.get(position=2)
    begun = begin(part_id=part.pk, by=world.clerk, at=MONDAY)
    add_page(picture or photo(), digitisation_id=begun.pk, name="a.jpg", by=world.clerk, at=MONDAY)
    return finish_scan(digitisation_id=begun.pk, by=world.clerk, at=MONDAY)


def facts(world: World) -> PaperFacts:
    return PaperFacts(
        title="Thẻ căn cước", holder_id=world.applicant.pk, paper_type_code="CCCD", abstract="Thẻ căn cước",
        valid_from=date(2021, 5, 4), valid_to=date(2031, 5, 4), issued_on=date(2021, 5, 4), validity_scope="Toàn quốc",
    )  # fmt: skip


class TestMoves:
    def test_stand_in_one_order(self) -> None:
        order = [
            state for state in State if state != State.AWAITING_HOLDER
        ]  # of whom nobody knows: one step more
        walked = [
            move for move in MOVES if {move.source, move.target} <= set(order) and move != KEEP_UNSIGNED
        ]
        for move in walked:
            assert order.index(move.target) == order.index(move.source) + 1
        assert [move.source for move in walked] == order[:-1]

    @pytest.mark.parametrize("move", [SIGN, SEAL, KEEP])
    def test_none_is_left_out(self, move) -> None:
        with pytest.raises(OutOfOrder, match="phải qua bước"):
            move.apply(State.READ)


class TestPages:
    def test_turn_as_the_camera_was_held_and_as_the_officer_says(self) -> None:
        (upright,) = flatten(photo(rotation=6), is_pdf=False, cut=Cut())
        assert (upright.width, upright.height) == (800, 600)
        (turned,) = flatten(photo(rotation=6), is_pdf=False, cut=Cut(rotation=90, left=100, right=100))
        assert (turned.width, turned.height) == (480, 800)

    def test_of_a_great_photo_are_scaled_down(self) -> None:
        (page,) = flatten(photo((6000, 8000)), is_pdf=False, cut=Cut())
        assert max(page.width, page.height) == 3508

    def test_of_an_iphone_are_read(self) -> None:
        from pillow_heif import register_heif_opener

        register_heif_opener()
        target = io.BytesIO()
        Image.new("RGB", (400, 600), "white").save(target, "HEIF")
        target.seek(0)
        (page,) = flatten(target, is_pdf=False, cut=Cut())
        assert (page.width, page.height) == (400, 600)

    def test_that_are_blurred_are_found(self, world: World) -> None:
        sharp, soft = io.BytesIO(), io.BytesIO()
        typed_page().save(sharp, "JPEG")
        typed_page().filter(ImageFilter.GaussianBlur(9)).save(soft, "JPEG")
        begun = begin(part_id=world.receive().parts.get(position=2).pk, by=world.clerk, at=MONDAY)
        looked = [
            add_page(
                io.BytesIO(one.getvalue()), digitisation_id=begun.pk, name="a.jpg", by=world.clerk, at=MONDAY
            )
            for one in (sharp, soft)
        ]
        assert [page.is_blurred for page in looked] == [False, True]

    def test_are_put_in_order_and_the_same_picture_is_one_page(self, world: World) -> None:
        begun = begin(part_id=world.receive().parts.get(position=2).pk, by=world.clerk, at=MONDAY)
        given = {"digitisation_id": begun.pk, "name": "a.jpg", "by": world.clerk, "at": MONDAY}
        first, second = add_page(photo(), **given), add_page(photo(colour="grey"), **given)
        assert add_page(photo(), **given) == first
        arrange(
            digitisation_id=begun.pk, by=world.clerk, at=MONDAY,
            changes=[PageChange(first.pk, 9, Cut(rotation=180)), PageChange(second.pk, 1, Cut())],
        )  # fmt: skip
        assert list(begun.pages.values_list("pk", "position")) == [(second.pk, 1), (first.pk, 2)]
        with pytest.raises(InvalidInput, match="45 phần trăm"):
            arrange(
                digitisation_id=begun.pk, by=world.clerk, at=MONDAY,
                changes=[PageChange(first.pk, 1, Cut(left=500))],
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("upload", "words"),
        [
            (samples.pdf(password="secret"), "đặt mật khẩu"),
            (samples.pdf(300), "quá 100 trang"),
            (b"", "rỗng"),
            (b"\xff\xd8\xff" + b"broken" * 50, "chụp lại|bị hỏng"),
            (samples.office(samples.MACRO_WORD), "macro"),
            (samples.image() + samples.archive({"a.txt": "x"}), "tệp nén ẩn"),
        ],
    )
    def test_that_are_none_are_refused_in_plain_words(self, world: World, upload: bytes, words: str) -> None:
        begun = begin(part_id=world.receive().parts.get(position=2).pk, by=world.clerk, at=MONDAY)
        kept = add_page(photo(), digitisation_id=begun.pk, name="a.jpg", by=world.clerk, at=MONDAY)
        with pytest.raises((RefusedFile, CannotDigitise), match=words):
            add_page(io.BytesIO(upload), digitisation_id=begun.pk, name="x", by=world.clerk, at=MONDAY)
        assert list(begun.pages.all()) == [kept]


class TestTheWay:
    @pytest.mark.usefixtures("_blind")
    def test_is_walked_to_its_end(self, world: World, identity_card: PaperType, hand) -> None:
        digitisation = scanned(world)
        read(digitisation_id=digitisation.pk, at=LATER)
        confirm(digitisation_id=digitisation.pk, facts=facts(world), by=world.clerk, at=LATER)
        assert not HeldPaper.objects.exists()
        with pytest.raises(Forbidden, match="Người đã xác nhận"):
            sign(digitisation_id=digitisation.pk, by=world.officer, at=LATER)
        sign(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)
        held = seal(digitisation_id=digitisation.pk, by=world.records, at=LATER)
        digitisation.refresh_from_db()
        assert (digitisation.state, held.trust) == (State.KEPT, "SIGNED")
        assert Scan.objects.get(part=digitisation.part).document_id == digitisation.document_id
        assert held_for(world.applicant, world.papers[1], local_date(LATER)) == held
        assert Digitisation.objects.in_right_order().get() == digitisation
        assert not Digitisation.objects.out_of_order().exists()

    @pytest.mark.usefixtures("_blind")
    def test_without_tesseract_the_officer_types(self, world: World) -> None:
        digitisation = scanned(world)
        read(digitisation_id=digitisation.pk, at=LATER)
        digitisation.refresh_from_db()
        assert digitisation.state == State.READ
        assert "nhập dữ liệu bằng tay" in digitisation.read_note

    @pytest.mark.usefixtures("_blind")
    def test_without_a_signature_it_is_kept_and_said_not_to_be_the_right_process(
        self, world: World, identity_card: PaperType
    ) -> None:
        digitisation = scanned(world)
        read(digitisation_id=digitisation.pk, at=LATER)
        with pytest.raises(InvalidInput, match="Còn thiếu"):
            confirm(digitisation_id=digitisation.pk, facts=PaperFacts(), by=world.clerk, at=LATER)
        confirm(digitisation_id=digitisation.pk, facts=facts(world), by=world.clerk, at=LATER)
        with pytest.raises(CannotDigitise, match="chưa có chứng thư số"):
            sign(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)
        held = keep_unsigned(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)
        assert held.trust == "CHECKED"
        assert not Digitisation.objects.in_right_order().exists()

    def test_whoever_can_sign_may_not_leave_it_out(self, world: World, hand) -> None:
        digitisation = scanned(world)
        Digitisation.objects.filter(pk=digitisation.pk).update(
            state=State.CONFIRMED, read_at=LATER, confirmed_at=LATER, confirmed_by=world.clerk
        )
        with pytest.raises(CannotDigitise, match="hãy ký"):
            keep_unsigned(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)

    @pytest.mark.usefixtures("_blind")
    def test_is_signed_by_the_officer_and_sealed_by_the_agency(
        self, world: World, identity_card: PaperType, tmp_path, settings: Settings
    ) -> None:
        signers = equip(world, tmp_path, settings)
        digitisation = scanned(world)
        read(digitisation_id=digitisation.pk, at=LATER)
        confirm(digitisation_id=digitisation.pk, facts=facts(world), by=world.clerk, at=LATER)
        with pytest.raises(CannotDigitise, match=f"{world.clerk.full_name} chưa có chứng thư số"):
            sign(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)
        register_identity(
            certificate=signers.ca.issue(world.clerk.full_name, "clerk.p12"), chain=signers.ca.chain, keeper="FILE",
            key_name="clerk.p12", user=world.clerk, by=None, at=MONDAY,
        )  # fmt: skip
        sign(digitisation_id=digitisation.pk, by=world.clerk, at=LATER)
        held = seal(digitisation_id=digitisation.pk, by=world.records, at=LATER)
        assert (held.trust, held.holder) == ("SIGNED", world.applicant)
        with content.opened(held.document.file.sha256) as stream:
            found = validate(stream.read(), at=LATER)
        assert found.is_good
        assert [(one.signer, one.is_agency) for one in found.signatures] == [
            (world.clerk.full_name, False),
            (world.department.name, True),
        ]
        assert Scan.objects.get(part=digitisation.part).document == held.document
        assert Digitisation.objects.in_right_order().get() == digitisation

    def test_a_step_planted_too_early_is_found(self, world: World) -> None:
        digitisation = scanned(world)
        Digitisation.objects.filter(pk=digitisation.pk).update(read_at=LATER, confirmed_at=MONDAY)
        assert Digitisation.objects.out_of_order().get() == digitisation

    def test_a_stranger_digitises_nothing(self, world: World) -> None:
        part = world.receive().parts.get(position=2)
        with pytest.raises(Forbidden):
            begin(part_id=part.pk, by=world.stranger, at=MONDAY)


class TestSuggest:
    def test_finds_what_the_law_asks_for(self) -> None:
        lines = [[(word, 90.0) for word in line.split()] for line in PAPER]
        lines[2][1] = ("15/TL-STP", 55.0)
        found = suggest(lines, is_holders_number=lambda number: number == "033190001234")
        said = {name: one.value for name, one in found.items()}
        assert said == {
            "number": "15/TL-STP",
            "issued_on": "2026-03-02",
            "issuer": "Sở tư pháp",
            "title": "Trích lục khai sinh",
            "holder_name": "NGUYỄN THỊ ÁNH",
            "holder_birth_year": "1990",
            "holder_matches": "yes",
            "valid_to": "2026-09-02",
        }
        assert found["number"].confidence == 55.0
        assert "033190001234" not in str(found)

    def test_invents_no_day(self) -> None:
        line = [(word, 90.0) for word in ["Hà", "Nội,", "ngày", "31", "tháng", "02", "năm", "2026"]]
        assert suggest([line], is_holders_number=lambda _: False) == {}


@pytest.mark.skipif(not text_recognition().is_present, reason="Tesseract with Vietnamese is not installed")
class TestReading:
    def test_makes_a_searchable_pdf_a_and_suggests(self, world: World) -> None:
        from pypdf import PdfReader

        picture = io.BytesIO()
        typed_page().save(picture, "JPEG", dpi=(150, 150))
        picture.seek(0)
        digitisation = scanned(world, picture)
        read(digitisation_id=digitisation.pk, at=LATER)
        digitisation.refresh_from_db()
        assert digitisation.read_note == ""
        assert digitisation.suggestion["number"]["value"] == "15/TL-STP"
        assert digitisation.suggestion["holder_matches"]["value"] == "yes"
        assert digitisation.document is not None
        with content.opened(digitisation.document.file.sha256) as stream:
            made = stream.read()
        assert b"pdfaid:part" in made
        assert "TƯ PHÁP" in PdfReader(io.BytesIO(made)).pages[0].extract_text()
        assert read(digitisation_id=digitisation.pk, at=LATER) is None
