"""Hình vẽ: the picture of a model as SVG, drawn from its own coordinates, for pages and for print.

Only classes and presentation attributes, no inline style, so that a strict content policy lets it through and the
tokens of the design colour it. Classes: flow-chart, flow-line (--back), flow-arrow, flow-label, flow-event (--end),
flow-gate, flow-sub, flow-lane, flow-step (--done, --current, --added, --removed, --changed), flow-name, flow-note,
flow-mark.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Flow, Step, duration
from motcua.service.workflows.diagram import GATE, GATES, Box, Point, label_place
from motcua.service.workflows.writing import in_order

LETTERS = 21  # of a step's name on one line
LINES = 3
PADDING = 24
DIFFERENCES = {"ADDED": "+ Thêm", "REMOVED": "− Bỏ", "CHANGED": "≠ Sửa"}


def to_svg(
    xml: str,
    *,
    current: Collection[str] = (),
    done: Collection[str] = (),
    roles: Mapping[str, str] | None = None,
    prefix: str = "flow",
    marks: Mapping[str, str] | None = None,
) -> str:
    """Vẽ quy trình: `current` and `done` are keys of steps to mark; `roles` maps codes to names; `prefix` keeps ids apart.

    `marks` says of steps how they differ from another version: ADDED, REMOVED, CHANGED; a word and a sign stand on them.

    Raises UnreadableModel when the model has no picture.
    """
    blueprint = bpmn.read(xml)
    names = roles or {}
    boxes, lines = _picture(bpmn.parse(xml))
    nodes, edges = bpmn.graph(blueprint)
    if not all(node.id in boxes for node in nodes) or not all(edge.id in lines for edge in edges):
        return to_svg(
            bpmn.write(blueprint), current=current, done=done, roles=roles, prefix=prefix, marks=marks
        )
    order = {node.id: place for place, node in enumerate(in_order(blueprint, nodes))}

    parts = [_sub(boxes[node.id], node.name) for node in nodes if node.tag == "subProcess"]
    parts += [_lane(boxes[lane.key], lane.name) for lane in blueprint.lanes if lane.key in boxes]
    for edge in edges:
        back = order[edge.target] <= order[edge.source]
        points = lines[edge.id]
        path = " ".join(f"{x},{y}" for x, y in points)
        kind = "flow-line flow-line--back" if back else "flow-line"
        parts.append(
            f'<polyline class="{kind}" points="{path}" fill="none" stroke="currentColor" stroke-width="1.5" '
            f'marker-end="url(#{prefix}-arrow)"/>'
        )
        if edge.name:
            parts.append(_label(points, edge.name))
    for node in nodes:
        box = boxes[node.id]
        if node.id in blueprint.by_key:
            mark = (
                " flow-step--current" if node.id in current else " flow-step--done" if node.id in done else ""
            )
            parts.append(_step(box, blueprint.by_key[node.id], names, mark, (marks or {}).get(node.id, "")))
        elif node.tag in GATES:
            parts.append(_gate(box, is_parallel=node.tag != GATE))
        elif node.tag != "subProcess":
            parts.append(_event(box, node.name, is_end=node.tag == "endEvent"))

    drawn = [point for points in lines.values() for point in points]
    drawn += [(box.x + box.width, box.y + box.height) for box in boxes.values()]
    drawn += [(box.x, box.y) for box in boxes.values()]
    left, top = (min(0, min(values) - PADDING) for values in zip(*drawn, strict=True))
    width = max(x for x, _ in drawn) + PADDING - left
    height = max(y for _, y in drawn) + PADDING + 12 - top
    return (
        f'<svg class="flow-chart" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{left} {top} {width} {height}" '
        f'width="{width}" height="{height}" aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(f"Sơ đồ quy trình: {blueprint.name}")}</title>'
        f'<desc id="{prefix}-desc">{escape(" ".join(in_words(blueprint, names, current=current)))}</desc>'
        f'<defs><marker id="{prefix}-arrow" class="flow-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="currentColor"/></marker></defs>'
        + "".join(parts)
        + "</svg>"
    )


def in_words(
    blueprint: Blueprint, roles: Mapping[str, str] | None = None, *, current: Collection[str] = ()
) -> list[str]:
    """Quy trình bằng lời: one sentence a step, for those who cannot see the picture."""
    names = roles or {}
    targets = {step.key: f"bước {place}" for place, step in enumerate(blueprint.steps, 1)}
    targets |= {end.key: end.name.lower() for end in blueprint.ends}
    targets |= {sub.key: f"quy trình con “{sub.name or sub.key}”" for sub in blueprint.subs}
    sentences = []
    for place, step in enumerate(blueprint.steps, 1):
        facts = [names.get(step.role, step.role), duration(step.minutes) if step.minutes else ""]
        facts += [f"trong quy trình con “{blueprint.name_of(step.inside)}”"] if step.inside else []
        about = ", ".join(fact for fact in facts if fact)
        ways = "; ".join(
            (f"{way.outcome.label.lower()}: " if way.outcome else "tiếp theo: ")
            + (targets.get(way.target) or _beyond(blueprint, way, targets))
            for way in blueprint.ways_from(step.key)
        )
        here = " Đang ở bước này." if step.key in current else ""
        sentences.append(
            f"Bước {place}: {step.name}"
            + (f" ({about})" if about else "")
            + (f"; {ways}" if ways else "")
            + "."
            + here
        )
    return sentences


def _beyond(blueprint: Blueprint, way: Flow, targets: Mapping[str, str]) -> str:
    """What a parallel gate leads to: “đồng thời bước 3 và bước 4”, or “khi đủ các nhánh: bước 5”."""
    lines, coming = blueprint.drawn_from(way.target), blueprint.drawn_into(way.target)
    after = blueprint.nodes_after(way.source, way.outcome)
    said = [text for key, text in targets.items() if key in after]
    named = " và ".join(said) or blueprint.name_of(way.target)
    joined = "khi đủ các nhánh: " if len(coming) > 1 else ""
    return joined + ("đồng thời " if len(lines) > 1 else "") + named


def _picture(root: etree._Element) -> tuple[dict[str, Box], dict[str, list[Point]]]:
    boxes: dict[str, Box] = {}
    for shape in root.iter(f"{{{bpmn.DI}}}BPMNShape"):
        bounds = shape.find(f"{{{bpmn.DC}}}Bounds")
        if bounds is not None:
            x, y, width, height = (
                round(float(bounds.get(name, "0"))) for name in ("x", "y", "width", "height")
            )
            boxes[shape.get("bpmnElement", "")] = Box(x, y, width, height)
    lines = {
        edge.get("bpmnElement", ""): [
            (round(float(point.get("x", "0"))), round(float(point.get("y", "0"))))
            for point in edge.findall(f"{{{bpmn.DD}}}waypoint")
        ]
        for edge in root.iter(f"{{{bpmn.DI}}}BPMNEdge")
    }
    return boxes, lines


def _step(box: Box, step: Step, roles: Mapping[str, str], mark: str, difference: str = "") -> str:
    x, _ = box.centre
    name = _wrapped(step.name)
    notes = [note for note in (_cut(roles.get(step.role, step.role), 26), duration(step.minutes)) if note]
    if not step.minutes:
        notes = notes[:1]
    top = box.y + (box.height - 15 * len(name) - 13 * len(notes)) // 2 + 12
    texts = [
        f'<text class="flow-name" x="{x}" y="{top + 15 * line}" text-anchor="middle" font-size="13">{escape(text)}</text>'
        for line, text in enumerate(name)
    ]
    below = top + 15 * len(name)
    texts += [
        f'<text class="flow-note" x="{x}" y="{below + 13 * line}" text-anchor="middle" font-size="11">{escape(text)}</text>'
        for line, text in enumerate(notes)
    ]
    return (
        f'<g class="flow-step{mark}{_difference(difference)}" data-step={quoteattr(step.key)}>'
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="8" fill="none" '
        'stroke="currentColor" stroke-width="1.5"/>'
        + "".join(texts)
        + (_flag(box, difference) if difference else "")
        + "</g>"
    )


def _difference(difference: str) -> str:
    return f" flow-step--{difference.lower()}" if difference else ""


def _flag(box: Box, difference: str) -> str:
    """The word of a difference on the upper edge of a step, with its sign."""
    word = DIFFERENCES[difference]
    wide = 12 + 6 * len(word)
    x, y = box.x + 8, box.y - 9
    return (
        f'<g class="flow-mark"><rect x="{x}" y="{y}" width="{wide}" height="18" rx="4" fill="currentColor"/>'
        f'<text x="{x + wide // 2}" y="{y + 13}" text-anchor="middle" font-size="11">{escape(word)}</text></g>'
    )


def _gate(box: Box, *, is_parallel: bool) -> str:
    x, y = box.centre
    half = box.width // 2
    cross = half // 3 + is_parallel * half // 6
    mark = (
        f"M{x - cross} {y} {x + cross} {y}M{x} {y - cross} {x} {y + cross}"
        if is_parallel
        else f"M{x - cross} {y - cross} {x + cross} {y + cross}M{x + cross} {y - cross} {x - cross} {y + cross}"
    )
    return (
        f'<g class="flow-gate"><path d="M{x} {y - half} {x + half} {y} {x} {y + half} {x - half} {y}z" fill="none" '
        'stroke="currentColor" stroke-width="1.5"/>'
        f'<path d="{mark}" fill="none" stroke="currentColor" stroke-width="{3 if is_parallel else 2}"/></g>'
    )


def _sub(box: Box, name: str) -> str:
    return (
        f'<g class="flow-sub"><rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="10" fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-dasharray="6 4"/><text class="flow-name" x="{box.x + 12}" '
        f'y="{box.y + 20}" font-size="13">{escape(_cut(name, max(LETTERS, box.width // 8)))}</text></g>'
    )


def _lane(box: Box, name: str) -> str:
    return (
        f'<g class="flow-lane"><rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" fill="none" '
        f'stroke="currentColor" stroke-width="1"/><text class="flow-note" x="{box.x + 8}" y="{box.y + 14}" '
        f'font-size="11">{escape(_cut(name, 40))}</text></g>'
    )


def _event(box: Box, name: str, *, is_end: bool) -> str:
    x, y = box.centre
    kind, stroke = ("flow-event flow-event--end", 3) if is_end else ("flow-event", 1.5)
    return (
        f'<g class="{kind}"><circle cx="{x}" cy="{y}" r="{box.width // 2}" fill="none" stroke="currentColor" '
        f'stroke-width="{stroke}"/><text class="flow-note" x="{x}" y="{box.y + box.height + 15}" text-anchor="middle" '
        f'font-size="11">{escape(_cut(name, 24))}</text></g>'
    )


def _label(points: list[Point], text: str) -> str:
    x, y, anchor = label_place(points)
    return f'<text class="flow-label" x="{x:g}" y="{y - 4:g}" text-anchor="{anchor}" font-size="11">{escape(text)}</text>'


def _wrapped(text: str) -> list[str]:
    """At most three lines, of about the same length."""
    lines = _broken(text, LETTERS)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], " ".join(lines[LINES - 1 :])]
    else:
        evener = _broken(text, len(text) // len(lines) + 3)
        lines = evener if len(evener) == len(lines) else lines
    return [_cut(line, LETTERS + 2) for line in lines]


def _broken(text: str, letters: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
