"""Quy trình mẫu: the two flows that most procedures start from, their minutes shared out of the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from motcua.core.errors import InvalidInput
from motcua.core.text import fold, tidy
from motcua.service.workflows.blueprint import (
    DECIDING,
    MOST_MINUTES,
    WORKING_DAY,
    Blueprint,
    Flow,
    Outcome,
    Step,
    StepKind,
    duration,
)

# Minutes are given in whole hours, halves or fives, by how long the limit is: (unit, from a limit of).
ROUNDING = ((60, 10 * WORKING_DAY), (30, 2 * WORKING_DAY), (5, 100))


@dataclass(frozen=True)
class StepInput:
    """One line of the list of steps as a person writes it; `sends_back_to` is the number (from 1) of an earlier line.

    None: to the last step of assessment before it, where its kind decides; 0: it cannot send back.
    """

    name: str
    kind: StepKind
    role: str
    minutes: int
    product: str = ""
    sends_back_to: int | None = None
    key: str = ""


def from_list(name: str, lines: Sequence[StepInput]) -> Blueprint:
    """Quy trình từ danh sách bước: one after the other, with ways back. Raises InvalidInput."""
    errors: dict[str, str] = {}
    taken: set[str] = set()
    steps: list[Step] = []
    flows: list[Flow] = []
    for line in lines:
        key = line.key or _key(line.name, taken)
        taken.add(key)
        steps.append(Step(key, tidy(line.name)[:200], line.kind, line.role, line.minutes, line.product))
    for place, (line, step) in enumerate(zip(lines, steps, strict=True)):
        following = steps[place + 1].key if place + 1 < len(steps) else "end"
        back = _sent_back_to(line, place, steps)
        if not step.name:
            errors[f"steps-{place}-name"] = f"Bước {place + 1} chưa có tên."
        if not 0 <= line.minutes <= MOST_MINUTES:
            errors[f"steps-{place}-minutes"] = (
                f"Thời gian của bước {place + 1} phải từ 0 đến {duration(MOST_MINUTES)} làm việc."
            )
        if back is not None and back >= place:
            errors[f"steps-{place}-sends_back_to"] = (
                f"Bước {place + 1} chỉ có thể trả lại một bước đứng trước nó."
            )
        elif back is not None:
            flows += [
                Flow(step.key, following, Outcome.AGREE),
                Flow(step.key, steps[back].key, Outcome.SEND_BACK),
            ]
        else:
            flows.append(Flow(step.key, following))
    if errors:
        raise InvalidInput(errors)
    return Blueprint(name, tuple(steps), tuple(flows), steps[0].key if steps else "")


def standard_blueprint(limit_minutes: int | None, *, name: str = "Quy trình chuẩn") -> Blueprint:
    """Quy trình ở sở, phòng chuyên môn: receive, assign, work, review, sign, issue, return.

    `limit_minutes`: working minutes of the procedure's limit; None: no limit, five working days are taken.
    """
    limit = 5 * WORKING_DAY if limit_minutes is None else limit_minutes
    receive, assign, work, review, sign, issue = _shared(limit, (8, 6, 56, 12, 12, 6))
    return from_list(
        name,
        [
            _receive(receive),
            StepInput(
                "Phân công thụ lý", StepKind.ASSIGN, "DIVISION_HEAD", assign, "Ý kiến phân công", key="assign"
            ),
            StepInput("Thẩm định hồ sơ", StepKind.WORK, "OFFICER", work, "Dự thảo kết quả", key="work"),
            StepInput(
                "Xem xét, trình ký", StepKind.REVIEW, "DIVISION_HEAD", review, "Dự thảo đã soát", key="review"
            ),
            *_finish(sign, issue),
        ],
    )


def short_blueprint(limit_minutes: int | None, *, name: str = "Quy trình cấp xã") -> Blueprint:
    """Quy trình ở xã, phường: receive, work, sign, issue, return; three working days when there is no limit."""
    limit = 3 * WORKING_DAY if limit_minutes is None else limit_minutes
    receive, work, sign, issue = _shared(limit, (10, 60, 20, 10))
    return from_list(
        name,
        [
            _receive(receive),
            StepInput(
                "Thẩm định, dự thảo kết quả", StepKind.WORK, "OFFICER", work, "Dự thảo kết quả", key="work"
            ),
            *_finish(sign, issue),
        ],
    )


def _receive(minutes: int) -> StepInput:
    return StepInput(
        "Tiếp nhận, chuyển hồ sơ",
        StepKind.RECEIVE,
        "CLERK",
        minutes,
        "Giấy tiếp nhận và hẹn trả",
        key="receive",
    )


def _finish(sign: int, issue: int) -> tuple[StepInput, ...]:
    return (
        StepInput("Ký duyệt kết quả", StepKind.SIGN, "LEADER", sign, "Kết quả đã ký", key="sign"),
        StepInput("Vào sổ, phát hành", StepKind.ISSUE, "RECORDS", issue, "Kết quả đã phát hành", key="issue"),
        StepInput("Trả kết quả", StepKind.RETURN, "CLERK", 0, "Kết quả đã trao", key="return"),
    )


def _shared(limit: int, weights: Sequence[int]) -> list[int]:
    """The limit parted by weight, rounded down; what is left over goes to the heaviest, so the sum is the limit."""
    whole = sum(weights)
    unit = next((unit for unit, least in ROUNDING if limit >= least), 1)
    parts = [max(1, limit * weight // whole // unit * unit) for weight in weights]
    heaviest = weights.index(max(weights))
    parts[heaviest] = max(1, parts[heaviest] + limit - sum(parts))
    return parts


def _sent_back_to(line: StepInput, place: int, steps: Sequence[Step]) -> int | None:
    if line.sends_back_to is not None:
        return line.sends_back_to - 1 if line.sends_back_to > 0 else None
    if line.kind not in DECIDING:
        return None
    earlier = [number for number in range(place) if steps[number].kind is StepKind.WORK]
    return earlier[-1] if earlier else None


def _key(name: str, taken: set[str]) -> str:
    letters = "".join(letter if letter.isalnum() else "_" for letter in fold(name)).strip("_")[:40]
    key = (
        letters
        if letters.isascii() and letters[:1].isalpha()
        else f"step_{letters}"
        if letters.isascii()
        else "step"
    )
    key = key if key not in {"start", "end", "process", "definitions", "diagram", "plane"} else f"{key}_step"
    unique, number = key, 2
    while unique in taken:
        unique, number = f"{key}_{number}", number + 1
    return unique
