"""motcua run: cơ sở dữ liệu, web và tiến trình nền dưới một mái; dừng một là dừng tất cả."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

import click

from motcua.config import embedded
from motcua.config.cli import data_folder, host_option, port_option, settings_file

START_PATIENCE = 60  # seconds until the web must answer
STOP_PATIENCE = 10  # seconds between the request to stop and the order to
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK = 0.1  # seconds between two looks at the children


class Stopped(Exception):
    """Được yêu cầu dừng: Ctrl-C, SIGTERM or a closed terminal."""


@dataclass
class Household:
    """The processes that this supervisor started, each in a session of its own."""

    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "MOTCUA_PARENT": str(os.getpid())}
        command = [sys.executable, "-m", "motcua.config.cli", *arguments]
        child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
        self.children[name] = child
        return child

    def dead(self) -> str:
        """The name of a child that has ended, or ""."""
        return next((name for name, child in self.children.items() if child.poll() is not None), "")

    def stop(self) -> None:
        """Ask every child to stop, then order whatever is left of its session."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + STOP_PATIENCE
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@click.command()
@host_option
@port_option
def run(host: str, port: int) -> None:
    """Chạy tất cả: cơ sở dữ liệu, web, tiến trình nền. Ctrl-C để dừng."""
    begun = time.monotonic()
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_stopped)
    household = Household()
    try:
        with ExitStack() as held:
            held.enter_context(_only_one())
            _refuse_port_in_use(host, port)
            _keep_choices()
            held.enter_context(_database())
            held.callback(household.stop)
            held.callback(_hear_no_more)
            accounts = _prepare(household)
            _open(household, host, port)
            _welcome(host, port, accounts, seconds=time.monotonic() - begun)
            _watch(household)
    except Stopped:
        click.echo("\nĐã dừng Một cửa.")


@contextmanager
def _only_one() -> Iterator[None]:
    """One run per folder; `make run` has taken the lock already and hands it over."""
    given = os.environ.pop("MOTCUA_RUN_LOCK", "")
    path = data_folder().parent / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = int(given) if given else os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(descriptor, False)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(
            "Một cửa đang chạy ở thư mục này rồi. Dừng lần chạy kia (Ctrl-C) trước khi chạy lại."
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def _keep_choices() -> None:
    """The first run without settings of its own is a demo; the file tells later commands so."""
    if "MOTCUA_DEMO" not in os.environ:
        os.environ["MOTCUA_DEMO"] = "1"
        path = settings_file()
        if not path.exists():
            path.write_text(
                "# Cấu hình của bản cài này; biến môi trường cùng tên được ưu tiên. Xem docs/operations.md.\n"
                "MOTCUA_DEMO=1\n"
            )


def _refuse_port_in_use(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except PermissionError:
        raise click.ClickException(
            f"Không được phép mở cổng {port}. Chọn cổng từ 1024 trở lên, ví dụ: PORT=8080 make run."
        ) from None
    except OSError:
        raise click.ClickException(
            f"Cổng {port} của {host} đang có chương trình khác dùng. Chọn cổng khác, ví dụ: PORT={port + 1} make run."
        ) from None


@contextmanager
def _database() -> Iterator[None]:
    """The server at DATABASE_URL, or the embedded one from now until the end."""
    folder = data_folder()
    given = bool(os.environ.get("DATABASE_URL"))
    try:
        address = embedded.ensure(folder)
        fault = embedded.wait_for(address)
        if fault:
            hint = " Kiểm tra DATABASE_URL, hoặc bỏ đi để dùng PostgreSQL nhúng." if given else ""
            raise click.ClickException(f"{fault.rstrip('.')}.{hint}")
        yield
    finally:
        embedded.stop(folder)


def _prepare(household: Household) -> list[dict[str, str]]:
    """Bring the database up to date in a process of its own, so that its memory is given back."""
    summary = data_folder().parent / "prepared.json"
    summary.unlink(missing_ok=True)
    child = household.start("phần chuẩn bị", "prepare", "--summary", str(summary))
    while child.poll() is None:
        time.sleep(LOOK)
    del household.children["phần chuẩn bị"]
    if child.returncode:
        raise click.ClickException("Không chuẩn bị được cơ sở dữ liệu; lý do ở dòng trên.")
    accounts: list[dict[str, str]] = json.loads(summary.read_text())["accounts"]
    return accounts


def _open(household: Household, host: str, port: int) -> None:
    """Start web and worker and wait until the first page comes."""
    household.start("máy chủ web", "serve", "--host", host, "--port", str(port))
    household.start("tiến trình nền", "worker")
    until = time.monotonic() + START_PATIENCE
    while not _answers(host, port):
        _refuse_dead(household)
        if time.monotonic() > until:
            raise click.ClickException(f"Máy chủ web không trả lời sau {START_PATIENCE} giây.")
        time.sleep(LOOK)


def _answers(host: str, port: int) -> bool:
    reachable = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{reachable}:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False


def _welcome(host: str, port: int, accounts: list[dict[str, str]], *, seconds: float) -> None:
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
    if accounts:
        one_of_each = list({account.get("title"): account for account in reversed(accounts)}.values())[::-1]
        click.echo("\nTài khoản minh họa, mỗi vị trí một người:")
        columns = [name for name in ("username", "password", "title", "agency") if name in accounts[0]]
        widths = [max(len(str(account.get(name, ""))) for account in one_of_each) for name in columns]
        for account in one_of_each:
            cells = (
                str(account.get(name, "")).ljust(width) for name, width in zip(columns, widths, strict=True)
            )
            click.echo("  " + "  ".join(cells).rstrip())
        click.echo(f"  Tất cả {len(accounts)} tài khoản: .venv/bin/motcua demo accounts")
    click.echo(f"\nMột cửa đã sẵn sàng sau {seconds:.1f} giây: http://{shown}:{port}/")
    click.echo("Nhấn Ctrl-C để dừng.")
    sys.stdout.flush()


def _watch(household: Household) -> None:
    while True:
        _refuse_dead(household)
        time.sleep(LOOK * 5)


def _refuse_dead(household: Household) -> None:
    name = household.dead()
    if name:
        raise click.ClickException(
            f"Đã dừng tất cả vì {name} kết thúc bất ngờ (mã {household.children[name].returncode})."
        )


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    _hear_no_more()
    raise Stopped


def _hear_no_more() -> None:
    """A second Ctrl-C must not break the stopping."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
