"""Khác biệt giữa hai phiên bản: as facts that mark two drawings, and as sentences that a person reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from motcua.service.workflows.blueprint import UNITS, Blueprint, Step, duration, settled

Mark = Literal["ADDED", "REMOVED", "CHANGED"]


@dataclass(frozen=True)
class Change:
    """Một khác biệt: of which step (empty: of the whole), what of it, what it was and what it is now."""

    mark: Mark
    what: str
    sentence: str
    step: str = ""
    was: str = ""
    now: str = ""


def compare(old: Blueprint, new: Blueprint) -> list[Change]:
    """Every difference from `old` to `new`, in the order in which a person reads them; empty when they run alike."""
    old, new = settled(old), settled(new)
    found: list[Change] = []
    if old.name != new.name:
        told = f"Đổi tên quy trình từ “{old.name}” thành “{new.name}”."
        found.append(Change("CHANGED", "Tên quy trình", told, was=old.name, now=new.name))
    found += [
        Change("REMOVED", "Bước", f"Bỏ bước “{step.name}”.", step.key, step.name)
        for step in old.steps
        if step.key not in new.by_key
    ]
    for step in new.steps:
        before = old.by_key.get(step.key)
        if before is None:
            told = f"Thêm bước “{step.name}” ({duration(step.minutes)})."
            found.append(Change("ADDED", "Bước", told, step.key, now=step.name))
        else:
            found += _of_step(before, step)
    found += _of_start(old, new)
    found += _of_ways(old, new)
    was, now = duration(old.longest_minutes()), duration(new.longest_minutes())
    if was != now:
        told = f"Tổng thời gian từ {was} thành {now}."
        found.append(Change("CHANGED", "Tổng thời gian", told, was=was, now=now))
    return found


def differences(old: Blueprint, new: Blueprint) -> list[str]:
    """What changed from `old` to `new`, as sentences; empty when they run alike."""
    return [change.sentence for change in compare(old, new)]


def marks(changes: list[Change]) -> Mapping[str, Mark]:
    """Dấu trên hình vẽ: how each step that differs is marked, by its key; a step that is gone marks the old drawing."""
    found: dict[str, Mark] = {}
    for change in changes:
        if change.step:
            found.setdefault(change.step, change.mark if change.what == "Bước" else "CHANGED")
    return found


def _of_step(old: Step, new: Step) -> list[Change]:
    sides = [
        ("tên", f"“{old.name}”", f"“{new.name}”"),
        ("loại", old.kind.label, new.kind.label),
        ("vai trò", old.role or "chưa có", new.role or "chưa có"),
        ("thời gian", duration(old.minutes), duration(new.minutes)),
        ("sản phẩm", f"“{old.product}”", f"“{new.product}”"),
        ("kết quả", _outcomes(old), _outcomes(new)),
        ("nơi làm", _place(old), _place(new)),
        ("báo chậm", _escalation(old), _escalation(new)),
        ("được bỏ qua", "có" if old.may_skip else "không", "có" if new.may_skip else "không"),
    ]
    return [
        Change("CHANGED", what.capitalize(), f"Bước “{old.name}”: {what} từ {was} thành {now}.", new.key, was, now)
        for what, was, now in sides
        if was != now
    ]  # fmt: skip


def _outcomes(step: Step) -> str:
    return ", ".join(outcome.label.lower() for outcome in step.outcomes) or "chưa có"


def _place(step: Step) -> str:
    return UNITS.get(step.unit, step.unit)


def _escalation(step: Step) -> str:
    if not step.escalate_after:
        return "không"
    return f"sau {duration(step.escalate_after)} cho {step.escalate_to or 'người phân công'}"


def _of_start(old: Blueprint, new: Blueprint) -> list[Change]:
    was, now = _begins(old), _begins(new)
    if was == now or not new.start:
        return []
    told = f"Quy trình bắt đầu từ {now}, trước đây từ {was}."
    return [Change("CHANGED", "Điểm bắt đầu", told, was=was, now=now)]


def _begins(blueprint: Blueprint) -> str:
    return _target(blueprint, blueprint.first_key or blueprint.start)


def _of_ways(old: Blueprint, new: Blueprint) -> list[Change]:
    common = old.by_key.keys() & new.by_key.keys()
    before, after = _ways(old), _ways(new)
    found = []
    for source, outcome in sorted(before.keys() | after.keys()):
        was, now = before.get((source, outcome), ()), after.get((source, outcome), ())
        if source not in common or was == now:
            continue
        name = new.by_key[source].name
        way = f"kết quả “{outcome}”" if outcome else "đường đi tiếp"
        from_, to = _targets(old, was), _targets(new, now)
        if not was:
            mark, told = "ADDED", f"Bước “{name}”: thêm {way}, tới {to}."
        elif not now:
            mark, told = "REMOVED", f"Bước “{name}”: bỏ {way}, trước đây tới {from_}."
        else:
            mark, told = "CHANGED", f"Bước “{name}”: {way} đổi từ {from_} sang {to}."
        found.append(Change(mark, "Đường đi", told, source, from_, to))  # type: ignore[arg-type]  # one of the three
    return found


def _ways(blueprint: Blueprint) -> dict[tuple[str, str], tuple[str, ...]]:
    """Where each outcome of each step leads, gates and sub-processes walked through; several at once where it parts."""
    return {
        (step.key, flow.outcome.label if flow.outcome else ""): tuple(
            sorted(blueprint.nodes_after(step.key, flow.outcome))
        )
        for step in blueprint.steps
        for flow in blueprint.ways_from(step.key)
    }


def _targets(blueprint: Blueprint, keys: tuple[str, ...]) -> str:
    return " và song song ".join(_target(blueprint, key) for key in keys)


def _target(blueprint: Blueprint, key: str) -> str:
    if key in blueprint.by_key:
        return f"bước “{blueprint.by_key[key].name}”"
    return "điểm kết thúc" if key in blueprint.end_keys else f"“{blueprint.name_of(key)}”"
