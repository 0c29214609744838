"""Lệnh của mái nhà: serve, worker, migrate, prepare, manage, check-system."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

from motcua.config.cli import host_option, port_option

DEMO_LOADER = "motcua.demo.loading:load"  # load(progress): does nothing when the database is not empty
DEMO_ACCOUNTS = "motcua.demo.accounts:listing"  # listing() -> [{"username", "password", "title", "agency"}]

OPTIONAL_TOOLS = (  # program, what it gives, how to get it
    (
        "clamdscan",
        "quét vi-rút trong tệp tải lên",
        "apt-get install clamav clamav-daemon, rồi đặt MOTCUA_CLAMAV",
    ),
    ("tesseract", "nhận dạng chữ trong giấy tờ quét", "apt-get install tesseract-ocr tesseract-ocr-vie"),
    ("chromium", "kiểm thử bằng trình duyệt", "apt-get install chromium"),
    ("pg_dump", "sao lưu máy chủ PostgreSQL ngoài", "apt-get install postgresql-client"),
)


@click.command()
@host_option
@port_option
@click.option("--workers", default=1, envvar="MOTCUA_WEB_WORKERS", show_default=True, type=click.IntRange(1))
@click.option("--threads", default=4, envvar="MOTCUA_WEB_THREADS", show_default=True, type=click.IntRange(1))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Chạy máy chủ web."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server import Server

    leave_with_parent()
    os.environ["PORT"] = str(port)  # the workers must know how to call this very server
    if os.environ.get("MOTCUA_SIMULATORS", os.environ.get("MOTCUA_DEMO", "")).lower() in {
        "1",
        "true",
        "yes",
        "on",
    }:
        threads = max(threads, 2)  # who asks a simulator waits on one thread while another answers
    os.environ["MOTCUA_WEB_THREADS"] = str(threads)
    Server(
        "motcua.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=threads,
        backlog=512,
        log_enabled=os.environ.get("MOTCUA_LOG", "").upper() in {"DEBUG", "INFO"},
        workers_kill_timeout=5,
    ).serve()


@click.command()
def worker() -> None:
    """Chạy tiến trình nền: giao từng việc trong hàng chờ của nhật ký."""
    from motcua.config.subscriptions import DAILY, HOURLY, OFTEN
    from motcua.foundation.ledger.outbox import run

    leave_with_parent()
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: told.append(received))
    run(should_stop=lambda: bool(told), daily=DAILY, hourly=HOURLY, often=OFTEN)


@click.command()
def migrate() -> None:
    """Tạo, nâng cấp bảng, rồi nạp dữ liệu luật định (chế độ thời hạn, ngày nghỉ, vai trò)."""
    bring_up_to_date()
    click.echo("Cơ sở dữ liệu đã sẵn sàng.")


@click.command()
@click.option(
    "--summary", type=click.Path(path_type=Path), help="Ghi kết quả (tài khoản minh họa) ra tệp JSON."
)
def prepare(summary: Path | None) -> None:
    """Làm mọi việc cần trước khi chạy: bảng, dữ liệu luật định, tệp tĩnh, tỉnh minh họa nếu còn trống."""
    from django.conf import settings

    leave_with_parent()
    progress("Nâng cấp cơ sở dữ liệu…")
    bring_up_to_date()
    collect_static()
    accounts: object = []
    if settings.DEMO:
        load, tell = _found(DEMO_LOADER), _found(DEMO_ACCOUNTS)
        if load is not None:
            load(progress)
        if tell is not None:
            accounts = tell()
    if summary:
        summary.write_text(json.dumps({"accounts": accounts}, ensure_ascii=False, default=str))


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Gọi một lệnh quản trị của Django, ví dụ: motcua manage makemigrations."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["motcua manage", *(arguments or ("help",))])


@click.command("check-system")
def check_system() -> None:
    """Xem máy có những công cụ tùy chọn nào và thiếu thì cài gì."""
    click.echo(f"Python {sys.version.split()[0]}  {sys.executable}")
    for program, gives, how in OPTIONAL_TOOLS:
        found = shutil.which(program)
        state = click.style("có   ", fg="green") if found else click.style("thiếu", fg="yellow")
        click.echo(f"{state}  {program}: {gives}." + ("" if found else f" Cài: {how}."))


def bring_up_to_date() -> None:
    """Migrate, then seed."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    seed()


def seed() -> None:
    """Write what the law fixes; what an administrator has changed since stays so."""
    from django.conf import settings

    from motcua.core.time import local_date, now
    from motcua.foundation.calendars.operations.seeding import seed_law
    from motcua.foundation.citizens.operations.seeding import seed_levels
    from motcua.foundation.identity.operations.roles import seed_roles
    from motcua.foundation.notices.operations.seeding import seed_notice_rules
    from motcua.integrations.remote_signing.operations import seed_simulated_signer
    from motcua.integrations.sign_in.operations.providers import seed_simulated_providers
    from motcua.service.dossiers.operations.seeding import seed_lateness
    from motcua.service.procedures.operations.finding import index_missing
    from motcua.service.queueing.operations.seeding import seed_priority_kinds
    from motcua.service.results.operations.seeding import seed_answer_rule, seed_certification_bars

    seed_law()
    seed_roles(at=now())
    seed_levels()
    seed_lateness()
    seed_priority_kinds()
    seed_certification_bars()
    seed_answer_rule()
    seed_notice_rules()
    index_missing(on=local_date(now()))  # of a catalogue older than the index
    if settings.SIMULATORS:
        seed_simulated_providers()
        seed_simulated_signer()


def collect_static() -> None:
    """Gather the assets when they have changed since the last time."""
    from hashlib import sha256

    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    stamp = settings.VAR / "static.stamp"
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        settings.STATIC_ROOT.mkdir(parents=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(seen.hexdigest())


def progress(message: str) -> None:
    click.echo(f"  {message}")


def leave_with_parent() -> None:
    """Ask the system to stop this process when the supervisor that started it dies, however it dies."""
    parent = os.environ.get("MOTCUA_PARENT")
    if parent and sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit(1)


def _found(where: str) -> Callable[..., object] | None:
    """The function at "module:name", or None when this installation has no such module."""
    module_name, _, name = where.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and module_name.startswith(error.name):
            return None
        raise
    found: Callable[..., object] = getattr(module, name)
    return found
