"""Chuẩn bị thư mục làm việc: environment, libraries, assets, browser; then hand over to the program asked for.

Only the standard library, and a grammar that older Pythons can read, so that each of them can say what is missing.
Usage: python3 tools/prepare.py {run|test|dev|assets} [arguments of the program]
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MOTCUA_VAR") or HOME / "var")
VENV = HOME / ".venv"
BIN = VENV / "bin"
LOG = VAR / "log" / "setup.log"
BUILT = HOME / "src" / "motcua" / "web" / "ui" / "static" / "built"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAPER_TOOLS = ("tesseract", "gs", "pdfsig", "qpdf")
PAPER_PACKAGES = ("tesseract-ocr", "tesseract-ocr-vie", "ghostscript", "poppler-utils", "qpdf", "libzbar0")


class Obstacle(Exception):
    """Trở ngại: what the person at the keyboard has to mend, in one sentence."""


def main(arguments):
    verb, rest = (arguments[0] if arguments else "run"), arguments[1:]
    if verb not in ("run", "test", "dev", "assets"):
        sys.exit("Usage: python3 tools/prepare.py {run|test|dev|assets} [arguments of the program]")
    try:
        find_python()
        if verb == "run":
            hold_the_run_lock()
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with one_at_a_time():
            with beside(prepare_assets):
                prepare_python("base")
                if verb in ("test", "dev"):
                    prepare_python("dev")
            if verb == "test":
                prepare_browser()
                prepare_paper_tools()
    except Obstacle as obstacle:
        sys.exit("\n{}".format(obstacle))
    except KeyboardInterrupt:
        sys.exit("\nĐã dừng khi đang chuẩn bị; chạy lại sẽ làm tiếp.")
    except PermissionError as error:
        sys.exit("\nKhông ghi được {}: hãy kiểm tra quyền của thư mục.".format(error.filename))
    except OSError as error:
        sys.exit("\nKhông chuẩn bị được: {}.".format(error))
    if verb == "run":
        become([str(BIN / "motcua"), "run", *rest])
    if verb == "test":
        become([str(BIN / "python"), "-m", "pytest", *rest])


@contextlib.contextmanager
def beside(work):
    """Do that work in a thread of its own meanwhile; what goes wrong there is raised here at the end."""
    faults = []

    def act():
        try:
            work()
        except Exception as fault:
            faults.append(fault)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    yield
    thread.join()
    if faults:
        raise faults[0]


def become(command):
    sys.stdout.flush()
    os.chdir(str(HOME))
    os.execv(command[0], command)


# Locks


def hold_the_run_lock():
    """Two runs in one folder would share one database and one port; the lock is handed on to the program."""
    VAR.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(str(VAR / "run.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Obstacle(
            "Một cửa đang chạy ở thư mục này rồi. Dừng lần chạy kia (Ctrl-C) trước khi chạy lại."
        ) from None
    os.set_inheritable(descriptor, True)
    os.environ["MOTCUA_RUN_LOCK"] = str(descriptor)


@contextlib.contextmanager
def one_at_a_time():
    with (VAR / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Đang chờ một lần cài đặt khác trong thư mục này…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# Python


def find_python():
    """Go on under a Python that is new enough, when the one that was called is not but the machine has one."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            become([newer, str(Path(__file__).resolve()), *sys.argv[1:]])
    raise Obstacle(
        "Cần Python {}.{} trở lên, máy đang dùng {}. Cài bản mới, rồi ví dụ: make run PYTHON=python3.11.".format(
            *OLDEST_PYTHON, sys.version.split()[0]
        )
    )


def prepare_python(kind):
    """Create the environment and install the locked libraries, when the lock has changed since the last time."""
    lock = HOME / "requirements" / (kind + ".txt")
    stamp = VENV / (".installed-" + kind)
    wanted = digest([lock, HOME / "pyproject.toml"], str(HOME))
    if kind == "base" and not environment_works():
        create_environment()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    libraries = len(re.findall(r"(?m)^[a-z0-9][^ ]*==", lock.read_text()))
    label = "thư viện Python" if kind == "base" else "công cụ kiểm thử"
    install(["--require-hashes", "-r", str(lock)], "Cài {} {}".format(libraries, label), libraries)
    if kind == "base":
        install(["--no-deps", "--no-build-isolation", "-e", str(HOME)], "Cài chương trình motcua", 1)
    stamp.write_text(wanted)


