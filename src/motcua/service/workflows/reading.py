"""Đọc BPMN 2.0: any tool's file as a blueprint. Pure: nothing of the file is run or fetched, nothing that runs is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from motcua.core.text import fold, tidy
from motcua.service.workflows.blueprint import (
    MOST_MINUTES,
    Blueprint,
    End,
    Flow,
    Gate,
    GateKind,
    Lane,
    Outcome,
    Picture,
    Step,
    StepKind,
    SubProcess,
    settled,
)
from motcua.service.workflows.notation import (
    BPMN,
    CALLS,
    CODE,
    CONDITION,
    CONSTRUCTS,
    DC,
    DD,
    DEEPEST,
    DI,
    GATE_TAGS,
    KEY,
    KIND_WORDS,
    KINDS,
    LARGEST,
    LEFT_OUT,
    MOST_NODES,
    MOST_STEPS,
    NODE_TAGS,
    OURS,
    OUTCOME_WORDS,
    OUTCOMES,
    RESERVED,
    SILENT,
    STEP_TAGS,
    TRIGGERS_LEFT_OUT,
    Found,
    SeveralProcesses,
    UnreadableModel,
    UnsupportedConstruct,
    local,
    space,
    tag_of,
)
from motcua.service.workflows.writing import start_of

OUR_GATE = ".gate"
SMALL = 36.0  # a gate that the file did not draw
FARTHEST = 1_000_000  # of a point from the corner: a picture beyond that is none
LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
MOST_WARNINGS = 30
TRUE = frozenset({"true", "1"})


@dataclass(frozen=True)
class Reading:
    """Kết quả đọc: the blueprint, and in sentences what of the file was left aside."""

    blueprint: Blueprint
    warnings: tuple[str, ...] = ()


def read(xml: str | bytes, *, roles: Mapping[str, str] | None = None) -> Blueprint:
    """The blueprint of a BPMN file, ours or another tool's; see `read_with_warnings`."""
    return read_with_warnings(xml, roles=roles).blueprint


def read_with_warnings(
    xml: str | bytes,
    *,
    roles: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    process: str = "",
) -> Reading:
    """The blueprint of a BPMN file, and what was left aside.

    `roles` and `units` map names of roles and agencies (as lanes and performers call them) to their codes; `process`
    is the id of the one process to read. Raises UnreadableModel, UnsupportedConstruct, SeveralProcesses.
    """
    root = parse(xml)
    warnings: list[str] = []
    chosen = _the_process(root, process, warnings)
    _refuse_unsupported(root, chosen, warnings)
    names = {fold(name): code for name, code in (roles or {}).items()}
    places = {fold(name): code for name, code in (units or {}).items()}
    reader = _Reader(root, chosen, names, places, warnings)
    return Reading(settled(reader.blueprint()), tuple(dict.fromkeys(warnings))[:MOST_WARNINGS])


def processes(xml: str | bytes) -> list[Found]:
    """Các quy trình trong tệp that have something in them, to choose from."""
    return [_found(process) for process in _busy(parse(xml))]


