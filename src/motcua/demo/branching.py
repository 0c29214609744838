"""Quy trình có nhánh song song của tỉnh mẫu: the environmental permit, with opinions on fire safety and on planning."""

from __future__ import annotations

from dataclasses import replace

from motcua.demo.province import Province
from motcua.service.workflows.blueprint import Blueprint, Flow, Gate, GateKind, Step, StepKind
from motcua.service.workflows.templates import standard_blueprint

BRANCHED = "1.010727"  # cấp giấy phép môi trường cấp tỉnh
OPINION_SHARE = 0.6  # of the minutes that the assessment beside it has
AGAIN, SPLIT, JOIN = "again", "split", "join"


def permit_blueprint(limit_minutes: int | None, made: Province) -> Blueprint:
    """Thẩm định, hỏi Công an và Sở Xây dựng cùng lúc: what is sent back is assessed and asked again."""
    usual = standard_blueprint(limit_minutes, name="Cấp giấy phép môi trường, lấy ý kiến song song")
    minutes = round(usual.step("work").minutes * OPINION_SHARE)
    opinions = [
        _opinion("fire", "Ý kiến về phòng cháy, chữa cháy", made.departments["POLICE"].code, minutes),
        _opinion("planning", "Ý kiến về quy hoạch xây dựng", made.departments["CONSTRUCTION"].code, minutes),
    ]
    kept = [_through_gates(flow) for flow in usual.flows if flow.source != "work"]
    branches = ["work", *(step.key for step in opinions)]
    beside = [flow for key in branches for flow in (Flow(SPLIT, key), Flow(key, JOIN))]
    place = [step.key for step in usual.steps].index("work") + 1
    return replace(
        usual,
        steps=(*usual.steps[:place], *opinions, *usual.steps[place:]),
        flows=(*kept, Flow(AGAIN, SPLIT), *beside, Flow(JOIN, "review")),
        gates=(*usual.gates, Gate(AGAIN), Gate(SPLIT, GateKind.PARALLEL), Gate(JOIN, GateKind.PARALLEL)),
    )


def _opinion(key: str, name: str, unit: str, minutes: int) -> Step:
    return Step(key, name, StepKind.CONSULT, "OFFICER", minutes, unit=unit, may_skip=True)


def _through_gates(flow: Flow) -> Flow:
    """What led to the assessment, for the first time or again, leads to all the branches."""
    return replace(flow, target=AGAIN) if flow.target == "work" else flow
