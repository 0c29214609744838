"""motcua demo: the demo province from the command line."""

from __future__ import annotations

import json

import click

from motcua.core.errors import DomainError


@click.group("demo")
def demo() -> None:
    """Tỉnh minh họa: nạp, tài khoản, sinh dữ liệu lớn."""


@demo.command("load")
def load_province() -> None:
    """Load the demo province into an empty database."""
    from motcua.demo.loading import load

    try:
        is_loaded = load(lambda message: click.echo(f"  {message}"))
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    if not is_loaded:
        click.echo("Cơ sở dữ liệu đã có dữ liệu, không nạp thêm.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="In ra JSON.")
def accounts(*, as_json: bool) -> None:
    """List the demo's accounts."""
    from motcua.demo.accounts import listing

    try:
        rows = listing()
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        code = f"  mã xác thực lúc này: {row['code']}" if "code" in row else ""
        click.echo(f"{row['username']:<28} {row['password']}  {row['title']}, {row['agency']}{code}")
