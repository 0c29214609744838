"""motcua sign-in: the providers that vouch for citizens, from a file; and whether each answers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from motcua.core.errors import DomainError


@click.group("sign-in")
def sign_in() -> None:
    """Nơi cấp tài khoản cho công dân đăng nhập."""


@sign_in.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Nạp nơi cấp tài khoản từ FILE (TOML, mỗi nơi một mục [[provider]]); nạp lại là sửa."""
    from motcua.core.time import now
    from motcua.integrations.sign_in.operations.providers import write_provider

    refused = False
    for values in tomllib.loads(file.read_text(encoding="utf-8")).get("provider", []):
        try:
            click.echo(f"{write_provider(values, by=None, at=now()).code}: đã ghi.")
        except DomainError as fault:
            refused = True
            click.echo(fault.message, err=True)
    if refused:
        raise SystemExit(1)


@sign_in.command()
def check() -> None:
    """Thử nối từng nơi cấp tài khoản đang mở: có trả lời không, công bố mấy khóa."""
    from motcua.core.time import local_date, now
    from motcua.integrations.sign_in.client import check_provider, secret_of
    from motcua.integrations.sign_in.models import SignInProvider

    broken = False
    for provider in SignInProvider.objects.offered_on(local_date(now())):
        try:
            told = f"{check_provider(provider)} khóa công khai"
        except DomainError as fault:
            told, broken = fault.message, True
        secret = "có" if secret_of(provider) else f"CHƯA có (biến {provider.secret_name or 'secret_name'})"
        click.echo(f"{provider.code}: {told}; mật khẩu ứng dụng: {secret}.")
    if broken:
        raise SystemExit(1)
