"""Đọc và ghi tệp danh mục: one entry of the national catalogue as JSON, to facts and back. Pure.

Texts are kept as they stand, in Unicode's composed form; what the source does not say is not assumed. Whatever of the
entry no rule knows lands in `other`, so that `to_source(from_source(row)) == row`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from motcua.core.text import fold
from motcua.service.procedures.facts import (
    ChannelFacts,
    FeeFacts,
    GroupFacts,
    LegalFacts,
    LimitFacts,
    PaperFacts,
    ProcedureFacts,
    ResultFacts,
)
from motcua.service.procedures.questions import BadQuestion, QuestionFacts, read_questions, write_questions

T = TypeVar("T")

TEXTS = {  # the file's field: ours
    "ministry": "ministry",
    "decision_no": "decision",
    "kind": "kind",
    "field": "field",
    "agency": "settling",
    "competent": "competent",
    "receiving": "receiving",
    "coordinating": "cooperating",
    "conditions": "conditions",
    "steps": "steps",
    "source": "source",
}
LISTS = {"levels": "levels", "subjects": "subjects"}
PARTS = ("channels", "paper_groups", "results", "legal", "questions")
KNOWN = {"code", "name", *TEXTS, *LISTS, *PARTS}
CHANNEL_FIELDS = {"channel", "time_value", "time_unit", "fee_label", "fee_amount", "fee_currency", "note"}

CODE = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+)+", re.IGNORECASE)
RANGE = re.compile(r"\d+(?:[.,]\d+)?\s*[-–]\s*\d+(?:[.,]\d+)?")
CHANNELS = {"truc tiep": "COUNTER", "truc tuyen": "ONLINE", "dich vu buu chinh": "POST"}
UNITS = {
    "ngay lam viec": "WORKING_DAY",
    "ngay": "DAY",
    "gio": "HOUR",
    "gio lam viec": "HOUR",
    "thang": "MONTH",
}
PER_PIECE = re.compile(r"\(/\s*(trang|bản|tờ|người|giấy|thẻ|m2|ha|km)", re.IGNORECASE)
SET_LOCALLY = re.compile(r"hội đồng nhân dân|HĐND", re.IGNORECASE)

NUMBERING = re.compile(r"^[\s*+\-–•.]*(\(?[0-9a-zđ]{1,4}(\.[0-9]+)*[.)]+\s*)?", re.IGNORECASE)
CHOICES = ("truong hop", "doi voi", "dang ky", "gia han", "thanh phan ho so")
EVERYBODY = ("giay to phai nop", "giay to phai xuat trinh", "thanh phan ho so")
OPTIONAL = re.compile(
    r"nếu (có|cần)\b|^[\s*+\-–]*(trường hợp|đối với)\b|trong trường hợp|văn bản [uủ][yỷ] quyền", re.IGNORECASE
)


class Unreadable(Exception):
    """Không đọc được: one field of one entry, with what is wrong there."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def composed(value: Any) -> Any:
    """The same JSON value with every text in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: composed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [composed(item) for item in value]
    return value


def from_source(row: Any) -> ProcedureFacts:
    """Đọc một thủ tục. Raises Unreadable with the field's path."""
    entry = _mapping(composed(row), "(dòng)")
    code = _text(entry, "code", needed=True).strip()
    if not CODE.fullmatch(code):
        raise Unreadable("code", f"“{code}” không phải mã thủ tục, ví dụ đúng: 1.001193")
    texts: dict[str, Any] = {ours: _text(entry, theirs) for theirs, ours in TEXTS.items()}
    lists: dict[str, Any] = {ours: tuple(_texts(entry, theirs)) for theirs, ours in LISTS.items()}
    groups = _groups(entry)
    return ProcedureFacts(
        code=code,
        name=_text(entry, "name", needed=True),
        groups=groups,
        questions=_questions(entry, groups),
        channels=tuple(_each(entry, "channels", _channel)),
        results=tuple(_each(entry, "results", _result)),
        legal=tuple(LegalFacts(number) for number in _texts(entry, "legal")),
        other={key: value for key, value in entry.items() if key not in KNOWN},
        **texts,
        **lists,
    )


