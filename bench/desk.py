"""Two hundred officers at their desks at once, on the dossiers of a large province, against one officer alone.

Locust plays them over loopback against two web processes: look at the inbox, open a dossier, end its step, sign. Each
reads for some seconds between two presses (READING), faster than anybody works, and one alone presses without a pause.
The 95th percentile of each page among two hundred is held against the same page with one, in the same run, and no
answer may be an error. The database is that of `bench.lists`; what is done there stays done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.lists import HOME, MANY, kept_database
from bench.receive import server

OFFICERS = 200
MOST = 10.0  # times the same page with one officer
READING = (10.0, 30.0)  # seconds between two presses of one of the two hundred
ACTS = ("proposal", "signature")
ALONE_SECONDS, TOGETHER_SECONDS, WARM_SECONDS = 20, 120, 20
WEB = "2"  # processes
ARRIVING = "8"  # officers a second, who come to their desks before the measure begins
DECK, DECK_ALONE = 8, 60  # dossiers that each may finish


def measure() -> list[Figure]:
    address = kept_database()
    environment = {**os.environ, "DATABASE_URL": address, "MOTCUA_DEMO": "1", "MOTCUA_WEB_WORKERS": WEB}
    prepared = subprocess.run(
        [sys.executable, "-m", "bench.desk"],
        env=environment,
        cwd=HOME,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told = json.loads(prepared.stdout.splitlines()[-1])
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        with server() as port:
            soloists = [dealt(told["officers"], act)[0] for act in ACTS]
            warmers = [one for act in ACTS for one in dealt(told["officers"], act)[1:4]]
            played(port, warmers, WARM_SECONDS, pause=(0.0, 0.1))
            alone: dict[str, Any] = {}
            for soloist in soloists:  # one after the other: each is alone
                alone = played(port, [soloist], ALONE_SECONDS, pause=(0.0, 0.05)) | alone
            rest = [officer for officer in told["officers"] if officer not in soloists]
            together = played(port, rest[:OFFICERS], TOGETHER_SECONDS, pause=READING)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return [*figures(alone, together), *counted(told["queries"])]


def dealt(officers: list[Any], act: str) -> list[Any]:
    """Those who do this kind of work, who has most to do first."""
    of_kind = [officer for officer in officers if officer["act"] == act]
    return sorted(of_kind, key=lambda officer: -len(officer["deck"]))


def played(port: int, officers: list[Any], seconds: int, *, pause: tuple[float, float]) -> dict[str, Any]:
    """What Locust tells of each page when these officers work for so long. Raises when any answer was an error."""
    with tempfile.TemporaryDirectory() as folder:
        cast, told = Path(folder) / "officers.json", Path(folder) / "told"
        cast.write_text(json.dumps({"officers": officers, "pause": pause}), encoding="utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "locust", "-f", str(HOME / "bench" / "officers.py"), "--headless"),
                *("--json-file", str(told), "--host", f"http://127.0.0.1:{port}", "-u", str(len(officers))),
                *(
                    "-r",
                    ARRIVING,
                    "--reset-stats",  # what is told begins when the last has sat down
                    "-t",
                    f"{seconds}s",
                    "--stop-timeout",
                    "20",
                    "--loglevel",
                    "ERROR",
                    "--only-summary",
                ),
            ],
            env={**os.environ, "MOTCUA_BENCH_OFFICERS": str(cast)},
            cwd=HOME,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        kept = Path(f"{told}.json")
        if not kept.exists():
            raise RuntimeError(done.stdout[-2000:])
        pages = {page["name"]: page for page in json.loads(kept.read_text(encoding="utf-8"))}
    failed = {name: page["num_failures"] for name, page in pages.items() if page["num_failures"]}
    if failed or not pages:
        raise RuntimeError(f"{failed or 'Nobody did anything'}\n{done.stdout[-3000:]}")
    return pages


def figures(alone: dict[str, Any], together: dict[str, Any]) -> list[Figure]:
    found = []
    for name, page in sorted(together.items()):
        many, note = p95(page), f"{page['num_requests']} lần, {MANY:,} hồ sơ"
        if name not in alone:
            found.append(Figure(f"desk: {name}, {OFFICERS} người", many, "ms", note=note))
            continue
        one = p95(alone[name])
        note += f"; p95 {many:.0f} ms so với {one:.0f} ms"
        found.append(Figure(f"desk: {name}, {OFFICERS} người so với một", many / one, "lần", MOST, note=note))
    return found


def p95(page: dict[str, Any]) -> float:
    """Milliseconds, from the counts that Locust keeps by rounded duration."""
    times = {float(duration): count for duration, count in page["response_times"].items()}
    left = 0.95 * sum(times.values())
    for duration in sorted(times):
        left -= times[duration]
        if left <= 0:
            return duration
    return max(times)


def counted(queries: dict[str, tuple[int, int]]) -> list[Figure]:
    """Statements of each page, for who has least and for who has most: they must be the same."""
    for name, (few, many) in queries.items():
        if many > few:
            raise RuntimeError(f"{name}: {few} statements for few dossiers, {many} for many.")
    return [
        Figure(f"desk: {name}", many, "câu lệnh", note="như nhau, ít hay nhiều hồ sơ")
        for name, (_, many) in queries.items()
    ]


# Within the database


def prepared() -> dict[str, Any]:
    from motcua.core.time import now

    at = now()
    return {"officers": list(cast_of(at)), "queries": queries(at)}


def cast_of(at: Any) -> Any:
    """So many desks: those who hold work or sign, dealt in turns, no dossier to two of them."""
    from motcua.foundation.identity.access import access_of
    from motcua.foundation.identity.models import User
    from motcua.service.dossiers.models import Dossier

    working = Dossier.objects.open().filter(state="IN_WORK", step_kind="WORK", holder__isnull=False)
    decks: dict[tuple[Any, str], list[str]] = {}
    for key, holder in working.order_by("pk").values_list("pk", "holder")[: OFFICERS * DECK * 20]:
        decks.setdefault((holder, "proposal"), []).append(str(key))
    signers = [one for one in User.objects.active() if access_of(one, at).may("SIGN")]
    for one in signers:
        places = access_of(one, at).agencies("SIGN")
        ready = Dossier.objects.open().filter(
            step_kind="SIGN", agency__in=places, step_role__in=access_of(one, at).roles()
        )
        mine = ready.filter(holder=None) | ready.filter(holder=one)
        taken = {key for (_, act), deck in decks.items() if act == "signature" for key in deck}
        found = [str(key) for key in mine.values_list("pk", flat=True)[: DECK * 60] if str(key) not in taken]
        if found:
            decks[one.pk, "signature"] = found
    if not decks:
        raise RuntimeError("Nobody has anything to do.")
    sessions = {person: signed_in(person) for person in {person for person, _ in decks}}
    first = {act: next(key for key in sorted(decks, key=str) if key[1] == act) for act in ACTS}
    for key in [*first.values(), *islice(cycle(sorted(decks, key=str)), OFFICERS + 2)]:
        person, act = key
        size = DECK if first.pop(act, None) != key else DECK_ALONE
        deck, decks[key] = decks[key][:size], decks[key][size:]
        yield {"session": sessions[person], "act": act, "deck": deck}


def signed_in(person_id: Any) -> str:
    """The key of a session that has passed the second factor."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from motcua.foundation.identity.models import User
    from motcua.web.ui.pages import SECOND_FACTOR

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person_id)
    session[BACKEND_SESSION_KEY] = "motcua.foundation.identity.backends.StaffBackend"
    session[HASH_SESSION_KEY] = User.objects.get(pk=person_id).get_session_auth_hash()
    session[SECOND_FACTOR] = True
    session.create()
    return str(session.session_key)


