"""Đọc và ghi tệp danh mục: pure."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest

from motcua.service.procedures.source import Unreadable, composed, from_source, group_kinds, to_source
from motcua.service.procedures.tests.samples import ENTRY, entry


def channel(**changes):
    return entry(channels=[ENTRY["channels"][0] | changes])


class TestRoundTrip:
    def test_drops_nothing(self):
        assert to_source(from_source(ENTRY)) == ENTRY

    def test_keeps_a_field_that_it_does_not_know(self):
        row = entry(van_ban_lien_quan=[{"so": 1}])
        assert to_source(from_source(row)) == row

    def test_composes_decomposed_letters(self):
        row = entry(name=unicodedata.normalize("NFD", ENTRY["name"]))
        assert to_source(from_source(row)) == ENTRY == composed(row)

    def test_keeps_a_range_as_words(self):
        row = channel(time_value="10-25", time_unit="Ngày")
        facts = from_source(row)
        assert facts.channels[0].limit.unit == "NONE"
        assert facts.channels[0].limit.text == "10-25 Ngày"
        assert to_source(facts) == row


class TestLimit:
    @pytest.mark.parametrize(
        ("value", "unit", "expected"),
        [
            (3.0, "Ngày làm việc", (Decimal(3), "WORKING_DAY")),
            (15.0, "Ngày", (Decimal(15), "DAY")),
            (0.5, "Giờ", (Decimal("0.5"), "HOUR")),
            (6.0, "Tháng", (Decimal(6), "MONTH")),
            (1.0, "(không ghi đơn vị)", (Decimal(1), "NONE")),
            (1.0, "", (Decimal(1), "NONE")),
            (0.0, "Giờ", (Decimal(0), "NONE")),
            (None, "", (None, "NONE")),
        ],
    )
    def test_assumes_no_unit(self, value, unit, expected):
        limit = from_source(channel(time_value=value, time_unit=unit)).channels[0].limit
        assert (limit.value, limit.unit, limit.text) == (*expected, unit)


class TestFee:
    def test_is_an_estimate_when_counted_by_the_piece(self):
        assert from_source(ENTRY).channels[0].fees[0].is_estimate

    def test_is_an_estimate_when_free_means_that_the_province_decides(self):
        row = channel(fee_amount=0, note="Mức thu do Hội đồng nhân dân tỉnh quyết định")
        assert from_source(row).channels[0].fees[0].is_estimate

    def test_is_certain_when_free(self):
        assert not from_source(ENTRY).channels[1].fees[0].is_estimate


class TestPapers:
    def test_are_required_only_when_the_source_asks_for_them_of_all(self):
        rows = [
            ("Tờ khai", 1, True),
            ("Văn bản ủy quyền", 1, False),
            ("Giấy chứng nhận kết hôn (nếu có)", 1, False),
            ("- Trường hợp mang thai hộ: văn bản xác nhận", 1, False),
            ("Giấy tờ tùy thân", 0, False),
        ]
        papers = [{"text": text, "original": number, "copy": 0} for text, number, _ in rows]
        facts = from_source(entry(paper_groups=[{"group": "", "papers": papers}]))
        assert [paper.is_required for paper in facts.papers] == [required for _, _, required in rows]

    def test_under_a_heading_of_notes_are_notes(self):
        note = from_source(ENTRY).groups[3].papers[0]
        assert note.is_note
        assert not note.is_required


class TestGroupKinds:
    @pytest.mark.parametrize(
        ("names", "kinds"),
        [
            (["", "a) Trường hợp mới", "b.Trường hợp đổi"], ["COMMON", "ALTERNATIVE", "ALTERNATIVE"]),
            (["(1.1) Đối với công trình", "(1.2) Đối với nhà ở"], ["ALTERNATIVE", "ALTERNATIVE"]),
            (
                ["* Giấy tờ phải nộp:", "* Giấy tờ phải xuất trình:", "* Lưu ý :"],
                ["COMMON", "COMMON", "NOTE"],
            ),
            (["Trường hợp có yếu tố nước ngoài", ""], ["CONDITIONAL", "COMMON"]),
            (["Hồ sơ của người nhận con nuôi", "Hồ sơ của người được nhận"], ["COMMON", "COMMON"]),
        ],
    )
    def test_tells_choices_from_headings(self, names, kinds):
        assert group_kinds(names) == kinds


class TestUnreadable:
    @pytest.mark.parametrize(
        ("row", "field"),
        [
            ("chữ", "(dòng)"),
            (entry(code=""), "code"),
            (entry(code="không phải mã"), "code"),
            (entry(code=7), "code"),
            (entry(name="  "), "name"),
            (entry(steps=None, levels="Cấp xã"), "levels"),
            (entry(levels=[1]), "levels[1]"),
            (entry(legal=["1/2020/QH14", None]), "legal[2]"),
            (entry(conditions="a\x00b"), "conditions"),
            (entry(channels={}), "channels"),
            (channel(channel="Bồ câu"), "channels[1].channel"),
            (channel(time_value=-1), "channels[1].time_value"),
            (channel(time_value="sớm"), "channels[1].time_value"),
            (channel(time_value=1.005), "channels[1].time_value"),
            (channel(time_value=1e9), "channels[1].time_value"),
            (channel(time_value=True), "channels[1].time_value"),
            (channel(fee_amount=-5), "channels[1].fee_amount"),
            (channel(fee_amount="nhiều"), "channels[1].fee_amount"),
            (channel(la="?"), "channels[1].la"),
            (entry(results=[{"name": "", "code": ""}]), "results[1].name"),
            (entry(paper_groups=[{"group": "", "papers": [{"text": "A", "original": -1}]}]),
             "paper_groups[1].papers[1].original"),
            (entry(paper_groups=[{"group": "", "papers": [{"text": "A", "original": "hai"}]}]),
             "paper_groups[1].papers[1].original"),
        ],
    )  # fmt: skip
    def test_names_the_field(self, row, field):
        with pytest.raises(Unreadable) as refusal:
            from_source(row)
        assert refusal.value.field == field
        assert refusal.value.message
