"""Ghi BPMN 2.0: a blueprint as a standard file with its picture; the same blueprint always gives the same text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from motcua.core.text import tidy
from motcua.service.workflows.blueprint import START, Blueprint, Flow, Outcome, Step, settled
from motcua.service.workflows.diagram import Edge, Node, label_place, lay_out
from motcua.service.workflows.notation import (
    BPMN,
    DC,
    DD,
    DI,
    OURS,
    PREFIXES,
    PROCESS,
    TAG_OF_GATE,
    UNPRINTABLE,
    XSI,
    tag_of,
)

Corner = tuple[float, float, float, float]
Points = tuple[tuple[float, float], ...]

LABEL_LETTER, LABEL_TALL = 7, 14  # room for the words of a line, as editors write them


def write(blueprint: Blueprint) -> str:
    """The blueprint as BPMN 2.0 with its picture: as it was drawn if it was, else laid out anew."""
    blueprint = _printable(settled(blueprint))
    nodes, edges = graph(blueprint)
    root = etree.Element(tag_of(BPMN, "definitions"), nsmap=PREFIXES)
    root.set("id", "definitions")
    root.set("targetNamespace", OURS)
    root.set("exporter", "motcua")
    process = etree.SubElement(
        root, tag_of(BPMN, "process"), id=PROCESS, name=blueprint.name, isExecutable="true"
    )
    _write_lanes(process, blueprint)
    _write_level(process, "", blueprint, nodes, edges)
    _write_picture(root, blueprint, nodes, edges)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def graph(blueprint: Blueprint) -> tuple[list[Node], list[Edge]]:
    """The boxes and lines that BPMN needs: a gateway stands after every step with more than one way on."""
    nodes, edges = _Ids(), list[Edge]()
    for inside in ("", *blueprint.sub_by_key):
        _graph_level(inside, blueprint, nodes, edges)
    return nodes.nodes, edges


def as_file(xml: str) -> bytes:
    """Tệp tải xuống: the same model with the declaration that a file begins with."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml.encode()


