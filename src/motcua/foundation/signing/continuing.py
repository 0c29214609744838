"""Ký tiếp: whether a file that came back signed is our very bytes, with nothing added to them but signatures."""

from __future__ import annotations

import io
import logging
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffResult,
    FormUpdatingRule,
    ModificationLevel,
    StandardDiffPolicy,
)
from pyhanko.sign.diff_analysis.constants import (
    ACROFORM_EXEMPT_STRICT_COMPARISON,
    ROOT_EXEMPT_STRICT_COMPARISON,
)

logger = logging.getLogger(__name__)

# A first signature raises the flags of the form and may certify the document; all else is judged as after a signature.
POLICY = StandardDiffPolicy(
    [
        CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}),  # type: ignore[no-untyped-call]
        *(rule for rule in DEFAULT_DIFF_POLICY.global_rules if not isinstance(rule, CatalogModificationRule)),
    ],
    FormUpdatingRule(
        DEFAULT_DIFF_POLICY.form_rule.field_rules if DEFAULT_DIFF_POLICY.form_rule else [],
        ignored_acroform_keys=ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"},
    ),
)


def with_room(content: bytes) -> bytes:
    """Bản để ký: the file with an empty list of fields, so that what a signature adds can be told from other changes."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    make: Any = generic.DictionaryObject
    fields = make({generic.pdf_name("/Fields"): generic.ArrayObject()})
    writer.root["/AcroForm"] = writer.add_object(fields)
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def goes_on(original: bytes, signed: bytes) -> bool:
    """Đúng từng byte bản gốc rồi mới đến phần thêm vào."""
    return len(signed) > len(original) and signed.startswith(original)


def adds_signatures_alone(original: bytes, signed: bytes) -> bool:
    """Chỉ thêm chữ ký: between our last revision (`with_room`) and the end nothing was changed or put in that one reads.

    A signature vouches for what stood there when it was made; this asks what was done before it.
    """
    if not goes_on(original, signed):
        return False
    try:
        ours = PdfFileReader(io.BytesIO(original)).total_revisions
        found = POLICY.review_file(PdfFileReader(io.BytesIO(signed), strict=False), ours - 1)
    except Exception:
        logger.info("What was added to a file of ours could not be read", exc_info=True)
        return False
    return isinstance(found, DiffResult) and found.modification_level <= ModificationLevel.FORM_FILLING


def is_encrypted(content: bytes) -> bool:
    """Đặt mật khẩu. What cannot be read is not said to be."""
    try:
        return bool(PdfFileReader(io.BytesIO(content), strict=False).encrypted)
    except Exception:
        return False


def is_same_document(original: bytes, other: bytes) -> bool:
    """Cùng mã tài liệu: written anew by another program, which keeps the first half of the identifier."""
    first, second = _document_id(original), _document_id(other)
    return first is not None and first == second


def _document_id(content: bytes) -> bytes | None:
    try:
        first = PdfFileReader(io.BytesIO(content), strict=False).trailer["/ID"][0]
        return bytes(getattr(first, "original_bytes", first))
    except Exception:
        return None
