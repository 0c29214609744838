"""Just enough of the house for a workflow: an agency, people, roles and a procedure with a limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency, Role
from motcua.service.procedures.models import Channel, Procedure, Revision

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
LONG_AGO = date(2020, 1, 1)


class RoleFactory(DjangoModelFactory[Role]):
    class Meta:
        model = Role
        django_get_or_create = ("code",)

    code = "OFFICER"
    name = factory.Faker("job")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence("can.bo.{}".format)
    full_name = factory.Sequence("Cán bộ {}".format)


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    code = factory.Sequence("H99.{}".format)
    name = factory.Sequence("Sở thử nghiệm {}".format)
    kind = "DEPARTMENT"
    path = factory.Sequence("/{}/".format)
    valid_from = LONG_AGO


class ProcedureFactory(DjangoModelFactory[Procedure]):
    class Meta:
        model = Procedure
        skip_postgeneration_save = True

    code = factory.Sequence("1.{:06}".format)
    name = "Cấp giấy phép thử nghiệm"
    name_folded = "cap giay phep thu nghiem"
    words = "cap giay phep thu nghiem"

    @factory.post_generation
    def limit(self, create: bool, extracted: tuple[int, str] | None, **kwargs: Any) -> None:
        """`limit=(value, unit)`: one revision with one way to apply; nothing: no revision at all."""
        if extracted is None:
            return
        value, unit = extracted
        revision = Revision.objects.create(
            procedure=self, number=1, valid_from=LONG_AGO, published_at=MONDAY, name=self.name
        )
        Channel.objects.create(
            revision=revision, position=1, kind="COUNTER", limit_value=value, limit_unit=unit
        )
        self.current = revision
        self.save()


def seed_roles() -> None:
    for code in ("CLERK", "OFFICER", "DIVISION_HEAD", "LEADER", "RECORDS"):
        RoleFactory.create(code=code, name=f"Vai trò {code}")