def to_source(facts: ProcedureFacts) -> dict[str, Any]:
    """Ghi một thủ tục theo đúng khuôn của tệp danh mục."""
    return {
        "code": facts.code,
        "name": facts.name,
        **{theirs: getattr(facts, ours) for theirs, ours in TEXTS.items()},
        **{theirs: list(getattr(facts, ours)) for theirs, ours in LISTS.items()},
        "channels": [_channel_out(channel) for channel in facts.channels],
        "paper_groups": [
            {
                "group": group.name,
                "papers": [
                    {"text": paper.name, "original": paper.originals, "copy": paper.copies}
                    | ({"held": paper.held_in} if paper.held_in else {})
                    for paper in group.papers
                ],
            }
            for group in facts.groups
        ],
        "results": [{"name": result.name, "code": result.code} for result in facts.results],
        "legal": [basis.number for basis in facts.legal],
        **({"questions": write_questions(facts.questions)} if facts.questions else {}),
        **facts.other,
    }


def with_local_knowledge(new: ProcedureFacts, old: ProcedureFacts) -> ProcedureFacts:
    """What the province has set and the file cannot say passes to the new revision, wherever it still fits."""
    if [group.name for group in new.groups] != [group.name for group in old.groups]:
        groups, same_groups = new.groups, False
    else:
        groups = tuple(_group_kept(group, known) for group, known in zip(new.groups, old.groups, strict=True))
        same_groups = True
    channels = new.channels
    if same_groups and [channel.name for channel in new.channels] == [
        channel.name for channel in old.channels
    ]:
        channels = tuple(
            _channel_kept(one, known) for one, known in zip(new.channels, old.channels, strict=True)
        )
    legal = {basis.number: basis for basis in old.legal}
    return replace(
        new,
        sets=old.sets,
        keywords=old.keywords,
        needs_no_receipt=old.needs_no_receipt,
        starts_next_day_after_cutoff=old.starts_next_day_after_cutoff,
        has_financial_pause=old.has_financial_pause,
        has_sector_pause=old.has_sector_pause,
        online_level=old.online_level,
        groups=groups,
        questions=new.questions or (old.questions if _same_papers(new, old) else ()),
        channels=channels,
        legal=tuple(legal.get(basis.number, basis) for basis in new.legal),
    )


def _same_papers(new: ProcedureFacts, old: ProcedureFacts) -> bool:
    """Questions name papers by their places: they stand only while the places do."""
    return [group.name for group in new.groups] == [group.name for group in old.groups] and [
        paper.name for paper in new.papers
    ] == [paper.name for paper in old.papers]


def _questions(entry: Mapping[str, Any], groups: tuple[GroupFacts, ...]) -> tuple[QuestionFacts, ...]:
    try:
        papers = sum(len(group.papers) for group in groups)
        return read_questions(entry.get("questions") or [], papers=papers, groups=len(groups))
    except BadQuestion as fault:
        raise Unreadable("questions", str(fault)) from fault


def _group_kept(group: GroupFacts, known: GroupFacts) -> GroupFacts:
    papers = {paper.name: paper for paper in known.papers}
    return replace(
        group,
        kind=known.kind,
        papers=tuple(
            replace(
                papers[paper.name],
                originals=paper.originals,
                copies=paper.copies,
                held_in=paper.held_in or papers[paper.name].held_in,
            )
            if paper.name in papers
            else paper
            for paper in group.papers
        ),
    )


def _channel_kept(channel: ChannelFacts, known: ChannelFacts) -> ChannelFacts:
    told = [(fee.label, fee.amount, fee.currency) for fee in known.fees[:1]]
    same_fee = [(fee.label, fee.amount, fee.currency) for fee in channel.fees] == told
    return replace(channel, case_limits=known.case_limits, fees=known.fees if same_fee else channel.fees)


