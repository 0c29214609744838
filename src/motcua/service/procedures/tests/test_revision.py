"""What a rule or a page asks of a revision."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from motcua.core.text import fold
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.procedures.facts import FeeFacts, LimitFacts
from motcua.service.procedures.models import ChannelNotOffered, LimitUnit, NotACase, Procedure
from motcua.service.procedures.operations.publishing import publish
from motcua.service.procedures.tests.samples import AT, birth, days

pytestmark = pytest.mark.django_db


def revision(facts=None):
    done = publish(facts=facts or birth(), by=None, at=AT)
    return done.procedure.revision_on(AT.date())


class TestUnits:
    def test_are_those_of_the_clock(self):
        assert {unit.value for unit in LimitUnit} == {unit.value for unit in Unit}


class TestCases:
    def test_are_only_the_choices(self):
        assert [case.name for case in revision().cases] == ["Trẻ sinh tại bệnh viện", "Trẻ bị bỏ rơi"]

    def test_one_must_be_chosen(self):
        asked = revision()
        with pytest.raises(NotACase) as refusal:
            asked.case_or_refuse(None)
        assert "Trẻ bị bỏ rơi" in refusal.value.message
        assert asked.case_or_refuse(asked.cases[1].pk).name == "Trẻ bị bỏ rơi"

    def test_a_heading_is_no_case(self):
        asked = revision()
        heading = asked.groups.all()[0]
        with pytest.raises(NotACase):
            asked.case_or_refuse(heading.pk)

    def test_nothing_to_choose_is_nothing_chosen(self):
        assert revision(birth(groups=birth().groups[:1], channels=())).case_or_refuse(None) is None


class TestPapersOf:
    def test_adds_those_of_the_case_to_those_of_all(self):
        asked = revision()
        assert [paper.name for paper in asked.papers_of(asked.cases[0])] == [
            "Tờ khai",
            "Ảnh",
            "Giấy chứng sinh",
        ]
        assert [paper.name for paper in asked.papers_of(None)] == ["Tờ khai", "Ảnh"]

    def test_asks_the_database_once_for_a_revision(self, django_assert_num_queries):
        asked = revision()
        with django_assert_num_queries(1):
            again = asked.procedure.revision_on(AT.date())
            again.papers_of(again.cases[0])
            again.limit_for("COUNTER", again.cases[0])
            again.fee_amount_for("COUNTER")


class TestLimitFor:
    def test_is_that_of_the_way(self):
        asked = revision()
        assert asked.limit_for("COUNTER", asked.cases[0]) == Limit(Decimal(1), Unit.WORKING_DAY)

    def test_of_a_case_goes_first(self):
        asked = revision()
        assert asked.limit_for("COUNTER", asked.cases[1]) == Limit(Decimal(7), Unit.DAY)

    def test_without_a_unit_promises_nothing(self):
        asked = revision()
        assert asked.limit_for("ONLINE") == Limit(None, Unit.NONE)
        assert asked.channel_of("ONLINE").limit_in_words == "3 (không ghi đơn vị)"

    def test_refuses_a_way_that_is_not_offered(self):
        with pytest.raises(ChannelNotOffered) as refusal:
            revision().limit_for("POST")
        assert refusal.value.field == "channel"

    def test_of_two_rows_that_disagree_promises_nothing(self):
        counter, _ = birth().channels
        other = replace(counter, limit=LimitFacts(days("30"), "DAY", "Ngày"), case_limits=(), fees=())
        asked = revision(birth(channels=(replace(counter, case_limits=()), other)))
        assert asked.limit_for("COUNTER", asked.cases[0]) == Limit(None, Unit.NONE)

    def test_keeps_fractions(self):
        counter, _ = birth().channels
        asked = revision(birth(channels=(replace(counter, limit=LimitFacts(days("0.5"), "HOUR", "Giờ")),)))
        assert asked.limit_for("COUNTER") == Limit(Decimal("0.5"), Unit.HOUR)
        assert asked.channel_of("COUNTER").limit_in_words == "0,5 giờ"


class TestFees:
    def test_add_those_of_the_case(self):
        asked = revision()
        assert asked.fee_amount_for("COUNTER", asked.cases[0]) == 8000
        assert asked.fee_amount_for("COUNTER", asked.cases[1]) == 13000
        assert asked.fee_amount_for("ONLINE") == 0

    @pytest.mark.parametrize(
        "fee",
        [
            FeeFacts(None, "", "Không có thông tin"),
            FeeFacts(10, "USD"),
            FeeFacts(2000, "VND", "Phí", is_estimate=True, note="mỗi trang"),
        ],
    )
    def test_are_asked_at_the_counter_when_not_certain(self, fee):
        counter, _ = birth().channels
        assert revision(birth(channels=(replace(counter, fees=(fee,)),))).fee_amount_for("COUNTER") is None


class TestSummary:
    def test_says_the_procedure_in_words(self):
        told = dict(revision().summary)
        assert told["Cần giấy tờ gì"] == "4 loại giấy tờ, chia theo 2 trường hợp"
        assert told["Bao lâu có kết quả"] == (
            "Trực tiếp: 1 ngày làm việc (Trẻ bị bỏ rơi: 7 ngày); Trực tuyến: 3 (không ghi đơn vị)"
        )
        assert told["Nhận được gì"] == "Giấy khai sinh"
        assert "Điều kiện" not in told


class TestSearch:
    @pytest.fixture(autouse=True)
    def catalogue(self):
        for code, name, aliases in (
            ("1.001193", "Thủ tục đăng ký khai sinh", ["làm giấy khai sinh"]),
            ("1.004884", "Đăng ký lại khai sinh", []),
            ("2.000815", "Chứng thực bản sao từ bản chính", ["công chứng", "sao y"]),
        ):
            publish(facts=birth(code=code, name=name, field=""), by=None, at=AT, aliases=aliases)

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("khai sinh", ["1.001193", "1.004884"]),
            ("KHAI SINH dang ky", ["1.001193", "1.004884"]),
            ("khai si", ["1.001193", "1.004884"]),
            ("lại khai sinh", ["1.004884"]),
            ("cong chung", ["2.000815"]),
            ("2.000815", ["2.000815"]),
            ("hai sinh", []),
            ("kết hôn", []),
            ("%", ["2.000815", "1.001193", "1.004884"]),
        ],
    )
    def test_finds_by_code_name_and_everyday_name(self, text, codes):
        assert [procedure.code for procedure in Procedure.objects.search(text)] == codes

    def test_folds_as_the_rest_of_the_house(self):
        assert fold("Đăng ký") in Procedure.objects.get(code="1.001193").words
