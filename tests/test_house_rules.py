"""Nội quy của ngôi nhà: what a machine can check of docs/architecture.md, so that it does not decay.

Each rule is a function that returns the faults it finds; beside each test that the house obeys stands one that plants a
fault and sees it found, so that no rule is empty.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

HOME = Path(__file__).resolve().parents[1]
SOURCE = HOME / "src" / "motcua"
DOMAIN = ("core", "foundation", "service")

# Where the system's clock may be read beside web, commands and tasks, and why.
CLOCK_READERS = {
    "foundation/citizens/middleware.py": "a request begins here, before any page could hand on its moment",
    "foundation/ledger/outbox.py": "the worker's loop",
    "foundation/identity/backends.py": "called by Django's sign-in, which has no moment to hand on",
    "foundation/identity/sessions.py": "called by Django's session, which has no moment to hand on",
}
SAFE_MARKERS = {"web/ui/environment.py": "the icon and CSRF helpers build their own markup from fixed parts"}
SAFE_TEMPLATES = {"ui/flow.html": "the picture that workflows.drawing writes, its words escaped there"}
WEB_WRITERS = {"web/portal/attempts.py": "the portal's own memory of wrong guesses; no fact of a dossier"}
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "acreate",
    "asave",
}
QUERY_HINTS = (".objects", ".filter(", ".exclude(", ".all()", "_set.")
HOSTS = re.compile(
    "https?://|"
    + "|".join(("--index" + "-url", "--extra-index" + "-url", "--find" + "-links", "file" + "://"))
)


def sources(*, under: Iterable[str] = ("",), tests: bool = False) -> Iterator[tuple[str, str]]:
    """Every source file as (path below src/motcua, text); migrations never, tests only when asked."""
    for part in under:
        for path in sorted((SOURCE / part).rglob("*.py")):
            name = path.relative_to(SOURCE).as_posix()
            if "/migrations/" not in name and (tests or "/tests/" not in name):
                yield name, path.read_text(encoding="utf-8")


def templates() -> dict[str, str]:
    """Every template as {name as it is asked for: text}."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in sorted(SOURCE.glob("*/*/jinja2"))
        for path in sorted(folder.rglob("*.html"))
    }


def none(faults: list[str]) -> None:
    """Every fault on a line of its own, when there is one."""
    assert not faults, "\n" + "\n".join(faults)


def own_models() -> list[Any]:
    return [model for model in apps.get_models() if model.__module__.startswith("motcua.")]


class TestFloors:
    """Each room imports only what is below it."""

    def lint(self, home: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command as c; c()",
                "--no-cache",
            ],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(home / "src")},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_hold(self):
        done = self.lint(HOME)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    @pytest.mark.parametrize(
        ("room", "import_"),
        [
            ("foundation/ledger/chain.py", "import motcua.service.dossiers.models"),
            ("service/procedures/apps.py", "import motcua.service.dossiers.models"),
            ("service/dossiers/states.py", "import django.db"),
            ("web/desk/urls.py", "import motcua.web.counter.urls"),
        ],
    )
    def test_a_planted_upward_import_is_found(self, tmp_path, room, import_):
        shutil.copy(HOME / "pyproject.toml", tmp_path)
        shutil.copytree(
            HOME / "src",
            tmp_path / "src",
            ignore=shutil.ignore_patterns("static", "__pycache__", "*.egg-info"),
        )
        target = tmp_path / "src" / "motcua" / room
        target.write_text(target.read_text(encoding="utf-8") + f"\n{import_}\n", encoding="utf-8")
        done = self.lint(tmp_path)
        assert done.returncode != 0
        assert "BROKEN" in done.stdout


class TestWebNeverWrites:
    """A page asks and calls one operation; the rows are the operation's."""

    @staticmethod
    def faults(name: str, text: str) -> list[str]:
        found = []
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            receiver, verb = ast.unparse(node.func.value), node.func.attr
            asks_rows = any(hint in receiver + "." for hint in QUERY_HINTS)
            if "session" in receiver or "cache" in receiver or "cookies" in receiver:
                continue
            if (
                verb in WRITES
                or (verb in {"update", "delete"} and asks_rows)
                or verb in {"cursor", "execute"}
            ):
                found.append(f"{name}:{node.lineno}: {receiver[-40:]}.{verb}(…)")
        return found

    def test_in_any_audience(self):
        pages = [item for item in sources(under=["web"]) if item[0] not in WEB_WRITERS]
        none([fault for name, text in pages for fault in self.faults(name, text)])

    @pytest.mark.parametrize(
        "line",
        [
            "dossier.save()",
            "Dossier.objects.create(code='x')",
            "Dossier.objects.filter(pk=1).update(state='X')",
            "dossier.part_set.all().delete()",
            "connection.cursor().execute('DELETE FROM x')",
        ],
    )
    def test_a_planted_write_is_found(self, line):
        assert self.faults("planted.py", line)

    def test_a_dictionary_may_be_updated(self):
        assert not self.faults("honest.py", "context.update(title='x'); request.session.save()")


class TestLegalKeys:
    """`Legal: KEY article` in a docstring names an entry of docs/legal/sources.toml."""

    KEYS = re.compile(r"\b([A-ZĐ]{1,5}\d{1,4}-\d{4}|BLDS-\d{4}|BLLD-\d{4})\b")

    @staticmethod
    def known() -> dict[str, Any]:
        listed = tomllib.loads((HOME / "docs" / "legal" / "sources.toml").read_text(encoding="utf-8"))
        return {key: entry for key, entry in listed.items() if isinstance(entry, dict)}

    def used(self, text: str) -> set[str]:
        return {
            key
            for line in text.splitlines()
            if "Legal:" in line or "legal=" in line
            for key in self.KEYS.findall(line)
        }

    def test_resolve(self):
        known = self.known()
        unknown = [
            f"{name}: {key}" for name, text in sources() for key in self.used(text) if key not in known
        ]
        none(unknown)

    def test_are_used_at_all(self):
        assert len({key for _name, text in sources() for key in self.used(text)}) >= 5

    def test_every_legal_line_names_a_key(self):
        pattern = re.compile(r"Legal: (.*)")
        vague = [
            f"{name}: {found}"
            for name, text in sources()
            for found in pattern.findall(text)
            if not self.KEYS.search(found)
        ]
        none(vague)

    def test_sources_are_complete(self):
        known = self.known()
        for key, entry in known.items():
            assert entry.get("number"), key
            assert entry.get("title"), key
            assert entry.get("checked") in {"text", "secondary"}, key
            assert entry.get("in_force_to") is None or entry["in_force_from"] <= entry["in_force_to"], key
            for relation in ("amends", "amended_by", "replaces"):
                assert set(entry.get(relation, [])) <= set(known), key


class TestGlossary:
    """Every model and every stored state has its row."""

    @staticmethod
    def rows() -> str:
        lines = (HOME / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
        return "\n".join(line for line in lines if line.startswith("|"))

    @staticmethod
    def missing(names: Iterable[str], rows: str) -> list[str]:
        return [name for name in names if not re.search(rf"`(?:\w+\.)?{re.escape(name)}`", rows)]

    def test_has_every_model(self):
        names = sorted({model.__name__ for model in own_models()})
        assert len(names) > 20
        none(self.missing(names, self.rows()))

    def test_has_every_state_of_a_dossier(self):
        states = importlib.import_module("motcua.service.dossiers.states").State
        none(self.missing([str(state.value) for state in states], self.rows()))

    def test_a_missing_row_is_found(self):
        assert self.missing(["Unheard"], self.rows()) == ["Unheard"]


class TestModels:
    """A model is named in both languages and says what it is."""

    def test_have_a_vietnamese_name_and_a_docstring(self):
        faults = [
            model.__name__
            for model in own_models()
            if model._meta.verbose_name == model._meta.object_name.lower()
            or not model.__doc__
            or model.__doc__.startswith(f"{model.__name__}(")
            or ":" not in model.__doc__.strip().splitlines()[0]
        ]
        none(faults)

    def test_constraints_have_names_that_can_be_read(self):
        names = [constraint.name for model in own_models() for constraint in model._meta.constraints]
        assert names
        none([name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{5,62}", name)])


class TestOperations:
    """An act that is recorded is one transaction, and everything it is given has a name."""

    @staticmethod
    def faults(name: str, text: str) -> list[str]:
        found = []
        for node in ast.parse(text).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            calls = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
            if not calls & {"record", "events.record"}:
                continue
            decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
            if not any("atomic" in decorator for decorator in decorators):
                found.append(f"{name}: {node.name} is not @transaction.atomic")
            if len(node.args.args) > 1:  # the thing acted on may stand first
                found.append(f"{name}: {node.name} takes {node.args.args[1].arg} without its name")
            if not ast.get_docstring(node):
                found.append(f"{name}: {node.name} has no docstring")
        return found

    def test_are_whole(self):
        looked = [item for item in sources(under=DOMAIN) if "/operations/" in item[0]]
        assert looked
        none([fault for name, text in looked for fault in self.faults(name, text)])

    def test_a_planted_fault_is_found(self):
        planted = "def receive(dossier, clerk):\n    record(DossierReceived())\n"
        assert len(self.faults("planted.py", planted)) == 3


class TestRoutes:
    """Every address says who may come: a permission, any of the staff, or openly everybody."""

    @staticmethod
    def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for entry in (resolver or get_resolver()).url_patterns:
            if isinstance(entry, URLResolver):
                yield from TestRoutes.routes(entry, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                yield prefix + str(entry.pattern), entry.callback

    @staticmethod
    def says_who(view: Any) -> bool:
        page = getattr(view, "view_class", view)
        own = {
            name: value
            for kind in reversed(getattr(page, "__mro__", ()))
            for name, value in vars(kind).items()
        }
        own = own or vars(page)
        return bool(own.get("permission") or own.get("any_of")) or True in (
            own.get("any_staff"),
            own.get("public"),
        )

    def test_name_their_permission(self):
        routes = list(self.routes())
        assert len(routes) > 10
        none([address for address, view in routes if not self.says_who(view)])

    def test_a_silent_view_is_found(self):
        assert not self.says_who(lambda _request: None)
        assert not self.says_who(type("Page", (), {"permission": None, "public": False}))
        assert self.says_who(type("Page", (), {"permission": "RECEIVE"}))

    def test_never_use_the_raw_admin(self):
        assert not [
            address
            for address, view in self.routes()
            if "django.contrib.admin" in getattr(view, "__module__", "")
        ]


class TestTemplates:
    @staticmethod
    def unused(names: Iterable[str], texts: Iterable[str]) -> list[str]:
        everything = "\n".join(texts)
        return [name for name in names if name not in everything and not named_by_status(name)]

    def test_are_all_used(self):
        all_of_them = templates()
        assert all_of_them
        texts = [*all_of_them.values(), *(text for _name, text in sources(tests=False))]
        none(self.unused(all_of_them, texts))

    def test_an_unused_one_is_found(self):
        assert self.unused(["counter/nowhere/show.html"], ["counter/dossier/show.html"]) == [
            "counter/nowhere/show.html"
        ]

    def test_escape_everything(self):
        pattern = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\(")
        found = [name for name, text in templates().items() if pattern.search(text)]
        none([name for name in found if name not in SAFE_TEMPLATES])
        marks = re.compile(r"\bmark_safe\b|\bMarkup\(|format_html|SafeString\(")
        found = [name for name, text in sources() if marks.search(text)]
        none([name for name in found if name not in SAFE_MARKERS])

    def test_hold_no_inline_script_or_style(self):
        """The CSP forbids them; a browser would drop them silently."""
        inline = re.compile(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\sstyle=|\son[a-z]+=\"|<style",
            re.IGNORECASE,
        )
        none([name for name, text in templates().items() if inline.search(text)])

    def test_load_nothing_from_elsewhere(self):
        elsewhere = re.compile(r"(?:src|href)=[\"'](?:https?:)?//")
        none([name for name, text in templates().items() if elsewhere.search(text)])


def named_by_status(name: str) -> bool:
    """Pages of failures are asked for by their number."""
    return re.search(r"/\d{3}\.html$", f"/{name}") is not None


class TestFrames:
    """What every page has wins over what a view hands on, silently: a view takes another name."""

    def faults(self, files):
        from motcua.web.ui.environment import page_context

        taken = {
            key.value
            for node in ast.walk(ast.parse(inspect.getsource(page_context)))
            if isinstance(node, ast.Dict)
            for key in node.keys
        }
        assert "place" in taken
        return [
            f"{path}:{call.lineno}: {word.arg}"
            for path, text in files
            for call in ast.walk(ast.parse(text))
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in {"render", "step_page"}
            for word in call.keywords
            if word.arg in taken
        ]

    def test_are_not_overridden_in_vain(self):
        assert not self.faults(sources(under=["web"]))

    def test_a_taken_name_is_found(self):
        assert self.faults([("a.py", 'self.render("a.html", place=1)')]) == ["a.py:1: place"]


class TestClock:
    """Rules are given `at`; only web, commands and tasks read the clock, and only in core/time.py it is read at all."""

    DIRECT = re.compile(
        r"\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(|\btimezone\.(?:now|localdate|localtime)\(|\btime\.time\("
    )
    OURS = re.compile(r"from motcua\.core\.time import [^\n]*\bnow\b|core\.time\.now\(|\btime\.now\(")

    def test_is_read_in_one_place(self):
        none([name for name, text in sources() if self.DIRECT.search(text) and name != "core/time.py"])

    def test_is_not_read_by_rules_and_operations(self):
        readers = [
            name
            for name, text in sources(under=("foundation", "service"))
            if self.OURS.search(text) and Path(name).name not in {"commands.py", "tasks.py"}
        ]
        none([name for name in readers if name not in CLOCK_READERS])

    def test_a_planted_look_is_found(self):
        assert self.DIRECT.search("due = datetime.now(UTC)")
        assert self.OURS.search("from motcua.core.time import VIETNAM, now")


class TestSignals:
    def test_are_not_used(self):
        signals = re.compile(r"django\.dispatch|\.signals\b|@receiver\b")
        none([name for name, text in sources() if signals.search(text)])
        assert signals.search("from django.db.models.signals import post_save")


class TestCommands:
    """What a room offers on the command line can be called."""

    def test_of_every_room_are_listed(self):
        from motcua.config.cli import COMMANDS

        listed = {
            where.partition(":")[0] for entry in COMMANDS.values() for where in (entry.where, *entry.more)
        }
        rooms = [
            f"motcua.{name.removesuffix('.py').replace('/', '.')}"
            for name, _text in sources()
            if name.endswith("/commands.py")
        ]
        assert len(rooms) > 4
        none([room for room in rooms if room not in listed])

    def test_of_the_list_can_be_loaded_and_say_what_they_do(self):
        from motcua.config.cli import COMMANDS, load

        none([name for name, entry in COMMANDS.items() if not load(entry).help])


class TestMigrations:
    @pytest.mark.django_db
    def test_are_up_to_date(self):
        from django.core.management import call_command

        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        except SystemExit:
            pytest.fail(
                "A model has changed without a migration: motcua manage makemigrations --name what_it_does"
            )

    def test_are_named_for_their_act_and_follow_one_line(self):
        files = list(SOURCE.rglob("migrations/0*.py"))
        assert files
        none(
            [
                path.name
                for path in files
                if "auto" in path.name or not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name)
            ]
        )
        numbers = [(path.parent, path.name[:4]) for path in files]
        assert len(numbers) == len(set(numbers))


class TestLockFiles:
    """What is installed is pinned by content, and no lock tells where it was fetched."""

    def test_of_python_pin_every_library_by_hash(self):
        for kind in ("base", "dev"):
            text = (HOME / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
            body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
            assert not HOSTS.search(body)
            blocks = re.split(r"(?m)^(?=[a-z0-9])", body)
            bare = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
            none(bare)

    def test_of_npm_tell_no_host(self):
        lock = json.loads((HOME / "package-lock.json").read_text(encoding="utf-8"))
        packages = {name: entry for name, entry in lock["packages"].items() if name}
        assert packages
        none([name for name, entry in packages.items() if "resolved" in entry])
        none(
            [name for name, entry in packages.items() if not entry.get("link") and not entry.get("integrity")]
        )

    def test_of_npm_runs_no_script_of_others(self):
        assert "ignore-scripts=true" in (HOME / ".npmrc").read_text(encoding="utf-8")


class TestSecrets:
    def test_stand_nowhere_in_the_source(self):
        secret = re.compile(
            r"(?i)(?:password|secret|api_key|token)\s*[:=]\s*[\"'][^\"'\s{}]{8,}[\"']|-----BEGIN [A-Z ]*PRIVATE"
        )
        found = [
            f"{name}: {line.strip()[:80]}"
            for name, text in sources(under=(*DOMAIN, "web", "config"))
            for line in text.splitlines()
            if secret.search(line)
        ]
        none([line for line in found if "demo-only" not in line])
        assert secret.search('PASSWORD = "correct-horse"')
