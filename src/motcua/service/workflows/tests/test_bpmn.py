"""BPMN written and read back; other tools' models; what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import (
    Blueprint,
    Flow,
    GateKind,
    Outcome,
    Step,
    StepKind,
    duration,
    settled,
)
from motcua.service.workflows.templates import short_blueprint, standard_blueprint

BESIDE = [parent / "shared" / "data" / "bpmn" for parent in Path(__file__).resolve().parents[6:8]]
MODELS = next((folder for folder in BESIDE if folder.is_dir()), BESIDE[0])
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
            ('<sendTask id="x"/>', "sendTask"),
            ('<receiveTask id="x"/>', "receiveTask"),
            ('<businessRuleTask id="x"/>', "businessRuleTask"),
            ('<inclusiveGateway id="x"/>', "inclusiveGateway"),
            ('<complexGateway id="x"/>', "complexGateway"),
            ('<eventBasedGateway id="x"/>', "eventBasedGateway"),
            ('<subProcess id="x" name="Con" triggeredByEvent="true"/>', "eventSubProcess"),
            ('<adHocSubProcess id="x"/>', "adHocSubProcess"),
            ('<transaction id="x"/>', "transaction"),
            ('<subProcess id="x"><standardLoopCharacteristics/></subProcess>', "standardLoopCharacteristics"),
            ('<subProcess id="x"><scriptTask id="y" name="Sâu"/></subProcess>', "scriptTask"),
            (
                '<subProcess id="x"><startEvent id="y"><timerEventDefinition/></startEvent></subProcess>',
                "timerEventDefinition",
            ),
            (
                '<intermediateThrowEvent id="x"><linkEventDefinition/></intermediateThrowEvent>',
                "linkEventDefinition",
            ),
            ('<endEvent id="x"><errorEventDefinition/></endEvent>', "errorEventDefinition"),
            ('<task id="x" isForCompensation="true"/>', "isForCompensation"),
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
            (PLAIN.replace('sourceRef="a"', 'sourceRef="nowhere"').encode(), "không bắt đầu từ"),
            (with_in_process('<sequenceFlow id="f8" sourceRef="e" targetRef="d"/>').encode(), "có đường ra"),
            (with_in_process('<sequenceFlow id="f8" sourceRef="a" targetRef="s"/>').encode(), "dẫn ngược"),
            (with_in_process('<parallelGateway id="x"/>').encode(), "không có đường ra"),
            (with_in_process('<startEvent id="s2" name="Khác"/>').encode(), "Khác"),
            (
                with_in_process(
                    '<subProcess id="x"><task id="y"/></subProcess><sequenceFlow id="z" sourceRef="d" targetRef="y"/>'
                ).encode(),
                "xuyên ranh giới",
            ),
        ],
    )
    def test_refuses_a_bad_file_in_a_sentence(self, data: bytes, sentence: str) -> None:
        with pytest.raises(bpmn.UnreadableModel, match=sentence.replace("?", r"\?")):
            bpmn.read(data)

    def test_expands_no_entities(self) -> None:
        bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + PLAIN
        with pytest.raises(bpmn.UnreadableModel, match="DOCTYPE"):
            bpmn.read(bomb)


class TestWhatIsLeftAside:
    """What changes nothing in the run is not kept, and the reader is told."""

    def warned(self, xml: str, **given: object) -> str:
        return " ".join(bpmn.read_with_warnings(xml, **given).warnings)

    @pytest.mark.parametrize(
        ("element", "told"),
        [
            ('<textAnnotation id="x"><text>Chú ý</text></textAnnotation>', "textAnnotation"),
            ('<association id="x" sourceRef="a" targetRef="b"/>', "association"),
            ('<dataObject id="x"/><dataObjectReference id="y" name="Tờ khai"/>', "Tờ khai"),
            ('<dataStoreReference id="x" name="Kho"/>', "kho dữ liệu"),
            ('<serviceTask id="x" name="Gửi thư"/>', "Gửi thư"),
            ('<task id="x"><ioSpecification/><dataInputAssociation/></task>', "ioSpecification"),
            ('<endEvent id="x" name="Báo tin"><messageEventDefinition/></endEvent>', "Báo tin"),
        ],
    )
    def test_is_told(self, element: str, told: str) -> None:
        assert told in self.warned(with_in_process(element))

    def test_keeps_quiet_about_our_own_files(self) -> None:
        assert bpmn.read_with_warnings(bpmn.write(standard_blueprint(2400))).warnings == ()

    def test_takes_a_branch_by_its_name_when_its_condition_is_another_tools(self) -> None:
        xml = PLAIN.replace(
            'name="Đồng ý"/>', 'name="Đồng ý"><conditionExpression>${ok}</conditionExpression></sequenceFlow>'
        )
        assert "${ok}" in self.warned(xml)
        assert bpmn.read(xml).next_key("c", Outcome.AGREE) == "d"

    def test_says_which_lanes_are_no_role_and_no_agency(self) -> None:
        assert "MỘT CỬA" in self.warned(PLAIN)
        read = bpmn.read_with_warnings(PLAIN, units={"Công chức một cửa": "H99.1"})
        assert read.warnings == ()
        assert read.blueprint.step("a").unit == "H99.1"

    def test_finds_the_beginning_of_a_model_that_draws_none(self) -> None:
        xml = PLAIN.replace('<startEvent id="s"/>', "").replace(
            '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/>', ""
        )
        assert "điểm bắt đầu" in self.warned(xml)
        assert bpmn.read(xml).start == "a"

    def test_puts_a_gate_where_ways_part_without_one(self) -> None:
        xml = with_in_process('<sequenceFlow id="f8" sourceRef="a" targetRef="d"/>')
        blueprint = bpmn.read(xml)

        assert "song song" in self.warned(xml)
        assert [(gate.key, gate.kind) for gate in blueprint.gates if gate.key != "g"] == [
            ("a_split", GateKind.PARALLEL)
        ]
        assert {flow.target for flow in blueprint.drawn_from("a_split")} == {"b", "d"}


class TestSeveralProcesses:
    TWO = PLAIN.replace(
        "</definitions>",
        '<process id="q" name="Quy trình kia"><startEvent id="q1"/><task id="q2" name="Một"/><endEvent id="q3"/>'
        '<sequenceFlow id="q4" sourceRef="q1" targetRef="q2"/><sequenceFlow id="q5" sourceRef="q2" targetRef="q3"/>'
        '</process><collaboration id="c"><participant id="c1" processRef="p"/><messageFlow id="c2" sourceRef="q2" '
        'targetRef="a"/></collaboration></definitions>',
    )

    def test_are_told_by_name_and_id(self) -> None:
        with pytest.raises(bpmn.SeveralProcesses) as refused:
            bpmn.read(self.TWO)

        assert "Quy trình kia" in refused.value.message
        assert (
            [one.id for one in refused.value.elements]
            == ["p", "q"]
            == [one.id for one in bpmn.processes(self.TWO)]
        )

    def test_are_chosen_by_id(self) -> None:
        assert bpmn.read_with_warnings(self.TWO, process="q").blueprint.name == "Quy trình kia"
        with pytest.raises(bpmn.UnreadableModel, match="zzz"):
            bpmn.read_with_warnings(self.TWO, process="zzz")

    def test_give_way_to_the_one_that_is_to_be_run(self) -> None:
        reading = bpmn.read_with_warnings(self.TWO.replace('id="q" ', 'id="q" isExecutable="true" '))

        assert reading.blueprint.name == "Quy trình kia"
        assert "Cấp giấy phép" in " ".join(reading.warnings)
        assert "messageFlow" in " ".join(reading.warnings)


class TestOtherHands:
    """The same model as other tools write it."""

    def test_prefixes_do_not_matter(self) -> None:
        foreign = re.sub(r"<(/?)(?=[a-z])", r"<\1semantic:", PLAIN).replace("xmlns=", "xmlns:semantic=")

        assert bpmn.read(foreign) == bpmn.read(PLAIN)

    def test_a_picture_is_kept_to_the_point(self) -> None:
        shapes = "".join(
            f'<d:BPMNShape bpmnElement="{key}">'
            f'<c:Bounds x="{10 + 100 * place}.5" y="7" width="80" height="60.25"/></d:BPMNShape>'
            for place, key in enumerate("sabcgde")
        )
        lines = "".join(
            f'<d:BPMNEdge bpmnElement="f{n}"><w:waypoint x="{n}" y="1"/><w:waypoint x="{n}.25" y="9"/></d:BPMNEdge>'
            for n in range(1, 8)
        )
        xml = PLAIN.replace(
            "</definitions>",
            f'<d:BPMNDiagram xmlns:d="{bpmn.DI}" xmlns:c="{bpmn.DC}" xmlns:w="{bpmn.DD}"><d:BPMNPlane>{shapes}{lines}'
            "</d:BPMNPlane></d:BPMNDiagram></definitions>",
        )
        first = bpmn.read(xml)
        again = bpmn.read(bpmn.write(first))

        assert first.picture is not None
        assert first.picture.boxes["b"] == (210.5, 7, 80, 60.25)
        assert again == first
        assert again.picture == first.picture
        assert 'x="210.5"' in bpmn.write(first)

    @pytest.mark.parametrize("number", ["NaN", "inf", "1e300", "-", ""])
    def test_a_picture_that_makes_no_sense_is_drawn_anew(self, number: str) -> None:
        xml = PLAIN.replace(
            "</definitions>",
            f'<d:BPMNDiagram xmlns:d="{bpmn.DI}" xmlns:c="{bpmn.DC}"><d:BPMNPlane><d:BPMNShape bpmnElement="a">'
            f'<c:Bounds x="{number}" y="0" width="1" height="1"/></d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>'
            "</definitions>",
        )
        assert bpmn.read(bpmn.write(bpmn.read(xml))) == bpmn.read(xml)

    def test_extension_elements_are_not_carried_on(self) -> None:
        xml = PLAIN.replace(
            '<userTask id="b" name="Thẩm định"/>',
            '<userTask id="b" name="Thẩm định"><extensionElements><z:form xmlns:z="urn:z" key="boom"/>'
            "</extensionElements></userTask>",
        )
        assert "boom" not in bpmn.write(bpmn.read(xml))


@pytest.mark.skipif(not MODELS.is_dir(), reason="The reference models of ../shared/data/bpmn are not here.")
class TestReferenceModels:
    READ = {  # (file, process): steps, gates, sub-processes, ends
        ("A.1.0", ""): (3, 0, 0, 1),
        ("A.2.0", ""): (4, 2, 0, 1),
        ("A.4.0", "WFP-6-1"): (2, 0, 0, 1),
        ("A.4.0", "WFP-6-2"): (4, 1, 2, 4),
        ("B.1.0", "Process_ba16239e-181e-4b9f-bc5b-0bb2ee973450"): (1, 0, 0, 1),
        ("B.1.0", "WFP-6-1"): (3, 0, 0, 1),
        ("B.1.0", "WFP-0-"): (1, 0, 0, 1),
        ("C.1.0", ""): (5, 2, 0, 2),
    }
    REFUSED = {
        ("A.3.0", ""): {"boundaryEvent"},
        ("A.4.0", ""): {"process"},
        ("B.1.0", ""): {"process"},
        ("B.1.0", "WFP-6-2"): {"callActivity", "terminateEventDefinition"},
        ("C.1.0", "sid-5FBB6CB3-8A7C-42B5-9024-15BB2684EC57"): {
            "intermediateCatchEvent",
            "eventBasedGateway",
        },
    }

    def model(self, name: str) -> bytes:
        return (MODELS / f"{name}.bpmn").read_bytes()

    def test_are_all_told_of(self) -> None:
        told = {name for name, _ in self.READ.keys() | self.REFUSED.keys()}
        assert {path.stem for path in MODELS.glob("*.bpmn")} == told

    @pytest.mark.parametrize(("which", "count"), READ.items())
    def test_go_in_and_out_and_in_again_alike(
        self, which: tuple[str, str], count: tuple[int, int, int, int]
    ) -> None:
        name, process = which
        first = bpmn.read_with_warnings(self.model(name), process=process).blueprint
        again = bpmn.read(bpmn.write(first))

        assert (len(first.steps), len(first.gates), len(first.subs), len(first.ends)) == count
        assert again == first
        assert again.picture == (first.picture or again.picture)
        assert bpmn.write(again) == bpmn.write(first)

    @pytest.mark.parametrize("which", [which for which in READ if which != ("B.1.0", "WFP-0-")])
    def test_keep_the_places_of_their_boxes(self, which: tuple[str, str]) -> None:
        root = bpmn.parse(self.model(which[0]))
        boxes = {
            shape.get("bpmnElement"): [float(shape[0].get(side)) for side in ("x", "y", "width", "height")]
            for shape in root.iter(f"{{{bpmn.DI}}}BPMNShape")
        }
        blueprint = bpmn.read_with_warnings(self.model(which[0]), process=which[1]).blueprint
        written = {
            shape.get("bpmnElement"): [float(shape[0].get(side)) for side in ("x", "y", "width", "height")]
            for shape in bpmn.parse(bpmn.write(blueprint)).iter(f"{{{bpmn.DI}}}BPMNShape")
        }
        for key in (*blueprint.by_key, *blueprint.sub_by_key, *blueprint.end_by_key):
            assert written[key] == boxes[key]

    @pytest.mark.parametrize(("which", "constructs"), REFUSED.items())
    def test_are_refused_by_name_otherwise(self, which: tuple[str, str], constructs: set[str]) -> None:
        with pytest.raises(bpmn.UnsupportedConstruct) as refused:
            bpmn.read_with_warnings(self.model(which[0]), process=which[1])

        assert {tag for tag, _ in refused.value.constructs} == constructs
        assert all(one.id in refused.value.message for one in refused.value.elements)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 phút"), (45, "45 phút"), (480, "1 ngày"), (750, "1 ngày 4 giờ 30 phút")]
)
def test_duration_is_said_in_working_days(minutes: int, words: str) -> None:
    assert duration(minutes) == words
