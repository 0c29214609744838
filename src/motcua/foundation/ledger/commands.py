"""motcua ledger: look at the ledger from the command line."""

from __future__ import annotations

import sys

import click


@click.group("ledger")
def ledger() -> None:
    """Nhật ký sự kiện: verify the chain, look at the outbox."""


@ledger.command()
def verify() -> None:
    """Read every chain and every sealed day again; exit code 1 when a line was touched."""
    from motcua.foundation.ledger.verifying import verify as read_again

    verdict = read_again()
    click.echo(
        f"Đã đọc {verdict.lines} dòng của {verdict.subjects} đối tượng, {verdict.seals} ngày niêm phong."
    )
    for fault in verdict.faults:
        click.secho(f"SAI LỆCH  {fault}", fg="red")
    if verdict.is_intact:
        click.secho("Nhật ký nguyên vẹn.", fg="green")
    else:
        click.secho(f"Nhật ký đã bị sửa: {len(verdict.faults)} chỗ sai lệch.", fg="red")
        sys.exit(1)


@ledger.command("dead")
def dead_letters() -> None:
    """List what could not be delivered."""
    from motcua.foundation.ledger.models import Delivery

    letters = list(Delivery.objects.filter(state=Delivery.State.DEAD).select_related("line").order_by("id"))
    for letter in letters:
        click.echo(f"{letter.pk}  {letter.listener}  {letter.line.label}  {letter.last_error}")
    click.echo(f"{len(letters)} việc không chuyển được.")


@ledger.command("retry")
@click.argument("delivery_id", type=int)
def retry(delivery_id: int) -> None:
    """Give a dead letter a new life."""
    from motcua.foundation.ledger.outbox import revive

    if not revive(delivery_id):
        raise click.ClickException(f"Không có việc số {delivery_id} trong danh sách không chuyển được.")
    click.echo("Đã đưa trở lại hàng chờ.")
