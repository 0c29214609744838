"""Whole trees at once: load one, and let one follow another on a day (a reorganisation)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core.errors import DomainError
from motcua.core.text import fold, tidy
from motcua.foundation.org.changes import DAY, end, first_kinds, record_creation
from motcua.foundation.org.models import Agency, AgencyKind, AgencyName, Level, Placement, Share, Succession
from motcua.foundation.org.operations.agencies import move_agency, rename_agency

BATCH = 500


@dataclass(frozen=True)
class TreeRow:
    """One agency of a tree as a file names it. `parent_code` is empty at the root."""

    code: str
    name: str
    kind: str
    parent_code: str = ""
    level: str = ""
    place_code: str = ""
    line: int = 0


@dataclass(frozen=True)
class Change:
    """Of the agency `old_code`, the whole or a part goes to `new_code`."""

    old_code: str
    new_code: str
    share: str = Share.WHOLE


@dataclass(frozen=True)
class Fault:
    """Why one row was left out."""

    line: int
    code: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"dòng {self.line}, mã {self.code or '(trống)'}, cột {self.field}: {self.message}"


@dataclass
class Loaded:
    """What a load did. Each list names codes."""

    created: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@transaction.atomic
def load_tree(rows: Iterable[TreeRow], *, on: date, by: AbstractBaseUser | None, at: datetime) -> Loaded:
    """Nạp cây tổ chức: create what is missing, rename and move what differs, from the day `on`. Idempotent.

    Rows may come in any order. A broken row is reported and left out with all below it; the rest is loaded.
    """
    loaded = Loaded()
    living = _living(on)
    for batch in _by_depth(rows, living, loaded):
        new = [row for row in batch if row.code not in living]
        _create(new, living, on, loaded, by=by, at=at)
        for row in batch:
            if row.code not in loaded.created:
                _adjust(living[row.code], row, living, on, loaded, by=by, at=at)
    return loaded


@transaction.atomic
def reorganise(
    rows: Iterable[TreeRow],
    changes: Iterable[Change],
    *,
    ending: Iterable[str] = (),
    on: date,
    by: AbstractBaseUser | None,
    at: datetime,
) -> Loaded:
    """Sắp xếp lại: from `on` the tree of `rows` follows the living one.

    An agency goes on living when it keeps its code and its name; every other one named by `changes` or `ending`
    ends, with the successors that `changes` names. Posts and one-stop units of ended agencies end with them.
    Raises DomainError when somebody would be left under an agency that ends.
    """
    wanted, before = list(rows), _living(on)
    names = {row.code: tidy(row.name) for row in wanted}
    heirs: dict[str, list[Change]] = {}
    for change in changes:
        heirs.setdefault(change.old_code, []).append(change)
    ending_codes = {*heirs, *ending} & before.keys()
    surviving = {code for code in ending_codes if names.get(code) == before[code].name}
    leaving = sorted(ending_codes - surviving, key=lambda code: -len(before[code].path))
    # The old bearer of a code must be gone before the new one may bear it.
    Agency.objects.filter(pk__in=[before[code].pk for code in leaving]).update(valid_to=on - DAY)
    loaded = load_tree(wanted, on=on, by=by, at=at)
    after = _living(on)
    for code in [*leaving, *sorted(surviving)]:
        shares = [
            (after[change.new_code], change.share)
            for change in heirs.get(code, ())
            if change.new_code in after and after[change.new_code].pk != before[code].pk
        ]
        _hand_over(before[code], shares, on)
        if code not in surviving:
            end(before[code], on, shares, by=by, at=at)
            loaded.closed.append(code)
    _refuse_orphans(on)
    return loaded


def _living(on: date) -> dict[str, Agency]:
    return {agency.code: agency for agency in Agency.objects.valid_on(on).select_related("parent")}


def _by_depth(rows: Iterable[TreeRow], living: dict[str, Agency], loaded: Loaded) -> Iterable[list[TreeRow]]:
    """Rows in layers, parents first; broken ones go to the faults."""
    first_kinds()
    kinds = set(AgencyKind.objects.values_list("code", flat=True))
    levels = set(Level.objects.values_list("code", flat=True))
    waiting: dict[str, TreeRow] = {}
    for row in rows:
        if fault := _fault(row, waiting, kinds, levels):
            loaded.faults.append(fault)
        else:
            waiting[row.code] = row
    layers: list[list[TreeRow]] = []
    placed: set[str] = set()
    while waiting:
        layer = [
            row
            for row in waiting.values()
            if not row.parent_code
            or row.parent_code in placed
            or (row.parent_code in living and row.parent_code not in waiting)
        ]
        if not layer:
            break
        layers.append(layer)
        placed.update(row.code for row in layer)
        waiting = {code: row for code, row in waiting.items() if code not in placed}
    for row in waiting.values():
        loaded.faults.append(
            Fault(row.line, row.code, "parent_code", f"không tìm thấy cơ quan cấp trên {row.parent_code}")
        )
    return layers


def _fault(row: TreeRow, seen: dict[str, TreeRow], kinds: set[str], levels: set[str]) -> Fault | None:
    if not row.code:
        return Fault(row.line, row.code, "code", "thiếu mã")
    if row.code in seen:
        return Fault(row.line, row.code, "code", "mã lặp lại trong tệp")
    if not 2 <= len(tidy(row.name)) <= 250:
        return Fault(row.line, row.code, "name", "tên cần từ 2 đến 250 ký tự")
    if row.kind not in kinds:
        return Fault(row.line, row.code, "kind", f"chưa có loại cơ quan {row.kind!r}")
    if row.level and row.level not in levels:
        return Fault(row.line, row.code, "level", f"chưa có cấp {row.level!r}")
    return None


def _create(
    rows: Sequence[TreeRow],
    living: dict[str, Agency],
    on: date,
    loaded: Loaded,
    *,
    by: AbstractBaseUser | None,
    at: datetime,
) -> None:
    levels = {level.code: level for level in Level.objects.all()}
    agencies = [
        Agency(
            code=row.code,
            name=tidy(row.name),
            name_folded=fold(row.name),
            kind=row.kind,
            level=levels.get(row.level),
            place_code=row.place_code,
            parent=living[row.parent_code] if row.parent_code else None,
            valid_from=on,
        )
        for row in rows
    ]
    Agency.objects.bulk_create(agencies, batch_size=BATCH)
    for agency in agencies:
        agency.path = f"{agency.parent.path if agency.parent else '/'}{agency.pk}/"
    Agency.objects.bulk_update(agencies, ["path"], batch_size=BATCH)
    AgencyName.objects.bulk_create(
        [
            AgencyName(agency=one, name=one.name, name_folded=one.name_folded, valid_from=on)
            for one in agencies
        ],
        batch_size=BATCH,
    )
    Placement.objects.bulk_create(
        [Placement(agency=one, parent=one.parent, valid_from=on) for one in agencies], batch_size=BATCH
    )
    for agency in agencies:
        record_creation(agency, by=by, at=at)
        living[agency.code] = agency
        loaded.created.append(agency.code)


def _adjust(
    agency: Agency,
    row: TreeRow,
    living: dict[str, Agency],
    on: date,
    loaded: Loaded,
    *,
    by: AbstractBaseUser | None,
    at: datetime,
) -> None:
    """Let a living agency follow its row."""
    parent = living[row.parent_code] if row.parent_code else None
    renamed, moved = agency.name != tidy(row.name), agency.parent_id != (parent.pk if parent else None)
    if renamed:
        rename_agency(agency, name=row.name, on=on, by=by, at=at)
        loaded.renamed.append(row.code)
    if moved:
        move_agency(agency, parent=parent, on=on, by=by, at=at)
        loaded.moved.append(row.code)
    if renamed or moved:
        agency.refresh_from_db()
    else:
        loaded.kept.append(row.code)


def _hand_over(agency: Agency, shares: Sequence[tuple[Agency, str]], on: date) -> None:
    Succession.objects.bulk_create(
        [Succession(predecessor=agency, successor=heir, on=on, share=Share(share)) for heir, share in shares],
        ignore_conflicts=True,
    )


def _refuse_orphans(on: date) -> None:
    orphans = Agency.objects.valid_on(on).filter(parent__valid_to__lt=on)
    if names := [f"{orphan.name} ({orphan.code})" for orphan in orphans[:5]]:
        raise DomainError(
            f"Còn {orphans.count()} cơ quan trực thuộc nơi đã kết thúc: {', '.join(names)}. Hãy nêu nơi trực thuộc mới."
        )
