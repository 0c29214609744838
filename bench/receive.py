"""Receiving a dossier with three papers: the whole stack over HTTP against bare psycopg writing the same rows.

Eight clerks, each of their own commune, send the counter's form at once to the server that runs in production; eight
threads write the rows that such a reception leaves, one transaction for each dossier, as a sensible programmer would.
Both take turns, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.figures import Figure, percentile
from motcua.core.ids import new_id

NEEDS_DATABASE = True
AT_ONCE = 8
PAPERS = 3
LEAST = 35.0  # per cent of the bare rate
TURNS, SECONDS = 3, 4.0
PEOPLE = 200
TOKEN = "b" * 32
# What a reception leaves besides its dossier: by whom the rows are found, and the texts that hold a key of another row.
CHILDREN = {
    "dossiers_part": "dossier_id",
    "workflows_task": "dossier_id",
    "dossiers_assignment": "dossier_id",
    "payments_due": "subject_id",
    "payments_payment": "due_id",
    "payments_entry": "due_id",
    "ledger_line": "subject_id",
    "ledger_delivery": "subject_id",
}
KEYED = {"reference", "key"}


@dataclass(frozen=True)
class Counter:
    """Một quầy: a signed-in clerk and what is handed in there."""

    session: str
    addresses: Sequence[str]  # with {} for the key of the dossier
    forms: Sequence[bytes]


@dataclass
class Run:
    """Một lượt đo."""

    seconds: float = 0.0
    durations: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.durations) / self.seconds


def measure() -> list[Figure]:
    from motcua.demo.loading import load

    load(lambda _: None, dossiers=0)
    counters, patterns = prepare()
    queries, inner = in_process()
    served, bare = Run(), Run()
    with server() as port:
        clients = [Client(port, counter) for counter in counters]
        writers = [Writer(os.environ["DATABASE_URL"], chosen) for chosen in patterns]
        at_once(clients, 1.5, Run())  # warm: every process has read what it keeps
        at_once(writers, 0.5, Run())
        for _ in range(TURNS):
            at_once(writers, SECONDS / 2, bare)
            at_once(clients, SECONDS, served)
            at_once(writers, SECONDS / 2, bare)
        for client in clients:
            client.close()
        for writer in writers:
            writer.close()
    milliseconds = [percentile(served.durations, share) * 1000 for share in (0.5, 0.95, 0.99)]
    note = (
        f"{served.rate:,.0f}/giây so với {bare.rate:,.0f}/giây; "
        f"p50 {milliseconds[0]:.1f}, p95 {milliseconds[1]:.1f}, p99 {milliseconds[2]:.1f} ms"
    )
    share = 100 * served.rate / bare.rate
    return [
        Figure("receive: qua HTTP so với psycopg trần", share, "%", LEAST, at_least=True, note=note),
        Figure("receive: một lần trong tiến trình", inner * 1000, "ms", note=f"{queries} câu lệnh"),
    ]


def at_once(workers: Sequence[Any], seconds: float, run: Run) -> None:
    """Everybody works for so long; what they did is added to the run."""
    barrier = Barrier(len(workers) + 1)
    faults: list[Exception] = []

    def work(worker: Any) -> None:
        durations = []
        barrier.wait()
        until = time.perf_counter() + seconds
        try:
            while (begun := time.perf_counter()) < until:
                worker.act()
                durations.append(time.perf_counter() - begun)
        except Exception as fault:
            faults.append(fault)
        run.durations.extend(durations)

    threads = [Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    barrier.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    run.seconds += time.perf_counter() - begun
    if faults:
        raise faults[0]


# What is handed in


def prepare() -> tuple[list[Counter], list[list[Pattern]]]:
    """Eight counters, and beside each what a reception there writes: taken from one that was made for it."""
    from motcua.core.time import now
    from motcua.demo.people import a_person
    from motcua.foundation.identity.operations.applicants import find_or_create_applicant

    chance = Random(8)
    people = [find_or_create_applicant(a_person(chance), by=None, at=now()) for _ in range(PEOPLE)]
    counters, patterns = [], []
    for clerk, offerings in clerks().items():
        addresses, forms = [], []
        for offering, case in offerings:
            query = f"?ho-so={{}}&truong-hop={case.pk}" if case else "?ho-so={}"
            person = chance.choice(people)
            addresses.append(f"/quay/tiep-nhan/{person.pk}/{offering.pk}/{query}")
            forms.append(form_of(offering, case))
        counters.append(Counter(signed_in(clerk), addresses, forms))
        patterns.append(
            [pattern_of(clerk, offering, case, chance.choice(people)) for offering, case in offerings]
        )
    return counters, patterns


def clerks() -> Mapping[Any, Sequence[tuple[Any, Any]]]:
    """One clerk of each commune with the procedures of three papers that are handed in there."""
    from motcua.core.time import local_date, now
    from motcua.foundation.identity.models import User
    from motcua.service.procedures.models import Offering

    day = local_date(now())
    found: dict[int, list[tuple[Any, Any]]] = {}
    for offering in Offering.objects.in_force(day).for_pages().order_by("pk"):
        revision = offering.revision_on(day)
        cases: list[Any] = [*revision.cases] or [None]
        for case in cases:
            if len(revision.papers_of(case)) == PAPERS:
                found.setdefault(offering.receiving_agency_id, []).append((offering, case))
    fullest = sorted(found, key=lambda agency: (-len(found[agency]), agency))[:AT_ONCE]
    staff = User.objects.active().order_by("username")
    return {staff.in_post_at([agency], day, roles=["CLERK"])[0]: found[agency] for agency in fullest}


def signed_in(clerk: Any) -> str:
    """The key of a session as signing in leaves it."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(clerk.pk)
    session[BACKEND_SESSION_KEY] = "motcua.foundation.identity.backends.StaffBackend"
    session[HASH_SESSION_KEY] = clerk.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def form_of(offering: Any, case: Any) -> bytes:
    """What a browser sends when the clerk has ticked three papers, scanned none and presses "Tiếp nhận"."""
    from motcua.core.time import local_date, now
    from motcua.service.dossiers.operations.receiving import appointment

    at = now()
    _, answer = appointment(offering=offering, case=case, at=at)
    revision = offering.revision_on(local_date(at))
    fields = [("csrfmiddlewaretoken", TOKEN)]
    for paper in revision.papers_of(case):
        fields += [
            (f"paper-{paper.pk}", "PROVIDED"),
            (f"qty-{paper.pk}", "1"),
            (f"form-{paper.pk}", "ORIGINAL"),
        ]
        fields.append((f"file-{paper.pk}", ""))
    fields += [
        ("fee_amount", str(revision.fee_amount_for("COUNTER", case) or "")),
        ("fee_note", ""),
        ("matter", ""),
    ]
    fields += [("return_channel", "COUNTER"), ("channel", "COUNTER"), ("sets", "1"), ("rep_name", "")]
    fields += [("rep_personal_number", ""), ("rep_phone", ""), ("authorisation", "")]
    if answer.due_at:
        fields.append(("promised", local_date(answer.due_at).isoformat()))
    return urlencode(fields).encode()


