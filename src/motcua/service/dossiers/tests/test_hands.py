"""Ai có thể nhận: the facts behind a suggestion."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.core.time import local_date
from motcua.foundation.identity.models import Membership
from motcua.foundation.identity.operations.delegating import delegate
from motcua.service.dossiers.hands import advice_for, hands_of
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.workflows.models import Task

NOON = MONDAY + timedelta(hours=3)


def in_work(world: World, holder: object) -> Dossier:
    dossier = transfer(dossier_id=world.receive().pk, by=world.clerk, at=MONDAY)
    return assign_work(dossier_id=dossier.pk, holder=holder, by=world.head, at=MONDAY)  # type: ignore[arg-type]


class TestHands:
    def test_tell_the_planned_minutes_that_are_left(self, world: World) -> None:
        in_work(world, world.officer)
        late = in_work(world, world.officer)
        Task.objects.open().filter(dossier_id=late.pk).update(due_at=MONDAY)
        hands = {hand.key: hand for hand in hands_of(world.department.pk, "OFFICER", NOON)}
        assert set(hands) == {world.officer.pk, world.colleague.pk}
        begun, whole = sorted(work.minutes for work in hands[world.officer.pk].work)
        assert 0 < begun < whole == 960
        assert hands[world.officer.pk].late == 1
        assert not hands[world.colleague.pk].work

    def test_tell_who_is_away_and_until_when_one_is_there(self, world: World) -> None:
        post = world.officer.memberships.get().post
        delegate(
            giver=world.officer, receiver=world.colleague, post=post, valid_from=local_date(NOON),
            valid_to=date(2026, 3, 20), reason="Nghỉ phép", by=world.officer, at=NOON,
        )  # fmt: skip
        Membership.objects.filter(user=world.colleague).update(valid_to=date(2026, 3, 31))
        hands = {hand.key: hand for hand in hands_of(world.department.pk, "OFFICER", NOON)}
        assert hands[world.officer.pk].away == (local_date(NOON), date(2026, 3, 20))
        assert hands[world.colleague.pk].until == date(2026, 3, 31)

    def test_suggest_the_one_with_less_work(self, world: World) -> None:
        dossier = in_work(world, world.officer)
        in_work(world, world.officer)
        advice = advice_for(dossier, NOON)
        assert advice.first
        assert advice.first.hand.key == world.colleague.pk
        assert "Vũ Thị Giang: chưa giữ hồ sơ nào" in advice.why

    def test_ask_as_many_questions_for_much_work_as_for_little(self, world: World) -> None:
        counts = []
        for _ in range(2):
            in_work(world, world.officer)
            hands_of(world.department.pk, "OFFICER", NOON)
            with CaptureQueriesContext(connection) as captured:
                hands_of(world.department.pk, "OFFICER", NOON)
            counts.append(len(captured))
        assert counts[0] == counts[1]
