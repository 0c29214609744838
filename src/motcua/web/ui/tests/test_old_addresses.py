"""An address of before July 2025 is chosen from what the installation has loaded of its own history, or written freely."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from motcua.core.time import VIETNAM
from motcua.foundation.org.former import former_districts
from motcua.foundation.org.operations.loading import Change, TreeRow, load_tree, reorganise
from motcua.service.forms.places import in_words, read_address

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
OLD = [
    TreeRow("A", "Ủy ban nhân dân tỉnh A", "PROVINCE"),
    TreeRow("B", "Ủy ban nhân dân huyện Thanh Hà", "DISTRICT", "A"),
    TreeRow("C", "UBND huyện Kim Thành", "DISTRICT", "A"),
    TreeRow("B1", "Ủy ban nhân dân xã Tân Việt", "COMMUNE", "B"),
    TreeRow("C1", "Ủy ban nhân dân xã Tân Thành", "COMMUNE", "C"),
]
NEW = [
    OLD[0],
    TreeRow("N1", "Ủy ban nhân dân xã Tân Mới", "COMMUNE", "A"),
    TreeRow("C1", OLD[4].name, "COMMUNE", "A"),
]


def asked(client: Client, **query: str) -> list[str]:
    return list(client.get("/giao-dien/dia-danh/", {"cu": "1", **query}).json()["names"])


def test_what_was_loaded_is_offered_and_anything_may_be_written(client: Client) -> None:
    load_tree(OLD, on=date(2023, 1, 1), by=None, at=AT)
    assert former_districts() == []  # nothing is of former days yet
    changes = [Change("B", "A"), Change("C", "A"), Change("B1", "N1")]
    reorganise(NEW, changes, on=date(2025, 7, 1), by=None, at=AT)
    assert former_districts() == ["Huyện Kim Thành", "Huyện Thanh Hà"]
    assert asked(client, q="tan") == ["Xã Tân Thành, Huyện Kim Thành", "Xã Tân Việt, Huyện Thanh Hà"]
    assert asked(client, q="tan", huyen="thanh ha") == ["Xã Tân Việt"]
    assert asked(client, q="moi") == []

    chosen = read_address(
        {"form": "OLD", "old_province": "Tỉnh A", "old_ward": "Xã Tân Việt, Huyện Thanh Hà"}
    )
    assert in_words(chosen) == "Xã Tân Việt, Huyện Thanh Hà, Tỉnh A"
    free = read_address({"form": "OLD", "old_province": "Tỉnh B", "old_ward": "Xã Khác"})
    assert in_words(free) == "Xã Khác, Tỉnh B"
