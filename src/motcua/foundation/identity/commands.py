"""motcua staff: the first administrator of a new installation, and help for who has locked themselves out."""

from __future__ import annotations

import click

from motcua.core.errors import DomainError


@click.group("staff")
def staff() -> None:
    """Tài khoản cán bộ."""


@staff.command("add")
@click.argument("username")
@click.option("--name", "full_name", required=True, help="Họ và tên.")
@click.option("--role", default="ADMIN", show_default=True, help="Mã vai trò.")
@click.option("--agency", "agency_code", required=True, help="Mã cơ quan.")
@click.option("--title", default="Quản trị hệ thống", show_default=True, help="Chức danh.")
@click.password_option(
    prompt="Mật khẩu", confirmation_prompt="Nhập lại mật khẩu", help="Không ghi: hỏi khi chạy."
)
def add(*, username: str, full_name: str, role: str, agency_code: str, title: str, password: str) -> None:
    """Tạo tài khoản và giao một vị trí, ví dụ quản trị đầu tiên."""
    from django.db import transaction

    from motcua.core.time import local_date, now
    from motcua.foundation.identity.operations.staffing import appoint, create_staff
    from motcua.foundation.org.models import Agency, Role
    from motcua.foundation.org.operations.posts import open_post

    at = now()
    today = local_date(at)
    agency = Agency.objects.valid_on(today).filter(code=agency_code.upper()).first()
    held = Role.objects.living().filter(code=role.upper()).first()
    if agency is None or held is None:
        raise click.ClickException(f"Không có cơ quan {agency_code} hoặc vai trò {role}.")
    try:
        with transaction.atomic():
            user = create_staff(username=username, full_name=full_name, password=password, by=None, at=at)
            post = open_post(agency=agency, title=title, role=held, valid_from=today, by=None, at=at)
            appoint(user, post=post, valid_from=today, by=None, at=at)
    except DomainError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"Đã tạo {user.username}: {post}.")


@staff.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """Mở khóa đăng nhập vì nhập sai mật khẩu nhiều lần."""
    from axes.utils import reset

    click.echo(f"Đã mở {reset(username=username.strip().lower())} lần khóa của {username}.")


@staff.command("remove-second-factor")
@click.argument("username")
@click.option("--reason", required=True, help="Lý do, được ghi vào nhật ký.")
def remove_second_factor(*, username: str, reason: str) -> None:
    """Gỡ xác thực hai lớp của người mất thiết bị."""
    from motcua.core.time import now
    from motcua.foundation.identity.models import User
    from motcua.foundation.identity.operations.second_factor import remove

    user = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        raise click.ClickException(f"Không có tài khoản {username}.")
    remove(user, reason=reason, by=None, at=now())
    click.echo(f"{user} sẽ đăng ký lại xác thực hai lớp ở lần đăng nhập tới.")
