"""Kiểm tra quy trình: what stands between a draft and its publication, each in one sentence. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from motcua.service.workflows.blueprint import (
    Blueprint,
    Outcome,
    Step,
    StepKind,
    duration,
    label_of,
    usual_outcome,
)

# Which kinds may follow which, as far as the acts on a dossier can walk today; data, to grow with those acts.
# Opinions are asked within the step of assessment, so no step of its own is walked for them yet.
FOLLOWS: Mapping[StepKind, tuple[StepKind, ...]] = {
    StepKind.RECEIVE: (StepKind.ASSIGN, StepKind.WORK),
    StepKind.ASSIGN: (StepKind.ASSIGN, StepKind.WORK),
    StepKind.WORK: (StepKind.REVIEW, StepKind.SIGN),
    StepKind.CONSULT: (),
    StepKind.REVIEW: (StepKind.REVIEW, StepKind.SIGN),
    StepKind.SIGN: (StepKind.ISSUE,),
    StepKind.ISSUE: (StepKind.RETURN,),
    StepKind.RETURN: (),
}
SENT_BACK_TO = (StepKind.ASSIGN, StepKind.WORK)


@dataclass(frozen=True)
class Problem:
    """Vấn đề: `step` is the key of the step it lies in; one that does not block is only a warning."""

    code: str
    message: str
    step: str = ""
    is_blocking: bool = True


def problems(
    blueprint: Blueprint,
    *,
    roles: Collection[str] | None = None,
    limit: int | None = None,
    shortest: int | None = None,
) -> list[Problem]:
    """Every problem of a blueprint, in the order in which a person would mend them.

    `roles`: the codes that exist (None: not known); `limit`: working minutes of the procedure's longest limit (None:
    no limit in numbers), `shortest` of its shortest.
    """
    if not blueprint.steps:
        return [
            Problem(
                "no-steps", "Quy trình chưa có bước nào. Hãy thêm ít nhất bước tiếp nhận và bước trả kết quả."
            )
        ]
    return [*_of_shape(blueprint), *_of_steps(blueprint, roles), *_of_time(blueprint, limit, shortest)]


def blocking(found: Collection[Problem]) -> list[Problem]:
    return [problem for problem in found if problem.is_blocking]


def _of_shape(blueprint: Blueprint) -> Iterator[Problem]:
    first = blueprint.by_key.get(blueprint.start)
    if first is None:
        yield Problem("no-start", "Điểm bắt đầu chưa nối tới bước nào.")
        return
    if first.kind is not StepKind.RECEIVE:
        yield Problem(
            "no-receive",
            f"Bước đầu tiên “{first.name}” phải là bước {_named(StepKind.RECEIVE)}.",
            step=first.key,
        )
    reached = blueprint.reached()
    if not reached & blueprint.end_keys:
        yield Problem(
            "no-end", "Quy trình không bao giờ kết thúc: không có đường nào từ bước đầu tới điểm kết thúc."
        )
    finishing = blueprint.finishing()
    known = blueprint.by_key.keys() | blueprint.end_keys
    for step in blueprint.steps:
        ways = blueprint.ways_from(step.key)
        if step.key not in reached:
            yield Problem("unreachable", f"Không có đường nào đi tới bước “{step.name}”.", step=step.key)
        if not ways:
            yield Problem(
                "dead-end", f"Bước “{step.name}” là ngõ cụt: không có đường nào đi tiếp.", step=step.key
            )
        elif step.key not in finishing:
            yield Problem(
                "endless",
                f"Từ bước “{step.name}” không thể đi tới điểm kết thúc, hồ sơ sẽ quay vòng mãi.",
                step=step.key,
            )
        for way in ways:
            if way.target not in known:
                yield Problem(
                    "lost", f"Một đường đi từ bước “{step.name}” không tới bước nào.", step=step.key
                )
            elif way.target in blueprint.end_keys and step.kind is not StepKind.RETURN:
                yield Problem(
                    "no-return",
                    f"Bước “{step.name}” đi thẳng tới điểm kết thúc. Bước cuối phải là bước {_named(StepKind.RETURN)}.",
                    step=step.key,
                )
    for end in blueprint.ends:
        if end.key not in reached and reached & blueprint.end_keys:
            yield Problem(
                "unused-end", f"Không có đường nào đi tới điểm kết thúc “{end.name}”.", is_blocking=False
            )


def _of_steps(blueprint: Blueprint, roles: Collection[str] | None) -> Iterator[Problem]:
    for step in blueprint.steps:
        if not step.name.strip():
            yield Problem("no-name", "Có bước chưa đặt tên.", step=step.key)
        if not step.role:
            yield Problem("no-role", f"Bước “{step.name}” chưa có vai trò thực hiện.", step=step.key)
        elif roles is not None and step.role not in roles:
            yield Problem(
                "unknown-role",
                f"Bước “{step.name}” giao cho vai trò “{step.role}” không có trong hệ thống.",
                step=step.key,
            )
        if not step.minutes and step.kind is not StepKind.RETURN:
            yield Problem("no-time", f"Bước “{step.name}” chưa có thời gian thực hiện.", step=step.key)
        yield from _of_outcomes(blueprint, step)
        yield from _of_order(blueprint, step)


def _of_order(blueprint: Blueprint, step: Step) -> Iterator[Problem]:
    if step.kind is StepKind.CONSULT:
        yield Problem(
            "consult-step",
            f"Bước “{step.name}”: việc lấy ý kiến làm ngay trong bước {_named(StepKind.WORK)}, chưa tách thành bước riêng.",
            step=step.key,
        )
        return
    for way in blueprint.ways_from(step.key):
        target = blueprint.by_key.get(way.target)
        back = way.outcome is Outcome.SEND_BACK
        allowed = SENT_BACK_TO if back else FOLLOWS[step.kind]
        if target is None or target.kind in allowed or target.kind is StepKind.CONSULT:
            continue
        after = "Trả lại từ" if back else "Sau"
        must = " hoặc ".join(_named(kind) for kind in allowed) or "điểm kết thúc"
        yield Problem(
            "order",
            f"{after} bước “{step.name}” không thể sang bước “{target.name}” (loại {_named(target.kind)}), "
            f"phải sang {must}.",
            step=step.key,
        )


def _of_outcomes(blueprint: Blueprint, step: Step) -> Iterator[Problem]:
    ways = blueprint.ways_from(step.key)
    if not ways:
        return
    usual = usual_outcome(step.kind)
    if usual not in step.outcomes:
        yield Problem(
            "no-usual-outcome",
            f"Bước “{step.name}” thuộc loại {_named(step.kind)} nên phải có kết quả “{usual.label}”.",
            step=step.key,
        )
    named = {way.outcome for way in ways}
    for outcome in step.outcomes:
        if outcome not in named and None not in named:
            yield Problem(
                "no-way",
                f"Kết quả “{label_of(outcome)}” của bước “{step.name}” chưa có đường đi.",
                step=step.key,
            )


def _of_time(blueprint: Blueprint, limit: int | None, shortest: int | None) -> Iterator[Problem]:
    total = blueprint.longest_minutes()
    if limit is not None and total > limit:
        yield Problem(
            "too-long",
            f"Tổng thời gian các bước là {duration(total)} làm việc, vượt thời hạn giải quyết {duration(limit)}. "
            f"Hãy bớt ít nhất {duration(total - limit)}.",
        )
    elif shortest is not None and total > shortest:
        yield Problem(
            "longer-than-shortest",
            f"Tổng thời gian các bước là {duration(total)} làm việc, dài hơn thời hạn ngắn nhất của thủ tục "
            f"({duration(shortest)}); hồ sơ theo thời hạn đó có các bước đến hạn sớm hơn.",
            is_blocking=False,
        )


def _named(kind: StepKind) -> str:
    return f"“{kind.label}”"
