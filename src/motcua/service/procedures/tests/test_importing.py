"""Nạp danh mục từ tệp."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from motcua.foundation.ledger.models import Line
from motcua.service.procedures.commands import import_
from motcua.service.procedures.importing import import_file, import_text
from motcua.service.procedures.models import Procedure, Revision
from motcua.service.procedures.operations.publishing import publish
from motcua.service.procedures.reading import export_procedure, facts_of
from motcua.service.procedures.source import composed
from motcua.service.procedures.tests.samples import AT, CATALOGUE, ENTRY, as_file, entry

pytestmark = pytest.mark.django_db


def imported(*rows, **told):
    return import_text(as_file(*rows), name="danh-muc.json", by=None, at=AT, **told)


def faults(report):
    return [(fault.row, fault.field) for fault in report.faults]


class TestImport:
    def test_brings_in_every_field(self):
        assert imported(ENTRY).created == ["1.000001"]
        assert export_procedure(Procedure.objects.get().current) == ENTRY

    def test_changes_nothing_the_second_time(self):
        imported(ENTRY)
        report = imported(ENTRY)
        assert (report.created, report.revised, report.unchanged) == ([], [], ["1.000001"])
        assert (Revision.objects.count(), Line.objects.count()) == (1, 1)

    def test_makes_a_revision_of_a_changed_row(self):
        imported(ENTRY)
        papers = [
            {"group": "", "papers": [{"text": "Tờ khai", "original": 2, "copy": 0}]},
            *ENTRY["paper_groups"][1:],
        ]
        report = imported(entry(paper_groups=papers, decision_no="2/QĐ-BT"))
        (revised,) = report.revised
        assert revised.changes == (
            "Quyết định công bố: “1/QĐ-BT” → “2/QĐ-BT”",
            "Giấy tờ “Tờ khai”, bản chính: “1” → “2”",
        )
        assert Procedure.objects.get().current.number == 2

    def test_keeps_what_the_province_knows_better(self):
        imported(ENTRY)
        known = facts_of(Procedure.objects.get().current)
        optional = tuple(
            replace(
                group,
                papers=tuple(replace(paper, is_required=False, note="tại quầy") for paper in group.papers),
            )
            for group in known.groups
        )
        publish(facts=replace(known, groups=optional, needs_no_receipt=True), by=None, at=AT)
        assert imported(ENTRY).unchanged == ["1.000001"]
        assert len(imported(entry(decision_no="2/QĐ-BT")).revised) == 1
        now = facts_of(Procedure.objects.get().current)
        assert now.decision == "2/QĐ-BT"
        assert now.needs_no_receipt
        assert now.groups == optional

    def test_tells_a_broken_row_and_imports_the_rest(self):
        broken = entry(code="1.000002", channels=[ENTRY["channels"][0] | {"time_value": "sớm"}])
        report = imported(ENTRY, broken, entry(code="1.000003"))
        assert report.created == ["1.000001", "1.000003"]
        (fault,) = report.faults
        assert (fault.file, fault.row, fault.field) == ("danh-muc.json", 2, "channels[1].time_value")
        assert str(fault) == (
            "danh-muc.json, dòng 2 (thủ tục 1.000002), trường channels[1].time_value: "
            "thời hạn phải là số, không phải “sớm”."
        )

    def test_tells_a_code_that_comes_twice(self):
        report = imported(ENTRY, entry(name="Khác"))
        assert faults(report) == [(2, "code")]
        assert Procedure.objects.get().name == ENTRY["name"]

    def test_writes_nothing_in_a_rehearsal(self):
        imported(ENTRY)
        report = imported(entry(field="Khác"), entry(code="1.000002"), dry_run=True)
        assert report.created == ["1.000002"]
        assert report.revised[0].changes == ("Lĩnh vực: “Thử nghiệm” → “Khác”",)
        assert Revision.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "trống"),
            (b"  \n", "trống"),
            (b"[{]", "dòng 1, cột 3"),
            (b'{"code": "1.1"}', "danh sách"),
            (b"\xff\xfe\x00", "UTF-8"),
            (b"[" * 100_000, "sâu"),
        ],
    )
    def test_tells_a_file_that_is_none(self, content, said):
        report = import_text(content, name="hong.json", by=None, at=AT)
        (fault,) = report.faults
        assert fault.row == 0
        assert said in str(fault)

    def test_reads_a_file_with_a_byte_order_mark(self):
        report = import_text(b"\xef\xbb\xbf" + as_file(ENTRY), name="danh-muc.json", by=None, at=AT)
        assert report.created == ["1.000001"]


class TestCommand:
    def test_imports_and_tells(self, tmp_path):
        path = tmp_path / "danh-muc.json"
        path.write_bytes(as_file(ENTRY, entry(code="hỏng")))
        done = CliRunner().invoke(import_, ["procedures", str(path)])
        assert done.exit_code == 1
        assert "danh-muc.json, dòng 2, trường code" in done.output.replace(" (thủ tục hỏng)", "")
        assert "1 thủ tục mới, 0 thủ tục có phiên bản mới, 0 không đổi, 1 chỗ hỏng" in done.output

    def test_shows_the_difference(self, tmp_path):
        imported(ENTRY)
        path = tmp_path / "danh-muc.json"
        path.write_bytes(as_file(entry(field="Khác")))
        done = CliRunner().invoke(import_, ["procedures", str(path), "--from", "2027-01-01"])
        assert done.exit_code == 0, done.output
        assert "  - Lĩnh vực: “Thử nghiệm” → “Khác”" in done.output
        assert Revision.objects.latest("number").valid_from.year == 2027

    def test_speaks_json(self, tmp_path):
        path = tmp_path / "danh-muc.json"
        path.write_bytes(as_file(ENTRY))
        done = CliRunner().invoke(import_, ["procedures", str(path), "--json", "--dry-run"])
        assert json.loads(done.output)["created"] == ["1.000001"]
        assert not Procedure.objects.exists()


@pytest.mark.skipif(not CATALOGUE.exists(), reason=f"the national catalogue is not here: {CATALOGUE}")
class TestNationalCatalogue:
    def test_is_imported_with_nothing_dropped_and_nothing_twice(self):
        rows = json.loads(CATALOGUE.read_text(encoding="utf-8"))
        report = import_file(CATALOGUE, by=None, at=AT)
        assert report.faults == []
        assert len(report.created) == len(rows) == 200
        revisions = {
            procedure.code: procedure.current for procedure in Procedure.objects.select_related("current")
        }
        assert [
            row["code"] for row in rows if export_procedure(revisions[row["code"]]) != composed(row)
        ] == []

        again = import_file(CATALOGUE, by=None, at=AT)
        assert (len(again.unchanged), again.created, again.revised, again.faults) == (200, [], [], [])
        assert Revision.objects.count() == 200

        changed = [row | {"decision_no": "99/QĐ-BTP"} if row["code"] == "1.001193" else row for row in rows]
        third = import_text(as_file(*changed), name="moi.json", by=None, at=AT)
        assert [revised.code for revised in third.revised] == ["1.001193"]
        assert third.revised[0].changes == ("Quyết định công bố: “163/QĐ-BTP” → “99/QĐ-BTP”",)
