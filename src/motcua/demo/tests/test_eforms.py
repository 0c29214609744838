from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from motcua.demo import catalogue, eforms
from motcua.demo.eforms.blocks import DemoForm
from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import build_world
from motcua.service.forms.checking import problems_of
from motcua.service.forms.definition import Widget, read, write
from motcua.service.forms.judging import judge
from motcua.service.forms.models import FormVersion

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


def test_are_published_by_the_operations(db: Any) -> None:
    seed_law()
    world = build_world()
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    assert post
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    catalogue.load(by=None, at=factories.AT, valid_from=factories.START)
    made: Any = SimpleNamespace(controller=world.admin, admin=second)
    eforms.found(made, at=factories.AT, valid_from=factories.START)
    assert FormVersion.objects.in_force(ON).count() == len(eforms.FORMS)