def queries(at: Any) -> dict[str, tuple[int, int]]:
    """Statements of the inbox and of an open dossier, for the officer with least and for the one with most."""
    from django.conf import settings
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from motcua.config.commands import collect_static
    from motcua.service.dossiers.models import Dossier

    collect_static()
    settings.ALLOWED_HOSTS = ["*"]
    held = Dossier.objects.open().filter(state="IN_WORK", step_kind="WORK", holder__isnull=False)
    loads = held.order_by().values_list("holder").annotate(times=Count("pk")).order_by("times")
    found: dict[str, list[int]] = {}
    for person, _ in (loads[0], loads.reverse()[0]):
        client = Client()
        client.cookies["sessionid"] = signed_in(person)
        one = held.filter(holder=person).order_by("pk")[0]
        pages = {
            "hộp việc, 500 dòng": f"{reverse('desk:index')}?muc=cua-toi&so=500",
            "một hồ sơ": reverse("desk:dossier", args=[one.pk]),
        }
        for name, address in pages.items():
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
            asked = [one for one in captured.captured_queries if "calendarversion" not in one["sql"]]
            found.setdefault(name, []).append(len(asked))
    return {name: (few, many) for name, (few, many) in found.items()}


def main() -> None:
    from motcua.config.cli import Needs, stand_on

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    stand_on(Needs.DATABASE)
    print(json.dumps(prepared(), ensure_ascii=False))


if __name__ == "__main__":
    main()
