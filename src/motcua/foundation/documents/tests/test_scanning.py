from __future__ import annotations

import io
import socketserver
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_django import Settings

from motcua.foundation.documents import clamd as client
from motcua.foundation.documents.capabilities import capabilities, virus_scanner
from motcua.foundation.documents.clamd import ScannerUnavailable
from motcua.foundation.documents.commands import documents
from motcua.foundation.documents.models import Document, ScanState, StoredFile
from motcua.foundation.documents.opening import Quarantined, StillScanning, opened
from motcua.foundation.documents.operations.previewing import NoPreview, page_preview
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Delivery, Line
from motcua.foundation.ledger.outbox import deliver_due

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
INFECTED = samples.pdf() + b"\n" + samples.EICAR + b"\n"


def saved(bytes_: bytes = b"", name: str = "đơn.pdf") -> Document:
    return store(io.BytesIO(bytes_ or samples.pdf()), name=name, by=None, at=AT)


class TestScan:
    def test_finds_a_clean_file_clean(self, clamd: Any) -> None:
        document = saved()
        deliver_due()

        document.file.refresh_from_db()
        assert document.file.scan_state == ScanState.CLEAN
        assert document.file.scanned_at is not None
        assert samples.pdf() in clamd.seen

    def test_quarantines_eicar_and_tells_every_use_once(self, clamd: Any) -> None:
        first, second = saved(INFECTED, "một.pdf"), saved(INFECTED, "hai.pdf")
        while deliver_due():
            pass

        file = StoredFile.objects.get()
        assert (file.scan_state, file.scan_note) == (ScanState.INFECTED, "Eicar-Signature")
        assert set(Document.objects.quarantined()) == {first, second}
        lines = Line.objects.filter(name="DocumentQuarantined")
        assert {line.subject_id for line in lines} == {first.pk, second.pk}
        assert len(lines) == 2
        assert "Eicar-Signature" in file.scan_sentence

    def test_keeps_and_quarantines_a_later_upload_of_the_same(self, clamd: Any) -> None:
        saved(INFECTED)
        deliver_due()
        later = saved(INFECTED)
        with pytest.raises(Quarantined):
            opened(later)
        deliver_due()
        later.refresh_from_db()
        assert later.quarantined_at is not None

    def test_lets_nobody_open_or_see_what_is_infected(self, clamd: Any) -> None:
        document = saved(INFECTED)
        deliver_due()
        document = Document.objects.get(pk=document.pk)
        with pytest.raises(Quarantined, match="cách ly"):
            opened(document)
        with pytest.raises(NoPreview):
            page_preview(file=document.file, page=1)

    def test_asks_to_wait_while_it_is_being_scanned(self, clamd: Any) -> None:
        with pytest.raises(StillScanning, match="ít giây"):
            opened(saved())

    def test_works_over_a_socket_file(self, local_clamd: Any) -> None:
        document = saved()
        deliver_due()
        document.file.refresh_from_db()
        assert document.file.scan_state == ScanState.CLEAN

    def test_is_tried_again_while_the_scanner_is_down(self, settings: Settings) -> None:
        settings.CLAMAV = "127.0.0.1:1"
        document = saved()
        deliver_due()

        document.file.refresh_from_db()
        assert document.file.scan_state == ScanState.FAILED
        letter = Delivery.objects.get(listener="foundation.documents.tasks.scan")
        assert (letter.state, letter.attempts) == (Delivery.State.PENDING, 1)
        opened(document).stream.close()  # a broken scanner does not stop the work

    def test_does_nothing_without_a_scanner(self) -> None:
        document = saved()
        deliver_due()
        document.file.refresh_from_db()
        assert document.file.scan_state == ScanState.NOT_SCANNED
        assert Delivery.objects.get(listener="foundation.documents.tasks.scan").state == Delivery.State.DONE

    def test_waits_no_longer_once_the_scanner_is_taken_away(self, clamd: Any, settings: Settings) -> None:
        document = saved()
        settings.CLAMAV = ""
        opened(document).stream.close()
        deliver_due()
        document.file.refresh_from_db()
        assert document.file.scan_state == ScanState.NOT_SCANNED

    def test_forgets_a_document_dropped_meanwhile(self, clamd: Any) -> None:
        saved().delete()
        deliver_due()
        assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


class TestClient:
    def test_understands_the_limit_of_the_scanner(self, clamd: Any, settings: Settings) -> None:
        clamd.limit = 10
        with pytest.raises(ScannerUnavailable):
            client.scan(io.BytesIO(b"x" * 5_000_000), address=settings.CLAMAV)

    def test_gives_up_on_a_scanner_that_never_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
        done = threading.Event()

        class Silence(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                done.wait(5)

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silence) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            with pytest.raises(ScannerUnavailable):
                client.scan(io.BytesIO(b"x"), address=f"127.0.0.1:{server.server_address[1]}")
            done.set()
            server.shutdown()

    @pytest.mark.parametrize("address", ["/no/such/socket", "127.0.0.1:1"])
    def test_says_that_nobody_is_there(self, address: str) -> None:
        assert not client.is_alive(address)
        with pytest.raises(ScannerUnavailable):
            client.scan(io.BytesIO(b"x"), address=address)


class TestCapabilities:
    def test_says_what_to_install(self) -> None:
        scanner = virus_scanner()
        assert not scanner.is_present
        assert "clamav-daemon" in scanner.advice
        assert [tool.name for tool in capabilities()] == ["ClamAV", "Tesseract"]

    def test_knows_a_scanner_that_answers(self, clamd: Any) -> None:
        assert virus_scanner(is_asked=True).is_present

    def test_knows_a_scanner_that_is_down(self, settings: Settings) -> None:
        settings.CLAMAV = "127.0.0.1:1"
        assert "không trả lời" in virus_scanner(is_asked=True).advice


class TestScanCommand:
    def test_scans_what_was_stored_before_there_was_a_scanner(
        self, settings: Settings, request: pytest.FixtureRequest
    ) -> None:
        saved()
        saved(INFECTED)
        request.getfixturevalue("clamd")

        told = CliRunner().invoke(documents, ["scan"])

        assert told.output == "Đã quét 2 tệp, cách ly 1.\n"

    def test_says_what_to_install_without_one(self) -> None:
        told = CliRunner().invoke(documents, ["scan"])
        assert told.exit_code == 1
        assert "MOTCUA_CLAMAV" in told.output
