"""What people wait for all day, with as many dossiers as a large province: inbox, search, tracking.

Each question, with its objects, is held against reading 25 dossiers by their keys in the same run. The database is the
bench's own and is kept for the next run; MOTCUA_BENCH_N makes it smaller. Measured in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.figures import Figure, interleaved

HOME = Path(__file__).resolve().parents[1]
MANY = int(os.environ.get("MOTCUA_BENCH_N", "1000000"))
ROWS = 25
MOST = 3.0  # times a read of as many rows by key
TOLD = {
    "tìm tên đệm và tên"
}  # for information: the beginning of a name is looked for where nobody has it whole
MOST_QUERIES = 6  # the tracking page reads the dossier, its ledger and what it waits for
ROUNDS, SAMPLES = 60, 2000


def measure() -> list[Figure]:
    address = kept_database()
    environment = {**os.environ, "DATABASE_URL": address, "MOTCUA_DEMO": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "bench.lists"],
        env=environment,
        cwd=HOME,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [Figure(**figure) for figure in json.loads(run.stdout.splitlines()[-1])]


# The database


def kept_database() -> str:
    """The address of a database with so many dossiers and today's tables; made when there is none."""
    import psycopg

    from motcua.config import embedded

    server = embedded.ensure(HOME / "var" / "pg-bench")
    name = f"motcua_lists_{MANY}"
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found and found[0] == tables():
            return address
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        for command in (["migrate"], ["demo", "load"], ["demo", "bulk", str(MANY)]):
            print(f"  motcua {' '.join(command)}", flush=True)
            subprocess.run(
                [sys.executable, "-m", "motcua.config.cli", *command],
                env={**os.environ, "DATABASE_URL": address, "MOTCUA_DEMO": "1"},
                cwd=HOME,
                check=True,
            )
        connection.execute(f"COMMENT ON DATABASE {name} IS '{tables()}'")
    return address


def tables() -> str:
    """What the tables and the made-up dossiers depend on, in short."""
    sources = [*(HOME / "src").glob("motcua/*/*/migrations/0*.py"), *(HOME / "src/motcua/demo").glob("*.py")]
    seen = sha256()
    for path in sorted(sources):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


# The questions


def measured() -> list[Figure]:
    from motcua.core.time import now
    from motcua.service.dossiers.models import Dossier

    at = now()
    chance = Random(25)
    sample = drawn(chance)
    officer, clerk = people(at)
    keys = cycle([[one["id"] for one in chance.sample(sample, ROWS)] for _ in range(SAMPLES)])
    acts = questions(sample, officer, clerk, at)
    reference = "đọc 25 dòng theo khóa"
    timed = interleaved(
        {reference: lambda: list(Dossier.objects.filter(pk__in=next(keys))), **acts}, rounds=ROUNDS, warm=20
    )
    base = timed.pop(reference)
    counted = {name: queries(act) for name, act in acts.items()}
    pages = whole_pages(sample, officer, clerk, at)
    figures = [Figure(f"lists: {reference}", base * 1000, "ms", note=f"{MANY:,} hồ sơ")]
    for name, seconds in timed.items():
        page = f", cả trang {pages[name]:.1f} ms" if name in pages else ""
        note = f"{seconds * 1000:.2f} ms, {counted[name]} câu lệnh{page}"
        limit = None if name in TOLD else MOST
        figures.append(Figure(f"lists: {name}", seconds / base, "lần", limit, note=note))
    return figures


def questions(
    sample: Sequence[dict[str, Any]], officer: Any, clerk: Any, at: Any
) -> dict[str, Callable[[], object]]:
    from motcua.foundation.identity.access import access_of
    from motcua.service.dossiers.searching import search
    from motcua.service.dossiers.tracking import track
    from motcua.web.desk.inbox import Inbox
    from motcua.web.desk.paging import slice_of

    inbox = Inbox(officer, access_of(officer, at), at)
    at_counter, at_desk = (cycle(names_seen(sample, person, at)) for person in (clerk, officer))
    given = cycle([" ".join(name.split()[-2:]) for name in names_seen(sample, clerk, at)])
    facts = cycle([(one["code"], one["phone"][-4:]) for one in sample])

    def tracked() -> object:
        code, fact = next(facts)
        if (found := track(code=code, fact=fact)) is None:
            raise RuntimeError(f"{code} is not found.")
        return found

    return {
        "hộp việc của chuyên viên": lambda: slice_of(inbox.dossiers("cua-toi"), size=ROWS),
        "việc chờ nhận": lambda: slice_of(inbox.dossiers("cho-nhan"), size=ROWS),
        "cả đơn vị": lambda: slice_of(inbox.dossiers("don-vi"), size=ROWS),
        "tìm cả tên, không dấu, tại Một cửa": lambda: search(next(at_counter), user=clerk, at=at),
        "tìm cả tên, không dấu, tại cơ quan": lambda: search(next(at_desk), user=officer, at=at),
        "tìm tên đệm và tên": lambda: search(next(given), user=clerk, at=at),
        "tra cứu theo mã": tracked,
    }


