"""motcua filings: bring on-line filings in from a file; nobody signs in as a citizen yet."""

from __future__ import annotations

import json
from pathlib import Path

import click

from motcua.core.errors import DomainError
from motcua.core.time import now


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def filings(file: Path) -> None:
    """Nạp hồ sơ nộp trực tuyến từ FILE (JSON); nạp lại không sinh hồ sơ thứ hai."""
    from motcua.service.filing.importing import import_filings

    rows = json.loads(file.read_text(encoding="utf-8"))
    refused = 0
    for key, found in import_filings(rows, at=now()):
        if isinstance(found, DomainError):
            refused += 1
            click.echo(f"{key}: không nạp được. {found.message}", err=True)
        else:
            click.echo(f"{key}: {found.code}")
    if refused:
        raise SystemExit(1)
