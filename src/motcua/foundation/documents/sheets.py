"""Trang giấy: a photo or a scan made into a page: turned as the camera was held, cut, scaled down, and how sharp it is.

Runs in a process of its own, as `rendering` does: pictures come from anywhere. Knows neither the database nor the store.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any

from motcua.foundation.documents.rendering import (
    MOST_MEMORY,
    MOST_PIXELS,
    MOST_SECONDS,
    TOO_BIG,
    CannotShow,
    answer_of,
)

LONGEST_SIDE = 3508  # pixels: A4 at 300 dpi, which is what reading the letters needs
LOOKED_AT = 1000  # pixels: how large a page is looked at for its sharpness
MOST_PAGES = 100  # of one paper
QUALITY = 85
MODULE = "motcua.foundation.documents.sheets"
LAPLACIAN = (0, 1, 0, 1, -4, 1, 0, 1, 0)


@dataclass(frozen=True)
class Cut:
    """Xoay và cắt: quarters of a turn clockwise in degrees, and thousandths to take off each side, after the turn."""

    rotation: int = 0
    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


@dataclass(frozen=True)
class Sheet:
    """Một trang as JPEG. `sharpness`: variance of the Laplacian; low means blurred."""

    content: bytes
    width: int
    height: int
    sharpness: float


def flatten(content: IO[bytes], *, is_pdf: bool, cut: Cut, longest: int = LONGEST_SIDE) -> list[Sheet]:
    """Làm phẳng: the pages of a picture or of a scanner's PDF. Raises CannotShow, also when it hangs."""
    command = [MODULE, "pdf" if is_pdf else "image", json.dumps(asdict(cut)), str(longest)]
    said = json.loads(answer_of(command, content))
    if "refusal" in said:
        raise CannotShow(said["refusal"])
    return [Sheet(base64.b64decode(text), *rest) for text, *rest in said["sheets"]]


def sharpness_of(image: Any) -> float:
    """Độ nét: the variance of the Laplacian, of the picture brought to one size so that cameras compare."""
    from PIL import ImageFilter, ImageStat

    grey = image.convert("L")
    grey.thumbnail((LOOKED_AT, LOOKED_AT))
    edges = grey.filter(ImageFilter.Kernel((3, 3), LAPLACIAN, scale=1, offset=128))
    inner = edges.crop((2, 2, max(edges.width - 2, 3), max(edges.height - 2, 3)))
    return float(ImageStat.Stat(inner).var[0])


def _pictures(content: IO[bytes], *, is_pdf: bool, longest: int) -> Iterator[Any]:
    if is_pdf:
        yield from _pdf_pictures(content, longest)
        return
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(content) as image:
            if image.width * image.height > MOST_PIXELS:
                raise CannotShow(TOO_BIG)
            image.draft("RGB", (longest, longest))
            for frame in ImageSequence.Iterator(image):
                yield ImageOps.exif_transpose(frame)
    except UnidentifiedImageError:
        raise CannotShow("Không đọc được ảnh này. Hãy chụp lại ở dạng JPEG hoặc quét ra PDF.") from None
    except (Image.DecompressionBombError, MemoryError):
        raise CannotShow(TOO_BIG) from None
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError):
        raise CannotShow("Ảnh bị hỏng hoặc tải lên chưa hết. Hãy chụp hoặc tải lên lại.") from None


def _pdf_pictures(content: IO[bytes], longest: int) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise CannotShow("Tệp PDF đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lên lại.") from None
        raise CannotShow("Tệp PDF bị lỗi, không mở được. Hãy quét lại.") from None
    if len(document) > MOST_PAGES:
        raise CannotShow(
            f"Tệp PDF có {len(document)} trang, quá {MOST_PAGES} trang cho một giấy tờ. Hãy tách thành nhiều giấy tờ."
        )
    for page in document:
        yield page.render(scale=longest / max(*page.get_size(), 1), may_draw_forms=False).to_pil()


def _sheet(image: Any, cut: Cut, longest: int) -> Sheet:
    from PIL import Image

    if image.mode in {"RGBA", "LA", "PA", "P"} or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    image = image.convert("L" if image.mode in {"1", "L"} else "RGB")
    image.thumbnail((longest, longest))
    if cut.rotation:
        image = image.rotate(-cut.rotation, expand=True)
    width, height = image.size
    image = image.crop(
        (
            width * cut.left // 1000,
            height * cut.top // 1000,
            width - width * cut.right // 1000,
            height - height * cut.bottom // 1000,
        )
    )
    target = io.BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    return Sheet(target.getvalue(), image.width, image.height, sharpness_of(image))


def _main(form: str, cut: str, longest: str) -> None:
    """The other process: a file on standard input, the answer as JSON on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    warnings.simplefilter("ignore")
    try:
        sheets = [
            _sheet(image, Cut(**json.loads(cut)), int(longest))
            for image in _pictures(sys.stdin.buffer, is_pdf=form == "pdf", longest=int(longest))
        ]
    except CannotShow as refusal:
        answer: dict[str, Any] = {"refusal": str(refusal)}
    else:
        answer = {
            "sheets": [
                (base64.b64encode(one.content).decode(), one.width, one.height, one.sharpness)
                for one in sheets
            ]
        }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