def names_seen(sample: Sequence[dict[str, Any]], person: Any, at: Any) -> list[str]:
    """Names of dossiers that this person may see: who is searched for has mostly been here."""
    from motcua.foundation.identity.access import access_of

    seen = access_of(person, at).where("SEE")
    return [
        one["name_folded"] for one in sample if one["agency_id"] in seen or one["reception_agency_id"] in seen
    ]


def drawn(chance: Random) -> list[dict[str, Any]]:
    """Dossiers drawn as they come: a name that many bear is drawn as often."""
    from motcua.service.dossiers.models import Dossier

    share = min(100.0, 300 * SAMPLES / MANY)
    columns = ("id", "code", "name_folded", "phone", "agency_id", "reception_agency_id")
    found = Dossier.objects.raw(
        f"SELECT {', '.join(columns)} FROM dossiers_dossier TABLESAMPLE SYSTEM ({share}) REPEATABLE (1) "
        "WHERE phone <> ''"
    )
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    return chance.sample(sorted(rows, key=lambda one: one["code"]), min(SAMPLES, len(rows)))


def people(at: Any) -> tuple[Any, Any]:
    """The officer who holds most, and a clerk of the unit that receives most."""
    from django.db.models import Count

    from motcua.core.time import local_date
    from motcua.foundation.identity.models import User
    from motcua.service.dossiers.models import Dossier

    held = Dossier.objects.open().filter(step_kind="WORK", holder__isnull=False)
    officer = held.order_by().values_list("holder").annotate(times=Count("pk")).order_by("-times")[0][0]
    busiest = (
        Dossier.objects.order_by()
        .values_list("reception_agency")
        .annotate(times=Count("pk"))
        .order_by("-times")
    )
    clerks = User.objects.active().in_post_at([busiest[0][0]], local_date(at), roles=["CLERK"])
    return User.objects.get(pk=officer), clerks.order_by("username")[0]


def queries(act: Callable[[], object], times: int = 20) -> str:
    """How many statements, over several calls: one number when it is constant."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for _ in range(times):
        with CaptureQueriesContext(connection) as captured:
            act()
        counts.add(len(captured))
    if max(counts) > MOST_QUERIES:
        raise RuntimeError(f"{max(counts)} statements for one question.")
    return "–".join(map(str, sorted({min(counts), max(counts)})))


def whole_pages(sample: Sequence[dict[str, Any]], officer: Any, clerk: Any, at: Any) -> dict[str, float]:
    """Milliseconds of the page behind each question, from the request to the last byte; none without assets."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from motcua.config.commands import collect_static

    if not (HOME / "src/motcua/web/ui/static/built").exists():
        return {}
    collect_static()
    settings.ALLOWED_HOSTS = ["*"]
    backend = "motcua.foundation.identity.backends.StaffBackend"
    at_desk, at_counter, anybody = Client(), Client(), Client()
    at_desk.force_login(officer, backend=backend)
    at_counter.force_login(clerk, backend=backend)
    by_clerk, by_officer = (cycle(names_seen(sample, person, at)) for person in (clerk, officer))
    facts = cycle([(one["code"], one["phone"][-4:]) for one in sample])
    places = (f"10.{number // 250}.{number % 250}.9" for number in range(60_000))

    def tracked() -> Any:
        code, fact = next(facts)
        return anybody.post(reverse("portal:tracking"), {"ma": code, "so": fact}, REMOTE_ADDR=next(places))

    asked: dict[str, Callable[[], Any]] = {
        "hộp việc của chuyên viên": lambda: at_desk.get(reverse("desk:index") + "?muc=cua-toi"),
        "việc chờ nhận": lambda: at_desk.get(reverse("desk:index") + "?muc=cho-nhan"),
        "cả đơn vị": lambda: at_desk.get(reverse("desk:index") + "?muc=don-vi"),
        "tìm cả tên, không dấu, tại Một cửa": lambda: at_counter.get(
            reverse("counter:search"), {"q": next(by_clerk)}
        ),
        "tìm cả tên, không dấu, tại cơ quan": lambda: at_desk.get(
            reverse("desk:search"), {"q": next(by_officer)}
        ),
        "tra cứu theo mã": tracked,
    }
    return dict(milliseconds(asked))


def milliseconds(asked: dict[str, Callable[[], Any]], times: int = 15) -> Iterator[tuple[str, float]]:
    for name, ask in asked.items():
        durations = []
        for _ in range(times):
            begun = time.perf_counter()
            answer = ask()
            durations.append(time.perf_counter() - begun)
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
        yield name, sorted(durations)[times // 2] * 1000


def main() -> None:
    from motcua.config.cli import Needs, stand_on

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    stand_on(Needs.DATABASE)
    print(json.dumps([asdict(figure) for figure in measured()], ensure_ascii=False))


if __name__ == "__main__":
    main()
