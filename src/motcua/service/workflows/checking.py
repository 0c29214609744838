"""Kiểm tra quy trình: what stands between a draft and its publication, each in one sentence. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from motcua.core.errors import DomainError
from motcua.service.workflows.blueprint import (
    DECIDING,
    RECEPTION,
    SKIPPABLE,
    UNITS,
    Blueprint,
    Flow,
    GateKind,
    Outcome,
    Step,
    StepKind,
    duration,
    label_of,
    usual_outcome,
)
from motcua.service.workflows.engine import CrowdedWorkflow, Run

# Which kinds may follow which, through gates and sub-processes; data, to grow with the acts on a dossier.
FOLLOWS: Mapping[StepKind, tuple[StepKind, ...]] = {
    StepKind.RECEIVE: (StepKind.ASSIGN, StepKind.WORK, StepKind.CONSULT),
    StepKind.ASSIGN: (StepKind.ASSIGN, StepKind.WORK, StepKind.CONSULT),
    StepKind.WORK: (StepKind.WORK, StepKind.CONSULT, StepKind.REVIEW, StepKind.SIGN),
    StepKind.CONSULT: (StepKind.ASSIGN, StepKind.WORK, StepKind.CONSULT, StepKind.REVIEW, StepKind.SIGN),
    StepKind.REVIEW: (StepKind.REVIEW, StepKind.SIGN),
    StepKind.SIGN: (StepKind.ISSUE,),
    StepKind.ISSUE: (StepKind.RETURN,),
    StepKind.RETURN: (),
}
SENT_BACK_TO = (StepKind.ASSIGN, StepKind.WORK, StepKind.CONSULT)
BESIDE = frozenset({StepKind.ASSIGN, StepKind.WORK, StepKind.CONSULT})  # may go on beside each other
MOST_STANDINGS = 4_000  # places of tokens looked at; more than any workflow that people can follow


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
    units: Collection[str] | None = None,
    limit: int | None = None,
    shortest: int | None = None,
) -> list[Problem]:
    """Every problem of a blueprint, in the order in which a person would mend them.

    `roles`, `units`: the codes of roles and agencies that exist (None: not known); `limit`: working minutes of the
    procedure's longest limit (None: no limit in numbers), `shortest` of its shortest.
    """
    if not blueprint.steps:
        return [
            Problem(
                "no-steps", "Quy trình chưa có bước nào. Hãy thêm ít nhất bước tiếp nhận và bước trả kết quả."
            )
        ]
    shape = [*_of_shape(blueprint), *_of_gates(blueprint)]
    tokens = [] if blocking(shape) else _of_tokens(blueprint)
    return [*shape, *tokens, *_of_steps(blueprint, roles, units), *_of_time(blueprint, limit, shortest)]


def blocking(found: Collection[Problem]) -> list[Problem]:
    return [problem for problem in found if problem.is_blocking]


def _of_shape(blueprint: Blueprint) -> Iterator[Problem]:
    first = blueprint.by_key.get(blueprint.first_key)
    if first is None:
        yield Problem("no-start", "Điểm bắt đầu chưa nối tới bước nào, hoặc rẽ nhánh ngay từ đầu.")
        return
    if first.kind is not StepKind.RECEIVE:
        yield Problem(
            "no-receive",
            f"Bước đầu tiên “{first.name}” phải là bước {_named(StepKind.RECEIVE)}.",
            step=first.key,
        )
    reached, finishing = blueprint.reached(), blueprint.finishing()
    if not reached & blueprint.end_keys:
        yield Problem(
            "no-end", "Quy trình không bao giờ kết thúc: không có đường nào từ bước đầu tới điểm kết thúc."
        )
    for key in (*blueprint.by_key, *blueprint.gate_by_key, *blueprint.sub_by_key):
        yield from _of_place(blueprint, key, reached, finishing)
    for end in blueprint.ends:
        if end.key not in reached and reached & blueprint.end_keys:
            yield Problem(
                "unused-end", f"Không có đường nào đi tới điểm kết thúc “{end.name}”.", is_blocking=False
            )


def _of_place(
    blueprint: Blueprint, key: str, reached: Collection[str], finishing: Collection[str]
) -> Iterator[Problem]:
    step, what = blueprint.by_key.get(key), _called(blueprint, key)
    at = key if step else ""
    if key not in reached:
        yield Problem("unreachable", f"Không có đường nào đi tới {what}.", step=at)
    if not blueprint.drawn_from(key):
        yield Problem("dead-end", f"{_begun(what)} là ngõ cụt: không có đường nào đi tiếp.", step=at)
    elif key not in finishing:
        yield Problem(
            "endless",
            f"Từ {what} không thể đi tới điểm kết thúc, hồ sơ sẽ quay vòng mãi.",
            step=at,
        )
    if any(line.target not in blueprint.known for line in blueprint.drawn_from(key)):
        yield Problem("lost", f"Một đường đi từ {what} không tới bước nào.", step=at)
    if step is None or step.kind is StepKind.RETURN:
        return
    for way in blueprint.ways_from(key):
        if blueprint.nodes_after(key, way.outcome) & blueprint.end_keys:
            yield Problem(
                "no-return",
                f"Bước “{step.name}” đi thẳng tới điểm kết thúc. Bước cuối phải là bước {_named(StepKind.RETURN)}.",
                step=key,
            )


def _of_gates(blueprint: Blueprint) -> Iterator[Problem]:
    for sub in blueprint.subs:
        if not sub.start:
            yield Problem("empty-sub", f"Quy trình con “{sub.name or sub.key}” chưa có bước nào.")
    for key in (*blueprint.by_key, *blueprint.gate_by_key):
        gate, lines = blueprint.gate_by_key.get(key), blueprint.drawn_from(key)
        if len(lines) < 2 or (gate and gate.kind is not GateKind.EXCLUSIVE):
            continue
        outcomes = [line.outcome for line in lines]
        if len(set(outcomes)) < len(outcomes):
            yield Problem(
                "ambiguous",
                f"{_begun(_called(blueprint, key))} có nhiều nhánh không phân biệt được kết quả. "
                "Hãy ghi mỗi nhánh là một trong: " + ", ".join(outcome.label for outcome in Outcome) + ".",
                step="" if gate else key,
            )
        if gate and any(_is_join(blueprint, line.source) for line in _asked_by(blueprint, key)):
            yield Problem(
                "unasked",
                f"{_begun(_called(blueprint, key))} đứng ngay sau cổng song song nên không biết theo kết quả của bước nào. "
                "Hãy đặt một bước ở giữa.",
            )


def _asked_by(blueprint: Blueprint, key: str) -> list[Flow]:
    """The lines that bring tokens to a gate, other exclusive gates and milestones walked through."""
    found, met, waiting = list[Flow](), {key}, [key]
    while waiting:
        for line in blueprint.drawn_into(waiting.pop()):
            gate = blueprint.gate_by_key.get(line.source)
            if gate is None or gate.kind is GateKind.PARALLEL:
                found.append(line)
            elif gate.key not in met:
                met.add(gate.key)
                waiting.append(gate.key)
    return found


def _is_join(blueprint: Blueprint, key: str) -> bool:
    gate = blueprint.gate_by_key.get(key)
    return gate is not None and len(blueprint.drawn_into(key)) > 1


def _of_tokens(blueprint: Blueprint) -> list[Problem]:
    """Tokens sent on every way there is: none may be lost, none may wait for ever, no step may open twice at once."""
    found: dict[tuple[str, str], Problem] = {}

    def tell(code: str, message: str, step: str = "") -> None:
        found.setdefault((code, message), Problem(code, message, step=step))

    begun = Run(blueprint)
    try:
        begun.begin()
    except DomainError as error:
        return [Problem("stuck", error.message)]
    waiting = deque([(begun, False)])
    met = {(begun.place, False)}
    while waiting:
        run, worked = waiting.popleft()
        if run.is_stuck:
            gates = ", ".join(_called(blueprint, gate) for gate, tokens in run.waiting.items() if tokens)
            tell(
                "stuck",
                f"Có lúc hồ sơ bị kẹt: {gates or 'quy trình con'} chờ mãi một nhánh không tới. "
                "Đường trả lại phải vào trước chỗ rẽ nhánh, qua một cổng loại trừ gộp hai đường.",
            )
        _of_standing(blueprint, run, worked, tell)
        for key in run.open:
            step = blueprint.by_key[key]
            outcomes = {*step.outcomes} | (
                {Outcome.REFUSE} if run.is_shared and step.kind is StepKind.WORK else set()
            )
            for outcome in sorted(outcomes):
                if not blueprint.has_way(key, outcome) and not run.is_shared:
                    continue  # told as a way that is missing
                after = run.copy()
                try:
                    after.complete(key, outcome)
                except DomainError as error:
                    tell("crowded" if isinstance(error, CrowdedWorkflow) else "no-way-on", error.message, key)
                    continue
                sent_back = step.kind in DECIDING and outcome is Outcome.SEND_BACK  # what was proposed falls
                state = after.place, (worked and not sent_back) or step.kind is StepKind.WORK
                if state not in met and len(met) < MOST_STANDINGS:
                    met.add(state)
                    waiting.append((after, state[1]))
    if len(met) >= MOST_STANDINGS:
        tell("too-wide", "Quy trình có quá nhiều nhánh song song để kiểm tra hết. Hãy gộp bớt nhánh.")
    return list(found.values())


def _of_standing(blueprint: Blueprint, run: Run, worked: bool, tell: Callable[[str, str, str], None]) -> None:
    """What may be open at once, and what must have been done before."""
    for key in run.open:
        step = blueprint.by_key[key]
        if len(run.open) > 1 and step.kind not in BESIDE:
            others = ", ".join(f"“{blueprint.by_key[one].name}”" for one in run.open if one != key)
            tell(
                "not-alone",
                f"Bước “{step.name}” (loại {_named(step.kind)}) không thể làm song song với bước khác ({others}). "
                "Hãy gộp các nhánh trước bước này.",
                key,
            )
        if step.kind in DECIDING and not worked:
            tell(
                "no-work",
                f"Có đường đi tới bước “{step.name}” mà chưa qua bước {_named(StepKind.WORK)} nào.",
                key,
            )


def _called(blueprint: Blueprint, key: str) -> str:
    """“bước “Thẩm định””, as it stands in a sentence."""
    if key in blueprint.by_key:
        return f"bước “{blueprint.by_key[key].name}”"
    if key in blueprint.sub_by_key:
        return f"quy trình con “{blueprint.name_of(key)}”"
    return f"{blueprint.gate_by_key[key].kind.label.lower()} “{blueprint.name_of(key)}”"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _of_steps(
    blueprint: Blueprint, roles: Collection[str] | None, units: Collection[str] | None
) -> Iterator[Problem]:
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
        yield from _of_unit(step, units)
        yield from _of_escalation(step, roles)
        if step.key == blueprint.first_key and (step.escalate_after or step.unit not in {"", RECEPTION}):
            yield Problem(
                "first-step",
                f"Bước đầu tiên “{step.name}” làm ở nơi tiếp nhận và không đặt báo chậm: "
                "việc chuyển hồ sơ đã có thời hạn riêng.",
                step=step.key,
            )
        yield from _of_outcomes(blueprint, step)
        yield from _of_order(blueprint, step)


def _of_unit(step: Step, units: Collection[str] | None) -> Iterator[Problem]:
    if step.kind is StepKind.CONSULT and step.unit in UNITS:
        yield Problem(
            "consult-unit",
            f"Bước “{step.name}” thuộc loại {_named(step.kind)} nên phải ghi cơ quan được hỏi.",
            step=step.key,
        )
    elif units is not None and step.unit not in UNITS and step.unit not in units:
        yield Problem(
            "unknown-unit",
            f"Bước “{step.name}” làm ở cơ quan mã “{step.unit}” không có trong hệ thống.",
            step=step.key,
        )


def _of_escalation(step: Step, roles: Collection[str] | None) -> Iterator[Problem]:
    if bool(step.escalate_after) != bool(step.escalate_to):
        yield Problem(
            "half-escalation",
            f"Bước “{step.name}”: ghi cả thời gian và vai trò được báo khi chậm, hoặc để trống cả hai.",
            step=step.key,
        )
    elif step.escalate_to and roles is not None and step.escalate_to not in roles:
        yield Problem(
            "unknown-role",
            f"Bước “{step.name}” báo chậm cho vai trò “{step.escalate_to}” không có trong hệ thống.",
            step=step.key,
        )
    if step.may_skip and step.kind not in SKIPPABLE:
        yield Problem(
            "no-skip",
            f"Bước “{step.name}” thuộc loại {_named(step.kind)} nên không được bỏ qua.",
            step=step.key,
        )


def _of_order(blueprint: Blueprint, step: Step) -> Iterator[Problem]:
    for way in blueprint.ways_from(step.key):
        back = way.outcome is Outcome.SEND_BACK
        allowed = SENT_BACK_TO if back else FOLLOWS[step.kind]
        for key in sorted(blueprint.nodes_after(step.key, way.outcome)):
            target = blueprint.by_key.get(key)
            if target is None or target.kind in allowed:
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
