"""ClamAV: the few words of clamd's protocol that are needed, over TCP or a socket file."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import IO

from motcua.foundation.documents.content import CHUNK

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner cannot be reached, or cannot say."""


@dataclass(frozen=True)
class Verdict:
    """What clamd says; `signature` names the malware, "" for a clean file."""

    signature: str

    @property
    def is_clean(self) -> bool:
        return not self.signature


def scan(content: IO[bytes], *, address: str) -> Verdict:
    """Quét: stream the content to clamd (INSTREAM). Raises ScannerUnavailable."""
    try:
        with _connected(address) as line:
            # clamd closes early when the stream passes its limit, and says so
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                _send(line, content)
            answer = _answer(line)
    except OSError as error:
        raise ScannerUnavailable(f"ClamAV ({address}): {error}") from error
    return _verdict(answer)


def is_alive(address: str) -> bool:
    """Whether a clamd answers there."""
    try:
        with _connected(address, seconds=2.0) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _connected(address: str, *, seconds: float = ANSWER_SECONDS) -> socket.socket:
    host, _, port = address.rpartition(":")
    if "/" not in address and host and port.isdigit():
        line = socket.create_connection((host.strip("[]"), int(port)), timeout=min(seconds, CONNECT_SECONDS))
    else:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(min(seconds, CONNECT_SECONDS))
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
    line.settimeout(seconds)
    return line


def _send(line: socket.socket, content: IO[bytes]) -> None:
    line.sendall(b"zINSTREAM\0")
    while chunk := content.read(CHUNK):
        line.sendall(struct.pack("!L", len(chunk)) + chunk)
    line.sendall(struct.pack("!L", 0))


def _answer(line: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        part = line.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.split(b"\0", 1)[0].decode(errors="replace").strip()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict("")
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND"))
    raise ScannerUnavailable(f"ClamAV: {answer or 'không trả lời'}")
