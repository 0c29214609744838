"""Due dates after a change of the calendar, in the database of a large province: looked at, and those moved that must.

Every open promise is set anew in the kept database of `bench.lists`, a storm closes a day, and all of it is done in one
transaction that is taken back. Two speeds are told: of looking (what a change costs that moves nothing), extrapolated to
a million for the limit, and of moving, where each date gets its row and its line in the ledger.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bench.figures import Figure
from bench.lists import HOME, kept_database

MILLION = 1_000_000
LIMIT = 60.0  # seconds on one core for a million due dates
AHEAD = 2  # days: the day that is closed


def measure() -> list[Figure]:
    environment = {**os.environ, "DATABASE_URL": kept_database(), "MOTCUA_DEMO": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "bench.recompute"],
        env=environment,
        cwd=HOME,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [Figure(**figure) for figure in json.loads(run.stdout.splitlines()[-1])]


def measured() -> list[Figure]:
    from django.db import connection, transaction

    from motcua.core.time import now
    from motcua.service.dossiers.models import Dossier

    at = now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # the dossiers are opened again for the measure
        alone = Dossier.objects.filter(due_at__isnull=False, closed_at=None, bundle_id=None)
        alone.update(state="IN_WORK", due_reason="", finished_at=None, returned_at=None)
        opened = Dossier.objects.open().filter(due_at__isnull=False, due_reason="").count()
        first, unchanged = walked(
            at
        )  # promises that the made-up province has not kept to the minute are set right
        again, still = walked(at)
        if unchanged.looked != opened or still.moved:
            raise RuntimeError(f"{still.moved} dates moved though no calendar changed.")
        close_a_day(at)
        seconds, stormy = walked(at)
        if not stormy.moved:
            raise RuntimeError("A day was closed and no date moved.")
        transaction.set_rollback(True)
    del first
    looking = again / still.looked
    moving = max(0.0, seconds - looking * stormy.looked) / stormy.moved
    return [
        Figure(
            f"recompute: {MILLION:,} ngày hẹn, không ngày nào dời",
            looking * MILLION,
            "giây",
            LIMIT,
            note=f"{still.looked:,} hồ sơ mở trong {again:.1f} giây, tiến độ báo {steps_of(still)} lần",
        ),
        Figure(
            "recompute: dời một ngày hẹn, có dòng nhật ký",
            moving * 1000,
            "ms",
            note=f"{stormy.moved:,} trong {stormy.looked:,} ngày hẹn dời, cả lượt {seconds:.1f} giây",
        ),
    ]


def walked(at: Any) -> tuple[float, Any]:
    """Processor seconds of one walk through all promises, and where it ended."""
    from django.contrib.auth import get_user_model

    from motcua.service.dossiers.operations.rescheduling import reschedule_all

    admin = get_user_model().objects.get(pk=highest(at))
    told: list[Any] = []
    begun = time.perf_counter()
    stand = reschedule_all(by=admin, at=at, reason="Bão", progress=told.append)
    seconds = time.perf_counter() - begun
    if [one.looked for one in told] != sorted(one.looked for one in told) or told[-1] != stand:
        raise RuntimeError("The progress was not told in order.")
    return seconds, stand


def steps_of(stand: Any) -> int:
    from motcua.service.dossiers.operations.rescheduling import CHUNK

    return -(-(stand.looked + 1) // CHUNK)


def highest(at: Any) -> Any:
    """Somebody who manages the calendars of the whole province."""
    from motcua.foundation.identity.access import access_of
    from motcua.foundation.identity.models import User

    people = User.objects.active().filter(memberships__post__role__permissions__contains=["MANAGE_CALENDARS"])
    return max(people.distinct(), key=lambda one: len(access_of(one, at).where("MANAGE_CALENDARS"))).pk


def close_a_day(at: Any) -> None:
    """A storm: the next working day but one is closed everywhere."""
    from motcua.core.time import local_date
    from motcua.foundation.calendars import loading
    from motcua.foundation.calendars.loading import work_calendar
    from motcua.foundation.calendars.models import Calendar
    from motcua.foundation.calendars.operations.changing import change_days, closure
    from motcua.foundation.identity.models import User

    day = local_date(at) + timedelta(days=AHEAD)
    while not work_calendar(None, day).plain.day(day).is_worked:
        day += timedelta(days=1)
    national = Calendar.objects.get(agency_id=None)
    by = User.objects.get(pk=highest(at))
    change_days(calendar_id=national.pk, changes=closure(day, day, "Bão"), reason="Bão", by=by, at=at)
    loading._current()  # noqa: SLF001  what is read now stands, as after a commit
    loading._is_tentative = False  # noqa: SLF001


def main() -> None:
    from motcua.config.cli import Needs, stand_on

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    stand_on(Needs.DATABASE)
    print(json.dumps([asdict(figure) for figure in measured()], ensure_ascii=False))


if __name__ == "__main__":
    main()
