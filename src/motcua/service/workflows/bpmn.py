"""BPMN 2.0: a blueprint written as a standard file with its picture, and read back from any tool's file.

Only what a person does is understood: steps, exclusive gateways, one start, ends. Everything else is refused by its
name; nothing that could run is kept. What the standard has no place for stands in our own namespace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from motcua.core.errors import DomainError
from motcua.core.text import fold, tidy
from motcua.service.workflows.blueprint import (
    MOST_MINUTES,
    START,
    Blueprint,
    End,
    Flow,
    Outcome,
    Step,
    StepKind,
    settled,
)
from motcua.service.workflows.diagram import Diagram, Edge, Node, lay_out

__all__ = [
    "StepKind",
    "UnreadableModel",
    "UnsupportedConstruct",
    "as_file",
    "graph",
    "parse",
    "read",
    "renamed",
    "write",
]

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:motcua:workflow:1"
PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI, "motcua": OURS}

LARGEST = 1_000_000  # bytes of a file
MOST_STEPS = 60
PROCESS = "process"
RESERVED = frozenset({START, PROCESS, "definitions", "diagram", "plane"})
CONDITION = re.compile(r"\s*outcome\s*==\s*(?:'([A-Z_]+)'|\"([A-Z_]+)\")\s*")
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")  # no dot: our own ids of gateways and lines have one

UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

STEP_TAGS = frozenset({"userTask", "task", "manualTask"})
NODE_TAGS = STEP_TAGS | {"startEvent", "endEvent", "exclusiveGateway"}
IGNORED = frozenset(  # says something to the reader, changes nothing in the run
    {"documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group"}
    | {"incoming", "outgoing", "category", "resource"}
)
IN_A_STEP = IGNORED | {"potentialOwner", "humanPerformer", "performer"}
CODE = frozenset(  # extensions of other tools that would run something
    {"script", "executionlistener", "tasklistener", "connector", "prescript", "postscript"}
    | {"servicetaskoperator", "taskdefinition", "inputoutput"}
)
CONSTRUCTS = {
    "scriptTask": "tác vụ chạy mã lệnh",
    "serviceTask": "tác vụ gọi dịch vụ",
    "sendTask": "tác vụ gửi thông điệp",
    "receiveTask": "tác vụ chờ thông điệp",
    "businessRuleTask": "tác vụ bảng quyết định",
    "callActivity": "gọi quy trình khác",
    "subProcess": "quy trình con",
    "adHocSubProcess": "quy trình con tự do",
    "transaction": "giao dịch",
    "parallelGateway": "cổng song song",
    "inclusiveGateway": "cổng bao hàm",
    "complexGateway": "cổng phức hợp",
    "eventBasedGateway": "cổng theo sự kiện",
    "intermediateCatchEvent": "sự kiện chờ giữa chừng",
    "intermediateThrowEvent": "sự kiện phát giữa chừng",
    "boundaryEvent": "sự kiện gắn trên bước",
    "timerEventDefinition": "hẹn giờ",
    "messageEventDefinition": "sự kiện thông điệp",
    "signalEventDefinition": "sự kiện tín hiệu",
    "conditionalEventDefinition": "sự kiện có điều kiện",
    "escalationEventDefinition": "sự kiện leo thang",
    "errorEventDefinition": "sự kiện lỗi",
    "compensateEventDefinition": "sự kiện bù trừ",
    "linkEventDefinition": "sự kiện liên kết",
    "terminateEventDefinition": "kết thúc cưỡng bức",
    "multiInstanceLoopCharacteristics": "bước lặp nhiều lượt",
    "standardLoopCharacteristics": "bước tự lặp",
    "ioSpecification": "dữ liệu vào, ra của bước",
    "dataInputAssociation": "dữ liệu vào của bước",
    "dataOutputAssociation": "dữ liệu ra của bước",
    "dataObject": "đối tượng dữ liệu",
    "dataObjectReference": "đối tượng dữ liệu",
    "dataStoreReference": "kho dữ liệu",
    "messageFlow": "luồng thông điệp",
    "import": "nhập tệp ngoài",
    "process": "nhiều quy trình trong một tệp",
    "script": "đoạn mã chạy kèm",
}

_KINDS: Mapping[str, StepKind] = {kind.value: kind for kind in StepKind}
_OUTCOMES: Mapping[str, Outcome] = {outcome.value: outcome for outcome in Outcome}

# How people name a branch; folded. A name that says none of these leaves the branch without an outcome.
OUTCOME_WORDS = {
    Outcome.SEND_BACK: (
        "tra lai",
        "khong dong y",
        "khong dat",
        "sua",
        "lam lai",
        "bo sung",
        "no",
        "khong",
        "send back",
    ),
    Outcome.REFUSE: ("tu choi", "refuse", "reject", "rejected"),
    Outcome.AGREE: ("dong y", "duyet", "dat", "co", "yes", "ok", "approve", "approved", "agree"),
    Outcome.DONE: ("hoan thanh", "xong", "done"),
}
KIND_WORDS = {
    StepKind.RETURN: ("tra ket qua", "return of result"),
    StepKind.RECEIVE: ("tiep nhan", "receive"),
    StepKind.ASSIGN: ("phan cong", "assign"),
    StepKind.CONSULT: ("lay y kien", "phoi hop", "consult"),
    StepKind.ISSUE: ("vao so", "phat hanh", "dong dau", "ban hanh", "issue"),
    StepKind.REVIEW: ("xem xet", "tham tra", "trinh", "review"),
    StepKind.SIGN: ("ky ", "ky duyet", "phe duyet", "sign"),
}


class UnreadableModel(DomainError):
    """Mô hình không đọc được: the file is no BPMN model that could be run here."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="bpmn")


