from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from motcua.service.forms import places
from motcua.service.forms.checking import problems_of, read_document
from motcua.service.forms.comparing import carry, differences
from motcua.service.forms.definition import Definition, Field, Group, Page, Widget, read, write
from motcua.service.forms.judging import judge
from motcua.service.forms.reading import fields_by_name, in_words, read_page, typed_again
from motcua.service.forms.settling import settle
from motcua.service.forms.tests.sample import ON, SAMPLE, typed

HOME = {"form": "NEW", "province": "31", "ward": "11074", "detail": "Thôn 3"}
RIGHT: dict[str, Any] = {
    "name": "Nguyễn Văn An", "born": "1985", "home": HOME, "has_children": False, "amount": 500_000, "truth": True,
}  # fmt: skip


def page(key: str) -> Page:
    found = SAMPLE.page(key)
    assert found
    return found


class TestDocument:
    def test_reads_back_what_it_has_written(self) -> None:
        assert read(write(SAMPLE)) == SAMPLE

    def test_is_a_json_schema_that_takes_right_answers(self) -> None:
        document = write(SAMPLE)
        Draft202012Validator.check_schema(document)
        settled = settle(SAMPLE, RIGHT, on=ON).values
        assert not list(Draft202012Validator(document).iter_errors(settled))
        assert list(Draft202012Validator(document).iter_errors({**settled, "amount": -1}))

    @pytest.mark.parametrize(
        "document",
        [
            [],
            {"x-pages": [{"key": "a"}]},
            {"type": "thing"},
            {"x-pages": "no"},
            {"x-pages": [{"key": "a", "title": "A", "groups": [{"key": "g", "fields": ["gone"]}]}]},
        ],
    )
    def test_one_that_is_none_is_refused_in_words(self, document: Any) -> None:
        definition, found = read_document(document)
        assert definition is None
        assert found[0].startswith("Tệp")

    def test_a_condition_may_only_ask_what_stands_before(self) -> None:
        circle = Field(name="a", label="A", show_if={"var": "b"})
        group = Group(key="g", fields=(circle, Field(name="b", label="B", show_if={"boom": 1})))
        found = problems_of(Definition(title="X", pages=(Page(key="p", title="P", groups=(group,)),)))
        assert any("luật hỏi “b”, không phải một câu đứng trước" in fault for fault in found)
        assert any("Không có phép “boom”" in fault for fault in found)
        assert not problems_of(SAMPLE)


