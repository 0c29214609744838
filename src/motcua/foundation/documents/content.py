"""Nội dung tệp: bytes kept once under their SHA-256, in whatever store the settings name (disk, S3)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

CHUNK = 1024 * 1024
IN_MEMORY = 2 * 1024 * 1024


class OverLimit(Exception):
    """More bytes than the caller allowed."""


@dataclass(frozen=True)
class Content:
    """What an upload holds: its stream (at the beginning), its digest and its size."""

    stream: IO[bytes]
    sha256: str
    size: int


def address(sha256: str) -> str:
    """Where content of that digest lies: fanned out, so that no folder grows without end."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


@contextlib.contextmanager
def taken(upload: IO[bytes] | File[bytes], *, limit: int) -> Iterator[Content]:
    """Read an upload once, hashing as it streams. Raises OverLimit as soon as there is one byte too many."""
    with contextlib.ExitStack() as open_files:
        is_rewindable = _rewind(upload)
        stream = (
            upload if is_rewindable else open_files.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        )
        digest, size = hashlib.sha256(), 0
        while chunk := upload.read(min(CHUNK, limit + 1 - size)):
            size += len(chunk)
            if size > limit:
                raise OverLimit
            digest.update(chunk)
            if not is_rewindable:
                stream.write(chunk)
        stream.seek(0)
        yield Content(stream, digest.hexdigest(), size)


def put(content: Content) -> None:
    """Cất: keep the content; nothing is done when it is there already, whole.

    On a disk it is written beside and renamed, so that a half-written file never bears the name; an object store
    makes a key appear only when it is complete.
    """
    where = address(content.sha256)
    if holds(content.sha256, content.size):
        return
    content.stream.seek(0)
    try:
        path = Path(default_storage.path(where))
    except NotImplementedError:
        default_storage.save(where, File(content.stream))
    else:
        _write_whole(path, content.stream)


def holds(sha256: str, size: int) -> bool:
    """Whether the store has that content, of that size."""
    where = address(sha256)
    try:
        return bool(default_storage.exists(where)) and default_storage.size(where) == size
    except FileNotFoundError:
        return False


def opened(sha256: str) -> IO[bytes]:
    """The content of that digest. Raises FileNotFoundError."""
    return default_storage.open(address(sha256), "rb")


def forget(sha256: str) -> None:
    """Xóa hẳn the content of that digest; nothing happens when it is gone already."""
    default_storage.delete(address(sha256))


def digest_of(sha256: str) -> str:
    """What the content of that name hashes to now. Raises FileNotFoundError."""
    with opened(sha256) as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
        return digest.hexdigest()


def _rewind(upload: IO[bytes] | File[bytes]) -> bool:
    try:
        upload.seek(0)
    except (AttributeError, OSError, ValueError):
        return False
    return True


def _write_whole(path: Path, stream: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            while chunk := stream.read(CHUNK):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        Path(beside).chmod(0o640)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
