from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from motcua.foundation.documents.tests.samples import EICAR


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    """Each test keeps its files in its own folder, and has no scanner unless it asks for one."""
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


class Talk(socketserver.BaseRequestHandler):
    """What clamd answers, as far as it is asked here."""

    def handle(self) -> None:
        command = self._until_zero()
        if command == b"zPING":
            self.request.sendall(b"PONG\0")
        elif command == b"zINSTREAM":
            self._stream()

    def _stream(self) -> None:
        content = b""
        while length := struct.unpack("!L", self._exactly(4))[0]:
            content += self._exactly(length)
            if len(content) > self.server.limit:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(content)
        self.request.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")

    def _until_zero(self) -> bytes:
        word = b""
        while not word.endswith(b"\0"):
            word += self._exactly(1)
        return word[:-1]

    def _exactly(self, length: int) -> bytes:
        part = b""
        while len(part) < length and (more := self.request.recv(length - len(part))):
            part += more
        return part


class Clamd(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class LocalClamd(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    server.seen, server.limit = [], 10_000_000
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clamd(settings: Settings) -> Iterator[socketserver.BaseServer]:
    """A scanner over TCP that knows only EICAR."""
    server = Clamd(("127.0.0.1", 0), Talk)
    settings.CLAMAV = f"127.0.0.1:{server.server_address[1]}"
    yield from running(server)


@pytest.fixture
def local_clamd(settings: Settings, tmp_path: Path) -> Iterator[socketserver.BaseServer]:
    """The same behind a socket file."""
    server = LocalClamd(str(tmp_path / "clamd.ctl"), Talk)
    settings.CLAMAV = str(tmp_path / "clamd.ctl")
    yield from running(server)
