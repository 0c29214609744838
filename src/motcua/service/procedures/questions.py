"""Câu hỏi trường hợp: what is asked of a person so that only the papers, fee and limit of their own case are shown. Pure.

Papers and groups are named by their places in the revision, from 0: papers through all groups, as it lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


class BadQuestion(ValueError):
    """Câu hỏi không đọc được."""


@dataclass(frozen=True)
class OptionFacts:
    """Một câu trả lời: the case that it means, papers that it makes needed, papers that it makes needless."""

    label: str
    case: int | None = None
    needs: tuple[int, ...] = ()
    drops: tuple[int, ...] = ()
    is_free: bool = False


@dataclass(frozen=True)
class QuestionFacts:
    """Một câu hỏi."""

    text: str
    options: tuple[OptionFacts, ...]
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({' / '.join(option.label for option in self.options)})"


def read_questions(rows: Any, *, papers: int, groups: int) -> tuple[QuestionFacts, ...]:
    """Đọc câu hỏi from JSON, each place checked. Raises BadQuestion in words."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise BadQuestion("danh sách câu hỏi phải là […]")
    return tuple(_question(row, place, papers, groups) for place, row in enumerate(rows, start=1))


def write_questions(questions: Sequence[QuestionFacts]) -> list[dict[str, Any]]:
    """Ghi câu hỏi, only what is said."""
    return [
        {
            "text": question.text,
            **({"hint": question.hint} if question.hint else {}),
            "options": [_written(option) for option in question.options],
        }
        for question in questions
    ]


def chosen(questions: Sequence[QuestionFacts], answers: Mapping[int, int]) -> list[OptionFacts]:
    """Những câu trả lời đã chọn; an answer that does not exist counts as none."""
    return [
        questions[place].options[answer]
        for place, answer in sorted(answers.items())
        if 0 <= place < len(questions) and 0 <= answer < len(questions[place].options)
    ]


def _question(row: Any, place: int, papers: int, groups: int) -> QuestionFacts:
    if not isinstance(row, Mapping) or not str(row.get("text", "")).strip():
        raise BadQuestion(f"câu hỏi {place} chưa có lời hỏi (text)")
    options = row.get("options")
    if not isinstance(options, Sequence) or isinstance(options, str) or len(options) < 2:
        raise BadQuestion(f"câu hỏi {place} cần ít nhất hai câu trả lời (options)")
    return QuestionFacts(
        text=str(row["text"]).strip(),
        hint=str(row.get("hint", "")).strip(),
        options=tuple(_option(option, place, papers, groups) for option in options),
    )


def _option(row: Any, place: int, papers: int, groups: int) -> OptionFacts:
    if not isinstance(row, Mapping) or not str(row.get("label", "")).strip():
        raise BadQuestion(f"câu hỏi {place} có câu trả lời chưa ghi lời (label)")
    if strangers := sorted(set(row) - {"label", "case", "needs", "drops", "is_free"}):
        raise BadQuestion(f"câu hỏi {place}: không hiểu “{strangers[0]}”")
    case = row.get("case")
    if case is not None and not _is_place(case, groups):
        raise BadQuestion(f"câu hỏi {place}: không có nhóm giấy tờ thứ {case} (đếm từ 0)")
    for name in ("needs", "drops"):
        wrong = [value for value in row.get(name, ()) if not _is_place(value, papers)]
        if wrong:
            raise BadQuestion(f"câu hỏi {place}: không có giấy tờ thứ {wrong[0]} (đếm từ 0)")
    return OptionFacts(
        label=str(row["label"]).strip(),
        case=case,
        needs=tuple(row.get("needs", ())),
        drops=tuple(row.get("drops", ())),
        is_free=bool(row.get("is_free", False)),
    )


def _is_place(value: Any, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


def _written(option: OptionFacts) -> dict[str, Any]:
    """Only what it says; the first group is case 0, and that is said."""
    said = asdict(option)
    case = said.pop("case")
    written = {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value
    }
    return written if case is None else {**written, "case": case}
