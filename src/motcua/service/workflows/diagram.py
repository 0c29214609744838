"""Sơ đồ: where each box and line of a workflow is drawn. Rows from left to right; lines between rows have lanes.

A box stands in a row; the gaps above and below the rows carry every line that is not a straight one. Each such
line has a lane of its own in its gap, so that two lines never lie on each other along their length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

WIDTH = 1180  # a row is broken before it grows wider
MARGIN = 40
BETWEEN = 56  # from box to box
LANE = 16
GAP = 56  # empty gap between two rows
TALL = 84  # height of a row

INNER = 900  # the same inside a sub-process
FRAME, HEAD = 24, 30  # around the content of a sub-process, and above it, where its name stands

STEP = (152, 84)
SIZES = {
    "startEvent": (36, 36), "endEvent": (36, 36), "intermediateThrowEvent": (36, 36),
    "exclusiveGateway": (50, 50), "parallelGateway": (50, 50),
    "userTask": STEP, "manualTask": STEP, "serviceTask": STEP, "task": STEP, "subProcess": STEP,
}  # fmt: skip

LABEL_ROOM = 24  # a level part of a line shorter than this has no room for words

GATE = "exclusiveGateway"
GATES = frozenset({GATE, "parallelGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateThrowEvent"})
TURN = 20  # how far a line that goes on in the next row runs to the right first

Point = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """A box of the picture: an event, a step, a gateway; `tag` is its BPMN element, `inside` the sub-process around it."""

    id: str
    tag: str
    name: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Edge:
    """A line of the picture, from box to box."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    is_default: bool = False


def label_place(points: Sequence[tuple[float, float]]) -> tuple[float, float, str]:
    """Chỗ của chữ trên đường nối: over the first level part that has room, on the side where the choice is made.

    Gives the point at its foot and how the text stands on it: "start", "middle", "end".
    """
    pairs = list(pairwise(points))
    level = [pair for pair in pairs if pair[0][1] == pair[1][1] and abs(pair[0][0] - pair[1][0]) > LABEL_ROOM]
    (x1, y), (x2, _) = (level or pairs)[0]
    if len(points) == 2:
        return (x1 + x2) / 2, y, "middle"
    return (x1 + 6, y, "start") if x2 > x1 else (x1 - 6, y, "end")


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Diagram:
    """Tọa độ of every box and line, by id."""

    boxes: Mapping[str, Box]
    lines: Mapping[str, tuple[Point, ...]]


@dataclass
class _Route:
    """How one line runs: (gap, lane) at both ends, and whether it needs the corridor at the left."""

    edge: Edge
    leave: int  # the gap it leaves into
    enter: int  # the gap it enters from
    leave_lane: int = 0
    enter_lane: int = 0
    corridor: int = -1


@dataclass
class _Plan:
    sizes: Mapping[str, tuple[int, int]]
    width: int = WIDTH
    rows: dict[str, int] = field(default_factory=dict)
    lefts: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    lanes: dict[int, int] = field(default_factory=dict)  # gap -> how many lanes are taken
    corridors: int = 0

    def take(self, gap: int) -> int:
        self.lanes[gap] = self.lanes.get(gap, 0) + 1
        return self.lanes[gap] - 1

    def height(self, row: int) -> int:
        """A row is as tall as its tallest box."""
        return max([TALL, *(self.sizes[key][1] for key, here in self.rows.items() if here == row)])


@dataclass
class _Canvas:
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, tuple[Point, ...]] = field(default_factory=dict)


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge]) -> Diagram:
    """Place the boxes in the order given and draw the lines around them; a sub-process grows around its content."""
    canvas = _Canvas()
    _lay_out("", nodes, edges, canvas)
    return Diagram(canvas.boxes, canvas.lines)