class TestJudging:
    def test_right_answers_have_no_problem(self) -> None:
        assert judge(SAMPLE, RIGHT, on=ON) == {}

    def test_says_of_each_field_what_to_do(self) -> None:
        found = judge(SAMPLE, {}, on=ON)
        assert found["name"] == "Hãy ghi: họ và tên."
        assert found["has_children"] == "Hãy chọn Có hoặc Không."
        assert "why" not in found
        assert "guardian" not in found
        assert "old_note" not in found

    def test_asks_a_guardian_of_a_child(self) -> None:
        assert judge(SAMPLE, RIGHT | {"born": "2015-01-01"}, on=ON) == {"guardian": "Hãy ghi: người giám hộ."}

    def test_requires_a_reason_of_a_large_sum(self) -> None:
        assert set(judge(SAMPLE, RIGHT | {"amount": 2_000_000}, on=ON)) == {"why"}

    def test_asks_again_what_was_asked_on_an_earlier_day(self) -> None:
        assert "old_note" in judge(SAMPLE, RIGHT, on=date(2022, 12, 31))

    def test_counts_rows(self) -> None:
        assert judge(SAMPLE, RIGHT | {"has_children": True}, on=ON) == {
            "children": "Cần ít nhất 1 Con; hiện có 0."
        }
        rows = [{"child": "Nguyễn Thị Bé", "sex": "NU"}, {"child": "Bé 2"}]
        found = judge(SAMPLE, RIGHT | {"has_children": True, "children": rows}, on=ON)
        assert set(found) == {"children.1.child", "children.1.sex"}

    def test_what_is_hidden_counts_for_nothing(self) -> None:
        values = settle(
            SAMPLE, RIGHT | {"guardian": "Trần Văn Cũ", "children": [{"child": "X"}]}, on=ON
        ).values
        assert "guardian" not in values
        assert "children" not in values

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("born", "31/02/1985x", "chưa phải là một ngày"),
            ("born", "1985-02-31", "Không có ngày 31/02/1985"),
            ("number", "123", "đúng 12 chữ số"),
            ("amount", 200_000_000, "đến 100.000.000 đồng"),
            ("amount", "nhiều", "bằng số đồng"),
            ("area", "1.234", "2 chữ số"),
            ("papers", ["A", "C"], "mục đã cho"),
            ("home", {"form": "NEW", "province": "31", "ward": "Tân"}, "Có nhiều nơi gần"),
            ("home", {"form": "NEW", "province": "31", "ward": "Không Đâu"}, "địa chỉ cũ"),
            ("home", {"form": "OLD", "province": "Hải Dương", "ward": ""}, "như lúc đó"),
            ("truth", "yes", "chưa đúng dạng"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong(self, field: str, value: Any, words: str) -> None:
        assert words in judge(SAMPLE, RIGHT | {field: value}, on=ON)[field]


class TestReading:
    def test_reads_a_page_as_people_write(self) -> None:
        sent = typed(
            name="  nguyễn   Văn An ", born="5/3/1985", number="031 085 000 123", home__form="NEW",
            home__province="31", home__ward="tu ky", home__detail="Thôn 3",
        )  # fmt: skip
        assert read_page(page("person"), sent, on=ON) == {
            "name": "nguyễn Văn An", "born": "1985-03-05", "guardian": None, "number": "031085000123",
            "home": {"form": "NEW", "province": "31", "ward": "11074", "detail": "Thôn 3"}, "old_note": None,
        }  # fmt: skip

    def test_keeps_what_it_cannot_read(self) -> None:
        answers = read_page(page("person"), typed(born="hôm qua", number="12"), on=ON)
        assert (answers["born"], answers["number"]) == ("hôm qua", "12")
        answers = read_page(page("money"), typed(amount="1.500.000 đ", area="85,5", papers=["A", "A"]), on=ON)
        assert (answers["amount"], answers["area"], answers["papers"]) == (1_500_000, "85.5", ["A"])

    def test_reads_rows_in_order_and_no_more_than_fit(self) -> None:
        sent = typed(**{f"children__{place}__child": f"Bé {place}" for place in (2, 10, 0, 3, 5)})
        rows = read_page(page("family"), sent, on=ON)["children"]
        assert [row["child"] for row in rows] == ["Bé 0", "Bé 2", "Bé 3"]

    def test_shows_again_what_it_has_read(self) -> None:
        fields = fields_by_name(SAMPLE)
        assert typed_again(fields["born"], "1985-03-05") == "05/03/1985"
        assert typed_again(fields["born"], "1985-03") == "03/1985"
        assert typed_again(fields["amount"], 1_500_000) == "1.500.000"
        assert in_words(fields["papers"], ["A", "B"]) == "Đơn; Ảnh"
        assert in_words(fields["home"], HOME) == "Thôn 3, Xã Tứ Kỳ, Thành phố Hải Phòng"
        old = {"form": "OLD", "province": "Hải Dương", "district": "Tứ Kỳ", "ward": "Hưng Đạo"}
        assert in_words(fields["home"], old) == "Hưng Đạo, Tứ Kỳ, Hải Dương"
        assert places.fault(old) == ""


class TestComparing:
    def changed(self) -> Definition:
        person, family, money = SAMPLE.pages
        group = person.groups[0]
        fields = tuple(field for field in group.fields if field.name != "number")
        new = Field(name="nation", label="Dân tộc")
        narrower = replace(money.groups[0].fields[0], most=100_000)
        money = replace(
            money, groups=(replace(money.groups[0], fields=(narrower, *money.groups[0].fields[1:])),)
        )
        person = replace(person, groups=(replace(group, fields=(*fields, new)),))
        return replace(SAMPLE, pages=(person, family, money))

    def test_tells_the_differences(self) -> None:
        assert differences(SAMPLE, self.changed()) == [
            "Thêm câu “Dân tộc” (trang “Người khai”), bắt buộc.",
            "Câu “Số tiền”: sửa giới hạn của câu trả lời.",
            "Bỏ câu “Số định danh” (trang “Người khai”).",
        ]
        assert differences(SAMPLE, SAMPLE) == []

    def test_carries_answers_over_and_asks_again_what_it_must(self) -> None:
        carried = carry(SAMPLE, self.changed(), RIGHT | {"number": "031085000123"}, on=ON)
        assert carried.data == RIGHT
        assert carried.again["nation"] == "Câu mới của biểu mẫu."
        assert "100.000" in carried.again["amount"]
        assert carried.left_out == ["Số định danh"]

    def test_a_widget_is_a_change(self) -> None:
        old, new = (
            Definition(
                title="X", pages=(Page(key="p", title="P", groups=(Group(key="g", fields=(field,)),)),)
            )
            for field in (Field(name="a", label="A"), Field(name="a", label="A", widget=Widget.MONEY))
        )
        assert differences(old, new) == ["Câu “A”: từ “Một dòng chữ” thành “Số tiền (đồng)”."]
