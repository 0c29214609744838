"""motcua import agencies: the tree of a province from a file."""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from pathlib import Path

import click

COLUMNS = ("code", "name", "kind", "parent_code", "level", "place_code")


@click.command("agencies")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Ngày cây tổ chức có hiệu lực."
)
def import_agencies(file: Path, on: datetime) -> None:
    """Nạp cây tổ chức from a CSV file: code, name, kind, parent_code, level, place_code. Idempotent."""
    from motcua.core.time import now
    from motcua.foundation.org.operations.loading import TreeRow, load_tree

    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := {"code", "name", "kind"} - set(reader.fieldnames or ()):
            raise click.ClickException(f"Tệp {file} thiếu cột {', '.join(sorted(missing))}.")
        rows = [
            TreeRow(line=number, **{name: (row.get(name) or "").strip() for name in COLUMNS})
            for number, row in enumerate(reader, start=2)
        ]
    loaded = load_tree(rows, on=on.date(), by=None, at=now())
    click.echo(
        f"Đã nạp {len(loaded.created)} cơ quan mới, giữ nguyên {len(loaded.kept)}, "
        f"đổi tên {len(loaded.renamed)}, chuyển trực thuộc {len(loaded.moved)}."
    )
    for fault in loaded.faults:
        click.secho(f"BỎ QUA  {file}: {fault}", fg="red", err=True)
    if loaded.faults:
        sys.exit(1)
