from __future__ import annotations

from datetime import date

import pytest

from motcua.demo import catalogue, eforms
from motcua.demo.eforms.blocks import DemoForm
from motcua.service.forms.checking import problems_of
from motcua.service.forms.definition import Widget, read, write
from motcua.service.forms.judging import judge

ON = date(2026, 11, 25)


@pytest.mark.parametrize("told", eforms.FORMS, ids=lambda told: told.code)
class TestForms:
    def test_is_fit_to_be_published(self, told: DemoForm) -> None:
        assert problems_of(told.definition) == []
        assert read(write(told.definition)) == told.definition

    def test_belongs_to_a_procedure_of_the_catalogue(self, told: DemoForm) -> None:
        assert told.procedure in {entry.facts.code for entry in catalogue.entries()}

    def test_asks_something_and_ends_with_a_word_of_honour(self, told: DemoForm) -> None:
        assert len(judge(told.definition, {}, on=ON)) >= 5
        last = list(told.definition.pages[-1].fields)
        assert last[-1].widget == Widget.STATEMENT


def test_there_is_one_form_for_a_procedure() -> None:
    codes = [told.procedure for told in eforms.FORMS]
    assert len(codes) == len(set(codes)) >= 12
