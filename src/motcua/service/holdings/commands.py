"""motcua holdings: look after the store of papers from the command line."""

from __future__ import annotations

import click


@click.group("holdings")
def holdings() -> None:
    """Kho giấy tờ: xếp loại, xem số liệu."""


@holdings.command()
def classify() -> None:
    """Xếp loại giấy tờ vào kho trước khi danh mục có loại của chúng."""
    from motcua.core.time import now
    from motcua.service.holdings.operations.keeping import classify as classify_papers

    click.echo(f"Đã xếp loại {classify_papers(by_id=None, at=now())} giấy tờ.")