# Over HTTP


@contextmanager
def server() -> Iterator[int]:
    """`motcua serve` as in production, a process for each core, on a free port, until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "motcua.config.cli", "serve", "--port", str(port)]
    workers = os.environ.get("MOTCUA_WEB_WORKERS") or str(os.cpu_count() or 1)
    process = subprocess.Popen(
        command, env={**os.environ, "MOTCUA_LOG": "ERROR", "MOTCUA_WEB_WORKERS": workers}
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Client:
    """A browser of the leanest kind: one connection, kept open."""

    def __init__(self, port: int, counter: Counter) -> None:
        self._address = ("127.0.0.1", port)
        self._socket = self._joined()
        self._requests = cycle(
            (self._head(counter, address, len(form)), form)
            for address, form in zip(counter.addresses, counter.forms, strict=True)
        )

    def _joined(self) -> socket.socket:
        joined = socket.create_connection(self._address, timeout=30)
        joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return joined

    def _head(self, counter: Counter, address: str, length: int) -> str:
        return (
            f"POST {address} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={counter.session}; csrftoken={TOKEN}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
        )

    def act(self) -> None:
        head, form = next(self._requests)
        self._socket.sendall(head.format(new_id()).encode() + form)
        answer = self._socket.recv(65536)
        if not answer.startswith(b"HTTP/1.1 302") or b"/vua-nhan/" not in answer:
            raise RuntimeError(answer[:2000].decode(errors="replace"))

    def close(self) -> None:
        self._socket.close()


# Bare


@dataclass(frozen=True)
class Pattern:
    """The rows of one reception, by table, and the two series of its numbers."""

    dossier: dict[str, Any]
    children: Mapping[str, Sequence[dict[str, Any]]]
    code: str  # without its running number
    words: str
    series: tuple[str, str]
    keys: Sequence[UUID]  # of the dossier and of its rows: each reception has its own


def pattern_of(clerk: Any, offering: Any, case: Any, person: Any) -> Pattern:
    """Receive one dossier by the operation and read back what it wrote."""
    from motcua.core.text import fold
    from motcua.core.time import local, now

    dossier = receive_one(clerk, offering, case, person)
    own = rows_of("dossiers_dossier", "id", [dossier.pk])[0]
    children: dict[str, list[dict[str, Any]]] = {}
    dues: list[UUID] = []
    for table, owner in CHILDREN.items():
        owners = dues if owner == "due_id" else [dossier.pk, *dues]
        children[table] = rows_of(table, owner, owners)
        if table == "payments_due":
            dues = [row["id"] for row in children[table]]
    keys = {row["id"] for rows in children.values() for row in rows if isinstance(row.get("id"), UUID)}
    day = f"{local(now()):%Y%m%d}"
    return Pattern(
        own,
        {table: rows for table, rows in children.items() if rows},
        dossier.code.rpartition("-")[0],
        f"{fold(own['applicant_name'])} {fold(own['matter'])}",
        (f"dossier:{offering.agency_id}:{day}", f"register:{offering.receiving_agency_id}:{own['book']}"),
        [dossier.pk, *keys],
    )


def rows_of(table: str, owner: str, owners: Sequence[UUID]) -> list[dict[str, Any]]:
    """What stands there; a number that the table gives by itself is left to it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {owner} = ANY(%s)", [list(owners)])
        names = [described.name for described in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        {name: value for name, value in row.items() if name != "id" or isinstance(value, UUID)}
        for row in rows
    ]


