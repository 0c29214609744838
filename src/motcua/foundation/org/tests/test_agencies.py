from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency, Scope
from motcua.foundation.org.operations.agencies import (
    close_agency,
    create_agency,
    describe_agency,
    move_agency,
    refresh,
    rename_agency,
)
from motcua.foundation.org.operations.posts import open_unit
from motcua.foundation.org.tree import tree

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
START = date(2021, 1, 1)
MERGED = date(2025, 7, 1)


def make(
    code: str, parent: Agency | None = None, *, kind: str = "COMMUNE", since: date = START, **more: Any
) -> Agency:
    name = more.pop("name", f"Cơ quan {code}")
    return create_agency(
        code=code, name=name, kind=kind, parent=parent, valid_from=since, by=None, at=AT, **more
    )


def reload(agency: Agency) -> Agency:
    return Agency.objects.get(pk=agency.pk)


class TestCreate:
    def test_writes_the_path_from_the_root(self) -> None:
        root = make("H15", kind="PROVINCE")
        child = make("H15.13", root)

        assert child.path == f"/{root.pk}/{child.pk}/"
        assert child.ancestor_ids == [root.pk]
        assert Line.objects.get(subject_id=child.uid).payload["parent_code"] == "H15"

    def test_refuses_a_code_that_lives(self) -> None:
        make("H15")
        with pytest.raises(DomainError, match="đang được một cơ quan khác dùng") as refusal:
            make("h15 ")
        assert refusal.value.field == "code"

    def test_refuses_an_unknown_kind(self) -> None:
        with pytest.raises(DomainError) as refusal:
            make("H15", kind="EMPIRE")
        assert refusal.value.field == "kind"

    @pytest.mark.parametrize("name", ["A", "x" * 251])
    def test_refuses_a_name_too_short_or_too_long(self, name: str) -> None:
        with pytest.raises(DomainError) as refusal:
            make("H15", name=name)
        assert refusal.value.field == "name"


class TestRename:
    def test_keeps_the_old_name_findable(self) -> None:
        agency = make("H15", name="Sở Kế hoạch và Đầu tư")
        rename_agency(agency, name="Sở Tài chính", on=date(2025, 3, 1), by=None, at=AT)

        assert reload(agency).name == "Sở Tài chính"
        assert agency.name_on(date(2025, 2, 28)) == "Sở Kế hoạch và Đầu tư"
        assert agency.name_on(date(2025, 3, 1)) == "Sở Tài chính"
        assert list(Agency.objects.called("ke hoach va dau tu")) == [agency]
        assert list(Agency.objects.called("SO TAI CHINH")) == [agency]

    def test_waits_for_its_day(self) -> None:
        agency = make("H15", name="Tên cũ")
        rename_agency(agency, name="Tên mới", on=date(2026, 4, 1), by=None, at=AT)

        assert reload(agency).name == "Tên cũ"
        assert refresh(on=date(2026, 4, 1)) == 1
        assert reload(agency).name == "Tên mới"

    def test_corrects_a_name_of_the_same_day(self) -> None:
        agency = make("H15", name="Xã Tiên Đong")
        rename_agency(agency, name="Xã Tiên Động", on=START, by=None, at=AT)

        assert [one.name for one in agency.names.all()] == ["Xã Tiên Động"]


class TestMove:
    def test_takes_everything_below_along(self) -> None:
        north, south = make("N"), make("S")
        middle = make("M", north)
        leaf = make("L", middle)

        move_agency(middle, parent=south, on=date(2026, 1, 1), by=None, at=AT)

        assert set(Agency.objects.subtree(reload(south))) == {south, middle, leaf}
        assert set(Agency.objects.subtree(reload(north))) == {north}
        assert reload(leaf).path == f"/{south.pk}/{middle.pk}/{leaf.pk}/"
        assert [one.parent_id for one in middle.placements.all()] == [north.pk, south.pk]

    def test_refuses_a_circle(self) -> None:
        top = make("T")
        below = make("B", top)
        with pytest.raises(DomainError, match="dưới chính nó"):
            move_agency(top, parent=below, on=date(2026, 1, 1), by=None, at=AT)


