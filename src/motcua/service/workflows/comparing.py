"""Khác biệt giữa hai phiên bản, as sentences that a person reads before publishing. Pure."""

from __future__ import annotations

from motcua.service.workflows.blueprint import Blueprint, Step, duration


def differences(old: Blueprint, new: Blueprint) -> list[str]:
    """What changed from `old` to `new`; empty when they run alike."""
    found: list[str] = []
    if old.name != new.name:
        found.append(f"Đổi tên quy trình từ “{old.name}” thành “{new.name}”.")
    found += [f"Bỏ bước “{step.name}”." for step in old.steps if step.key not in new.by_key]
    for step in new.steps:
        before = old.by_key.get(step.key)
        if before is None:
            found.append(f"Thêm bước “{step.name}” ({duration(step.minutes)}).")
        else:
            found += _of_step(before, step)
    found += _of_ways(old, new)
    if old.longest_minutes() != new.longest_minutes():
        found.append(
            f"Tổng thời gian từ {duration(old.longest_minutes())} thành {duration(new.longest_minutes())}."
        )
    return found


def _of_step(old: Step, new: Step) -> list[str]:
    changes = [
        ("tên", f"“{old.name}”", f"“{new.name}”"),
        ("loại", old.kind.label, new.kind.label),
        ("vai trò", old.role or "chưa có", new.role or "chưa có"),
        ("thời gian", duration(old.minutes), duration(new.minutes)),
        ("sản phẩm", f"“{old.product}”", f"“{new.product}”"),
    ]
    return [f"Bước “{old.name}”: {what} từ {was} thành {now}." for what, was, now in changes if was != now]


def _of_ways(old: Blueprint, new: Blueprint) -> list[str]:
    common = old.by_key.keys() & new.by_key.keys()
    before, after = _ways(old), _ways(new)
    found = []
    for source, outcome in sorted(before.keys() | after.keys()):
        was, now = before.get((source, outcome)), after.get((source, outcome))
        if source not in common or was == now:
            continue
        name = new.by_key[source].name
        way = f"kết quả “{outcome}”" if outcome else "đường đi tiếp"
        if was is None:
            found.append(f"Bước “{name}”: thêm {way}, tới {_target(new, now)}.")
        elif now is None:
            found.append(f"Bước “{name}”: bỏ {way}, trước đây tới {_target(old, was)}.")
        else:
            found.append(f"Bước “{name}”: {way} đổi từ {_target(old, was)} sang {_target(new, now)}.")
    return found


def _ways(blueprint: Blueprint) -> dict[tuple[str, str], str]:
    return {
        (flow.source, flow.outcome.label if flow.outcome else ""): flow.target for flow in blueprint.flows
    }


def _target(blueprint: Blueprint, key: str | None) -> str:
    step = blueprint.by_key.get(key or "")
    return f"bước “{step.name}”" if step else "điểm kết thúc"
