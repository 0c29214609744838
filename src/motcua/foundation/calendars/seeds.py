"""What the law fixes about days and regimes, as facts: written into an empty database, and used without one.

Holidays by law come from the `holidays` package (Labour Code, article 112, with the lunar days); the days that the
Prime Minister swaps each year stand here, because the package knows only some of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from motcua.foundation.calendars.clock import OFFICE_WEEK, Regime, SupplementRule, WorkCalendar

YEARS = range(2018, 2028)
NATIONAL_NAME = "Lịch làm việc chung"


@dataclass(frozen=True)
class Swap:
    """Hoán đổi: a weekday off, made up by working on a day of rest."""

    off: date
    worked: date
    decision: str


SWAPS = (
    Swap(date(2018, 12, 31), date(2019, 1, 5), "Lịch nghỉ Tết Dương lịch năm 2019"),
    Swap(date(2019, 4, 29), date(2019, 5, 4), "Lịch nghỉ lễ 30/4, 1/5 năm 2019"),
    Swap(date(2024, 4, 29), date(2024, 5, 4), "Lịch nghỉ lễ 30/4, 1/5 năm 2024"),
    Swap(date(2025, 5, 2), date(2025, 4, 26), "Lịch nghỉ lễ 30/4, 1/5 năm 2025"),
    Swap(date(2026, 1, 2), date(2026, 1, 10), "Lịch nghỉ Tết Dương lịch năm 2026"),
    Swap(date(2026, 8, 31), date(2026, 8, 22), "Lịch nghỉ Quốc khánh năm 2026"),
)

# Days off by a resolution that the package may not know.
OTHER_DAYS_OFF = {date(2026, 11, 24): "Ngày Văn hóa Việt Nam", date(2027, 11, 24): "Ngày Văn hóa Việt Nam"}

REGIMES = (
    Regime(
        code="ND61",
        name="Nghị định 61/2018/NĐ-CP",
        valid_from=date(2018, 6, 21),
        valid_to=date(2025, 6, 30),
        supplement=SupplementRule.PAUSE,
        supplement_notice_days=None,
        supplement_silence_days=None,
        max_supplements=None,
        correction_days=None,
        online_alert_hours=None,
        forms="TT01-2018",
        basis="Nghị định 61/2018/NĐ-CP, sửa đổi bởi Nghị định 107/2021/NĐ-CP",
    ),
    Regime(
        code="ND118",
        name="Nghị định 118/2025/NĐ-CP",
        valid_from=date(2025, 7, 1),
        valid_to=date(2026, 8, 4),
        basis="Nghị định 118/2025/NĐ-CP, sửa đổi bởi Nghị định 367/2025/NĐ-CP",
    ),
    Regime(
        code="ND118-309",
        name="Nghị định 118/2025/NĐ-CP (sửa đổi 2026)",
        valid_from=date(2026, 8, 5),
        basis="Nghị định 118/2025/NĐ-CP, sửa đổi bởi Nghị định 367/2025/NĐ-CP và Nghị định 309/2026/NĐ-CP",
    ),
)


@dataclass(frozen=True)
class SeededDay:
    """Một ngày của lịch chung: off or worked, its name, and the day that it was swapped with."""

    day: date
    is_off: bool
    name: str
    decision: str = ""
    swapped_with: date | None = None


def national_days() -> Iterator[SeededDay]:
    """Each day off and each made-up day of the years that are known, in order."""
    days = {swap.off: _off(swap) for swap in SWAPS} | {swap.worked: _worked(swap) for swap in SWAPS}
    for day, name in {**statutory_days(), **OTHER_DAYS_OFF}.items():
        days.setdefault(day, SeededDay(day, is_off=True, name=name))
    return iter(sorted(days.values(), key=lambda seeded: seeded.day))


@lru_cache(maxsize=1)
def statutory_days() -> dict[date, str]:
    """Ngày nghỉ lễ, Tết by law, day by name."""
    import holidays

    return dict(holidays.country_holidays("VN", years=YEARS, language="vi").items())


@lru_cache(maxsize=1)
def national_calendar() -> WorkCalendar:
    """Lịch làm việc chung, from these facts alone."""
    days = list(national_days())
    return WorkCalendar(
        sessions=OFFICE_WEEK,
        days_off={seeded.day: seeded.name for seeded in days if seeded.is_off},
        working_days={seeded.day: seeded.name for seeded in days if not seeded.is_off},
    )


def regime_on(day: date) -> Regime:
    """The regime in force; before the first one, the first."""
    return next((regime for regime in reversed(REGIMES) if regime.valid_from <= day), REGIMES[0])


def _off(swap: Swap) -> SeededDay:
    name = f"Nghỉ hoán đổi, làm bù {swap.worked:%d/%m/%Y}"
    return SeededDay(swap.off, is_off=True, name=name, decision=swap.decision, swapped_with=swap.worked)


def _worked(swap: Swap) -> SeededDay:
    name = f"Làm bù cho {swap.off:%d/%m/%Y}"
    return SeededDay(swap.worked, is_off=False, name=name, decision=swap.decision, swapped_with=swap.off)
