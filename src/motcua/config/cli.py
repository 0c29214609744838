"""motcua: one command line for everything. Commands live in `commands.py` of the rooms; here is told where."""

from __future__ import annotations

import importlib
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import click


class Needs(Enum):
    """What must stand before a command's body runs."""

    NOTHING = "nothing"
    SETTINGS = "settings"  # Django set up; the database is joined when there is one
    SERVER = "server"  # a PostgreSQL server that answers; Django is set up by the processes that the command starts
    DATABASE = "database"  # the server, and Django set up


@dataclass(frozen=True)
class Entry:
    """Where a command lives: "module:attribute", its line in the help, what it needs; `more`: what other rooms add."""

    where: str
    help: str
    needs: Needs = Needs.DATABASE
    more: tuple[str, ...] = ()


COMMANDS = {
    "run": Entry(
        "motcua.config.supervisor:run", "Chạy tất cả: cơ sở dữ liệu, web, tiến trình nền.", Needs.NOTHING
    ),
    "serve": Entry("motcua.config.commands:serve", "Chạy máy chủ web.", Needs.SERVER),
    "worker": Entry("motcua.config.commands:worker", "Chạy tiến trình nền: chuyển những việc đã ghi sổ."),
    "migrate": Entry("motcua.config.commands:migrate", "Tạo, nâng cấp bảng và nạp dữ liệu luật định."),
    "prepare": Entry("motcua.config.commands:prepare", "Làm mọi việc cần trước khi chạy."),
    "manage": Entry("motcua.config.commands:manage", "Gọi một lệnh quản trị của Django."),
    "check-system": Entry(
        "motcua.config.commands:check_system", "Xem máy có những công cụ tùy chọn nào.", Needs.NOTHING
    ),
    "import": Entry(
        "motcua.service.procedures.commands:import_",
        "Nạp danh mục thủ tục, cây tổ chức từ tệp.",
        more=("motcua.foundation.org.commands:import_agencies",),
    ),
    "staff": Entry(
        "motcua.foundation.identity.commands:staff", "Tài khoản cán bộ: quản trị đầu tiên, mở khóa."
    ),
    "clock": Entry(
        "motcua.foundation.calendars.commands:clock",
        "Tính ngày hẹn trả, giải thích ngày hẹn của một hồ sơ.",
        Needs.SETTINGS,
        more=("motcua.service.dossiers.commands:explain",),
    ),
    "ledger": Entry(
        "motcua.foundation.ledger.commands:ledger", "Nhật ký sự kiện: kiểm tra, việc chưa chuyển."
    ),
    "integrity": Entry(
        "motcua.oversight.integrity.commands:integrity",
        "Kiểm tra toàn vẹn dữ liệu: những điều phải luôn đúng.",
    ),
    "documents": Entry("motcua.foundation.documents.commands:documents", "Kho tệp."),
    "holdings": Entry("motcua.service.holdings.commands:holdings", "Kho giấy tờ: xếp loại."),
    "filings": Entry("motcua.service.filing.commands:filings", "Nạp hồ sơ nộp trực tuyến từ tệp JSON."),
    "sign-in": Entry(
        "motcua.integrations.sign_in.commands:sign_in", "Nơi cấp tài khoản cho công dân đăng nhập."
    ),
    "demo": Entry("motcua.demo.commands:demo", "Tỉnh minh họa: nạp, tài khoản, sinh dữ liệu lớn."),
}