def _groups(entry: Mapping[str, Any]) -> tuple[GroupFacts, ...]:
    groups = list(_each(entry, "paper_groups", _group))
    kinds = group_kinds([group.name for group in groups])
    return tuple(
        replace(group, kind=kind, papers=tuple(_in_group(paper, kind) for paper in group.papers))
        for group, kind in zip(groups, kinds, strict=True)
    )


def group_kinds(names: list[str]) -> list[str]:
    """Which headings are cases to choose among, which hold for all, which only explain.

    Headings of one procedure are alternatives only when two or more of them open as cases do.
    """
    kinds = [_kind_of_heading(fold(NUMBERING.sub("", name))) for name in names]
    if kinds.count("ALTERNATIVE") == 1:
        kinds = ["CONDITIONAL" if kind == "ALTERNATIVE" else kind for kind in kinds]
    return kinds


def _kind_of_heading(heading: str) -> str:
    if heading.startswith("luu y"):
        return "NOTE"
    if "uy quyen thuc hien thu tuc" in heading:
        return "CONDITIONAL"
    if not heading or heading in EVERYBODY:
        return "COMMON"
    return "ALTERNATIVE" if heading.startswith(CHOICES) else "COMMON"


def _in_group(paper: PaperFacts, kind: str) -> PaperFacts:
    is_note = kind == "NOTE" or paper.is_note
    return replace(
        paper, is_note=is_note, is_required=paper.is_required and not is_note and kind != "CONDITIONAL"
    )


def _group(value: Any, path: str) -> GroupFacts:
    entry = _mapping(value, path)
    _refuse_strangers(entry, {"group", "papers"}, path)
    return GroupFacts(name=_text(entry, "group", path), papers=tuple(_each(entry, "papers", _paper, path)))


def _paper(value: Any, path: str) -> PaperFacts:
    entry = _mapping(value, path)
    _refuse_strangers(entry, {"text", "original", "copy", "held"}, path)
    held_in = _text(entry, "held", path)[:200]
    name = _text(entry, "text", path, needed=True)
    originals, copies = _count(entry, "original", path), _count(entry, "copy", path)
    is_note = fold(NUMBERING.sub("", name)).startswith("luu y")
    asked = bool(originals or copies) and not is_note and not OPTIONAL.search(name)
    return PaperFacts(
        name=name, originals=originals, copies=copies, is_required=asked, is_note=is_note, held_in=held_in
    )


def _result(value: Any, path: str) -> ResultFacts:
    entry = _mapping(value, path)
    _refuse_strangers(entry, {"name", "code"}, path)
    return ResultFacts(name=_text(entry, "name", path, needed=True), code=_text(entry, "code", path))


def _channel(value: Any, path: str) -> ChannelFacts:
    entry = _mapping(value, path)
    _refuse_strangers(entry, CHANNEL_FIELDS, path)
    name = _text(entry, "channel", path, needed=True)
    kind = CHANNELS.get(fold(name))
    if kind is None:
        raise Unreadable(
            f"{path}.channel", f"“{name}” không phải cách thức Trực tiếp, Trực tuyến hay Dịch vụ bưu chính"
        )
    note = _text(entry, "note", path)
    return ChannelFacts(
        kind=kind, name=name, limit=_limit(entry, path), note=note, fees=_fees(entry, note, path)
    )


def _limit(entry: Mapping[str, Any], path: str) -> LimitFacts:
    written, unit_text = entry.get("time_value"), _text(entry, "time_unit", path)
    if isinstance(written, str) and RANGE.fullmatch(written.strip()):
        return LimitFacts(None, "NONE", f"{written} {unit_text}")
    if written is None or written == "":
        return LimitFacts(None, "NONE", unit_text)
    value = _decimal(written, f"{path}.time_value")
    unit = (
        UNITS.get(fold(unit_text), "NONE") if value else "NONE"
    )  # "0 giờ" promises at once, no date to count
    if value < 0:
        raise Unreadable(f"{path}.time_value", f"thời hạn không được âm: {written}")
    if value >= 100_000:
        raise Unreadable(f"{path}.time_value", f"thời hạn {written} quá lớn")
    return LimitFacts(value, unit, unit_text)


