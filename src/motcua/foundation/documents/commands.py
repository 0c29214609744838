"""motcua documents: look after the store of files from the command line."""

from __future__ import annotations

import sys

import click


@click.group("documents")
def documents() -> None:
    """Kho tệp: kiểm tra nội dung, quét vi-rút."""


@documents.command()
def verify() -> None:
    """Đọc lại mọi tệp và so với mã băm; mã thoát 1 khi có tệp hỏng hoặc mất."""
    from motcua.foundation.documents.integrity import verify_files

    read = faults = 0
    for check in verify_files():
        read += 1
        if check.fault:
            faults += 1
            click.secho(f"SAI LỆCH  {check.sha256}  {check.fault}", fg="red")
    click.echo(f"Đã đọc {read} tệp.")
    if faults:
        click.secho(f"Kho tệp có {faults} tệp hỏng hoặc mất.", fg="red")
        sys.exit(1)
    click.secho("Kho tệp nguyên vẹn.", fg="green")


@documents.command()
@click.option("--all", "everything", is_flag=True, help="Quét lại cả tệp đã quét, với mẫu vi-rút mới.")
def scan(*, everything: bool) -> None:
    """Quét vi-rút những tệp chưa quét, ví dụ sau khi cài ClamAV."""
    from django.conf import settings

    from motcua.core.time import now
    from motcua.foundation.documents.capabilities import virus_scanner
    from motcua.foundation.documents.models import ScanState, StoredFile
    from motcua.foundation.documents.operations.scanning import scan_file

    scanner = virus_scanner(is_asked=True)
    if not scanner.is_present:
        raise click.ClickException(scanner.advice)
    done = {ScanState.INFECTED} if everything else {ScanState.INFECTED, ScanState.CLEAN}
    infected = read = 0
    for file in StoredFile.objects.exclude(scan_state__in=done).order_by("id").iterator():
        read += 1
        try:
            infected += scan_file(file, address=settings.CLAMAV, at=now()).is_infected
        except FileNotFoundError:
            click.secho(f"MẤT  {file.sha256}", fg="red")
    click.echo(f"Đã quét {read} tệp, cách ly {infected}.")


@documents.command()
def forget() -> None:
    """Xóa hẳn nội dung tệp không còn hồ sơ hay ai dùng đến."""
    from motcua.core.time import now
    from motcua.foundation.documents.operations.forgetting import forget_unused

    click.echo(f"Đã xóa hẳn {forget_unused(at=now())} tệp không còn dùng.")


@documents.command()
def tools() -> None:
    """Máy chủ có những công cụ nào cho tài liệu, thiếu gì thì cài gì."""
    from motcua.foundation.documents.capabilities import capabilities

    for tool in capabilities():
        mark = click.style("có    ", fg="green") if tool.is_present else click.style("chưa có", fg="yellow")
        click.echo(f"{mark}  {tool.name}: {tool.gives}. {tool.advice}".rstrip())
