"""Khác nhau giữa hai phiên bản: pure."""

from __future__ import annotations

from dataclasses import replace

from motcua.service.procedures.diff import difference
from motcua.service.procedures.facts import FeeFacts, GroupFacts, LimitFacts, PaperFacts, ResultFacts
from motcua.service.procedures.tests.samples import birth, days


def told(before, after):
    return [str(change) for change in difference(before, after)]


def with_papers(*papers):
    return birth(groups=(GroupFacts(papers=papers),), channels=())


class TestDifference:
    def test_is_empty_between_equals(self):
        assert told(birth(), birth()) == []

    def test_names_a_plain_field(self):
        assert told(birth(), birth(field="Dân số")) == ["Lĩnh vực: “Hộ tịch” → “Dân số”"]

    def test_says_yes_and_no(self):
        assert told(birth(), birth(needs_no_receipt=True)) == [
            "Giải quyết ngay, không cần giấy hẹn: “không” → “có”"
        ]

    def test_shows_long_texts_where_they_part(self):
        same = "chữ giống nhau " * 40
        (line,) = told(birth(steps=f"{same}nộp tại quầy"), birth(steps=f"{same}nộp qua mạng"))
        assert line.startswith("Trình tự thực hiện: “…")
        assert "nộp tại quầy” → “…" in line
        assert line.endswith("nộp qua mạng”")

    def test_tells_a_new_limit(self):
        counter, online = birth().channels
        slower = replace(counter, limit=LimitFacts(days("2"), "WORKING_DAY", "Ngày làm việc"))
        assert told(birth(), birth(channels=(slower, online))) == [
            "Thời hạn (Trực tiếp): “1 ngày làm việc” → “2 ngày làm việc”"
        ]

    def test_tells_a_new_limit_of_a_case(self):
        counter, online = birth().channels
        changed = replace(counter, case_limits=((2, LimitFacts(days("5"), "DAY", "Ngày")),))
        assert told(birth(), birth(channels=(changed, online))) == [
            "Thời hạn theo trường hợp (Trực tiếp): “Trẻ bị bỏ rơi: 7 ngày” → “Trẻ bị bỏ rơi: 5 ngày”"
        ]

    def test_tells_a_way_that_went(self):
        counter, _ = birth().channels
        assert told(birth(), birth(channels=(counter,))) == [
            "Cách thức thực hiện: bỏ “Trực tuyến, 3 (không ghi đơn vị)”"
        ]

    def test_tells_a_new_fee(self):
        counter, online = birth().channels
        dearer = replace(counter, fees=(FeeFacts(9000, "VND", "Lệ phí"), counter.fees[1]))
        assert told(birth(), birth(channels=(dearer, online))) == [
            "Phí, lệ phí (Trực tiếp): “Lệ phí: 8.000 đồng” → “Lệ phí: 9.000 đồng”"
        ]

    def test_tells_a_paper_that_came_and_one_that_went(self):
        before = with_papers(PaperFacts("Tờ khai", 1), PaperFacts("Ảnh", 2))
        after = with_papers(PaperFacts("Tờ khai", 1), PaperFacts("Hộ chiếu", 0, 1))
        assert told(before, after) == [
            "Giấy tờ: bỏ “Ảnh (2 bản chính, 0 bản sao)”",
            "Giấy tờ: thêm “Hộ chiếu (0 bản chính, 1 bản sao)”",
        ]

    def test_tells_a_changed_number_of_copies(self):
        before, after = (
            with_papers(PaperFacts("Ảnh", 2)),
            with_papers(PaperFacts("Ảnh", 3, is_required=False)),
        )
        assert told(before, after) == [
            "Giấy tờ “Ảnh”, bản chính: “2” → “3”",
            "Giấy tờ “Ảnh”, bắt buộc: “có” → “không”",
        ]

    def test_tells_rewording_from_replacing(self):
        before = with_papers(PaperFacts("Tờ khai đăng ký khai sinh theo mẫu", 1))
        after = with_papers(PaperFacts("Tờ khai đăng ký khai sinh theo mẫu mới", 1))
        assert told(before, after) == [
            "Giấy tờ sửa lời: “Tờ khai đăng ký khai sinh theo mẫu” → “Tờ khai đăng ký khai sinh theo mẫu mới”"
        ]

    def test_tells_a_paper_that_moved_to_another_case(self):
        first = birth(groups=(GroupFacts("A", papers=(PaperFacts("Ảnh", 1),)), GroupFacts("B")), channels=())
        second = birth(groups=(GroupFacts("A"), GroupFacts("B", papers=(PaperFacts("Ảnh", 1),))), channels=())
        assert told(first, second) == ["Giấy tờ “Ảnh”, nhóm: “A” → “B”"]

    def test_tells_results_one_by_one(self):
        after = birth(results=(*birth().results, ResultFacts("Thông báo")))
        assert told(birth(), after) == ["Kết quả: thêm “Thông báo”"]

    def test_is_never_silent_about_a_change(self):
        one, two = PaperFacts("A", 1), PaperFacts("B", 1)
        assert told(with_papers(one, two), with_papers(two, one)) == [
            "Thứ tự hoặc cách ghi của các mục thay đổi"
        ]
