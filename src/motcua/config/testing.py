"""Chuẩn bị cho kiểm thử: loaded by pytest before the settings are (`-p motcua.config.testing`).

Gives the tests their own embedded PostgreSQL when no DATABASE_URL is set, a folder for files, and the demo's keys.
Workers of xdist inherit the address; pytest-django gives each its own database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from motcua.config import embedded

HOME = Path(__file__).resolve().parents[3]

os.environ["MOTCUA_DEMO"] = "1"
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # inside the folder of the process that started it
    os.environ["MOTCUA_VAR"] += f"/{worker}"
elif "MOTCUA_VAR" not in os.environ:
    os.environ["MOTCUA_VAR"] = tempfile.mkdtemp(prefix="motcua-test-")
    atexit.register(shutil.rmtree, os.environ["MOTCUA_VAR"], ignore_errors=True)
(Path(os.environ["MOTCUA_VAR"]) / "static").mkdir(
    parents=True, exist_ok=True
)  # whitenoise warns when it is missing
if not os.environ.get("DATABASE_URL"):
    embedded.SERVER_SETTINGS |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    embedded.ensure(HOME / "var" / "pg-test")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Dữ liệu chung của một tệp: one transaction around all tests of a file, undone after the last of them.

    For what is dear to load and only read; not for tests with `transaction=True`.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
