"""motcua clock explain: the two clocks of one dossier, as the page tells them."""

from __future__ import annotations

import click

from motcua.core.time import now


@click.command("explain")
@click.argument("code")
def explain(code: str) -> None:
    """Hai đồng hồ của một hồ sơ, từng ngày một, ví dụ: motcua clock explain H31.2-260302-0001"""
    from motcua.service.dossiers.clocks import clocks_of
    from motcua.service.dossiers.models import Dossier

    dossier = Dossier.objects.with_code(code).select_related("revision").first()
    if dossier is None:
        raise click.ClickException(f"Không có hồ sơ mã {code}. Hãy kiểm tra lại mã in trên giấy hẹn.")
    for line in clocks_of(dossier, now()).as_text():
        click.echo(line)
