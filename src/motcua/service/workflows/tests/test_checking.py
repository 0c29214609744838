"""What is wrong with a draft, and what a limit of the law holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from motcua.core.errors import InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit, Unit, WorkCalendar
from motcua.service.workflows.blueprint import Blueprint, Flow, Outcome, Step, StepKind, settled
from motcua.service.workflows.checking import blocking, problems
from motcua.service.workflows.comparing import differences
from motcua.service.workflows.templates import StepInput, from_list, short_blueprint, standard_blueprint
from motcua.service.workflows.timing import step_due, working_minutes

ROLES = {"CLERK", "OFFICER", "DIVISION_HEAD", "LEADER", "RECORDS"}
GOOD = settled(short_blueprint(480))


def codes(blueprint: Blueprint, **known: object) -> set[str]:
    return {problem.code for problem in blocking(problems(settled(blueprint), **{"roles": ROLES, **known}))}


def changed(key: str, **values: object) -> Blueprint:
    return replace(GOOD, steps=tuple(replace(s, **values) if s.key == key else s for s in GOOD.steps))


class TestProblems:
    @pytest.mark.parametrize("blueprint", [standard_blueprint(2400), short_blueprint(480)])
    def test_finds_none_in_the_templates(self, blueprint: Blueprint) -> None:
        assert problems(settled(blueprint), roles=ROLES, limit=2400, shortest=2400) == []

    def test_finds_an_empty_workflow(self) -> None:
        assert codes(Blueprint("Trống")) == {"no-steps"}

    def test_finds_steps_longer_than_the_limit(self) -> None:
        found = problems(GOOD, roles=ROLES, limit=400)

        assert [problem.code for problem in found] == ["too-long"]
        assert "1 ngày" in found[0].message
        assert "1 giờ 20 phút" in found[0].message

    def test_only_warns_when_longer_than_the_shortest_limit(self) -> None:
        found = problems(GOOD, roles=ROLES, limit=2400, shortest=240)

        assert [(problem.code, problem.is_blocking) for problem in found] == [("longer-than-shortest", False)]

    def test_finds_no_length_wrong_without_a_limit(self) -> None:
        assert codes(standard_blueprint(100_000), limit=None) == set()

    def test_finds_a_dead_end(self) -> None:
        flows = tuple(flow for flow in GOOD.flows if flow.source != "issue")

        assert codes(replace(GOOD, flows=flows)) >= {"dead-end", "unreachable", "no-end"}

    def test_finds_a_step_nobody_reaches(self) -> None:
        lonely = Step("lonely", "Bỏ quên", StepKind.WORK, "OFFICER", 10)

        assert codes(
            replace(GOOD, steps=(*GOOD.steps, lonely), flows=(*GOOD.flows, Flow("lonely", "end")))
        ) == {
            "unreachable",
            "no-return",
        }

    def test_finds_an_endless_loop(self) -> None:
        flows = tuple(
            replace(flow, target="receive") if flow.source == "return" else flow for flow in GOOD.flows
        )

        assert codes(replace(GOOD, flows=flows)) >= {"endless", "no-end"}

    def test_finds_a_missing_role(self) -> None:
        assert codes(changed("work", role="")) == {"no-role"}

    def test_finds_an_unknown_role(self) -> None:
        assert codes(changed("work", role="KING")) == {"unknown-role"}

    def test_finds_a_step_without_time(self) -> None:
        assert codes(changed("work", minutes=0)) == {"no-time"}

    def test_finds_a_first_step_that_does_not_receive(self) -> None:
        assert "no-receive" in codes(changed("receive", kind=StepKind.WORK))

    def test_finds_an_end_without_a_return(self) -> None:
        assert "no-return" in codes(changed("return", kind=StepKind.ISSUE, minutes=10))

    def test_finds_an_outcome_without_a_way(self) -> None:
        assert codes(changed("sign", outcomes=(Outcome.AGREE, Outcome.SEND_BACK, Outcome.REFUSE))) == {
            "no-way"
        }

    def test_finds_a_step_that_cannot_end_as_its_kind_does(self) -> None:
        flows = tuple(
            replace(flow, outcome=Outcome.DONE) if flow.outcome is Outcome.AGREE else flow
            for flow in GOOD.flows
        )
        assert codes(
            replace(GOOD, flows=flows, steps=tuple(replace(s, outcomes=()) for s in GOOD.steps))
        ) == {"no-usual-outcome"}

    @pytest.mark.parametrize(
        ("key", "kind"), [("work", StepKind.REVIEW), ("sign", StepKind.ISSUE), ("issue", StepKind.SIGN)]
    )
    def test_finds_an_order_that_no_act_can_walk(self, key: str, kind: StepKind) -> None:
        assert "order" in codes(changed(key, kind=kind))

    def test_finds_a_way_back_to_a_step_that_decides(self) -> None:
        good = settled(standard_blueprint(2400))
        flows = tuple(
            replace(flow, target="review") if (flow.source, flow.outcome) == ("sign", "SEND_BACK") else flow
            for flow in good.flows
        )
        assert codes(replace(good, flows=flows)) == {
            "order",
            "no-work",
        }  # what was sent back is proposed by nobody

    def test_finds_a_step_of_consulting_that_asks_nobody(self) -> None:
        assert codes(changed("work", kind=StepKind.CONSULT)) == {"consult-unit", "no-work"}
        assert codes(changed("work", kind=StepKind.CONSULT, unit="H99")) == {"no-work"}

    def test_lets_work_be_distributed_twice(self) -> None:
        lines = [
            StepInput("Tiếp nhận", StepKind.RECEIVE, "CLERK", 60),
            StepInput("Lãnh đạo phân công", StepKind.ASSIGN, "LEADER", 60),
            StepInput("Phòng phân công", StepKind.ASSIGN, "DIVISION_HEAD", 60),
            StepInput("Thẩm định", StepKind.WORK, "OFFICER", 60),
            StepInput("Trưởng phòng xem xét", StepKind.REVIEW, "DIVISION_HEAD", 60),
            StepInput("Văn phòng thẩm tra", StepKind.REVIEW, "RECORDS", 60),
            StepInput("Ký", StepKind.SIGN, "LEADER", 60),
            StepInput("Phát hành", StepKind.ISSUE, "RECORDS", 60),
            StepInput("Trả kết quả", StepKind.RETURN, "CLERK", 0),
        ]
        assert codes(from_list("Hai cấp", lines)) == set()

    def test_finds_a_missing_start(self) -> None:
        assert "no-start" in codes(replace(GOOD, start=""))


class TestFromList:
    def line(self, name: str, kind: StepKind, **values: object) -> StepInput:
        return StepInput(name, kind, "OFFICER", 60, **values)

    def test_sends_back_to_the_step_before_that_does_the_work(self) -> None:
        blueprint = from_list(
            "Thử", [self.line("Thẩm định", StepKind.WORK), self.line("Ký duyệt", StepKind.SIGN)]
        )
        assert blueprint.next_key("ky_duyet", "SEND_BACK") == "tham_dinh"
        assert blueprint.next_key("ky_duyet", "AGREE") == "end"

    def test_sends_back_where_it_is_told(self) -> None:
        blueprint = from_list(
            "Thử",
            [
                self.line("Một", StepKind.WORK),
                self.line("Hai", StepKind.WORK, sends_back_to=1),
                self.line("Ba", StepKind.SIGN, sends_back_to=0),
            ],
        )
        assert blueprint.next_key("hai", "SEND_BACK") == "mot"
        assert blueprint.ways_from("ba") == (Flow("ba", "end"),)

    def test_gives_two_steps_of_one_name_two_keys(self) -> None:
        blueprint = from_list(
            "Thử", [self.line("Thẩm định", StepKind.WORK), self.line("Thẩm định", StepKind.WORK)]
        )

        assert [step.key for step in blueprint.steps] == ["tham_dinh", "tham_dinh_2"]

    def test_refuses_by_field(self) -> None:
        with pytest.raises(InvalidInput) as refused:
            from_list(
                "Thử", [self.line(" ", StepKind.WORK), self.line("Hai", StepKind.WORK, sends_back_to=2)]
            )

        assert refused.value.errors.keys() == {"steps-0-name", "steps-1-sends_back_to"}


class TestDifferences:
    def test_of_a_workflow_with_itself_is_nothing(self) -> None:
        assert differences(GOOD, GOOD) == []

    def test_are_sentences(self) -> None:
        new = replace(changed("work", minutes=60, role="CLERK"), name="Quy trình mới")
        told = differences(GOOD, new)

        assert "Đổi tên quy trình từ “Quy trình cấp xã” thành “Quy trình mới”." in told
        assert "Bước “Thẩm định, dự thảo kết quả”: vai trò từ OFFICER thành CLERK." in told
        assert any("Tổng thời gian từ 1 ngày thành" in sentence for sentence in told)

    def test_tell_steps_and_ways(self) -> None:
        told = differences(settled(short_blueprint(2400)), settled(standard_blueprint(2400)))

        assert any(sentence.startswith("Thêm bước “Xem xét, trình ký”") for sentence in told)
        assert any("đường đi tiếp đổi từ" in sentence for sentence in told)


class TestWorkingMinutes:
    @pytest.mark.parametrize(
        ("value", "unit", "minutes"),
        [
            (3, Unit.WORKING_DAY, 1440),
            (Decimal("0.5"), Unit.WORKING_DAY, 240),
            (4, Unit.HOUR, 240),
            (1, Unit.DAY, 480),
            (2, Unit.DAY, 480),
            (3, Unit.DAY, 480),
            (4, Unit.DAY, 960),
            (7, Unit.DAY, 5 * 480),
            (10, Unit.DAY, 6 * 480),
            (1, Unit.MONTH, 20 * 480),
            (None, Unit.NONE, None),
            (5, Unit.NONE, None),
        ],
    )
    def test_are_the_least_that_a_limit_holds(
        self, value: Decimal | None, unit: Unit, minutes: int | None
    ) -> None:
        assert working_minutes(Limit(value, unit)) == minutes


class TestStepDue:
    CALENDAR = WorkCalendar()

    @pytest.mark.parametrize(
        ("opened", "minutes", "due"),
        [
            ("2026-03-02T07:30", 480, "2026-03-02T17:00"),  # the desk works 7.5 hours: that is its day
            ("2026-03-02T07:30", 240, "2026-03-02T11:15"),
            ("2026-03-02T10:00", 480, "2026-03-03T10:00"),
            ("2026-03-02T15:00", 5 * 480, "2026-03-09T15:00"),
            ("2026-03-06T16:00", 480, "2026-03-09T16:00"),
        ],
    )
    def test_counts_days_of_the_desk(self, opened: str, minutes: int, due: str) -> None:
        at = datetime.fromisoformat(opened).replace(tzinfo=VIETNAM)

        assert step_due(at, minutes, self.CALENDAR) == datetime.fromisoformat(due).replace(tzinfo=VIETNAM)

    def test_never_lies_before_it_opened(self) -> None:
        night = datetime(2026, 3, 2, 22, 0, tzinfo=VIETNAM)

        assert step_due(night, 0, self.CALENDAR) >= night
        assert step_due(night, 60, self.CALENDAR).date().isoformat() == "2026-03-03"
