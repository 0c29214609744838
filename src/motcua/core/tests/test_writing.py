from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from motcua.core.writing import insert_together
from motcua.foundation.numbering.models import Series
from motcua.foundation.org.models import Role, Scope

pytestmark = pytest.mark.django_db


class TestInsertTogether:
    def test_writes_several_tables_in_one_statement(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        role = Role(code="TEST", name="Thử", permissions=["SEE"], scope=Scope.OWN, position=99)
        with django_assert_num_queries(1):
            insert_together([Series(scope="a", value=1), Series(scope="b", value=2)])
        assert dict(Series.objects.values_list("scope", "value")) == {"a": 1, "b": 2}
        insert_together([Role(code="OWN", name="Tự có số", scope=Scope.OWN, position=98)])
        assert Role.objects.get(code="OWN").pk
        role.pk = 987_654
        insert_together([Series(scope="c", value=3), role])
        assert Role.objects.get(code="TEST").permissions == ["SEE"]
        role.name = "Thử lại"
        role.save()
        assert Role.objects.get(pk=role.pk).name == "Thử lại"

    def test_writes_all_or_nothing(self) -> None:
        Series.objects.create(scope="a", value=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_together([Series(scope="b", value=2), Series(scope="a", value=2)])
        assert Series.objects.count() == 1
