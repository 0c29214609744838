from __future__ import annotations

from datetime import date

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from motcua.core.asking import Asked
from motcua.foundation.org.models import Agency, AgencyKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def agencies() -> list[Agency]:
    AgencyKind.objects.get_or_create(code="PROVINCE", defaults={"name": "Tỉnh", "position": 1})
    root = Agency.objects.create(code="H31", name="Tỉnh Mẫu", kind="PROVINCE", valid_from=date(2025, 7, 1))
    names = {"H31.1": "Sở Tư pháp", "H31.2": "Sở Xây dựng"}
    return [root] + [
        Agency.objects.create(code=code, name=name, kind="PROVINCE", parent=root, valid_from=date(2025, 7, 2))
        for code, name in names.items()
    ]


def coded(code: str) -> QuerySet[Agency]:
    return Agency.objects.filter(code=code).select_related("parent")


def among(keys: list[int], on: date, parent: int | None) -> QuerySet[Agency]:
    return Agency.objects.filter(pk__in=keys, valid_from__lte=on, parent=parent).order_by("code")


class TestAsked:
    def test_gives_what_the_queryset_gives(
        self, agencies: list[Agency], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        question = Asked(coded)
        assert question.first(code="H31.1") == agencies[1]
        with django_assert_num_queries(1):
            found = question.first(code="H31.2")
            assert found is not None
            assert (found.name, found.parent and found.parent.name) == ("Sở Xây dựng", "Tỉnh Mẫu")
        assert question.all(code="H99") == []

    def test_takes_lists_days_and_nothing(self, agencies: list[Agency]) -> None:
        root, one, two = agencies
        question = Asked(among)
        for _ in range(2):
            assert question.all(keys=[one.pk, two.pk], on=date(2026, 1, 1), parent=root.pk) == [one, two]
            assert question.all(keys=[two.pk, root.pk], on=date(2026, 1, 1), parent=root.pk) == [two]
            assert question.all(keys=[two.pk], on=date(2025, 7, 1), parent=root.pk) == []
            assert question.all(keys=[root.pk, one.pk, two.pk], on=date(2025, 7, 1), parent=None) == [root]

    def test_asks_anew_after_a_change(self, agencies: list[Agency]) -> None:
        question = Asked(coded)
        assert question.first(code="H31") == agencies[0]
        Agency.objects.filter(code="H31").update(name="Tỉnh Khác")
        found = question.first(code="H31")
        assert found is not None
        assert found.name == "Tỉnh Khác"
        found.name = "Tỉnh Thứ Ba"
        found.save(update_fields=["name"])
        assert Agency.objects.filter(name="Tỉnh Thứ Ba").exists()

    def test_takes_the_beginning_of_a_text(self, agencies: list[Agency]) -> None:
        for weighed in ((), ("text",)):
            question = Asked(
                lambda text: Agency.objects.filter(name__startswith=text).order_by("code"), weighed=weighed
            )
            assert question.all(text="Sở") == agencies[1:]
            assert question.all(text="Sở X") == agencies[2:]
            assert question.all(text="S%") == question.all(text="S_") == question.all(text="'\\") == []

    def test_refuses_a_value_that_is_changed_on_the_way(self) -> None:
        with pytest.raises(ValueError, match="as it is"):
            Asked(lambda text: Agency.objects.filter(name__endswith=text)).all(text="Sở")
        with pytest.raises(TypeError):
            Asked(coded).all(code=3.5)
