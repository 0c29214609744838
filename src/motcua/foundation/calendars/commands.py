"""motcua clock: ask the clock from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import click

from motcua.core.time import VIETNAM, local
from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    Answer,
    CompiledCalendar,
    Limit,
    OutsideCalendar,
    Regime,
    Unit,
    due,
    transfer_due,
)
from motcua.foundation.calendars.clock.explaining import decimal

Found = TypeVar("Found")
UNITS = {"working-day": Unit.WORKING_DAY, "day": Unit.DAY, "hour": Unit.HOUR, "month": Unit.MONTH}
LONGEST = 10_000


@click.group("clock")
def clock() -> None:
    """Đồng hồ: tính ngày hẹn trả và nói vì sao."""


@clock.command("due")
@click.argument("received_at")
@click.argument("number")
@click.argument("unit", type=click.Choice(list(UNITS)))
@click.option("--regime", "code", default="", help="ND61, ND118, ND118-309; để trống: theo ngày tiếp nhận.")
@click.option("--agency", "agency_id", type=int, default=None, help="Số của cơ quan có lịch riêng.")
@click.option(
    "--next-day", is_flag=True, help="Tiếp nhận sau giờ chốt thì thời hạn bắt đầu từ ngày làm việc sau."
)
@click.option("--json", "as_json", is_flag=True, help="In ra JSON.")
def due_command(
    received_at: str,
    number: str,
    unit: str,
    code: str,
    agency_id: int | None,
    *,
    next_day: bool,
    as_json: bool,
) -> None:
    """Ngày hẹn trả, ví dụ: motcua clock due 2026-02-13T15:01 3 working-day --regime ND118"""
    at, limit = _read_instant(received_at), _read_limit(number, unit)
    calendar = _work_calendar(agency_id, at.date())
    regime = _regime(code, at.date())
    try:
        answer = due(at, limit, calendar, regime, starts_after_cutoff_next_day=next_day)
        transfer = transfer_due(at, calendar, regime)
    except (OutsideCalendar, OverflowError, ValueError) as refusal:
        raise click.ClickException("Ngày này nằm ngoài lịch làm việc. Hãy kiểm tra lại ngày.") from refusal
    if as_json:
        click.echo(json.dumps(as_dict(at, limit, regime, answer, transfer), ensure_ascii=False, indent=2))
    else:
        _print(at, limit, regime, answer, transfer)


def as_dict(at: datetime, limit: Limit, regime: Regime, answer: Answer, transfer: datetime) -> dict[str, Any]:
    """The answer as JSON says it; the page of the portal shows the same."""
    return {
        "received_at": at.isoformat(),
        "limit": {"value": decimal(limit.amount), "unit": limit.unit.value, "text": str(limit)},
        "regime": regime.code,
        "regime_name": regime.name,
        "start_at": local(answer.start_at).isoformat(),
        "due_at": answer.due_at and local(answer.due_at).isoformat(),
        "due_on": answer.due_at and local(answer.due_at).date().isoformat(),
        "transfer_due_at": transfer.isoformat(),
        "explanation": [line.as_json() for line in answer.explanation],
    }


def _print(at: datetime, limit: Limit, regime: Regime, answer: Answer, transfer: datetime) -> None:
    click.echo(f"Tiếp nhận:     {at:%H:%M ngày %d/%m/%Y}")
    click.echo(f"Thời hạn:      {limit} ({regime.name})")
    click.echo(f"Chuyển trước:  {transfer:%H:%M ngày %d/%m/%Y}")
    promised = f"{local(answer.due_at):%H:%M ngày %d/%m/%Y}" if answer.due_at else "không hẹn ngày"
    click.secho(f"Ngày hẹn trả:  {promised}", bold=True)
    click.echo("\nVì sao ngày này?")
    for line in answer.explanation:
        counted = f"+{decimal(line.counted)} = {decimal(line.running)}" if line.is_counted else ""
        click.echo(f"  {line.when:<27} {counted:>12}  {line.reason}")


def _read_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter(
            f"“{text}” không phải thời điểm. Viết như 2026-02-13T15:01.", param_hint="RECEIVED_AT"
        ) from wrong
    return local(at) if at.tzinfo else at.replace(tzinfo=VIETNAM)


def _read_limit(number: str, unit: str) -> Limit:
    try:
        value = Decimal(number.replace(",", "."))
    except InvalidOperation as wrong:
        raise click.BadParameter(f"“{number}” không phải số.", param_hint="NUMBER") from wrong
    if not value.is_finite() or not 0 < value <= LONGEST:
        raise click.BadParameter(f"Thời hạn phải lớn hơn 0 và không quá {LONGEST}.", param_hint="NUMBER")
    return Limit(value, UNITS[unit])


def _work_calendar(agency_id: int | None, on: date) -> CompiledCalendar:
    from motcua.foundation.calendars.loading import work_calendar

    found = _asked_of_database(lambda: work_calendar(agency_id, on))
    return found or seeds.national_calendar().compiled


def _regime(code: str, on: date) -> Regime:
    from motcua.foundation.calendars import loading

    known = _asked_of_database(loading.regimes) or seeds.REGIMES
    if not code:
        return next((regime for regime in reversed(known) if regime.valid_from <= on), known[0])
    wanted = code.upper().replace("Đ", "D")
    for regime in known:
        if regime.code.upper() == wanted:
            return regime
    codes = ", ".join(regime.code for regime in known)
    raise click.BadParameter(f"Không có chế độ “{code}”. Hãy chọn một trong: {codes}.", param_hint="--regime")


def _asked_of_database(question: Callable[[], Found]) -> Found | None:
    """What the database knows; None when there is none, or it has no tables yet: the law's facts are in the package."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    with suppress(DatabaseError, ImproperlyConfigured):
        return question()
    return None
