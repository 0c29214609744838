"""The citizen's pages as a phone meets them: Lighthouse's mobile profile, on a server as it runs in production."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bench.figures import Figure
from bench.memory import free_port, running, wait_for

NEEDS_DATABASE = True
HOME = Path(__file__).resolve().parents[1]
LIGHTHOUSE = HOME / "node_modules" / ".bin" / "lighthouse"
LEAST = 95.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = (
    "/",
    "/thu-tuc/",
    "/thu-tuc/?q=khai+sinh",
    "/thu-tuc/1.001193/",
    "/thu-tuc/1.004859/?c0=1",
    "/su-kien/sinh-con/",
    "/tra-cuu/",
    "/tinh-ngay-hen-tra/",
    "/hang-cho/",
    "/ho-so-cham/",
)


def measure() -> list[Figure]:
    """Performance and accessibility of each page, from 0 to 100. `MOTCUA_BENCH_PAGES` measures only the first few."""
    if not LIGHTHOUSE.exists():
        raise SystemExit("Chưa có Lighthouse: npm ci.")
    fill()
    most = int(os.environ.get("MOTCUA_BENCH_PAGES", len(PAGES)))
    figures: list[Figure] = []
    with ExitStack() as held:
        port = free_port()
        held.enter_context(running("serve", "--port", str(port)))
        wait_for(port)
        for page in PAGES[:most]:
            told = judged(f"http://localhost:{port}{page}")
            for kind, name in (("performance", "tốc độ"), ("accessibility", "ai cũng dùng được")):
                figures.append(
                    Figure(
                        f"Lighthouse {name} {page}",
                        told[kind],
                        "điểm",
                        LEAST,
                        at_least=True,
                        note=told["note"],
                    )
                )
    return figures


def judged(address: str) -> dict[str, float | str]:
    """One run of Lighthouse; its notes say the first paint, the largest paint and the time that the page is blocked."""
    chrome = next((found for name in BROWSERS if (found := shutil.which(name))), "")
    done = subprocess.run(
        [
            str(LIGHTHOUSE), address, "--quiet", "--output=json", "--output-path=stdout",
            "--only-categories=performance,accessibility", "--form-factor=mobile",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env={**os.environ, "CHROME_PATH": chrome}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"Lighthouse không đo được {quote(address, safe=':/?=&+')}: {done.stderr[-400:]}")
    report = json.loads(done.stdout)
    shown = (
        f"{label} {report['audits'][audit]['displayValue']}"
        for label, audit in (
            ("FCP", "first-contentful-paint"),
            ("LCP", "largest-contentful-paint"),
            ("TBT", "total-blocking-time"),
        )
    )
    scores = {kind: 100 * float(one["score"] or 0) for kind, one in report["categories"].items()}
    return {**scores, "note": ", ".join(shown).replace("\xa0", " ")}


def fill() -> None:
    """The demo's catalogue, taken in by one agency; assets gathered."""
    from motcua.config.commands import collect_static
    from motcua.core.time import VIETNAM
    from motcua.demo import catalogue, finding
    from motcua.foundation.identity.tests import factories
    from motcua.service.procedures.models import Procedure
    from motcua.service.procedures.operations.offering import offer

    collect_static()
    at = datetime(2026, 3, 2, 9, tzinfo=VIETNAM)
    catalogue.load(by=None, at=at, valid_from=at.date())
    finding.load(by=None, at=at)
    agency = factories.an_agency(name="Ủy ban nhân dân phường An Bình")
    for procedure in Procedure.objects.all():
        offer(procedure=procedure, agency=agency, by=None, at=at, valid_from=at.date())
