"""A group is drafted by one person and published by another, and only when it can be kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.linking.models import LinkedGroup
from motcua.service.linking.operations.defining import (
    LinkDraft,
    NotPublishable,
    PartDraft,
    draft_group,
    publish_group,
    retire_group,
)
from motcua.service.linking.tests.world import LONG_AGO, MONDAY


def drafted(linked, **changes):
    given = {
        "code": "LT-KS", "name": "Nhóm thử", "basis": "63/2024/NĐ-CP", "mode": "PARALLEL",
        "parts": [PartDraft("birth", linked.procedures["birth"]), PartDraft("card", linked.procedures["card"])],
        "links": [LinkDraft("birth", "card", "Giấy khai sinh", "Giấy khai sinh")],
        "valid_from": MONDAY.date(), "by": linked.controller, "at": MONDAY, **changes,
    }  # fmt: skip
    return draft_group(**given)


class TestDraft:
    def test_needs_two_procedures_a_name_and_a_basis(self, linked):
        with pytest.raises(InvalidInput) as refused:
            drafted(
                linked, name=" ", basis="", parts=[PartDraft("birth", linked.procedures["birth"])], links=[]
            )
        assert set(refused.value.errors) == {"name", "basis", "parts"}

    def test_refuses_parts_that_wait_for_each_other(self, linked):
        links = [LinkDraft("birth", "card", "Giấy khai sinh"), LinkDraft("card", "birth", "Thẻ")]
        with pytest.raises(InvalidInput, match="chờ lẫn nhau"):
            drafted(linked, links=links)

    def test_is_for_who_manages_procedures(self, linked):
        with pytest.raises(Forbidden):
            drafted(linked, by=linked.clerk)


class TestPublish:
    def test_is_for_a_second_person(self, linked):
        group = drafted(linked)
        with pytest.raises(Forbidden, match="người thứ hai"):
            publish_group(group_id=group.pk, by=linked.controller, at=MONDAY)

    def test_ends_the_version_before(self, linked):
        group = drafted(linked)
        publish_group(group_id=group.pk, by=linked.admin, at=MONDAY)
        linked.group.refresh_from_db()
        assert linked.group.valid_to == MONDAY.date() - timedelta(days=1)
        found = LinkedGroup.objects.in_force(MONDAY.date()).filter(code="LT-KS")
        assert [one.pk for one in found] == [group.pk]
        assert LinkedGroup.objects.in_force(LONG_AGO).get(code="LT-KS") == linked.group

    def test_refuses_a_limit_that_the_longest_way_cannot_keep(self, linked):
        group = drafted(linked, limit=Limit(Decimal(1), Unit.WORKING_DAY))
        with pytest.raises(NotPublishable, match="đường dài nhất"):
            publish_group(group_id=group.pk, by=linked.admin, at=MONDAY)

    def test_refuses_an_output_for_a_paper_that_is_not_asked(self, linked):
        group = drafted(linked, links=[LinkDraft("birth", "card", "Giấy khai sinh", "Giấy lạ")])
        with pytest.raises(NotPublishable, match="Giấy lạ"):
            publish_group(group_id=group.pk, by=linked.admin, at=MONDAY)

    def test_a_retired_group_is_no_longer_offered(self, linked):
        retire_group(
            group_id=linked.group.pk, on=MONDAY.date(), reason="Có nhóm mới", by=linked.admin, at=MONDAY
        )
        assert not LinkedGroup.objects.in_force(MONDAY.date()).exists()
        assert LinkedGroup.objects.in_force(LONG_AGO).exists()
