"""Danh mục minh họa."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from motcua.core.time import VIETNAM
from motcua.demo.catalogue import entries, limit, load
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.publishing import Outcome
from motcua.service.procedures.reading import facts_of

AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


class TestEntries:
    def test_are_forty_three_each_once(self):
        codes = [entry.facts.code for entry in entries()]
        assert len(codes) == len(set(codes)) == 43

    def test_show_what_the_counter_meets(self):
        facts = [entry.facts for entry in entries()]
        units = {channel.limit.unit for one in facts for channel in one.channels}
        assert units == {"WORKING_DAY", "DAY", "HOUR", "MONTH", "NONE"}
        numbers = {len(one.papers) for one in facts if len(one.groups) == 1}
        assert {3, 5} <= numbers
        assert any(len(one.groups) > 2 for one in facts)
        assert any(channel.case_limits for one in facts for channel in one.channels)

    def test_say_papers_results_and_laws(self):
        for entry in entries():
            assert entry.facts.papers, entry.facts.code
            assert entry.facts.results, entry.facts.code
            assert entry.facts.legal, entry.facts.code
            assert any(paper.is_required for paper in entry.facts.papers), entry.facts.code


class TestLimit:
    def test_refuses_what_it_cannot_read(self):
        with pytest.raises(ValueError, match="Not a limit"):
            limit("sớm thôi")


@pytest.mark.django_db
class TestLoad:
    def test_publishes_all_and_changes_nothing_again(self):
        first = load(by=None, at=AT, valid_from=date(2025, 7, 1))
        assert {done.outcome for _, done in first} == {Outcome.CREATED}
        assert all(facts_of(done.revision) == entry.facts for entry, done in first)
        again = load(by=None, at=AT, valid_from=date(2025, 7, 1))
        assert {done.outcome for _, done in again} == {Outcome.UNCHANGED}

    def test_is_found_by_everyday_names(self):
        load(by=None, at=AT, valid_from=date(2025, 7, 1))
        for text, code in (("so do", "1.012753"), ("độc thân", "1.004873"), ("khai sinh", "1.001193")):
            assert Procedure.objects.search(text).first().code == code
