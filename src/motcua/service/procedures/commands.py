"""motcua import: bring the national catalogue in from a file."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from motcua.core.time import now
from motcua.foundation.org.commands import import_agencies

SHOWN = 12


@click.group("import")
def import_() -> None:
    """Nạp danh mục từ tệp."""


import_.add_command(import_agencies)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]),
    help="Ngày áp dụng; không ghi: hôm nay.",
)
@click.option("--dry-run", is_flag=True, help="Chỉ xem sẽ thay đổi gì, không ghi.")
@click.option("--full", is_flag=True, help="Ghi ra mọi điểm khác, không rút gọn.")
@click.option("--json", "as_json", is_flag=True, help="Ghi kết quả dạng JSON.")
def procedures(
    *,
    file: Path,
    valid_from: datetime | None,
    dry_run: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Nạp thủ tục hành chính từ FILE (JSON, khuôn của danh mục quốc gia)."""
    from motcua.service.procedures.importing import Report, import_file

    def told(done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            click.echo(f"  {done}/{total}", err=True)

    report: Report = import_file(
        file,
        by=None,
        at=now(),
        valid_from=valid_from.date() if valid_from else None,
        dry_run=dry_run,
        told=None if as_json else told,
    )
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        for revised in report.revised:
            click.echo(f"\n{revised.code} {revised.name}")
            shown = revised.changes if full else revised.changes[:SHOWN]
            for change in shown:
                click.echo(f"  - {change}")
            if len(revised.changes) > len(shown):
                click.echo(f"  … và {len(revised.changes) - len(shown)} điểm khác (thêm --full để xem hết)")
        for fault in report.faults:
            click.secho(str(fault), fg="red", err=True)
        click.echo(f"{'Xem trước' if dry_run else 'Đã nạp'} {report.file}: {report.summary}.")
    if report.faults:
        sys.exit(1)


@import_.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="Ghi tệp mẫu ra FILE thay vì nạp.")
def words(*, file: Path, template: bool) -> None:
    """Nạp tên thường gọi và sự kiện trong đời từ FILE (TOML); --template ghi ra một tệp mẫu có giải thích."""
    from motcua.service.procedures.naming import TEMPLATE, load_words

    if template:
        if file.exists():
            raise click.ClickException(f"Đã có tệp {file}; hãy chọn tên khác.")
        file.write_text(TEMPLATE, encoding="utf-8")
        click.echo(f"Đã ghi tệp mẫu {file}.")
        return
    done = load_words(file.read_text(encoding="utf-8"), by=None, at=now())
    for fault in done.faults:
        click.secho(fault, fg="red", err=True)
    click.echo(f"Đã nạp {file}: {done.summary}.")
    if done.faults:
        sys.exit(1)