def environment_works():
    """Whether .venv is an environment of this very folder that starts."""
    if not (BIN / "python").exists():
        return False
    check = "import sys; print(sys.prefix); sys.exit(sys.version_info < {!r})".format(OLDEST_PYTHON)
    done = subprocess.run(
        [str(BIN / "python"), "-c", check], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0 and Path(done.stdout.decode().strip()).resolve() == VENV.resolve()


def create_environment():
    say("Tạo môi trường Python {} trong .venv".format(sys.version.split()[0]))
    shutil.rmtree(str(VENV), ignore_errors=True)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        ok = run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    else:
        ok = run([sys.executable, "-m", "venv", str(VENV)])
    if not ok:
        raise Obstacle("Không tạo được môi trường Python (.venv). {}".format(see_log()))


def install(arguments, label, expected):
    if (BIN / "pip").exists():
        pip = [str(BIN / "python"), "-m", "pip"]
    else:  # a system without ensurepip: its own pip serves the environment
        pip = [sys.executable, "-m", "pip", "--python", str(BIN / "python")]
    command = [
        *pip,
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--no-compile",  # what is never imported need not be compiled
        "--progress-bar",
        "off",
        *arguments,
    ]
    if not run(
        command,
        label=label,
        expected=expected,
        counting=r"^(?:Collecting|Requirement already satisfied:) (\S+)",
    ):
        raise Obstacle("{} không thành công: kiểm tra mạng và pip. {}".format(label, see_log()))


# Assets


def prepare_assets():
    """Build styles, scripts, icons and fonts from npm, when what they are made of has changed."""
    lock = HOME / "package-lock.json"
    if not lock.exists():
        return
    sources = [HOME / "package.json", lock]
    for folder, folders, files in os.walk(str(HOME / "src" / "motcua" / "web")):
        folders[:] = [name for name in folders if name not in ("built", "__pycache__", "tests", "migrations")]
        sources += [Path(folder) / name for name in files if not name.endswith(".py")]
    wanted = digest(sorted(sources))
    stamp = VAR / "assets.stamp"
    if BUILT.is_dir() and stamp.exists() and stamp.read_text() == wanted:
        return
    npm = find_npm()
    installed = HOME / "node_modules" / ".installed"
    modules = digest([HOME / "package.json", lock])
    if not (installed.exists() and installed.read_text() == modules):
        command = [npm, "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"]
        if not run(command, label="Cài thư viện giao diện (npm ci)"):
            raise Obstacle("npm ci không thành công: kiểm tra mạng và npm. {}".format(see_log()))
        installed.write_text(modules)
    if not run([npm, "run", "build"], label="Dựng giao diện (npm run build)"):
        raise Obstacle("Không dựng được giao diện (npm run build). {}".format(see_log()))
    stamp.write_text(wanted)


def find_npm():
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Obstacle(
            "Cần Node.js {} trở lên và npm để dựng giao diện, máy chưa có. Cài Node.js rồi chạy lại.".format(
                OLDEST_NODE
            )
        )
    said = subprocess.run(
        [node, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    ).stdout.decode()
    found = re.match(r"v(\d+)", said)
    if not found or int(found.group(1)) < OLDEST_NODE:
        raise Obstacle(
            "Cần Node.js {} trở lên, máy đang dùng {}.".format(OLDEST_NODE, said.strip() or "bản không rõ")
        )
    return npm


# Browser of the journeys


def prepare_browser():
    if find_browser():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update"], label="Cập nhật danh mục gói của hệ thống")
        run(
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
            label="Cài Chromium cho kiểm thử",
        )
    else:
        run(
            [str(BIN / "python"), "-m", "playwright", "install", "chromium"],
            label="Tải Chromium cho kiểm thử",
        )
    if not find_browser():
        raise Obstacle(
            "Kiểm thử cần trình duyệt Chromium. Cài bằng quyền quản trị: apt-get install chromium. {}".format(
                see_log()
            )
        )


def prepare_paper_tools():
    """What reads scans and judges signatures in the tests; without them those tests are skipped, and say so."""
    if all(shutil.which(name) for name in PAPER_TOOLS) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    run(["apt-get", "update"], label="Cập nhật danh mục gói của hệ thống")
    run(
        ["apt-get", "install", "-y", "--no-install-recommends", *PAPER_PACKAGES],
        label="Cài công cụ đọc giấy tờ quét cho kiểm thử",
    )


def find_browser():
    if any(shutil.which(name) for name in BROWSERS):
        return True
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return any(cache.glob("chromium-*/*/chrome"))


# Small tools


def digest(paths, *words):
    seen = hashlib.sha256(repr((sys.version_info[:2], words)).encode())
    for path in paths:
        seen.update(str(path.relative_to(HOME)).encode())
        seen.update(path.read_bytes())
    return seen.hexdigest()


def run(command, label="", expected=0, counting=""):
    """Run a program quietly; its words go to the log, its progress to the terminal. True when it succeeded."""
    begun, seen = time.monotonic(), 0
    at_terminal = sys.stdout.isatty()
    if label:
        show("{}…".format(label), at_terminal)
    with LOG.open("a") as log:
        log.write("\n$ {}\n".format(" ".join(command)))
        log.flush()
        process = subprocess.Popen(
            command, cwd=str(HOME), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for line in process.stdout:
            text = line.decode(errors="replace")
            log.write(text)
            found = re.match(counting, text.lstrip()) if counting else None
            if found and expected:
                seen += 1
                name = re.split(r"[=<>\[; (]", found.group(1))[0]
                if at_terminal or seen % 20 == 0:
                    show("{} {}/{} {}".format(label, min(seen, expected), expected, name), at_terminal)
        succeeded = process.wait() == 0
    if label:
        ending = "xong sau {:.0f} giây".format(time.monotonic() - begun) if succeeded else "không thành công"
        show(
            "{}: {}.\n".format(label, ending) if at_terminal else "{}: {}.".format(label, ending), at_terminal
        )
    return succeeded


def show(text, at_terminal):
    if at_terminal:
        width = shutil.get_terminal_size().columns
        sys.stdout.write("\r\033[K  " + (text if text.endswith("\n") else text[: width - 3]))
        sys.stdout.flush()
    else:
        say(text)


def say(text):
    print("  " + text, flush=True)


def see_log():
    """The last words of the program that failed, then where all of them are."""
    with contextlib.suppress(OSError):
        lines = [line for line in LOG.read_text(errors="replace").splitlines() if line.strip()]
        errors = [
            line.strip() for line in lines[-40:] if re.match(r"\s*(npm err|error|e:)", line, re.IGNORECASE)
        ]
        if errors:
            return "Lý do: {} (chi tiết: {})".format(errors[0][:300], LOG)
    return "Chi tiết: {}".format(LOG)


if __name__ == "__main__":
    main(sys.argv[1:])