class UnsupportedConstruct(UnreadableModel):
    """Ký hiệu chưa hỗ trợ: each as (BPMN element, name given in the model)."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.constructs = tuple(found)
        named = "; ".join(
            f"{CONSTRUCTS.get(tag, 'ký hiệu')} ({tag})" + (f" “{name}”" if name else "")
            for tag, name in found[:8]
        )
        more = f" và {len(found) - 8} chỗ khác" if len(found) > 8 else ""
        super().__init__(
            f"Mô hình có ký hiệu chưa được hỗ trợ: {named}{more}. "
            "Hãy chỉ dùng bước do người làm, cổng loại trừ, một điểm bắt đầu và các điểm kết thúc."
        )


# --- writing -----------------------------------------------------------------------------------------------------


def write(blueprint: Blueprint) -> str:
    """The blueprint as BPMN 2.0 with its picture; the same blueprint always gives the same text."""
    blueprint = _printable(settled(blueprint))
    nodes, edges = graph(blueprint)
    root = etree.Element(_tag(BPMN, "definitions"), nsmap=PREFIXES)
    root.set("id", "definitions")
    root.set("targetNamespace", OURS)
    root.set("exporter", "motcua")
    process = etree.SubElement(
        root, _tag(BPMN, "process"), id=PROCESS, name=blueprint.name, isExecutable="true"
    )
    defaults = {edge.source: edge.id for edge in edges if edge.is_default}
    for node in nodes:
        element = etree.SubElement(process, _tag(BPMN, node.tag), id=node.id)
        if node.name:
            element.set("name", node.name)
        if node.id in defaults:
            element.set("default", defaults[node.id])
        if node.tag == "userTask":
            _write_step(element, blueprint.by_key[node.id])
    for edge in edges:
        element = etree.SubElement(
            process, _tag(BPMN, "sequenceFlow"), id=edge.id, sourceRef=edge.source, targetRef=edge.target
        )
        if edge.name:
            element.set("name", edge.name)
        if edge.condition:
            condition = etree.SubElement(element, _tag(BPMN, "conditionExpression"))
            condition.set(_tag(XSI, "type"), "bpmn:tFormalExpression")
            condition.text = f"outcome == '{edge.condition}'"
    _write_picture(root, nodes, edges, lay_out(nodes, edges))
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def graph(blueprint: Blueprint) -> tuple[list[Node], list[Edge]]:
    """The boxes and lines that BPMN needs: a gateway stands after every step with more than one way on."""
    nodes, edges = [Node(START, "startEvent", "Bắt đầu")], list[Edge]()
    if blueprint.start:
        edges.append(Edge(f"{START}.{blueprint.start}", START, blueprint.start))
    for step in blueprint.steps:
        nodes.append(Node(step.key, "userTask", step.name))
        ways = blueprint.ways_from(step.key)
        if len(ways) <= 1:
            edges += [Edge(f"{step.key}.{way.target}", step.key, way.target) for way in ways]
            continue
        gate = f"{step.key}.gate"
        nodes.append(Node(gate, "exclusiveGateway"))
        edges.append(Edge(f"{step.key}.to.gate", step.key, gate))
        edges += [
            Edge(
                f"{gate}.{way.outcome or 'ELSE'}",
                gate,
                way.target,
                name=way.outcome.label if way.outcome else "",
                condition=way.outcome or "",
                is_default=way.outcome is None,
            )
            for way in ways
        ]
    nodes += [Node(end.key, "endEvent", end.name) for end in blueprint.ends]
    return nodes, edges


def as_file(xml: str) -> bytes:
    """Tệp tải xuống: the same model with the declaration that a file begins with."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml.encode()


