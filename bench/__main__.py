"""python -m bench [name …]: run the benchmarks, print one table, exit 1 when a limit is missed.

A benchmark that needs the database gets a fresh one of its own beside DATABASE_URL (or in the embedded server), migrated
and dropped at the end; a module says so with `NEEDS_DATABASE = True`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit, urlunsplit

import bench
from bench.figures import Figure

HOME = Path(__file__).resolve().parents[1]
FRAME = {"__main__", "figures", "officers"}
DATABASE = "motcua_bench"


def main(names: list[str]) -> int:
    found = sorted({module.name for module in pkgutil.iter_modules(bench.__path__)} - FRAME)
    unknown = sorted(set(names) - set(found))
    if unknown:
        print(f"Không có phép đo {', '.join(unknown)}. Có: {', '.join(found)}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    with ExitStack() as held:
        modules = [importlib.import_module(f"bench.{name}") for name in names or found]
        if any(needs_database(module) for module in modules):
            held.enter_context(fresh_database())
        for module in modules:
            name = module.__name__.removeprefix("bench.")
            print(f"— {name}…", flush=True)
            begun = time.perf_counter()
            measured = module.measure()
            figures += measured
            print(f"  {time.perf_counter() - begun:.1f} giây", flush=True)
    show(figures)
    return 0 if all(figure.holds for figure in figures) else 1


def needs_database(module: ModuleType) -> bool:
    return bool(getattr(module, "NEEDS_DATABASE", False))


@contextmanager
def fresh_database() -> Iterator[None]:
    """An empty, migrated database of its own, with Django set up on it."""
    import psycopg

    from motcua.config import embedded
    from motcua.config.cli import Needs, stand_on

    os.environ["MOTCUA_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    folder = HOME / "var" / "pg-bench"
    server = embedded.ensure(folder)
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
        stand_on(Needs.DATABASE)
        from motcua.config.commands import bring_up_to_date

        bring_up_to_date()
        yield
        from django.db import connections

        connections.close_all()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    finally:
        embedded.stop(folder)


def show(figures: list[Figure]) -> None:
    rows = [("phép đo", "đo được", "giới hạn", "tỷ lệ", "", "")]
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        rows.append(
            (
                figure.name,
                f"{figure.measured:,.4g} {figure.unit}",
                "" if figure.limit is None else f"{sign} {figure.limit:,.4g} {figure.unit}",
                "" if figure.ratio is None else f"{figure.ratio:.2f}",
                "" if figure.ratio is None else ("đạt" if figure.holds else "KHÔNG ĐẠT"),
                figure.note,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print("\nTỷ lệ là phần giới hạn đã dùng: 1,00 là vừa đúng giới hạn, nhỏ hơn là tốt hơn.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
