from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from motcua.foundation.documents import content
from motcua.foundation.documents.commands import documents
from motcua.foundation.documents.integrity import Check, verify_files
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import BrokenLink, LostContent, check_link, opened, sign_link
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.documents.operations.previewing import preview_first_pages
from motcua.foundation.documents.operations.storing import UnknownDocument, store
from motcua.foundation.documents.tests import samples
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OFFICER: Any = SimpleNamespace(pk=uuid.UUID(int=1))


def saved(bytes_: bytes = b"", name: str = "Đơn đề nghị.pdf") -> Document:
    return store(io.BytesIO(bytes_ or samples.pdf()), name=name, by=None, at=AT)


class TestOpened:
    def test_says_what_it_is_and_lets_nobody_guess(self) -> None:
        given = opened(saved(), inline=True)
        with given.stream as stream:
            assert stream.read() == samples.pdf()
        assert given.media_type == "application/pdf"
        assert given.size == len(samples.pdf())
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert given.headers["Content-Disposition"].startswith('inline; filename="Don de nghi.pdf"')

    def test_is_a_download_unless_asked_otherwise(self) -> None:
        given = opened(saved())
        given.stream.close()
        assert given.headers["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(
        ("bytes_", "name"),
        [(b"<a/>", "a.xml"), (samples.office(samples.WORD), "a.docx"), (samples.image("TIFF"), "a.tif")],
    )
    def test_never_shows_what_a_browser_might_run(self, bytes_: bytes, name: str) -> None:
        given = opened(saved(bytes_, name), inline=True)
        given.stream.close()
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in given.headers["Content-Security-Policy"]

    def test_says_honestly_that_the_store_lost_it(self) -> None:
        document = saved()
        default_storage.delete(content.address(document.file.sha256))
        with pytest.raises(LostContent):
            opened(document)


class TestOpenDocument:
    def test_remembers_who_looked(self) -> None:
        document = saved()
        for _ in range(2):
            open_document(document_id=document.pk, by=OFFICER, at=AT).stream.close()
        lines = Line.objects.filter(name="DocumentOpened", subject_id=document.pk)
        assert [line.actor_id for line in lines] == [OFFICER.pk, OFFICER.pk]
        assert verify().is_intact

    def test_says_when_there_is_none(self) -> None:
        with pytest.raises(UnknownDocument):
            open_document(document_id=uuid.uuid4(), by=OFFICER, at=AT)


class TestLink:
    ID = uuid.UUID(int=99)

    def test_opens_for_its_recipient_until_it_expires(self) -> None:
        token = sign_link(document_id=self.ID, user_id=OFFICER.pk, at=AT, lifetime=timedelta(minutes=5))
        assert check_link(token, user_id=OFFICER.pk, at=AT + timedelta(minutes=4, seconds=59)) == self.ID
        with pytest.raises(BrokenLink, match="hết hạn"):
            check_link(token, user_id=OFFICER.pk, at=AT + timedelta(minutes=5))

    @pytest.mark.parametrize("user_id", [uuid.UUID(int=2), None, ""])
    def test_opens_for_nobody_else(self, user_id: Any) -> None:
        token = sign_link(document_id=self.ID, user_id=OFFICER.pk, at=AT)
        with pytest.raises(BrokenLink):
            check_link(token, user_id=user_id, at=AT)

    @pytest.mark.parametrize("change", ["{:.20}", "x{}", "{}x", "", "a:b"])
    def test_opens_nothing_when_it_was_changed(self, change: str) -> None:
        token = sign_link(document_id=self.ID, user_id=None, at=AT)
        with pytest.raises(BrokenLink, match="không đúng"):
            check_link(change.format(token), user_id=None, at=AT)


class TestVerify:
    def test_reads_files_and_previews(self) -> None:
        document = saved()
        preview_first_pages(document.file)
        assert list(verify_files()) == [
            Check(document.file.sha256),
            Check(document.file.previews.get().sha256),
        ]
        told = CliRunner().invoke(documents, ["verify"])
        assert (told.exit_code, told.output) == (0, "Đã đọc 2 tệp.\nKho tệp nguyên vẹn.\n")

    def test_finds_what_was_changed_or_lost(self) -> None:
        changed, lost = saved(), saved(samples.image())
        path = Path(default_storage.path(content.address(changed.file.sha256)))
        path.write_bytes(path.read_bytes().replace(b"PDF", b"PDG"))
        default_storage.delete(content.address(lost.file.sha256))

        faults = {check.sha256: check.fault for check in verify_files()}

        assert "bị đổi" in faults[changed.file.sha256]
        assert faults[lost.file.sha256] == "mất nội dung"
        told = CliRunner().invoke(documents, ["verify"])
        assert told.exit_code == 1
        assert "2 tệp hỏng hoặc mất" in told.output


class TestObjectStore:
    @pytest.fixture
    def _bucket(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name, value in (("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")):
            monkeypatch.setenv(name, value)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="tep")
        options = {
            "bucket_name": "tep",
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "file_overwrite": True,
            "default_acl": None,
        }
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        }
        yield
        server.stop()

    @pytest.mark.usefixtures("_bucket")
    def test_works_the_same(self) -> None:
        bytes_ = samples.pdf(title="Đơn")
        first, second = saved(bytes_), saved(bytes_, "bản sao.pdf")
        assert first.file_id == second.file_id
        with opened(second).stream as stream:
            assert stream.read() == bytes_
        preview_first_pages(first.file)
        assert [check.fault for check in verify_files()] == ["", ""]

        default_storage.delete(content.address(first.file.sha256))
        assert next(verify_files()).fault == "mất nội dung"
        with pytest.raises(LostContent):
            opened(first)
        saved(bytes_)
        assert next(verify_files()).fault == ""