class _Ids:
    """The nodes so far, and ids of lines that are given once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.taken: set[str] = set()

    def line(self, wanted: str) -> str:
        unique, number = wanted, 2
        while unique in self.taken:
            unique, number = f"{wanted}.{number}", number + 1
        self.taken.add(unique)
        return unique


def start_of(inside: str) -> str:
    """Mã của điểm bắt đầu, of the workflow or of a sub-process."""
    return f"{inside}.{START}" if inside else START


def _graph_level(inside: str, blueprint: Blueprint, ids: _Ids, edges: list[Edge]) -> None:
    begin = blueprint.sub_by_key[inside].start if inside else blueprint.start
    ids.nodes.append(Node(start_of(inside), "startEvent", "" if inside else "Bắt đầu", inside))
    if begin:
        edges.append(Edge(ids.line(f"{start_of(inside)}.{begin}"), start_of(inside), begin))
    for step in blueprint.steps:
        if step.inside == inside:
            ids.nodes.append(Node(step.key, step.drawn_as, step.name, inside))
            edges += _ways_of_step(step, blueprint, ids)
    for gate in blueprint.gates:
        if gate.inside == inside:
            ids.nodes.append(Node(gate.key, TAG_OF_GATE[gate.kind], gate.name, inside))
            edges += _edges(gate.key, blueprint.drawn_from(gate.key), gate.key, ids)
    for sub in blueprint.subs:
        if sub.inside == inside:
            ids.nodes.append(Node(sub.key, "subProcess", sub.name, inside))
            edges += _edges(sub.key, blueprint.drawn_from(sub.key), sub.key, ids)
    ids.nodes += [
        Node(end.key, "endEvent", end.name, inside) for end in blueprint.ends if end.inside == inside
    ]


def _ways_of_step(step: Step, blueprint: Blueprint, ids: _Ids) -> Iterable[Edge]:
    lines = blueprint.drawn_from(step.key)
    if len(lines) <= 1:
        return [Edge(ids.line(f"{step.key}.{line.target}"), step.key, line.target) for line in lines]
    gate = f"{step.key}.gate"
    ids.nodes.append(Node(gate, "exclusiveGateway", inside=step.inside))
    return [Edge(ids.line(f"{step.key}.to.gate"), step.key, gate), *_edges(gate, lines, gate, ids)]


def _edges(source: str, lines: tuple[Flow, ...], gate: str, ids: _Ids) -> list[Edge]:
    """The lines out of a gate; the way of all others is its default when there is only one."""
    others = sum(line.outcome is None for line in lines)
    named = len(lines) > others
    return [
        Edge(
            ids.line(f"{gate}.{line.outcome or ('ELSE' if named else line.target)}"),
            source,
            line.target,
            name=line.outcome.label if line.outcome else "",
            condition=line.outcome or "",
            is_default=named and line.outcome is None and others == 1,
        )
        for line in lines
    ]


def _printable(blueprint: Blueprint) -> Blueprint:
    """Names as they will be read back: tidy, and without the control characters that XML cannot hold."""
    return replace(
        blueprint,
        name=_plain(blueprint.name),
        steps=tuple(
            replace(step, name=_plain(step.name), product=_plain(step.product)) for step in blueprint.steps
        ),
        gates=tuple(replace(gate, name=_plain(gate.name)) for gate in blueprint.gates),
        subs=tuple(replace(sub, name=_plain(sub.name)) for sub in blueprint.subs),
        lanes=tuple(replace(lane, name=_plain(lane.name)) for lane in blueprint.lanes),
        ends=tuple(replace(end, name=_plain(end.name) or "Kết thúc") for end in blueprint.ends),
    )


def _plain(text: str) -> str:
    return tidy(UNPRINTABLE.sub("", text))


def _write_level(
    parent: etree._Element, inside: str, blueprint: Blueprint, nodes: list[Node], edges: list[Edge]
) -> None:
    here = [node for node in nodes if node.inside == inside]
    keys = {node.id for node in here}
    lines = [edge for edge in edges if edge.source in keys]
    defaults = {edge.source: edge.id for edge in lines if edge.is_default}
    places = {step.key: place for place, step in enumerate(blueprint.steps, 1)} if blueprint.subs else {}
    for node in here:
        element = etree.SubElement(parent, tag_of(BPMN, node.tag), id=node.id)
        if node.name:
            element.set("name", node.name)
        if node.id in defaults:
            element.set("default", defaults[node.id])
        if node.id in blueprint.by_key:
            _write_step(element, blueprint.by_key[node.id], places.get(node.id))
        elif node.id in blueprint.sub_by_key:
            _write_level(element, node.id, blueprint, nodes, edges)
    for edge in lines:
        element = etree.SubElement(
            parent, tag_of(BPMN, "sequenceFlow"), id=edge.id, sourceRef=edge.source, targetRef=edge.target
        )
        if edge.name:
            element.set("name", edge.name)
        if edge.condition:
            condition = etree.SubElement(element, tag_of(BPMN, "conditionExpression"))
            condition.set(tag_of(XSI, "type"), "bpmn:tFormalExpression")
            condition.text = f"outcome == '{edge.condition}'"


def _write_step(element: etree._Element, step: Step, place: int | None) -> None:
    extension = etree.SubElement(element, tag_of(BPMN, "extensionElements"))
    ours = etree.SubElement(
        extension, tag_of(OURS, "step"), kind=step.kind, role=step.role, minutes=str(step.minutes)
    )
    if step.product:
        ours.set("product", step.product)
    ours.set("outcomes", " ".join(step.outcomes))
    if step.unit:
        ours.set("unit", step.unit)
    if step.escalate_after:
        ours.set("escalateAfter", str(step.escalate_after))
    if step.escalate_to:
        ours.set("escalateTo", step.escalate_to)
    if step.may_skip:
        ours.set("maySkip", "true")
    if place:
        ours.set("place", str(place))


def _write_lanes(process: etree._Element, blueprint: Blueprint) -> None:
    if not blueprint.lanes:
        return
    lanes = etree.SubElement(process, tag_of(BPMN, "laneSet"), id="lanes")
    for lane in blueprint.lanes:
        element = etree.SubElement(lanes, tag_of(BPMN, "lane"), id=lane.key, name=lane.name)
        for member in lane.members:
            if member in blueprint.known:
                etree.SubElement(element, tag_of(BPMN, "flowNodeRef")).text = member


def _write_picture(root: etree._Element, blueprint: Blueprint, nodes: list[Node], edges: list[Edge]) -> None:
    boxes, lines = _as_drawn(blueprint, nodes, edges) or _laid_out(blueprint, nodes, edges)
    picture = etree.SubElement(root, tag_of(DI, "BPMNDiagram"), id="diagram")
    plane = etree.SubElement(picture, tag_of(DI, "BPMNPlane"), id="plane", bpmnElement=PROCESS)
    for lane in blueprint.lanes:
        if lane.key in boxes:
            _write_box(plane, lane.key, boxes[lane.key]).set("isHorizontal", "true")
    for node in nodes:
        shape = _write_box(plane, node.id, boxes[node.id])
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        elif node.tag == "subProcess":
            shape.set("isExpanded", "true" if blueprint.sub_by_key[node.id].start else "false")
    for edge in edges:
        line = etree.SubElement(plane, tag_of(DI, "BPMNEdge"), id=f"{edge.id}.line", bpmnElement=edge.id)
        for x, y in lines[edge.id]:
            etree.SubElement(line, tag_of(DD, "waypoint"), x=_number(x), y=_number(y))
        if edge.name:
            _write_label(line, lines[edge.id], edge.name)


def _write_label(line: etree._Element, points: Sequence[tuple[float, float]], name: str) -> None:
    """Where editors put the words of a line: as in our own pictures, so that no two lie on each other."""
    x, y, anchor = label_place(points)
    width = max(LABEL_LETTER * len(name), LABEL_TALL)
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    label = etree.SubElement(line, tag_of(DI, "BPMNLabel"))
    bounds = {"x": left, "y": y - LABEL_TALL - 4, "width": width, "height": LABEL_TALL}
    etree.SubElement(label, tag_of(DC, "Bounds"), {key: _number(value) for key, value in bounds.items()})


def _write_box(plane: etree._Element, key: str, box: Corner) -> etree._Element:
    shape = etree.SubElement(plane, tag_of(DI, "BPMNShape"), id=f"{key}.shape", bpmnElement=key)
    names = ("x", "y", "width", "height")
    etree.SubElement(
        shape, tag_of(DC, "Bounds"), {name: _number(value) for name, value in zip(names, box, strict=True)}
    )
    return shape


def _as_drawn(
    blueprint: Blueprint, nodes: list[Node], edges: list[Edge]
) -> tuple[Mapping[str, Corner], dict[str, Points]] | None:
    """The picture that the blueprint brings; None when it has none or something new is not on it."""
    drawn = blueprint.picture
    if drawn is None or not all(node.id in drawn.boxes for node in nodes):
        return None
    lines = {}
    for edge in edges:
        points = drawn.lines.get(
            (edge.source, edge.target, Outcome(edge.condition) if edge.condition else None)
        )
        if not points:
            return None
        lines[edge.id] = points
    return drawn.boxes, lines


def _laid_out(
    blueprint: Blueprint, nodes: list[Node], edges: list[Edge]
) -> tuple[Mapping[str, Corner], Mapping[str, Points]]:
    diagram = lay_out(in_order(blueprint, nodes), edges)
    boxes = {key: (box.x, box.y, box.width, box.height) for key, box in diagram.boxes.items()}
    return boxes, diagram.lines


def in_order(blueprint: Blueprint, nodes: list[Node]) -> list[Node]:
    """The nodes as they follow each other, for the picture; a list of steps stays in its own order."""
    if not blueprint.gates and not blueprint.subs:
        return nodes
    places = {key: place for place, key in enumerate(blueprint.order)}
    after = {node.id: places.get(node.id.removesuffix(".gate"), len(places)) for node in nodes}
    starts = {start_of(inside) for inside in ("", *blueprint.sub_by_key)}
    return sorted(nodes, key=lambda node: (node.id not in starts, after[node.id]))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