def parse(xml: str | bytes) -> etree._Element:
    """The root of the document, read without entities, network or document types. Raises UnreadableModel."""
    data = (
        re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", xml).encode(errors="replace")
        if isinstance(xml, str)
        else xml
    )
    if not data.strip():
        raise UnreadableModel("Tệp mô hình rỗng. Hãy chọn một tệp BPMN khác.")
    if len(data) > LARGEST:
        raise UnreadableModel("Tệp mô hình lớn hơn 1 MB. Hãy chọn một tệp BPMN nhỏ hơn.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableModel(
            "Tệp không phải XML hợp lệ. Hãy xuất lại mô hình dưới dạng BPMN 2.0."
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # unknown to the stubs
        raise UnreadableModel(
            "Tệp có khai báo DOCTYPE nên không được nhận. Hãy xuất lại mô hình dưới dạng BPMN 2.0."
        )
    if root.tag != tag_of(BPMN, "definitions"):
        raise UnreadableModel("Tệp không phải mô hình BPMN 2.0. Hãy xuất lại mô hình dưới dạng BPMN 2.0.")
    return root


# --- which process, and what it may hold -------------------------------------------------------------------------


def _busy(root: etree._Element) -> list[etree._Element]:
    found = root.findall(tag_of(BPMN, "process"))
    nodes = NODE_TAGS | CONSTRUCTS.keys() | {"subProcess"}
    return [process for process in found if any(_bpmn(child) in nodes for child in process)] or found[:1]


def _the_process(root: etree._Element, wanted: str, warnings: list[str]) -> etree._Element:
    busy = _busy(root)
    if not busy:
        raise UnreadableModel("Tệp không có quy trình (process) nào.")
    if wanted:
        busy = [process for process in busy if process.get("id") == wanted]
        if not busy:
            raise UnreadableModel(f"Tệp không có quy trình mang mã “{wanted}”.")
    if len(busy) > 1:
        meant = [process for process in busy if process.get("isExecutable", "").strip() in TRUE]
        if len(meant) != 1:
            raise SeveralProcesses(_found(process) for process in busy)
        others = ", ".join(f"“{_title(process)}”" for process in busy if process is not meant[0])
        warnings.append(f"Đã lấy quy trình chạy được “{_title(meant[0])}” của tệp; không lấy {others}.")
        return meant[0]
    return busy[0]


def _refuse_unsupported(root: etree._Element, process: etree._Element, warnings: list[str]) -> None:
    found = [_found(one, "import") for one in root.findall(tag_of(BPMN, "import"))]
    _look_into(process, found, warnings, depth=0)
    messages = sum(1 for _ in root.iter(tag_of(BPMN, "messageFlow")))
    if messages:
        warnings.append(f"Bỏ {messages} luồng thông điệp (messageFlow) với bên ngoài quy trình.")
    if found:
        raise UnsupportedConstruct(dict.fromkeys(found))


def _look_into(level: etree._Element, found: list[Found], warnings: list[str], depth: int) -> None:
    """Every element of a process or a sub-process: understood, left aside with a word, or refused."""
    if depth > DEEPEST:
        raise UnreadableModel(f"Quy trình con lồng nhau quá {DEEPEST} tầng. Hãy tách bớt.")
    for element in level:
        tag = _bpmn(element)
        if tag == "subProcess" and element.get("triggeredByEvent", "").strip() in TRUE:
            found.append(_found(element, "eventSubProcess"))
        elif tag == "subProcess":
            _look_at_marks(element, element, found, warnings)
            _look_into(element, found, warnings, depth + 1)
        elif tag in NODE_TAGS:
            _look_at_marks(element, element, found, warnings)
            for child in element:
                _look_at_child(element, child, found, warnings, depth)
        elif tag in LEFT_OUT:
            warnings.append(_left_out(tag, element))
        elif tag and tag not in SILENT | LOOPS and tag != "sequenceFlow":
            found.append(_found(element))
        if tag in SILENT or tag == "sequenceFlow":
            _look_for_code(element, element if tag == "sequenceFlow" else level, found, warnings)


def _look_at_marks(
    element: etree._Element, owner: etree._Element, found: list[Found], warnings: list[str]
) -> None:
    if element.get("isForCompensation", "").strip() in TRUE:
        found.append(_found(owner, "isForCompensation"))
    if _bpmn(element) == "subProcess":
        found.extend(_found(child, owner=element) for child in element if _bpmn(child) in LOOPS)
    if _bpmn(element) == "serviceTask":
        warnings.append(
            f"“{_title(element)}” (serviceTask) là tác vụ gọi dịch vụ: ở đây do người làm, phần gọi dịch vụ bị bỏ."
        )


def _look_at_child(
    node: etree._Element, child: etree._Element, found: list[Found], warnings: list[str], depth: int
) -> None:
    tag, owner = _bpmn(child), _bpmn(node)
    if tag in SILENT or not tag:
        _look_for_code(child, node, found, warnings)
    elif tag in LEFT_OUT:
        warnings.append(_left_out(tag, node))
    elif tag in TRIGGERS_LEFT_OUT.get(owner, ()) and not (owner == "startEvent" and depth):
        warnings.append(
            f"Bỏ {CONSTRUCTS[tag]} ({tag}) của “{_title(node)}”: quy trình bắt đầu khi hồ sơ được tiếp nhận."
            if owner == "startEvent"
            else f"Bỏ {CONSTRUCTS[tag]} ({tag}) của “{_title(node)}”: không gửi gì ra ngoài quy trình."
        )
    else:
        found.append(_found(child, owner=node))


def _look_for_code(
    element: etree._Element, owner: etree._Element, found: list[Found], warnings: list[str]
) -> None:
    for inner in element.iter(etree.Element):
        tag = local(inner).lower()
        if space(inner) == BPMN or tag not in CODE | CALLS:
            if _bpmn(inner) == "script":
                found.append(_found(inner, owner=owner))
        elif tag not in CALLS or _bpmn(owner) != "serviceTask":
            found.append(Found("script", _name(owner), owner.get("id", "")))


def _left_out(tag: str, element: etree._Element) -> str:
    name = _name(element)
    return f"Bỏ {LEFT_OUT[tag]} ({tag})" + (f" “{name}”." if name else ".")


def _found(element: etree._Element, tag: str = "", owner: etree._Element | None = None) -> Found:
    """The element by its name and id, or by those of what it stands in."""
    given = element if owner is None or element.get("name") or element.get("id") else owner
    name = _name(element) or (_name(owner) if owner is not None else "")
    return Found(tag or local(element), name, given.get("id", "")[:80])


# --- what is there -----------------------------------------------------------------------------------------------


@dataclass
class _Level:
    """What one process or sub-process holds, by the ids of the file; flows by the id of their source."""

    inside: str  # key of the sub-process; "" at the top
    element: etree._Element
    nodes: dict[str, etree._Element] = field(default_factory=dict)
    flows: dict[str, list[etree._Element]] = field(default_factory=dict)
    into: dict[str, int] = field(default_factory=dict)

    @property
    def starts(self) -> list[str]:
        return [key for key, node in self.nodes.items() if local(node) == "startEvent"]

    @property
    def beginnings(self) -> list[str]:
        """Nodes that nothing leads to: where a model without a start event begins."""
        return [key for key in self.nodes if not self.into.get(key)]


class _Reader:
    """One process being read: what the file calls by ids becomes what a blueprint calls by keys."""

    def __init__(
        self,
        root: etree._Element,
        process: etree._Element,
        roles: Mapping[str, str],
        units: Mapping[str, str],
        warnings: list[str],
    ) -> None:
        self.root = root
        self.process = process
        self.roles = roles
        self.units = units
        self.warnings = warnings
        self.keys: dict[str, str] = {}  # id of the file -> key
        self.levels: list[_Level] = []
        self.lines: dict[str, tuple[str, str, Outcome | None]] = {}  # id of a line -> what it is
        self.parted: dict[
            str, str
        ] = {}  # id of a node with several ways out -> key of the gate put behind it
        self.added: list[Gate] = []
        self.lanes, self.lane_of = self._lanes()
        self._collect("", process)
        if len(self.keys) > MOST_NODES:
            raise UnreadableModel(f"Mô hình có hơn {MOST_NODES} ký hiệu. Hãy tách bớt.")

    def _collect(self, inside: str, element: etree._Element) -> None:
        level = _Level(inside, element)
        self.levels.append(level)
        subs = []
        for child in element:
            tag, identifier = _bpmn(child), child.get("id", "")
            if tag == "sequenceFlow":
                level.flows.setdefault(child.get("sourceRef", ""), []).append(child)
                target = child.get("targetRef", "")
                level.into[target] = level.into.get(target, 0) + 1
            elif tag in NODE_TAGS or tag == "subProcess":
                if not identifier or any(identifier in other.nodes for other in self.levels):
                    raise UnreadableModel(
                        f"Có hai ký hiệu trùng mã “{identifier[:80]}” hoặc ký hiệu không có mã."
                    )
                level.nodes[identifier] = child
                if tag == "startEvent":
                    self.keys[identifier] = start_of(inside)
                else:
                    self.keys[identifier] = _key(identifier, set(self.keys.values()))
                    if tag == "subProcess":
                        subs.append(child)
        for gate in [key for key, node in level.nodes.items() if _is_ours(key, node, level)]:
            self.keys[gate] = f"{self.keys[gate.removesuffix(OUR_GATE)]}{OUR_GATE}"
        for sub in subs:
            self._collect(self.keys[sub.get("id", "")], sub)

    def blueprint(self) -> Blueprint:
        steps = [step for level in self.levels for step in self._steps(level)]
        if len(steps) > MOST_STEPS:
            raise UnreadableModel(
                f"Quy trình có {len(steps)} bước, nhiều hơn {MOST_STEPS}. Hãy gộp bớt bước."
            )
        if all(place for _, place in steps):
            steps.sort(key=lambda one: one[1])
        starts = {level.inside: self._first(level) for level in self.levels}
        flows = tuple(flow for level in self.levels for flow in self._flows(level))
        blueprint = Blueprint(
            name=" ".join(self.process.get("name", "").split()),
            steps=tuple(step for step, _ in steps),
            flows=flows,
            start=starts[""],
            ends=tuple(
                End(self.keys[key], _name(node) or "Kết thúc", level.inside)
                for level in self.levels
                for key, node in level.nodes.items()
                if local(node) == "endEvent"
            ),
            gates=tuple(
                Gate(self.keys[key], GATE_TAGS[local(node)], _name(node), level.inside)
                for level in self.levels
                for key, node in level.nodes.items()
                if local(node) in GATE_TAGS and not self.keys[key].endswith(OUR_GATE)
            )
            + tuple(self.added),
            subs=tuple(
                SubProcess(level.inside, _name(level.element), starts[level.inside], self._around(level))
                for level in self.levels
                if level.inside
            ),
        )
        members = ((lane, [self.keys[one] for one in ids if one in self.keys]) for lane, ids in self.lanes)
        lanes = tuple(
            replace(lane, members=tuple(one for one in keys if one in blueprint.known))
            for lane, keys in members
        )
        return replace(blueprint, lanes=lanes, picture=self._picture(blueprint))

    def _around(self, level: _Level) -> str:
        return next(other.inside for other in self.levels if level.element in list(other.nodes.values()))

    def _first(self, level: _Level) -> str:
        starts = level.starts
        if not level.nodes:
            return ""
        if (
            not starts
            and len(level.beginnings) == 1
            and local(level.nodes[level.beginnings[0]]) != "endEvent"
        ):
            self.warnings.append("Mô hình không vẽ điểm bắt đầu; đã lấy ký hiệu đứng đầu.")
            return self.keys[level.beginnings[0]]
        if len(starts) != 1:
            where = f"Quy trình con “{_title(level.element)}”" if level.inside else "Quy trình"
            named = ": " + ", ".join(f"“{_title(level.nodes[one])}”" for one in starts[:6]) if starts else ""
            raise UnreadableModel(
                f"{where} phải có đúng một điểm bắt đầu (startEvent), tệp này có {len(starts)}{named}."
            )
        leaving = level.flows.get(starts[0], [])
        if not leaving:
            return ""
        if len(leaving) > 1:
            raise UnreadableModel(
                "Sau điểm bắt đầu phải là đúng một bước. Hãy đặt một bước trước khi rẽ nhánh."
            )
        target = leaving[0].get("targetRef", "")
        node = self._node(leaving[0], level)
        if local(node) == "endEvent":
            raise UnreadableModel("Điểm bắt đầu nối thẳng tới điểm kết thúc. Hãy thêm các bước ở giữa.")
        self.lines[leaving[0].get("id", "")] = start_of(level.inside), self.keys[target], None
        return self.keys[target]

    def _steps(self, level: _Level) -> Iterator[tuple[Step, int]]:
        for key, node in level.nodes.items():
            if local(node) in STEP_TAGS:
                yield self._step(self.keys[key], node, level.inside)

    def _step(self, key: str, node: etree._Element, inside: str) -> tuple[Step, int]:
        name, drawn_as = _name(node), local(node)
        ours = node.find(f"{tag_of(BPMN, 'extensionElements')}/{tag_of(OURS, 'step')}")
        if ours is None:
            role, unit = self._doer(node)
            return Step(
                key, name or key, _kind(name), role=role, unit=unit, inside=inside, drawn_as=drawn_as
            ), 0
        try:
            return Step(
                key=key,
                name=name,
                kind=KINDS[ours.get("kind", "")],
                role=ours.get("role", "")[:40],
                minutes=_minutes(ours.get("minutes", "0")),
                product=ours.get("product", "")[:300],
                outcomes=tuple(OUTCOMES[word] for word in ours.get("outcomes", "").split()),
                unit=ours.get("unit", "")[:60],
                escalate_after=_minutes(ours.get("escalateAfter", "0")),
                escalate_to=ours.get("escalateTo", "")[:40],
                may_skip=ours.get("maySkip") == "true",
                inside=inside,
                drawn_as=drawn_as,
            ), _minutes(ours.get("place", "0"))
        except (KeyError, ValueError) as error:
            raise UnreadableModel(f"Phần mô tả của bước “{name}” có giá trị không hợp lệ.") from error

    def _flows(self, level: _Level) -> Iterator[Flow]:
        for source, leaving in level.flows.items():
            node = level.nodes.get(source)
            if node is None:
                raise UnreadableModel(
                    f"Đường nối “{leaving[0].get('id', '')[:80]}” không bắt đầu từ ký hiệu nào cùng quy trình."
                )
            if local(node) == "endEvent":
                raise UnreadableModel(f"Điểm kết thúc “{_title(node)}” có đường ra. Hãy bỏ đường đó.")
        for source, node in level.nodes.items():
            leaving = level.flows.get(source, [])
            if local(node) in GATE_TAGS and not leaving:
                raise UnreadableModel(f"Cổng “{_title(node)}” không có đường ra.")
            if local(node) == "startEvent":
                continue
            if len(leaving) > 1 and local(node) not in {"exclusiveGateway", "parallelGateway"}:
                yield self._part(node, leaving, level)
            for line in leaving:
                yield from self._flow(line, level)

    def _part(self, node: etree._Element, leaving: list[etree._Element], level: _Level) -> Flow:
        """Several ways out without a gateway go on beside each other, says the standard: a parallel gate is put there."""
        key = self.keys[node.get("id", "")]
        gate = _key(f"{key[:50]}_split", {*self.keys.values(), *self.parted.values()})
        self.parted[node.get("id", "")] = gate
        self.added.append(Gate(gate, GateKind.PARALLEL, "", level.inside))
        self.warnings.append(
            f"“{_title(node)}” có {len(leaving)} đường ra, tức là rẽ song song: đã thêm một cổng song song."
        )
        return Flow(key, gate)

    def _flow(self, line: etree._Element, level: _Level) -> Iterator[Flow]:
        source, target = line.get("sourceRef", ""), line.get("targetRef", "")
        node = level.nodes[source]
        if local(self._node(line, level)) == "startEvent":
            raise UnreadableModel(f"Đường nối “{line.get('id', '')[:80]}” dẫn ngược vào điểm bắt đầu.")
        outcome = self._outcome(line, node, level)
        begin = self.parted.get(source) or self.keys[source]
        if source == target and local(node) in GATE_TAGS:
            raise UnreadableModel(f"“{_title(node)}” nối vòng về chính nó.")
        self.lines[line.get("id", "")] = begin, self.keys[target], outcome
        if self.keys[target].endswith(OUR_GATE):
            return  # our own gate belongs to the step before it
        yield Flow(begin.removesuffix(OUR_GATE), self.keys[target], outcome)

    def _node(self, line: etree._Element, level: _Level) -> etree._Element:
        target = line.get("targetRef", "")
        if target in level.nodes:
            return level.nodes[target]
        called = line.get("id", "")[:80]
        if target in self.keys:
            raise UnreadableModel(
                f"Đường nối “{called}” đi xuyên ranh giới quy trình con. Hãy nối vào chính quy trình con."
            )
        raise UnreadableModel(f"Đường nối “{called}” không dẫn tới ký hiệu nào.")

    def _outcome(self, line: etree._Element, source: etree._Element, level: _Level) -> Outcome | None:
        """What a line says: its condition, else its name after a gateway that parts."""
        condition = line.find(tag_of(BPMN, "conditionExpression"))
        parts = local(source) == "exclusiveGateway" and len(level.flows[source.get("id", "")]) > 1
        named = _outcome_named(_name(line)) if parts else None
        if condition is None or not (text := (condition.text or "").strip()):
            return named
        matched = CONDITION.fullmatch(text)
        word = (matched[1] or matched[2]) if matched else ""
        if word in OUTCOMES and not condition.get("language") and local(source) == "exclusiveGateway":
            return OUTCOMES[word]
        if named is not None:
            self.warnings.append(
                f"Bỏ biểu thức “{text[:80]}”; nhánh lấy theo tên “{_name(line)}”: kết quả {named.label}."
            )
            return named
        if local(source) != "exclusiveGateway":
            raise UnreadableModel("Điều kiện rẽ nhánh phải đặt trên đường ra của một cổng loại trừ.")
        raise UnreadableModel(
            f"Điều kiện “{text[:80]}” (conditionExpression, đường “{_title(line)}”) không được nhận. Điều kiện chỉ có dạng "
            "outcome == 'AGREE' với một trong các kết quả: " + ", ".join(Outcome) + "."
        )

    def _doer(self, node: etree._Element) -> tuple[str, str]:
        """Role and agency, as lanes and performers name them."""
        lane = self.lane_of.get(node.get("id", ""), "")
        names = [lane] + [
            _name(performer)
            for performer in node
            if _bpmn(performer) in {"potentialOwner", "humanPerformer", "performer"}
        ]
        role = next((self.roles[fold(name)] for name in names if fold(name) in self.roles), "")
        role = role or next((name for name in names if name and name in self.roles.values()), "")
        unit = next((self.units[fold(name)] for name in names if fold(name) in self.units), "")
        if lane and not role and not unit:
            self.warnings.append(
                f"Làn “{lane}” không trùng tên vai trò hay cơ quan nào: hãy chọn cho từng bước."
            )
        return role, unit

    def _lanes(self) -> tuple[list[tuple[Lane, list[str]]], dict[str, str]]:
        """The innermost lanes with the ids that stand in them, and the name of each id's lane."""
        lanes: list[tuple[Lane, list[str]]] = []
        for lane in self.process.iter(tag_of(BPMN, "lane")):
            ids = [(one.text or "").strip() for one in lane.findall(tag_of(BPMN, "flowNodeRef"))]
            if ids and lane.get("id"):
                key = _key(lane.get("id", ""), {*self.keys.values()})
                self.keys[lane.get("id", "")] = key
                lanes.append((Lane(key, _name(lane)), ids))
        return lanes, {one: lane.name for lane, ids in lanes for one in ids}

    # --- the picture -------------------------------------------------------------------------------------------

    def _picture(self, blueprint: Blueprint) -> Picture | None:
        """As the file draws it; None when something is not drawn, or lies under a closed box."""
        boxes: dict[str, tuple[float, float, float, float]] = {}
        for shape in self.root.iter(tag_of(DI, "BPMNShape")):
            key, bounds = self.keys.get(shape.get("bpmnElement", "")), shape.find(tag_of(DC, "Bounds"))
            if key is None or bounds is None:
                continue
            box = _numbers(bounds, ("x", "y", "width", "height"))
            closed = shape.get("isExpanded", "true").strip() not in TRUE
            if box is None or box[2] < 0 or box[3] < 0:
                return None
            if closed and key in blueprint.sub_by_key and blueprint.sub_by_key[key].start:
                return None
            boxes[key] = box[0], box[1], box[2], box[3]
        lines: dict[tuple[str, str, Outcome | None], tuple[tuple[float, float], ...]] = {}
        for edge in self.root.iter(tag_of(DI, "BPMNEdge")):
            line = self.lines.get(edge.get("bpmnElement", ""))
            points = [_numbers(point, ("x", "y")) for point in edge.findall(tag_of(DD, "waypoint"))]
            if line is not None and len(points) > 1:
                lines[line] = tuple((point[0], point[1]) for point in points if point is not None)
        for identifier, gate in self.parted.items():
            if (around := boxes.get(self.keys[identifier])) is not None:
                x, y = around[0] + around[2], around[1] + around[3] / 2
                boxes[gate] = (
                    x - SMALL / 2,
                    y - SMALL / 2,
                    SMALL,
                    SMALL,
                )  # on the edge of the box it belongs to
                lines[self.keys[identifier], gate, None] = (x, y), (x + 1, y)
        return Picture(boxes, lines) if boxes else None


def _numbers(element: etree._Element, names: tuple[str, ...]) -> tuple[float, ...] | None:
    try:
        values = tuple(float(element.get(name, "")) for name in names)
    except ValueError:
        return None
    return values if all(math.isfinite(value) and abs(value) < FARTHEST for value in values) else None


def _is_ours(key: str, node: etree._Element, level: _Level) -> bool:
    """A gateway that we have put after a step ourselves, to be folded again into the step's ways."""
    step = key.removesuffix(OUR_GATE)
    if local(node) != "exclusiveGateway" or step == key or _bpmn_of(level.nodes.get(step)) not in STEP_TAGS:
        return False
    leaving = [line.get("targetRef", "") for line in level.flows.get(step, [])]
    return leaving == [key] and level.into.get(key) == 1 and not node.get("name")


def _minutes(text: str) -> int:
    return min(max(0, int(text)), MOST_MINUTES)


def _name(element: etree._Element) -> str:
    return tidy(element.get("name", ""))[:200]


def _title(element: etree._Element) -> str:
    return _name(element) or element.get("id", "")[:80]


def _bpmn(element: etree._Element) -> str:
    """The element's name when it belongs to BPMN; "" for comments and for what other tools add."""
    if not isinstance(element.tag, str) or space(element) != BPMN:
        return ""
    return local(element)


def _bpmn_of(element: etree._Element | None) -> str:
    return "" if element is None else _bpmn(element)


def _outcome_named(name: str) -> Outcome | None:
    folded = fold(name)
    for outcome, words in OUTCOME_WORDS.items():
        if folded in words or folded == fold(outcome.label):
            return outcome
    for outcome, words in OUTCOME_WORDS.items():
        if any(len(word) > 3 and re.search(rf"\b{word}\b", folded) for word in words):
            return outcome
    return None


def _kind(name: str) -> StepKind:
    folded = fold(name) + " "
    return next(
        (kind for kind, words in KIND_WORDS.items() if any(w in folded for w in words)), StepKind.WORK
    )


def _key(identifier: str, taken: set[str]) -> str:
    """A node's key: the id of the file when it is short and plain, else one made from it."""
    key = identifier if KEY.fullmatch(identifier) else "k_" + re.sub(r"[^A-Za-z0-9_]", "_", identifier)[:50]
    unique, number = key, 2
    while unique in taken or unique in RESERVED:
        unique, number = f"{key}_{number}", number + 1
    return unique
