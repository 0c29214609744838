"""Học thời gian thường mất: once a night, for each procedure at each agency and in the whole province."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.service.dossiers.lasting import usual
from motcua.service.dossiers.models import Dossier, UsualTime

YEAR = timedelta(days=365)
Key = tuple[int, int | None]


@transaction.atomic
def learn_usual_times(at: datetime) -> int:
    """Tính lại mọi thời gian thường mất, of the dossiers received in the year before `at`. Gives the number of rows.

    Working days from the day after reception to the day when the result is at the one-stop unit. An open dossier, or one
    that ended without a result, counts as longer than the days it was in hand.
    """
    today = local_date(at)
    finished: dict[Key, Counter[int]] = defaultdict(Counter)
    still: dict[Key, Counter[int]] = defaultdict(Counter)
    days = _counted_days(today)
    rows = Dossier.objects.filter(received_at__gte=at - YEAR, received_at__lt=at).values_list(
        "procedure_id", "agency_id", "received_at", "finished_at", "returned_at", "closed_at"
    )
    for procedure, agency, received, done, returned, closed in rows.iterator(chunk_size=5000):
        ended = done or returned
        counts = finished if ended and ended <= at else still
        last = min(ended or closed or at, at)
        taken = days(agency, local_date(received), local_date(last))
        for key in ((procedure, agency), (procedure, None)):
            counts[key][taken] += 1
    UsualTime.objects.all().delete()
    found = {key: usual(finished[key], still[key]) for key in {*finished, *still}}
    UsualTime.objects.bulk_create(
        (
            UsualTime(
                procedure_id=procedure, agency_id=agency, median=one.median, ninth_decile=one.ninth_decile,
                dossiers=one.dossiers, finished=one.finished, since=local_date(at - YEAR), as_of=at,
            )
            for (procedure, agency), one in found.items()
        ),
        batch_size=2000,
    )  # fmt: skip
    return len(found)


def _counted_days(today: date) -> Callable[[int, date, date], int]:
    """Working days after the first day until the last, each span of an agency counted once."""
    known: dict[tuple[int, date, date], int] = {}

    def count(agency: int, first: date, last: date) -> int:
        key = (agency, first, last)
        if key not in known:
            begins = first + timedelta(days=1)
            known[key] = work_calendar(agency, today).days_between(begins, last) if last >= begins else 0
        return known[key]

    return count
