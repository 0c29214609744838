"""Lời thường của tỉnh mẫu: everyday names and life events, read from `data/finding.toml`."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from motcua.foundation.identity.models import User
from motcua.service.procedures.models import Procedure
from motcua.service.procedures.operations.finding import arrange_event, name_everyday

DATA = Path(__file__).parent / "data" / "finding.toml"


def load(*, by: User | None, at: datetime) -> None:
    """Nạp tên thường gọi và sự kiện trong đời; the catalogue stands already."""
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    known = {procedure.code: procedure for procedure in Procedure.objects.all()}
    for row in told["name"]:
        for phrase in row["phrases"]:
            name_everyday(
                phrase=phrase,
                procedure=known.get(row.get("code", "")),
                means=row.get("means", ""),
                valid_from=at.date(),
                by=by,
                at=at,
            )
    for position, row in enumerate(told["event"], start=1):
        arrange_event(
            code=row["code"],
            name=row["name"],
            words=row["words"],
            icon=row["icon"],
            steps=[(known[code], reason) for code, reason in row["steps"]],
            position=position,
            by=by,
            at=at,
        )
