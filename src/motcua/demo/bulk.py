"""Dữ liệu lớn: a demo province with as many dossiers as a real one, by COPY straight into the tables.

The one place that writes the tables of other rooms: a million receptions by the operation would take an hour. All of
it is one transaction, and its rows are those that the operations leave: `motcua ledger verify` reads them as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as hour
from queue import Queue
from threading import Thread
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM, local_date, now
from motcua.demo.copying import COLUMNS, Rows
from motcua.demo.lives import Lives, Plan, working_minutes
from motcua.demo.loading import NotADemo
from motcua.demo.province import BEGINNING
from motcua.foundation.calendars.clock import Regime
from motcua.foundation.calendars.loading import regimes, work_calendar
from motcua.foundation.identity.models import Applicant, Membership
from motcua.foundation.numbering.models import Series
from motcua.service.dossiers.models import Channel, Dossier, Part
from motcua.service.procedures.models import Case, Offering, Revision
from motcua.service.workflows.blueprint import AT_COUNTER, GateKind, Step
from motcua.service.workflows.operations import running

MOST = 1_000_000
CHUNK = 5_000  # dossiers that wait in memory at a time
MANY = 20_000  # from here on the indexes are built afterwards, which is quicker

INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(%s) AND indexdef NOT LIKE 'CREATE UNIQUE%%'
"""


@dataclass(frozen=True)
class Written:
    """Kết quả: how many dossiers and lines of the ledger, in how many seconds."""

    dossiers: int
    lines: int
    seconds: float


def bulk(number: int, progress: Callable[[str], None], *, until: datetime | None = None) -> Written:
    """Sinh `number` hồ sơ over the life of the demo province, up to `until`; all of them or none.

    The same on the same day in a database of the same history. Raises NotADemo, DomainError without a province.
    """
    if not settings.DEMO:
        raise NotADemo("Chỉ sinh dữ liệu lớn được khi MOTCUA_DEMO=1.")
    if not 0 < number <= MOST:
        raise DomainError(f"Số hồ sơ phải từ 1 đến {MOST:,}.".replace(",", "."))
    until = until or datetime.combine(local_date(now()), hour(), VIETNAM)
    begun = time.perf_counter()
    with transaction.atomic():
        plans, weights = _plans(local_date(until))
        with _numbers() as number_in, _unhindered(number, progress):
            calendar = work_calendar(None, local_date(until))
            lives = Lives(
                plans=plans,
                weights=weights,
                minutes=working_minutes(datetime.combine(BEGINNING, hour(), VIETNAM), until, calendar),
                calendar=calendar,
                regime_on=_regime_on(list(regimes())),
                number_in=number_in,
                people_before=Applicant.objects.count(),
                seed=number + Dossier.objects.count(),
            )
            lines = _copy(lives, number, progress)
    progress("Thu dọn, lập thống kê…")
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(COLUMNS)}")
    return Written(number, lines, time.perf_counter() - begun)


def _plans(on: date) -> tuple[list[Plan], list[float]]:
    """Everything that may be handed in over a counter, and how often: the centre as much as all communes together."""
    people = _people(on)
    plans, central = [], []
    offerings = Offering.objects.in_force(on).filter(valid_from__lte=BEGINNING).for_pages().order_by("pk")
    for offering in offerings:
        revision = offering.revision_on(BEGINNING)
        if not revision.channels_of(Channel.COUNTER):
            continue
        workflow = running.resolve(
            procedure_id=offering.procedure_id, agency_id=offering.agency_id, on=BEGINNING
        )
        blueprint = running.compiled_of(workflow).blueprint
        if any(gate.kind is GateKind.PARALLEL for gate in blueprint.gates):
            continue  # what is made in bulk goes one step after the other
        steps = blueprint.steps
        where = {
            step.key: offering.receiving_agency_id if step.kind in AT_COUNTER else offering.agency_id
            for step in steps
        }
        able = {step.key: people.get((where[step.key], step.role), ()) for step in steps}
        if not all(able.values()):
            continue
        cases: list[Case | None] = [*revision.cases] or [None]
        for case in cases:
            plans.append(_plan(offering, revision, case, workflow.pk, steps, able))
            central.append(offering.receiving_agency.parent_id == offering.agency.parent_id)
    if not plans:
        raise DomainError("Chưa có tỉnh minh họa. Hãy chạy motcua demo load trước.")
    shares = {True: sum(central) or 1, False: len(central) - sum(central) or 1}
    return plans, [1 / shares[is_central] for is_central in central]


