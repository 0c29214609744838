from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from motcua.foundation.documents import rendering
from motcua.foundation.documents.models import Document, Preview, PreviewState, StoredFile
from motcua.foundation.documents.opening import opened_preview
from motcua.foundation.documents.operations.previewing import FIRST_PAGES, NoPreview, page_preview
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.documents.rendering import CannotShow
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Delivery
from motcua.foundation.ledger.outbox import deliver_due

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def previewed(bytes_: bytes, name: str = "giấy tờ") -> StoredFile:
    document = store(io.BytesIO(bytes_), name=name, by=None, at=AT)
    deliver_due()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    return Document.objects.get(pk=document.pk).file


def picture(preview: Preview) -> Image.Image:
    with opened_preview(preview).stream as stream:
        image = Image.open(io.BytesIO(stream.read()))
    assert image.format == "WEBP"
    assert image.size == (preview.width, preview.height)
    return image


class TestDraw:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK", "F"])
    def test_draws_every_way_of_colour(self, mode: str) -> None:
        target = io.BytesIO()
        Image.new(mode, (20, 10)).save(target, "TIFF")
        assert rendering.draw(target, is_pdf=False, pages=[1]).page_count == 1

    def test_refuses_an_image_too_large_to_hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rendering, "MOST_PIXELS", 100)
        with pytest.raises(CannotShow, match=rendering.TOO_BIG):
            rendering.draw(io.BytesIO(samples.image("PNG")), is_pdf=False, pages=[1])

    def test_gives_up_on_a_file_that_never_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rendering, "MOST_SECONDS", 0.01)
        with pytest.raises(CannotShow, match=rendering.TOO_HARD):
            rendering.draw_apart(io.BytesIO(samples.pdf()), is_pdf=True, pages=[1])

    def test_outlives_a_file_that_kills_the_decoder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rendering, "MODULE", "no.such.module")
        with pytest.raises(CannotShow, match=rendering.TOO_HARD):
            rendering.draw_apart(io.BytesIO(samples.pdf()), is_pdf=True, pages=[1])


class TestMakePreview:
    def test_draws_the_only_page(self) -> None:
        file = previewed(samples.pdf())
        assert (file.preview_state, file.page_count) == (PreviewState.READY, 1)
        image = picture(file.previews.get())
        assert max(image.size) <= rendering.LONGEST_SIDE
        assert image.height > image.width

    def test_draws_only_the_first_pages_of_three_hundred(self) -> None:
        file = previewed(samples.pdf(300))
        assert file.page_count == 300
        assert file.previews.count() == FIRST_PAGES

    def test_turns_a_photo_as_the_camera_was_held(self) -> None:
        image = picture(previewed(samples.image(size=(80, 40), rotation=6)).previews.get())
        assert image.size == (40, 80)

    def test_makes_a_large_scan_small(self) -> None:
        image = picture(previewed(samples.image(size=(5000, 3000))).previews.get())
        assert image.size == (1400, 840)

    def test_draws_each_page_of_a_scanned_tiff(self) -> None:
        file = previewed(samples.image("TIFF", frames=2))
        assert file.page_count == 2
        assert file.previews.count() == 2

    @pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG"])
    def test_draws_every_kind_of_image(self, form: str) -> None:
        assert picture(previewed(samples.image(form)).previews.get()).size == (80, 40)

    def test_says_why_a_pdf_under_a_password_is_not_shown(self) -> None:
        with pytest.raises(CannotShow, match="mật khẩu"):
            rendering.draw(io.BytesIO(samples.pdf(password="bi-mat")), is_pdf=True, pages=[1])

    @pytest.mark.parametrize(
        "broken",
        [
            b"%PDF-1.7\nhong\n%%EOF",
            samples.image("PNG")[:60],
            samples.image("JPEG")[:100],
            b"II*\x00" + b"a" * 90,
        ],
    )
    def test_keeps_a_broken_file_and_says_why(self, broken: bytes) -> None:
        file = previewed(broken)
        assert file.preview_state == PreviewState.FAILED
        assert "lỗi" in file.preview_note or "chưa vẽ được" in file.preview_note

    def test_asks_for_another_form_of_an_iphone_photo(self) -> None:
        assert "JPEG" in previewed(samples.heic()).preview_note

    def test_draws_the_same_file_once(self) -> None:
        previewed(samples.pdf())
        previewed(samples.pdf())
        assert Preview.objects.count() == 1


class TestPagePreview:
    def test_draws_a_later_page_when_somebody_turns_to_it(self) -> None:
        file = previewed(samples.pdf(9))
        preview = page_preview(file=file, page=9)
        assert preview.page == 9
        assert page_preview(file=file, page=9) == preview

    @pytest.mark.parametrize("page", [0, 10, -1])
    def test_says_how_many_pages_there_are(self, page: int) -> None:
        file = previewed(samples.pdf(9))
        with pytest.raises(NoPreview, match="9 trang"):
            page_preview(file=file, page=page)

    def test_draws_before_the_worker_came(self) -> None:
        document = store(io.BytesIO(samples.pdf()), name="a.pdf", by=None, at=AT)
        assert page_preview(file=document.file, page=1).width

    def test_says_that_word_files_are_downloaded(self) -> None:
        with pytest.raises(NoPreview, match="DOCX không có bản xem trước"):
            page_preview(file=previewed(samples.office(samples.WORD)), page=1)