class Writer:
    """A sensible programmer's own reception: two numbers, an insert for each table, one commit, over one connection."""

    def __init__(self, address: str, patterns: Sequence[Pattern]) -> None:
        self._connection = psycopg.connect(address)
        self._dossier = insert("dossiers_dossier", list(patterns[0].dossier), 1)
        self._patterns = cycle([(pattern, self._statements(pattern)) for pattern in patterns])

    @staticmethod
    def _statements(pattern: Pattern) -> Mapping[str, sql.Composed]:
        return {table: insert(table, list(rows[0]), len(rows)) for table, rows in pattern.children.items()}

    def act(self) -> None:
        pattern, statements = next(self._patterns)
        fresh = {key: new_id() for key in pattern.keys}
        with self._connection.transaction(), self._connection.cursor() as cursor:
            number, book_number = (self._next(cursor, scope) for scope in pattern.series)
            own = {
                **pattern.dossier,
                "id": fresh[pattern.dossier["id"]],
                "code": f"{pattern.code}-{number:04d}",
                "book_number": book_number,
                "words": pattern.words,
            }
            cursor.execute(self._dossier, list(own.values()))
            for table, rows in pattern.children.items():
                cursor.execute(statements[table], self._values(rows, fresh))

    @staticmethod
    def _next(cursor: psycopg.Cursor[Any], scope: str) -> int:
        cursor.execute(
            "INSERT INTO numbering_series AS series (scope, value) VALUES (%s, 1) "
            "ON CONFLICT (scope) DO UPDATE SET value = series.value + 1 RETURNING value",
            [scope],
        )
        row = cursor.fetchone()
        return int(row[0]) if row else 0

    @staticmethod
    def _values(rows: Sequence[dict[str, Any]], fresh: Mapping[UUID, UUID]) -> list[Any]:
        values: list[Any] = []
        for row in rows:
            for name, value in row.items():
                if name in KEYED:
                    values.append(new_id().hex)
                elif isinstance(value, UUID):
                    values.append(fresh.get(value, value))
                else:
                    values.append(Jsonb(value) if isinstance(value, dict) else value)
        return values

    def close(self) -> None:
        self._connection.close()


def insert(table: str, columns: Sequence[str], rows: int) -> sql.Composed:
    """INSERT of so many rows; the words of the search are made by the server."""
    values = [
        sql.SQL("to_tsvector('simple', %s)") if column == "words" else sql.SQL("%s") for column in columns
    ]
    row = sql.SQL("({})").format(sql.SQL(", ").join(values))
    return sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([row] * rows),
    )


# In process


def receive_one(clerk: Any, offering: Any, case: Any, person: Any) -> Any:
    from motcua.core.time import local_date, now
    from motcua.service.dossiers.operations.receiving import PartIn, receive

    at = now()
    revision = offering.revision_on(local_date(at))
    return receive(
        offering=offering,
        applicant=person,
        parts=[PartIn(name=paper.name, paper_id=paper.pk) for paper in revision.papers_of(case)],
        fee_amount=revision.fee_amount_for("COUNTER", case),
        by=clerk,
        at=at,
        case_id=case.pk if case else None,
    )


def in_process(rounds: int = 200) -> tuple[int, float]:
    """How many statements the operation takes, and its median seconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from motcua.foundation.identity.models import Applicant

    clerk, offerings = next(iter(clerks().items()))
    offering, case = offerings[0]
    person = Applicant.objects.order_by("pk")[0]

    def act() -> None:
        receive_one(clerk, offering, case, person)

    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    durations = timed(act, rounds)
    return len(captured), percentile(durations, 0.5)


def timed(act: Callable[[], None], rounds: int) -> list[float]:
    from bench.figures import seconds_of

    return seconds_of(act, rounds=rounds, warm=20)
