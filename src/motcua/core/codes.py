"""Mã định danh: the codes of agencies and of dossiers, in the form that is used today.

Legal: QD20-2020; ND118-2025 Đ28
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from motcua.core.errors import DomainError

DEFAULT_PATTERN = "{agency}-{yymmdd}-{number:04d}"
LONGEST_AGENCY_CODE = 35

FIRST_LEVEL = re.compile(r"[A-Z][0-9]{2}")
FURTHER_LEVEL = re.compile(r"[0-9A-Z]{1,10}")
FIELD = re.compile(r"\{(agency|yymmdd|yyyymmdd|ddmmyy|ddmmyyyy|number)(?::0?(\d+)d)?\}")
DATES = {"yymmdd": "%y%m%d", "yyyymmdd": "%Y%m%d", "ddmmyy": "%d%m%y", "ddmmyyyy": "%d%m%Y"}


class NotAnAgencyCode(DomainError):
    """Mã cơ quan chưa đúng."""


class NotADossierCode(DomainError):
    """Mã hồ sơ chưa đúng."""


def normalise_agency_code(text: str) -> str:
    """Mã định danh cơ quan: "000.00.13.H15" and " h15.13 " both become "H15.13".

    The form before 2020 put the province last and filled empty levels with zeros. Raises NotAnAgencyCode.
    """
    parts = re.sub(r"\s+", "", text).upper().strip(".").split(".")
    if len(parts) > 1 and FIRST_LEVEL.fullmatch(parts[-1]) and not FIRST_LEVEL.fullmatch(parts[0]):
        parts = [part for part in reversed(parts) if part.strip("0")]
    code = ".".join(parts)
    check_agency_code(code)
    return code


def check_agency_code(code: str) -> None:
    """A letter and two digits, further levels after dots, at most 35 characters. Raises NotAnAgencyCode."""
    first, *others = code.split(".")
    if len(code) > LONGEST_AGENCY_CODE:
        raise NotAnAgencyCode(f"Mã cơ quan dài quá {LONGEST_AGENCY_CODE} ký tự.", field="code")
    if not FIRST_LEVEL.fullmatch(first) or not all(FURTHER_LEVEL.fullmatch(part) for part in others):
        raise NotAnAgencyCode(
            f"“{code}” chưa phải là mã cơ quan: cần một chữ cái và hai chữ số, ví dụ H15 hoặc H15.13.",
            field="code",
        )


@dataclass(frozen=True)
class DossierCode:
    """Mã hồ sơ, taken apart."""

    agency_code: str
    on: date
    number: int


def dossier_code(pattern: str, agency_code: str, on: date, number: int) -> str:
    """Mã hồ sơ: agency, day of reception and running number of that day, in the shape of `pattern`."""
    if number < 1:
        raise ValueError("The numbers of a day begin at 1.")
    dates = {name: on.strftime(form) for name, form in DATES.items()}
    return pattern.format(agency=agency_code, number=number, **dates)


def parse_dossier_code(text: str, pattern: str = DEFAULT_PATTERN) -> DossierCode:
    """Đọc mã hồ sơ as typed or scanned; an old agency code is normalised. Raises NotADossierCode."""
    typed = re.sub(r"\s+", "", text).upper().replace("–", "-").replace("—", "-")
    found = _expression(pattern).fullmatch(typed)
    refusal = NotADossierCode(
        "Mã hồ sơ chưa đúng. Ví dụ một mã đúng: "
        + dossier_code(pattern, "H15.13", date(2026, 10, 8), 975)
        + ".",
        field="code",
    )
    if found is None:
        raise refusal
    try:
        return DossierCode(normalise_agency_code(found["agency"]), _day(found), int(found["number"]))
    except (ValueError, NotAnAgencyCode) as wrong:
        raise refusal from wrong


def check_pattern(pattern: str) -> None:
    """A pattern must name the agency, the day and the number, each once. Raises ValueError."""
    names = sorted(field[1] for field in FIELD.finditer(pattern))
    kinds = sorted("day" if name in DATES else name for name in names)
    if kinds != ["agency", "day", "number"]:
        raise ValueError(f"The pattern of dossier codes needs agency, day and number once each: {pattern!r}.")


def _day(found: re.Match[str]) -> date:
    name = next(name for name in DATES if name in found.groupdict())
    return datetime.strptime(found[name], DATES[name]).date()  # noqa: DTZ007  a day has no zone


@lru_cache(maxsize=8)
def _expression(pattern: str) -> re.Pattern[str]:
    check_pattern(pattern)
    parts: list[str] = []
    end = 0
    for field in FIELD.finditer(pattern):
        parts += [re.escape(pattern[end : field.start()].upper()), _group(field[1], field[2])]
        end = field.end()
    return re.compile("".join([*parts, re.escape(pattern[end:].upper())]), re.ASCII)


def _group(name: str, width: str | None) -> str:
    if name == "agency":
        return r"(?P<agency>[0-9A-Z.]+)"
    if name == "number":
        return rf"(?P<number>\d{{{width or 1},}})"
    return rf"(?P<{name}>\d{{{len(name)}}})"
