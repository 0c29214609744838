"""Kho quốc gia, over HTTP to the simulator in a server of its own; every fault in plain words."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pytest_django import Settings

from motcua.core.ids import new_id
from motcua.foundation.identity.models import Applicant
from motcua.integrations import outward
from motcua.integrations.national_papers import client, contract
from motcua.integrations.national_papers.client import NationalStoreDown, NationalStoreOff
from motcua.integrations.national_papers.operations.fetching import NoNumber, fetch
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World, build_world
from motcua.service.holdings.models import HeldPaper, PaperType, PaperUse
from motcua.service.holdings.operations.keeping import set_paper_type
from motcua.service.holdings.operations.using import ConsentMissing, consent


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def kind(world: World) -> PaperType:
    return set_paper_type(
        code="KQ.001", name="Giấy khai sinh", validity="FOREVER", valid_from=date(2025, 7, 1), by_id=None, at=BEGINNING
    )  # fmt: skip


@pytest.fixture
def simulator(settings: Settings, live_server, tmp_path) -> None:
    settings.SIMULATORS = True
    settings.NATIONAL_PAPERS_URL = f"{live_server.url}/mo-phong/kho-quoc-gia"
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""


def ask(world: World, kind: PaperType, *, key=None, agreed: bool = True) -> list[HeldPaper]:
    key = key or new_id()
    if agreed:
        consent(holder_id=world.applicant.pk, subject_id=key, means="ORAL", by=world.clerk, at=MONDAY)
    return fetch(
        holder=world.applicant, types=[kind], procedure="1.001193", subject_id=key, agency_id=world.centre.pk,
        by=world.clerk, at=MONDAY,
    )  # fmt: skip


class Stranger(BaseHTTPRequestHandler):
    """A server that answers whatever the test has put down."""

    answer: tuple[int, bytes] = (200, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = type(self).answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def stranger(settings: Settings) -> Iterator[type[Stranger]]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.NATIONAL_PAPERS_URL = f"http://127.0.0.1:{server.server_port}"
    yield Stranger
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("simulator")
class TestFetch:
    def test_keeps_what_comes_with_where_it_comes_from(self, world: World, kind: PaperType) -> None:
        (held,) = ask(world, kind)
        assert (held.provenance, held.trust, held.number) == ("NATIONAL", "RECEIVED", "MP/KQ.001-1234")
        assert held.document is not None
        assert PaperUse.objects.get().kind == "FETCHED"
        assert ask(world, kind) == [held]
        assert HeldPaper.objects.count() == 1

    def test_never_without_consent(self, world: World, kind: PaperType) -> None:
        with pytest.raises(ConsentMissing):
            ask(world, kind, agreed=False)

    def test_never_without_a_number(self, world: World, kind: PaperType) -> None:
        world.applicant.personal_number = ""
        with pytest.raises(NoNumber):
            ask(world, kind)

    @pytest.mark.parametrize("ending", ["97", "98"])
    def test_says_plainly_that_the_store_fails(self, world: World, kind: PaperType, ending: str) -> None:
        Applicant.personal_number.__set__(world.applicant, f"0331900012{ending}")  # type: ignore[attr-defined]
        with pytest.raises(NationalStoreDown, match="nhận giấy của người nộp như thường"):
            ask(world, kind)
        assert not HeldPaper.objects.exists()


class TestClient:
    @pytest.mark.parametrize(
        "answer",
        [
            (500, b"{}"),
            (302, b""),
            (200, b"<html>Bad gateway</html>"),
            (200, b"[1,2]"),
            (200, json.dumps({"errorCode": "0", "result": {"DanhSachGiayToKetQua": "x"}}).encode()),
            (200, json.dumps({"errorCode": "0", "result": {"DanhSachGiayToKetQua": [7]}}).encode()),
        ],
    )
    def test_refuses_what_is_no_answer(self, stranger: type[Stranger], answer: tuple[int, bytes]) -> None:
        stranger.answer = answer
        with pytest.raises(NationalStoreDown):
            client.find({})

    def test_reads_a_file_in_either_dress_and_no_page(self) -> None:
        text = base64.b64encode(b"%PDF-1.4")
        assert contract.file_in(text) == contract.file_in(b'"' + text + b'"') == b"%PDF-1.4"
        for bad in (b"", b"<html>", b"***"):
            with pytest.raises(contract.BadAnswer):
                contract.file_in(bad)

    def test_does_not_wait_for_ever(
        self, stranger: type[Stranger], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import socket

        silent = socket.create_server(("127.0.0.1", 0))
        settings.NATIONAL_PAPERS_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(client, "PATIENCE", 0.2)
        with pytest.raises(NationalStoreDown):
            client.find({})
        silent.close()

    def test_leaves_a_thread_for_everybody_else(self, stranger: type[Stranger], settings: Settings) -> None:
        settings.WEB_THREADS = 2
        outward.slots.cache_clear()
        with outward.slot(), pytest.raises(NationalStoreDown):
            client.find({})
        outward.slots.cache_clear()

    def test_says_when_it_is_not_connected(self, settings: Settings) -> None:
        settings.NATIONAL_PAPERS_URL = ""
        with pytest.raises(NationalStoreOff):
            client.find({})

    def test_asks_as_the_contract_says(self) -> None:
        body = contract.asking(
            owner="033190001234", owner_name="Nguyễn Thị Ánh", asker="033190001234", procedure="1.001193",
            wanted=[contract.Wanted("KQ.001")],
        )  # fmt: skip
        assert list(body) == [
            "SoDinhDanhChuSoHuu", "HoTenNguoiYeuCau", "KenhThucHien", "SoDinhDanhNguoiYeuCau", "MaThuTuc",
            "DanhSachDanhMucKetQua",
        ]  # fmt: skip
        assert body["DanhSachDanhMucKetQua"] == [{"MaKetQua": "KQ.001", "SoKyHieu": ""}]
