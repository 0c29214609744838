"""The picture for pages: safe under a strict content policy, readable without eyes."""

from __future__ import annotations

from defusedxml import ElementTree
from lxml import etree

from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Flow, Step
from motcua.service.workflows.drawing import in_words, to_svg
from motcua.service.workflows.templates import standard_blueprint

STANDARD = bpmn.write(standard_blueprint(2400))
SVG = "{http://www.w3.org/2000/svg}"


class TestToSvg:
    def test_has_a_title_and_a_description(self) -> None:
        root = ElementTree.fromstring(to_svg(STANDARD, roles={"CLERK": "Công chức Một cửa"}))

        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == "flow-title flow-desc"
        assert "Công chức Một cửa" in root.find(f"{SVG}desc").text

    def test_has_no_inline_style_and_no_script(self) -> None:
        svg = to_svg(STANDARD, current=["work"], done=["receive"])

        assert "style" not in svg
        assert "<script" not in svg

    def test_marks_where_the_dossier_is(self) -> None:
        root = ElementTree.fromstring(to_svg(STANDARD, current=["work"], done=["receive", "assign"]))
        classes = {group.get("data-step"): group.get("class") for group in root.iter(f"{SVG}g")}

        assert classes["work"] == "flow-step flow-step--current"
        assert classes["assign"] == "flow-step flow-step--done"
        assert classes["sign"] == "flow-step"

    def test_escapes_names(self) -> None:
        name = "<script>alert(1)</script> & “x”"
        svg = to_svg(bpmn.write(Blueprint(name, (Step("a", name),), (Flow("a", "end"),), "a")))

        assert "<script" not in svg
        ElementTree.fromstring(svg)

    def test_draws_a_model_without_a_picture(self) -> None:
        root = bpmn.parse(STANDARD)
        root.remove(root.find(f"{{{bpmn.DI}}}BPMNDiagram"))
        assert to_svg(etree.tostring(root, encoding="unicode")) == to_svg(STANDARD)


class TestInWords:
    def test_tells_every_step_and_its_ways(self) -> None:
        sentences = in_words(standard_blueprint(2400), {"LEADER": "Lãnh đạo"}, current=["sign"])

        assert len(sentences) == 7
        assert sentences[4] == (
            "Bước 5: Ký duyệt kết quả (Lãnh đạo, 4 giờ 30 phút); đồng ý: bước 6; trả lại: bước 3. Đang ở bước này."
        )
