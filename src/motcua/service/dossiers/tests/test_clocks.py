"""The two clocks of a dossier, and the days that offices trip over."""

from __future__ import annotations

from decimal import Decimal

import pytest
from click.testing import CliRunner

from motcua.core.time import local
from motcua.service.dossiers.clocks import clocks_of
from motcua.service.dossiers.commands import explain
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.pausing import resume
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.tests.test_pausing import stop_clock
from motcua.service.dossiers.tests.test_supplementing import ask, bring_all, vn
from motcua.service.dossiers.tests.world import MONDAY, World, in_work


def finished(world: World, dossier: Dossier, at: str) -> Dossier:
    moment = vn(at)
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=moment)
    review(dossier_id=dossier.pk, by=world.head, at=moment)
    sign(dossier_id=dossier.pk, by=world.leader, at=moment)
    return issue(dossier_id=dossier.pk, number="1/KQ", issued_on=moment.date(), by=world.records, at=moment)


class TestClocksOf:
    def test_agree_while_nothing_interrupts(self, world: World) -> None:
        clocks = clocks_of(in_work(world), vn("2026-03-09T16:00"))
        assert (clocks.legal_verdict, clocks.index_verdict) == (True, True)
        assert "cùng so với một ngày hẹn" in clocks.why
        late = clocks_of(in_work(world), vn("2026-03-10T08:00"))
        assert (late.legal_verdict, late.index_verdict) == (False, False)

    def test_differ_after_a_supplement_that_restarts_the_legal_one(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, vn("2026-03-05T16:00"))
        bring_all(world, dossier, vn("2026-03-06T08:00"))
        clocks = clocks_of(finished(world, dossier, "2026-03-11T16:00"), vn("2026-03-12T08:00"))
        assert clocks.legal_verdict is True  # counted again from the sixth: due on the thirteenth
        assert clocks.index_verdict is False  # the eleventh less sixteen hours is after the ninth
        assert "tính lại từ đầu" in clocks.why
        assert dict(clocks.index)["Thời gian bổ sung đã trừ"] == "16 giờ"

    def test_while_it_waits_the_request_is_the_end_of_the_index_one(self, world: World) -> None:
        dossier = in_work(world)
        ask(world, dossier, vn("2026-03-04T09:00"))
        dossier.refresh_from_db()
        clocks = clocks_of(dossier, vn("2026-03-17T08:00"))
        assert (clocks.legal_verdict, clocks.index_verdict) == (None, True)
        assert "đang dừng" in dict(clocks.legal)["Hẹn trả hiện nay"]

    def test_a_pause_counts_for_the_index_one(self, land: World) -> None:
        dossier = in_work(land)
        stop_clock(land, dossier, vn("2026-03-03T17:00"))
        resume(dossier_id=dossier.pk, by=land.officer, at=vn("2026-03-17T07:30"))
        clocks = clocks_of(finished(land, dossier, "2026-03-18T09:00"), vn("2026-03-19T08:00"))
        assert (clocks.legal_verdict, clocks.index_verdict) == (True, False)
        assert "không tính thời gian tạm dừng" in clocks.why

    def test_every_line_is_in_the_text(self, world: World) -> None:
        dossier = in_work(world)
        clocks = clocks_of(dossier, MONDAY)
        text = "\n".join(clocks.as_text())
        assert all(line.reason in text for line in clocks.lines)
        assert all(said in text for _, said in (*clocks.legal, *clocks.index))


class TestExplain:
    def test_prints_what_the_page_shows(self, world: World) -> None:
        dossier = in_work(world)
        printed = CliRunner().invoke(explain, [dossier.code.lower()])
        assert printed.exit_code == 0
        assert "Đồng hồ pháp lý" in printed.output
        assert "Ngày tiếp nhận, không tính" in printed.output

    def test_an_unknown_code_is_one_sentence(self, world: World) -> None:
        answer = CliRunner().invoke(explain, ["H31.2-000000-0000"])
        assert (answer.exit_code, "Không có hồ sơ" in answer.output) == (1, True)


class TestRealDays:
    @pytest.mark.parametrize(
        ("received", "due", "transfer"),
        [
            (
                "2026-02-12T09:00",
                "2026-02-26T17:00",
                "2026-02-12T17:00",
            ),  # over Tết: 14 to 22 February are off
            ("2025-12-31T09:00", "2026-01-09T17:00", "2025-12-31T17:00"),  # 1 and 2 January are off
            ("2026-01-08T09:00", "2026-01-14T17:00", "2026-01-08T17:00"),  # Saturday 10 is worked
            ("2026-08-27T09:00", "2026-09-08T17:00", "2026-08-27T17:00"),  # 31 August to 2 September are off
            ("2026-08-20T09:00", "2026-08-26T17:00", "2026-08-20T17:00"),  # Saturday 22 is worked
            ("2026-03-02T11:45", "2026-03-09T17:00", "2026-03-02T17:00"),
            ("2026-03-02T15:01", "2026-03-09T17:00", "2026-03-03T07:30"),
            ("2026-03-02T16:59", "2026-03-09T17:00", "2026-03-03T07:30"),
            ("2026-03-07T09:00", "2026-03-13T17:00", "2026-03-09T07:30"),  # a Saturday morning
        ],
    )
    def test_five_working_days(self, world: World, received: str, due: str, transfer: str) -> None:
        dossier = world.receive(at=vn(received))
        assert (local(dossier.due_at), local(dossier.transfer_due_at)) == (vn(due), vn(transfer))
        assert dossier.due_at == rebuilt(dossier)

    @pytest.mark.parametrize(
        ("value", "unit", "received", "due"),
        [
            (1, "WORKING_DAY", "2026-03-06T16:00", "2026-03-09T17:00"),  # a Friday afternoon
            (6, "MONTH", "2026-08-31T09:00", "2027-03-01T17:00"),  # 28 February 2027 is a Sunday
        ],
    )
    def test_other_limits(self, world: World, value: int, unit: str, received: str, due: str) -> None:
        dossier = world.receive(at=vn(received))
        Dossier.objects.filter(pk=dossier.pk).update(limit_value=Decimal(value), limit_unit=unit)
        dossier.refresh_from_db()
        assert local(rebuilt(dossier)) == vn(due)