def _lay_out(inside: str, nodes: Sequence[Node], edges: Sequence[Edge], canvas: _Canvas) -> tuple[int, int]:
    """One level of the picture, from (0, 0) on; returns how large it is."""
    here = [node for node in nodes if node.inside == inside]
    if not here:
        return 0, 0
    keys = {node.id for node in here}
    sizes: dict[str, tuple[int, int]] = {}
    contents: dict[str, _Canvas] = {}
    for node in here:
        sizes[node.id] = SIZES[node.tag]
        if node.tag == "subProcess" and any(other.inside == node.id for other in nodes):
            contents[node.id] = _Canvas()
            wide, tall = _lay_out(node.id, nodes, edges, contents[node.id])
            sizes[node.id] = max(STEP[0], wide + 2 * FRAME), tall + FRAME + HEAD
    width = INNER if inside else WIDTH
    level = _level(here, [edge for edge in edges if edge.source in keys], sizes, width)
    canvas.boxes.update(level.boxes)
    canvas.lines.update(level.lines)
    for key, inner in contents.items():
        x, y = level.boxes[key].x + FRAME, level.boxes[key].y + HEAD
        canvas.boxes.update(
            {one: Box(box.x + x, box.y + y, box.width, box.height) for one, box in inner.boxes.items()}
        )
        canvas.lines.update(
            {one: tuple((px + x, py + y) for px, py in points) for one, points in inner.lines.items()}
        )
    corners = [(box.x + box.width, box.y + box.height) for box in level.boxes.values()]
    corners += [point for points in level.lines.values() for point in points]
    return max(x for x, _ in corners), max(y for _, y in corners)


def _level(
    nodes: Sequence[Node], edges: Sequence[Edge], sizes: Mapping[str, tuple[int, int]], width: int
) -> Diagram:
    plan = _Plan(sizes, width)
    _place(nodes, plan)
    straight = {edge.id for edge in edges if _is_straight(edge, plan)}
    routes = [_route(edge, plan) for edge in edges if edge.id not in straight]

    left = MARGIN + LANE * plan.corridors
    tops = _row_tops(plan)
    boxes = {}
    for node in nodes:
        wide, tall = sizes[node.id]
        row = plan.rows[node.id]
        boxes[node.id] = Box(
            left + plan.lefts[node.id], tops[row] + (plan.height(row) - tall) // 2, wide, tall
        )

    tags = {node.id: node.tag for node in nodes}
    ports = _ports(routes, plan, tags)
    lines: dict[str, tuple[Point, ...]] = {}
    for edge in edges:
        if edge.id in straight:
            source, target = boxes[edge.source], boxes[edge.target]
            lines[edge.id] = ((source.x + source.width, source.centre[1]), (target.x, target.centre[1]))
    for route in routes:
        lines[route.edge.id] = _draw(
            route, plan, boxes, tops, ports, is_gate=tags[route.edge.source] in GATES
        )
    return Diagram(boxes, lines)


def _place(nodes: Iterable[Node], plan: _Plan) -> None:
    """Rows: a gateway is never parted from the step before it."""
    groups: list[list[Node]] = []
    for node in nodes:
        if node.tag == GATE and groups:
            groups[-1].append(node)
        else:
            groups.append([node])
    row, x, place = 0, 0, 0
    for group in groups:
        wide = sum(plan.sizes[node.id][0] + BETWEEN for node in group)
        if x and x + wide - BETWEEN > plan.width:
            row, x = row + 1, 0
        for node in group:
            plan.rows[node.id], plan.lefts[node.id], plan.places[node.id] = row, x, place
            x += plan.sizes[node.id][0] + BETWEEN
            place += 1


def _is_straight(edge: Edge, plan: _Plan) -> bool:
    return (
        plan.places[edge.target] == plan.places[edge.source] + 1
        and plan.rows[edge.target] == plan.rows[edge.source]
    )