def _fees(entry: Mapping[str, Any], note: str, path: str) -> tuple[FeeFacts, ...]:
    label = _text(entry, "fee_label", path)
    amount = entry.get("fee_amount")
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int) or amount < 0):
        raise Unreadable(f"{path}.fee_amount", f"mức thu phải là số nguyên không âm, không phải “{amount}”")
    currency = _text(entry, "fee_currency", path).strip()
    if len(currency) > 3:
        raise Unreadable(f"{path}.fee_currency", f"“{currency}” không phải mã đơn vị tiền ba chữ")
    if amount is None and not label and not currency:
        return ()
    is_estimate = bool(PER_PIECE.search(note)) if amount else amount == 0 and bool(SET_LOCALLY.search(note))
    return (FeeFacts(amount=amount, currency=currency, label=label, is_estimate=is_estimate),)


def _channel_out(channel: ChannelFacts) -> dict[str, Any]:
    fee = channel.fees[0] if channel.fees else FeeFacts()
    value: float | str | None = None if channel.limit.value is None else float(channel.limit.value)
    unit_text = channel.limit.text
    if value is None and (found := RANGE.match(unit_text)):
        value, unit_text = found.group(), unit_text[found.end() + 1 :]
    return {
        "channel": channel.name,
        "time_value": value,
        "time_unit": unit_text,
        "fee_label": fee.label,
        "fee_amount": fee.amount,
        "fee_currency": fee.currency or None,
        "note": channel.note,
    }


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unreadable(path, "phải là một đối tượng JSON {…}")
    return value


def _each(entry: Mapping[str, Any], name: str, read: Callable[[Any, str], T], path: str = "") -> list[T]:
    values = _list(entry, name, path)
    where = f"{path}.{name}" if path else name
    return [read(value, f"{where}[{place}]") for place, value in enumerate(values, start=1)]


def _list(entry: Mapping[str, Any], name: str, path: str = "") -> list[Any]:
    value = entry.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(f"{path}.{name}" if path else name, "phải là một danh sách […]")
    return value


def _texts(entry: Mapping[str, Any], name: str) -> list[str]:
    values = _list(entry, name)
    for place, value in enumerate(values, start=1):
        if not isinstance(value, str):
            raise Unreadable(f"{name}[{place}]", f"phải là chữ, không phải {value!r}")
    return values


def _text(entry: Mapping[str, Any], name: str, path: str = "", *, needed: bool = False) -> str:
    where = f"{path}.{name}" if path else name
    value = entry.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Unreadable(where, f"phải là chữ, không phải {value!r}")
    if "\x00" in value:
        raise Unreadable(where, "có ký tự rỗng (U+0000) không lưu được")
    if needed and not value.strip():
        raise Unreadable(where, "còn trống")
    return value


def _count(entry: Mapping[str, Any], name: str, path: str) -> int:
    value = entry.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise Unreadable(f"{path}.{name}", f"số bản phải là số nguyên không âm, không phải {value!r}")
    return value


def _decimal(value: Any, path: str) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Unreadable(path, f"thời hạn phải là số, không phải “{value}”")
    if number != number.quantize(Decimal("0.01")):
        raise Unreadable(path, f"thời hạn {value} có quá hai chữ số thập phân")
    return number


def _refuse_strangers(entry: Mapping[str, Any], known: set[str], path: str) -> None:
    if strangers := sorted(set(entry) - known):
        raise Unreadable(
            f"{path}.{strangers[0]}", "trường này chưa có chỗ trong danh mục nên không được bỏ qua"
        )