class TestDescribe:
    def test_records_what_changed_and_nothing_else(self) -> None:
        agency = make("H15", address="Số 1", phone="0220")
        describe_agency(agency, address="Số 1", phone="0221", email="", by=None, at=AT)
        describe_agency(agency, address="Số 1", phone="0221", email="", by=None, at=AT)

        lines = Line.objects.filter(subject_id=agency.uid, name="AgencyDescribed")
        assert [line.payload for line in lines] == [{"changed": {"phone": ["0220", "0221"]}}]


class TestClose:
    def test_names_many_successors_with_their_share(self) -> None:
        old, first, second = make("OLD"), make("A", since=MERGED), make("B", since=MERGED)
        close_agency(old, on=MERGED, successors=[(first, "PART"), (second, "PART")], by=None, at=AT)

        assert reload(old).valid_to == date(2025, 6, 30)
        assert {one.successor.code: one.share for one in old.successions.all()} == {"A": "PART", "B": "PART"}
        assert not Agency.objects.valid_on(MERGED).filter(pk=old.pk).exists()
        assert Agency.objects.valid_on(date(2025, 6, 30)).filter(pk=old.pk).exists()

    def test_lets_the_code_live_again_with_another_meaning(self) -> None:
        old = make("11086", name="Xã Hưng Đạo")
        close_agency(old, on=MERGED, successors=[], by=None, at=AT)
        new = make("11086", name="Xã Đại Sơn", since=MERGED)

        assert Agency.objects.valid_on(date(2024, 1, 1)).get(code="11086") == old
        assert Agency.objects.valid_on(MERGED).get(code="11086") == new

    def test_ends_units_with_the_agency(self) -> None:
        old = make("OLD")
        unit = open_unit(agency=old, code="OLD.MC", name="Một cửa", valid_from=START, by=None, at=AT)
        close_agency(old, on=MERGED, successors=[], by=None, at=AT)
        unit.refresh_from_db()

        assert unit.valid_to == date(2025, 6, 30)

    def test_refuses_while_someone_stands_below(self) -> None:
        top = make("T")
        make("B", top)
        with pytest.raises(DomainError, match="Còn 1 cơ quan trực thuộc"):
            close_agency(top, on=MERGED, successors=[], by=None, at=AT)

    def test_refuses_twice(self) -> None:
        old = make("OLD")
        close_agency(old, on=MERGED, successors=[], by=None, at=AT)
        with pytest.raises(DomainError, match="đã kết thúc hoạt động"):
            close_agency(old, on=date(2025, 8, 1), successors=[], by=None, at=AT)


class TestReach:
    def test_own_is_the_house_with_its_internal_units(self) -> None:
        province = make("P", kind="PROVINCE")
        commune = make("C", province)
        division = make("D", commune, kind="DIVISION")
        grown = tree(None)

        assert grown.reach(commune.pk, Scope.OWN) == {commune.pk, division.pk}
        assert grown.reach(division.pk, Scope.OWN) == {commune.pk, division.pk}
        assert grown.reach(province.pk, Scope.OWN) == {province.pk}
        assert grown.reach(province.pk, Scope.SUBTREE) == {province.pk, commune.pk, division.pk}

    def test_includes_those_whose_work_was_taken_over(self) -> None:
        oldest, old, new = make("O1"), make("O2"), make("N")
        close_agency(oldest, on=date(2023, 1, 1), successors=[(old, "WHOLE")], by=None, at=AT)
        close_agency(old, on=MERGED, successors=[(new, "WHOLE")], by=None, at=AT)

        assert tree(None).reach(new.pk, Scope.OWN) == {oldest.pk, old.pk, new.pk}
