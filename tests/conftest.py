"""A real browser for the journeys: Chromium through Playwright, accessibility by axe-core, pictures at two widths."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from motcua.core.tests.laying import laid_once

# Playwright's loop lives in the thread of the test, which also prepares its facts with the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HOME = Path(__file__).resolve().parents[1]
SCREENSHOTS = HOME / "tests" / "screenshots"
PHOTOGRAPHED = os.environ.get("MOTCUA_PICTURES") == "1"
AXE = HOME / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {1280: 900, 390: 844}
# A browser without a window dies of window.print(); what would be printed is counted instead.
NO_PRINTER = "window.print = () => { top.printed = (top.printed || 0) + 1; }"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole process."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with playwright_api.sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"]
            )
        except playwright_api.Error as error:
            pytest.fail(
                f"Chromium does not start: {str(error).splitlines()[0]}. Install it: apt-get install chromium"
            )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a page in a fresh context (its own cookies): `open_page("/dang-nhap/", width=390, javascript=False)`.

    A script's error or a refused resource (CSP) on any page fails the test at its end.
    """
    contexts, faults = [], []

    def open_(address: str = "", *, width: int = 1280, javascript: bool = True, dark: bool = False) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        context.set_default_timeout(15_000)
        context.add_init_script(NO_PRINTER)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        if address:
            page.goto(address)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:  # what is still asked for would hold up the emptying of the tables
            with suppress(Exception):
                page.wait_for_load_state("networkidle", timeout=5_000)
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def axe() -> Callable[[Any], None]:
    """`axe(page)` fails with a readable list when the page breaks WCAG 2.1 AA (`only`: in these rules)."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed: npm ci")
    source = AXE.read_text(encoding="utf-8")

    def check(page: Any, *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> None:
        page.evaluate(source)  # through the debugger, so that the page's own CSP stays as it is
        options = {
            "runOnly": {"type": "rule", "values": only} if only else {"type": "tag", "values": STANDARDS},
            "rules": {rule: {"enabled": False} for rule in without},
        }
        found = page.evaluate(f"async () => (await axe.run(document, {json.dumps(options)})).violations")
        told = [
            f"{fault['id']} ({fault['impact']}): {fault['help']}\n    "
            + "\n    ".join(f"{node['target']}  {node['html'][:160]}" for node in fault["nodes"][:5])
            for fault in found
        ]
        assert not told, f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture
def picture() -> Callable[..., None]:
    """`picture(page, "tiep-nhan")`: nothing scrolls sideways at either width; MOTCUA_PICTURES=1 takes photographs."""

    def take(page: Any, name: str) -> None:
        before = page.viewport_size
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            if PHOTOGRAPHED:
                page.wait_for_timeout(50)
                SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=str(SCREENSHOTS / f"{name}-{width}.png"), full_page=True)
            wide = page.locator("html").evaluate(
                "page => page.scrollWidth"
            )  # waits, where a page is just being left
            assert wide <= width + 1, f"{name}: the page is {wide} px wide on a screen of {width} px"
        page.set_viewport_size(before)

    return take


# People


@laid_once
def laid_seed() -> None:
    from motcua.config.commands import seed

    seed()


@pytest.fixture
def seeded(transactional_db: None) -> None:
    """What the law fixes; written again, because a browser's test ends with empty tables."""
    laid_seed()


@pytest.fixture
def everybody(seeded: None) -> Any:
    """One account that holds a post of every role at one agency."""
    from motcua.foundation.identity.operations.staffing import appoint
    from motcua.foundation.identity.tests import factories
    from motcua.foundation.org.models import Role

    agency = factories.an_agency(name="Ủy ban nhân dân phường Thử Nghiệm")
    person = factories.a_user(full_name="Trần Thị Mọi Vai")
    for role in Role.objects.values_list("code", flat=True):
        post = factories.a_post(agency, role)
        appoint(person, post=post, valid_from=factories.START, by=None, at=factories.AT)
    return person


@pytest.fixture
def offered(seeded: None) -> None:
    """The demo's catalogue with its everyday names, all of it taken in by one commune."""
    from datetime import datetime

    from motcua.core.time import VIETNAM
    from motcua.demo import catalogue, finding
    from motcua.foundation.identity.tests import factories
    from motcua.service.procedures.models import Procedure
    from motcua.service.procedures.operations.offering import offer

    at = datetime(2026, 3, 2, 9, tzinfo=VIETNAM)
    catalogue.load(by=None, at=at, valid_from=at.date())
    finding.load(by=None, at=at)
    agency = factories.an_agency(name="Ủy ban nhân dân phường An Bình")
    for procedure in Procedure.objects.all():
        offer(procedure=procedure, agency=agency, by=None, at=at, valid_from=at.date())


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Any, Any], None]:
    """`sign_in(page, user)`: the browser gets a session that has passed the second factor."""
    from django.conf import settings
    from django.test import Client

    from motcua.web.ui.pages import SECOND_FACTOR

    def enter(page: Any, user: Any) -> None:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return enter
