"""motcua demo: the demo province from the command line."""

from __future__ import annotations

import json
from pathlib import Path

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
    from motcua.demo.citizens import SIGN_IN_AS

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
    click.echo("\nCông dân, đăng nhập ở Cổng bằng nơi cấp tài khoản mô phỏng:")
    for name, finds in SIGN_IN_AS:
        click.echo(f"{name:<28} {finds}")


@demo.command("bulk")
@click.argument("number", type=click.IntRange(1))
def bulk_dossiers(number: int) -> None:
    """Write NUMBER made-up dossiers by COPY, to see the house at its true size."""
    from motcua.demo.bulk import bulk

    try:
        written = bulk(number, lambda message: click.echo(f"  {message}"))
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from None
    speed = written.dossiers / written.seconds
    click.echo(
        f"Đã ghi {written.dossiers} hồ sơ, {written.lines} dòng nhật ký trong {written.seconds:.1f} giây "
        f"({speed:.0f} hồ sơ mỗi giây)."
    )


@demo.command("sign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "key", type=click.Choice(["an", "binh"]), default="an", help="Công dân mẫu nào ký.")
def sign_declaration(file: Path, key: str) -> None:
    """Sign a declaration FILE as a citizen of the demo would with their own software; writes FILE-da-ky.pdf."""
    from motcua.core.time import now
    from motcua.demo.signing import sign_as_citizen

    try:
        signed = sign_as_citizen(file.read_bytes(), key=key, at=now())
    except OSError:
        raise click.ClickException("Chưa có chứng thư của công dân mẫu. Hãy nạp tỉnh mẫu trước.") from None
    made = file.with_name(f"{file.stem}-da-ky.pdf")
    made.write_bytes(signed)
    click.echo(f"Đã ký: {made}")
