"""Vẽ trang: pictures of the pages of a PDF or an image. Knows neither the database nor the store.

`draw_apart` draws in a process of its own, with little memory, little time and none of our secrets: a file made to
break the decoder breaks only that.
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

LONGEST_SIDE = 1400  # pixels: an A4 page that can be read on a screen
MOST_PIXELS = 120_000_000
QUALITY = 78
MODULE = "motcua.foundation.documents.rendering"
MOST_SECONDS = 60
MOST_MEMORY = 2 * 1024**3
TOO_BIG = "Ảnh quá lớn nên không xem trước được. Tải về để xem, hoặc quét lại ở 200–300 dpi."
TOO_HARD = "Tệp quá nặng hoặc bị lỗi nên không xem trước được. Tải về để xem, hoặc quét lại."


class CannotShow(Exception):
    """The file cannot be drawn; the message is a Vietnamese sentence."""


@dataclass(frozen=True)
class Picture:
    """One page as WebP. `page` counts from 1."""

    page: int
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    page_count: int
    pictures: tuple[Picture, ...]


def draw_apart(content: IO[bytes], *, is_pdf: bool, pages: Sequence[int]) -> Drawn:
    """Vẽ riêng: as `draw`, in another process. Raises CannotShow, also when the file hangs or kills it."""
    command = [MODULE, "pdf" if is_pdf else "image", ",".join(str(page) for page in pages)]
    return _read_answer(answer_of(command, content))


def answer_of(command: Sequence[str], content: IO[bytes]) -> bytes:
    """Hỏi một tiến trình riêng: a module of ours run over the content. Raises CannotShow when it hangs or is killed."""
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(content, copy, 1024 * 1024)
        copy.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", *command],
                stdin=copy,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
                timeout=MOST_SECONDS,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            raise CannotShow(TOO_HARD) from None
    return done.stdout


def draw(content: IO[bytes], *, is_pdf: bool, pages: Sequence[int]) -> Drawn:
    """Vẽ: those of `pages` that exist. Raises CannotShow."""
    return _draw_pdf(content, pages) if is_pdf else _draw_image(content, pages)


def _read_answer(answer: bytes) -> Drawn:
    said = json.loads(answer)
    if "refusal" in said:
        raise CannotShow(said["refusal"])
    pictures = [Picture(page, base64.b64decode(text), *size) for page, text, *size in said["pictures"]]
    return Drawn(said["page_count"], tuple(pictures))


def _draw_pdf(content: IO[bytes], pages: Sequence[int]) -> Drawn:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise CannotShow(_why_not(str(error))) from None
    try:
        count = len(document)
        if count == 0:
            raise CannotShow("Tệp PDF không có trang nào.")
        wanted = [page for page in pages if 1 <= page <= count]
        return Drawn(count, tuple(_picture(page, _page_image(document, page)) for page in wanted))
    except pypdfium2.PdfiumError:
        raise CannotShow("Tệp PDF bị lỗi nên không vẽ được trang. Tải về để xem.") from None
    finally:
        document.close()


def _page_image(document: Any, number: int) -> Any:
    page = document[number - 1]
    try:
        scale = min(LONGEST_SIDE / max(*page.get_size(), 1), 4.0)
        return page.render(scale=scale, may_draw_forms=False).to_pil()
    finally:
        page.close()


def _why_not(reason: str) -> str:
    if "password" in reason.lower():
        return (
            "Tệp PDF đặt mật khẩu nên không xem trước được. Tải về để xem, hoặc xin bản không đặt mật khẩu."
        )
    return "Tệp PDF bị lỗi nên không xem trước được. Tải về để thử mở, hoặc quét lại."


def _draw_image(content: IO[bytes], pages: Sequence[int]) -> Drawn:
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(content) as image:
                return _frames(image, pages)
    except UnidentifiedImageError:
        raise CannotShow(
            "Máy chủ chưa vẽ được loại ảnh này. Tải về để xem, hoặc chụp lại ở dạng JPEG."
        ) from None
    except Image.DecompressionBombError:
        raise CannotShow(TOO_BIG) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, MemoryError):
        raise CannotShow("Ảnh bị lỗi nên không xem trước được. Tải về để thử mở, hoặc quét lại.") from None


def _frames(image: Any, pages: Sequence[int]) -> Drawn:
    count = int(getattr(image, "n_frames", 1))
    return Drawn(count, tuple(_frame_pictures(image, [page for page in pages if 1 <= page <= count])))


def _frame_pictures(image: Any, pages: Sequence[int]) -> Iterator[Picture]:
    from PIL import ImageOps

    for page in pages:
        if page > 1:
            image.seek(page - 1)
        if image.width * image.height > MOST_PIXELS:
            raise CannotShow(TOO_BIG)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        yield _picture(page, ImageOps.exif_transpose(image))


def _picture(page: int, image: Any) -> Picture:
    from PIL import Image

    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    image = image.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    target = io.BytesIO()
    image.save(target, "WEBP", quality=QUALITY, method=2)
    return Picture(page, target.getvalue(), image.width, image.height)


def _main(form: str, pages: str) -> None:
    """The other process: a file on standard input, the answer as JSON on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        drawn = draw(sys.stdin.buffer, is_pdf=form == "pdf", pages=[int(page) for page in pages.split(",")])
    except CannotShow as refusal:
        answer: dict[str, Any] = {"refusal": str(refusal)}
    else:
        pictures = [
            (picture.page, base64.b64encode(picture.content).decode(), picture.width, picture.height)
            for picture in drawn.pictures
        ]
        answer = {"page_count": drawn.page_count, "pictures": pictures}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
