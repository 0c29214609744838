"""Báo cáo theo phân cấp, ủy quyền: figures by decision, each the door to its dossiers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.procedures.models import Entrustment
from motcua.web.desk.tests.conftest import in_work, signed

PAGE = "/ban-lam-viec/phan-cap/"


@pytest.fixture
def decision(world: World) -> Entrustment:
    """Settled by the department under a decision of the centre, all of this spring."""
    made = Entrustment.objects.create(
        kind="AUTHORISED", decision="45/QĐ-UBND", decided_on=MONDAY.date(), giver=world.centre,
        receiver=world.department, signature="TUQ. CHỦ TỊCH", valid_from=MONDAY.date() - timedelta(days=7),
        valid_to=MONDAY.date() + timedelta(days=60), registered_at=MONDAY,
    )  # fmt: skip
    made.procedures.add(world.procedure)
    return made


class TestReport:
    def test_each_figure_opens_the_dossiers_behind_it(self, world, enter, decision):
        late, prompt, working = signed(world), signed(world), in_work(world)
        for one in (late, prompt):
            issue(
                dossier_id=one.pk, number=f"{one.book_number}/QĐ", issued_on=MONDAY.date(), by=world.records,
                at=MONDAY + timedelta(hours=6),
            )  # fmt: skip
        Dossier.objects.filter(pk=late.pk).update(due_at=MONDAY + timedelta(hours=5))
        leader = enter(world.leader)
        page = leader.get(PAGE, {"first": "01/01/2026"}).text
        for figure in ("Đã nhận: 3", "Xong đúng hạn: 1", "Xong quá hạn: 1", "Đang giải quyết: 1"):
            assert f"{figure} hồ sơ theo 45/QĐ-UBND" in page
        behind = f"{PAGE}{decision.pk}/"
        for key, code in (("qua-han", late.code), ("dung-han", prompt.code), ("dang-lam", working.code)):
            shown = leader.get(behind, {"muc": key, "first": "01/01/2026"}).text
            assert [one.code in shown for one in (late, prompt, working)].count(True) == 1
            assert code in shown

    def test_counts_only_the_time_of_the_decision_and_what_one_may_see(self, world, enter, decision):
        in_work(world)
        assert Dossier.objects.counted_under([decision.pk], at=MONDAY)[decision.pk]["received"] == 1
        assert "Đã nhận" in enter(world.leader).get(PAGE, {"first": "01/01/2026"}).text
        assert Dossier.objects.under(decision).outcomes(at=MONDAY)["open"] == 1
        Entrustment.objects.update(valid_from=date(2026, 3, 10))
        assert Dossier.objects.counted_under([decision.pk], at=MONDAY) == {}

    def test_a_period_turned_round_is_refused_in_words(self, world, enter, decision):
        answer = enter(world.leader).get(PAGE, {"first": "02/03/2026", "last": "01/03/2026"})
        assert answer.status_code == 422
        assert "Ngày đầu phải trước ngày cuối" in answer.text

    def test_is_for_who_directs_signs_or_controls(self, world, enter, decision):
        assert enter(world.clerk).get(PAGE).status_code == 403
