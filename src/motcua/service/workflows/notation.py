"""Ký hiệu BPMN: what is understood, what is left aside with a word, and what is refused by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lxml import etree

from motcua.core.errors import DomainError
from motcua.service.workflows.blueprint import START, GateKind, Outcome, StepKind

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:motcua:workflow:1"
PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI, "motcua": OURS}

LARGEST = 1_000_000  # bytes of a file
MOST_STEPS = 60
MOST_NODES = 300
DEEPEST = 5  # sub-processes in one another
PROCESS = "process"
RESERVED = frozenset({START, PROCESS, "definitions", "diagram", "plane", "lanes"})
CONDITION = re.compile(r"\s*outcome\s*==\s*(?:'([A-Z_]+)'|\"([A-Z_]+)\")\s*")
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")  # no dot: our own ids of gateways and lines have one
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

STEP_TAGS = frozenset({"userTask", "task", "manualTask", "serviceTask"})
GATE_TAGS = {
    "exclusiveGateway": GateKind.EXCLUSIVE,
    "parallelGateway": GateKind.PARALLEL,
    "intermediateThrowEvent": GateKind.MILESTONE,
}
TAG_OF_GATE = {kind: tag for tag, kind in GATE_TAGS.items()}
NODE_TAGS = STEP_TAGS | GATE_TAGS.keys() | {"startEvent", "endEvent"}

SILENT = frozenset(  # says something to the reader, changes nothing in the run
    {
        "documentation",
        "extensionElements",
        "laneSet",
        "incoming",
        "outgoing",
        "category",
        "resource",
        "auditing",
    }
    | {"monitoring", "potentialOwner", "humanPerformer", "performer", "resourceRole", "rendering"}
)
LEFT_OUT = {  # changes nothing in the run either, but is not kept: told by a warning
    "textAnnotation": "ghi chú trên hình",
    "association": "đường nối ghi chú",
    "group": "khung nhóm",
    "dataObject": "đối tượng dữ liệu",
    "dataObjectReference": "đối tượng dữ liệu",
    "dataStoreReference": "kho dữ liệu",
    "property": "thuộc tính dữ liệu",
    "ioSpecification": "dữ liệu vào, ra của bước",
    "dataInputAssociation": "dữ liệu vào của bước",
    "dataOutputAssociation": "dữ liệu ra của bước",
    "messageFlow": "luồng thông điệp",
}
TRIGGERS_LEFT_OUT = {  # on these events a definition says who begins or who is told, not where the flow goes
    "startEvent": frozenset(
        {
            "messageEventDefinition",
            "timerEventDefinition",
            "signalEventDefinition",
            "conditionalEventDefinition",
        }
    ),
    "endEvent": frozenset({"messageEventDefinition", "signalEventDefinition"}),
    "intermediateThrowEvent": frozenset({"messageEventDefinition", "signalEventDefinition"}),
}
CODE = frozenset(  # extensions of other tools that would run something
    {"script", "executionlistener", "tasklistener", "prescript", "postscript", "inputoutput"}
)
CALLS = frozenset({"connector", "servicetaskoperator", "taskdefinition"})  # what a service task calls
CONSTRUCTS = {
    "scriptTask": "tác vụ chạy mã lệnh",
    "sendTask": "tác vụ gửi thông điệp",
    "receiveTask": "tác vụ chờ thông điệp",
    "businessRuleTask": "tác vụ bảng quyết định",
    "callActivity": "gọi quy trình khác",
    "eventSubProcess": "quy trình con theo sự kiện",
    "adHocSubProcess": "quy trình con tự do",
    "transaction": "giao dịch",
    "inclusiveGateway": "cổng bao hàm",
    "complexGateway": "cổng phức hợp",
    "eventBasedGateway": "cổng theo sự kiện",
    "intermediateCatchEvent": "sự kiện chờ giữa chừng",
    "boundaryEvent": "sự kiện gắn trên bước",
    "timerEventDefinition": "hẹn giờ",
    "messageEventDefinition": "sự kiện thông điệp",
    "signalEventDefinition": "sự kiện tín hiệu",
    "conditionalEventDefinition": "sự kiện có điều kiện",
    "escalationEventDefinition": "sự kiện leo thang",
    "errorEventDefinition": "sự kiện lỗi",
    "cancelEventDefinition": "sự kiện hủy giao dịch",
    "compensateEventDefinition": "sự kiện bù trừ",
    "linkEventDefinition": "sự kiện liên kết",
    "terminateEventDefinition": "kết thúc cưỡng bức",
    "multiInstanceLoopCharacteristics": "bước lặp nhiều lượt",
    "standardLoopCharacteristics": "bước tự lặp",
    "isForCompensation": "hoạt động bù trừ",
    "conditionExpression": "biểu thức điều kiện",
    "import": "nhập tệp ngoài",
    "process": "nhiều quy trình trong một tệp",
    "script": "đoạn mã chạy kèm",
}

KINDS: Mapping[str, StepKind] = {kind.value: kind for kind in StepKind}
OUTCOMES: Mapping[str, Outcome] = {outcome.value: outcome for outcome in Outcome}

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


class Found(NamedTuple):
    """Một ký hiệu trong tệp: its BPMN element, its name and its id as the file gives them."""

    tag: str
    name: str = ""
    id: str = ""


class UnreadableModel(DomainError):
    """Mô hình không đọc được: the file is no BPMN model that could be run here."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="bpmn")


class UnsupportedConstruct(UnreadableModel):
    """Ký hiệu chưa hỗ trợ: `constructs` are pairs of BPMN element and name, `elements` have the ids as well."""

    def __init__(self, found: Iterable[Found], advice: str = "") -> None:
        self.elements = tuple(found)
        self.constructs = tuple((one.tag, one.name) for one in self.elements)
        named = "; ".join(_named(one) for one in self.elements[:8])
        more = f" và {len(self.elements) - 8} chỗ khác" if len(self.elements) > 8 else ""
        super().__init__(
            f"Mô hình có ký hiệu chưa được hỗ trợ: {named}{more}. "
            + (
                advice
                or "Hãy chỉ dùng bước do người làm, cổng loại trừ, cổng song song, quy trình con, mốc, "
            )
            + ("" if advice else "một điểm bắt đầu và các điểm kết thúc.")
        )


class SeveralProcesses(UnsupportedConstruct):
    """Nhiều quy trình trong một tệp, and no single one that is to be run: one must be chosen, by its id."""

    def __init__(self, found: Iterable[Found]) -> None:
        super().__init__(found, "Hãy chọn một quy trình của tệp để nhập.")


def _named(one: Found) -> str:
    return (
        f"{CONSTRUCTS.get(one.tag, 'ký hiệu')} ({one.tag})"
        + (f" “{one.name}”" if one.name else "")
        + (f" mã {one.id}" if one.id else "")
    )


def tag_of(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def space(element: etree._Element) -> str | None:
    return etree.QName(element).namespace
