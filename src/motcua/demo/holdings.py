"""Kho giấy tờ của tỉnh mẫu: kinds of papers as its catalogue names them, and what its year has left in the store.

The terms are the demo's own, to show each rule; a province enters its own with the law behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from motcua.core.text import fold
from motcua.service.holdings.models import PaperMatch
from motcua.service.holdings.operations.keeping import classify, match, set_paper_type
from motcua.service.procedures.models import Paper, ResultType

LONGEST_NAME = 90  # letters: longer names list several papers in one line


@dataclass(frozen=True)
class Kind:
    code: str
    name: str
    words: str  # folded: what a name contains
    validity: str = "FOREVER"
    months: int = 0
    is_single: bool = False
    issued_by: str = ""


KINDS = (
    Kind("MAU.CCCD", "Thẻ căn cước", "can cuoc", "PRINTED", is_single=True, issued_by="Công an"),
    Kind("MAU.GKS", "Giấy khai sinh", "giay khai sinh", is_single=True, issued_by="Ủy ban nhân dân cấp xã"),
    Kind("MAU.TLKS", "Trích lục khai sinh", "trich luc khai sinh", issued_by="Ủy ban nhân dân cấp xã"),
    Kind("MAU.TLHT", "Bản sao trích lục hộ tịch", "trich luc ho tich", issued_by="Cơ quan hộ tịch"),
    Kind("MAU.KH", "Giấy chứng nhận kết hôn", "chung nhan ket hon", issued_by="Ủy ban nhân dân cấp xã"),
    Kind("MAU.TTHN", "Giấy xác nhận tình trạng hôn nhân", "tinh trang hon nhan", "MONTHS", 6, is_single=True),
    Kind("MAU.GPXD", "Giấy phép xây dựng", "giay phep xay dung", "MONTHS", 12),
    Kind("MAU.QSDD", "Giấy chứng nhận quyền sử dụng đất", "chung nhan quyen su dung dat"),
    Kind("MAU.DKKD", "Giấy chứng nhận đăng ký hộ kinh doanh", "dang ky ho kinh doanh", is_single=True),
)
FORMS = (
    "to khai",
    "don ",
    "phieu ",
    "giay de nghi",
    "van ban uy quyen",
)  # filled in for one case, never used again


def fill(*, since: date, at: datetime) -> int:
    """Lập danh mục, khớp tên, xếp loại; returns how many papers of the store have a type."""
    asked = set(Paper.objects.filter(is_note=False).values_list("name", flat=True))
    given = list(ResultType.objects.values_list("revision__procedure", "name"))
    for kind in KINDS:
        paper_type = set_paper_type(
            code=kind.code, name=kind.name, validity=kind.validity, months=kind.months, is_single=kind.is_single,
            issued_by=kind.issued_by, valid_from=since, by_id=None, at=at,
        )  # fmt: skip
        for name in sorted(asked):
            if len(name) <= LONGEST_NAME and kind.words in fold(name) and not fold(name).startswith(FORMS):
                match(paper_type, name)
        for procedure_id, name in given:
            if kind.words in fold(name):
                match(paper_type, name, role=PaperMatch.Role.RESULT, procedure_id=procedure_id)
    return classify(by_id=None, at=at)