class Port(click.ParamType[int]):
    """A port's number, refused in one Vietnamese sentence."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if str(value).isdecimal() and 0 < int(value) < 65536:
            return int(value)
        raise click.ClickException(f"Cổng phải là một số từ 1 đến 65535, không phải “{value}”.")


host_option = click.option(
    "--host", default="127.0.0.1", envvar="MOTCUA_HOST", show_default=True, help="Địa chỉ mạng để nghe."
)
port_option = click.option(
    "--port", default=8000, envvar="PORT", show_default=True, type=Port(), help="Cổng để nghe."
)


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, so that `motcua --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        return load(entry) if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="motcua", prog_name="motcua")
def motcua() -> None:
    """Một cửa: tiếp nhận, giải quyết và trả kết quả thủ tục hành chính."""


def main() -> None:
    """The entry point: every failure that is not a fault of the program is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    os.environ.setdefault("PYTHONUTF8", "1")
    _read_settings_file()
    try:
        motcua.main(standalone_mode=False)
    except click.exceptions.Exit as finished:
        sys.exit(finished.exit_code)
    except click.UsageError as refusal:
        refusal.show()
        sys.exit(refusal.exit_code)
    except click.ClickException as refusal:
        click.secho(refusal.format_message(), fg="red", err=True)
        sys.exit(refusal.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Đã dừng.", err=True)
        sys.exit(130)
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None or os.environ.get("MOTCUA_DEBUG") == "1":
            raise
        click.secho(sentence, fg="red", err=True)
        sys.exit(1)


def load(entry: Entry) -> click.Command:
    """Import the command and make it stand on what it needs."""
    command = _imported(entry.where, entry.needs)
    if isinstance(command, click.Group):
        for where in entry.more:
            command.add_command(_imported(where, entry.needs))
    _stand_first(command, entry.needs)
    return command


def _imported(where: str, needs: Needs) -> click.Command:
    module_name, _, attribute = where.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not (error.name and module_name.startswith(error.name)):
            raise
        raise click.ClickException(f"Bản cài này chưa có phần {module_name}.") from None
    except Exception as error:  # the room's commands look at models while they are imported
        if type(error).__name__ not in {"ImproperlyConfigured", "AppRegistryNotReady"}:
            raise
        stand_on(needs)
        module = importlib.import_module(module_name)
    command: click.Command = getattr(module, attribute)
    return command


def stand_on(needs: Needs) -> None:
    """Start or join the database and set Django up, as far as it is needed."""
    if needs is Needs.NOTHING:
        return
    from motcua.config import embedded

    folder = data_folder()
    given = bool(os.environ.get("DATABASE_URL"))
    must_answer = needs in {Needs.SERVER, Needs.DATABASE}
    if must_answer or (folder / "PG_VERSION").exists():
        address = embedded.ensure(folder)
        if given and must_answer:
            fault = embedded.wait_for(address)
            if fault:
                raise click.ClickException(fault)
    if needs is Needs.SETTINGS:  # neither signs nor encrypts: works before the keys are chosen
        for name in ("MOTCUA_SECRET_KEY", "MOTCUA_FIELD_KEY", "MOTCUA_LEDGER_KEY"):
            os.environ.setdefault(name, secrets.token_hex())
    from motcua.config import settings  # the plain module: Django's own would refuse an empty key in English

    if not settings.SECRET_KEY or not settings.FIELD_KEY or not settings.LEDGER_KEY:
        raise click.ClickException(
            "Thiếu khóa bí mật: đặt MOTCUA_SECRET_KEY, MOTCUA_FIELD_KEY và MOTCUA_LEDGER_KEY "
            f"(trong môi trường hoặc tệp {settings_file()}), hoặc MOTCUA_DEMO=1 để chạy minh họa."
        )
    if needs is not Needs.SERVER:
        import django

        django.setup()


def data_folder() -> Path:
    """Where the embedded PostgreSQL keeps its data: in settings.VAR, but known before the settings are read."""
    return var_folder() / "pg"


def settings_file() -> Path:
    """NAME=value lines of this installation; the environment goes before them."""
    return var_folder() / "motcua.env"


def var_folder() -> Path:
    home = Path(os.environ.get("MOTCUA_HOME") or Path(__file__).resolve().parents[3])
    return Path(os.environ.get("MOTCUA_VAR") or home / "var")


def _read_settings_file() -> None:
    try:
        lines = settings_file().read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        name, given, value = line.strip().partition("=")
        if given and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def _stand_first(command: click.Command, needs: Needs) -> None:
    """Set up just before the body of a leaf command: its --help and its faulty options cost nothing."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _stand_first(child, needs)
    elif command.callback and not getattr(command.callback, "stands", False):
        command.callback = _standing(command.callback, needs)


def _standing(body: Callable[..., Any], needs: Needs) -> Callable[..., Any]:
    def stand_then_act(*args: Any, **kwargs: Any) -> Any:
        stand_on(needs)
        return body(*args, **kwargs)

    stand_then_act.stands = True  # type: ignore[attr-defined]
    return stand_then_act


def _sentence(error: Exception) -> str | None:
    """What to say of a failure that the person at the keyboard can mend; None: a fault of ours."""
    from motcua.config.embedded import CannotStart
    from motcua.core.errors import DomainError

    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, CannotStart):
        return str(error)
    if type(error).__name__ == "OperationalError":
        return f"Cơ sở dữ liệu không trả lời: {str(error).strip().splitlines()[-1]}"
    if type(error).__name__ == "ProgrammingError" and "relation" in str(error):
        return "Cơ sở dữ liệu chưa có đủ bảng. Chạy: motcua migrate."
    if type(error).__name__ in {"ImproperlyConfigured", "CommandError"}:
        return str(error)
    if isinstance(error, (FileNotFoundError, IsADirectoryError, PermissionError)) and error.filename:
        return f"Không đọc được {error.filename}: {error.strerror}."
    return None


if __name__ == "__main__":
    main()