def _printable(blueprint: Blueprint) -> Blueprint:
    """Names as they will be read back: tidy, and without the control characters that XML cannot hold."""
    return replace(
        blueprint,
        name=_plain(blueprint.name),
        steps=tuple(
            replace(step, name=_plain(step.name), product=_plain(step.product)) for step in blueprint.steps
        ),
        ends=tuple(replace(end, name=_plain(end.name) or "Kết thúc") for end in blueprint.ends),
    )


def _plain(text: str) -> str:
    return tidy(UNPRINTABLE.sub("", text))


def _write_step(element: etree._Element, step: Step) -> None:
    extension = etree.SubElement(element, _tag(BPMN, "extensionElements"))
    ours = etree.SubElement(
        extension, _tag(OURS, "step"), kind=step.kind, role=step.role, minutes=str(step.minutes)
    )
    if step.product:
        ours.set("product", step.product)
    ours.set("outcomes", " ".join(step.outcomes))


def _write_picture(root: etree._Element, nodes: list[Node], edges: list[Edge], diagram: Diagram) -> None:
    picture = etree.SubElement(root, _tag(DI, "BPMNDiagram"), id="diagram")
    plane = etree.SubElement(picture, _tag(DI, "BPMNPlane"), id="plane", bpmnElement=PROCESS)
    for node in nodes:
        shape = etree.SubElement(plane, _tag(DI, "BPMNShape"), id=f"{node.id}.shape", bpmnElement=node.id)
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        box = diagram.boxes[node.id]
        values = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, _tag(DC, "Bounds"), {name: str(value) for name, value in values.items()})
    for edge in edges:
        line = etree.SubElement(plane, _tag(DI, "BPMNEdge"), id=f"{edge.id}.line", bpmnElement=edge.id)
        for x, y in diagram.lines[edge.id]:
            etree.SubElement(line, _tag(DD, "waypoint"), x=str(x), y=str(y))


# --- reading -----------------------------------------------------------------------------------------------------


def read(xml: str | bytes, *, roles: Mapping[str, str] | None = None) -> Blueprint:
    """The blueprint of a BPMN file, ours or another tool's. Pure: nothing of the file is run or fetched.

    `roles` maps names of roles (as lanes and performers call them) to their codes. Raises UnreadableModel,
    UnsupportedConstruct.
    """
    root = parse(xml)
    process = _the_process(root)
    _refuse_unsupported(root, process)
    return settled(_Reader(process, {fold(name): code for name, code in (roles or {}).items()}).blueprint())


