from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM
from motcua.foundation.org.commands import import_agencies
from motcua.foundation.org.models import Agency, Level, Succession
from motcua.foundation.org.operations.loading import Change, TreeRow, load_tree, reorganise

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
BEFORE, AFTER = date(2023, 1, 1), date(2025, 7, 1)
DATA = Path(__file__).resolve().parents[6] / "shared" / "data"


class TestLoadTree:
    def test_takes_rows_in_any_order_and_any_depth(self) -> None:
        rows = [
            TreeRow("D", "Tổ một", "DIVISION", "C"),
            TreeRow("C", "Xã C", "COMMUNE", "B"),
            TreeRow("A", "Tỉnh A", "PROVINCE"),
            TreeRow("B", "Huyện B", "DISTRICT", "A"),
        ]
        loaded = load_tree(rows, on=BEFORE, by=None, at=AT)

        assert sorted(loaded.created) == ["A", "B", "C", "D"]
        assert len(Agency.objects.get(code="D").ancestor_ids) == 3

    def test_changes_nothing_the_second_time(self) -> None:
        rows = [TreeRow("A", "Tỉnh A", "PROVINCE"), TreeRow("B", "Xã B", "COMMUNE", "A")]
        load_tree(rows, on=BEFORE, by=None, at=AT)
        again = load_tree(rows, on=AFTER, by=None, at=AT)

        assert (again.created, again.renamed, again.moved, sorted(again.kept)) == ([], [], [], ["A", "B"])

    def test_renames_and_moves_what_differs(self) -> None:
        load_tree(
            [TreeRow("A", "Tỉnh A", "PROVINCE"), TreeRow("B", "Xã B", "COMMUNE", "A"),
             TreeRow("C", "Xã C", "COMMUNE", "B")],
            on=BEFORE, by=None, at=AT,
        )  # fmt: skip
        again = load_tree(
            [TreeRow("B", "Phường B", "COMMUNE", "A"), TreeRow("C", "Xã C", "COMMUNE", "A")],
            on=AFTER,
            by=None,
            at=AT,
        )

        assert (again.renamed, again.moved) == (["B"], ["C"])
        assert Agency.objects.get(code="C").parent == Agency.objects.get(code="A")

    def test_reports_a_broken_row_and_loads_the_rest(self) -> None:
        rows = [
            TreeRow("A", "Tỉnh A", "PROVINCE", line=2),
            TreeRow("", "Không mã", "COMMUNE", "A", line=3),
            TreeRow("B", "Xã B", "EMPIRE", "A", line=4),
            TreeRow("C", "Xã C", "COMMUNE", "NOBODY", line=5),
            TreeRow("A", "Tỉnh A", "PROVINCE", line=6),
        ]
        loaded = load_tree(rows, on=BEFORE, by=None, at=AT)

        assert loaded.created == ["A"]
        assert [(fault.line, fault.field) for fault in loaded.faults] == [
            (3, "code"), (4, "kind"), (6, "code"), (5, "parent_code"),
        ]  # fmt: skip


class TestReorganise:
    def test_refuses_to_leave_anyone_under_an_agency_that_ends(self) -> None:
        load_tree(
            [TreeRow("A", "Huyện A", "DISTRICT"), TreeRow("B", "Xã B", "COMMUNE", "A")],
            on=BEFORE,
            by=None,
            at=AT,
        )
        with pytest.raises(DomainError, match="Xã B"):
            reorganise([], [], ending=["A"], on=AFTER, by=None, at=AT)


class TestImportCommand:
    def test_says_what_it_did_and_fails_on_a_broken_row(self, tmp_path: Path) -> None:
        file = tmp_path / "tree.csv"
        file.write_text("code,name,kind,parent_code\nA,Tỉnh A,PROVINCE,\nB,Xã B,EMPIRE,A\n", encoding="utf-8")
        result = CliRunner().invoke(import_agencies, [str(file), "--on", "2025-07-01"])

        assert result.exit_code == 1
        assert "Đã nạp 1 cơ quan mới" in result.output
        assert "dòng 3, mã B, cột kind" in result.output


def table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of public data is absent")
class TestRealTrees:
    """Hải Phòng and Hưng Yên with what they have taken in: three rungs in 2023, two in 2025."""

    OLD = ("30", "31", "33", "34")
    NEW = ("31", "33")

    @pytest.fixture(autouse=True)
    def _levels(self) -> None:
        for position, (code, name) in enumerate(
            [("TINH", "Cấp tỉnh"), ("HUYEN", "Cấp huyện"), ("XA", "Cấp xã")]
        ):
            Level.objects.create(code=code, name=name, position=position, valid_from=date(1976, 1, 1))

    def tree_of_2023(self) -> list[TreeRow]:
        rows = [
            TreeRow(f"P{r['code']}", r["name"], "PROVINCE", "", "TINH")
            for r in table("provinces_pre2025")
            if r["code"] in self.OLD
        ]
        rows += [
            TreeRow(f"D{r['code']}", r["name"], "DISTRICT", f"P{r['province_code']}", "HUYEN")
            for r in table("districts_pre2025") if r["province_code"] in self.OLD
        ]  # fmt: skip
        rows += [
            TreeRow(r["code"], r["name"], "COMMUNE", f"D{r['district_code']}", "XA", r["code"])
            for r in table("wards_pre2025") if r["province_code"] in self.OLD
        ]  # fmt: skip
        return rows

    def tree_of_2025(self) -> list[TreeRow]:
        rows = [
            TreeRow(f"P{r['code']}", r["name"], "PROVINCE", "", "TINH")
            for r in table("provinces_2025")
            if r["code"] in self.NEW
        ]
        rows += [
            TreeRow(r["code"], r["name"], "COMMUNE", f"P{r['province_code']}", "XA", r["code"])
            for r in table("wards_2025") if r["province_code"] in self.NEW
        ]  # fmt: skip
        return rows

    def test_the_tree_of_2025_follows_that_of_2023(self) -> None:
        old, new = self.tree_of_2023(), self.tree_of_2025()
        first = load_tree(old, on=BEFORE, by=None, at=AT)
        changes = [
            Change(r["old_code"], r["new_code"], r["merged"].upper())
            for r in table("ward_conversion_2025") if r["new_province_code"] in self.NEW
        ]  # fmt: skip
        changes += [Change("P30", "P31"), Change("P34", "P33")]
        second = reorganise(
            new, changes, ending=[row.code for row in old if row.kind == "DISTRICT"], on=AFTER, by=None, at=AT
        )

        assert first.faults == []
        assert second.faults == []
        assert Agency.objects.valid_on(date(2023, 6, 1)).count() == len(old)
        living = Agency.objects.valid_on(AFTER)
        assert {one.code for one in living} == {row.code for row in new}
        assert {len(one.ancestor_ids) for one in living} == {0, 1}
        self.check_splits_and_reused_codes()

    def check_splits_and_reused_codes(self) -> None:
        tien_dong = Agency.objects.valid_on(BEFORE).get(code="11143")
        assert tien_dong.successions.count() == 2
        assert {one.share for one in tien_dong.successions.all()} == {"PART"}
        assert Agency.objects.valid_on(BEFORE).get(code="11086").name == "Xã Hưng Đạo"
        assert Agency.objects.valid_on(AFTER).get(code="11086").name == "Xã Đại Sơn"
        hai_phong = Agency.objects.valid_on(AFTER).get(code="P31")
        assert Succession.objects.filter(successor=hai_phong, predecessor__code="P30").exists()
        assert Agency.objects.valid_on(AFTER).subtree(hai_phong).count() == 115
        assert tien_dong in Agency.objects.called("tien dong")
