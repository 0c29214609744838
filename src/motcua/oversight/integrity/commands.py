"""motcua integrity: check what must always be true, from the command line."""

from __future__ import annotations

import json
import sys

import click


@click.command("integrity")
@click.option("--list", "is_list", is_flag=True, help="Chỉ liệt kê những điều phải đúng.")
@click.option("--code", "codes", multiple=True, help="Chỉ kiểm điều này; lặp lại để kiểm nhiều điều.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả ở dạng JSON.")
def integrity(*, is_list: bool, codes: tuple[str, ...], as_json: bool) -> None:
    """Check every invariant and keep what is found; exit code 1 when something is not true."""
    from motcua.core.time import now
    from motcua.oversight.integrity.invariants import INVARIANTS
    from motcua.oversight.integrity.models import Finding
    from motcua.oversight.integrity.operations.checking import check

    if is_list:
        for invariant in INVARIANTS:
            click.echo(f"{invariant.code:<36}{invariant.name}")
        click.echo(f"{len(INVARIANTS)} điều phải đúng.")
        return
    at = now()
    done = check(by=None, at=at, codes=codes)
    chosen = [invariant for invariant in INVARIANTS if not codes or invariant.code in codes]
    standing = Finding.objects.standing().filter(code__in=[invariant.code for invariant in chosen])
    found = {invariant.code: list(standing.of(invariant.code)) for invariant in chosen}
    if as_json:
        told = {
            code: [{"label": row.label, "detail": row.detail} for row in rows] for code, rows in found.items()
        }
        click.echo(
            json.dumps(
                {"standing": done.standing, "failures": done.failures, "found": told}, ensure_ascii=False
            )
        )
    else:
        for invariant in chosen:
            _tell(
                invariant.name, invariant.code, found[invariant.code], done.failures.get(invariant.code, "")
            )
        click.echo(f"Đã kiểm {done.invariants} điều trong {done.seconds:.1f} giây: {done.standing} sai lệch.")
    if done.standing or done.failures:
        sys.exit(1)


def _tell(name: str, code: str, rows: list, failure: str) -> None:  # type: ignore[type-arg]
    if failure:
        click.secho(f"KHÔNG KIỂM ĐƯỢC  {name} ({code}): {failure}", fg="yellow")
    elif not rows:
        click.secho(f"ĐÚNG      {name}", fg="green")
    else:
        click.secho(f"SAI {len(rows):>4}  {name} ({code})", fg="red")
        for row in rows[:5]:
            click.echo(f"            {row.label}: {row.detail}")
