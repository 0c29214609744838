"""BPMN written and read back; other tools' models; what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Flow, Outcome, Step, StepKind, duration, settled
from motcua.service.workflows.templates import short_blueprint, standard_blueprint

MODELS = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "bpmn"
HEAD = f'<definitions xmlns="{bpmn.BPMN}" xmlns:xsi="{bpmn.XSI}" targetNamespace="x">'
PLAIN = HEAD + (
    '<process id="p" name="Cấp giấy phép"><laneSet id="ls"><lane id="l1" name="công chức MỘT CỬA">'
    "<flowNodeRef>a</flowNodeRef></lane></laneSet>"
    '<startEvent id="s"/><task id="a" name="Tiếp nhận hồ sơ"/><userTask id="b" name="Thẩm định"/>'
    '<userTask id="c" name="Ký duyệt"/><exclusiveGateway id="g" name="Đồng ý không?"/><task id="d" name="Trả kết quả"/>'
    '<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
    '<sequenceFlow id="f2" sourceRef="a" targetRef="b"/>'
    '<sequenceFlow id="f3" sourceRef="b" targetRef="c"/><sequenceFlow id="f4" sourceRef="c" targetRef="g"/>'
    '<sequenceFlow id="f5" sourceRef="g" targetRef="d" name="Đồng ý"/>'
    '<sequenceFlow id="f6" sourceRef="g" targetRef="b" name="Trả lại để sửa"/>'
    '<sequenceFlow id="f7" sourceRef="d" targetRef="e"/></process></definitions>'
)


def with_in_process(extra: str) -> str:
    return PLAIN.replace("</process>", extra + "</process>")


class TestWrite:
    @pytest.mark.parametrize(
        "blueprint", [standard_blueprint(2400), short_blueprint(480), Blueprint("Trống")]
    )
    def test_reads_back_as_the_same_blueprint(self, blueprint: Blueprint) -> None:
        xml = bpmn.write(blueprint)

        assert bpmn.read(xml) == settled(blueprint)
        assert bpmn.write(bpmn.read(xml)) == xml

    def test_draws_every_box_and_line(self) -> None:
        root = bpmn.parse(bpmn.write(standard_blueprint(2400)))
        process = root.find(f"{{{bpmn.BPMN}}}process")
        drawn = {
            shape.get("bpmnElement")
            for shape in root.iter(f"{{{bpmn.DI}}}BPMNShape", f"{{{bpmn.DI}}}BPMNEdge")
        }

        assert {element.get("id") for element in process} == drawn

    def test_gives_each_id_once(self) -> None:
        ids = [
            element.get("id")
            for element in bpmn.parse(bpmn.write(standard_blueprint(2400))).iter(etree.Element)
        ]
        given = [one for one in ids if one]

        assert len(given) == len(set(given))

    def test_keeps_boxes_apart(self) -> None:
        root = bpmn.parse(bpmn.write(standard_blueprint(2400)))
        boxes = [
            tuple(int(bounds.get(side)) for side in ("x", "y", "width", "height"))
            for bounds in root.iter(f"{{{bpmn.DC}}}Bounds")
        ]
        for place, (x, y, width, height) in enumerate(boxes):
            for other_x, other_y, other_width, other_height in boxes[place + 1 :]:
                assert (
                    x + width <= other_x or other_x + other_width <= x
                    or y + height <= other_y or other_y + other_height <= y
                )  # fmt: skip

    def test_carries_vietnamese_and_signs(self) -> None:
        name = 'Thẩm định <& "đặc biệt">'
        blueprint = Blueprint("Thử", (Step("a", name),), (Flow("a", "end"),), "a")

        assert bpmn.read(bpmn.write(blueprint)).step("a").name == name

    def test_leaves_out_what_xml_cannot_hold(self) -> None:
        blueprint = Blueprint("Thử\x00", (Step("a", "Một\x07 \ud800bước"),), (Flow("a", "end"),), "a")

        assert bpmn.read(bpmn.write(blueprint)).step("a").name == "Một bước"

    def test_makes_a_file_that_reads_back(self) -> None:
        xml = bpmn.write(standard_blueprint(2400))

        assert bpmn.write(bpmn.read(bpmn.as_file(xml))) == xml


class TestRead:
    def test_understands_a_plain_model(self) -> None:
        blueprint = bpmn.read(PLAIN, roles={"Công chức Một cửa": "CLERK"})

        assert blueprint.name == "Cấp giấy phép"
        assert [(step.key, step.kind) for step in blueprint.steps] == [
            ("a", StepKind.RECEIVE), ("b", StepKind.WORK), ("c", StepKind.SIGN), ("d", StepKind.RETURN),
        ]  # fmt: skip
        assert blueprint.step("a").role == "CLERK"
        assert blueprint.step("b").role == ""
        assert blueprint.next_key("c", Outcome.SEND_BACK) == "b"
        assert blueprint.next_key("c", Outcome.AGREE) == "d"

    def test_accepts_a_file_in_any_encoding(self) -> None:
        data = ('<?xml version="1.0" encoding="UTF-16"?>' + PLAIN).encode("utf-16")

        assert bpmn.read(data).name == "Cấp giấy phép"

    def test_makes_keys_of_strange_ids(self) -> None:
        xml = (
            PLAIN.replace('id="b"', 'id="start"')
            .replace('Ref="b"', 'Ref="start"')
            .replace("<userTask id=", "<task id=")
        )

        blueprint = bpmn.read(xml.replace("userTask", "task"))

        assert "start" not in blueprint.by_key
        assert bpmn.read(bpmn.write(blueprint)) == blueprint

    @pytest.mark.parametrize(
        ("element", "construct"),
        [
            ('<scriptTask id="x" name="Chạy"><script>import os</script></scriptTask>', "scriptTask"),
            ('<serviceTask id="x"/>', "serviceTask"),
            ('<parallelGateway id="x"/>', "parallelGateway"),
            ('<subProcess id="x" name="Con"/>', "subProcess"),
            ('<callActivity id="x"/>', "callActivity"),
            (
                '<boundaryEvent id="x" attachedToRef="a"><timerEventDefinition/></boundaryEvent>',
                "boundaryEvent",
            ),
            (
                '<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>',
                "intermediateCatchEvent",
            ),
            ('<endEvent id="x"><terminateEventDefinition/></endEvent>', "terminateEventDefinition"),
            (
                '<task id="x" name="Lặp"><multiInstanceLoopCharacteristics/></task>',
                "multiInstanceLoopCharacteristics",
            ),
            (
                '<task id="x"><extensionElements><preScript xmlns="urn:spiff">1/0</preScript></extensionElements></task>',
                "script",
            ),
        ],
    )
    def test_refuses_by_name_what_it_does_not_support(self, element: str, construct: str) -> None:
        with pytest.raises(bpmn.UnsupportedConstruct) as refused:
            bpmn.read(with_in_process(element))

        assert construct in {tag for tag, _ in refused.value.constructs}
        assert f"({construct})" in refused.value.message
        assert refused.value.field == "bpmn"

    @pytest.mark.parametrize(
        "condition",
        ["__import__('os').system('id')", "outcome == 'AGREE' or 1", "outcome == 'HACKED'", "True"],
    )
    def test_refuses_any_condition_but_an_outcome(self, condition: str) -> None:
        xml = PLAIN.replace(
            'targetRef="d" name="Đồng ý"/>',
            f'targetRef="d"><conditionExpression>{condition}</conditionExpression></sequenceFlow>',
        )
        with pytest.raises(bpmn.UnreadableModel, match="Điều kiện"):
            bpmn.read(xml)

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "rỗng"),
            (b"   ", "rỗng"),
            (b"%PDF-1.7", "XML"),
            (b"<a/>", "BPMN 2.0"),
            (b"<a>" + b" " * bpmn.LARGEST + b"</a>", "1 MB"),
            (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
            (PLAIN.replace('id="e"', 'id="s"').encode(), "trùng mã"),
            (PLAIN.replace('targetRef="e"', 'targetRef="nowhere"').encode(), "không dẫn tới"),
            (PLAIN.replace('<startEvent id="s"/>', "").encode(), "đúng một điểm bắt đầu"),
            (
                PLAIN.replace(' name="Đồng ý"', "").replace(' name="Trả lại để sửa"', "").encode(),
                "Đồng ý không?",
            ),
            (with_in_process('<sequenceFlow id="f8" sourceRef="a" targetRef="d"/>').encode(), "rẽ song song"),
        ],
    )
    def test_refuses_a_bad_file_in_a_sentence(self, data: bytes, sentence: str) -> None:
        with pytest.raises(bpmn.UnreadableModel, match=sentence.replace("?", r"\?")):
            bpmn.read(data)

    def test_expands_no_entities(self) -> None:
        bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + PLAIN
        with pytest.raises(bpmn.UnreadableModel, match="DOCTYPE"):
            bpmn.read(bomb)


@pytest.mark.skipif(not MODELS.is_dir(), reason="The reference models of ../shared/data/bpmn are not here.")
class TestReferenceModels:
    PARSED = {"A.1.0": 3}
    REFUSED = {
        "A.2.0": "Gateway (Split Flow)",
        "A.3.0": "subProcess",
        "A.4.0": "process",
        "B.1.0": "process",
        "C.1.0": "process",
    }

    def test_are_all_told_of(self) -> None:
        assert {path.stem for path in MODELS.glob("*.bpmn")} == self.PARSED.keys() | self.REFUSED.keys()

    @pytest.mark.parametrize(("model", "steps"), PARSED.items())
    def test_are_read_when_they_lie_within_the_subset(self, model: str, steps: int) -> None:
        assert len(bpmn.read((MODELS / f"{model}.bpmn").read_bytes()).steps) == steps

    @pytest.mark.parametrize(("model", "construct"), REFUSED.items())
    def test_are_refused_by_name_otherwise(self, model: str, construct: str) -> None:
        with pytest.raises(bpmn.UnreadableModel) as refused:
            bpmn.read((MODELS / f"{model}.bpmn").read_bytes())

        assert construct in refused.value.message


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 phút"), (45, "45 phút"), (480, "1 ngày"), (750, "1 ngày 4 giờ 30 phút")]
)
def test_duration_is_said_in_working_days(minutes: int, words: str) -> None:
    assert duration(minutes) == words