def parse(xml: str | bytes) -> etree._Element:
    """The root of the document, read without entities, network or document types. Raises UnreadableModel."""
    data = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", xml).encode() if isinstance(xml, str) else xml
    if not data.strip():
        raise UnreadableModel("Tệp mô hình rỗng. Hãy chọn một tệp BPMN khác.")
    if len(data) > LARGEST:
        raise UnreadableModel("Tệp mô hình lớn hơn 1 MB. Hãy chọn một tệp BPMN nhỏ hơn.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableModel(
            "Tệp không phải XML hợp lệ. Hãy xuất lại mô hình dưới dạng BPMN 2.0."
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # unknown to the stubs
        raise UnreadableModel(
            "Tệp có khai báo DOCTYPE nên không được nhận. Hãy xuất lại mô hình dưới dạng BPMN 2.0."
        )
    if root.tag != _tag(BPMN, "definitions"):
        raise UnreadableModel("Tệp không phải mô hình BPMN 2.0. Hãy xuất lại mô hình dưới dạng BPMN 2.0.")
    return root


def _the_process(root: etree._Element) -> etree._Element:
    found = root.findall(_tag(BPMN, "process"))
    busy = [process for process in found if any(_local(child) in NODE_TAGS for child in process)] or found
    if not busy:
        raise UnreadableModel("Tệp không có quy trình (process) nào.")
    if len(busy) > 1:
        raise UnsupportedConstruct(
            [("process", process.get("name") or process.get("id") or "") for process in busy]
        )
    return busy[0]


def _refuse_unsupported(root: etree._Element, process: etree._Element) -> None:
    found: list[tuple[str, str]] = []
    for element in root.iter(etree.Element):
        tag, name = _local(element), " ".join(element.get("name", "").split())
        if _space(element) != BPMN:
            if tag.lower() in CODE:
                owner = next((a for a in element.iterancestors() if _space(a) == BPMN and a.get("id")), None)
                found.append(("script", owner.get("name", "") if owner is not None else ""))
            continue
        parent = element.getparent()
        if parent is process:
            allowed = tag in NODE_TAGS or tag in IGNORED or tag == "sequenceFlow"
        elif parent is not None and parent.getparent() is process and _local(parent) in NODE_TAGS:
            allowed = tag in IN_A_STEP
            name = name or " ".join(parent.get("name", "").split())
        else:
            allowed = tag not in {"messageFlow", "import", "script"}
        if not allowed and (tag, name) not in found:
            found.append((tag, name))
    if found:
        raise UnsupportedConstruct(found)


class _Reader:
    """One process being read: gateways are folded into the flows between steps."""

    def __init__(self, process: etree._Element, roles: Mapping[str, str]) -> None:
        self.process = process
        self.roles = roles
        self.nodes: dict[str, etree._Element] = {}
        self.flows: dict[str, list[etree._Element]] = {}
        self.keys: dict[str, str] = {}
        for element in process:
            tag, identifier = _local(element), element.get("id", "")
            if tag in NODE_TAGS:
                if not identifier or identifier in self.nodes:
                    raise UnreadableModel(f"Có hai ký hiệu trùng mã “{identifier}” hoặc ký hiệu không có mã.")
                self.nodes[identifier] = element
                if tag in STEP_TAGS or tag == "endEvent":
                    self.keys[identifier] = _key(identifier, set(self.keys.values()))
            elif tag == "sequenceFlow":
                self.flows.setdefault(element.get("sourceRef", ""), []).append(element)
        self.lanes = _lanes(process)

    def blueprint(self) -> Blueprint:
        steps = {key: node for key, node in self.nodes.items() if _local(node) in STEP_TAGS}
        ends = [key for key, node in self.nodes.items() if _local(node) == "endEvent"]
        if len(steps) > MOST_STEPS:
            raise UnreadableModel(
                f"Quy trình có {len(steps)} bước, nhiều hơn {MOST_STEPS}. Hãy gộp bớt bước."
            )
        return Blueprint(
            name=" ".join(self.process.get("name", "").split()),
            steps=tuple(self._step(self.keys[key], node) for key, node in steps.items()),
            flows=tuple(flow for key in steps for flow in self._ways(key)),
            start=self._first(),
            ends=tuple(End(self.keys[key], self._name(self.nodes[key]) or "Kết thúc") for key in ends),
        )

    def _first(self) -> str:
        starts = [key for key, node in self.nodes.items() if _local(node) == "startEvent"]
        if len(starts) != 1:
            raise UnreadableModel(f"Quy trình phải có đúng một điểm bắt đầu, tệp này có {len(starts)}.")
        ways = [self._follow(flow, frozenset({starts[0]})) for flow in self.flows.get(starts[0], [])]
        targets = [way for group in ways for way in group]
        if not targets:
            return ""
        if len(targets) > 1 or targets[0][1] is not None:
            raise UnreadableModel(
                "Sau điểm bắt đầu phải là đúng một bước. Hãy đặt một bước trước khi rẽ nhánh."
            )
        target = targets[0][0]
        if _local(self.nodes[target]) not in STEP_TAGS:
            raise UnreadableModel("Điểm bắt đầu nối thẳng tới điểm kết thúc. Hãy thêm các bước ở giữa.")
        return self.keys[target]

    def _step(self, key: str, node: etree._Element) -> Step:
        name = self._name(node)
        ours = node.find(f"{_tag(BPMN, 'extensionElements')}/{_tag(OURS, 'step')}")
        if ours is None:
            return Step(key=key, name=name or key, kind=_kind(name), role=self._role(node))
        try:
            return Step(
                key=key,
                name=name,
                kind=_KINDS[ours.get("kind", "")],
                role=ours.get("role", "")[:40],
                minutes=min(max(0, int(ours.get("minutes", "0"))), MOST_MINUTES),
                product=ours.get("product", "")[:300],
                outcomes=tuple(_OUTCOMES[word] for word in ours.get("outcomes", "").split()),
            )
        except (KeyError, ValueError) as error:
            raise UnreadableModel(f"Phần mô tả của bước “{name}” có giá trị không hợp lệ.") from error

    def _ways(self, source: str) -> list[Flow]:
        leaving = self.flows.get(source, [])
        named = self._name(self.nodes[source]) or source
        if len(leaving) > 1:
            raise UnreadableModel(
                f"Bước “{named}” có {len(leaving)} đường ra, tức là rẽ song song. Hãy đặt một cổng loại trừ sau bước này."
            )
        ways = [way for flow in leaving for way in self._follow(flow, frozenset({source}))]
        outcomes = [outcome for _, outcome in ways]
        if len(set(outcomes)) < len(outcomes):
            gates = [self.nodes[flow.get("targetRef", "")] for flow in leaving]
            where = ", ".join(f"“{self._name(gate) or gate.get('id', '')}”" for gate in gates)
            raise UnreadableModel(
                f"Cổng loại trừ {where} sau bước “{named}” có nhiều nhánh không phân biệt được kết quả. "
                "Hãy ghi tên mỗi nhánh là một trong: " + ", ".join(outcome.label for outcome in Outcome) + "."
            )
        return [Flow(self.keys[source], self.keys[target], outcome) for target, outcome in ways]

    def _follow(self, flow: etree._Element, seen: frozenset[str]) -> list[tuple[str, Outcome | None]]:
        """Where a line ends, gateways walked through: (id of a step or an end, outcome)."""
        target = flow.get("targetRef", "")
        node = self.nodes.get(target)
        if node is None:
            raise UnreadableModel(f"Đường nối “{flow.get('id', '')}” không dẫn tới ký hiệu nào.")
        source = self.nodes.get(flow.get("sourceRef", ""))
        own = self._outcome(flow, source)
        if _local(node) != "exclusiveGateway":
            return [(target, own)]
        if target in seen:
            raise UnreadableModel(f"Cổng “{self._name(node) or target}” nối vòng về chính nó.")
        leaving = self.flows.get(target, [])
        if not leaving:
            raise UnreadableModel(f"Cổng “{self._name(node) or target}” không có đường ra.")
        found = [way for further in leaving for way in self._follow(further, seen | {target})]
        if own is None:
            return found
        if any(outcome is not None for _, outcome in found):
            raise UnreadableModel(f"Cổng “{self._name(node) or target}” rẽ nhánh hai lần cho cùng một bước.")
        return [(end, own) for end, _ in found]

    def _outcome(self, flow: etree._Element, source: etree._Element | None) -> Outcome | None:
        """What a line says: its condition, else its name after a gateway that parts."""
        condition = flow.find(_tag(BPMN, "conditionExpression"))
        gateway = source is not None and _local(source) == "exclusiveGateway"
        if condition is not None and (text := (condition.text or "").strip()):
            matched = CONDITION.fullmatch(text)
            word = (matched[1] or matched[2]) if matched else ""
            if word not in _OUTCOMES or condition.get("language"):
                raise UnreadableModel(
                    f"Điều kiện “{text[:80]}” không được nhận. Điều kiện chỉ có dạng outcome == 'AGREE' với một trong các "
                    "kết quả: " + ", ".join(Outcome) + "."
                )
            if not gateway:
                raise UnreadableModel("Điều kiện rẽ nhánh phải đặt trên đường ra của một cổng loại trừ.")
            return _OUTCOMES[word]
        if not gateway or source is None or len(self.flows[source.get("id", "")]) < 2:
            return None
        return _outcome_named(self._name(flow))

    def _role(self, node: etree._Element) -> str:
        names = [self.lanes.get(node.get("id", ""), "")]
        names += [
            performer.get("name", "")
            for performer in node
            if _local(performer) in {"potentialOwner", "humanPerformer", "performer"}
        ]
        for name in names:
            if fold(name) in self.roles:
                return self.roles[fold(name)]
            if name in self.roles.values():
                return name
        return ""

    @staticmethod
    def _name(element: etree._Element) -> str:
        return tidy(element.get("name", ""))[:200]


def _lanes(process: etree._Element) -> dict[str, str]:
    return {
        (reference.text or "").strip(): lane.get("name", "")
        for lane in process.iter(_tag(BPMN, "lane"))
        for reference in lane.findall(_tag(BPMN, "flowNodeRef"))
    }


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
    """A step's key: the id of the file when it is short and plain, else one made from it."""
    key = identifier if KEY.fullmatch(identifier) else "k_" + re.sub(r"[^A-Za-z0-9_]", "_", identifier)[:50]
    unique, number = key, 2
    while unique in taken or unique in RESERVED:
        unique, number = f"{key}_{number}", number + 1
    return unique


def renamed(blueprint: Blueprint, name: str) -> Blueprint:
    """The same workflow under another name."""
    return replace(blueprint, name=name)


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _space(element: etree._Element) -> str | None:
    return etree.QName(element).namespace