def _route(edge: Edge, plan: _Plan) -> _Route:
    """Gap `n` lies above row `n`. Forward in a row: over it; back in a row: under it."""
    source, target = plan.rows[edge.source], plan.rows[edge.target]
    if source == target:
        gap = source if plan.places[edge.target] > plan.places[edge.source] else source + 1
        route = _Route(edge, gap, gap)
    elif target > source:
        route = _Route(edge, source + 1, target)
    else:
        route = _Route(edge, source, target + 1)
    route.leave_lane = plan.take(route.leave)
    route.enter_lane = route.leave_lane
    if route.leave != route.enter:
        route.enter_lane = plan.take(route.enter)
        route.corridor = plan.corridors
        plan.corridors += 1
    return route


def _row_tops(plan: _Plan) -> list[int]:
    tops, y = [], MARGIN
    for row in range(max(plan.rows.values(), default=0) + 1):
        taken = plan.lanes.get(row, 0)
        y += (GAP if row else 0) + LANE * taken
        tops.append(y)
        y += plan.height(row)
    return tops


def _ports(routes: Iterable[_Route], plan: _Plan, tags: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Sideways shift of each line at both its boxes, so that lines stand side by side; by (box, line).

    On an event, which is round and small, they all meet in the middle.
    """
    sides: dict[tuple[str, bool], list[str]] = {}
    for route in routes:
        edge = route.edge
        sides.setdefault((edge.target, route.enter == plan.rows[edge.target]), []).append(edge.id)
        if not _goes_on(edge, plan):
            sides.setdefault((edge.source, route.leave == plan.rows[edge.source]), []).append(edge.id)
    shifts = {}
    for (box, _), lines in sides.items():
        room = 0 if tags[box] in EVENTS else plan.sizes[box][0] - 10
        pitch = min(16, room // max(1, len(lines) - 1))
        for index, edge_id in enumerate(lines):
            shifts[box, edge_id] = (2 * index - len(lines) + 1) * pitch // 2
    return shifts


def _goes_on(edge: Edge, plan: _Plan) -> bool:
    """From the end of one row to the beginning of the next."""
    return plan.places[edge.target] == plan.places[edge.source] + 1


def _draw(
    route: _Route,
    plan: _Plan,
    boxes: Mapping[str, Box],
    tops: Sequence[int],
    ports: Mapping[tuple[str, str], int],
    *,
    is_gate: bool,
) -> tuple[Point, ...]:
    edge = route.edge
    source, target = boxes[edge.source], boxes[edge.target]
    leave = _lane_y(route.leave, route.leave_lane, plan, tops)
    if _goes_on(edge, plan):
        x1 = source.x + source.width + TURN
        begin: tuple[Point, ...] = (
            (source.x + source.width, source.centre[1]),
            (x1, source.centre[1]),
            (x1, leave),
        )
    else:
        shift = ports[edge.source, edge.id]
        x1 = source.centre[0] + shift
        half = source.height // 2 - (abs(shift) if is_gate else 0)  # a gateway is a square on its corner
        above = route.leave == plan.rows[edge.source]
        begin = (x1, source.centre[1] + (-half if above else half)), (x1, leave)
    x2 = target.centre[0] + ports[edge.target, edge.id]
    y2 = target.y if route.enter == plan.rows[edge.target] else target.y + target.height
    if route.corridor < 0:
        return *begin, (x2, leave), (x2, y2)
    enter = _lane_y(route.enter, route.enter_lane, plan, tops)
    side = MARGIN + LANE * route.corridor - LANE // 2
    return *begin, (side, leave), (side, enter), (x2, enter), (x2, y2)


def _lane_y(gap: int, lane: int, plan: _Plan, tops: Sequence[int]) -> int:
    """The height of a lane: the gap's first lane lies nearest the row above it."""
    if gap == 0:
        return tops[0] - LANE * (plan.lanes[0] - lane)
    return tops[gap - 1] + plan.height(gap - 1) + GAP // 2 + LANE * lane
