"""Nạp danh mục: a file of procedures, each in its own transaction, every fault told with file, row and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.service.procedures.diff import difference
from motcua.service.procedures.facts import ProcedureFacts
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.publishing import Outcome, Published, publish
from motcua.service.procedures.reading import facts_of
from motcua.service.procedures.source import Unreadable, from_source, to_source, with_local_knowledge

LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """Một chỗ hỏng của tệp: `row` counts from 1, 0 is the file itself."""

    file: str
    row: int
    field: str
    message: str
    code: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, dòng {self.row}" if self.row else self.file
        named = f" (thủ tục {self.code})" if self.code else ""
        return (
            f"{where}{named}, trường {self.field}: {self.message}."
            if self.field
            else f"{where}: {self.message}."
        )


@dataclass(frozen=True)
class Revised:
    """Một thủ tục có phiên bản mới, and what is new."""

    code: str
    name: str
    changes: tuple[str, ...]


@dataclass
class Report:
    """Kết quả nạp tệp."""

    file: str
    created: list[str] = field(default_factory=list)
    revised: list[Revised] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return (
            f"{len(self.created)} thủ tục mới, {len(self.revised)} thủ tục có phiên bản mới, "
            f"{len(self.unchanged)} không đổi, {len(self.faults)} chỗ hỏng"
        )


def import_file(
    path: Path,
    *,
    by: User | None,
    at: datetime,
    valid_from: date | None = None,
    dry_run: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> Report:
    """Nạp tệp danh mục (JSON). A file that cannot be read at all is one fault; nothing is raised for its content."""
    if path.stat().st_size > LARGEST:
        return Report(path.name, faults=[Fault(path.name, 0, "", "tệp lớn quá 200 MB, hãy chia nhỏ")])
    return import_text(
        path.read_bytes(), name=path.name, by=by, at=at, valid_from=valid_from, dry_run=dry_run, told=told
    )


def import_text(
    content: bytes,
    *,
    name: str,
    by: User | None,
    at: datetime,
    valid_from: date | None = None,
    dry_run: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> Report:
    """The same for a file already in memory, as an uploaded one is."""
    report = Report(name)
    rows = _rows(content, report)
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        try:
            facts = from_source(row)
            _refuse_twin(facts.code, seen, number)
            _note(report, _compare(facts) if dry_run else _import(facts, by=by, at=at, valid_from=valid_from))
        except Unreadable as fault:
            report.faults.append(Fault(name, number, fault.field, fault.message, _code(row)))
        except DomainError as refusal:
            report.faults.append(Fault(name, number, refusal.field, refusal.message.rstrip("."), _code(row)))
        if told:
            told(number, len(rows))
    return report


@dataclass(frozen=True)
class Imported:
    outcome: Outcome
    code: str
    name: str
    changes: tuple[str, ...] = ()


def _import(facts: ProcedureFacts, *, by: User | None, at: datetime, valid_from: date | None) -> Imported:
    """One procedure, one transaction: publish opens it."""
    wanted = _with_what_is_known(facts)
    if wanted is None:
        return Imported(Outcome.UNCHANGED, facts.code, facts.name)
    done: Published = publish(facts=wanted, by=by, at=at, valid_from=valid_from)
    return Imported(done.outcome, facts.code, facts.name, tuple(map(str, done.changes)))


def _compare(facts: ProcedureFacts) -> Imported:
    """What an import would do, writing nothing."""
    known = _latest(facts.code)
    wanted = _with_what_is_known(facts)
    if known is None:
        return Imported(Outcome.CREATED, facts.code, facts.name)
    if wanted is None:
        return Imported(Outcome.UNCHANGED, facts.code, facts.name)
    return Imported(Outcome.REVISED, facts.code, facts.name, tuple(map(str, difference(known, wanted))))


def _with_what_is_known(facts: ProcedureFacts) -> ProcedureFacts | None:
    """The facts to publish; None when the file says just what the catalogue already has."""
    known = _latest(facts.code)
    if known is None:
        return facts
    if to_source(known) == to_source(facts):
        return None
    return with_local_knowledge(facts, known)


def _latest(code: str) -> ProcedureFacts | None:
    procedure = Procedure.objects.filter(code=code).first()
    latest = procedure.revisions.order_by("-number").first() if procedure else None
    return facts_of(latest) if latest else None


def _note(report: Report, done: Imported) -> None:
    if done.outcome is Outcome.CREATED:
        report.created.append(done.code)
    elif done.outcome is Outcome.REVISED:
        report.revised.append(Revised(done.code, done.name, done.changes))
    else:
        report.unchanged.append(done.code)


def _rows(content: bytes, report: Report) -> list[Any]:
    fault = ""
    rows: Any = []
    try:
        rows = json.loads(content.decode("utf-8-sig")) if content.strip() else None
    except UnicodeDecodeError as error:
        fault = f"không phải chữ UTF-8 (byte thứ {error.start + 1})"
    except json.JSONDecodeError as error:
        fault = f"không phải JSON: hỏng ở dòng {error.lineno}, cột {error.colno}"
    except RecursionError:
        fault = "JSON lồng nhau quá sâu"
    if not fault and rows is None:
        fault = "tệp trống"
    if not fault and not isinstance(rows, list):
        fault = "phải là một danh sách thủ tục […]"
    if fault:
        report.faults.append(Fault(report.file, 0, "", fault))
        return []
    return list(rows)


def _refuse_twin(code: str, seen: dict[str, int], number: int) -> None:
    if code in seen:
        raise Unreadable("code", f"mã {code} đã có ở dòng {seen[code]} của tệp này")
    seen[code] = number


def _code(row: Any) -> str:
    code = row.get("code") if isinstance(row, dict) else None
    return code if isinstance(code, str) and len(code) <= 40 else ""
