"""Who is away, who stands in, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden
from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Absence, Delegation, User
from motcua.foundation.identity.operations.leaving import come_back, take_leave
from motcua.foundation.identity.tests.factories import an_agency, staff
from motcua.foundation.org.models import Agency

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def agency() -> Agency:
    return an_agency()


@pytest.fixture
def person(agency: Agency) -> User:
    return staff("OFFICER", agency)


@pytest.fixture
def substitute(agency: Agency) -> User:
    return staff("OFFICER", agency)


def leave(person: User, substitute: User | None, **changed: object) -> Absence:
    given = {"first_day": FIRST, "last_day": LAST, "reason": "Nghỉ phép", "by": person, "at": NOW}
    return take_leave(person=person, substitute=substitute, **{**given, **changed})


class TestTakeLeave:
    def test_covers_its_days_and_no_others(self, person: User, substitute: User) -> None:
        absence = leave(person, substitute)

        assert Absence.objects.covering(person.pk, FIRST).get() == absence
        assert Absence.objects.covering(person.pk, LAST).get().substitute == substitute
        assert not Absence.objects.covering(person.pk, LAST + timedelta(days=1))
        assert not Absence.objects.covering(substitute.pk, FIRST)

    def test_lends_the_posts_for_these_days(self, person: User, substitute: User) -> None:
        leave(person, substitute)

        lent = Delegation.objects.get(giver=person, receiver=substitute)
        assert (lent.valid_from, lent.valid_to) == (FIRST, LAST)
        fresh = User.objects.get(pk=substitute.pk)
        assert any(grant.giver_id == person.pk for grant in access_of(fresh, NOW).grants)

    def test_needs_nobody_to_stand_in(self, person: User) -> None:
        assert leave(person, None).substitute is None
        assert not Delegation.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"last_day": date(2026, 3, 1)}, "last_day"),
            ({"first_day": date(2026, 3, 1)}, "first_day"),
            ({"last_day": date(2027, 6, 1)}, "last_day"),
            ({"reason": " "}, "reason"),
        ],
    )
    def test_is_refused_by_field(self, person: User, substitute: User, changed: dict, field: str) -> None:
        with pytest.raises(DomainError) as refused:
            leave(person, substitute, **changed)
        assert refused.value.field == field

    def test_is_not_said_twice(self, person: User, substitute: User) -> None:
        leave(person, substitute)
        with pytest.raises(DomainError, match="Đã báo nghỉ"):
            leave(person, substitute, first_day=LAST, last_day=LAST + timedelta(days=3))

    def test_wants_a_substitute_who_is_there(self, person: User, substitute: User) -> None:
        leave(substitute, None)
        for other, why in (
            (person, "người khác"),
            (substitute, "cũng nghỉ"),
            (staff("OFFICER"), "cùng cơ quan"),
        ):
            with pytest.raises(DomainError, match=why) as refused:
                leave(person, other)
            assert refused.value.field == "substitute"

    def test_is_said_by_oneself_or_who_manages_staff(self, person: User, substitute: User) -> None:
        with pytest.raises(Forbidden):
            leave(person, substitute, by=substitute)


class TestComeBack:
    def test_ends_it_at_once(self, person: User, substitute: User) -> None:
        absence = leave(person, substitute)
        come_back(absence, by=person, at=NOW + timedelta(days=1))

        assert not Absence.objects.covering(person.pk, LAST)
        assert Delegation.objects.get().withdrawn_at is not None
        with pytest.raises(DomainError, match="đã hết"):
            come_back(absence, by=person, at=NOW + timedelta(days=2))
