"""Bảng do migrate dựng: our command, which renders less, writes the tables that Django's own writes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connection

from motcua.config.management.commands.migrate import Command

IS_FULL = os.environ.get("MOTCUA_PROOFS") == "full"
ASKED = (
    (
        "SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type,"
        " character_maximum_length, collation_name, is_identity, generation_expression FROM information_schema.columns"
        " WHERE table_schema = current_schema"
    ),
    (
        "SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid), condeferrable, condeferred"
        " FROM pg_constraint WHERE connamespace = current_schema::regnamespace"
    ),
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT app, name FROM django_migrations",
)


def written() -> list[list[tuple[object, ...]]]:
    found = []
    with connection.cursor() as cursor:
        for question in ASKED:
            cursor.execute(question)
            found.append(sorted(cursor.fetchall(), key=repr))
    return found


@pytest.fixture
def empty_schema(transactional_db: None) -> Iterator[None]:
    """The database from nothing; everything in it is written again for the tests that follow."""
    yield
    from_nothing(Command())


def from_nothing(command: DjangoCommand) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    call_command(command, verbosity=0)


@pytest.mark.skipif(not IS_FULL, reason="MOTCUA_PROOFS=full")
@pytest.mark.django_db(transaction=True)
def test_the_tables_are_those_of_django(empty_schema: None) -> None:
    from_nothing(Command())
    ours = written()
    from_nothing(DjangoCommand())
    assert len(ours[0]) > 1000
    assert written() == ours
