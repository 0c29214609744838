"""What was laid down says the same as what was built, and nothing of the test before is believed."""

from __future__ import annotations

import pytest
from django.db import connection

from motcua.core.tests.laying import laid_once
from motcua.foundation.org.models import TreeVersion
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.tree import Tree, tree
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World, build_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 2])
def test_a_laid_world_is_carried_on_like_a_built_one(number: int) -> None:
    """Both rounds begin with the same keys: what the first one added, the second must not read."""
    world: World = build_world()
    dossier = world.receive()
    assert (dossier.code[-4:], dossier.agency, dossier.received_by) == ("0001", world.department, world.clerk)

    assert len(tree_now().parents) == 4
    added = create_agency(
        code=f"H31.9{number}", name=f"Xã {number}", kind="COMMUNE", parent=world.province, valid_from=LONG_AGO,
        by=None, at=BEGINNING,
    )  # fmt: skip
    assert tree_now().parents[added.pk] == world.province.pk


def tree_now() -> Tree:
    return tree(TreeVersion.objects.get().version)


def test_what_was_written_before_is_built_upon() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO numbering_series (scope, value) VALUES ('one', 1)")
    calls = []
    laid_once(lambda: calls.append(1))()
    laid_once(lambda: calls.append(2))()
    assert calls == [1, 2]
