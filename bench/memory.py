"""Memory at rest: web and worker as they run in production, after the web has answered its first pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.figures import Figure

NEEDS_DATABASE = True
MOST = 400.0  # MB, web and worker together
PAGES = ("/", "/tra-cuu/", "/tai-khoan/dang-nhap/")


def measure() -> list[Figure]:
    with ExitStack() as held:
        port = free_port()
        web = held.enter_context(running("serve", "--port", str(port)))
        worker = held.enter_context(running("worker"))
        wait_for(port)
        for page in PAGES * 3:
            asked = HTTPConnection("127.0.0.1", port, timeout=30)
            asked.request("GET", page)
            asked.getresponse().read()
            asked.close()
        time.sleep(2)
        web_size, worker_size = megabytes(web), megabytes(worker)
    note = f"web {web_size:.0f} MB, tiến trình nền {worker_size:.0f} MB (PSS)"
    return [Figure("memory: web và tiến trình nền khi rỗi", web_size + worker_size, "MB", MOST, note=note)]


@contextmanager
def running(*command: str) -> Iterator[int]:
    """A process of the command line, and its number."""
    process = subprocess.Popen(
        [sys.executable, "-m", "motcua.config.cli", *command], env={**os.environ, "MOTCUA_LOG": "CRITICAL"}
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def megabytes(process: int) -> float:
    """The proportional share of memory of a process and all that it has started."""
    return sum(share(one) for one in family(process)) / 1024


def family(process: int) -> Iterator[int]:
    yield process
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from family(int(child))


def share(process: int) -> int:
    """Kilobytes: what is shared with others counts in parts."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
