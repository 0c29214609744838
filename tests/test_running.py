"""Chạy và dừng: one command starts everything, one key stops it, and what is missing is one sentence."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from motcua.config import embedded

# A run without the demo province, which takes its time to play a year.
WITHOUT_DEMO = {
    "MOTCUA_DEMO": "0",
    "MOTCUA_SECRET_KEY": "a-key-of-the-tests-" * 4,
    "MOTCUA_FIELD_KEY": "b-key-of-the-tests-" * 4,
    "MOTCUA_LEDGER_KEY": "c-key-of-the-tests-" * 4,
}
HOME = Path(__file__).resolve().parents[1]


@pytest.fixture
def var():
    """A folder that the server's own account can reach; the parents of tmp_path are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-run-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(var, **settings):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOTCUA_", "DATABASE_", "PYTEST_"))
    }
    return {**kept, "MOTCUA_VAR": str(var), **settings}


def motcua(*arguments, var, **settings):
    return subprocess.run(
        [sys.executable, "-m", "motcua.config.cli", *arguments],
        cwd=HOME,
        env=environment(var, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def a_free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def processes_of(var):
    """Command lines of the living processes that were started for this folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            if str(var).encode() in words and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


class TestEmbeddedServer:
    @pytest.fixture
    def server(self, var):
        server = embedded.Server(var / "pg")
        yield server
        server.stop()

    def test_starts_is_joined_and_stops_with_the_last_one(self, server):
        server.start()
        second = embedded.Server(server.folder)
        assert second.start() == server.address
        assert embedded.wait_for(server.address) == ""
        server.stop()
        assert second.is_running
        second.stop()
        assert not second.is_running

    def test_knows_vietnamese_letters(self, server):
        import psycopg

        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT lower('NGUYỄN THỊ ĐƯỢC')").fetchone() == ("nguyễn thị được",)
            assert connection.execute("SHOW fsync").fetchone()

    def test_starts_over_the_traces_of_a_killed_one(self, server):
        server.start()
        pid = int((server.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while server.is_running and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)  # its own children notice and leave
        server.stop()
        assert (server.folder / "postmaster.pid").exists()
        server.start()
        assert embedded.wait_for(server.address, seconds=20) == ""

    def test_a_number_that_another_program_was_given_is_not_a_server(self, server):
        server.start()
        server.stop()
        (server.folder / "postmaster.pid").write_text(f"{os.getpid()}\n")
        assert not server.is_running

    def test_a_long_path_gets_a_short_socket(self, var):
        server = embedded.Server(var / ("a" * 100) / "pg")
        assert len(server.address) < 150
        assert server.start()
        assert embedded.wait_for(server.address) == ""
        server.stop()

    def test_a_damaged_folder_is_one_sentence(self, server):
        server.start()
        server.stop()
        (server.folder / "global" / "pg_control").unlink()
        with pytest.raises(embedded.CannotStart, match="không khởi động được"):
            server.start()


class TestRefusals:
    """One sentence, an exit code, no trace."""

    def one_sentence(self, done, words):
        assert done.returncode != 0
        said = (done.stderr + done.stdout).strip()
        assert re.search(words, said), said
        assert "Traceback" not in said

    def test_of_a_port_in_use(self, var):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = motcua("run", var=var, PORT=str(port))
        self.one_sentence(done, f"Cổng {port} .* PORT={port + 1}")
        assert processes_of(var) == []

    @pytest.mark.parametrize("port", ["0", "70000", "tám nghìn"])
    def test_of_a_port_that_is_none(self, var, port):
        self.one_sentence(motcua("run", var=var, PORT=port), "Cổng phải là một số")

    def test_of_a_database_that_does_not_answer(self, var):
        address = f"postgresql://motcua:x@127.0.0.1:{a_free_port()}/motcua"
        done = motcua("run", var=var, DATABASE_URL=address, PORT=str(a_free_port()))
        self.one_sentence(done, "Không kết nối được cơ sở dữ liệu.*DATABASE_URL")
        self.one_sentence(
            motcua("migrate", var=var, DATABASE_URL=address, MOTCUA_DEMO="1"), "Không kết nối được"
        )

    def test_of_an_address_that_cannot_be_read(self, var):
        done = motcua("run", var=var, DATABASE_URL="mysql://x", PORT=str(a_free_port()))
        self.one_sentence(done, "DATABASE_URL")

    def test_of_missing_keys(self, var):
        done = motcua("migrate", var=var, MOTCUA_DEMO="0", DATABASE_URL=os.environ["DATABASE_URL"])
        self.one_sentence(done, "Thiếu khóa bí mật")

    def test_of_a_folder_where_it_runs_already(self, var):
        import fcntl

        with (var / "run.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = motcua("run", var=var, PORT=str(a_free_port()))
        self.one_sentence(done, "đang chạy ở thư mục này")

    def test_of_an_unknown_command(self, var):
        assert motcua("nonsense", var=var).returncode == 2

    def test_help_is_quick_and_starts_nothing(self, var):
        begun = time.monotonic()
        done = motcua("--help", var=var)
        assert done.returncode == 0
        assert "serve" in done.stdout
        assert "import" in done.stdout
        assert time.monotonic() - begun < 3
        assert list(var.iterdir()) == []


@pytest.mark.slow
class TestRun:
    """The whole, on an embedded server of its own."""

    @pytest.fixture
    def run(self, var):
        started = []

        def start():
            port = a_free_port()
            process = subprocess.Popen(
                [sys.executable, "-m", "motcua.config.cli", "run"],
                cwd=HOME,
                env=environment(var, PORT=str(port), PYTHONUNBUFFERED="1", **WITHOUT_DEMO),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            started.append(process)
            said = []
            for line in process.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    return process
            pytest.fail("".join(said)[-4000:])

        yield start
        for process in started:
            if process.poll() is None:
                process.kill()
            process.stdout.close()

    @pytest.mark.timeout(200)
    def test_stops_with_nothing_left_and_starts_again_quickly(self, run, var):
        process = run()
        assert len(processes_of(var)) >= 4  # the supervisor, web, worker, PostgreSQL
        os.killpg(process.pid, signal.SIGINT)
        assert "Đã dừng" in process.stdout.read()
        assert process.wait(30) == 0
        assert processes_of(var) == []

        begun = time.monotonic()
        process = run()
        assert time.monotonic() - begun < 10 * (1 + os.getloadavg()[0] / (os.cpu_count() or 1))
        web = next(
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if b"cli\0serve" in (folder / "cmdline").read_bytes()
            and str(var).encode() in (folder / "environ").read_bytes()
        )
        os.kill(web, signal.SIGKILL)
        assert "máy chủ web kết thúc bất ngờ" in process.stdout.read()
        assert process.wait(30) == 1
        assert processes_of(var) == []
