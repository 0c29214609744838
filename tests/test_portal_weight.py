"""Nhẹ: what a phone receives for each of the citizen's pages, from a server as it runs in production."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.test_running import HOME, a_free_port

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FIRST, AFTER = 150_000, 30_000
PAGES = (
    "/",
    "/thu-tuc/",
    "/thu-tuc/?q=khai+sinh",
    "/thu-tuc/1.001193/",
    "/thu-tuc/1.004859/?c0=1",
    "/su-kien/sinh-con/",
    "/tra-cuu/",
    "/tinh-ngay-hen-tra/?ngay=13%2F02%2F2026&gio=15%3A01&so=3&don-vi=WORKING_DAY",
    "/hang-cho/",
    "/ho-so-cham/",
)


@pytest.fixture
def address(offered: None) -> Iterator[str]:
    """A web process of its own on the database of the test, its assets gathered and compressed."""
    from django.db import connection

    var = Path(tempfile.mkdtemp(prefix="motcua-weight-"))
    name = connection.settings_dict["NAME"]
    port = a_free_port()
    environment = {
        **os.environ,
        "MOTCUA_VAR": str(var),
        "MOTCUA_DEMO": "1",
        "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")),
    }
    run = [sys.executable, "-m", "motcua.config.cli"]
    (var / "static").mkdir()
    subprocess.run(
        [*run, "manage", "collectstatic", "--noinput", "--verbosity=0"], cwd=HOME, env=environment, check=True
    )
    web = subprocess.Popen([*run, "serve", "--port", str(port)], cwd=HOME, env=environment)
    try:
        _wait_for(f"http://localhost:{port}/tra-cuu/", web)
        yield f"http://localhost:{port}"
    finally:
        web.terminate()
        web.wait(timeout=30)
        shutil.rmtree(var, ignore_errors=True)


def _wait_for(address: str, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and web.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  our own address
        except urllib.error.HTTPError as answer:
            pytest.fail(f"{address}: {answer}")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{address} does not answer")


class Scales:
    """Counts every byte that a page's loading takes, heads of the answers included."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(viewport={"width": 390, "height": 844})
        self.page = self.context.new_page()
        self.tapped = self.context.new_cdp_session(self.page)
        self.bytes = 0
        self.tapped.send("Network.enable")
        self.tapped.on("Network.loadingFinished", self._add)

    def _add(self, told: dict[str, Any]) -> None:
        self.bytes += int(told["encodedDataLength"])

    def weigh(self, address: str) -> int:
        self.bytes = 0
        self.page.goto(address, wait_until="networkidle")
        assert self.page.locator("h1").count() == 1, address
        return self.bytes


def test_a_first_visit_and_the_next_pages_are_light(address: str, browser: Any) -> None:
    told, heavy = [], []
    for page in PAGES:
        scales = Scales(browser)
        first, after = scales.weigh(address + page), scales.weigh(address + page)
        scales.context.close()
        told.append(f"{first / 1000:6.1f} kB, then {after / 1000:5.1f} kB  {page}")
        if first > FIRST or after > AFTER or first < 10_000:
            heavy.append(page)
    assert not heavy, "\n".join(told)
    print("\n" + "\n".join(told))