def _plan(  # noqa: PLR0917
    offering: Offering,
    revision: Revision,
    case: Case | None,
    workflow_id: int,
    steps: Sequence[Step],
    people: Mapping[str, Sequence[UUID]],
) -> Plan:
    return Plan(
        procedure_id=offering.procedure_id,
        procedure_code=offering.procedure.code,
        revision_id=revision.pk,
        revision_number=revision.number,
        case_id=case.pk if case else None,
        name=revision.name,
        field=revision.field,
        sets=revision.sets,
        limit=revision.limit_for(Channel.COUNTER, case),
        fee=revision.fee_amount_for(Channel.COUNTER, case) or 0,
        starts_next_day=revision.starts_next_day_after_cutoff,
        agency_id=offering.agency_id,
        agency_code=offering.agency.code,
        reception_id=offering.receiving_agency_id,
        workflow_id=workflow_id,
        steps=steps,
        papers=[
            (
                paper.pk,
                paper.name,
                (Part.Form.ORIGINAL if paper.originals else Part.Form.COPY).value,
                paper.originals or paper.copies or 1,
            )
            for paper in revision.papers_of(case)
            if paper.is_required
        ],
        people=people,
    )


def _people(on: date) -> Mapping[tuple[int, str], Sequence[UUID]]:
    """Who works where in which role, in a stable order."""
    seats = Membership.objects.valid_on(on).filter(user__is_active=True).order_by("user__username")
    found: dict[tuple[int, str], list[UUID]] = {}
    for agency_id, role, user_id in seats.values_list("post__agency_id", "post__role__code", "user_id"):
        found.setdefault((agency_id, role), []).append(user_id)
    return found


def _regime_on(known: Sequence[Regime]) -> Callable[[date], Regime]:
    return lambda day: next((one for one in reversed(known) if one.valid_from <= day), known[0])


@contextmanager
def _numbers() -> Iterator[Callable[[str], int]]:
    """Running numbers that go on from those given, and are written back; receptions wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Series._meta.db_table} IN EXCLUSIVE MODE")  # noqa: SLF001  Django's public API
    last = dict(Series.objects.values_list("scope", "value"))

    def number_in(scope: str) -> int:
        last[scope] = value = last.get(scope, 0) + 1
        return value

    yield number_in
    Series.objects.bulk_create(
        [Series(scope=scope, value=value) for scope, value in last.items()],
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["scope"],
        update_fields=["value"],
    )


@contextmanager
def _unhindered(number: int, progress: Callable[[str], None]) -> Iterator[None]:
    """Without checks of what is right by making, and with the indexes of search built at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        is_superuser = bool((cursor.fetchone() or [False])[0])
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = 0")
        # Who may not switch the checks off has them made at the end of each COPY, so that they do not pile up.
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
            if is_superuser
            else "SET CONSTRAINTS ALL IMMEDIATE"
        )
        indexes: list[tuple[str, str]] = []
        if number >= MANY:
            cursor.execute(INDEXES, [list(COLUMNS)])
            indexes = cursor.fetchall()
            for name, _ in indexes:
                cursor.execute(f'DROP INDEX "{name}"')
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for place, (name, definition) in enumerate(indexes, start=1):
            progress(f"Lập chỉ mục {place}/{len(indexes)}: {name}")
            cursor.execute(definition)


def _copy(lives: Lives, number: int, progress: Callable[[str], None]) -> int:
    """Make rows here while another thread sends those before; returns how many lines the ledger got."""
    waiting: Queue[Rows | None] = Queue(maxsize=2)
    faults: list[Exception] = []
    sender = Thread(target=_send, args=(waiting, faults, connection.connection))
    sender.start()
    begun, lines = time.perf_counter(), 0
    rows: Rows = {table: [] for table in COLUMNS}
    try:
        for place, _ in enumerate(lives.write(number, rows), start=1):
            if place % CHUNK == 0 or place == number:
                lines += len(rows["ledger_line"])
                waiting.put(dict(rows))
                rows.update({table: [] for table in COLUMNS})
                speed = place / (time.perf_counter() - begun)
                progress(f"{place:>9,} hồ sơ, {speed:,.0f} mỗi giây".replace(",", "."))
            if faults:
                break
    finally:
        waiting.put(None)
        sender.join()
    if faults:
        raise faults[0]
    return lines


def _send(waiting: Queue[Rows | None], faults: list[Exception], server: object) -> None:
    """Send until told that there is no more; after a fault, only empty the queue."""
    while (rows := waiting.get()) is not None:
        try:
            for table, lines in rows.items():
                if lines and not faults:
                    with server.cursor().copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                        copy.write("\n".join([*lines, ""]))
        except Exception as fault:
            faults.append(fault)
