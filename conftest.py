"""What every test stands on; the database comes from motcua.config.testing, loaded before the settings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
LONG = re.compile("^tests/|^src/motcua/demo/")  # where browsers walk and whole years are written


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Tests look at pages, not at hashed names of assets; a password is hashed fast.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    fast = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [fast, *(hasher for hasher in settings.PASSWORD_HASHERS if hasher != fast)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    _empty_only_what_is_full()


def _empty_only_what_is_full() -> None:
    """A test with transactions of its own fills few of the two hundred tables, and cutting an empty one costs as much.

    Foreign keys and the triggers that keep the ledger from being shortened are silent meanwhile, which only the owner of a
    server may ask for: elsewhere all tables are cut as usual.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    usual = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **options: bool) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser') = 'on'")
            if not tables or options.get("reset_sequences") or not cursor.fetchone()[0]:
                emptied: list[str] = usual(self, style, tables, **options)
                return emptied
            names = {name: self.quote_name(name) for name in tables}
            cursor.execute(
                " UNION ALL ".join(
                    f"(SELECT '{name}' FROM {quoted} LIMIT 1)"  # noqa: S608  names of our own tables
                    for name, quoted in names.items()
                )
            )
            full = [names[name] for (name,) in cursor.fetchall()]
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {quoted}" for quoted in full),  # noqa: S608
            "SET LOCAL session_replication_role = DEFAULT",
        ]

    DatabaseOperations.sql_flush = sql_flush


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, after whatever order others wish for: so all processes of a run end together."""
    items.sort(key=lambda item: not LONG.search(item.nodeid))


@pytest.fixture(autouse=True)
def _adapters_as_they_were() -> Iterator[None]:
    """A test that pays installs a platform of its own; the next one finds those of the installation."""
    from motcua.service.payments import gateways

    before = dict(gateways._adapters)  # noqa: SLF001
    yield
    if gateways._adapters != before:  # noqa: SLF001
        gateways.install(before)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test with transactions of its own ends with empty tables: put back what the migrations had written."""
    result: Any = yield
    if {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())) or any(
        mark.kwargs.get("transaction") for mark in item.iter_markers("django_db")
    ):
        _write_again_what_migrations_wrote(item.config)
    return result


def _write_again_what_migrations_wrote(config: pytest.Config) -> None:
    from django.apps import apps
    from django.db import connection
    from pytest_django.plugin import blocking_manager_key

    own = {app.label for app in apps.get_app_configs() if app.name.startswith("motcua.")}
    written = json.loads(getattr(connection, "_test_serialized_contents", "[]"))
    rows = [row for row in written if row["model"].split(".")[0] in own]
    with config.stash[blocking_manager_key].unblock():
        connection.creation.deserialize_db_from_string(json.dumps(rows))
